"""What all tables share: column types, and names of constraints that migrations can refer to."""

from __future__ import annotations

from typing import Annotated, Any

from sqlalchemy import BigInteger, Dialect, Double, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Outside(TypeDecorator[str]):
    """Text that may come from telephones and callers.

    What no database stores (NUL, halves of surrogate pairs) is replaced, so that nothing a caller
    sends can keep an event from being written.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is stored."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


Number = BigInteger().with_variant(Integer, "sqlite")
"""A running number: SQLite counts its rows only in a column of type INTEGER."""
Key = Annotated[str, mapped_column(primary_key=True)]
Row = Annotated[int, mapped_column(Number, primary_key=True)]
Indexed = Annotated[str, mapped_column(index=True)]


class Base(DeclarativeBase):
    """Times are seconds since the epoch (UTC); durations are seconds."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: Any = {str: Outside, float: Double}  # noqa: RUF012

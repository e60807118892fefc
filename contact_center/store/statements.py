"""SQL statements made once, and the work that a transaction is built from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Executable, Insert, Table, Update, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from contact_center.store.tables import Base

Op: TypeAlias = tuple[Executable, Mapping[str, Any]]
"""A statement and its values."""


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def insert_new(model: type[Base], dialect: str) -> Insert:
    """An insert that leaves a row that is there already as it is."""
    return _upsert(model, dialect).on_conflict_do_nothing()  # type: ignore[no-any-return]


def insert_or_change(model: type[Base], dialect: str, *, if_set: str = "") -> Insert:
    """An insert that changes a row that is there already in all that is not its key.

    With *if_set*, only when this column of the row is not null.
    """
    table, made = table_of(model), _upsert(model, dialect)
    keys = [column.name for column in table.primary_key]
    new = {c.name: made.excluded[c.name] for c in table.columns if c.name not in keys}
    where = table.c[if_set].is_not(None) if if_set else None
    statement: Insert = made.on_conflict_do_update(index_elements=keys, set_=new, where=where)
    return statement


def _upsert(model: type[Base], dialect: str) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table_of(model))


def change(model: type[Base], where: Sequence[str], values: Sequence[str]) -> Update:
    """An update; the columns of *where* are bound as ``w_NAME``."""
    table = table_of(model)
    statement = update(table).values({name: bindparam(name) for name in values})
    for name in where:
        statement = statement.where(table.c[name] == bindparam(f"w_{name}"))
    return statement


def run(connection: Connection, ops: Iterable[Op]) -> None:
    """Carry *ops* out in their order; equal neighbours go to the database together."""
    statement: Executable | None = None
    values: list[Mapping[str, Any]] = []
    for one, bound in ops:
        if one is not statement:
            if statement is not None:
                connection.execute(statement, values)
            statement, values = one, []
        values.append(bound)
    if statement is not None:
        connection.execute(statement, values)

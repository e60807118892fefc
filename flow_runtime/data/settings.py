"""What a data source is, to those who configure one and to those who write a plug-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class DataSourceSettings:
    """``[data.NAME]``. *url* is an SQLAlchemy URL, or one whose scheme is a plug-in's name.

    A path in it is absolute. *workers* bounds the statements that run at the same time, and the
    connections: as many for lookups, and as many again for changes where *writable*.
    """

    url: str
    writable: bool = False
    workers: int = 8


class DataSource(Protocol):
    """One source. All methods keep to *timeout* and fail by `NodeFailure`.

    A plug-in's entry point in the group ``cordboard.data`` is named like the scheme of its URLs
    and gives a callable ``(name, settings) -> DataSource``, which may raise to refuse a URL. Its
    methods may leave time limits and values to their caller: both are looked after once more.
    """

    async def lookup(
        self, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of a statement that changes nothing, at most *most*."""

    async def change(self, sql: str, bind: Mapping[str, Any], timeout: timedelta) -> int:
        """Carry out a changing statement in one transaction; how many rows were changed."""

    async def probe(self, timeout: timedelta) -> None:
        """See whether it can be reached."""

    async def close(self) -> None:
        """Give back connections and threads."""

"""The versions of each queue's strategy: published for a moment, and found by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select
from sqlalchemy.types import Double

from contact_center.store.statements import Op, table_of
from contact_center.store.tables import Strategy
from contact_center.store.tables.base import Outside

_TABLE: Final = table_of(Strategy)


@dataclass(frozen=True, slots=True)
class StrategyVersion:
    """A text, and from when on it holds."""

    queue: str
    version: int
    text: str
    activates: float
    made: float
    made_by: str


_PUBLISH: Final = insert(_TABLE).from_select(
    ["name", "version", "text", "activates", "made", "made_by"],
    select(
        bindparam("p_name", type_=Outside),
        func.coalesce(func.max(_TABLE.c.version), literal_column("0")) + 1,
        bindparam("p_text", type_=Outside),
        bindparam("p_activates", type_=Double),
        bindparam("p_made", type_=Double),
        bindparam("p_made_by", type_=Outside),
    ).where(_TABLE.c.name == bindparam("p_name", type_=Outside)),
)


def publish(queue: str, text: str, activates: float, made: float, by: str) -> Op:
    """The next version of the queue's strategy."""
    return _PUBLISH, {
        "p_name": queue,
        "p_text": text,
        "p_activates": activates,
        "p_made": made,
        "p_made_by": by,
    }


def versions(connection: Connection, queue: str) -> list[StrategyVersion]:
    """All versions, the newest first."""
    rows = connection.execute(
        select(_TABLE).where(_TABLE.c.name == queue).order_by(_TABLE.c.version.desc())
    )
    return [
        StrategyVersion(row.name, row.version, row.text, row.activates, row.made, row.made_by)
        for row in rows
    ]


def in_force(connection: Connection, queue: str, now: float) -> StrategyVersion | None:
    """The version published last of those whose time has come."""
    return next((v for v in versions(connection, queue) if v.activates <= now), None)


def next_change(connection: Connection, queue: str, now: float) -> float | None:
    """When another version comes into force; None: none waits for its time."""
    waiting = [v.activates for v in versions(connection, queue) if v.activates > now]
    return min(waiting, default=None)

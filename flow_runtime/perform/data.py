"""Data sources and notes: commands that do not need the caller."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from flow_runtime.core.commands import Change, Lookup, NodeFailure, Note
from flow_runtime.perform.session import Performer, Performers, Session

notes = logging.getLogger("flow.log")
"""Takes what `log` nodes write."""


async def _lookup(session: Session, command: Lookup) -> tuple[Mapping[str, Any], ...]:
    began = asyncio.get_running_loop().time()
    try:
        rows = await session.services.data.lookup(
            command.source, command.sql, command.bind, command.timeout, command.most
        )
    except NodeFailure as failure:
        _trace(session, command, began, error=failure.name)
        raise
    _trace(session, command, began, rows=len(rows))
    return tuple(rows)


async def _change(session: Session, command: Change) -> int:
    """Change data; a hang-up does not cut it, for nobody could tell whether it was done."""
    began = asyncio.get_running_loop().time()
    try:
        rows = await session.services.data.change(
            command.source, command.sql, command.bind, command.timeout
        )
    except NodeFailure as failure:
        _trace(session, command, began, error=failure.name)
        raise
    _trace(session, command, began, rows=rows)
    return rows


def _trace(session: Session, command: Lookup | Change, began: float, **outcome: Any) -> None:
    if session.tracer.on:
        session.tracer.event(
            "query",
            source=command.source,
            sql=" ".join(command.sql.split()),
            bind=dict(command.bind),
            seconds=asyncio.get_running_loop().time() - began,
            **outcome,
        )


async def _note(session: Session, command: Note) -> None:
    notes.info("node %s: %s", session.tracer.node, session.tracer.masked(command.text))


PERFORMERS: Performers = {
    Lookup: Performer(_lookup, needs_call=False),
    Change: Performer(_change, needs_call=False, cut=False),
    Note: Performer(_note, needs_call=False),
}

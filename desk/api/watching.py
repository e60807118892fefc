"""One watcher's WebSocket: a snapshot, then every event with its number, and anew when it lags."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from desk.api.access import chosen_protocol
from desk.api.journal import CallRecord, Journal, Watcher
from flow_runtime.trace_lines import encoded

_SUMMARY = ("id", "flow", "node", "caller", "called", "trunk", "channel", "started", "answered")


async def watch_calls(
    socket: WebSocket, journal: Journal, flow: str | None, call: str | None
) -> None:
    """Tell *socket* of all calls, or of those that come through *flow*, or of one *call*.

    Messages are JSON: ``{"type": "snapshot", "number", "calls"}``, where each call carries its
    ``events`` when one call is watched, then ``{"type": "event", "number", "event"}``.
    """
    await socket.accept(subprotocol=chosen_protocol(socket))
    seen: set[str] = set()

    def wanted(record: CallRecord) -> bool:
        if call is not None:
            return record.id == call
        if flow is None or record.flow == flow:
            seen.add(record.id)
        return record.id in seen

    watcher = journal.watch(wanted)
    telling = asyncio.ensure_future(_tell(socket, journal, watcher, call is not None))
    try:
        while True:  # nothing is asked of a watcher; this is how its leaving is noticed
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        journal.leave(watcher)
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await telling


async def _tell(socket: WebSocket, journal: Journal, watcher: Watcher, whole: bool) -> None:
    await _snapshot(socket, journal, watcher, whole)
    while True:
        events = await watcher.next()
        if watcher.lagged:
            await _snapshot(socket, journal, watcher, whole)
        for number, line in events:
            text = line.decode()
            await socket.send_text(f'{{"type":"event","number":{number},"event":{text}}}')


async def _snapshot(socket: WebSocket, journal: Journal, watcher: Watcher, whole: bool) -> None:
    """What is so now. A single call that has ended is told all the same."""
    watcher.begin()
    records = journal.running()
    if whole:
        records += journal.past()
    calls = ",".join(_told(record, whole) for record in records if watcher.wanted(record))
    await socket.send_text(f'{{"type":"snapshot","number":{journal.number},"calls":[{calls}]}}')


def _told(record: CallRecord, whole: bool) -> str:
    fields: dict[str, Any] = {name: getattr(record, name) for name in _SUMMARY}
    text = encoded(fields).decode()
    if not whole:
        return text
    events = b",".join(record.lines).decode()
    return f'{text[:-1]},"dropped":{record.dropped},"events":[{events}]}}'

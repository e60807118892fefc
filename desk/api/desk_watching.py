"""One watcher of the desk: what was missed or all there is, then every change with its number."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import WebSocket, WebSocketDisconnect

from desk.api.access import Session, chosen_protocol
from desk.api.feed import Feed
from desk.core.views import View


async def watch_desk(
    socket: WebSocket, feed: Feed, session: Session, boot: str, after: int | None
) -> None:
    """Tell *socket* what changes at the desk.

    With *boot* and *after* of the last message had, only what came since is told. Whoever reads
    too slowly gets a snapshot in place of what was missed.
    """
    await socket.accept(subprotocol=chosen_protocol(socket))
    known = after if boot == feed.boot else None
    telling = asyncio.ensure_future(_tell(socket, feed, View(session.who, feed.floor), known))
    leaving = asyncio.ensure_future(_left(socket))
    ended = asyncio.ensure_future(session.ended.wait())
    tasks = (telling, leaving, ended)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            await socket.close(4401, "the session is over; log in again")
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await task


async def _left(socket: WebSocket) -> None:
    """Nothing is asked of a watcher; this is how its leaving is noticed."""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()


async def _tell(socket: WebSocket, feed: Feed, view: View, number: int | None) -> None:
    changed = feed.join()
    try:
        while True:
            changed.clear()
            changes = feed.floor.since(number) if number is not None else None
            if changes is None or view.outdated(changes):
                number, text = await feed.snapshot(view)
                await socket.send_text(text)
                continue
            for change in changes:
                told = feed.change(view, change)
                if told is not None:
                    await socket.send_text(told)
                number = change.number
            if number == feed.floor.number:
                await changed.wait()
    finally:
        feed.leave(changed)

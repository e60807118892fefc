"""Waiting for the engine to confirm that a sign-in or a booking is durable."""

from __future__ import annotations

import asyncio
import logging
from typing import Literal, TypeAlias

log = logging.getLogger("queues")

What: TypeAlias = Literal["signed in", "booked"]


class Confirmations:
    """Who waits for which word; ask before the event is told, for the word may come at once."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], list[asyncio.Future[None]]] = {}

    def expect(self, what: What, name: str) -> asyncio.Future[None]:
        """Done when *what* is confirmed of *name*; cancel it when the event was refused."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault((what, name), []).append(future)
        future.add_done_callback(lambda future: self._forget((what, name), future))
        return future

    def come(self, what: What, name: str) -> None:
        """It is durable."""
        log.info("%s: %s", name, what)
        for future in self._waiting.pop((what, name), ()):
            if not future.done():
                future.set_result(None)

    def _forget(self, key: tuple[str, str], future: asyncio.Future[None]) -> None:
        """Nobody waits for it any more: it was refused, or whoever asked has gone."""
        futures = self._waiting.get(key, [])
        if future in futures:
            futures.remove(future)
            if not futures:
                del self._waiting[key]

    def stop(self) -> None:
        """Nothing is confirmed any more."""
        waiting, self._waiting = self._waiting, {}
        for futures in waiting.values():
            for future in futures:
                future.cancel()

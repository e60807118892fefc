"""Work that takes time and that nobody waits for: told of when it fails, and ended together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger("queues")


class Tasks:
    """What one part of the switchboard has begun; *about* names it in the log."""

    def __init__(self, about: str) -> None:
        self._about = about
        self._running: set[asyncio.Task[None]] = set()

    def begin(
        self, work: Coroutine[Any, Any, None], then: Callable[[], object] | None = None
    ) -> None:
        """Begin *work*; *then* is called when it is over, unless it was stopped."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(lambda task: self._over(task, then))

    async def stop(self) -> None:
        """End all of it; returns when it has ended."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    def _over(self, task: asyncio.Task[None], then: Callable[[], object] | None) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("%s: an error of ours", self._about, exc_info=error)
        if then is not None:
            then()

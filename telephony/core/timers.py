"""One heap of timers for everything that waits, with lazy deletion; the clock is an argument."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Any


class Timer:
    """One running timer; `Timers.cancel` forgets it."""

    __slots__ = ("name", "owner", "when")

    def __init__(self, when: float, owner: Any, name: str) -> None:
        self.when, self.owner, self.name = when, owner, name


class Timers:
    """Timers by time; those set for the same moment fire in the order they were set."""

    __slots__ = ("_count", "_dead", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = self._dead = 0

    def __len__(self) -> int:
        return len(self._heap) - self._dead

    def set(self, when: float, owner: Any, name: str) -> Timer:
        """Let `due` give (*owner*, *name*) at *when*."""
        timer = Timer(when, owner, name)
        self._count += 1
        heappush(self._heap, (when, self._count, timer))
        return timer

    def cancel(self, timer: Timer | None) -> None:
        """Forget *timer*; nothing happens when it has fired, or is None."""
        if timer is None or timer.owner is None:
            return
        timer.owner = None
        self._dead += 1
        if self._dead > 1000 and self._dead * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].owner is not None]
            heapify(self._heap)
            self._dead = 0

    def due(self, now: float) -> Iterator[tuple[Any, str]]:
        """Take out, one by one, what is due; timers set meanwhile count too."""
        while self._heap and self._heap[0][0] <= now:
            timer = heappop(self._heap)[2]
            owner, timer.owner = timer.owner, None
            if owner is None:
                self._dead -= 1
            else:
                yield owner, timer.name

    def next_wakeup(self) -> float | None:
        """When the first timer is due, None without any."""
        heap = self._heap
        while heap and heap[0][2].owner is None:
            heappop(heap)
            self._dead -= 1
        return heap[0][0] if heap else None

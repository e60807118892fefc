"""A timer wheel of one-millisecond slots that paces what is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

SIZE = 128
"""Slots: an item can be put this many milliseconds ahead, less one."""
TOLERATED = 59
"""Milliseconds of delay that are made up for; with 20 ms packets, three back to back."""
_CYCLE = 20


class Item(Protocol):
    """What can be put on a wheel. *due* is the tick of an item that is on it, else -1."""

    due: int


T = TypeVar("T", bound=Item)


class Wheel(Generic[T]):
    """Items by the millisecond in which they are due.

    The wheel counts in ticks of 1 ms since its beginning. When it is called later than
    `TOLERATED`, time is left out: `behind` tells how much, and the owner moves its streams on.
    """

    __slots__ = ("_slots", "_start", "count", "tick")

    def __init__(self, now: float) -> None:
        self._slots: list[list[T]] = [[] for _ in range(SIZE)]
        self._start = now
        self.tick = 0
        """The first tick that was not yet served."""
        self.count = 0
        """Items on the wheel."""

    def time(self, tick: int) -> float:
        """When *tick* begins."""
        return self._start + tick * 0.001

    def reached(self, now: float) -> int:
        """The tick that *now* falls into."""
        return int((now - self._start) * 1000)

    def current(self, now: float) -> int:
        """The tick that *now* falls into; an empty wheel is turned to it."""
        tick = self.reached(now)
        if not self.count:
            self.tick = max(self.tick, tick)
        return tick

    def add(self, item: T, tick: int) -> None:
        """Have *item* due at *tick*, which must be less than `SIZE` ahead, and not yet served."""
        item.due = tick
        self._slots[tick % SIZE].append(item)
        self.count += 1

    def remove(self, item: T) -> None:
        """Take *item* off the wheel."""
        self._slots[item.due % SIZE].remove(item)
        self.count -= 1
        item.due = -1

    def serve(self, run: Callable[[T], int]) -> None:
        """*run* each item of the next tick; it says in how many ticks again, 0 for never."""
        tick, slots = self.tick, self._slots
        self.tick = tick + 1
        items = slots[tick % SIZE]
        if not items:
            return
        slots[tick % SIZE] = []
        for item in items:
            item.due = -1
            delay = run(item)
            if delay:
                item.due = due = tick + delay
                slots[due % SIZE].append(item)
            else:
                self.count -= 1

    def behind(self, now: float) -> int:
        """Leave out what cannot be made up for: the milliseconds left out, a multiple of 20."""
        late = self.reached(now) - self.tick
        if late <= TOLERATED:
            return 0
        late -= self.ahead() or 0
        if late <= TOLERATED:
            return 0
        left_out = -((TOLERATED - late) // _CYCLE) * _CYCLE
        self._start += left_out * 0.001
        return left_out

    def everything(self) -> list[T]:
        """All items, in no particular order."""
        return [item for slot in self._slots for item in slot]

    def ahead(self) -> int | None:
        """How many ticks from the next one the first item is; None when there is none."""
        if not self.count:
            return None
        return next(n for n in range(SIZE) if self._slots[(self.tick + n) % SIZE])

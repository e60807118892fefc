"""Clocks: the wall clock of a server, and an event loop whose time jumps for simulated calls."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Protocol, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_GRACE = 1.0
"""How long, in real seconds, an idle virtual loop waits for a thread nobody told it of."""


class Clock(Protocol):
    """What time it is for the flows."""

    def now(self) -> datetime:
        """The present moment, aware of its zone."""


class WallClock:
    """The real time, in *zone* (the system's when None)."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """The system's time."""
        if self._zone is None:
            return datetime.now(UTC).astimezone()
        return datetime.now(self._zone)


class Stalled(RuntimeError):
    """Every task of a virtual loop waits for something that can never happen."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time: when nothing is ready, time jumps.

    Time stands still while worker threads (`run_in_executor`), sockets or subprocesses may still
    bring something, unless that takes really as long as the next timer: so a query of 3 ms costs
    a simulated call nothing, and a query that hangs still meets its time limit. It is a `Clock`
    too: *start* is the moment at which the loop's time is 0.
    """

    def __init__(self, start: datetime) -> None:
        self._start, self._zone = start.astimezone(UTC), start.tzinfo
        self._now = 0.0
        self._outside = 0
        self._children: list[asyncio.SubprocessTransport] = []
        self.before_jump: Callable[[float | None], bool] | None = None
        """Asked when nothing is ready, with the seconds that would be skipped (None: for ever).
        True says that it made something happen, and time stays where it is."""
        super().__init__(_JumpingSelector(self))
        if start.tzinfo is None:
            self.close()
            raise ValueError("a virtual loop starts at a moment with a zone, not at a naive time")

    def time(self) -> float:
        """Virtual seconds since *start*."""
        return self._now

    def now(self) -> datetime:
        """The virtual moment, in the zone of *start*."""
        return (self._start + timedelta(seconds=self._now)).astimezone(self._zone)

    def run_in_executor(
        self,
        executor: Any,
        func: Callable[[Unpack[Ts]], T],
        *args: *Ts,
    ) -> asyncio.Future[T]:
        """As in asyncio; time stands still until the future is done."""
        future = super().run_in_executor(executor, func, *args)
        self._outside += 1
        future.add_done_callback(self._came_back)
        return future

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        """As in asyncio; time stands still until the process ends."""
        self._outside += 1
        try:
            made = await super().subprocess_exec(*args, **kwargs)
        finally:
            self._outside -= 1
        self._children.append(made[0])
        return made

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """As in asyncio, which ends its threads from a thread of its own."""
        self._outside += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._outside -= 1

    def _came_back(self, _: asyncio.Future[Any]) -> None:
        self._outside -= 1

    def skip(self, timeout: float | None, watched: int) -> float | None:
        """How long the selector shall really wait; moves time when it need not wait at all.

        *timeout* is what the loop asked for, *watched* counts file descriptors besides the
        loop's own.
        """
        if timeout == 0 or self._outside or watched or self._has_children():
            return timeout
        if self.before_jump is not None and self.before_jump(timeout):
            return 0
        if timeout is None:
            return _GRACE
        self._now += timeout
        return 0

    def _has_children(self) -> bool:
        if self._children:
            self._children = [c for c in self._children if c.get_returncode() is None]
        return bool(self._children)

    def waited(self, timeout: float | None, real: float | None, woken: bool) -> None:
        """Account for a real wait of *real* seconds in place of *timeout*."""
        if woken or real == 0:
            return
        if timeout is None and real is not None:
            raise Stalled("every task waits, and no timer, thread or socket can wake one")
        if timeout is not None:
            self._now += timeout


class _JumpingSelector(selectors.DefaultSelector):
    """Asks the loop before it waits."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        real = self._loop.skip(timeout, len(self.get_map()) - 1)
        events = super().select(real)
        self._loop.waited(timeout, real, bool(events))
        return events


def run_virtual(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]], start: datetime) -> T:
    """Run ``main(loop)`` on a fresh virtual loop that begins at *start*; `Stalled` when stuck."""
    loop = VirtualLoop(start)
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop))

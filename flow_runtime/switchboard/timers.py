"""The engine's time: what o'clock it is, the next thing that is due, and where a day begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final

from contact_center.core import events as ev
from contact_center.core.engine import Engine
from flow_runtime.clock import Clock

_SOON: Final = 0.001
"""Seconds that a timer waits at least: clocks tell microseconds, the engine may want less."""


class Timers:
    """Tells the engine by *tell* that time has passed. Its time never goes back."""

    def __init__(self, clock: Clock, tell: Callable[[ev.Event], object]) -> None:
        self._clock, self._tell = clock, tell
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._midnight: asyncio.TimerHandle | None = None
        self._stopped = False

    def now(self) -> float:
        """Seconds since the epoch; no less than ever before, should the clock be set back."""
        self._last = max(self._last, self._clock.now().timestamp())
        return self._last

    def arm(self, due: float | None) -> None:
        """Wake the engine at *due*, or not at all."""
        if due == self._due or self._stopped:
            return
        self._cancel(self._timer)
        self._timer, self._due = None, due
        if due is not None:
            wait = max(_SOON, due - self.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake)

    def follow_days(self, engine: Engine) -> None:
        """Begin a day's totals anew at local midnight; a clock that was set back is waited for."""
        now = self._clock.now()
        day = now.date().isoformat()
        if day != engine.day:
            self._tell(ev.DayBegan(day))
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        wait = max(_SOON, midnight.timestamp() - now.timestamp())
        self._midnight = asyncio.get_running_loop().call_later(wait, self.follow_days, engine)

    def stop(self) -> None:
        """Wake nobody any more."""
        self._stopped = True
        self._cancel(self._timer)
        self._cancel(self._midnight)

    def _wake(self) -> None:
        if self._due is not None:  # so much time has passed, even if the clock was set back
            self._last = max(self._last, self._due)
        self._timer = self._due = None
        self._tell(ev.Wake())

    def _cancel(self, timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()

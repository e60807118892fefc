"""How the time of a simulated call passes: as in life, or as fast as possible; and where it stops.

The call runs in a thread of its own, whose event loop asks `idle` before its time jumps. The
person acts on the Qt thread. Everything here may be called from both.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from flow_runtime.clock import VirtualLoop

_TICK: Final = 0.1
"""Seconds of real time between two looks at the clock."""
_TINY: Final = 1e-9


class Pace:
    """Passes, holds and skips time. Times are the virtual loop's, in seconds."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._fast = False
        self._granted = self._until = 0.0
        self._skip = self._woken = self._ended = False
        self._step = self._paused = False
        self._sounding = self._catch_up = False
        self._sound = 0
        self._breakpoints: frozenset[tuple[str, str]] = frozenset()

    # --- what the person wants ------------------------------------------------------------------

    def be_fast(self, fast: bool) -> None:
        """Let sounds take no time, and time stand still while the person thinks; or not."""
        with self._changed:
            self._fast = fast
            self._changed.notify_all()

    def grant(self, seconds: float) -> None:
        """Let so much time pass at once."""
        with self._changed:
            self._granted += seconds
            self._changed.notify_all()

    def skip(self) -> None:
        """Let time pass until something happens."""
        with self._changed:
            self._skip = True
            self._changed.notify_all()

    def stop_before(self, nodes: frozenset[tuple[str, str]]) -> None:
        """Hold the call before it enters one of these nodes, told with their flows."""
        with self._changed:
            self._breakpoints = nodes

    def step(self) -> None:
        """Go on, and hold before the next node."""
        with self._changed:
            self._step = True
            self._go_on()

    def go_on(self) -> None:
        """Go on."""
        with self._changed:
            self._go_on()

    def wake(self) -> None:
        """Something was given to the loop to do."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def end(self) -> None:
        """Hold nothing any more."""
        with self._changed:
            self._ended = True
            self._go_on()

    def sound_played(self, number: int) -> None:
        """The loudspeaker is through with a sound that was held for it: time catches up."""
        with self._changed:
            if number == self._sound:
                self._sounding, self._catch_up = False, True
                self._changed.notify_all()

    @property
    def paused(self) -> bool:
        """Whether the call is held before a node."""
        return self._paused

    def _go_on(self) -> None:
        self._paused = False
        self._changed.notify_all()

    # --- what the call's thread asks ------------------------------------------------------------

    def hold_sound(self) -> int:
        """Let time stand still while the flow speaks, until this number was played."""
        with self._changed:
            self._sound += 1
            self._sounding, self._catch_up = True, False
            return self._sound

    def entered(self, flow: str, node: str, held: Callable[[], None]) -> None:
        """Return when the call may go on; *held* is told first when that is not at once."""
        with self._changed:
            if self._ended or not (self._step or (flow, node) in self._breakpoints):
                return
            self._step, self._paused = False, True
            held()
            while self._paused and not self._ended:
                self._changed.wait()

    def idle(self, loop: VirtualLoop, skipped: float | None, talking: bool) -> bool:
        """The loop's ``before_jump``; *talking*: nobody waits for the person."""
        now = loop.time()
        with self._changed:
            while True:
                if self._ended:
                    return False
                if self._woken:
                    self._woken = False
                    return True
                if now < self._until - _TINY:
                    return False
                if self._sounding and talking:
                    self._changed.wait()
                    continue
                if self._granted > 0:
                    granted, self._granted = self._granted, 0.0
                    return self._pass(loop, granted)
                self._catch_up = self._catch_up and talking
                if self._skip or self._catch_up or (self._fast and talking):
                    self._skip = False
                    if skipped is not None:
                        return False
                began = time.monotonic()
                if self._fast:
                    self._changed.wait()
                    continue
                self._changed.wait(_TICK if skipped is None else min(_TICK, skipped))
                return self._pass(loop, time.monotonic() - began)

    def _pass(self, loop: VirtualLoop, seconds: float) -> bool:
        """Let *seconds* pass, with all that happens meanwhile."""
        self._until = loop.time() + seconds
        loop.call_at(self._until, lambda: None)
        return True

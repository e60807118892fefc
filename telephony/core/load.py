"""Whether a process has more to do than it can: its CPU time against the clock."""

from __future__ import annotations

WINDOW = 2.0
"""Seconds over which the share of the processor is measured."""
_IN_A_ROW = 2
"""Windows above the limit that make a process busy: a single one may be a hiccup."""


class Load:
    """Busy once *limit*, a share from 0 to 1, was reached in some windows in a row."""

    __slots__ = ("_busy_windows", "_cpu", "_limit", "_since", "busy")

    def __init__(self, limit: float, cpu: float, now: float) -> None:
        self._limit, self._cpu, self._since = limit, cpu, now
        self._busy_windows = 0
        self.busy = False

    def note(self, cpu: float, now: float) -> bool:
        """Take the CPU seconds used up to *now*; whether the process is busy."""
        passed = now - self._since
        if passed >= WINDOW:
            above = cpu - self._cpu >= self._limit * passed
            self._busy_windows = self._busy_windows + 1 if above else 0
            self.busy = self._busy_windows >= _IN_A_ROW
            self._cpu, self._since = cpu, now
        return self.busy

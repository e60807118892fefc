"""How long nothing has come from a far end: telephones that lost their power send no BYE."""

from __future__ import annotations


class Silence:
    """Counts the seconds since the far end was last heard, in steps of *step*.

    A far end that was never heard is not counted: it may have nothing to say, as a test's caller.
    """

    __slots__ = ("_last", "_next", "_step")

    def __init__(self, step: float) -> None:
        self._step = step
        self._last = self._next = -1.0

    def heard(self, now: float) -> None:
        """Something came, or nothing is expected to (hold)."""
        self._last, self._next = now, now + self._step

    def lasting(self, now: float) -> float:
        """The seconds of silence, when another step is full; else 0."""
        if self._last < 0.0 or now < self._next:
            return 0.0
        self._next += self._step
        return now - self._last

"""What may be true of a flow's variables, as the bits of one number."""

from __future__ import annotations

from functools import cache
from typing import Final

from flow_runtime.core.check.dataflow import State
from flow_runtime.core.expr.env import Standing

UNSET: Final = 1
"""Nothing has set it, and its declaration does not reckon with that."""
BLANK: Final = 2
"""Nothing has set it, as its declaration reckons with (``text?``)."""
NONE: Final = 4
"""It was given none."""
THERE: Final = 8
"""It has a value."""
SECRET: Final = 16
"""It holds what a caller has keyed in as a secret."""
DERIVED: Final = 32
"""It holds something computed from a secret, which the masking of traces does not recognise."""
MISSING: Final = UNSET | BLANK | NONE
PRESENCE: Final = MISSING | THERE
HIDDEN: Final = SECRET | DERIVED
_WIDTH: Final = 6
_ALL: Final = (1 << _WIDTH) - 1

OFF: Final = 1
"""The call is not recorded."""
ON: Final = 2
PAUSED: Final = 4
RECORDING: Final = OFF | ON | PAUSED
_FIRST: Final = 3


class Slots:
    """Where in a state the bits of each path stand: of a variable, or of a field of one.

    Paths are added as they turn up and never removed, so that states of the same flow can be
    compared while it is edited.
    """

    def __init__(self) -> None:
        self._shifts: dict[str, int] = {}
        self._below: dict[str, State] = {}
        self.hidden: State = 0
        """The bits `HIDDEN` of all paths."""

    def __contains__(self, path: str) -> bool:
        return path in self._shifts

    def __len__(self) -> int:
        return len(self._shifts)

    def names(self) -> tuple[str, ...]:
        """All paths that have turned up."""
        return tuple(self._shifts)

    def shift(self, path: str) -> int:
        """How far the bits of *path* are shifted."""
        found = self._shifts.get(path)
        if found is None:
            found = self._shifts[path] = _FIRST + _WIDTH * len(self._shifts)
            self.hidden |= HIDDEN << found
            name, dot, _ = path.partition(".")
            if dot:
                self._below[name] = self.below(name) | (NONE | THERE) << found
        return found

    def mask(self, path: str, bits: int = _ALL) -> State:
        """*bits* of *path*, all by default, as a state."""
        return bits << self.shift(path)

    def bits(self, state: State, path: str) -> int:
        """The bits of *path* in *state*."""
        return state >> self.shift(path) & _ALL

    def below(self, name: str) -> State:
        """That nothing is known of the fields of *name* that are looked at somewhere."""
        return self._below.get(name, 0)


@cache
def standing(bits: int) -> Standing:
    """*bits* of a path as expressions see them."""
    return Standing(bool(bits & UNSET), bool(bits & BLANK), bool(bits & NONE), bool(bits & THERE))

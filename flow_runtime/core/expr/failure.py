"""How an expression fails at run time, and the limits that make sure that it ends."""

from __future__ import annotations

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place

MAX_DEPTH = 100
"""How deep an expression may nest."""
MAX_NODES = 2_000
"""How many operators, names and literals one expression may have: its number of steps."""
MAX_TEXT = 100_000
"""Characters of one text."""
MAX_WEIGHT = 10_000
"""Values in one list or record, nested ones included; a text counts once more per 100 letters."""
MAX_NESTING = 20
"""How deep lists and records may nest in each other."""
MAX_DIGITS = 60
"""Digits of a number that is read from a text or written as one."""
MAX_PATTERN = 1_000
"""Characters of a regular expression."""


class ExpressionFailure(NodeFailure):
    """An expression could not be computed: the node takes its ``error`` port.

    *name* is ``type-error``, ``bad-value``, ``division-by-zero``, ``out-of-range``,
    ``too-large``, ``unset-variable``, ``unknown-...`` or ``not-configured``. *place* is that of
    the failing part in the flow file, None until the compiled expression has added it.
    """

    def __init__(self, name: str, text: str, place: Place | None = None) -> None:
        super().__init__(name, text)
        self.place = place

    def at(self, place: Place) -> ExpressionFailure:
        """The same failure with *place*, unless an inner part has already said where."""
        if self.place is None:
            self.place = place
        return self


def type_error(text: str) -> ExpressionFailure:
    """A value that is not of the type an operator, function or parameter wants."""
    return ExpressionFailure("type-error", text)


def bad_value(text: str) -> ExpressionFailure:
    """A value of the right type that a function cannot work with."""
    return ExpressionFailure("bad-value", text)


def too_large(text: str) -> ExpressionFailure:
    """A value that would grow beyond the limits of this file."""
    return ExpressionFailure("too-large", text)


def out_of_range() -> ExpressionFailure:
    """A date before the year 1 or after 9999, or a duration of more than 2.7 million years."""
    return ExpressionFailure("out-of-range", phrase("the date or duration is out of range"))

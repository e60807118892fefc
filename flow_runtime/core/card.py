"""The short texts that a node's card shows of its parameters: ``"office"``, ``30 s``, ``a > 0``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from flow_runtime.core.expr.tree import Expr, ListOf, Name, Text
from flow_runtime.core.expr.values import plain_number, split_duration
from flow_runtime.core.node import Draft
from flow_runtime.core.phrase import phrase
from flow_runtime.core.syntax.expressions import print_expression

_LONGEST = 60
_UNITS = {
    "d": phrase("d"), "h": phrase("h"), "m": phrase("min"), "s": phrase("s"), "ms": phrase("ms"),
}  # fmt: skip


def shown(draft: Draft, parameter: str, quoted: bool = True) -> str:
    """*parameter* as a card shows it: its value where that is known, else the expression.

    A text stands in quotes unless *quoted* is False; what is long is cut. A parameter that has
    to be written but is not is shown as ``?``.
    """
    expr = draft.written.get(parameter)
    value = draft.constants.get(parameter)
    if isinstance(expr, Text):
        value = expr.constant
    if value is None:
        return "?" if expr is None else _short(_expression(expr))
    if isinstance(value, str) and not isinstance(expr, Name):
        flat = _short(" ".join(value.split()))
        return f'"{flat}"' if quoted else flat
    return value_text(value)


def chosen(draft: Draft, parameter: str) -> str:
    """*parameter*, which has one of its choices, as a word that other languages may have."""
    return phrase(shown(draft, parameter, quoted=False))


def joined(*parts: str) -> str:
    """The parts that are not empty, with dots between them: ``dial 1001 · 30 s``."""
    return _chain([part for part in parts if part], " · ")


def duration_words(value: timedelta) -> str:
    """``30 s``, ``2 min``, ``1 h 30 min``."""
    sign = "-" if value < timedelta(0) else ""
    parts = split_duration(abs(value)) or [(0, "s")]
    words = [phrase("{count} {unit}", count=count, unit=_UNITS[unit]) for count, unit in parts]
    return sign + _chain(words, " ")


def assignments_text(draft: Draft) -> str:
    """The first line of a node with free lines, and how many follow."""
    lines = [f"{name} = {_expression(expr)}" for name, expr in draft.written.items()]
    if not lines:
        return ""
    return joined(_short(lines[0]), _more(len(lines) - 1))


def value_text(value: Any) -> str:
    """A constant as a card shows it."""
    match value:
        case bool():
            return phrase("yes") if value else phrase("no")
        case timedelta():
            return duration_words(value)
        case Decimal():
            return plain_number(value)
    return str(value)


def _expression(expr: Expr) -> str:
    """The source text on one line; of a list only its first item, and how many follow."""
    if isinstance(expr, ListOf) and expr.items:
        return joined(_expression(expr.items[0]), _more(len(expr.items) - 1))
    return " ".join(print_expression(expr).split())


def _more(count: int) -> str:
    return phrase("{count} more", count=count) if count else ""


def _chain(parts: Sequence[str], between: str) -> str:
    """The parts in a row; those that are phrases stay it."""
    return reduce(lambda all, part: all + between + part, parts) if parts else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"

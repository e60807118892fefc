"""Which meaning of an operator applies: decided when the flow is loaded, wherever types tell."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from flow_runtime.core.expr.code import CAUGHT, Code, explained, failing, needing, two_sided
from flow_runtime.core.expr.convert import converter
from flow_runtime.core.expr.failure import ExpressionFailure, type_error
from flow_runtime.core.expr.operators import (
    Overload,
    candidates,
    equal,
    result_of,
)  # fmt: skip
from flow_runtime.core.expr.tree import Binary
from flow_runtime.core.expr.values import describe, type_of
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.types import ANY, BOOLEAN, TEXT, Type

_PLAIN: Final = frozenset({"boolean", "number", "text", "date", "time", "duration"})
"""Types whose values Python compares as the language does."""
_CONVERTIBLE: Final = _PLAIN | {"datetime"}


def computation(expr: Binary, left: Code, right: Code) -> Code:
    """``left operator right`` for the operators of `OPERATORS`."""
    found = candidates(expr.operator, left.type, right.type)
    kind = result_of(found, left.type, right.type)
    if not found:
        names = f"{left.type} {expr.operator} {right.type}"
        return failing(
            ANY,
            lambda: type_error(phrase("{names} cannot be computed", names=names)).at(expr.place),
        )
    if len(found) > 1:
        return _decided_later(expr, kind, found, left, right)
    only = found[0]
    if only.left.name == "any":
        left = _leniently(left, right.type.item)
    elif left.type.name == "any":
        left = needing(left, only.left, expr.left.place)
    if right.type.name == "any":
        right = needing(right, only.right, expr.right.place)
    return two_sided(expr.operator, kind, only.apply, left, right, expr.place)


def _decided_later(
    expr: Binary, kind: Type, found: tuple[Overload, ...], left: Code, right: Code
) -> Code:
    """An ``any`` leaves several meanings open: the values of the call decide."""
    run_left, run_right, place = left.run, right.run, expr.place

    def run(frame: Frame) -> Any:
        first, second = run_left(frame), run_right(frame)
        try:
            chosen = _chosen(expr.operator, found, first, second)
            return chosen.apply(
                converter(chosen.left)(first, frame), converter(chosen.right)(second, frame)
            )
        except CAUGHT as error:
            sides = f"{describe(first)} {expr.operator} {describe(second)}"
            raise explained(error, lambda: sides, place) from None

    return Code(kind, run)


def _chosen(symbol: str, found: tuple[Overload, ...], left: Any, right: Any) -> Overload:
    exact = candidates(symbol, type_of(left), type_of(right))
    for overload in found:
        if overload in exact:
            return overload
    if symbol == "in" and not isinstance(right, str):
        raise type_error(
            phrase(
                "{left} cannot be looked for in {right}", left=describe(left), right=describe(right)
            )
        )
    return found[0] if symbol != "in" else _IN_TEXT


_IN_TEXT: Final = candidates("in", TEXT, TEXT)[0]


def equality(expr: Binary, left: Code, right: Code) -> Code:
    """``==`` and ``!=``: total; none equals only none, an ``any`` is converted if it can be."""
    same = expr.operator == "=="
    names = {left.type.name, right.type.name}
    if len(names) == 1 and names <= _PLAIN:
        apply: Callable[[Any, Any], bool] = operator.eq if same else operator.ne
    else:
        apply = equal if same else _unequal
        left, right = _leniently(left, right.type), _leniently(right, left.type)
    return two_sided(expr.operator, BOOLEAN, apply, left, right, expr.place)


def _unequal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def _leniently(code: Code, wanted: Type | None) -> Code:
    """An ``any`` as *wanted* where that is possible, so that ``row.code == "12"`` finds 12."""
    if code.type.name != "any" or wanted is None or wanted.name not in _CONVERTIBLE:
        return code
    run, convert = code.run, converter(replace(wanted, optional=True))

    def converted(frame: Frame) -> Any:
        value = run(frame)
        try:
            return convert(value, frame)
        except ExpressionFailure:
            return value

    return Code(ANY, converted)

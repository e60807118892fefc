"""Tests of agents that Python does by itself, for the conditions that nearly all strategies ask.

A direct test raises TypeError when a skill is not of the kind that it expects.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeAlias

from contact_center.core.strategy.plan import Skills
from flow_runtime.core.expr.tree import Binary, Expr, ListOf, Literal, Member, Name, Text, Unary

Test: TypeAlias = Callable[[Skills], bool]

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
}  # fmt: skip
_MIRRORED: Final = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


def direct_test(expr: Expr) -> Test | None:
    """A test for *expr*, which has the contact's values in it; None for what it cannot do."""
    match expr:
        case Literal(bool() as constant):
            return _always(constant)
        case Unary("not", operand):
            inner = direct_test(operand)
            return None if inner is None else lambda skills: not inner(skills)
        case Binary("and" | "or" as word, left, right):
            one, other = direct_test(left), direct_test(right)
            if one is None or other is None:
                return None
            if word == "and":
                return lambda skills: one(skills) and other(skills)
            return lambda skills: one(skills) or other(skills)
        case Binary("in", Member(Name("skill"), name), ListOf(items)):
            words = [constant_of(item) for item in items]
            return _among(name, words) if all(isinstance(w, str) for w in words) else None
        case Binary(sign, Member(Name("skill"), name), constant) if sign in _MIRRORED:
            return _compared(name, sign, constant_of(constant))
        case Binary(sign, constant, Member(Name("skill"), name)) if sign in _MIRRORED:
            return _compared(name, _MIRRORED[sign], constant_of(constant))
    return None


def _always(answer: bool) -> Test:
    return lambda skills: answer


def constant_of(expr: Expr) -> Any:
    """The number or text that *expr* is, None for anything else."""
    match expr:
        case Literal(Decimal() as number):
            return int(number) if number == int(number) else number
        case Text():
            return expr.constant
    return None


def _compared(name: str, sign: str, constant: Any) -> Test | None:
    if constant is None:
        return None
    if sign in _ORDER:
        compare = _ORDER[sign]
        return lambda skills: compare(skills.get(name, 0), constant)
    if isinstance(constant, str):
        same = sign == "=="
        return lambda skills: (str(skills.get(name, 0)) == constant) is same
    equal = operator.eq if sign == "==" else operator.ne

    def test(skills: Skills) -> bool:
        level = skills.get(name, 0)
        if level.__class__ is str:
            raise TypeError
        return bool(equal(level, constant))

    return test


def _among(name: str, words: list[Any]) -> Test:
    known = frozenset(words)

    def test(skills: Skills) -> bool:
        word = skills.get(name, 0)
        if word.__class__ is not str:
            raise TypeError
        return word in known

    return test

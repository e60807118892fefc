"""Conditions cut into what depends on the contact and what depends on the agent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from cordboard.plain_values import UNKNOWN
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.tree import (
    Expr,
    Index,
    ListOf,
    Literal,
    Member,
    Name,
    Pair,
    RecordOf,
    Slot,
    Text,
)
from flow_runtime.core.expr.values import describe, display
from flow_runtime.core.expr.walk import walk

_VIEWS: Final = frozenset({"call", "contact", "customer", "queue"})
_T = TypeVar("_T")


class Holes:
    """An expression whose parts that need only facts are taken out.

    *parts* are the largest such parts by the name that stands for each in *rest*. Constants stay.
    """

    def __init__(self, expr: Expr) -> None:
        self.parts: dict[str, Expr] = {}
        self.rest = replaced(expr, self._take)

    def _take(self, part: Expr) -> Name | None:
        names = {inner.name for inner in walk(part) if isinstance(inner, Name)}
        if "skill" in names or not names & _VIEWS:
            return None
        known = next((name for name, other in self.parts.items() if other == part), None)
        name = known or f"fact {len(self.parts) + 1}"  # no name of the language has a blank
        self.parts[name] = part
        return Name(name)


def views_of(parts: Iterable[Expr]) -> frozenset[str]:
    """The records of facts that *parts* read."""
    names = {inner.name for part in parts for inner in walk(part) if isinstance(inner, Name)}
    return _VIEWS & names


def replaced(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """*expr* with each part that *change* gives something else for, the outermost first."""
    return change(expr) or _inside(expr, change)


def _inside(node: _T, change: Callable[[Expr], Expr | None]) -> _T:
    made = {}
    for one in fields(node) if is_dataclass(node) else ():
        value = getattr(node, one.name)
        if isinstance(value, tuple):
            made[one.name] = tuple(_changed(inner, change) for inner in value)
        else:
            made[one.name] = _changed(value, change)
    return replace(node, **made)  # type: ignore[type-var]


def _changed(value: Any, change: Callable[[Expr], Expr | None]) -> Any:
    if isinstance(value, Expr):
        return replaced(value, change)
    return _inside(value, change) if isinstance(value, Pair | Slot) else value


def with_values(rest: Expr, values: Mapping[str, Any]) -> Expr:
    """*rest* with the values in it, as a person reads it."""

    def known(part: Expr) -> Expr | None:
        if isinstance(part, Name) and part.name in values:
            return in_words(values[part.name])
        if isinstance(part, Index) and part.object == Name("skill"):
            index = replaced(part.index, known)
            if isinstance(index, Text) and (index.constant or "").isidentifier():
                return Member(part.object, index.constant or "")
            return Index(part.object, index)
        return None

    return replaced(rest, known)


def in_words(value: Any) -> Expr:
    """*value* as the expression that gives it."""
    if value is UNKNOWN:
        return Name("unknown")
    match value:
        case None:
            return Literal(None, "none")
        case bool() | Decimal() | timedelta():
            return Literal(value, _short(value))
        case str():
            return Text((value,) if value else ())
        case tuple():
            return ListOf(tuple(in_words(inner) for inner in value))
        case Mapping():
            return RecordOf(tuple(Pair(n, in_words(v), True) for n, v in value.items()))
    return Text((_short(value),))


def _short(value: Any) -> str:
    try:
        return display(value)
    except ExpressionFailure:  # a number of too many digits, a recording
        return describe(value)

"""Expressions with parts of them replaced; what does not change stays the same object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    Index,
    ListOf,
    Member,
    Pair,
    RecordOf,
    Slot,
    Text,
    Unary,
)

T = TypeVar("T")
Change = Callable[[Expr], Expr]


def changed_within(expr: Expr, change: Change) -> Expr:
    """*expr* with *change* made to every part of it and then to itself, the inner ones first."""
    return change(_inside(expr, lambda inner: changed_within(inner, change)))


def _inside(expr: Expr, again: Change) -> Expr:
    match expr:
        case Text(parts):
            return _new(expr, "parts", parts, _each(parts, lambda part: _in_slot(part, again)))
        case ListOf(items):
            return _new(expr, "items", items, _each(items, again))
        case RecordOf(pairs):
            return _new(expr, "pairs", pairs, _each(pairs, lambda pair: _in_pair(pair, again)))
        case Member(inner):
            return _new(expr, "object", inner, again(inner))
        case Call(_, arguments):
            return _new(expr, "arguments", arguments, _each(arguments, again))
        case Unary(_, operand):
            return _new(expr, "operand", operand, again(operand))
        case Index(inner, index):
            indexed = _new(expr, "object", inner, again(inner))
            return _new(indexed, "index", index, again(index))
        case Binary(_, left, right):
            half = _new(expr, "left", left, again(left))
            return _new(half, "right", right, again(right))
        case Choice(condition, yes, no):
            asked = _new(expr, "condition", condition, again(condition))
            decided = _new(asked, "yes", yes, again(yes))
            return _new(decided, "no", no, again(no))
    return expr


def _new(thing: T, name: str, old: object, new: object) -> T:
    return thing if new is old else replace(thing, **{name: new})  # type: ignore[type-var]


def _each(items: tuple[T, ...], change: Callable[[T], T]) -> tuple[T, ...]:
    changed = tuple(map(change, items))
    same = all(new is old for new, old in zip(changed, items, strict=True))
    return items if same else changed


def _in_slot(part: str | Slot, change: Change) -> str | Slot:
    return _new(part, "value", part.value, change(part.value)) if isinstance(part, Slot) else part


def _in_pair(pair: Pair, change: Change) -> Pair:
    return _new(pair, "value", pair.value, change(pair.value))

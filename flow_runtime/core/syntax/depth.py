"""Keeps expressions shallow enough for everything that walks them by recursion."""

from __future__ import annotations

from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    Index,
    ListOf,
    Member,
    RecordOf,
    Slot,
    Text,
    Unary,
)

MAX_DEPTH = 100
"""How many operators, brackets and choices may stand one inside the other."""


def too_deep(expression: Expr) -> Expr | None:
    """The first part of *expression* that is nested more than `MAX_DEPTH` deep, if there is one."""
    waiting: list[tuple[Expr, int]] = [(expression, 1)]
    while waiting:
        current, depth = waiting.pop()
        if depth > MAX_DEPTH:
            return current
        waiting.extend((child, depth + 1) for child in children(current))
    return None


def children(expression: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside *expression*, in written order."""
    match expression:
        case Binary(left=left, right=right):
            return (left, right)
        case Unary(operand=operand):
            return (operand,)
        case Member(object=base):
            return (base,)
        case Index(object=base, index=index):
            return (base, index)
        case Call(arguments=arguments):
            return arguments
        case Choice(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case ListOf(items=items):
            return items
        case RecordOf(pairs=pairs):
            return tuple(pair.value for pair in pairs)
        case Text(parts=parts):
            return tuple(part.value for part in parts if isinstance(part, Slot))
    return ()

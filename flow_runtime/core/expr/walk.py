"""Walking over expression trees without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from flow_runtime.core.expr.failure import MAX_DEPTH, MAX_NODES
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
from flow_runtime.core.phrase import phrase


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside *expr*, in written order."""
    match expr:
        case Text(parts):
            return tuple(part.value for part in parts if isinstance(part, Slot))
        case ListOf(items):
            return items
        case RecordOf(pairs):
            return tuple(pair.value for pair in pairs)
        case Member(inner):
            return (inner,)
        case Index(inner, index):
            return (inner, index)
        case Call(_, arguments):
            return arguments
        case Unary(_, operand):
            return (operand,)
        case Binary(_, left, right):
            return (left, right)
        case Choice(condition, yes, no):
            return (condition, yes, no)
    return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """*expr* and everything inside it, outer before inner, in written order."""
    pending = [expr]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))


def too_deep(expr: Expr) -> Expr | None:
    """The first part of *expr* that is nested more than `MAX_DEPTH` deep, if there is one."""
    pending = [(expr, 1)]
    while pending:
        current, depth = pending.pop()
        if depth > MAX_DEPTH:
            return current
        pending.extend((inner, depth + 1) for inner in children(current))
    return None


def too_complex(expr: Expr) -> str | None:
    """Why *expr* is refused, None when its depth and size are within the limits."""
    pending, count = [(expr, 1)], 0
    while pending:
        current, depth = pending.pop()
        count += 1
        if depth > MAX_DEPTH:
            return phrase(
                "the expression nests more than {most} deep; use `set` for parts of it",
                most=MAX_DEPTH,
            )
        if count > MAX_NODES:
            return phrase(
                "the expression has more than {most} parts; use `set` for parts of it",
                most=MAX_NODES,
            )
        pending.extend((inner, depth + 1) for inner in children(current))
    return None

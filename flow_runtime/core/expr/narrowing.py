"""Narrowing: what a condition tells about names that may be none."""

from __future__ import annotations

from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.rules import member
from flow_runtime.core.expr.tree import (
    Binary,
    Expr,
    ListOf,
    Literal,
    Member,
    Name,
    RecordOf,
    Text,
    Unary,
)
from flow_runtime.core.types import Type


def path_of(expr: Expr) -> str | None:
    """``account.owed`` for a name and the fields asked of it, None for anything else."""
    match expr:
        case Name(name):
            return name
        case Member(inner, name):
            path = path_of(inner)
            return None if path is None else f"{path}.{name}"
    return None


def narrow(expr: Expr, env: TypeEnv, truth: bool) -> TypeEnv:
    """*env* where the condition *expr* has turned out *truth* (behind a port of an ``if``)."""
    found = present(expr, env, truth)
    return env.knowing(found) if found else env


def present(expr: Expr, env: TypeEnv, truth: bool) -> frozenset[str]:
    """The paths that cannot be none when *expr* is *truth*."""
    match expr:
        case Unary("not", operand):
            return present(operand, env, not truth)
        case Binary("and" | "or" as operator, left, right):
            first, second = present(left, env, truth), present(right, env, truth)
            both_hold = (operator == "and") == truth
            return first | second if both_hold else first & second
        case Binary("==" | "!=" as operator, left, right):
            same = (operator == "==") == truth
            return _compared(left, right, env, same) | _compared(right, left, env, same)
    return frozenset()


def absent(expr: Expr, truth: bool) -> frozenset[str]:
    """The names that are none when *expr* is *truth*."""
    match expr:
        case Unary("not", operand):
            return absent(operand, not truth)
        case Binary("and" | "or" as operator, left, right):
            first, second = absent(left, truth), absent(right, truth)
            return first | second if (operator == "and") == truth else first & second
        case Binary("==", Name(name), Literal(None)) | Binary("==", Literal(None), Name(name)):
            return frozenset([name]) if truth else frozenset()
        case Binary("!=", Name(name), Literal(None)) | Binary("!=", Literal(None), Name(name)):
            return frozenset() if truth else frozenset([name])
    return frozenset()


def _compared(expr: Expr, other: Expr, env: TypeEnv, same: bool) -> frozenset[str]:
    """The paths in *expr* that are there because it is the *same* as *other*, or is not."""
    if isinstance(other, Literal) and other.value is None:
        return frozenset() if same else along(expr)
    return along(expr) if same and _never_none(other, env) else frozenset()


def along(expr: Expr) -> frozenset[str]:
    """*expr* itself, and what stands before a ``?.`` in it: ``a?.b`` is there only if `a` is."""
    paths = []
    current = expr
    while True:
        path = path_of(current)
        if path is not None:
            paths.append(path)
        if not isinstance(current, Member):
            return frozenset(paths)
        current = current.object


def _never_none(expr: Expr, env: TypeEnv) -> bool:
    match expr:
        case Literal(value):
            return value is not None
        case Text() | ListOf() | RecordOf():
            return True
        case Name() | Member():
            kind = _type_of(expr, env)
            return kind is not None and kind.name != "any" and not kind.optional
    return False


def _type_of(expr: Expr, env: TypeEnv) -> Type | None:
    """The declared type of a name, or of a field of one that is surely there."""
    match expr:
        case Name(name):
            return env.lookup(name)
        case Member(inner, name):
            record = _type_of(inner, env)
            return None if record is None or record.optional else member(record, name)
    return None

"""The way from an expression down to one of its parts: what is known and what is wanted there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flow_runtime.core.expr.assist.scope import ANYTHING, Wanted
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.facts import CALL, Fact
from flow_runtime.core.expr.findings import SHOWN
from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.narrowing import narrow
from flow_runtime.core.expr.operators import OPERATORS
from flow_runtime.core.expr.registry import Function
from flow_runtime.core.expr.rules import fits, substitute
from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    Index,
    ListOf,
    Member,
    Name,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.types import ANY, BOOLEAN, DURATION, LIST, NUMBER, RECORD, TEXT, Type

_SHOWN: Final = Wanted(tuple(Type(name) for name in sorted(SHOWN - {"any"})))
_CONDITION: Final = Wanted((BOOLEAN,))
_NAMED: Final = {("queue", 0): "queue", ("agent", 0): "agent", ("file", 0): "file"}
"""What the texts given to some functions are the names of."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression, what is known of the names there, and what is wanted."""

    expr: Expr
    env: TypeEnv
    wanted: Wanted = ANYTHING

    @property
    def type(self) -> Type:
        """What it is by itself."""
        if isinstance(self.expr, Name):
            return type_of_name(self.expr.name, self.env)
        return infer(self.expr, self.env)[0]


def type_of_name(name: str, env: TypeEnv) -> Type:
    """What *name* holds here: optional where it may be none, or was not given a value yet."""
    kind, standing = env.lookup(name) or ANY, env.standing(name)
    return kind if standing is None else replace(kind, optional=standing.missing)


def way_to(whole: Part, is_it: Callable[[Expr], bool]) -> list[Part]:
    """The parts from *whole* down to the first one for which *is_it* holds; empty if none does."""
    if is_it(whole.expr):
        return [whole]
    for inner in inside(whole):
        below = way_to(inner, is_it)
        if below:
            return [whole, *below]
    return []


def inside(part: Part) -> Iterator[Part]:
    """The parts directly inside *part*, in written order."""
    expr, env, wanted = part.expr, part.env, part.wanted
    match expr:
        case Text(parts):
            for slot in parts:
                if isinstance(slot, Slot):
                    yield Part(slot.value, env, _of_slot(slot))
        case ListOf(items):
            for item in items:
                yield Part(item, env, _of_item(wanted))
        case RecordOf(pairs):
            for pair in pairs:
                yield Part(pair.value, env, _of_field(wanted, pair.key))
        case Member(record):
            yield Part(record, env, Wanted((RECORD,)))
        case Index(container, index):
            yield Part(container, env, Wanted((LIST, RECORD)))
            yield Part(index, env, _of_index(infer(container, env)[0]))
        case Call(_, arguments):
            for number, argument in enumerate(arguments):
                yield Part(argument, env, _of_argument(expr, number, env))
        case Unary(operator, operand):
            kinds = _CONDITION if operator == "not" else Wanted((NUMBER, DURATION))
            yield Part(operand, env, kinds)
        case Binary():
            yield from _sides(expr, env, wanted)
        case Choice(condition, yes, no):
            yield Part(condition, env, _CONDITION)
            yield Part(yes, narrow(condition, env, True), wanted)
            yield Part(no, narrow(condition, env, False), wanted)


def _of_slot(slot: Slot) -> Wanted:
    chosen = FORMATS.get(slot.format or "")
    return _SHOWN if chosen is None else Wanted(chosen.accepts)


def _of_item(wanted: Wanted) -> Wanted:
    """What is heard may be a list; the choices of a list are those of its items."""
    types = [kind if kind.name == "sound" else kind.item for kind in wanted.types]
    kinds = tuple(kind for kind in types if kind is not None and kind.name != "any")
    return replace(wanted, types=kinds)


def _of_field(wanted: Wanted, key: str) -> Wanted:
    kinds = [kind.fields[key] for kind in wanted.types if kind.fields and key in kind.fields]
    return Wanted(tuple(kinds))


def _of_index(container: Type) -> Wanted:
    kinds = {"list": (NUMBER,), "record": (TEXT,)}
    return Wanted(kinds.get(container.name, (NUMBER, TEXT)))


def _of_argument(expr: Call, number: int, env: TypeEnv) -> Wanted:
    function = FUNCTIONS.get(expr.function)
    if function is None:
        return ANYTHING
    if (expr.function, number) == ("format", 1):
        return Wanted((TEXT,), choices=tuple(FORMATS))
    given = [infer(argument, env)[0] for argument in expr.arguments]
    kinds = argument_types(function, given, number)
    return Wanted(kinds, names=_NAMED.get((expr.function, number), ""))


def argument_types(function: Function, given: Sequence[Type], number: int) -> tuple[Type, ...]:
    """The types that argument *number* of *function* may have beside the others of *given*."""
    kinds: list[Type] = []
    for signature in function.signatures:
        parameter = signature.parameter(number)
        if parameter is None or not signature.may_take(given, besides=number):
            continue
        bound: dict[str, Type] = {}
        for index, kind in enumerate(given):
            other = signature.parameter(index)
            if index != number and other is not None:
                fits(kind, other.type, bound)
        kinds.append(substitute(parameter.type, bound))
    return () if any(kind.name == "any" for kind in kinds) else tuple(dict.fromkeys(kinds))


def _sides(expr: Binary, env: TypeEnv, wanted: Wanted) -> Iterator[Part]:
    left, right, symbol = expr.left, expr.right, expr.operator
    if symbol in ("and", "or"):
        yield Part(left, env, _CONDITION)
        yield Part(right, narrow(left, env, symbol == "and"), _CONDITION)
    elif symbol == "??":
        kinds = [replace(kind, optional=True) for kind in wanted.types]
        yield Part(left, env, replace(wanted, types=tuple(kinds)))
        yield Part(right, env, wanted if wanted.types else _like(left, env))
    elif symbol in ("==", "!="):
        yield Part(left, env, _like(right, env))
        yield Part(right, env, _like(left, env))
    else:
        yield Part(left, env, _operand(expr, env, wanted, left_side=True))
        yield Part(right, env, _operand(expr, env, wanted, left_side=False))


def _like(other: Expr, env: TypeEnv) -> Wanted:
    """What may be compared with *other*: a value of its type, or none."""
    kind = infer(other, env)[0]
    if kind.name in ("any", "none"):
        return ANYTHING
    fact = fact_of(other, env)
    choices = () if fact is None else fact.values
    names = "language" if fact is CALL["language"] else ""
    return Wanted((replace(kind, optional=True),), choices, names)


def fact_of(expr: Expr, env: TypeEnv) -> Fact | None:
    """The fact that *expr* asks of the call."""
    match expr:
        case Member(Name("call"), name) if "call" not in env.variables:
            return CALL.get(name)
    return None


def _operand(expr: Binary, env: TypeEnv, wanted: Wanted, left_side: bool) -> Wanted:
    """The types that this side of an operator may have beside the other one."""
    kind = infer(expr.right if left_side else expr.left, env)[0]
    if expr.operator == "in" and left_side and kind.name == "list" and kind.item is not None:
        return ANYTHING if kind.item == ANY else Wanted((kind.item,))
    ways = [
        (o.left, o.right, o.result) if left_side else (o.right, o.left, o.result)
        for o in OPERATORS[expr.operator]
    ]
    fitting = [way for way in ways if fits(kind, way[1])]
    best = [way for way in fitting if wanted.fit(way[2]) == 0] or fitting
    kinds = tuple(dict.fromkeys(way[0] for way in best))
    return Wanted(() if ANY in kinds else kinds)

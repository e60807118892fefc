"""What the operators and functions of ECMAScript become, where that is not the same with us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    Literal,
    Member,
    Name,
    Operator,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.expr.walk import too_complex, walk
from flow_runtime.core.syntax.words import is_name
from flow_runtime.core.types import Type


class ScriptError(Exception):
    """An ECMAScript expression has no translation; the text says why."""


TypeOf = Callable[[Expr], Type]
"""Tells the type of an expression of ours, ``any`` when nobody can know it."""

NONE: Final = Literal(None, "none")
_TYPEOF, _INDEX_OF = "typeof", "indexOf"
"""Calls that stand for themselves only until the comparison around them is read."""
_NOTHING: Final[Mapping[str, Expr]] = {
    "text": Text(()),
    "number": Literal(Decimal(0), "0"),
    "any": Literal(False, "false"),
}
"""By type, the value besides none that ECMAScript takes for false."""


def finished(expression: Expr) -> Expr:
    """*expression*, if all of it has a meaning; raises `ScriptError`."""
    reason = too_complex(expression)
    if reason is not None:
        raise ScriptError(reason)
    for part in walk(expression):
        if isinstance(part, Call) and part.function in (_TYPEOF, _INDEX_OF):
            raise ScriptError(f"{part.function} is understood only in a comparison such as >= 0")
        if isinstance(part, Name) and not is_name(part.name):
            raise ScriptError(f"{part.name} is understood only with a member behind it")
    return expression


def condition(expression: Expr, type_of: TypeOf) -> Expr:
    """*expression* where only its truth counts: anything but none, 0 and the empty text is true."""
    match expression:
        case Binary("or" | "and" as operator, left, right):
            return Binary(operator, condition(left, type_of), condition(right, type_of))
        case Literal(value=None):
            return Literal(False, "false")
    kind = type_of(expression)
    if kind.name == "boolean" and not kind.optional:
        return expression
    if kind.name in ("boolean", "any"):
        return Binary("??", expression, Literal(False, "false"))
    nothing = _NOTHING.get(kind.name)
    if nothing is None:
        return Binary("!=", expression, NONE)
    return Binary("!=", Binary("??", expression, nothing) if kind.optional else expression, nothing)


def value(expression: Expr, type_of: TypeOf) -> Expr:
    """*expression* where its value counts: ``a || b`` is then mostly a default, our ``??``."""
    match expression:
        case Binary("or" | "and" as operator, left, right):
            if type_of(left).name == "boolean" and type_of(right).name == "boolean":
                return Binary(operator, condition(left, type_of), condition(right, type_of))
            if operator == "and":
                raise ScriptError("&& is understood only between conditions")
            return Binary("??", value(left, type_of), value(right, type_of))
    return expression


def quoted(text: str) -> Text:
    """A text as it is written in quotes."""
    return Text((text,) if text else ())


def number(value: Decimal | int) -> Literal:
    """A number as it is written."""
    return Literal(Decimal(value), format(Decimal(value), "f"))


def template(*expressions: Expr) -> Text:
    """The texts of *expressions* one behind the other, as one template."""
    parts: list[str | Slot] = []
    for expression in expressions:
        inside = expression.parts if isinstance(expression, Text) else (Slot(expression),)
        for part in inside:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part:
                parts.append(part)
    return Text(tuple(parts))


def plus(left: Expr, right: Expr, type_of: TypeOf) -> Expr:
    """``+``: a template where one side is a text."""
    left, right = value(left, type_of), value(right, type_of)
    texts = [type_of(side).name == "text" for side in (left, right)]
    if isinstance(left, Text) or isinstance(right, Text) or any(texts):
        return template(left, right)
    return Binary("+", left, right)


def arithmetic(operator: Operator, left: Expr, right: Expr, type_of: TypeOf) -> Expr:
    """``- * / %``: texts are taken for numbers."""
    return Binary(operator, as_number(left, type_of), as_number(right, type_of))


def as_number(expression: Expr, type_of: TypeOf) -> Expr:
    """*expression* as an operand of arithmetic."""
    expression = value(expression, type_of)
    is_text = type_of(expression).name == "text"
    return Call("number", (expression,)) if is_text else expression


def equality(operator: Operator, left: Expr, right: Expr, type_of: TypeOf) -> Expr:
    """``==`` and its kin: a text is compared with the digits of a number, as ECMAScript does."""
    left, right = value(left, type_of), value(right, type_of)
    if isinstance(left, Call) and left.function == _TYPEOF:
        if not (isinstance(right, Text) and right.constant == "undefined"):
            raise ScriptError("typeof is understood only with 'undefined'")
        return Binary(operator, left.arguments[0], NONE)
    place = _place(left, operator, right)
    if place is not None:
        return place
    kinds = type_of(left).name, type_of(right).name
    if kinds[0] == "text":
        right = _as_text(right)
    elif kinds[1] == "text":
        left = _as_text(left)
    return Binary(operator, left, right)


def comparison(operator: Operator, left: Expr, right: Expr, type_of: TypeOf) -> Expr:
    """``<`` and its kin: a text beside a number is taken for a number."""
    left, right = value(left, type_of), value(right, type_of)
    place = _place(left, operator, right)
    if place is not None:
        return place
    kinds = {type_of(left).name, type_of(right).name}
    if kinds == {"text", "number"}:
        left, right = as_number(left, type_of), as_number(right, type_of)
    return Binary(operator, left, right)


def choice(test: Expr, yes: Expr, no: Expr, type_of: TypeOf) -> Expr:
    """``?:``, among them the ways to write what we call ``??`` and ``?.``."""
    yes, no = value(yes, type_of), value(no, type_of)
    match test:
        case Binary("==", tested, Literal(None)):
            if no == tested:
                return Binary("??", tested, yes)
            match no:
                case Member(base, name, False) if base == tested and yes == NONE:
                    return Member(tested, name, True)
    return Choice(condition(test, type_of), yes, no)


def _as_text(expression: Expr) -> Expr:
    if isinstance(expression, Literal) and type(expression.value) is Decimal:
        return Text((expression.source,))
    return expression


_FOUND: Final = {
    (">=", 0): ("contains", True), (">", -1): ("contains", True), ("!=", -1): ("contains", True),
    ("<", 0): ("contains", False), ("==", -1): ("contains", False),
    ("==", 0): ("starts_with", True), ("!=", 0): ("starts_with", False),
}  # fmt: skip


def _place(left: Expr, operator: str, right: Expr) -> Expr | None:
    """``text.indexOf(part) >= 0`` as ``contains(text, part)``; None for other comparisons."""
    if not (isinstance(left, Call) and left.function == _INDEX_OF):
        return None
    limit = {number(0): 0, Unary("-", number(1)): -1}.get(right)
    found = _FOUND.get((operator, limit)) if limit is not None else None
    if found is None:
        raise ScriptError("indexOf is understood only in comparisons with 0 and -1")
    function, holds = found
    call = Call(function, left.arguments)
    return call if holds else Unary("not", call)


# --- functions and methods ------------------------------------------------------------------------

Meaning = Callable[[Sequence[Expr]], Expr]


def _same(function: str, least: int, most: int | None = None) -> Meaning:
    """The function of ours with the same arguments: *least* to *most* of them."""

    def call(arguments: Sequence[Expr]) -> Expr:
        if not least <= len(arguments) <= (most or least):
            raise ScriptError(f"{function}() has another number of arguments here")
        return Call(function, tuple(arguments))

    return call


def _parse_int(arguments: Sequence[Expr]) -> Expr:
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and arguments[1] != number(10)):
        raise ScriptError("parseInt() is understood only for decimal numbers")
    return Call("number", (arguments[0],))


def _sum(left: Expr, right: Expr) -> Expr:
    match left, right:
        case Literal(value=Decimal() as one), Literal(value=Decimal() as other):
            return number(one + other)
    return Binary("+", left, right)


def _substr(arguments: Sequence[Expr]) -> Expr:
    if len(arguments) != 3:
        return _same("slice", 2)(arguments)
    text, start, length = arguments
    return Call("slice", (text, start, _sum(start, length)))


def _char_at(arguments: Sequence[Expr]) -> Expr:
    if len(arguments) != 2:
        raise ScriptError("charAt() needs one argument")
    text, at = arguments
    return Call("slice", (text, at, _sum(at, number(1))))


def _join(arguments: Sequence[Expr]) -> Expr:
    match arguments:
        case [Call("split", (text, old)), new]:
            return Call("replace", (text, old, new))
    return _same("join", 2)(arguments)


FUNCTIONS: Final[Mapping[str, Meaning]] = {
    "Number": _same("number", 1),
    "parseInt": _parse_int,
    "parseFloat": _same("number", 1),
    "String": _same("text", 1),
    "Math.floor": _same("floor", 1),
    "Math.round": _same("round", 1),
    "Math.min": _same("min", 2, 20),
    "Math.max": _same("max", 2, 20),
    "typeof": _same(_TYPEOF, 1),
}
METHODS: Final[Mapping[str, Meaning]] = {
    "length": _same("len", 1),
    "toUpperCase": _same("upper", 1),
    "toLowerCase": _same("lower", 1),
    "toString": _same("text", 1),
    "slice": _same("slice", 2, 3),
    "substring": _same("slice", 2, 3),
    "substr": _substr,
    "charAt": _char_at,
    "split": _same("split", 2),
    "join": _join,
    "indexOf": _same(_INDEX_OF, 2),
}
"""By name; the object of a method is its first argument."""

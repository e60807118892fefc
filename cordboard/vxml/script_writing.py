"""Our expressions as ECMAScript, the expression language of VoiceXML (ECMA-262, 3rd edition)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import timedelta
from decimal import Decimal
from typing import Final

from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    HalfTyped,
    Index,
    ListOf,
    Literal,
    Member,
    Name,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.syntax import print_expression

CALL_FACTS: Final = {
    "caller": "session.connection.remote.uri",
    "called": "session.connection.local.uri",
}
"""The members of ``call`` that a VoiceXML session knows too, as addresses instead of numbers."""

RESERVED: Final = frozenset(
    "break case catch class const continue debugger default delete do else enum export extends"
    " false finally for function if import in instanceof new null return super switch this throw"
    " true try typeof var void while with abstract boolean byte char double final float goto"
    " implements int interface long native package private protected public short static"
    " synchronized throws transient volatile undefined NaN Infinity Math Number String Boolean"
    " Array Object Date RegExp Function session application document dialog".split()
)
"""Words that ECMAScript or the scopes of VoiceXML (5.1.2) keep for themselves."""


class NoCounterpart(Exception):
    """Something of a flow that VoiceXML does not have; the text says what."""


# How tightly each form binds; a part that binds less tightly than its place asks for is put in
# parentheses.
_CHOICE, _OR, _AND, _EQUAL, _ORDER, _SUM, _TERM, _PREFIX, _POSTFIX = range(9)
_BINARY: Final = {
    "or": ("||", _OR), "and": ("&&", _AND), "==": ("==", _EQUAL), "!=": ("!=", _EQUAL),
    "<": ("<", _ORDER), ">": (">", _ORDER), "<=": ("<=", _ORDER), ">=": (">=", _ORDER),
    "+": ("+", _SUM), "-": ("-", _SUM), "*": ("*", _TERM), "/": ("/", _TERM), "%": ("%", _TERM),
}  # fmt: skip

_METHODS: Final = {
    ("upper", 1): "toUpperCase",
    ("lower", 1): "toLowerCase",
    ("slice", 2): "slice",
    ("slice", 3): "slice",
    ("split", 2): "split",
    ("join", 2): "join",
}
"""Functions whose first argument becomes the object of a method."""
_FUNCTIONS: Final = {
    ("number", 1): "Number",
    ("text", 1): "String",
    ("floor", 1): "Math.floor",
    ("min", 2): "Math.min",
    ("max", 2): "Math.max",
}


class ScriptWriter:
    """Writes expressions.

    *names* gives the variable of the document for one of the flow, *differs* is told what is not
    quite the same there, *recordings* are the variables that hold a recording.
    """

    def __init__(
        self,
        names: Callable[[str], str],
        differs: Callable[[str], None],
        recordings: Collection[str] = (),
    ) -> None:
        self._names = names
        self._differs = differs
        self._recordings = recordings

    def script(self, expression: Expr) -> str:
        """*expression* in ECMAScript; raises `NoCounterpart`."""
        written = self._show(expression, _CHOICE)
        return f"({written})" if written.startswith("{") else written

    def _show(self, expression: Expr, place: int) -> str:
        text, tightness = self._spell(expression)
        return f"({text})" if tightness < place else text

    def _spell(self, expression: Expr) -> tuple[str, int]:
        match expression:
            case Literal(value=value):
                return _literal(value, expression), _POSTFIX
            case Text():
                return self._text(expression)
            case Name(name=name):
                return self._name(name), _POSTFIX
            case Member():
                return self._member(expression)
            case Index(object=base, index=index):
                return f"{self._show(base, _POSTFIX)}[{self._show(index, _CHOICE)}]", _POSTFIX
            case ListOf(items=items):
                return f"[{self._all(items)}]", _POSTFIX
            case RecordOf(pairs=pairs):
                inside = [f"{string(p.key)}: {self._show(p.value, _CHOICE)}" for p in pairs]
                return "{" + ", ".join(inside) + "}", _POSTFIX
            case Unary(operator=operator, operand=operand):
                sign = "!" if operator == "not" else "-"
                inner = self._show(operand, _PREFIX)
                return sign + (f"({inner})" if inner.startswith("-") else inner), _PREFIX
            case Binary():
                return self._binary(expression)
            case Choice(condition=condition, yes=yes, no=no):
                parts = [self._show(condition, _OR), self._show(yes, _CHOICE)]
                return f"{parts[0]} ? {parts[1]} : {self._show(no, _CHOICE)}", _CHOICE
            case Call():
                return self._call(expression)
            case PromptKey() | HalfTyped():
                raise _unsupported(expression)

    def _all(self, expressions: tuple[Expr, ...]) -> str:
        return ", ".join(self._show(expression, _CHOICE) for expression in expressions)

    def _name(self, name: str) -> str:
        if name in ("contact", "customer", "call"):
            raise NoCounterpart(f"{name} is nothing that VoiceXML knows")
        return self._names(name)

    def _member(self, expression: Member) -> tuple[str, int]:
        if expression.object == Name("call"):
            fact = CALL_FACTS.get(expression.name)
            if fact is None:
                raise NoCounterpart(f"VoiceXML does not tell call.{expression.name}")
            self._differs(f"call.{expression.name} is an address there (tel:, sip:), not a number")
            return fact, _POSTFIX
        match expression.object:
            case Name(name=name) if name in self._recordings:
                raise NoCounterpart(f"VoiceXML does not tell the {expression.name} of a recording")
        base = self._show(expression.object, _POSTFIX)
        if expression.optional:
            return f"{base} == null ? null : {base}.{expression.name}", _CHOICE
        return f"{base}.{expression.name}", _POSTFIX

    def _binary(self, expression: Binary) -> tuple[str, int]:
        left, right, operator = expression.left, expression.right, expression.operator
        if operator == "??":
            value = self._show(left, _POSTFIX)
            return f"{value} == null ? {self._show(right, _CHOICE)} : {value}", _CHOICE
        if operator == "in":
            return self._among(left, right)
        sign, level = _BINARY[operator]
        if level == _EQUAL and (_is_strict(left) or _is_strict(right)):
            sign += "="  # "1" is not 1 in a flow
        return f"{self._show(left, level)} {sign} {self._show(right, level + 1)}", level

    def _among(self, item: Expr, items: Expr) -> tuple[str, int]:
        """``item in [a, b]``: compared with each; other lists have no such test there."""
        if not isinstance(items, ListOf) or not items.items:
            raise NoCounterpart("`in` is known there only of a list that is written out")
        tests = [self._binary(Binary("==", item, one))[0] for one in items.items]
        return " || ".join(tests), _EQUAL if len(tests) == 1 else _OR

    def _text(self, text: Text) -> tuple[str, int]:
        """A template: its parts joined, beginning with a text so that no numbers are added up."""
        constant = text.constant
        if constant is not None:
            return string(constant), _POSTFIX
        parts: list[str] = [] if isinstance(text.parts[0], str) else ["''"]
        for part in text.parts:
            if isinstance(part, Slot):
                if part.format is not None:
                    raise NoCounterpart(f"the format :{part.format} is known there only in prompts")
                parts.append(self._show(part.value, _TERM))
            else:
                parts.append(string(part))
        return " + ".join(parts), _SUM

    def _call(self, call: Call) -> tuple[str, int]:
        name, arguments = call.function, call.arguments
        key = (name, len(arguments))
        if key in _METHODS:
            base = self._show(arguments[0], _POSTFIX)
            return f"{base}.{_METHODS[key]}({self._all(arguments[1:])})", _POSTFIX
        if key in _FUNCTIONS:
            return f"{_FUNCTIONS[key]}({self._all(arguments)})", _POSTFIX
        if key == ("len", 1):
            return f"{self._show(arguments[0], _POSTFIX)}.length", _POSTFIX
        if key == ("starts_with", 2):
            return self._found(arguments, "== 0")
        if key == ("contains", 2) and not isinstance(arguments[0], ListOf):
            self._differs("contains() is taken for that of texts; for lists there is none")
            return self._found(arguments, ">= 0")
        if key == ("replace", 3):
            base, old, new = (self._show(a, _POSTFIX) for a in arguments)
            return f"{base}.split({old}).join({new})", _POSTFIX
        raise NoCounterpart(f"the function {name} has no counterpart")

    def _found(self, arguments: tuple[Expr, ...], test: str) -> tuple[str, int]:
        text, part = self._show(arguments[0], _POSTFIX), self._show(arguments[1], _CHOICE)
        level = _EQUAL if test.startswith("==") else _ORDER
        return f"{text}.indexOf({part}) {test}", level


def _is_strict(expression: Expr) -> bool:
    """Whether a comparison with *expression* must not convert: a text, number or truth value."""
    if isinstance(expression, Literal):
        return expression.value is not None
    return isinstance(expression, Text)


def _literal(value: Decimal | bool | timedelta | None, expression: Expr) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    raise _unsupported(expression)


def _unsupported(expression: Expr) -> NoCounterpart:
    return NoCounterpart(f"{print_expression(expression)} has no counterpart")


_ESCAPES = {"'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile("['\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def string(text: str) -> str:
    """*text* as a literal of ECMAScript, in single quotes: it stands in XML attributes."""

    def spell(found: re.Match[str]) -> str:
        sign = found[0]
        return _ESCAPES.get(sign) or f"\\u{ord(sign):04x}"

    return f"'{_SPECIAL.sub(spell, text)}'"

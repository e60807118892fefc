"""Draws expressions of a wanted type that the checker lets pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from flow_runtime.core.expr.formats import FORMATS
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.operators import OPERATORS
from flow_runtime.core.expr.signature import Parameter
from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    ListOf,
    Literal,
    Member,
    Name,
    Operator,
    Pair,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.expr.values import plain_duration
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    TIME,
    Type,
)  # fmt: skip

SCALARS = (NUMBER, TEXT, BOOLEAN, DATE, TIME, DATETIME, DURATION)
Draw = Callable[[st.SearchStrategy[Any]], Any]


def number(value: int | str) -> Literal:
    return Literal(Decimal(value), str(value))


def duration(value: timedelta) -> Literal:
    return Literal(value, plain_duration(value))


def text(value: str) -> Text:
    return Text((value,) if value else ())


_CHANCE = [st.integers(0, most) for most in range(100)]
_NUMBERS = st.sampled_from([number(n) for n in ("0", "1", "2", "3", "7", "10", "2.5", "0.1")])
_WHOLE = st.sampled_from([number(n) for n in (0, 1, 2, 3, 4)])
_POSITIVE = st.sampled_from([number(n) for n in ("1", "2", "3", "7", "2.5")])
_DAYS = st.sampled_from([duration(timedelta(days=n)) for n in (0, 1, 7)])
_DURATIONS = st.sampled_from(
    [Literal(timedelta(milliseconds=n), f"{n}ms") for n in (0, 300, 1500)]
    + [duration(timedelta(seconds=n)) for n in (1, 5, 3600)]
)
_TEXTS = st.sampled_from(
    [
        text(t)
        for t in ("", "abc", "Good morning.", "0571 888", "12", "您好。", "a\nb", 'say "hi"', "{x}")
    ]
    + [Text(("first\nsecond",), "long"), Text((r"\d+",), "raw")]
)
_SURE: Mapping[tuple[str, int], st.SearchStrategy[Any]] = {
    ("number", 0): st.sampled_from([text("12.5"), Literal(True, "true"), number(3)]),
    ("date", 0): st.just(text("2026-11-24")),
    ("time", 0): st.just(text("09:00")),
    ("datetime", 0): st.just(text("2026-11-24T09:00+08:00")),
    ("duration", 0): st.just(text("90s")),
    ("matches", 1): st.sampled_from([Text((r"[0-9]{6}",), "raw"), text("(?i)abc.*")]),
    ("split", 1): st.sampled_from([text(","), text("--")]),
    ("replace", 1): st.sampled_from([text("a"), text("..")]),
    ("phone_e164", 1): st.sampled_from([text("CN"), text("gb")]),
    ("phone_region", 1): st.just(text("CN")),
    ("parse_date", 1): st.just(text("DD.MM.YYYY")),
    ("round", 1): _WHOLE,
    ("slice", 1): _WHOLE,
    ("slice", 2): _WHOLE,
    ("mask", 1): _WHOLE,
    ("add_days", 1): _WHOLE,
    ("silence", 0): st.just(duration(timedelta(seconds=1))),
}
"""Arguments that a function cannot refuse, where not every value of the type will do."""
_DATES = st.just(Call("date", (text("2026-11-24"),)))
_CONSTANTS: Mapping[str, st.SearchStrategy[Any]] = {
    "number": _NUMBERS,
    "text": _TEXTS,
    "boolean": st.sampled_from([Literal(True, "true"), Literal(False, "false")]),
    "date": _DATES,
    "time": st.just(Call("time", (text("09:00"),))),
    "datetime": st.sampled_from([Call("now", ()), Call("datetime", (text("2026-11-24T09:00Z"),))]),
    "duration": _DURATIONS,
}
_FACTS = {
    "text": [Member(Name("call"), "caller"), Member(Name("call"), "language")],
    "boolean": [Member(Name("call"), "answered")],
    "datetime": [Member(Name("call"), "started")],
}
_NOT_HERE = {"file", "queue", "agent", "date", "min", "max", "sum"}
"""Functions that need a site, or can refuse values that are not constants."""
_OPERATIONS: Mapping[str, Sequence[tuple[Operator, Type, Type]]] = {
    kind.name: [
        (symbol, o.left, o.right)  # type: ignore[misc]
        for symbol, overloads in OPERATORS.items()
        for o in overloads
        if o.result.name == kind.name and o.left.name in {k.name for k in SCALARS}
        and o.right.name in {k.name for k in SCALARS}
    ]
    for kind in SCALARS
}  # fmt: skip
_CALLS: Mapping[str, Sequence[tuple[str, Sequence[Parameter]]]] = {
    kind.name: [
        (function.name, signature.parameters)
        for function in FUNCTIONS.values()
        for signature in function.signatures
        if signature.result == kind and function.name not in _NOT_HERE
    ]
    for kind in SCALARS
}
_FORMATS = {
    kind.name: st.sampled_from([None, *(f.name for f in FORMATS.values() if kind in f.accepts)])
    for kind in SCALARS
}


class Typed:
    """Draws expressions among the variables *names*, with the prompts *keys*."""

    def __init__(self, draw: Draw, names: Mapping[str, Type], keys: Sequence[str] = ()) -> None:
        self._draw, self.names, self._keys = draw, dict(names), keys
        self._in_text = False  # where a long text cannot stand

    def pick(self, most: int) -> int:
        """A whole number from 0 to *most*."""
        return int(self._draw(_CHANCE[most]))

    def of(self, kind: Type, depth: int = 2) -> Expr:
        """An expression of type *kind* that is surely not none."""
        if kind.name == "sound":
            return self._sound(depth)
        if kind.name == "list":
            return self._list(kind, depth)
        if kind.name == "record":
            return self._record(depth)
        if kind.name == "any":
            return self.of(SCALARS[self.pick(6)], depth)
        return self._scalar(kind, depth)

    def constant(self, kind: Type) -> Expr:
        """One that needs no call."""
        if kind.name == "list":
            item = kind.item if kind.item is not None and kind.item != ANY else NUMBER
            return ListOf(tuple(self.constant(item) for _ in range(self.pick(3))))
        if kind.name == "record":
            return RecordOf((Pair("level", self.constant(TEXT)), Pair("a b", number(1), True)))
        found: Expr = self._draw(_CONSTANTS[kind.name])
        if isinstance(found, Text) and found.style == "long" and self._in_text:
            return replace(found, style="plain")
        return found

    def _scalar(self, kind: Type, depth: int) -> Expr:
        way = self.pick(7) if depth > 0 else self.pick(2)
        if way <= 1:
            return self._known(kind)
        if way == 2:
            return self.constant(kind)
        if way == 3 and kind == TEXT:
            return self._template(depth - 1)
        if way == 3:
            condition = self._scalar(BOOLEAN, 0)
            return Choice(condition, self._scalar(kind, depth - 1), self._scalar(kind, depth - 1))
        if way in (4, 5) and _OPERATIONS[kind.name]:
            return self._operation(kind, depth - 1)
        if _CALLS[kind.name]:
            return self._call(kind, depth - 1)
        return self._scalar(kind, 0)

    def _known(self, kind: Type) -> Expr:
        """A variable or fact of that type; what may be none with something for that case."""
        sure = [Name(n) for n, k in self.names.items() if k.name == kind.name and not k.optional]
        maybe = [Name(n) for n, k in self.names.items() if k.name == kind.name and k.optional]
        found: list[Expr] = [*sure, *_FACTS.get(kind.name, [])]
        found += [Binary("??", name, self.constant(kind)) for name in maybe]
        return found[self.pick(len(found) - 1)] if found else self.constant(kind)

    def _operation(self, kind: Type, depth: int) -> Expr:
        if kind == BOOLEAN and self.pick(2) == 0:
            return self._condition(depth)
        ways = _OPERATIONS[kind.name]
        symbol, left, right = ways[self.pick(len(ways) - 1)]
        if right == DURATION and left in (DATE, DATETIME):
            return Binary(symbol, self._scalar(left, depth), self._draw(_DAYS))
        if left == DURATION and right == DATETIME:
            return Binary(symbol, self._draw(_DAYS), self._scalar(right, depth))
        if symbol in ("/", "%"):
            divisor = _POSITIVE if right == NUMBER else st.just(duration(timedelta(seconds=1)))
            return Binary(symbol, self._scalar(left, depth), self._draw(divisor))
        return Binary(symbol, self._scalar(left, depth), self._scalar(right, depth))

    def _condition(self, depth: int) -> Expr:
        match self.pick(5):
            case 0:
                return Unary("not", self._scalar(BOOLEAN, depth))
            case 1:
                operator: Operator = "and" if self.pick(1) else "or"
                return Binary(operator, self._scalar(BOOLEAN, depth), self._scalar(BOOLEAN, depth))
            case 2:
                kind = SCALARS[self.pick(6)]
                symbol: Operator = "==" if self.pick(1) else "!="
                return Binary(symbol, self._scalar(kind, depth), self._scalar(kind, depth))
            case 3:
                return Binary("in", self._scalar(NUMBER, depth), self.constant(_NUMBERS_LIST))
        maybe = [Name(n) for n, k in self.names.items() if k.optional]
        if not maybe:
            return self._scalar(BOOLEAN, 0)
        asked = maybe[self.pick(len(maybe) - 1)]
        return Binary("!=", asked, Literal(None, "none"))

    def _call(self, kind: Type, depth: int) -> Expr:
        calls = _CALLS[kind.name]
        name, parameters = calls[self.pick(len(calls) - 1)]
        arguments: list[Expr] = []
        for index, parameter in enumerate(parameters):
            if parameter.may_be_left_out and self.pick(1):
                break
            arguments.append(self._argument(name, index, parameter.type, arguments, depth))
        return Call(name, tuple(arguments))

    def _argument(
        self, name: str, index: int, kind: Type, before: Sequence[Expr], depth: int
    ) -> Expr:
        sure = _SURE.get((name, index))
        if name == "format" and index == 0:
            return self._scalar(NUMBER, 0)
        if name == "format":
            return text("number")
        if sure is not None and kind.name in ("text", "number", "duration", "any"):
            found: Expr = self._draw(sure)
            return found
        if name == "contains" and kind.name in ("list", "T"):
            return self.constant(_NUMBERS_LIST) if kind.name == "list" else self._draw(_NUMBERS)
        if kind.name == "list":
            return self.constant(_NUMBERS_LIST)
        if kind.name == "record":
            return self._record(depth)
        return self._scalar(TEXT if kind.name in ("any", "T") else kind, max(depth, 0))

    def _template(self, depth: int) -> Expr:
        outermost, self._in_text = not self._in_text, True
        parts: list[str | Slot] = ["You have "]
        for _ in range(1 + self.pick(1)):
            kind = SCALARS[self.pick(6)]
            format = self._draw(_FORMATS[kind.name])
            value = self._scalar(kind, depth)
            if format in ("digits", "ordinal"):  # these refuse some values
                value = self._draw(_WHOLE)
            parts += [Slot(value, format), "."]
        self._in_text = not outermost
        return Text(tuple(parts), "long" if outermost and self.pick(4) == 0 else "plain")

    def _list(self, kind: Type, depth: int) -> Expr:
        item = kind.item if kind.item is not None and kind.item != ANY else NUMBER
        return ListOf(tuple(self.of(item, depth - 1) for _ in range(1 + self.pick(2))))

    def _record(self, depth: int) -> Expr:
        fields = [Pair("level", self._scalar(TEXT, depth - 1)), Pair("n", self._scalar(NUMBER, 0))]
        return RecordOf(tuple(fields[: 1 + self.pick(1)]))

    def _sound(self, depth: int) -> Expr:
        match self.pick(5):
            case 0 if self._keys:
                return PromptKey(self._keys[self.pick(len(self._keys) - 1)])
            case 1 if depth > 0:
                return ListOf(tuple(self._sound(depth - 1) for _ in range(1 + self.pick(2))))
            case 2:
                return Call("silence", (duration(timedelta(seconds=1)),))
            case 3:
                return self._template(depth - 1)
        return self._scalar(TEXT, depth - 1)


_NUMBERS_LIST = Type("list", item=NUMBER)

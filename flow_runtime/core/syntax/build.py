"""Makes the flow model and the expression tree while the grammar's rules are recognised.

The parser calls the method named like the rule, with the tokens and the results of the rules
inside it. Tokens that carry no meaning and stand at no end of a place are not among them.
"""
# ruff: noqa: D102 (flow.lark describes each method: it is the rule of the same name)

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias
from unicodedata import normalize

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
    Pair,
    PromptKey,
    RecordOf,
    Slot,
    Text,
    Unary,
)
from flow_runtime.core.model import (
    NEXT,
    NO_COMMENTS,
    Box,
    Comments,
    Declaration,
    Edge,
    Jump,
    Layout,
    NodeDecl,
    Parameter,
    PortValue,
    Remark,
    TypeName,
)
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.syntax.words import (
    FULL_WIDTH,
    RESERVED,
    BadEscape,
    is_name,
    long_parts,
    value_of,
)

if TYPE_CHECKING:
    from lark import Token


@dataclass(frozen=True, slots=True)
class FlowHeader:
    """``flow name "title"``."""

    name: str
    title: str | None
    place: Place
    comments: Comments = NO_COMMENTS


@dataclass(frozen=True, slots=True)
class SchemaHeader:
    """``schema 1``."""

    number: int
    place: Place
    comments: Comments = NO_COMMENTS


Item: TypeAlias = FlowHeader | SchemaHeader | Declaration | Jump | NodeDecl | Layout
KNOWN_SCHEMA = 1
Children: TypeAlias = list[Any]


class Mistake(Exception):
    """Something the grammar allows and the language does not."""

    def __init__(self, code: str, text: str, place: Place) -> None:
        super().__init__(text)
        self.problem = Problem("error", code, text, place)


def place_of(token: Token) -> Place:
    """Where a token stands. The parser always fills in the four numbers."""
    return Place(token.line, token.column, token.end_line, token.end_column)  # type: ignore[arg-type]


def _from(token: Token, end: Place) -> Place:
    return Place(token.line, token.column, end.end_line, end.end_column)  # type: ignore[arg-type]


def _to(start: Place, token: Token) -> Place:
    return Place(start.line, start.column, token.end_line, token.end_column)  # type: ignore[arg-type]


def _between(first: Token, last: Token) -> Place:
    return Place(first.line, first.column, last.end_line, last.end_column)  # type: ignore[arg-type]


def _name(token: Token) -> str:
    """A name in NFC; only ASCII is surely one after the lexer let it through."""
    text = str(token)
    if text.isascii():
        return text
    text = normalize("NFC", text)
    if not is_name(text):
        wrong = next(c for n, c in enumerate(text) if not f"a{text[: n + 1]}".isidentifier())
        shown = f"“{wrong}”" if wrong.isprintable() else f"U+{ord(wrong):04X}"
        raise Mistake(
            "syntax-name",
            phrase(
                "{shown} cannot be part of a name{hint}; a name has letters, digits and _ only",
                shown=shown,
                hint=_instead(wrong),
            ),
            place_of(token),
        )
    return text


def _instead(character: str) -> str:
    sign = FULL_WIDTH.get(character)
    return "" if sign is None else phrase(" (if you mean the sign, write {sign})", sign=sign)


def _text(token: Token, start: int, *, braces: bool = True) -> str:
    """What the token stands for, without *start* characters before and one quote after it."""
    return _unescaped(token, str(token)[start:-1], start, braces=braces)


def _unescaped(token: Token, spelling: str, skipped: int = 0, *, braces: bool = True) -> str:
    try:
        return value_of(spelling, braces=braces)
    except BadEscape as bad:
        # The margin of a long text is already gone: look the spelling up in the file's own text.
        before = str(token)[: max(str(token).find(bad.spelling), 0)]
        line = (token.line or 1) + before.count("\n")
        column = len(before) - before.rfind("\n")
        if line == token.line:
            column = (token.column or 1) + len(before)
        raise Mistake(
            "syntax-escape",
            phrase(
                "“{spelling}” has no meaning; write \\\\ for a backslash "
                '(or r"..." for a text without escapes); there are \\" \\\\ \\n \\t \\u00E9',
                spelling=bad.spelling,
            ),
            Place(line, column, line, column + len(bad.spelling)),
        ) from None


def _label(token: Token | None) -> str | None:
    return None if token is None else _text(token, 1)


def _merged(parts: list[str | Slot]) -> tuple[str | Slot, ...]:
    return tuple(part for part in parts if part != "")


_UNITS = {
    "ms": timedelta(milliseconds=1), "s": timedelta(seconds=1), "m": timedelta(minutes=1),
    "h": timedelta(hours=1), "d": timedelta(days=1),
}  # fmt: skip
_WORDS = {"true": True, "false": False, "none": None}


class Items:
    """Header lines, lines of nodes, lines of the layout."""

    def flow(self, c: Children) -> FlowHeader:
        word, name, title = c
        return FlowHeader(_name(name), _label(title), _between(word, title or name))

    def schema(self, c: Children) -> SchemaHeader:
        number = int(c[1]) if len(c[1]) < 10 else -1
        if number != KNOWN_SCHEMA:
            raise Mistake(
                "syntax-schema",
                phrase(
                    "schema {c} is not known here (only {known_schema} is); "
                    "a newer Cordboard may be needed for this file",
                    c=c[1],
                    known_schema=KNOWN_SCHEMA,
                ),
                place_of(c[1]),
            )
        return SchemaHeader(number, _between(c[0], c[1]))

    def declaration(self, c: Children) -> Declaration:
        kind, token, (type_name, end), *default = c
        value = default[0] if default else None
        name = _name(token)
        if name in RESERVED:
            raise _reserved(token)
        place = _between(kind, end) if value is None else _from(kind, value.place)
        return Declaration(str(kind), name, type_name, value, place=place)  # type: ignore[arg-type]

    def type(self, c: Children) -> tuple[TypeName, Token]:
        name, optional = c
        return TypeName(_name(name), optional is not None), optional or name

    def list_type(self, c: Children) -> tuple[TypeName, Token]:
        word, _of, item, optional = c
        end = optional or item or word
        if item is None:
            return TypeName("list", optional is not None), end
        return TypeName(_name(item), optional is not None, is_list=True), end

    def jump(self, c: Children) -> Jump:
        word, target = c
        return Jump(str(word), _name(target), place=_between(word, target))  # type: ignore[arg-type]

    def node(self, c: Children) -> NodeDecl:
        word, name, node_type, title = c
        place = _between(word, title or node_type)
        return NodeDecl(_name(name), _name(node_type), _label(title), place=place)

    def layout(self, c: Children) -> Layout:
        return Layout()

    def parameter(self, c: Children) -> Parameter:
        *names, value = c
        name = ".".join(map(_name, names))
        return Parameter(name, value, place=_from(names[0], value.place))

    def port(self, c: Children) -> tuple[PortValue, Token, Token]:
        last = c[-1]
        if last.type == "NAME":
            return _name(last), last, last
        if last.type == "LABEL":
            return _text(last, 1), last, last
        if len(last) > 1 and last[0] == "0" or len(last) > 15:
            raise Mistake(
                "syntax-port",
                phrase(
                    "a port that is a number has at most 15 digits and no zeros before it; "
                    'write it in quotes: "{last}"',
                    last=last,
                ),
                place_of(last),
            )
        return (int(last) if len(c) == 1 else -int(last)), c[0], last

    def edge(self, c: Children) -> Edge:
        (port, first, last), label, target = c
        place = _between(first, target or label or last)
        return Edge(port, None if target is None else _name(target), _label(label), place=place)

    def bare_edge(self, c: Children) -> Edge:
        return Edge(NEXT, _name(c[1]), place=_between(c[0], c[1]))

    def whole(self, c: Children) -> int:
        if len(c[-1]) > 9:
            raise Mistake("syntax-number", phrase("this number is too large here"), place_of(c[-1]))
        return int(c[0]) if len(c) == 1 else -int(c[1])

    def box(self, c: Children) -> Box:
        return Box(_name(c[0]), c[1], c[2])

    def remark(self, c: Children) -> Remark:
        kind, label, x, y, width, height = c
        return Remark(str(kind), _text(label, 1), x, y, width, height)  # type: ignore[arg-type]


def _reserved(token: Token) -> Mistake:
    return Mistake(
        "syntax-reserved",
        phrase(
            "“{token}” is a word of the language and cannot name a variable; choose another name",
            token=token,
        ),
        place_of(token),
    )


class Build(Items):
    """The callbacks of the whole grammar: `Items`, and the expressions here."""

    def half_typed(self, c: Children) -> HalfTyped:
        return HalfTyped(_text(c[0], 2, braces=False), place_of(c[0]))

    def choice(self, c: Children) -> Choice:
        word, condition, _then, yes, _else, no = c
        return Choice(condition, yes, no, _from(word, no.place))

    def binary(self, c: Children) -> Binary:
        left, operator, right = c
        start, end = left.place, right.place
        place = Place(start.line, start.column, end.end_line, end.end_column)
        return Binary(str(operator), left, right, place)  # type: ignore[arg-type]

    def unary(self, c: Children) -> Unary:
        operator, operand = c
        return Unary(str(operator), operand, _from(operator, operand.place))  # type: ignore[arg-type]

    def member(self, c: Children) -> Member:
        return Member(c[0], _name(c[1]), False, _to(c[0].place, c[1]))

    def optional_member(self, c: Children) -> Member:
        return Member(c[0], _name(c[2]), True, _to(c[0].place, c[2]))

    def index(self, c: Children) -> Index:
        return Index(c[0], c[1], _to(c[0].place, c[2]))

    def number(self, c: Children) -> Literal:
        if len(c[0]) > 40:
            raise Mistake(
                "syntax-number", phrase("this number has more than 40 digits"), place_of(c[0])
            )
        return Literal(Decimal(c[0]), str(c[0]), place_of(c[0]))

    def duration(self, c: Children) -> Literal:
        token = c[0]
        digits = token.rstrip("mshd")
        try:
            value = int(digits) * _UNITS[token[len(digits) :]]
        except (OverflowError, ValueError):
            raise Mistake(
                "syntax-number", phrase("this duration is too long"), place_of(token)
            ) from None
        return Literal(value, str(token), place_of(token))

    def word(self, c: Children) -> Literal:
        return Literal(_WORDS[c[0]], str(c[0]), place_of(c[0]))

    def name(self, c: Children) -> Name:
        name = _name(c[0])
        if name in RESERVED:
            raise _reserved(c[0])
        return Name(name, place_of(c[0]))

    def call(self, c: Children) -> Call:
        function, *arguments, end = c
        given = tuple(argument for argument in arguments if argument is not None)
        return Call(_name(function), given, _between(function, end))

    def group(self, c: Children) -> Expr:
        inner: Expr = replace(c[1], place=_between(c[0], c[2]))
        return inner

    def list(self, c: Children) -> ListOf:
        start, *items, end = c
        return ListOf(tuple(i for i in items if i is not None), _between(start, end))

    def record(self, c: Children) -> RecordOf:
        start, *pairs, end = c
        return RecordOf(tuple(p for p in pairs if p is not None), _between(start, end))

    def pair(self, c: Children) -> Pair:
        key, value = c
        quoted = key.type == "LABEL"
        name = _text(key, 1) if quoted else _name(key)
        return Pair(name, value, quoted, _from(key, value.place))

    def plain_text(self, c: Children) -> Text:
        inside = str(c[0])[1:-1]
        return Text((inside,) if inside else (), "plain", place_of(c[0]))

    def text(self, c: Children) -> Text:
        start, *parts, end = c
        parts = [p if isinstance(p, Slot) else _unescaped(p, str(p)) for p in parts]
        return Text(_merged(parts), "plain", _between(start, end))

    def long_text(self, c: Children) -> Text:
        start, *tokens, end = c
        parts = long_parts([str(p) if isinstance(p, str) else p for p in tokens])
        for number, (part, token) in enumerate(zip(parts, tokens, strict=True)):
            if isinstance(part, str):
                parts[number] = _unescaped(token, part)
        return Text(_merged(parts), "long", _between(start, end))

    def raw_text(self, c: Children) -> Text:
        inside = str(c[0])[2:-1]
        return Text((inside,) if inside else (), "raw", place_of(c[0]))

    def prompt_key(self, c: Children) -> PromptKey:
        return PromptKey(str(c[0])[2:-1], place_of(c[0]))

    def slot(self, c: Children) -> Slot:
        start, value, format_name, end = c
        return Slot(
            value, None if format_name is None else _name(format_name), _between(start, end)
        )

    def prompt(self, c: Children) -> tuple[str | Slot, ...]:
        parts: list[str | Slot] = []
        for part in c:
            if isinstance(part, str):
                part = str(part).replace("{{", "{").replace("}}", "}")
            parts.append(part)
        return _merged(parts)

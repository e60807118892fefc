"""The syntax tree of expressions: what was written, before it is typed or compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Literal as OneOf
from typing import TypeAlias

from flow_runtime.core.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Literal:
    """``12``, ``true``, ``none``, ``300ms``; *source* is the spelling, for the printer."""

    value: Decimal | bool | timedelta | None
    source: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """``{expression:format}`` inside a text."""

    value: Expr
    format: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """``"..."``, ``r"..."`` or a long text in three quotes; *parts* mix text and slots freely.

    Escapes are undone in the text parts; a long text's common indentation is taken off.
    """

    parts: tuple[str | Slot, ...]
    style: OneOf["plain", "raw", "long"] = "plain"
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def constant(self) -> str | None:
        """The text itself when nothing in it has to be computed, else None."""
        if any(isinstance(part, Slot) for part in self.parts):
            return None
        return "".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class PromptKey:
    """``t"welcome.menu"``: a key of the prompt table, in the caller's language."""

    key: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """``[a, b]``."""

    items: tuple[Expr, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """``key: value`` of a record; *quoted* keeps ``"a b": 1`` apart from ``a: 1``."""

    key: str
    value: Expr
    quoted: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RecordOf:
    """``{phone: call.caller}``; keys keep their written order."""

    pairs: tuple[Pair, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or the first word of ``call.caller``."""

    name: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """``object.name``, or ``object?.name`` when *optional*."""

    object: Expr
    name: str
    optional: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """``object[index]``: lists count from 0, records take a text."""

    object: Expr
    index: Expr
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """``function(a, b)``: a function of the list in flow-language.md, never a method."""

    function: str
    arguments: tuple[Expr, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` or ``not x``."""

    operator: OneOf["-", "not"]
    operand: Expr
    place: Place = field(default=NOWHERE, compare=False)


Operator: TypeAlias = OneOf[
    "or", "and", "==", "!=", "<", ">", "<=", ">=", "in", "+", "-", "*", "/", "%", "??"
]


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``; redundant parentheses are not kept."""

    operator: Operator
    left: Expr
    right: Expr
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """``if condition then yes else no``."""

    condition: Expr
    yes: Expr
    no: Expr
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class HalfTyped:
    """``!"raw text"``: what an editor keeps of an expression that does not parse yet."""

    raw: str
    place: Place = field(default=NOWHERE, compare=False)


Expr: TypeAlias = (
    Literal
    | Text
    | PromptKey
    | ListOf
    | RecordOf
    | Name
    | Member
    | Index
    | Call
    | Unary
    | Binary
    | Choice
    | HalfTyped
)

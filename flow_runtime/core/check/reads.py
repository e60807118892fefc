"""Which variables an expression's value shows, so that secrets can be followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.narrowing import path_of
from flow_runtime.core.expr.tree import (
    Binary,
    Call,
    Choice,
    Expr,
    Index,
    Member,
    Name,
    PromptKey,
    Text,
    Unary,
)
from flow_runtime.core.expr.walk import children
from flow_runtime.core.prompts import PromptBook

_UNCHANGED: Final = frozenset(
    {"text", "trim", "upper", "lower", "digits_only", "join", "format", "first", "last"}
)
"""Functions whose value shows their argument as it is."""
_TELLS_NOTHING: Final = frozenset(
    {"mask", "len", "file", "silence", "queue", "agent"}
    | {
        name
        for name, function in FUNCTIONS.items()
        if all(signature.result.name == "boolean" for signature in function.signatures)
    }
)
"""Functions whose value does not show what they were given."""
_YES_OR_NO: Final = frozenset({"or", "and", "==", "!=", "<", ">", "<=", ">=", "in"})
_ARITHMETIC: Final = frozenset({"-", "*", "/", "%"})


@dataclass(frozen=True, slots=True)
class Read:
    """A variable, or an attribute of the contact, that shows in a value.

    *derived*: not as it is, but in something computed from it.
    """

    path: str
    derived: bool


def reads(expr: Expr, book: PromptBook | None) -> tuple[Read, ...]:
    """What shows in the value of *expr*; the prompts of *book* count as texts of the flow."""
    return tuple(dict.fromkeys(_shown(expr, book)))


def _shown(expr: Expr, book: PromptBook | None) -> Iterator[Read]:
    pending: list[tuple[Expr, bool]] = [(expr, False)]
    while pending:
        part, derived = pending.pop()
        match part:
            case Name(name):
                yield Read(name, derived)
            case Member(Name("contact")):
                yield Read(path_of(part) or "contact", derived)
            case PromptKey(key):
                pending += [(text, derived) for text in _texts(key, book)]
            case _:
                inner, derived = _parts(part, derived)
                pending += [(one, derived) for one in reversed(inner)]


def _parts(expr: Expr, derived: bool) -> tuple[tuple[Expr, ...], bool]:
    """What shows in *expr*, and whether only as something that was computed from it."""
    match expr:
        case Binary(operator) if operator in _YES_OR_NO:
            return (), derived
        case Call(function) if function in _TELLS_NOTHING:
            return (), derived
        case Unary("not"):
            return (), derived
        case Choice(_, yes, no):
            return (yes, no), derived
        case Index(container, _):
            return (container,), derived
        case Call(function):
            return children(expr), derived or function not in _UNCHANGED
        case Unary():
            return children(expr), True
        case Binary(operator):
            return children(expr), derived or operator in _ARITHMETIC
    return children(expr), derived


def _texts(key: str, book: PromptBook | None) -> Iterator[Text]:
    """What the prompt *key* says in each language."""
    if book is None:
        return
    for language in book.languages or ("en",):
        prompt = book.find(key, language)
        if prompt is not None and prompt.text is not None and prompt.recording is None:
            yield prompt.text

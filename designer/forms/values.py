"""Plain values as a person types them into a field, and the expressions they stand for."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

from designer.core.edits import read_value
from flow_runtime.core.expr.tree import (
    Expr,
    HalfTyped,
    ListOf,
    Literal,
    Name,
    PromptKey,
    RecordOf,
    Text,
    Unary,
)
from flow_runtime.core.syntax import ExpressionError, parse_template, print_template
from flow_runtime.core.syntax.words import quoted

UNITS: Final = ("ms", "s", "m", "h", "d")
UNIT_WORDS: Final = {
    "ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days",
}  # fmt: skip
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DURATION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d)?")
_TAKEN_APART: Final = re.compile(r"([0-9.]+)(ms|s|m|h|d)")


# --- numbers and durations ------------------------------------------------------------------------


def number_text(value: Expr) -> str | None:
    """A number that is written out, as it is typed; None for anything else."""
    match value:
        case Literal(Decimal(), source):
            return source
        case Unary("-", Literal(Decimal(), source)):
            return f"-{source}"
    return None


def number_value(text: str) -> Expr:
    """The number *text*; what is none is kept as it is."""
    return read_value(text) if _NUMBER.fullmatch(text.strip()) else HalfTyped(text)


def duration_text(value: Expr) -> tuple[str, str] | None:
    """Count and unit of a duration that is written out: ``5`` and ``s``."""
    match value:
        case Literal(timedelta(), source):
            parts = _TAKEN_APART.fullmatch(source)
            return (parts[1], parts[2]) if parts is not None else None
    return None


def duration_value(text: str, unit: str) -> Expr:
    """The duration *text*, in *unit* unless it names one; what is none is kept as it is."""
    parts = _DURATION.fullmatch(text.strip())
    return HalfTyped(text) if parts is None else read_value(parts[1] + (parts[2] or unit))


# --- texts ----------------------------------------------------------------------------------------


def prose_of(value: Expr | None) -> str | None:
    """A text as prose with its slots; None for what is no text. A half-typed one counts."""
    match value:
        case Text(parts):
            return print_template(parts)
        case HalfTyped(raw) if len(raw) > 1 and raw[0] == raw[-1] == '"':
            return raw[1:-1]
    return None


def prose_value(prose: str, before: Expr | None = None) -> Expr:
    """The text that *prose* is, spelled as the one *before* it was."""
    try:
        read = parse_template(prose)
    except ExpressionError:
        return HalfTyped(f'"{prose}"')
    if isinstance(before, Text) and before.style == "raw" and not set(prose) & set('"\n{}'):
        return Text(read.parts, "raw")
    long = "\n" in prose or isinstance(before, Text) and before.style == "long"
    return Text(read.parts, "long" if long else "plain")


def words_of(value: Expr | None) -> str | None:
    """A text without slots, as its characters; None for what is none."""
    match value:
        case Text():
            return value.constant
        case HalfTyped(raw) if len(raw) > 1 and raw[0] == raw[-1] == '"':
            return raw[1:-1]
    return None


def words_value(words: str, before: Expr | None = None) -> Expr:
    """The text of these very characters: braces mean nothing in it."""
    style = before.style if isinstance(before, Text) else "plain"
    if style == "raw" and set(words) & set('"\n\r'):
        style = "plain"
    if "\n" in words:
        style = "long"
    return Text((words,) if words else (), style)


def plain_words(value: Expr | None) -> str:
    """A sentence that was typed where an expression was expected; empty for anything else."""
    raw = value.raw.strip() if isinstance(value, HalfTyped) else ""
    sentence = " " in raw or any(char > "\u2e7f" for char in raw)
    return raw if sentence and not re.search(r"^[\[{(]|[\"']", raw) else ""


def text_expression(words: str) -> Expr:
    """The text *words* on one line."""
    return read_value(quoted(words))


# --- the rest -------------------------------------------------------------------------------------


def truth(value: Expr | None) -> bool | None:
    """``true`` or ``false`` where it is written out."""
    match value:
        case Literal(bool(yes)):
            return yes
    return None


def truth_value(yes: bool) -> Expr:
    """The word for *yes*."""
    return read_value("true" if yes else "false")


def name_of(value: Expr | None) -> str | None:
    """The name of a variable that is written by itself."""
    return value.name if isinstance(value, Name) else None


def sound_kind(value: Expr | None) -> str:
    """What a sound is given as: ``prompt text file silence list expression``; empty: not at all."""
    from flow_runtime.core.expr.tree import Call

    match value:
        case None:
            return ""
        case PromptKey():
            return "prompt"
        case ListOf():
            return "list"
        case Call("file", (Text(),)):
            return "file"
        case Call("silence", (Literal(timedelta()),)):
            return "silence"
    return "text" if prose_of(value) is not None else "expression"


def pairs_of(value: Expr | None) -> list[tuple[str, Expr]] | None:
    """The pairs of a record that is written out; an absent one has none."""
    if value is None:
        return []
    return [(pair.key, pair.value) for pair in value.pairs] if isinstance(value, RecordOf) else None


def items_of(value: Expr | None) -> list[Expr] | None:
    """The items of a list that is written out; an absent one has none."""
    if value is None:
        return []
    return list(value.items) if isinstance(value, ListOf) else None

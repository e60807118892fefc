"""What to write instead of something that does not exist or has the wrong type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.scan import read_number
from flow_runtime.core.expr.tree import Expr, Literal, Member, Name, Text
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import nearest, suggest
from flow_runtime.core.types import Type

_WORDS: Final = {
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
    "none": "none", "null": "none", "nil": "none", "undefined": "none", "empty": "none",
}  # fmt: skip
"""What other languages, or other spellings, call the words for values."""
_MOST: Final = 12
"""So many fields of a record are listed when none of them is near."""


def for_name(name: str, known: Collection[str]) -> str:
    """What to append to an error about the unknown *name* among those that are *known*."""
    word = _WORDS.get(name.casefold())
    if word is not None:
        return phrase("; write {word}", word=word)
    if name in FUNCTIONS:
        return phrase("; a function is called with brackets: {name}(...)", name=name)
    near = suggest(name, known)
    if name[0].islower() and name.isascii() or nearest(name, known) is not None:
        return near
    return phrase(
        '{near}; a text stands in quotes: "{name}"', near=near, name=name
    )  # it begins as a sentence does


_TYPES: Final = {
    "string": "text", "str": "text", "char": "text", "int": "number", "integer": "number",
    "float": "number", "decimal": "number", "double": "number", "bool": "boolean",
    "array": "list", "dict": "record", "object": "record", "map": "record", "row": "record",
    "timestamp": "datetime", "moment": "datetime", "timespan": "duration", "interval": "duration",
    "audio": "recording", "sound": "prompt",
}  # fmt: skip
"""What other languages call the types."""


def for_type(name: str, known: Collection[str]) -> str:
    """What to append to an error about the unknown type *name* among those that are *known*."""
    same = _TYPES.get(name.casefold())
    return (
        suggest(name, known, _MOST)
        if same is None
        else phrase(' (did you mean "{same}"?)', same=same)
    )


def for_field(expr: Member, record: Type) -> str:
    """What to append to an error about a field that values of type *record* do not have."""
    if record.fields is not None:
        return suggest(expr.name, record.fields, _MOST)
    if expr.name in FUNCTIONS:
        inner = expr.object.name if isinstance(expr.object, Name) else "..."
        return phrase(
            "; a function is called like this: {name}({inner})", name=expr.name, inner=inner
        )
    return ""


def for_value(expr: Expr, given: Type, wanted: Type) -> str:
    """What to write where *expr*, of type *given*, stands but *wanted* is needed; or nothing."""
    shown = expr.name if isinstance(expr, Name) else "..."
    number = expr.source if isinstance(expr, Literal) else ""
    text = expr.constant if isinstance(expr, Text) else None
    match wanted.name, given.name:
        case "boolean", "number":
            return phrase("; write a comparison, for example {shown} > 0", shown=shown)
        case "boolean", "text":
            return phrase('; write a comparison, for example {shown} == "yes"', shown=shown)
        case "duration", "number":
            return (
                phrase("; a duration has a unit: {number}s", number=number)
                if number
                else phrase("; write {shown} * 1s", shown=shown)
            )
        case "date", "number":
            return phrase('; a day is written date("2026-11-24")')
        case "text", "number" if number:
            return phrase('; a text stands in quotes: "{number}"', number=number)
        case "number", "text" if text is not None and read_number(text) is not None:
            return phrase("; a number stands without quotes: {text}", text=text.strip())
    return ""


def for_operator(symbol: str) -> str:
    """What to append to an error about an operator that has no meaning for its two sides."""
    if symbol == "in":
        return phrase("; on the right stands a list, a text or a record")
    return ""

"""What to write instead of something that does not exist or has the wrong type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.scan import read_number
from flow_runtime.core.expr.tree import Expr, Literal, Member, Name, Text
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
        return f"; write {word}"
    if name in FUNCTIONS:
        return f"; a function is called with brackets: {name}(...)"
    near = suggest(name, known)
    if name[0].islower() and name.isascii() or nearest(name, known) is not None:
        return near
    return f'{near}; a text stands in quotes: "{name}"'  # it begins as a sentence does


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
    return suggest(name, known, _MOST) if same is None else f' (did you mean "{same}"?)'


def for_field(expr: Member, record: Type) -> str:
    """What to append to an error about a field that values of type *record* do not have."""
    if record.fields is not None:
        return suggest(expr.name, record.fields, _MOST)
    if expr.name in FUNCTIONS:
        inner = expr.object.name if isinstance(expr.object, Name) else "..."
        return f"; a function is called like this: {expr.name}({inner})"
    return ""


def for_value(expr: Expr, given: Type, wanted: Type) -> str:
    """What to write where *expr*, of type *given*, stands but *wanted* is needed; or nothing."""
    shown = expr.name if isinstance(expr, Name) else "..."
    number = expr.source if isinstance(expr, Literal) else ""
    text = expr.constant if isinstance(expr, Text) else None
    match wanted.name, given.name:
        case "boolean", "number":
            return f"; write a comparison, for example {shown} > 0"
        case "boolean", "text":
            return f'; write a comparison, for example {shown} == "yes"'
        case "duration", "number":
            return f"; a duration has a unit: {number}s" if number else f"; write {shown} * 1s"
        case "date", "number":
            return '; a day is written date("2026-11-24")'
        case "text", "number" if number:
            return f'; a text stands in quotes: "{number}"'
        case "number", "text" if text is not None and read_number(text) is not None:
            return f"; a number stands without quotes: {text.strip()}"
    return ""


def for_operator(symbol: str) -> str:
    """What to append to an error about an operator that has no meaning for its two sides."""
    if symbol == "in":
        return "; on the right stands a list, a text or a record"
    return ""

"""What a text of a call test means at its place: a value of the flow language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final

from flow_runtime.call_tests.tree import Items, Scalar, Table, Tree
from flow_runtime.core.expr.convert import converter
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.scan import (
    read_date,
    read_datetime,
    read_duration,
    read_number,
    read_time,
)
from flow_runtime.core.expr.values import display, plain_duration
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import Recording
from flow_runtime.core.types import Type

_NUMBER: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "none": None, "null": None, "~": None, "": None}
_FRAME: Final = Frame(now=datetime(2000, 1, 1, tzinfo=UTC))


def by_looks(tree: Tree, zone: tzinfo = UTC) -> Any:
    """The value of *tree* where anything may stand: in a row of a database, in a record.

    What stands in quotes is a text. Else ``12.5`` is a number, ``2026-11-24`` a date, ``10:00`` a
    time, ``2026-11-24T09:00`` a moment (in *zone* when it has no offset), ``true`` a boolean and
    ``none`` nothing; anything else is a text, also a number that begins with 0.
    """
    match tree:
        case Items(items):
            return tuple(by_looks(item, zone) for item in items)
        case Table(pairs):
            return {key.text: by_looks(value, zone) for key, value in pairs}
        case Scalar(text, plain):
            return _by_looks(text, zone) if plain else text


def _by_looks(text: str, zone: tzinfo) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        number = read_number(text)
        return text if number is None else number
    for read in (read_date, read_time):
        found = read(text)
        if found is not None:
            return found
    moment = read_datetime(text, zone)
    return text if moment is None else moment


def as_tree(value: Any) -> Tree:
    """How *value* is written, so that `by_looks` gives it back; what has no looks is a text."""
    match value:
        case Mapping():
            return Table(tuple((Scalar(str(k)), as_tree(v)) for k, v in value.items()))
        case list() | tuple():
            return Items(tuple(as_tree(item) for item in value))
        case Recording(path, seconds):
            return as_tree({"path": path, "seconds": Decimal(str(seconds))})
        case None:
            return Scalar("none")
        case datetime():
            return Scalar(value.isoformat())
        case int() | float() if not isinstance(value, bool):
            return as_tree(Decimal(str(value)))
        case Decimal() | bool() | date():
            return Scalar(display(value))
        case time() if not value.microsecond and value.tzinfo is None:
            return Scalar(display(value))
    return Scalar(value if isinstance(value, str) else _text(value), plain=False)


def _text(value: Any) -> str:
    return display(value) if isinstance(value, timedelta) else str(value)


def as_type(tree: Tree, wanted: Type, zone: tzinfo) -> Any:
    """The value of *tree* for something of type *wanted*; ValueError says what is needed."""
    if isinstance(tree, Scalar) and wanted.name == "text":
        return None if wanted.optional and _is_none(tree) else tree.text
    if isinstance(tree, Table) and wanted.name == "recording":
        return _recording(by_looks(tree, zone))
    frame = Frame(now=_FRAME.now, zone=zone)
    try:
        return converter(wanted)(by_looks(tree, zone), frame)
    except ExpressionFailure as failure:
        raise ValueError(failure.text) from None


def _recording(fields: Mapping[str, Any]) -> Recording:
    seconds = fields.get("seconds", Decimal(0))
    if not isinstance(seconds, Decimal) or not set(fields) <= {"path", "seconds"}:
        raise ValueError(phrase("a recording is needed: {seconds: 4.5}, or with a path as well"))
    return Recording(str(fields.get("path", "")), float(seconds))


def holds(expected: Tree, actual: Any) -> bool:
    """Whether the value *actual* of a flow is what *expected* says.

    *expected* is read as the type of *actual* wants it. Of a record only the fields that are
    named count; a list has to be of the same length.
    """
    if isinstance(actual, Recording):
        actual = asdict(actual)
    match expected:
        case Table(pairs):
            return isinstance(actual, Mapping) and all(
                key.text in actual and holds(value, actual[key.text]) for key, value in pairs
            )
        case Items(items):
            return (
                isinstance(actual, tuple | list)
                and len(items) == len(actual)
                and all(holds(item, value) for item, value in zip(items, actual, strict=True))
            )
    if actual is None:
        return _is_none(expected)
    return _reads_as(expected.text, actual)


def _is_none(scalar: Scalar) -> bool:
    return scalar.plain and _WORDS.get(scalar.text, scalar) is None


def _reads_as(text: str, actual: Any) -> bool:
    match actual:
        case bool():
            return text == ("true" if actual else "false")
        case Decimal() | int() | float():
            return read_number(text) == Decimal(str(actual))
        case str():
            return text == actual
        case datetime():
            return read_datetime(text, actual.tzinfo) == actual
        case date():
            return read_date(text) == actual
        case time():
            return read_time(text) == actual
        case timedelta():
            return read_duration(text) == actual
    return False


def shown(value: Any) -> str:
    """A value of a flow, or one that a test expects, as both would be written in a call test."""
    match value:
        case Scalar(text, plain):
            return text if plain else f'"{text}"'
        case Items(items):
            return _list(items)
        case Table(pairs):
            return _record({key.text: item for key, item in pairs})
        case Recording(_, seconds):
            return phrase("a recording of {seconds} s", seconds=f"{seconds:.1f}")
        case Mapping():
            return _record(value)
        case tuple() | list():
            return _list(value)
        case None:
            return "none"
        case str():
            return f'"{value}"'
        case timedelta():
            return plain_duration(value)
        case Decimal() | bool() | date() | time():
            return display(value)
    return str(value)


def _list(items: Any) -> str:
    return f"[{', '.join(map(shown, items))}]"


def _record(fields: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {shown(value)}" for name, value in fields.items()) + "}"

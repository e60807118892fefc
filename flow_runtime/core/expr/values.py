"""Values of the flow language in Python, and how values from outside become them.

========= ==================  ========== =========================================
boolean   bool                list       tuple
number    Decimal             record     Mapping, never changed
text      str                 recording  `Recording`
date      date                prompt     one of `Utterance`, `AudioFile`, `Silence`
time      time                none       None
datetime  datetime, aware     duration   timedelta
========= ==================  ========== =========================================

Arithmetic is that of decimal's default context: 28 significant digits, overflow and division by
zero are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from flow_runtime.core.expr.failure import (
    MAX_DIGITS,
    MAX_NESTING,
    MAX_TEXT,
    MAX_WEIGHT,
    too_large,
    type_error,
)
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import AudioFile, Recording, Silence, Utterance
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    LIST,
    NONE,
    NUMBER,
    PROMPT,
    RECORD,
    RECORDING,
    TEXT,
    TIME,
    Type,
)  # fmt: skip

_TYPES: Final[dict[type, Type]] = {
    bool: BOOLEAN,
    Decimal: NUMBER,
    int: NUMBER,
    float: NUMBER,
    str: TEXT,
    date: DATE,
    time: TIME,
    datetime: DATETIME,
    timedelta: DURATION,
    tuple: LIST,
    dict: RECORD,
    Recording: RECORDING,
    Utterance: PROMPT,
    AudioFile: PROMPT,
    Silence: PROMPT,
    type(None): NONE,
}
PROMPT_CLASSES: Final = (Utterance, AudioFile, Silence)
SCALARS: Final = frozenset(
    {bool, Decimal, date, time, datetime, timedelta, Recording, *PROMPT_CLASSES, type(None)}
)
VALUE_CLASSES: Final = SCALARS - {datetime} | {str, tuple, dict}
"""Classes whose objects are values of the language as they are: not so a moment, which may be
without a zone. What a tuple or a dict holds is looked at when it is read."""


def type_of(value: Any) -> Type:
    """The type of a value of the language; ``any`` for what is none."""
    found = _TYPES.get(value.__class__)
    if found is None:
        found = RECORD if isinstance(value, Mapping) else ANY
    return found


def describe(value: Any) -> str:
    """A value for an error message: its type, and itself where that is short."""
    if value is None:
        return "none"
    kind = type_of(value).name
    if kind == "text":
        return (
            phrase('the text "{value}"', value=value)
            if len(value) <= 40
            else phrase("a text of {count} characters", count=len(value))
        )
    if kind == "number":
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        short = abs(number.adjusted()) <= MAX_DIGITS
        return phrase(
            "the number {number}", number=plain_number(number) if short else format(number, ".3e")
        )
    if value.__class__ in _DISPLAY:
        return phrase("the {kind} {value}", kind=kind, value=display(value))
    return (
        phrase("a {kind}", kind=kind)
        if kind != "any"
        else phrase("a foreign {name}", name=type(value).__name__)
    )


# --- values as text -----------------------------------------------------------------------------


def display(value: Any) -> str:
    """A scalar as a person reads it: ``12.5``, ``true``, ``2026-11-24 09:00``, ``1h30m``.

    Lists and records have no such form: `ExpressionFailure` ``type-error``.
    """
    shown = _DISPLAY.get(value.__class__)
    if shown is not None:
        return shown(value)
    raise type_error(phrase("{value} cannot be shown as text", value=describe(value)))


def plain_number(value: Decimal) -> str:
    """``12.5`` for 12.50, never with an exponent."""
    if abs(value.adjusted()) > MAX_DIGITS:
        raise too_large(
            phrase("{value} has too many digits to be written out", value=describe(value))
        )
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if text != "-0" else "0"


_UNITS: Final = (
    ("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)), ("ms", timedelta(milliseconds=1)),
)  # fmt: skip


def split_duration(value: timedelta) -> list[tuple[int, str]]:
    """A positive duration as ``[(1, "h"), (30, "m")]``; less than a millisecond is cut off."""
    parts = []
    for unit, size in _UNITS:
        count, value = divmod(value, size)
        if count:
            parts.append((count, unit))
    return parts


def plain_duration(value: timedelta) -> str:
    """``1h30m``, ``-5s``, ``0s``, as durations are written in a flow."""
    parts = "".join(f"{count}{unit}" for count, unit in split_duration(abs(value))) or "0s"
    return "-" + parts if value < timedelta(0) and parts != "0s" else parts


def plain_time(value: time) -> str:
    """``09:00``, with seconds where there are any."""
    return value.strftime("%H:%M:%S" if value.second else "%H:%M")


_DISPLAY: Final[dict[type, Callable[[Any], str]]] = {
    str: str,
    Decimal: plain_number,
    bool: lambda value: "true" if value else "false",
    date: date.isoformat,
    time: plain_time,
    datetime: lambda value: f"{value.date().isoformat()} {plain_time(value.time())}",
    timedelta: plain_duration,
}


# --- values from outside --------------------------------------------------------------------------


def from_outside(value: Any, zone: tzinfo) -> Any:
    """What a database, a web service or a plug-in gave, as a value of the language.

    Whole numbers and floats (by their shortest text) become Decimal, lists tuples, bytes text;
    a moment without a zone is one in *zone*; anything else becomes its text. Not-a-number is
    none, as a database means it. Too large or too deep: `ExpressionFailure` ``too-large``.
    """
    if value.__class__ is str:
        return check_text(value)
    converted = _convert_outside(value, zone, MAX_NESTING)
    if converted.__class__ in (tuple, dict):
        check_weight(converted)
    return converted


def _convert_outside(value: Any, zone: tzinfo, depth: int) -> Any:
    if depth == 0:
        raise too_large(phrase("lists and records nest more than {most} deep", most=MAX_NESTING))
    match value:
        case None | bool() | time() | timedelta() | Recording() | Utterance() | AudioFile():
            return value
        case Decimal():
            return value if value.is_finite() else None
        case int():
            return _whole(value)
        case float():
            return Decimal(repr(float(value))) if isfinite(value) else None
        case datetime():
            return value if value.tzinfo is not None else value.replace(tzinfo=zone)
        case date() | Silence():
            return value
        case Mapping():
            return {str(k): _convert_outside(v, zone, depth - 1) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return tuple(_convert_outside(item, zone, depth - 1) for item in value)
        case bytes() | bytearray() | memoryview():
            return check_text(bytes(value).decode("utf-8", "replace"))
    return check_text(str(value))


def _whole(value: int) -> Decimal:
    if value.bit_length() > 4 * MAX_DIGITS:
        raise too_large(phrase("a whole number from outside has too many digits"))
    return Decimal(value)


def check_text(value: str) -> str:
    """*value*, unless it is too long."""
    if len(value) > MAX_TEXT:
        raise too_large(
            phrase(
                "a text of {count} characters; at most {most} are allowed",
                count=len(value),
                most=MAX_TEXT,
            )
        )
    return value


def check_weight(value: Any) -> Any:
    """*value*, unless it is a list or record that is too large or too deep.

    Every list and record passes here when it is made, so whatever walks over one later
    (comparing, joining, writing a trace) has bounded work.
    """
    budget, pending = MAX_WEIGHT, [(value, 1)]
    while pending:
        item, depth = pending.pop()
        budget -= 1
        if item.__class__ is str:
            budget -= len(item) // 100
        elif isinstance(item, tuple | Mapping | list):
            if depth > MAX_NESTING:
                raise too_large(
                    phrase(
                        "lists and records nest more than {most} deep",
                        most=MAX_NESTING,
                    )
                )
            if len(item) <= budget:
                items = item.values() if isinstance(item, Mapping) else item
                pending.extend([(inner, depth + 1) for inner in items])
            else:
                budget = -1
        if budget < 0:
            raise too_large(phrase("a list or record of more than {most} values", most=MAX_WEIGHT))
    return value

"""Conversion by use: what an operator, a function or a parameter makes of an ``any`` value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from flow_runtime.core.expr.failure import out_of_range, type_error
from flow_runtime.core.expr.scan import (
    read_date,
    read_datetime,
    read_duration,
    read_number,
    read_time,
)  # fmt: skip
from flow_runtime.core.expr.values import PROMPT_CLASSES, SCALARS, describe, display, from_outside
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import Recording, Sound, SoundItem, Spoken, Utterance
from flow_runtime.core.types import Type

Converter: TypeAlias = Callable[[Any, Frame], Any]
"""Gives the value in the wanted type or raises `ExpressionFailure` ``type-error``."""


def converter(wanted: Type) -> Converter:
    """The conversion to *wanted*, which passes values of that type unchanged.

    none passes only where *wanted* is optional. Texts are read as numbers, dates, times,
    moments and durations; numbers, dates and so on are written as texts; 0 and 1 are booleans.
    """
    convert = _by_name(wanted)
    if wanted.optional:
        return lambda value, frame: None if value is None else convert(value, frame)
    return convert


def _by_name(wanted: Type) -> Converter:
    if wanted.name == "list" and wanted.item is not None and wanted.item.name != "any":
        item = converter(wanted.item)
        return lambda value, frame: tuple(item(inner, frame) for inner in to_list(value, frame))
    if wanted.name == "record" and wanted.fields:
        fields = {name: converter(kind) for name, kind in wanted.fields.items()}
        return lambda value, frame: _to_fields(to_record(value, frame), fields, frame)
    return _CONVERTERS[wanted.name]


def _unfit(wanted: str, value: Any) -> Exception:
    return type_error(
        phrase(
            "a {wanted} is needed, but the value is {value}", wanted=wanted, value=describe(value)
        )
    )


def to_boolean(value: Any, frame: Frame) -> bool:
    """True and false; 1 and 0, as databases without booleans give; their texts."""
    if value is True or value is False:
        return value
    known = None
    if isinstance(value, str):
        known = _BOOLEANS.get(value.lower())
    elif isinstance(value, int | float | Decimal):
        known = _BOOLEANS.get(from_outside(value, frame.zone))
    if known is None:
        raise _unfit("boolean", value)
    return known


_BOOLEANS: Final[dict[Any, bool]] = {
    Decimal(1): True, Decimal(0): False, "1": True, "0": False, "true": True, "false": False
}  # fmt: skip


def to_number(value: Any, frame: Frame) -> Decimal:
    """A number, the number a text spells, 1 and 0 for true and false."""
    if value.__class__ is Decimal and value.is_finite():
        return value
    if isinstance(value, str):
        number = read_number(value)
        if number is not None:
            return number
    elif isinstance(value, bool | int | float | Decimal):
        outside = from_outside(int(value) if isinstance(value, bool) else value, frame.zone)
        if isinstance(outside, Decimal):
            return outside
    raise _unfit("number", value)


def to_text(value: Any, frame: Frame) -> str:
    """A text, or a scalar as a person reads it; moments are told in the frame's zone."""
    if value.__class__ is str:
        return value
    if value is None or not (value.__class__ in SCALARS or isinstance(value, int | float)):
        raise _unfit("text", value)
    value = from_outside(value, frame.zone)
    return display(local(value, frame) if isinstance(value, datetime) else value)


def to_date(value: Any, frame: Frame) -> date:
    """A date, the day of a moment in the frame's zone, an ISO text."""
    if value.__class__ is date:
        return value
    if isinstance(value, datetime):
        return local(value, frame).date()
    if isinstance(value, str):
        found = read_date(value)
        if found is not None:
            return found
        moment = read_datetime(value, frame.zone)
        if moment is not None:
            return local(moment, frame).date()
    raise _unfit("date", value)


def to_time(value: Any, frame: Frame) -> time:
    """A time of day, that of a moment in the frame's zone, an ISO text."""
    if isinstance(value, time):
        return value
    if isinstance(value, datetime):
        return local(value, frame).time()
    found = read_time(value) if isinstance(value, str) else None
    if found is None:
        raise _unfit("time", value)
    return found


def to_datetime(value: Any, frame: Frame) -> datetime:
    """A moment; a text without offset and a naive moment are in the frame's zone."""
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=frame.zone)
    found = read_datetime(value, frame.zone) if isinstance(value, str) else None
    if found is None:
        raise _unfit("datetime", value)
    return found


def local(value: datetime, frame: Frame) -> datetime:
    """*value* in the frame's zone, where its date and time of day are told."""
    try:
        return to_datetime(value, frame).astimezone(frame.zone)
    except OverflowError:
        raise out_of_range() from None


def to_duration(value: Any, frame: Frame) -> timedelta:
    """A duration or its spelling in a flow (``90s``)."""
    if isinstance(value, timedelta):
        return value
    found = read_duration(value) if isinstance(value, str) else None
    if found is None:
        raise _unfit("duration", value)
    return found


def to_list(value: Any, frame: Frame) -> tuple[Any, ...]:
    """A list."""
    if isinstance(value, list):
        value = from_outside(value, frame.zone)
    if not isinstance(value, tuple):
        raise _unfit("list", value)
    return value


def to_record(value: Any, frame: Frame) -> Mapping[str, Any]:
    """A record."""
    if not isinstance(value, Mapping):
        raise _unfit("record", value)
    return value


def _to_fields(
    value: Mapping[str, Any], fields: Mapping[str, Converter], frame: Frame
) -> Mapping[str, Any]:
    known = {name: convert(value.get(name), frame) for name, convert in fields.items()}
    return {**value, **known}


def to_recording(value: Any, frame: Frame) -> Recording:
    """A recording."""
    if not isinstance(value, Recording):
        raise _unfit("recording", value)
    return value


def to_prompt(value: Any, frame: Frame) -> SoundItem:
    """One thing to hear: a prompt, or a scalar spoken in the caller's language."""
    if isinstance(value, PROMPT_CLASSES):
        return value
    text = to_text(value, frame)
    number = isinstance(value, Decimal | int | float) and not isinstance(value, bool)
    part = Spoken("number", to_number(value, frame), text) if number else text
    return Utterance((part,), frame.language)


def to_sound(value: Any, frame: Frame) -> Sound:
    """What a caller hears: a text, a prompt, a recording, or a list of these, flattened."""
    if isinstance(value, str):
        return (Utterance((value,), frame.language),) if value.strip() else ()
    if isinstance(value, Recording):
        return (value,)
    if isinstance(value, tuple | list):
        return tuple(heard for item in to_list(value, frame) for heard in to_sound(item, frame))
    if value is None:
        raise _unfit("sound", value)
    item = to_prompt(value, frame)
    return (item,) if item.text.strip() or not isinstance(item, Utterance) else ()


def to_any(value: Any, frame: Frame) -> Any:
    """Anything, none included."""
    return value


def to_none(value: Any, frame: Frame) -> None:
    """none, the only value of its type."""
    if value is not None:
        raise _unfit("none", value)


_CONVERTERS: Final[dict[str, Converter]] = {
    "boolean": to_boolean,
    "number": to_number,
    "text": to_text,
    "date": to_date,
    "time": to_time,
    "datetime": to_datetime,
    "duration": to_duration,
    "list": to_list,
    "record": to_record,
    "recording": to_recording,
    "prompt": to_prompt,
    "sound": to_sound,
    "any": to_any,
    "none": to_none,
}

"""The formats of ``{value:format}``: which values each takes and what the transcript shows.

How a value sounds is the speech package's business: it gets the value itself in a `Spoken`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from flow_runtime.core.expr.convert import converter, local, to_text
from flow_runtime.core.expr.failure import bad_value
from flow_runtime.core.expr.values import display, plain_number, split_duration, type_of
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import base_language
from flow_runtime.core.sound import Spoken
from flow_runtime.core.types import (
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    TIME,
    Type,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """One format. *accepts* are the types it takes; the first is what ``any`` is converted to.

    *value* puts a value into the form that is spoken (money is rounded to the currency's
    smallest coin); *show* writes that form in a language (``en``, ``zh``) for the transcript.
    """

    name: str
    help: str
    accepts: tuple[Type, ...]
    value: Callable[[Any, Frame], Any]
    show: Callable[[Any, str], str]

    def spoken(self, value: Any, frame: Frame, language: str) -> Spoken:
        """*value*, of one of the accepted types, to be spoken in *language*."""
        value = self.value(value, frame)
        currency = frame.prompts.currency if self.name == "money" else ""
        return Spoken(self.name, value, self.show(value, base_language(language)), currency)

    def fits(self, given: Type) -> bool:
        """Whether a value of type *given* may be written in this format."""
        return given.name == "any" or any(given.name == t.name for t in self.accepts)

    def convert(self, value: Any, frame: Frame) -> Any:
        """An ``any`` value as one of the accepted types."""
        if any(isinstance(value, _CLASSES[accepted.name]) for accepted in self.accepts):
            return value
        return converter(self.accepts[0])(value, frame)


_CLASSES: Final[dict[str, type]] = {
    "number": Decimal,
    "text": str,
    "date": date,
    "time": time,
    "datetime": datetime,
    "duration": timedelta,
}

_COIN_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX",
                     "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip
"""Decimals of the currencies that do not have two (ISO 4217)."""


def _money(value: Decimal, frame: Frame) -> Decimal:
    digits = _COIN_DIGITS.get(frame.prompts.currency, 2)
    if value.adjusted() > 20:
        raise bad_value(
            phrase("{value} is too large to be an amount of money", value=f"{value:.3e}")
        )
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _digits(value: Decimal | str, frame: Frame) -> str:
    text = value if isinstance(value, str) else plain_number(value)
    if not all(c in "0123456789*#+- ." for c in text):
        raise bad_value(phrase('"{text}" has more than digits in it; use :spell', text=text[:40]))
    return text


def _ordinal(value: Decimal, frame: Frame) -> Decimal:
    if value != value.to_integral_value() or value < 0:
        raise bad_value(
            phrase("an ordinal is a whole number from 0, not {value}", value=plain_number(value))
        )
    return value


def _date(value: date | datetime, frame: Frame) -> date:
    return local(value, frame).date() if isinstance(value, datetime) else value


def _time(value: time | datetime, frame: Frame) -> time:
    return local(value, frame).time() if isinstance(value, datetime) else value


def _spell(value: Decimal | str, frame: Frame) -> str:
    return value if isinstance(value, str) else plain_number(value)


def _show_ordinal(value: Decimal, language: str) -> str:
    number = plain_number(value)
    if language == "zh":
        return f"第{number}"
    teen = number[-2:] in ("11", "12", "13")
    return number + ("th" if teen else {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th"))


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _show_date(value: date, language: str) -> str:
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def _show_time(value: time, language: str) -> str:
    return f"{value.hour:02}:{value.minute:02}"


_UNIT_NAMES: Final = {
    "d": ("day", "天"), "h": ("hour", "小时"), "m": ("minute", "分钟"), "s": ("second", "秒"),
}  # fmt: skip


def _show_duration(value: timedelta, language: str) -> str:
    counts = {unit: Decimal(count) for count, unit in split_duration(abs(value))}
    fraction = counts.pop("ms", Decimal(0)) / 1000
    if fraction or not counts:
        counts["s"] = counts.get("s", Decimal(0)) + fraction
    parts = [(plain_number(count), *_UNIT_NAMES[unit]) for unit, count in counts.items()]
    minus = value < timedelta(0)
    if language == "zh":
        return ("负" if minus else "") + "".join(f"{count}{unit}" for count, _, unit in parts)
    words = [f"{count} {unit}{'' if count == '1' else 's'}" for count, unit, _ in parts]
    return ("minus " if minus else "") + " ".join(words)


def _as_it_is(value: Any, frame: Frame) -> Any:
    return value


def _show(value: Any, language: str) -> str:
    return display(value)


FORMATS: Final[dict[str, Format]] = {
    f.name: f
    for f in (
        Format("money", "An amount in the currency of the prompts: 12.50.", (NUMBER,),
               _money, lambda value, language: format(value, "f")),
        Format("digits", "Digit by digit, as a telephone number.", (TEXT, NUMBER),
               _digits, lambda value, language: value),
        Format("number", "A number as it is counted.", (NUMBER,), _as_it_is, _show),
        Format("ordinal", "A place in a row: 1st, 2nd.", (NUMBER,), _ordinal, _show_ordinal),
        Format("date", "The day of a date or moment.", (DATE, DATETIME), _date, _show_date),
        Format("time", "The time of day, of a moment too.", (TIME, DATETIME), _time, _show_time),
        Format("duration", "How long, in its units.", (DURATION,), _as_it_is, _show_duration),
        Format("spell", "Letter by letter.", (TEXT, NUMBER),
               _spell, lambda value, language: " ".join(value)),
    )
}  # fmt: skip
"""All formats by name, in the order of the manual."""

UNWRITTEN: Final[dict[str, tuple[str, ...]]] = {
    "number": ("number",),
    "date": ("date",),
    "time": ("time",),
    "datetime": ("date", "time"),
    "duration": ("duration",),
}
"""How a value without a format is spoken, by its type: a moment as its date, then its time."""


def spoken_parts(
    value: Any, chosen: Format | None, frame: Frame, language: str
) -> tuple[str | Spoken, ...]:
    """The parts of an utterance that *value* is spoken by, without a format by its type."""
    if chosen is not None:
        return (chosen.spoken(chosen.convert(value, frame), frame, language),)
    names = UNWRITTEN.get(type_of(value).name)
    if names is None:
        return (to_text(value, frame),)
    parts = [FORMATS[name].spoken(value, frame, language) for name in names]
    return (parts[0],) if len(parts) == 1 else (parts[0], " ", parts[1])

"""Values for languages we do not speak ourselves: digits that an engine's own voice reads."""

from __future__ import annotations

from collections.abc import Callable

from speech.spoken import values


def number(value: object, _currency: str = "") -> list[str]:
    """1205.5: "1205.5"."""
    negative, whole, decimals = values.plain(value)
    return [f"{'-' if negative else ''}{whole}{'.' if decimals else ''}{decimals}"]


def money(value: object, currency: str = "") -> list[str]:
    """12.5 USD: "12.50 USD"."""
    negative, major, minor = values.amount(value, 2)
    return [f"{'-' if negative else ''}{major}.{minor:02d} {currency}".rstrip()]


def spell(value: object, _currency: str = "") -> list[str]:
    """``AB-7``: "A", "B", "-", "7"."""
    return [char.upper() for char in values.text(value) if not char.isspace()]


def ordinal(value: object, _currency: str = "") -> list[str]:
    """3: "3"."""
    return [str(values.whole(value))]


def date(value: object, _currency: str = "") -> list[str]:
    """2026-11-23: "2026-11-23"."""
    return [values.day(value).isoformat()]


def time(value: object, _currency: str = "") -> list[str]:
    """14:05: "14:05"."""
    return [f"{values.clock(value):%H:%M}"]


def duration(value: object, _currency: str = "") -> list[str]:
    """125 minutes: "2 h", "5 min", with the units of the SI."""
    span = values.span(value)
    counts = ((span.days, "d"), (span.hours, "h"), (span.minutes, "min"))
    pieces = [f"{count} {unit}" for count, unit in counts if count]
    if span.seconds or span.tenths or not pieces:
        tenths = f".{span.tenths}" if span.tenths else ""
        pieces.append(f"{span.seconds}{tenths} s")
    return [f"-{pieces[0]}", *pieces[1:]] if span.negative else pieces


SPEAKERS: dict[str, Callable[[object, str], list[str]]] = {
    "number": number, "money": money, "digits": spell, "ordinal": ordinal, "date": date,
    "time": time, "duration": duration, "spell": spell,
}  # fmt: skip


def phrase(pieces: list[str]) -> str:
    """The pieces as one text."""
    return " ".join(pieces)


def parts(kind: str, currency: str = "") -> list[str]:
    """None: what an engine makes of digits is its own affair."""
    return []

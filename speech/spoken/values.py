"""What the speaking modules take: flow values checked and brought into one form per kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import NamedTuple

MOST_DECIMALS = 6
"""A third has no end; nobody listens to more than six decimals."""

_PRECISION = 128
"""Digits for rounding: more than the longest number that `number` lets through has."""


def number(value: object) -> Decimal:
    """*value* as an exact number; raises ValueError when it is none, or not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"{value!r} is no number and cannot be spoken as one")
    try:
        exact = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number and cannot be spoken as one") from None
    if not exact.is_finite() or exact.adjusted() > 100:
        raise ValueError(f"{value!r} is too large to be spoken")
    return exact


class Plain(NamedTuple):
    """A number apart: its sign, whole part, and decimals without trailing zeros."""

    negative: bool
    whole: int
    decimals: str


def plain(value: object) -> Plain:
    """*value* as sign, whole part and at most `MOST_DECIMALS` decimals."""
    exact = _rounded(number(value), MOST_DECIMALS, ROUND_HALF_EVEN)
    whole, _, decimals = f"{exact.copy_abs():f}".partition(".")
    return Plain(exact < 0, int(whole), decimals.rstrip("0"))


def amount(value: object, minor_digits: int) -> tuple[bool, int, int]:
    """Sign, major and minor units of a sum of money, half a minor unit rounded up."""
    exact = _rounded(number(value), minor_digits, ROUND_HALF_UP)
    with localcontext(prec=_PRECISION):
        minor_units = int(exact.copy_abs().scaleb(minor_digits))
    major, minor = divmod(minor_units, int(10**minor_digits))
    return exact < 0, major, minor


def _rounded(exact: Decimal, digits: int, rounding: str) -> Decimal:
    with localcontext(prec=_PRECISION):
        return exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding)


def whole(value: object) -> int:
    """A number without decimals; raises ValueError when it has some."""
    exact = number(value)
    if exact != exact.to_integral_value():
        raise ValueError(f"{value!r} has decimals; only a whole number can be an ordinal")
    return int(exact)


def text(value: object) -> str:
    """A text, or a whole number as its digits."""
    if isinstance(value, str):
        return value
    return str(whole(value))


def day(value: object) -> date:
    """A date, or the date of a datetime."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise ValueError(f"{value!r} is no date and cannot be spoken as one")


def clock(value: object) -> time:
    """A time of day, or that of a datetime."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    raise ValueError(f"{value!r} is no time of day and cannot be spoken as one")


class Span(NamedTuple):
    """A duration apart; *tenths* only for those under a minute."""

    negative: bool
    days: int
    hours: int
    minutes: int
    seconds: int
    tenths: int


def span(value: object) -> Span:
    """A duration in days, hours, minutes and seconds, rounded to seconds from a minute on."""
    if not isinstance(value, timedelta):
        raise ValueError(f"{value!r} is no duration and cannot be spoken as one")
    tenths = round(abs(value) / timedelta(milliseconds=100))
    if tenths >= 600:
        tenths = round(abs(value) / timedelta(seconds=1)) * 10
    seconds, tenth = divmod(tenths, 10)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return Span(value < timedelta(0) and tenths > 0, days, hours, minutes, seconds, tenth)


def digit_groups(shown: str) -> Iterator[str]:
    """The groups in which a long number is read out, so that a listener can follow.

    Spaces, hyphens, dots and brackets in *shown* part the groups; a run of digits without them is
    grouped by its length: 3-4-4 for a Chinese mobile number, 3-3-4 for ten digits, else in fours
    with the rest in front.
    """
    groups = [g for g in "".join(" " if c in "-.()/" else c for c in shown).split() if g]
    if len(groups) > 1:
        yield from groups
        return
    for run in groups:
        national = 11 if run.startswith("+86") else 10
        if run[0] == "+" and len(run) > national + 1:
            yield run[:-national]
            run = run[-national:]
        sign = "+" if run[0] == "+" else ""
        first, *others = _by_length(run[len(sign) :])
        yield sign + first
        yield from others


def _by_length(digits: str) -> Iterator[str]:
    """Groups of four behind a shorter first one, but the usual ones for 5, 7, 10 and 11 digits."""
    count = len(digits)
    sizes = {5: (5,), 7: (3, 4), 10: (3, 3, 4), 11: (3, 4, 4)}.get(count)
    if sizes is None:
        sizes = (count % 4,) * (count % 4 > 0 or count == 0) + (4,) * (count // 4)
    start = 0
    for size in sizes:
        yield digits[start : start + size]
        start += size

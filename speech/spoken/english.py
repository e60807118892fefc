"""Values in American English, as an announcer says them: "twelve dollars and fifty cents"."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from speech.spoken import values

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "- ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_MOST = 1000 ** len(_SCALES)
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_UNITS = ("day", "hour", "minute", "second")
_MARKS = {
    "+": "plus", "*": "star", "#": "pound", "-": "dash", ".": "dot", "@": "at", "_": "underscore",
    "/": "slash", "\\": "backslash", ":": "colon", ",": "comma", "&": "and", "%": "percent",
    "'": "apostrophe", "=": "equals", "?": "question mark", "!": "exclamation mark",
}  # fmt: skip


class Currency(NamedTuple):
    """Names of the major and minor unit, each for one and for many; no minor unit: empty."""

    one: str
    many: str
    minor_one: str = ""
    minor_many: str = ""


CURRENCIES = {
    "CNY": Currency("yuan", "yuan", "fen", "fen"),
    "EUR": Currency("euro", "euros", "cent", "cents"),
    "GBP": Currency("pound", "pounds", "penny", "pence"),
    "HKD": Currency("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "JPY": Currency("yen", "yen"),
    "USD": Currency("dollar", "dollars", "cent", "cents"),
}


def _small(n: int) -> str:
    """0 to 99 as one piece."""
    if n < 20:
        return _ONES[n]
    tens, ones = divmod(n, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def _whole(n: int) -> list[str]:
    """A cardinal from 0 on, without "and"; digit by digit when it has no name."""
    if n >= _MOST:
        return [_ONES[int(digit)] for digit in str(n)]
    if n < 100:
        return [_small(n)]
    pieces: list[str] = []
    for power in reversed(range(len(_SCALES))):
        hundreds, rest = divmod(n // 1000**power % 1000, 100)
        if hundreds:
            pieces.append(f"{_ONES[hundreds]} hundred")
        if rest:
            pieces.append(_small(rest))
        if power and (hundreds or rest):
            pieces.append(_SCALES[power])
    return pieces


def _signed(negative: bool, pieces: list[str]) -> list[str]:
    return ["minus", *pieces] if negative else pieces


def number(value: object, _currency: str = "") -> list[str]:
    """1205.5: "one thousand two hundred five point five"."""
    negative, whole, decimals = values.plain(value)
    point = ["point", *(_ONES[int(d)] for d in decimals)] if decimals else []
    return _signed(negative, _whole(whole) + point)


def money(value: object, currency: str = "") -> list[str]:
    """12.5 USD: "twelve dollars and fifty cents"; an unknown currency is spelled behind."""
    names = CURRENCIES.get(currency.upper())
    if names is None:
        return number(value) + spell(currency)
    negative, major, minor = values.amount(value, 2 if names.minor_one else 0)
    pieces: list[str] = []
    if major or not minor:
        pieces += [*_whole(major), names.one if major == 1 else names.many]
    if minor:
        pieces += ["and"] if pieces else []
        pieces += [_small(minor), names.minor_one if minor == 1 else names.minor_many]
    return _signed(negative, pieces)


def digits(value: object, _currency: str = "") -> list[str]:
    """``13800000001``: one by one, a comma after each group but the last."""
    groups = [
        [piece for char in group for piece in _character(char)]
        for group in values.digit_groups(values.text(value))
    ]
    for group in groups[:-1]:
        group[-1] += ","
    return [piece for group in groups for piece in group]


def _character(char: str) -> Iterator[str]:
    """One letter, digit or mark by its name; a space is silent."""
    if char.isdecimal():
        yield _ONES[unicodedata.decimal(char)]
    elif char in _MARKS:
        yield _MARKS[char]
    elif char.isalpha():
        yield char.upper() if len(char.upper()) == 1 else char
    elif not char.isspace():
        yield unicodedata.name(char, "sign").lower()


def spell(value: object, _currency: str = "") -> list[str]:
    """``AB-7``: "A", "B", "dash", "seven"."""
    return [piece for char in values.text(value) for piece in _character(char)]


def ordinal(value: object, _currency: str = "") -> list[str]:
    """21: "twenty-first"."""
    n = values.whole(value)
    pieces = _whole(abs(n))
    return _signed(n < 0, [*pieces[:-1], _as_ordinal(pieces[-1])])


def _as_ordinal(piece: str) -> str:
    for joint in ("-", " "):
        if joint in piece:
            front, last = piece.rsplit(joint, 1)
            return f"{front}{joint}{_as_ordinal(last)}"
    if piece.endswith("y"):
        return f"{piece[:-1]}ieth"
    return _ORDINALS.get(piece, f"{piece}th")


def _year(year: int) -> list[str]:
    century, rest = divmod(year, 100)
    if year < 1000 or century % 10 == 0 and rest < 10:  # "two thousand nine"
        return _whole(year)
    if rest == 0:
        return [_small(century), "hundred"]
    return [_small(century), f"oh {_ONES[rest]}" if rest < 10 else _small(rest)]


def date(value: object, _currency: str = "") -> list[str]:
    """2026-11-23: "November", "twenty-third,", "twenty", "twenty-six"."""
    day = values.day(value)
    return [_MONTHS[day.month - 1], f"{_as_ordinal(_small(day.day))},", *_year(day.year)]


def time(value: object, _currency: str = "") -> list[str]:
    """14:05: "two", "oh five", "p.m."; noon and midnight have their names; seconds are left out."""
    clock = values.clock(value)
    if clock.minute == 0 and clock.hour in (0, 12):
        return ["noon" if clock.hour else "midnight"]
    pieces = [_small(clock.hour % 12 or 12)]
    if clock.minute:
        pieces.append(f"oh {_ONES[clock.minute]}" if clock.minute < 10 else _small(clock.minute))
    return [*pieces, "a.m." if clock.hour < 12 else "p.m."]


def duration(value: object, _currency: str = "") -> list[str]:
    """125 minutes: "two", "hours", "and", "five", "minutes"."""
    span = values.span(value)
    counts = (span.days, span.hours, span.minutes, span.seconds)
    if span.tenths:
        return _signed(span.negative, [*number(f"{span.seconds}.{span.tenths}"), "seconds"])
    said = [
        [*_whole(count), unit if count == 1 else f"{unit}s"]
        for count, unit in zip(counts, _UNITS, strict=True)
        if count
    ] or [["zero", "seconds"]]
    pieces = [piece for one in said[:-1] for piece in one]
    if pieces:
        pieces.append("and")
    return _signed(span.negative, pieces + said[-1])


SPEAKERS: dict[str, Callable[[object, str], list[str]]] = {
    "number": number, "money": money, "digits": digits, "ordinal": ordinal, "date": date,
    "time": time, "duration": duration, "spell": spell,
}  # fmt: skip


def phrase(pieces: list[str]) -> str:
    """The pieces as one text."""
    return " ".join(pieces)


def parts(kind: str, currency: str = "") -> list[str]:
    """Every piece that *kind* can be said with, names of rare signs and early years apart."""
    cardinals = [_small(n) for n in range(100)]
    large = [*(f"{one} hundred" for one in _ONES[1:10]), *_SCALES[1:]]
    counted = ["minus", *cardinals, *large]
    named = [name for name in CURRENCIES.get(currency.upper(), ()) if name]
    return {
        "number": [*counted, "point"],
        "money": [*counted, "and", *named] if named else [*counted, "point", *spell(currency)],
        "digits": [*_ONES[:10], *(f"{one}," for one in _ONES[:10]), "plus", "star", "pound"],
        "ordinal": [*counted, *(_as_ordinal(piece) for piece in (*cardinals, *large))],
        "date": [
            *_MONTHS, *(f"{_as_ordinal(_small(day))}," for day in range(1, 32)),
            *cardinals, "thousand", "hundred", *(f"oh {one}" for one in _ONES[1:10]),
        ],
        "time": [
            *cardinals[:60], *(f"oh {one}" for one in _ONES[1:10]),
            "a.m.", "p.m.", "noon", "midnight",
        ],
        "duration": [
            *counted, "and", "point", *(form for unit in _UNITS for form in (unit, f"{unit}s")),
        ],
        "spell": [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *_ONES[:10], *_MARKS.values()],
    }.get(kind, [])  # fmt: skip

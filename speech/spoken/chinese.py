"""Values in Mandarin, in simplified characters, as an announcer says them: 十二元五角."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from speech.spoken import values

_DIGITS = "零一二三四五六七八九"
_DIALLED = "零幺二三四五六七八九"
"""幺 for one, so that it is not taken for seven: the custom for telephone and account numbers."""
_YEAR = "〇一二三四五六七八九"
_MOST = 10**16
_CURRENCIES = {
    "CNY": ("元", "角", "分"), "HKD": ("港元", "角", "分"), "USD": ("美元", "", "美分"),
    "EUR": ("欧元", "", "欧分"), "GBP": ("英镑", "", "便士"), "JPY": ("日元", "", ""),
}  # fmt: skip
"""Major unit, tenth ("" when it has no name of its own), hundredth."""
_UNITS = ("天", "小时", "分钟", "秒")
_MARKS = {
    "+": "加", "*": "星号", "#": "井号", "-": "横杠", ".": "点", "@": "at", "_": "下划线",
    "/": "斜杠", "\\": "反斜杠", ":": "冒号", ",": "逗号", "&": "和", "%": "百分号",
}  # fmt: skip


def _below_hundred(n: int, first: bool) -> str:
    """1 to 99; fifteen is 十五 at the head of a number (*first*) and 一十五 within it."""
    tens, ones = divmod(n, 10)
    ten = "" if tens == 0 else "十" if tens == 1 and first else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")


def _section(n: int, first: bool, two: str) -> list[str]:
    """1 to 9999; *two* is the two before 千 and 百."""
    pieces: list[str] = []
    gap = False
    for size, unit in ((1000, "千"), (100, "百")):
        digit, n = divmod(n, size)
        if digit:
            pieces.append(f"{two if digit == 2 else _DIGITS[digit]}{unit}")
        gap = bool(pieces) and not digit
    if n and (gap or (pieces and n < 10)):
        pieces.append("零")
    if n:
        pieces.append(_below_hundred(n, first and not pieces))
    return pieces


def _whole(n: int, first: bool = True, two: str = "两") -> list[str]:
    """A cardinal from 0 on: groups of 万 and 亿; digit by digit when it is too long."""
    if n == 0:
        return ["零"]
    if n >= _MOST:
        return [_DIGITS[int(digit)] for digit in str(n)]
    for scale, unit in ((10**8, "亿"), (10**4, "万")):
        high, low = divmod(n, scale)
        if high:
            head = [two] if high == 2 else _whole(high, first, two)
            tail = _whole(low, first=False, two=two) if low else []
            return [*head, unit, *(["零"] if tail and low < scale // 10 else []), *tail]
    return _section(n, first, two)


def _count(n: int) -> list[str]:
    """A number of things: two of them are 两."""
    return ["两"] if n == 2 else _whole(n)


def _signed(negative: bool, pieces: list[str]) -> list[str]:
    return ["负", *pieces] if negative else pieces


def number(value: object, _currency: str = "") -> list[str]:
    """1205.5: 一千两百零五点五."""
    negative, whole, decimals = values.plain(value)
    point = ["点", *(_DIGITS[int(d)] for d in decimals)] if decimals else []
    return _signed(negative, _whole(whole) + point)


def money(value: object, currency: str = "") -> list[str]:
    """12.5 CNY: 十二元五角; an unknown currency is spelled behind."""
    names = _CURRENCIES.get(currency.upper())
    if names is None:
        return number(value) + spell(currency)
    major_name, tenth_name, minor_name = names
    negative, major, minor = values.amount(value, 2 if minor_name else 0)
    pieces = [*_count(major), major_name] if major or not minor else []
    if tenth_name:
        tenths, minor = divmod(minor, 10)
        if tenths:
            pieces += [_leading(tenths, pieces), tenth_name]
        elif minor and pieces:
            pieces.append("零")
        if minor:
            pieces += [_leading(minor, pieces), minor_name]
    elif minor:
        pieces += [*_count(minor), minor_name]
    return _signed(negative, pieces)


def _leading(digit: int, before: list[str]) -> str:
    return "两" if digit == 2 and not before else _DIGITS[digit]


def digits(value: object, _currency: str = "") -> list[str]:
    """``13800000001``: one by one with 幺, a comma after each group but the last."""
    groups = [
        [piece for char in group for piece in _character(char, _DIALLED)]
        for group in values.digit_groups(values.text(value))
    ]
    for group in groups[:-1]:
        group[-1] += "，"
    return [piece for group in groups for piece in group]


def _character(char: str, numerals: str = _DIGITS) -> Iterator[str]:
    """One character by its name; a space is silent."""
    if char.isdecimal():
        yield numerals[unicodedata.decimal(char)]
    elif char in _MARKS:
        yield _MARKS[char]
    elif char.isalpha():
        yield char.upper() if char.isascii() else char
    elif not char.isspace():
        yield "符号"


def spell(value: object, _currency: str = "") -> list[str]:
    """``AB-7``: A, B, 横杠, 七."""
    return [piece for char in values.text(value) for piece in _character(char)]


def ordinal(value: object, _currency: str = "") -> list[str]:
    """3: 第三. An ordinal's two is always 二."""
    n = values.whole(value)
    return ["第", *_signed(n < 0, _whole(abs(n), two="二"))]


def year(number: int) -> list[str]:
    """2026: 二〇二六, digit by digit."""
    return [_YEAR[int(digit)] for digit in f"{number:04d}"]


def date(value: object, _currency: str = "") -> list[str]:
    """2026-11-23: 二〇二六年十一月二十三日."""
    day = values.day(value)
    month_and_day = f"{_below_hundred(day.month, True)}月", f"{_below_hundred(day.day, True)}日"
    return [*year(day.year), "年", *month_and_day]


def _part_of_day(hour: int) -> str:
    for end, name in ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午")):
        if hour < end:
            return name
    return "晚上"


def _hour(hour: int) -> str:
    twelve = hour if hour <= 12 else hour - 12
    return f"{''.join(_count(twelve))}点"


def _minute(minute: int) -> str:
    return f"{'零' if minute < 10 else ''}{_below_hundred(minute, True)}分"


def time(value: object, _currency: str = "") -> list[str]:
    """14:05: 下午两点零五分; seconds are left out."""
    clock = values.clock(value)
    pieces = [_part_of_day(clock.hour), _hour(clock.hour)]
    return [*pieces, _minute(clock.minute)] if clock.minute else pieces


def duration(value: object, _currency: str = "") -> list[str]:
    """125 minutes: 两小时五分钟."""
    span = values.span(value)
    if span.tenths:
        return _signed(span.negative, [*number(f"{span.seconds}.{span.tenths}"), "秒"])
    counts = (span.days, span.hours, span.minutes, span.seconds)
    said = [
        piece
        for count, unit in zip(counts, _UNITS, strict=True)
        if count
        for piece in (*_count(count), unit)
    ]
    return _signed(span.negative, said or ["零", "秒"])


SPEAKERS: dict[str, Callable[[object, str], list[str]]] = {
    "number": number, "money": money, "digits": digits, "ordinal": ordinal, "date": date,
    "time": time, "duration": duration, "spell": spell,
}  # fmt: skip


def phrase(pieces: list[str]) -> str:
    """The pieces as one text: without spaces, but Latin letters stand apart."""
    text = ""
    for piece in pieces:
        apart = piece[0].isascii() and text and text[-1].isascii()
        text += f" {piece}" if apart else piece
    return text


def parts(kind: str, currency: str = "") -> list[str]:
    """Every piece that *kind* can be said with, names of rare signs and early years apart."""
    below_hundred = [_below_hundred(n, first) for n in range(1, 100) for first in (True, False)]
    hundreds = [f"{digit}{unit}" for digit in f"{_DIGITS[1:]}两" for unit in "百千"]
    counted = list(dict.fromkeys(["零", "两", *below_hundred, *hundreds, "万", "亿", "负"]))
    named = [name for name in _CURRENCIES.get(currency.upper(), ()) if name]
    return {
        "number": [*counted, "点"],
        "money": [*counted, *named] if named else [*counted, "点", *spell(currency)],
        "digits": [*_DIALLED, *(f"{digit}，" for digit in _DIALLED), "加", "星号", "井号"],
        "ordinal": ["第", *counted],
        "date": [
            *_YEAR, "年", *(f"{_below_hundred(month, True)}月" for month in range(1, 13)),
            *(f"{_below_hundred(day, True)}日" for day in range(1, 32)),
        ],
        "time": [
            *(_part_of_day(hour) for hour in (0, 6, 12, 13, 18)),
            *(_hour(hour) for hour in range(13)), *(_minute(minute) for minute in range(1, 60)),
        ],
        "duration": [*counted, "点", *_UNITS],
        "spell": [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *_DIGITS, *_MARKS.values()],
    }.get(kind, [])  # fmt: skip

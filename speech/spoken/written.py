"""What people write in prompts - sums, dates, telephone numbers, keys - as it is read out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date as Date
from datetime import time as Time

from speech.spoken import chinese, english

_SIGNS = {
    "$": "USD", "US$": "USD", "HK$": "HKD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY",
    "RMB": "CNY", "CNY": "CNY", "USD": "USD", "HKD": "HKD", "EUR": "EUR", "GBP": "GBP",
    "JPY": "JPY",
}  # fmt: skip
"""A sign or code before a sum. ``¥`` is the yuan: write JPY for yen."""

_SUM = re.compile(r"(?<!\w)(US\$|HK\$|[$€£¥￥]|RMB|CNY|USD|HKD|EUR|GBP|JPY) ?(\d[\d,]*(?:\.\d+)?)")
_DATE = re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])")
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3])[:：]([0-5]\d)(?![\d:])(?! ?[ap]\.?m\b)", re.I)
_PHONE = re.compile(r"(?<![A-Za-z0-9_.,])\+?\d(?:[ -]?\d){6,}(?![A-Za-z0-9_]|[.,]\d)")
_UNTIL = re.compile(r"(?<=:\d\d) ?[-–~～] ?(?=\d{1,2}:\d\d)")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_SPACES = re.compile(r"\s+")


def read_out(text: str, language: str) -> str:
    """*text* with everything spelled out that engines read badly.

    English and Chinese have rules; in other languages only white space and Unicode form are
    put in order. The result is the normalised text that a rendered prompt is known by.
    """
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    match language.replace("_", "-").split("-", 1)[0].lower():
        case "en":
            return _SPACES.sub(" ", _english(text)).strip()
        case "zh" | "cmn":
            return _chinese(text)
        case _:
            return text


def has_words(text: str) -> bool:
    """Whether anything in *text* makes a sound when it is spoken."""
    return any(char.isalnum() for char in text)


def _sums(text: str, money: Callable[[object, str], list[str]], join: Callable[..., str]) -> str:
    def said(found: re.Match[str]) -> str:
        return join(money(found[2].replace(",", ""), _SIGNS[found[1]]))

    return _SUM.sub(said, text)


def _dates(text: str, date: Callable[[object], list[str]], join: Callable[..., str]) -> str:
    def said(found: re.Match[str]) -> str:
        try:
            return join(date(Date(int(found[1]), int(found[2]), int(found[3]))))
        except ValueError:  # 2026-13-45 is no date
            return found[0]

    return _DATE.sub(said, text)


def _clocks(text: str, time: Callable[[object], list[str]], join: Callable[..., str]) -> str:
    return _CLOCK.sub(lambda found: join(time(Time(int(found[1]), int(found[2])))), text)


def _english(text: str) -> str:
    text = _sums(text, english.money, english.phrase)
    text = _dates(text, english.date, english.phrase)
    text = _clocks(_UNTIL.sub(" to ", text), english.time, english.phrase)
    text = _PHONE.sub(lambda found: english.phrase(english.digits(found[0])), text)
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    text = text.replace("#", " pound ").replace("*", " star ").replace("&", " and ")
    # "at nine a.m.." and "star ." are what joining leaves behind
    return re.sub(r" +([.,;:!?])", r"\1", text.replace("m..", "m."))


_DIALLED = re.compile(r"((?:拨打|拨|致电|电话|热线|号码)(?:是|为|：|:)?) ?(\d{3,})")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?=年)")
_YUAN = re.compile(r"(?<![\d.])(\d[\d,]*(?:\.\d{1,2})?) ?(?:元|块钱)")
_PERCENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?%")
_TWO = re.compile(r"(?<![\d.第])2 ?(?=[个位次小天周年块点分秒种项条户间家遍])")
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])-?\d+(?:\.\d+)?|\d+")


def _chinese(text: str) -> str:
    join = chinese.phrase
    text = _sums(text, chinese.money, join)
    text = _dates(text, chinese.date, join)
    text = _clocks(_UNTIL.sub("至", text), chinese.time, join)
    text = _PHONE.sub(lambda found: join(chinese.digits(found[0])), text)
    text = _DIALLED.sub(lambda found: found[1] + join(chinese.digits(found[2])), text)
    text = _YEAR.sub(lambda found: join(chinese.year(int(found[1]))), text)
    text = _YUAN.sub(lambda found: join(chinese.money(found[1].replace(",", ""), "CNY")), text)
    text = _PERCENT.sub(lambda found: "百分之" + join(chinese.number(found[1])), text)
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    text = _TWO.sub("两", text)
    text = _NUMBER.sub(lambda found: join(chinese.number(found[0])), text)
    return (
        text.replace("#", "井号").replace("*", "星号").replace("＃", "井号").replace("＊", "星号")
    )

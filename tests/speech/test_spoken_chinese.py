from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.spoken import phrase, words


def said(kind: str, value: object, currency: str = "") -> str:
    return phrase(words(kind, value, "zh-CN", currency), "zh-CN")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "零"), (2, "二"), (10, "十"), (15, "十五"), (20, "二十"), (22, "二十二"),
        (100, "一百"), (101, "一百零一"), (110, "一百一十"), (115, "一百一十五"), (200, "两百"),
        (1005, "一千零五"), (1050, "一千零五十"), (1500, "一千五百"), (2000, "两千"),
        (2222, "两千两百二十二"), (10000, "一万"), (10005, "一万零五"), (10010, "一万零一十"),
        (20000, "两万"), (100000, "十万"), (105000, "十万五千"), (100500, "十万零五百"),
        (120000, "十二万"), (1000000, "一百万"), (20000000, "两千万"), (100000000, "一亿"),
        (200000000, "两亿"), (100010000, "一亿零一万"), (100100000, "一亿零一十万"),
        (1000500000, "十亿零五十万"), (100000005, "一亿零五"),
        (123456789012, "一千两百三十四亿五千六百七十八万九千零一十二"),
        (10**12, "一万亿"), (10**16, "一" + "零" * 16), (-3, "负三"), ("12.5", "十二点五"),
        ("2.50", "二点五"), ("0.05", "零点零五"), (10**8 + 5000, "一亿零五千"),
    ],
)  # fmt: skip
def test_numbers(value: object, text: str) -> None:
    assert said("number", value) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("12.50", "CNY", "十二元五角"), ("12.05", "CNY", "十二元零五分"),
        ("12.55", "CNY", "十二元五角五分"), ("0.5", "CNY", "五角"), ("0.2", "CNY", "两角"),
        ("0.02", "CNY", "两分"), ("0", "CNY", "零元"), ("2", "CNY", "两元"),
        ("2.22", "CNY", "两元二角二分"), ("1005.50", "CNY", "一千零五元五角"),
        ("-3.10", "CNY", "负三元一角"), ("200", "CNY", "两百元"), ("12.5", "HKD", "十二港元五角"),
        ("12.5", "USD", "十二美元五十美分"), ("0.02", "USD", "两美分"), ("3", "EUR", "三欧元"),
        ("1.5", "GBP", "一英镑五十便士"), ("1200", "JPY", "一千两百日元"),
        ("7.5", "CHF", "七点五C H F"), ("7.5", "", "七点五"), ("0.005", "CNY", "一分"),
    ],
)  # fmt: skip
def test_money(value: str, currency: str, text: str) -> None:
    assert said("money", value, currency) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("digits", "13800000001", "幺三八，零零零零，零零零幺"),
        ("digits", "95598", "九五五九八"),
        ("digits", "010-6655", "零幺零，六六五五"),
        ("digits", "*2#", "星号二井号"),
        ("ordinal", 2, "第二"),
        ("ordinal", 3, "第三"),
        ("ordinal", 12, "第十二"),
        ("ordinal", 200, "第二百"),
        ("ordinal", 22222, "第二万二千二百二十二"),
        ("date", date(2026, 11, 23), "二〇二六年十一月二十三日"),
        ("date", date(2005, 1, 10), "二〇〇五年一月十日"),
        ("time", time(9, 30), "上午九点三十分"),
        ("time", time(14, 5), "下午两点零五分"),
        ("time", time(2), "凌晨两点"),
        ("time", time(0, 10), "凌晨零点十分"),
        ("time", time(12), "中午十二点"),
        ("time", time(18, 15), "晚上六点十五分"),
        ("duration", timedelta(minutes=125), "两小时五分钟"),
        ("duration", timedelta(days=2), "两天"),
        ("duration", timedelta(minutes=22, seconds=2), "二十二分钟两秒"),
        ("duration", timedelta(0), "零秒"),
        ("duration", timedelta(seconds=-1.5), "负一点五秒"),
        ("spell", "AB -7中✓", "A B横杠七中符号"),
    ],
)
def test_everything_else(kind: str, value: object, text: str) -> None:
    assert said(kind, value) == text


DIGITS = {"零": 0, "〇": 0, "幺": 1, "两": 2} | {
    c: n for n, c in enumerate("一二三四五六七八九", 1)
}
UNITS = {"十": 10, "百": 100, "千": 1000}


def heard(text: str) -> int:
    """What a listener understands: sections under 万 and 亿, written independently."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = text.rpartition(unit)
        if found:
            return heard(high) * size + (heard(low) if low else 0)
    total = digit = 0
    for char in text:
        if char in UNITS:
            total, digit = total + (digit or 1) * UNITS[char], 0
        else:
            digit = DIGITS[char]
    return total + digit


@given(st.integers(0, 10**16 - 1))
def test_every_number_is_understood(value: int) -> None:
    text = said("number", value)
    assert heard(text) == value
    assert "零零" not in text
    assert not text.endswith("零") or text == "零"


@given(st.integers(0, 10**10))
def test_every_ordinal_is_understood_and_has_no_liang(value: int) -> None:
    text = said("ordinal", value)
    assert text[0] == "第"
    assert "两" not in text
    assert heard(text[1:]) == value


@given(st.decimals(min_value=0, max_value=10**10, places=2))
def test_every_sum_is_understood(value: Decimal) -> None:
    rest, total = said("money", value, "CNY"), Decimal(0)
    for name, size in (("元", Decimal(1)), ("角", Decimal("0.1")), ("分", Decimal("0.01"))):
        count, found, behind = rest.partition(name)
        if found:
            total, rest = total + heard(count) * size, behind
    assert (total, rest) == (value, "")


@given(st.dates())
def test_every_date_is_understood(value: date) -> None:
    year, _, rest = said("date", value).partition("年")
    month, _, day = rest.partition("月")
    assert int("".join(str(DIGITS[c]) for c in year)) == value.year
    assert (heard(month), heard(day.removesuffix("日"))) == (value.month, value.day)


@given(st.times())
def test_every_time_is_understood(value: time) -> None:
    text = said("time", value)
    half, (hour, _, minute) = text[:2], text[2:].partition("点")
    late = half in ("下午", "晚上")
    assert heard(hour) + 12 * late == value.hour
    assert heard(minute.removesuffix("分") or "零") == value.minute

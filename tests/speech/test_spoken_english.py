from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.spoken import parts, phrase, words
from speech.spoken.english import CURRENCIES

DAY = date(2026, 11, 23)


def said(kind: str, value: object, currency: str = "") -> str:
    return phrase(words(kind, value, "en-US", currency), "en-US")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "zero"),
        (7, "seven"),
        (15, "fifteen"),
        (20, "twenty"),
        (42, "forty-two"),
        (100, "one hundred"),
        (105, "one hundred five"),
        (1205, "one thousand two hundred five"),
        (10010, "ten thousand ten"),
        (1_000_000, "one million"),
        (2_000_017, "two million seventeen"),
        (10**15, "one quadrillion"),
        (10**18, "one" + " zero" * 18),
        (-3, "minus three"),
        ("12.50", "twelve point five"),
        (Decimal("0.05"), "zero point zero five"),
        (0.1, "zero point one"),
        (Decimal(1) / 3, "zero point three three three three three three"),
        (Decimal("-0.0000001"), "zero"),
        (Decimal("1E+3"), "one thousand"),
        (Decimal("12.0"), "twelve"),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert said("number", value) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("12.5", "USD", "twelve dollars and fifty cents"),
        (1, "USD", "one dollar"),
        ("0.01", "USD", "one cent"),
        ("1.01", "GBP", "one pound and one penny"),
        ("2.02", "GBP", "two pounds and two pence"),
        ("0", "EUR", "zero euros"),
        ("1000", "EUR", "one thousand euros"),
        ("12.5", "CNY", "twelve yuan and fifty fen"),
        ("12.05", "cny", "twelve yuan and five fen"),
        ("0.5", "CNY", "fifty fen"),
        ("1234.4", "JPY", "one thousand two hundred thirty-four yen"),
        ("1.5", "HKD", "one Hong Kong dollar and fifty cents"),
        ("-7.25", "USD", "minus seven dollars and twenty-five cents"),
        ("0.005", "USD", "one cent"),
        ("7.5", "CHF", "seven point five C H F"),
        ("7.5", "", "seven point five"),
        ("1000000000", "CNY", "one billion yuan"),
    ],
)
def test_money(value: str, currency: str, text: str) -> None:
    assert said("money", value, currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("42", "four two"),
        ("12345", "one two three four five"),
        (123456, "one two, three four five six"),
        ("5551234", "five five five, one two three four"),
        ("95598123", "nine five five nine, eight one two three"),
        ("13800000001", "one three eight, zero zero zero zero, zero zero zero one"),
        ("400-123-4567", "four zero zero, one two three, four five six seven"),
        ("+8613800000001", "plus eight six, one three eight, zero zero zero zero, "
                           "zero zero zero one"),
        ("+12025550123", "plus one, two zero two, five five five, zero one two three"),
        ("+4420", "plus four four two zero"),
        ("*21#", "star two one pound"),
        ("", ""),
    ],
)  # fmt: skip
def test_digits(value: object, text: str) -> None:
    assert said("digits", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "first"), (2, "second"), (3, "third"), (5, "fifth"), (8, "eighth"), (9, "ninth"),
        (12, "twelfth"), (20, "twentieth"), (21, "twenty-first"), (100, "one hundredth"),
        (103, "one hundred third"), (1000, "one thousandth"), (0, "zeroth"), (-1, "minus first"),
    ],
)  # fmt: skip
def test_ordinals(value: int, text: str) -> None:
    assert said("ordinal", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (DAY, "November twenty-third, twenty twenty-six"),
        (datetime(2026, 11, 23, 9, 30), "November twenty-third, twenty twenty-six"),  # noqa: DTZ001
        (date(2005, 1, 1), "January first, two thousand five"),
        (date(2000, 2, 29), "February twenty-ninth, two thousand"),
        (date(1905, 3, 2), "March second, nineteen oh five"),
        (date(1900, 4, 3), "April third, nineteen hundred"),
        (date(999, 5, 4), "May fourth, nine hundred ninety-nine"),
    ],
)
def test_dates(value: date, text: str) -> None:
    assert said("date", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (time(9, 30), "nine thirty a.m."), (time(14), "two p.m."),
        (time(0, 5), "twelve oh five a.m."),
        (time(12), "noon"), (time(0), "midnight"), (time(12, 15), "twelve fifteen p.m."),
        (time(23, 59, 59), "eleven fifty-nine p.m."),
        (datetime(2026, 1, 1, 8, 0), "eight a.m."),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_times(value: time, text: str) -> None:
    assert said("time", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(minutes=125), "two hours and five minutes"),
        (timedelta(days=1, hours=2, seconds=5), "one day two hours and five seconds"),
        (timedelta(minutes=1), "one minute"),
        (timedelta(0), "zero seconds"),
        (timedelta(seconds=1.5), "one point five seconds"),
        (timedelta(seconds=-30), "minus thirty seconds"),
        (timedelta(milliseconds=-10), "zero seconds"),
        (timedelta(seconds=90.4), "one minute and thirty seconds"),
        (timedelta(seconds=59.96), "one minute"),
    ],
)
def test_durations(value: timedelta, text: str) -> None:
    assert said("duration", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("AB-7", "A B dash seven"), ("a@b.c", "A at B dot C"), (42, "four two"),
        ("ü ß", "Ü ß"), ("✓", "check mark"), ("中", "中"), ("٣", "three"),
    ],
)  # fmt: skip
def test_spelling(value: object, text: str) -> None:
    assert said("spell", value) == text


@pytest.mark.parametrize(
    ("kind", "value", "complaint"),
    [
        ("number", "twelve", "no number"), ("number", True, "no number"),
        ("number", None, "no number"), ("number", Decimal("Infinity"), "too large"),
        ("number", Decimal("1e200"), "too large"), ("ordinal", Decimal("1.5"), "decimals"),
        ("date", time(1), "no date"), ("time", DAY, "no time of day"),
        ("duration", 5, "no duration"), ("shout", 5, "'shout' is no format; formats are number"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_name(
    kind: str, value: object, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        words(kind, value, "en")


ONES = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * n
    for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
SCALES = {
    word: 1000**n
    for n, word in enumerate("thousand million billion trillion quadrillion".split(), 1)
}


def heard(text: str) -> Decimal:
    """What a listener understands: the inverse of a spoken number, written independently."""
    negative = text.startswith("minus ")
    whole, _, decimals = text.removeprefix("minus ").partition(" point ")
    total = group = 0
    for word in whole.replace("-", " ").split():
        if word in SCALES:
            total, group = total + group * SCALES[word], 0
        elif word == "hundred":
            group *= 100
        else:
            group += ONES[word] if word in ONES else TENS[word]
    digits = "".join(str(ONES[word]) for word in decimals.split())
    value = Decimal(f"{total + group}.{digits or 0}")
    return -value if negative else value


@given(st.decimals(min_value=-(10**17), max_value=10**17, places=3))
def test_every_number_is_understood(value: Decimal) -> None:
    assert heard(said("number", value)) == value


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_every_sum_is_understood(value: Decimal) -> None:
    text = said("money", value, "USD").replace(" and ", " ")
    found = re.fullmatch(r"(?:(.+?) dollars?)? ?(?:(.+?) cents?)?", text)
    assert found is not None
    assert (
        sum(heard(n) / unit for n, unit in zip(found.groups(), (1, 100), strict=True) if n) == value
    )


@given(st.text("0123456789+-*# ", max_size=24))
def test_no_digit_is_lost_or_added(value: str) -> None:
    read = "".join(str(ONES[w.rstrip(",")]) for w in words("digits", value, "en")
                   if w.rstrip(",") in ONES)  # fmt: skip
    assert read == "".join(c for c in value if c.isdecimal())


VALUES = {
    "number": st.decimals(-(10**17), 10**17, places=4),
    "money": st.decimals(-(10**12), 10**12, places=2),
    "digits": st.from_regex(r"\+?[0-9]{1,16}", fullmatch=True),
    "ordinal": st.integers(-(10**9), 10**9),
    "date": st.dates(date(1000, 1, 1)),
    "time": st.times(),
    "duration": st.timedeltas(timedelta(days=-9999), timedelta(days=9999)),
    "spell": st.from_regex(r"[A-Za-z0-9@#.,_-]{1,12}", fullmatch=True),
}


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_a_small_set_of_parts_is_enough(kind: str, data: st.DataObject) -> None:
    currency = data.draw(st.sampled_from([*CURRENCIES, "CHF"]))
    value = data.draw(VALUES[kind])
    for language in ("en", "zh-CN"):
        said = words(kind, value, language, currency)
        assert set(said) <= set(parts(kind, language, currency))
        assert said
        assert all(piece.strip() for piece in said)


def test_parts_of_unknown_kinds_and_languages_are_none() -> None:
    assert parts("shout", "en") == parts("shout", "zh") == parts("number", "fr") == []

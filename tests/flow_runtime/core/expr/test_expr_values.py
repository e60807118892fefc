from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from expr_kit import SHANGHAI, frame
from flow_runtime.core.expr.convert import converter
from flow_runtime.core.expr.failure import MAX_TEXT, MAX_WEIGHT, ExpressionFailure
from flow_runtime.core.expr.scan import (
    read_date,
    read_datetime,
    read_duration,
    read_number,
    read_time,
)
from flow_runtime.core.expr.values import check_weight, describe, display, from_outside, type_of
from flow_runtime.core.sound import AudioFile, Recording, Silence, Spoken, Utterance
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
    SOUND,
    TEXT,
    TIME,
    Type,
)

D = Decimal
MESSAGE = Recording("/r/1.wav", 2.5)
NAIVE = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001  # as databases without zones give
MOMENT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (5, D(5)),
        (True, True),
        (0.1, D("0.1")),
        (float("nan"), None),
        (float("inf"), None),
        (D("NaN"), None),
        (D("1.50"), D("1.50")),
        ("x", "x"),
        (None, None),
        (b"abc", "abc"),
        (memoryview(b"\xff"), "\ufffd"),
        ([1, [2.5]], (D(1), (D("2.5"),))),
        ({"a": 1, 2: [None]}, {"a": D(1), "2": (None,)}),
        (MappingProxyType({"a": 1}), {"a": D(1)}),
        (NAIVE, datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)),
        (MOMENT, MOMENT),
        (date(2026, 1, 1), date(2026, 1, 1)),
        (time(9, 0), time(9, 0)),
        (timedelta(1), timedelta(1)),
        (MESSAGE, MESSAGE),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_from_outside(given: Any, made: Any) -> None:
    found = from_outside(given, SHANGHAI)
    assert found == made
    assert type(found) is type(made)


def nest(depth: int) -> Any:
    made: Any = 1
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.parametrize(
    "huge",
    ["x" * (MAX_TEXT + 1), 10**100, [0] * (MAX_WEIGHT + 1), nest(30), ["x" * 50_000] * 50],
    ids=["text", "number", "list", "deep", "heavy"],
)
def test_from_outside_is_bounded(huge: Any) -> None:
    with pytest.raises(ExpressionFailure, match="too-large"):
        from_outside(huge, UTC)


def test_weight_counts_what_a_walk_would_meet() -> None:
    """A record that holds itself twice, again and again, is small in memory but long to walk."""
    twice: Any = "x"
    with pytest.raises(ExpressionFailure, match="too-large"):
        for _ in range(18):
            twice = check_weight({"a": twice, "b": twice})


def test_types_of_values() -> None:
    assert type_of(OrderedDict()) == RECORD
    assert type_of(object()) == ANY
    assert type_of(Silence(1)) == PROMPT
    assert type_of(None) == NONE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "none"),
        ("abc", 'the text "abc"'),
        ("x" * 41, "a text of 41 characters"),
        (D("1.50"), "the number 1.5"),
        ((), "a list"),
        ({}, "a record"),
        (object(), "a foreign object"),
        (True, "the boolean true"),
    ],
)
def test_describe(given: Any, said: str) -> None:
    assert describe(given) == said


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (D("12.50"), "12.5"),
        (D("1E+3"), "1000"),
        (D("-0.0"), "0"),
        (D("100"), "100"),
        (False, "false"),
        (timedelta(days=1, hours=2), "1d2h"),
        (MOMENT, "2026-11-23 01:00"),
    ],
)
def test_display(given: Any, shown: str) -> None:
    assert display(given) == shown


def test_display_is_bounded() -> None:
    with pytest.raises(ExpressionFailure, match="too many digits"):
        display(D("1E+900000"))
    assert "1.000e+900000" in describe(D("1E+900000"))


SCANNED = [
    (read_number, "12", D(12)),
    (read_number, "-1.5e2", D(-150)),
    (read_number, "1.", None),
    (read_number, "٣", None),
    (read_number, "9" * 200, None),
    (read_date, " 2026-11-23 ", date(2026, 11, 23)),
    (read_date, "2026-02-30", None),
    (read_date, "23.11.2026", None),
    (read_time, "09:00:01.5", time(9, 0, 1, 500000)),
    (read_time, "24:00", None),
    (read_time, "9:00", None),
    (read_duration, "1d2h3m4s5ms", timedelta(1, 4, 5000, minutes=3, hours=2)),
    (read_duration, "1s 2s", None),
    (read_duration, "", None),
]


@pytest.mark.parametrize(("read", "text", "made"), SCANNED)
def test_scan(read: Any, text: str, made: Any) -> None:
    assert read(text) == made


def test_moments_without_an_offset_need_a_zone() -> None:
    assert read_datetime("2026-11-23T09:00", None) is None
    assert read_datetime("2026-11-23T09:00", SHANGHAI) == MOMENT
    assert read_datetime("2026-11-23T09:00+0800", None) == MOMENT
    assert read_datetime("2026-11-23", SHANGHAI) is None
    assert read_datetime("2026-02-30T09:00Z", SHANGHAI) is None


NUMBERS = Type("list", item=NUMBER)
CONVERTED = [
    (BOOLEAN, 1, True), (BOOLEAN, "FALSE", False), (BOOLEAN, D(0), False), (BOOLEAN, 1.0, True),
    (NUMBER, "5", D(5)), (NUMBER, True, D(1)), (NUMBER, 0.1, D("0.1")),
    (TEXT, 5, "5"), (TEXT, D("5.0"), "5"), (TEXT, MOMENT, "2026-11-23 09:00"),
    (DATE, MOMENT, date(2026, 11, 23)), (DATE, "2026-11-23", date(2026, 11, 23)),
    (TIME, MOMENT, time(9, 0)), (TIME, "09:00", time(9, 0)), (TIME, time(9, 0), time(9, 0)),
    (DATETIME, NAIVE, MOMENT), (DATETIME, "2026-11-23T09:00", MOMENT),
    (DURATION, "5s", timedelta(seconds=5)), (DURATION, timedelta(1), timedelta(1)),
    (LIST, [1], (D(1),)), (NUMBERS, ["1", 2], (D(1), D(2))),
    (RECORD, {"a": 1}, {"a": 1}), (RECORDING, MESSAGE, MESSAGE),
    (Type("record", fields={"a": NUMBER}), {"a": "1", "b": "x"}, {"a": D(1), "b": "x"}),
    (Type("record", fields={"a": Type("number", True)}), {}, {"a": None}),
    (ANY, None, None), (NONE, None, None), (Type("text", optional=True), None, None),
    (Type("text", optional=True), 5, "5"),
    (PROMPT, "hi", Utterance(("hi",), "en")), (PROMPT, Silence(1), Silence(1)),
    (PROMPT, 5, Utterance((Spoken("number", D(5), "5"),), "en")),
    (PROMPT, True, Utterance(("true",), "en")),
    (SOUND, "hi", (Utterance(("hi",), "en"),)), (SOUND, " ", ()), (SOUND, MESSAGE, (MESSAGE,)),
    (SOUND, ["a", (MESSAGE, Silence(1))], (Utterance(("a",), "en"), MESSAGE, Silence(1))),
    (SOUND, AudioFile("/x.wav"), (AudioFile("/x.wav"),)), (SOUND, Utterance(("",), "en"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "given", "made"), CONVERTED)
def test_conversion_by_use(wanted: Type, given: Any, made: Any) -> None:
    found = converter(wanted)(given, frame())
    assert found == made
    assert type(found) is type(made)


UNFIT = [
    (BOOLEAN, "yes"), (BOOLEAN, 2), (BOOLEAN, None), (BOOLEAN, (1,)), (NUMBER, "x"),
    (NUMBER, float("nan")), (NUMBER, None), (NUMBER, MOMENT), (TEXT, None), (TEXT, (1,)),
    (TEXT, MESSAGE), (DATE, 5), (DATE, "x"), (TIME, "x"), (TIME, 5), (DATETIME, "x"),
    (DATETIME, date(2026, 1, 1)), (DURATION, 5), (DURATION, "x"), (LIST, "abc"), (RECORD, "x"),
    (RECORDING, "x"), (PROMPT, None), (PROMPT, (1,)), (SOUND, None), (SOUND, {"a": 1}), (NONE, 1),
    (NUMBERS, ["x"]), (Type("record", fields={"a": NUMBER}), {}),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "given"), UNFIT)
def test_conversion_fails_cleanly(wanted: Type, given: Any) -> None:
    with pytest.raises(ExpressionFailure, match="type-error"):
        converter(wanted)(given, frame())

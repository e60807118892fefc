"""Texts of call tests as values of the flow language."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.call_tests.tree import Items, Scalar, Table, Tree, read_tree
from flow_runtime.call_tests.values import as_tree, as_type, by_looks, holds, shown
from flow_runtime.core.sound import Recording
from flow_runtime.core.types import (
    ANY,
    BOOLEAN,
    DATE,
    DURATION,
    LIST,
    NUMBER,
    RECORD,
    RECORDING,
    TEXT,
    Type,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def tree(text: str) -> Tree:
    found = read_tree(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12.5", Decimal("12.5")),
        ("-3", Decimal(-3)),
        ("0", Decimal(0)),
        ("0.10", Decimal("0.1")),
        ("13800000001", Decimal(13800000001)),
        ("0042", "0042"),
        ("+3", "+3"),
        ("1e5", "1e5"),
        ("1_000", "1_000"),
        (".5", ".5"),
        ("0x1F", "0x1F"),
        ('"12.5"', "12.5"),
        ("!!str 12", "12"),
        ("true", True),
        ("false", False),
        ("no", "no"),
        ("'true'", "true"),
        ("~", None),
        ("none", None),
        ("null", None),
        ("'none'", "none"),
        ("''", ""),
        ("2026-11-24", date(2026, 11, 24)),
        ("2026-02-30", "2026-02-30"),
        ("'2026-11-24'", "2026-11-24"),
        ("10:30", time(10, 30)),
        ("2026-11-24T09:00", datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)),
        ("2026-11-24 09:00+00:00", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("5s", "5s"),
        ("gold card", "gold card"),
        ("[1, a, [true]]", (Decimal(1), "a", (True,))),
        ("{a: 1, b: {c: ~}}", {"a": Decimal(1), "b": {"c": None}}),
        ("9" * 70, "9" * 70),
    ],
)
def test_a_value_has_the_type_it_looks_like(written: str, value: Any) -> None:
    found = by_looks(tree(written), SHANGHAI)
    assert found == value and type(found) is type(value)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=20),
    st.decimals(-(10**9), 10**9, places=2).map(lambda d: d if d else Decimal(0)),
    st.dates(),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)),  # noqa: DTZ001
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(VALUES)
def test_every_value_has_a_spelling(value: Any) -> None:
    assert by_looks(as_tree(value)) == value
    assert holds(as_tree(value), value)


def test_values_without_looks_are_written_as_texts() -> None:
    assert as_tree(timedelta(seconds=90)) == Scalar("1m30s", plain=False)
    assert as_tree(time(9, 0, 0, 5)) == Scalar("09:00:00.000005", plain=False)
    assert as_tree(b"raw") == Scalar("b'raw'", plain=False)
    assert as_tree(0.1) == Scalar("0.1") and as_tree(3) == Scalar("3")
    assert as_tree(Recording("/a.wav", 4.5)) == Table(
        ((Scalar("path"), Scalar("/a.wav", plain=False)), (Scalar("seconds"), Scalar("4.5")))
    )


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("0", Decimal("0.00"), True),
        ("12.50", Decimal("12.5"), True),
        ("1", Decimal(2), False),
        ("one", Decimal(1), False),
        ("007", "007", True),
        ("7", "007", False),
        ("yes", "yes", True),
        ("true", True, True),
        ("true", False, False),
        ("none", None, True),
        ("~", None, True),
        ("'none'", None, False),
        ("none", "none", True),
        ("2026-11-24", date(2026, 11, 24), True),
        ("2026-11-25", date(2026, 11, 24), False),
        ("09:00", time(9), True),
        ("90s", timedelta(seconds=90), True),
        ("2026-11-24T09:00", datetime(2026, 11, 24, 9, tzinfo=SHANGHAI), True),
        ("2026-11-24T01:00Z", datetime(2026, 11, 24, 9, tzinfo=SHANGHAI), True),
        ("[1, 2]", (Decimal(1), Decimal(2)), True),
        ("[1]", (Decimal(1), Decimal(2)), False),
        ("[1]", Decimal(1), False),
        ("{owed: 3}", {"owed": Decimal(3), "name": "Li"}, True),
        ("{owed: 3, level: x}", {"owed": Decimal(3)}, False),
        ("{owed: 3}", Decimal(3), False),
        ("{seconds: 4.5}", Recording("/a.wav", 4.5), True),
        ("{seconds: 5}", Recording("/a.wav", 4.5), False),
        ("x", {"x": 1}, False),
        ("5", 5, True),
    ],
)
def test_an_expected_value_is_read_as_the_actual_one_wants_it(
    expected: str, actual: Any, same: bool
) -> None:
    assert holds(tree(expected), actual) is same


@pytest.mark.parametrize(
    ("written", "wanted", "value"),
    [
        ("5", NUMBER, Decimal(5)),
        ("'5'", NUMBER, Decimal(5)),
        ("5", TEXT, "5"),
        ("none", TEXT, "none"),
        ("none", Type("text", optional=True), None),
        ("'none'", Type("text", optional=True), "none"),
        ("2026-11-24", DATE, date(2026, 11, 24)),
        ("30s", DURATION, timedelta(seconds=30)),
        ("{a: 1}", RECORD, {"a": Decimal(1)}),
        ("[1]", LIST, (Decimal(1),)),
        ("true", BOOLEAN, True),
        ("x", ANY, "x"),
        ("{seconds: 4.5}", RECORDING, Recording("", 4.5)),
        ("{seconds: 1, path: /a.wav}", RECORDING, Recording("/a.wav", 1.0)),
    ],
)
def test_a_value_that_is_set_has_the_type_of_its_variable(
    written: str, wanted: Type, value: Any
) -> None:
    assert as_type(tree(written), wanted, SHANGHAI) == value


@pytest.mark.parametrize(
    ("written", "wanted", "said"),
    [
        ("many", NUMBER, "a number is needed, but the value is the text"),
        ("[1]", TEXT, "a text is needed, but the value is a list"),
        ("none", NUMBER, "a number is needed, but the value is none"),
        ("{length: 3}", RECORDING, "a recording is needed: {seconds: 4.5}"),
        ("{seconds: long}", RECORDING, "a recording is needed"),
    ],
)
def test_a_value_that_does_not_fit_is_named(written: str, wanted: Type, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        as_type(tree(written), wanted, UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        ("a", '"a"'),
        (Decimal("12.50"), "12.5"),
        (True, "true"),
        (timedelta(seconds=90), "1m30s"),
        (date(2026, 11, 24), "2026-11-24"),
        ((Decimal(1), "x"), '[1, "x"]'),
        ({"a": None}, "{a: none}"),
        (Recording("/a.wav", 4.5), "a recording of 4.5 s"),
        (Scalar("5"), "5"),
        (Scalar("5", plain=False), '"5"'),
        (Items((Scalar("5"),)), "[5]"),
        (Table(((Scalar("a"), Scalar("5")),)), "{a: 5}"),
        (b"", "b''"),
    ],
)
def test_values_are_shown_as_they_are_written(value: Any, text: str) -> None:
    assert shown(value) == text


def test_anchors_aliases_and_merge_keys() -> None:
    text = "one: &o {a: 1, b: 2}\ntwo: {<<: *o, b: 3}\nthree: {<<: [*o, {c: 4}], a: 0}\nfour: [*o]"
    assert by_looks(tree(text)) == {
        "one": {"a": 1, "b": 2},
        "two": {"b": 3, "a": 1},
        "three": {"a": 0, "b": 2, "c": 4},
        "four": ({"a": 1, "b": 2},),
    }

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from expr_kit import failure, frame, value
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.tree import HalfTyped
from flow_runtime.core.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    LIST,
    NUMBER,
    RECORD,
    TEXT,
    TIME,
    Type,
)

D = Decimal
NAIVE = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001  # as databases without zones give
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", D(7)),
        ("0.1 + 0.2", D("0.3")),
        ("7 - 10", D(-3)),
        ("1 / 8", D("0.125")),
        ("7 % 3", D(1)),
        ("-1 % 7", D(6)),
        ("1 % -7", D(-6)),
        ("-7 % 7", D(0)),
        ("-(2)", D(-2)),
        ("-5s", timedelta(seconds=-5)),
        ('"a" + "b"', "ab"),
        ("[1] + [2]", (D(1), D(2))),
        ("1m + 30s", timedelta(seconds=90)),
        ("1m - 30s", timedelta(seconds=30)),
        ("30s * 2", timedelta(minutes=1)),
        ("2 * 30s", timedelta(minutes=1)),
        ("1m / 2", timedelta(seconds=30)),
        ("1m / 20s", D(3)),
        ('date("2026-02-28") + 1d', date(2026, 3, 1)),
        ('date("2026-03-01") - 1d', date(2026, 2, 28)),
        ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
        ('time("23:30") + 1h', time(0, 30)),
        ('time("00:30") - 1h', time(23, 30)),
        ('time("10:00") - time("09:30")', timedelta(minutes=30)),
        ('datetime("2026-11-24T09:00Z") + 1h', datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ('1h + datetime("2026-11-24T09:00Z")', datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ('datetime("2026-11-24T09:00Z") - 1h', datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("now() - call.started", timedelta(minutes=1)),
        ("1 < 2", True),
        ("2 <= 1", False),
        ('"a" > "b"', False),
        ("1s >= 1000ms", True),
        ('date("2026-01-01") < date("2026-01-02")', True),
        ('time("09:00") < time("10:00")', True),
        ('datetime("2026-11-24T09:00+08:00") < datetime("2026-11-24T02:00Z")', True),
        ("1 == 1.0", True),
        ('"a" != "b"', True),
        ("true == false", False),
        ("[1, 2] == [1, 2]", True),
        ("{a: 1} == {a: 1}", True),
        ("{a: 1} != {a: 2}", True),
        ('datetime("2026-11-24T09:00+08:00") == datetime("2026-11-24T01:00Z")', True),
        ("none == none", True),
        ("1 == none", False),
        ("none != 1", True),
        ('"1" == 1', False),
        ("1 in [1, 2]", True),
        ("3 in [1, 2]", False),
        ('"b" in "abc"', True),
        ('"a" in {a: 1}', True),
        ('"b" in {a: 1}', False),
        ("true and false", False),
        ("true and true", True),
        ("false or true", True),
        ("false or false", False),
        ("not true", False),
        ("none ?? 3", D(3)),
        ("2 ?? 3", D(2)),
        ('if 1 < 2 then "yes" else "no"', "yes"),
        ('if 1 > 2 then "yes" else "no"', "no"),
        ("{a: 1}?.a ?? 0 >= 3", False),
        ("[[1], [2]][1][0]", D(2)),
        ('{a: 1}["a"]', D(1)),
        ('{a: 1}["b"]', None),
        ("{a: {b: 2}}.a.b", D(2)),
    ],
)
def test_constants(text: str, result: Any) -> None:
    found = value(text)
    assert found == result
    assert type(found) is type(result)


KNOWN = TypeEnv(
    {
        "n": NUMBER, "t": TEXT, "b": BOOLEAN, "d": DATE, "clock": TIME, "at": DATETIME,
        "mixed": Type("list", item=NUMBER), "lies": Type("list", item=NUMBER),
        "gap": DURATION, "items": Type("list", item=NUMBER), "row": RECORD,
        "maybe": Type("number", optional=True),
    }
)  # fmt: skip
VALUES: dict[str, Any] = {
    "n": D(5), "t": "abc", "b": True, "d": date(2026, 11, 23), "clock": time(9, 0),
    "at": datetime(2026, 11, 23, tzinfo=UTC), "gap": timedelta(seconds=90), "items": (D(1), D(2)),
    "row": {"int": 5, "float": 0.1, "text": "12", "none": None, "flag": 1, "word": "abc",
            "list": [1, 2], "nested": {"a": 1}, "naive": NAIVE,
            "huge": D("9E+999999"), "huger": 10**100, "day": "2026-11-23",
            "gap": timedelta(minutes=2)},
    "maybe": None, "mixed": (D(1), "x"), "lies": object(),
}  # fmt: skip


@pytest.mark.parametrize("env", [KNOWN, TypeEnv(open=True)], ids=["typed", "untyped"])
@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("n + 1", D(6)),
        ("1 + n", D(6)),
        ("n + n", D(10)),
        ("n < 10", True),
        ("n % 3 == 2", True),
        ("-n", D(-5)),
        ("-gap", timedelta(seconds=-90)),
        ('t + "d"', "abcd"),
        ("not b", False),
        ("b and n > 3", True),
        ("b or n > 3", True),
        ("d + 1d", date(2026, 11, 24)),
        ("clock < time(at)", False),
        ("at - 1h < at", True),
        ("gap * 2", timedelta(minutes=3)),
        ("n in items", False),
        ("items[1] + 1", D(3)),
        ('"bc" in t', True),
        ('"int" in row', True),
        ("maybe ?? 7", D(7)),
        ("maybe == none", True),
        ("n != none", True),
        ("row.int + 1", D(6)),
        ("row.float + 1", D("1.1")),
        ("row.text + 1", D(13)),
        ('"a" + row.int', "a5"),
        ('row.text == "12"', True),
        ("row.text == 12", True),
        ("12 == row.text", True),
        ("row.word == 12", False),
        ("row.none == 12", False),
        ("row.none == none", True),
        ('row.int != "5"', False),
        ("row.flag == true", True),
        ("if row.flag then 1 else 2", D(1)),
        ("row.day < date(at)", False),
        ("row.list[0] + 1", D(2)),
        ("row.list == [1, 2]", True),
        ("row.nested.a", D(1)),
        ("row.naive == datetime(d, clock)", True),
        ("row?.missing ?? 1", D(1)),
        ("row.none?.x", None),
        ("-row.text", D(-12)),
        ("-row.gap", timedelta(minutes=-2)),
        ("row.int in [4, 5]", True),
        ("row.text in [11, 12]", True),
        ('row.word in ["abc"]', True),
        ('"b" in row.word', True),
        ('"a" in row.nested', True),
        ("1 in row.list", True),
        ("row.int in row.list", False),
        ("row.word in row.word", True),
        ("row.int + row.text", D(17)),
        ("row.word + row.word", "abcabc"),
        ("row.int * row.gap", timedelta(minutes=10)),
        ("row.gap / 2", timedelta(minutes=1)),
        ("row.gap + 1m", timedelta(minutes=3)),
        ("row.int < row.text", True),
        ("row.int == row.int", True),
        ("row.int == row.text", False),
    ],
)
def test_variables(text: str, result: Any, env: TypeEnv) -> None:
    found = value(text, VALUES, env=env)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("maybe + 1", "type-error", "none + the number 1"),
        ("1 + maybe", "type-error", "the number 1 + none"),
        ("maybe < 1", "type-error", "none"),
        ("-maybe", "type-error", "a number is needed"),
        ("row.word + 1", "type-error", 'a number is needed, but the value is the text "abc"'),
        ("row.none + 1", "type-error", "the value is none"),
        ('"a" + row.list', "type-error", "a list"),
        ("row.nested * 2", "type-error", "a record"),
        ("row.word + 1s", "type-error", "a duration is needed"),
        ("row.none * row.none", "type-error", "none"),
        ("if row.word then 1 else 2", "type-error", "a boolean is needed"),
        ("if maybe then 1 else 2", "type-error", "a boolean is needed"),
        ("not row.none", "type-error", "a boolean is needed"),
        ("1 in row.int", "type-error", "a list is needed"),
        ('"a" in row.int', "type-error", "cannot be looked for"),
        ("row.int in row.none", "type-error", "cannot be looked for"),
        ("row.missing", "unknown-member", "missing"),
        ("row.wrd", "unknown-member", 'did you mean "word"?'),
        ("row.none.x", "type-error", "?.x"),
        ("row.int.x", "type-error", "has no fields"),
        ("row.list[9]", "out-of-range", "item 9 of a list of 2"),
        ("row.list[0 - 1]", "out-of-range", "item -1"),
        ("row.list[0.5]", "bad-value", "whole number"),
        ('row.list["a"]', "type-error", "indexed by a number"),
        ("row[1]", "type-error", "indexed by a text"),
        ("row.int[1]", "type-error", "has no items"),
        ("nn", "unset-variable", 'did you mean "n"?'),
        ("nn + 1", "unset-variable", "nn"),
        ("n / 0", "division-by-zero", "zero"),
        ("(n - 5) / 0", "division-by-zero", "zero"),
        ("n % 0", "division-by-zero", "zero"),
        ("gap / 0", "division-by-zero", "zero"),
        ("gap / 0s", "division-by-zero", "zero"),
        ("d + 1h", "bad-value", "whole days"),
        ('date("9999-12-31") + 1d', "out-of-range", "range"),
        ("at + 9999999d", "out-of-range", "range"),
        ("gap * 10000000000000", "out-of-range", "range"),
        ("n + t", "type-error", "number + text"),
        ("[1] < [2]", "type-error", "cannot be computed"),
        ("-row.word", "type-error", "a number is needed"),
        ("row.huge * row.huge", "too-large", "digits"),
        ("row.huger + 1", "too-large", "digits"),
        ("items + lies", "type-error", "a foreign object"),
        ("sum(lies)", "type-error", "a list is needed"),
        ("sum(items + mixed)", "type-error", "sum(a list) cannot be computed"),
        ("sum([row.huge, row.huge])", "too-large", "digits"),
    ],
)
def test_failures(text: str, name: str, says: str) -> None:
    found = failure(text, VALUES, env=KNOWN)
    assert found.name == name
    assert says in found.text


def test_failure_has_the_place_of_the_failing_part() -> None:
    found = failure("1 + n / 0", {"n": D(1)})
    assert found.place is not None
    assert (found.place.line, found.place.column) == (1, 5)


def test_a_declared_type_is_not_trusted_blindly() -> None:
    """A variable that holds what its declaration does not allow fails instead of misbehaving."""
    assert failure("n + 1", {"n": "5"}, env=KNOWN).name == "type-error"
    assert failure("t + 1", {"t": "5"}, env=KNOWN).name == "type-error"
    assert failure("at + 1s", {"at": None}, env=KNOWN).name == "type-error"
    assert value("b and true", {"b": 1}, env=KNOWN) is True


def test_half_typed_expressions_fail() -> None:
    with pytest.raises(ExpressionFailure, match=r"half-typed: .* n \+"):
        compile_expression(HalfTyped("n +"))(frame())


def test_logic_stops_early() -> None:
    assert value("false and 1 / 0 == 1") is False
    assert value("true or 1 / 0 == 1") is True
    assert value("2 ?? (1 / 0)") == 2
    assert value("if true then 1 else 1 / 0") == 1


def test_moments_are_compared_and_moved_as_they_really_pass() -> None:
    """In the night of 25 October 2026 Berlin has two times 02:30."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    values = {"first": first, "second": second}
    env = TypeEnv({"first": DATETIME, "second": DATETIME})
    assert value("second - first", values, env=env) == timedelta(hours=1)
    assert value("first < second", values, env=env) is True
    assert value("first == second", values, env=env) is False
    assert value("first + 1h == second", values, env=env) is True
    assert value("first + 1d", values, env=env, zone=BERLIN).hour == 1


def test_views() -> None:
    contact = {"level": "gold", "n": 3}
    assert value("contact.level", contact=contact) == "gold"
    assert value("contact.n + 1", contact=contact) == 4
    assert value("contact.missing", contact=contact) is None
    assert value("customer?.level") is None
    assert value("customer.level", customer={"level": 2}) == 2
    assert value("call.caller") == "13800000001"
    assert failure("call.color").name == "unknown-member"
    assert failure("customer.level").name == "type-error"


def test_a_variable_hides_the_view_of_its_name() -> None:
    customer = {"customer": {"name": "Li"}}
    assert value("customer.name", customer) == "Li"
    assert value("customer.name", customer, env=TypeEnv({"customer": RECORD})) == "Li"
    assert (
        value("contact.name", {"contact": {}}, env=TypeEnv(open=True), contact={"name": "x"})
        is None
    )
    declared = TypeEnv({"contact": RECORD})
    assert failure("contact.name", {"contact": {}}, env=declared).name == "unknown-member"


def test_list_type_of_sums() -> None:
    assert value("items + items", {"items": (D(1),)}, env=TypeEnv({"items": LIST})) == (D(1), D(1))

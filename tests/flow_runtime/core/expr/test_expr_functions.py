from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from expr_kit import NOW, failure, typed, value
from flow_runtime.core.expr.functions import FUNCTIONS
from flow_runtime.core.expr.registry import Functions
from flow_runtime.core.expr.signature import read_type, signature
from flow_runtime.core.sound import AudioFile, Silence
from flow_runtime.core.types import LIST, Type

D = Decimal
SPEC = """len text number date time datetime today now add_days weekday format join split slice
upper lower trim replace matches round floor min max sum first last contains starts_with parse_date
phone_e164 phone_region mask digits_only silence file queue agent""".split()
SITE: dict[str, Any] = {
    "files": {"jingle.wav": "/prompts/jingle.wav"}.get,
    "queues": {"repairs": {"waiting": 3, "wait_estimate": timedelta(minutes=2)}},
    "agents": {"1001": {"state": "ready"}},
}


def test_the_functions_of_the_language_are_all_there() -> None:
    assert set(SPEC) | {"duration"} == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_examples(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.signatures
    assert function.help.endswith(".")
    assert function.examples
    for call, result in function.examples:
        assert value(call, **SITE) == value(result), call
        assert re.search(rf"\b{name}\(", call)
        assert typed(call)[1] == []


ROW = {"row": {"n": 5, "text": "12", "list": [3, 1], "none": None, "nested": {"a": 1}, "x": "b"}}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("len(row.text)", D(2)),
        ("len(row.list)", D(2)),
        ("len(row.nested)", D(1)),
        ("len({a: 1})", D(1)),
        ("len(row.n)", D(1)),
        ("max(row.n, 7)", D(7)),
        ("max(row.text, 7)", D(12)),
        ("min(row.list)", D(1)),
        ("min(row.n)", D(5)),
        ("sum(row.list)", D(4)),
        ("first(row.list)", D(3)),
        ("slice(row.list, 1)", (D(1),)),
        ("slice(row.text, 1, 9)", "2"),
        ("contains(row.list, 1)", True),
        ("contains([true], 1 == 1)", True),
        ("contains(row.x, row.x)", True),
        ("contains(row.list, row.n)", False),
        ("upper(row.n)", "5"),
        ("round(row.text, 1)", D(12)),
        ("round(2.345, 2)", D("2.35")),
        ("round(-2.5)", D(-3)),
        ("round(0.4)", D(0)),
        ("text(none ?? 3)", "3"),
        ('text(datetime("2026-11-23T00:30Z"))', "2026-11-23 08:30"),
        ('text(date("2026-11-23"))', "2026-11-23"),
        ('text(time("09:00:30"))', "09:00:30"),
        ("text(-90s)", "-1m30s"),
        ("text(0s)", "0s"),
        ("text(2500ms)", "2s500ms"),
        ("text(0 - 0)", "0"),
        ("number(false)", D(0)),
        ('number(" 12 ")', D(12)),
        ('number("1e3")', D(1000)),
        ("today()", date(2026, 11, 23)),
        ("now()", NOW),
        ("weekday(now())", D(1)),
        ('date(datetime("2026-11-23T20:00Z"))', date(2026, 11, 24)),
        ('date("2026-11-23T20:00Z")', date(2026, 11, 24)),
        ('time(datetime("2026-11-23T20:00Z"))', time(4, 0)),
        ('datetime("2026-11-24 09:00:30")', datetime(2026, 11, 24, 1, 0, 30, tzinfo=UTC)),
        ("add_days(now(), 1)", datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        ('parse_date("2026-11-24", "YYYY-MM-DD")', date(2026, 11, 24)),
        ('parse_date("2026/11/24", "YYYY-MM-DD")', None),
        ('parse_date("202611")', None),
        ('parse_date("202611241")', None),
        ('parse_date("2026112x")', None),
        ('parse_date("１１２４２６", "MMDDYY")', None),
        ('phone_region("12", "CN")', None),
        ('phone_region("0571", {"1": "x"})', None),
        ('phone_e164("not a number", "CN")', None),
        ('phone_e164("13800001234")', None),
        ('phone_e164("138 0000 1234", "cn")', "+8613800001234"),
        ('mask("12345", 2)', "***45"),
        ('mask("12")', "12"),
        ('split("", ",")', ("",)),
        ('join([], ",")', ""),
        ('join([1, "a", true], " ")', "1 a true"),
        ('format(1234.5, "number")', "1234.5"),
        ('format(row.text, "money")', "12.00"),
        ('format(now(), "date")', "23 November 2026"),
        ('matches("a\\nb", r"a.b")', False),
        ('matches("", "")', True),
        ("duration(row.text + row.text) == none or true", None),
    ],
)
def test_calls(text: str, result: Any) -> None:
    if text.startswith("duration"):
        assert failure(text, ROW).name == "type-error"
        return
    found = value(text, ROW)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ('number("abc")', "type-error", 'the text "abc"'),
        ('number("")', "type-error", "number"),
        ("number(none)", "type-error", "none"),
        ("text([1])", "type-error", "a list"),
        ("text(none)", "type-error", "none"),
        ('date("2026-13-01")', "type-error", "2026-13-01"),
        ("date(2026, 13, 1)", "bad-value", "2026-13-1"),
        ("date(2026, 1.5, 1)", "bad-value", "month must be a whole number"),
        ('time("25:00")', "type-error", "25:00"),
        ('datetime("2026-11-31T09:00Z")', "type-error", "datetime is needed"),
        ('datetime("tomorrow")', "type-error", "tomorrow"),
        ('duration("5")', "type-error", "duration"),
        ('duration("5s x")', "type-error", "duration"),
        ('duration("999999999d 1s")', "type-error", "duration"),
        ('duration("999999999d999999999d")', "type-error", "duration"),
        ('split("a", "")', "bad-value", "separator"),
        ('replace("a", "", "b")', "bad-value", "look for"),
        ('matches("a", "(")', "bad-value", "regular expression"),
        ('matches("a", r"(?=a)")', "bad-value", "regular expression"),
        ('slice("abc", 0.5)', "bad-value", "start"),
        ("round(1, 30)", "bad-value", "places"),
        ("min([])", "bad-value", "empty"),
        ("min(row.list, row.nested)", "type-error", "compared"),
        ("max(true, false)", "type-error", "compared"),
        ('format(1, "mony")', "unknown-format", 'did you mean "money"?'),
        ('format(now(), "money")', "type-error", "number"),
        ("silence(0s - 1s)", "bad-value", "between"),
        ("silence(2h)", "bad-value", "between"),
        ('phone_e164("1", "China")', "bad-value", "ISO 3166"),
        ("sum(row.none)", "type-error", "list is needed"),
        ("sum([1, row.x])", "type-error", '"b"'),
        ("upper(row.none)", "type-error", "none"),
        ("len(row.none)", "type-error", "none"),
        ("lenn(1)", "unknown-function", 'did you mean "len"?'),
        ("upper()", "type-error", "upper(value: text) -> text"),
        ("upper(1, 2)", "type-error", "upper(value: text) -> text"),
        ("add_days(today(), 9999999)", "out-of-range", "range"),
        ("max(row.none, row.none)", "type-error", "none"),
    ],
)
def test_failing_calls(text: str, name: str, says: str) -> None:
    found = failure(text, ROW)
    assert found.name == name
    assert says in found.text
    assert found.place is not None


def test_sounds() -> None:
    files = {"x.wav": "/prompts/x.wav"}.get
    assert value('file("x.wav")', files=files) == AudioFile("/prompts/x.wav")
    assert value("silence(300ms)") == Silence(0.3)
    assert failure('file("y.wav")', files=files).name == "unknown-file"
    assert failure('file("x.wav")').name == "unknown-file"


def test_queues_and_agents() -> None:
    queues = {"repairs": {"waiting": 3}}
    assert value('queue("repairs").waiting + 1', queues=queues) == 4
    assert value('agent("1001").state', agents={"1001": {"state": "ready"}}) == "ready"
    unknown = failure('queue("sales").waiting', queues=queues)
    assert (unknown.name, "sales" in unknown.text) == ("unknown-queue", True)
    missing = failure('agent("1001").state')
    assert (missing.name, "no agents are configured" in missing.text) == ("not-configured", True)


def test_days_are_told_in_the_line_s_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert value("today()", now=late, zone=UTC) == date(2026, 11, 23)
    assert value("today()", now=late) == date(2026, 11, 24)
    assert value("time(now())", now=late) == time(7, 30)
    berlin = ZoneInfo("Europe/Berlin")
    eve = datetime(2026, 10, 24, 12, 0, tzinfo=berlin)
    assert value("add_days(now(), 1)", now=eve, zone=berlin).hour == 12
    edge = datetime.max.replace(tzinfo=UTC)
    assert failure("date(x)", {"x": edge}).name == "out-of-range"


def test_signatures() -> None:
    assert read_type("list of text?") == Type("list", item=Type("text", optional=True))
    assert read_type("list") == LIST
    for wrong in ("f(a text) -> text", "f(a: text)", "f(a: txt) -> text"):
        with pytest.raises(ValueError, match="not a|no type"):
            signature(wrong)
    assert signature("f() -> text")[1].match([]) is not None
    assert list(Functions()) == []

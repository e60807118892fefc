"""The rule table splits calls; the first rule that matches decides, and says why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from contact_center.core.rule_reading import read_rules
from contact_center.core.rules import Call, Decision, Rule, Target, check_rules, decide

MONDAY = datetime(2026, 11, 23, 10, 15)  # noqa: DTZ001 - the caller's own clock
TABLE: list[dict[str, Any]] = [
    {"name": "VIP", "levels": ["gold", "platinum"], "queue": "vip", "priority": 50},
    {"name": "my adviser", "callers": "=13800000001", "person": "1001"},
    {"name": "north", "callers": ["0571", "0574"], "called": "95588", "queue": "north"},
    {"name": "paused", "queue": "nobody", "enabled": False},
    {"name": "gas", "attributes": {"line": ["gas"], "urgent": "true"}, "queue": "gas"},
    {"name": "nights", "days": "mon-fri", "hours": ["22:00-06:00"], "queue": "nights"},
    {"name": "weekend", "days": ["sat", "sun"], "queue": "weekend"},
    {"name": "others", "queue": "general"},
]


def rules(records: list[dict[str, Any]] = TABLE) -> list[Rule]:
    found, problems = read_rules(records)
    assert problems == ()
    return found


def decided(
    caller: str = "13912345678",
    called: str = "95588",
    local: datetime = MONDAY,
    level: str | None = None,
    **attributes: Any,
) -> Decision:
    found = decide(rules(), Call(caller, called, local, attributes, level))
    assert found is not None
    return found


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(day=23 + day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("facts", "rule", "why"),
    [
        ({"level": "gold"}, "VIP", "customer level is gold"),
        ({"caller": "13800000001"}, "my adviser", "caller is 13800000001"),
        ({"caller": "138000000012"}, "others", "the rule takes every call"),
        (
            {"caller": "057112345678"},
            "north",
            "caller 057112345678 begins with 0571; called number 95588 begins with 95588",
        ),
        ({"caller": "057112345678", "called": "12345"}, "others", "the rule takes every call"),
        ({"line": "gas", "urgent": True}, "gas", "line is gas; urgent is true"),
        ({"line": "gas"}, "others", "the rule takes every call"),
        ({"local": at(0, 22)}, "nights", "mon 22:00 is in 22:00-06:00"),
        ({"local": at(5, 5, 59)}, "nights", "sat 05:59 is in 22:00-06:00"),
        ({"local": at(5, 6)}, "weekend", "sat 06:00 is in sat, sun"),
        ({"local": at(0, 5)}, "others", "the rule takes every call"),
    ],
)
def test_the_first_rule_that_matches_decides(facts: Mapping[str, Any], rule: str, why: str) -> None:
    found = decided(**facts)
    assert (found.rule, found.why) == (rule, why)


def test_the_rules_passed_over_say_why() -> None:
    found = decided(caller="", line="water")
    assert found.target == Target("queue", "general")
    assert found.priority is None
    assert found.passed_over == (
        ("VIP", "customer level is not known, not gold or platinum"),
        ("my adviser", "caller hidden is none of =13800000001"),
        ("north", "caller hidden is none of 0571, 0574"),
        ("paused", "switched off"),
        ("gas", "line is water, not gas"),
        ("nights", "mon 10:15 is not in 22:00-06:00 on mon, tue, wed, thu, fri"),
        ("weekend", "mon 10:15 is not in sat, sun"),
    )


def test_priority_and_person() -> None:
    assert decided(level="platinum").priority == 50
    assert decided(caller="13800000001").target == Target("person", "1001")


def test_no_rule_no_decision() -> None:
    assert decide(rules()[:2], Call("1", "2", MONDAY)) is None


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"name": "a", "queue": "x", "caller": "1"}, 'did you mean "callers"'),
        ({"name": "a"}, "queue or person, one of them"),
        ({"name": "a", "queue": "x", "person": "1"}, "queue or person, one of them"),
        ({"queue": "x", "priority": "high"}, "priority is a whole number"),
        ({"queue": "x", "priority": True}, "priority is a whole number"),
        ({"queue": "x", "enabled": 1}, "enabled is true or false"),
        ({"queue": "x", "callers": ["0571 8"]}, '"0571 8" is no number'),
        ({"queue": "x", "callers": 571}, "callers is a text or a list of texts"),
        ({"queue": "x", "levels": [""]}, "levels is a text or a list of texts"),
        ({"queue": "x", "days": "mon-fry"}, 'did you mean "fri"'),
        ({"queue": "x", "hours": "9-17"}, 'write "09:00-17:30"'),
        ({"queue": "x", "hours": "09:00-24:30"}, 'write "09:00-17:30"'),
        ({"queue": "x", "hours": "09:00-09:00"}, "is empty"),
        ({"queue": "x", "attributes": ["line"]}, "attributes is a table"),
    ],
)
def test_a_wrong_record_is_told_and_left_out(record: dict[str, Any], said: str) -> None:
    found, problems = read_rules([{"name": "good", "queue": "x"}, record])
    assert [rule.name for rule in found] == ["good"]
    assert said in problems[0].text
    assert problems[0].text.startswith("rule 2")


def test_days_over_the_weekend_and_whole_days() -> None:
    (rule,) = rules([{"name": "r", "queue": "x", "days": "fri-mon", "hours": "00:00-24:00"}])
    assert rule.days == ("mon", "fri", "sat", "sun")
    assert [decide([rule], Call("", "", at(day, 0))) is not None for day in range(7)] == [
        True, False, False, False, True, True, True,
    ]  # fmt: skip
    assert decide([rule], Call("", "", at(1, 0, 30))) is None


def test_unknown_targets_and_names_used_twice() -> None:
    table = rules([{"name": "a", "queue": "repiars"}, {"name": "a", "person": "1O01"}])
    found = check_rules(table, ["repairs", "sales"], ["1001", "1002"])
    assert [(p.code, p.severity) for p in found] == [
        ("unknown-queue", "error"),
        ("unknown-agent", "error"),
        ("twice", "error"),
        ("never-reached", "warning"),
    ]
    assert 'did you mean "repairs"' in found[0].text
    assert 'did you mean "1001"' in found[1].text


@pytest.mark.parametrize(
    ("upper", "lower", "covered"),
    [
        ({}, {"levels": "gold"}, True),
        ({"levels": "gold"}, {}, False),
        ({"levels": ["gold", "iron"]}, {"levels": "gold"}, True),
        ({"callers": "057"}, {"callers": ["0571", "=05722"]}, True),
        ({"callers": "0571"}, {"callers": "057"}, False),
        ({"callers": "=0571"}, {"callers": "0571"}, False),
        ({"hours": "09:00-17:00"}, {"hours": "09:00-17:00"}, True),
        ({"hours": "09:00-17:00"}, {}, False),
        ({"attributes": {"line": "gas"}}, {"attributes": {"line": "gas", "x": "1"}}, True),
        ({"attributes": {"line": "gas"}}, {"attributes": {"x": "1"}}, False),
        ({"enabled": False}, {}, False),
    ],
)
def test_a_rule_that_is_never_reached(
    upper: dict[str, Any], lower: dict[str, Any], covered: bool
) -> None:
    table = rules([{"name": "u", "queue": "q", **upper}, {"name": "l", "queue": "q", **lower}])
    codes = [problem.code for problem in check_rules(table, ["q"], [])]
    assert codes == (["never-reached"] if covered else [])

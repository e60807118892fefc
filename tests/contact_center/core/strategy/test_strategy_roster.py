"""Static checks of a strategy against a roster."""

from typing import Any

import pytest

from contact_center.core.strategy.problems import Problem
from contact_center.core.strategy.roster import RosterAgent, check_roster, skill_kinds
from contact_center.core.strategy.strategy import compile_strategy
from routing_kit import FLOW

ROSTER = [
    RosterAgent("1001", {"repairs": 80, "billing": 70, "language": "en"}),
    RosterAgent("1002", {"repairs": 50, "billing": 40, "language": "zh-CN"}),
    RosterAgent("1003", {"repairs": 20, "language": "zh-CN"}, reserve=True),
    RosterAgent("1004", {"repairs": 20, "language": "fr"}, reserve=True),
]
CLASSES: dict[str, Any] = {
    "English callers": {"call": {"language": "en"}},
    "Chinese callers": {"call": {"language": "zh-CN"}},
}
RESERVE = "reserve when wait_estimate > 90s until < 40s"


def found(
    text: str, classes: dict[str, Any] = CLASSES, roster: list[RosterAgent] = ROSTER
) -> tuple[Problem, ...]:
    strategy = compile_strategy(text, FLOW, skills=skill_kinds(ROSTER))
    return check_roster(strategy, roster, classes)


def test_a_strategy_that_serves_everybody_has_no_problems() -> None:
    text = f"""prefer skill.billing >= 60 for 20s then >= 30 for 30s then any
require skill.language == call.language or skill.repairs >= 50
{RESERVE}"""
    assert found(text) == ()


def test_the_skills_of_the_roster() -> None:
    assert skill_kinds(ROSTER) == {"repairs": "level", "billing": "level", "language": "word"}


def test_a_queue_without_agents() -> None:
    assert [p.code for p in found("order by talk", roster=[])] == ["no-agents"]


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        f"require skill.language == call.language\n{RESERVE}",
        {"Spanish callers": {"call": {"language": "es"}}, **CLASSES},
        "starvation",
        'no agent can ever serve Spanish callers: nobody has skill.language == "es"',
    ),
    (
        f"require skill.language == call.language\n{RESERVE}",
        {"French callers": {"call": {"language": "fr"}}, **CLASSES},
        "only-reserve",
        "only reserve agents can serve French callers, and the reserve joins only at peaks",
    ),
    (
        f"prefer skill.billing >= 90 for 20s then any\n{RESERVE}",
        CLASSES,
        "nobody-at-first",
        "for the first 20 s nobody can be offered English callers",
    ),
    (
        f"prefer skill.billing >= 60 for 20s then >= 50 for 5s then any\n{RESERVE}",
        CLASSES,
        "unreachable-ring",
        "the step that begins after 20 s adds none of the agents",
    ),
    (
        f"owner wait 10s\n{RESERVE}",
        {"owned": {"customer": {"owner": "10O1"}}},
        "unknown-agent",
        'wait 10 s for 10O1, who is no agent of this queue (did you mean "1001"?)',
    ),
    (
        "reserve when wait_estimate > 90s until < 46s",
        CLASSES,
        "reserve-oscillates",
        "2 agents beside 2 bring a wait of 90s down to some 45 s at once",
    ),
    ("order by talk", CLASSES, "no-reserve", "2 reserve agents never join"),
]


@pytest.mark.parametrize(("text", "classes", "code", "said"), CASES)
def test_a_strategy_that_does_not_fit_the_roster(
    text: str, classes: dict[str, Any], code: str, said: str
) -> None:
    problems = found(text, classes)
    assert code in [problem.code for problem in problems]
    assert said in next(problem.text for problem in problems if problem.code == code)


def test_an_unreachable_step_is_shown_where_it_stands() -> None:
    text = f"{RESERVE}\nprefer skill.billing >= 60 for 20s then >= 50 for 5s then any"
    place = next(p.place for p in found(text) if p.code == "unreachable-ring")
    assert (place.line, place.column) == (2, 41)


def test_reserve_agents_alone_without_a_reserve_is_an_error() -> None:
    problems = found("require skill.language == call.language", {"x": {"call": {"language": "fr"}}})
    assert [(p.code, p.severity) for p in problems] == [
        ("only-reserve", "error"),
        ("no-reserve", "warning"),
    ]


def test_a_reserve_of_nobody() -> None:
    assert [p.code for p in found(RESERVE, roster=ROSTER[:2])] == ["no-reserve"]


def test_a_reserve_that_comes_to_rest_is_no_problem() -> None:
    assert found("reserve when wait_estimate > 90s until < 45s") == ()

"""Shared by the tests of routing strategies: compiled texts, facts, and drawn scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from contact_center.core.strategy.expressions import SkillKinds
from contact_center.core.strategy.model import (
    Agent,
    Asked,
    LastAgent,
    Line,
    Order,
    OrderTerm,
    Owner,
    Prefer,
    Require,
    ReserveWhen,
    RingAll,
    Script,
    Statement,
    Step,
    Wanted,
)
from contact_center.core.strategy.plan import Plan
from contact_center.core.strategy.strategy import Strategy, compile_strategy, find_problems
from contact_center.core.strategy.terms import TERMS
from cordboard.strategies.expressions import FlowExpressions

FLOW = FlowExpressions()
SKILLS: SkillKinds = {"billing": "level", "english": "level", "zh-CN": "level", "language": "word"}


def compiled(text: str, name: str = "") -> Strategy:
    return compile_strategy(text, FLOW, name=name, skills=SKILLS)


def plan(text: str, **facts: Any) -> Plan:
    return compiled(text).bind(facts)


def codes(text: str, skills: SkillKinds | None = SKILLS) -> list[str]:
    return [problem.code for problem in find_problems(text, FLOW, skills)]


def wanted(text: str) -> Wanted:
    condition, problems = FLOW.condition(text, 1, 1, None)
    assert condition is not None, problems
    return Wanted(condition.text, condition)


def asked(text: str) -> Asked:
    value, problems = FLOW.value(text, 1, 1)
    assert value is not None, problems
    return Asked(value.text, value)


def numbers(plan: Plan, agents: Mapping[str, Mapping[str, int | str]]) -> dict[float, set[str]]:
    """For each moment at which the circle widens, the agents that fit."""
    return {
        ring.after: {n for n, s in agents.items() if ring.wanted is None or ring.wanted.fits(s)}
        for ring in plan.rings
    }


_CONDITIONS = st.sampled_from(
    [
        wanted(text)
        for text in (
            "skill.billing >= 60",
            "skill.billing >= 30",
            "skill.billing > 1.5",
            "skill.language == call.language",
            "level >= 50",
            'skill["zh-CN"] >= 20 and not skill.trainee >= 1',
            '(if customer?.level == "gold" then 80 else 40) <= skill.billing',
            "skill.any >= 1 or skill.for < 3",
            'skill.language in ["en", "zh # no comment; none"]',
            "skill[call.language] != 0",
            "(skill.a > 1) == (skill.b > 1)",
        )
    ]
)
_VALUES = st.sampled_from([asked("contact.adviser"), asked("call.language"), asked('"10" + "1"')])
_TIMES = st.builds(
    lambda n, unit: timedelta(milliseconds=n * unit),
    st.integers(0, 365),
    st.sampled_from([1, 1000, 60_000, 3_600_000, 86_400_000]),
)
_SKILL_NAMES = st.sampled_from(["billing", "zh-CN", "any", "客服", "a b"])
_TERMS = st.one_of(
    st.builds(OrderTerm, st.sampled_from(sorted(TERMS.values())), st.booleans()),
    st.builds(OrderTerm, st.just("skill"), st.booleans(), st.none() | _SKILL_NAMES | _VALUES),
)
_STATEMENTS: st.SearchStrategy[Statement] = st.one_of(
    st.builds(Require, _CONDITIONS),
    st.builds(
        Prefer,
        st.lists(
            st.builds(Step, st.none() | _CONDITIONS, st.none() | _TIMES), min_size=1, max_size=4
        ).map(tuple),
    ),
    st.builds(Order, st.lists(_TERMS, min_size=1, max_size=3).map(tuple)),
    st.builds(LastAgent, _TIMES, _TIMES),
    st.builds(Owner, _TIMES),
    st.builds(Agent, _VALUES, _TIMES),
    st.just(RingAll()),
    st.builds(ReserveWhen, _TIMES, _TIMES),
)
_COMMENT = st.sampled_from(["", "first the owner", "# twice", "a; b", 'says "x', "(open", "其他"])
_COMMENTS = st.lists(_COMMENT, max_size=2).map(tuple)
SCRIPTS = st.builds(
    Script,
    st.lists(st.builds(Line, _STATEMENTS, _COMMENTS, st.none() | _COMMENT), max_size=5).map(tuple),
    _COMMENTS,
)

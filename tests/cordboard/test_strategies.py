"""Conditions on agents in the flow language: quick tests and the language agree."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.core.strategy.expressions import Bound
from cordboard.strategies.direct import direct_test
from cordboard.strategies.expressions import FlowExpressions
from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.frame import Frame
from flow_runtime.core.syntax.parser import parse_expression
from flow_runtime.core.types import BOOLEAN, RECORD

FACTS: dict[str, Any] = {
    "call": {"language": "zh-CN", "caller": "30", "started": datetime(2026, 11, 27, tzinfo=UTC)},
    "contact": {"wanted": 30, "word": "zh-CN", "gold": True},
    "customer": None,
    "queue": {"name": "repairs"},
}
NAMES = ("billing", "language", "zh-CN", "repairs")

_SKILL = st.sampled_from(
    ["skill.billing", "skill.language", 'skill["zh-CN"]', "skill[call.language]", "skill.repairs"]
)
_VALUE = st.sampled_from(
    ["0", "30", "30.5", '"30"', '"zh-CN"', '"0"', "call.language", "call.caller", "contact.wanted"]
    + ["contact.word", "contact.nothing", "customer.level", "skill.billing", "true"]
)
_SIGN = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_SIMPLE = st.one_of(
    st.builds("{} {} {}".format, _SKILL, _SIGN, _VALUE),
    st.builds("{} {} {}".format, _VALUE, _SIGN, _SKILL),
    st.builds("{} in {}".format, _SKILL, st.sampled_from(['["en", "zh-CN", "30"]', "[30, 0]"])),
    st.sampled_from(["contact.gold", "customer != none", "len(call.caller) > 1", "true"]),
)
_CONDITION = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("({}) == ({})".format, inner, inner),
    ),
    max_leaves=4,
)
_SKILLS = st.dictionaries(
    st.sampled_from(NAMES), st.integers(0, 100) | st.sampled_from(["30", "zh-CN", "en", ""])
)


def as_the_language_says(text: str, skills: dict[str, int | str]) -> bool:
    """The whole condition at once, with all names there are."""
    own = {n: v if isinstance(v, str) else Decimal(v) for n, v in skills.items()}
    variables = {"skill": {**dict.fromkeys(NAMES, Decimal(0)), **own}, "queue": FACTS["queue"]}
    frame = Frame(
        now=datetime(2000, 1, 1, tzinfo=UTC),
        variables=variables,
        **{name: FACTS[name] for name in ("call", "contact", "customer")},
    )
    env = TypeEnv({"skill": RECORD, "queue": RECORD})
    try:
        return bool(compile_expression(parse_expression(text), BOOLEAN, env)(frame))
    except ExpressionFailure:
        return False


def bound(text: str) -> Bound | None:
    condition, _ = FlowExpressions().condition(text, 1, 1, None)
    return None if condition is None else condition.bind(FACTS)


@settings(max_examples=300, deadline=None)
@given(_CONDITION, _SKILLS)
def test_a_bound_condition_holds_when_the_language_says_so(
    text: str, skills: dict[str, int | str]
) -> None:
    found = bound(text)
    if found is not None:
        assert found.holds(skills) is as_the_language_says(text, skills)


@pytest.mark.parametrize(
    "text",
    [
        "skill.billing >= 60",
        "60 <= skill.billing",
        "skill.language == call.language and not skill.repairs < 3",
        'skill.language in ["en", "zh"]',
        "contact.gold or skill.billing != contact.wanted",
    ],
)
def test_what_strategies_mostly_ask_is_tested_by_python_alone(text: str) -> None:
    found = bound(text)
    assert found is not None
    assert direct_test(parse_expression(found.text)) is not None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("skill.billing >= contact.wanted", "skill.billing >= 30"),
        ("skill[call.language] >= 30", 'skill["zh-CN"] >= 30'),
        ("level >= 30", "skill.repairs >= 30"),
        ("skill.language == contact.word", 'skill.language == "zh-CN"'),
        ("skill.x > number(contact.nothing)", "skill.x > unknown"),
        ("contact.gold", "true"),
        ("customer == none or skill.x > 1", "true or skill.x > 1"),
        ("len(call.caller) > skill.x", "2 > skill.x"),
        ("weekday(call.started) == skill.day", "5 == skill.day"),
    ],
)
def test_a_person_reads_the_contacts_values(text: str, shown: str) -> None:
    found = bound(text)
    assert found is not None
    assert found.text == shown


def test_values_of_different_kinds_are_different_keys() -> None:
    condition, _ = FlowExpressions().condition("skill.x == contact.wanted", 1, 1, None)
    assert condition is not None
    keys = [
        condition.bind({"contact": {"wanted": wanted}}).key
        for wanted in (1, True, "1", Decimal("1"), (1,), {"a": 1}, None)
    ]
    assert keys[0] == keys[3]
    assert len(set(keys)) == len(keys) - 1


@pytest.mark.parametrize("function", ["now", "today", 'queue("a").waiting', 'agent("a").state'])
def test_what_changes_while_waiting_is_refused(function: str) -> None:
    call = function if "(" in function else f"{function}()"
    condition, problems = FlowExpressions().condition(f"{call} == {call}", 1, 1, None)
    assert condition is None
    assert "changing" in [problem.code for problem in problems]


def test_problems_stand_where_the_text_does() -> None:
    _, problems = FlowExpressions().condition("skill.x >= nam", 7, 11, None)
    assert [(p.place.line, p.place.column) for p in problems] == [(7, 22)]
    _, problems = FlowExpressions().value("contact.x +", 7, 11)
    assert [(p.place.line, p.severity) for p in problems] == [(7, "error")]


def test_a_value_of_the_contact() -> None:
    value, problems = FlowExpressions().value('contact.word + "!"', 1, 1)
    assert value is not None and not problems
    assert value.of(FACTS) == "zh-CN!"
    assert value.of({}) is None
    agents, problems = FlowExpressions().value("skill.x", 1, 1)
    assert agents is None and [p.code for p in problems] == ["unknown-name"]


def test_a_customer_who_may_be_missing_is_a_warning() -> None:
    condition, problems = FlowExpressions().condition("skill.x > 1 and customer.a == 1", 1, 1, None)
    assert condition is not None
    assert [(p.code, p.severity) for p in problems] == [("possible-none", "warning")]


def test_facts_of_any_kind_never_raise() -> None:
    condition, _ = FlowExpressions().condition("skill.x == contact.wanted", 1, 1, None)
    assert condition is not None
    for wanted in (object(), Decimal("1e90"), [1, [2]], {"a": object()}, b"x", "y" * 200_000):
        found = condition.bind({"contact": {"wanted": wanted}, "call": 5, "customer": "Li"})
        assert found.text
        assert found.holds({"x": 1}) is False

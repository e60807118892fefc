"""Plans come back from plain data as they were."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.core.state import Plans
from contact_center.core.strategy.model import Script
from contact_center.core.strategy.plan import Plan, Ring
from contact_center.core.strategy.plan_data import PlanData
from contact_center.core.strategy.strategy import Strategy, StrategyError
from cordboard.plain_values import UNKNOWN, from_plain, to_plain
from routing_kit import FLOW, SCRIPTS, plan

FACTS: dict[str, Any] = {
    "call": {"language": "zh-CN", "started": datetime(2026, 11, 27, 9, tzinfo=UTC)},
    "contact": {"adviser": "1001", "last_agent": "1002", "last_agent_ago": 5},
    "customer": {"level": "gold", "owner": "1003"},
    "queue": {"name": "repairs"},
}
AGENTS: list[dict[str, int | str]] = [
    {},
    {"billing": 70, "language": "zh-CN", "repairs": 50},
    {"billing": 30, "zh-CN": 80, "trainee": 1},
    {"language": "en", "any": 1, "a": 2},
]
PLANS: Plans = PlanData(FLOW)


def came_back(plan: Plan) -> Plan:
    return PlanData(FLOW).decode(json.loads(json.dumps(PLANS.encode(plan))))


@settings(max_examples=150, deadline=None)
@given(SCRIPTS, st.sampled_from([FACTS, {}, {"call": {"language": "en"}, "customer": {}}]))
def test_any_plan_comes_back(script: Script, facts: dict[str, Any]) -> None:
    before = Strategy("nights", script).bind(facts)
    after = came_back(before)
    assert after == before
    assert hash(after) == hash(before)
    for ring, again in zip(before.rings, after.rings, strict=True):
        if ring.wanted is not None:
            assert again.wanted is not None and again.wanted.text == ring.wanted.text
            for skills in AGENTS:
                assert again.wanted.fits(skills) is ring.wanted.fits(skills)


def test_values_of_every_kind_come_back() -> None:
    text = "require skill.billing == weekday(call.started) or call.started == contact.then"
    before = plan(text, **{**FACTS, "contact": {"then": datetime(2026, 11, 27, 9, tzinfo=UTC)}})
    assert came_back(before) == before


@pytest.mark.parametrize(
    "value",
    [
        None, True, "text", Decimal("12.50"), Decimal("-0"), date(2026, 11, 27), time(9, 30),
        datetime(2026, 11, 27, 9, tzinfo=UTC), timedelta(days=-1, microseconds=3),
        (Decimal(1), ("a", None)), {"a": {"number": "1"}, "list": ()}, {}, UNKNOWN,
    ],
)  # fmt: skip
def test_a_value_comes_back(value: Any) -> None:
    again = from_plain(json.loads(json.dumps(to_plain(value))))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("data", [12, 1.5, {"number": 12}, {"odd": "1"}, [1]])
def test_what_was_never_written_is_unknown(data: Any) -> None:
    assert from_plain(data) is UNKNOWN


def test_a_condition_that_is_none_any_more_is_told() -> None:
    data = PLANS.encode(plan("require skill.billing > 3"))
    data["rings"][0][1][0][0][0] = "skil.billing > 3"
    with pytest.raises(StrategyError, match='did you mean "skill"'):
        PLANS.decode(data)


def test_a_requirement_of_others_is_refused() -> None:
    class Tall:
        text = "tall"

        def fits(self, skills: object) -> bool:
            return True

    with pytest.raises(StrategyError, match="tall"):
        PLANS.encode(Plan("x", (Ring(0.0, Tall()),), ()))

"""The live rule table leads callers elsewhere than their flow does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from contact_center.core.rule_reading import read_rules
from contact_center.core.rules import Decision
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_bench import START
from flow_runtime.switchboard.rules import RuleTable
from queue_kit import Centre, flow, run

NORTH = AgentSettings("1001", queues={"repairs": 50}, ready=True)
SOUTH = AgentSettings("1002", queues={"sales": 50, "repairs": 10}, ready=True)
SALES = QueueSettings("sales")
STRATEGY = 'strategy = "highest skill"'


def table(version: int, *records: dict[str, object], after: float = 0.0) -> RuleTable:
    rules, problems = read_rules(records)
    assert not problems
    return RuleTable(version, START.timestamp() + after, rules)


async def rung(centre: Centre, caller: str = "13800000001") -> str:
    """Whose telephone rings first for a caller, who then gives up."""
    far = centre.call(caller)
    await asyncio.sleep(1)
    first = centre.world.line.dialled[-1].number
    far.hang_up()
    await asyncio.sleep(6)
    return first


def play(tables: Sequence[RuleTable], scenario, *lines: str) -> None:
    async def main(centre: Centre) -> None:
        centre.board.rules.tables = tables
        await scenario(centre)

    run(flow(STRATEGY, *lines), main, agents=(NORTH, SOUTH), more=(SALES,))


def test_calls_are_split_by_number_and_the_decision_is_told() -> None:
    told: list[tuple[str, Decision, int]] = []

    async def scenario(centre: Centre) -> None:
        centre.board.rules.told = lambda *what: told.append(what)
        assert await rung(centre, "0571222") == "1002"
        assert await rung(centre, "0572222") == "1001"
        ((_, decision, version),) = told
        assert (decision.rule, version) == ("south", 3)
        assert decision.why == "queue is repairs; caller 0571222 begins with 0571"
        assert decision.passed_over == (("off", "switched off"),)
        (event,) = centre.world.events("rule")
        assert (event["rule"], event["target"], event["why"]) == ("south", "sales", decision.why)
        assert [e["queue"] for e in centre.world.events("queued")] == ["sales", "repairs"]

    off = {"name": "off", "queue": "repairs", "enabled": False}
    south = {"name": "south", "queue": "sales", "callers": ["0571"], "entered": ["repairs"]}
    play([table(3, off, south)], scenario)


def test_a_person_is_waited_for_and_then_the_queue_of_the_flow_goes_on() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        await asyncio.sleep(1)
        assert centre.world.line.dialled[-1].number == "1002"
        centre.world.line.dialled[-1].decline("no_answer", 480)
        await asyncio.sleep(1)
        assert centre.world.line.dialled[-1].number == "1001"
        caller.hang_up()

    play([table(1, {"person": "1002"})], scenario)


def test_priority_goes_before_others() -> None:
    async def scenario(centre: Centre) -> None:
        busy = centre.call("1")
        (await centre.rings("1001")).answer()
        plain, vip = centre.call("2"), centre.call("13900000002")
        await asyncio.sleep(1)
        busy.hang_up()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(1)
        agents = centre.journal.engine.agents["1001"]
        assert agents.contact is not None and agents.contact.number == "13900000002"
        plain.hang_up()
        vip.hang_up()

    vip = {"queue": "repairs", "callers": ["139"], "priority": 50}
    run(flow(STRATEGY), _with([table(1, vip)], scenario), agents=(NORTH,))


def _with(tables: Sequence[RuleTable], scenario):
    async def main(centre: Centre) -> None:
        centre.board.rules.tables = tables
        await scenario(centre)

    return main


def test_a_version_holds_from_its_time_on() -> None:
    async def scenario(centre: Centre) -> None:
        assert await rung(centre) == "1001"
        await asyncio.sleep(3600)
        assert await rung(centre) == "1002"

    play([table(2, {"queue": "sales"}, after=3000.0), table(1)], scenario)


def test_a_rule_for_a_queue_that_is_gone_leads_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(centre: Centre) -> None:
        assert await rung(centre) == "1001"
        assert not centre.world.events("error")

    play([table(1, {"name": "old", "queue": "closed down"})], scenario)
    assert "rule old leads to the queue closed down, which is gone; change the rule" in caplog.text

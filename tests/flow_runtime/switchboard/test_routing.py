"""Who is rung: strategies, skills, a preferred agent, opening hours, days; and what flows read."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contact_center.core.strategy.strategy import StrategyError
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_runtime.core.calendar import Calendar
from queue_kit import Centre, flow, run

ENGLISH = AgentSettings(
    "1001", queues={"repairs": 50}, skills={"english": 80, "place": "north"}, ready=True
)
CHINESE = AgentSettings(
    "1002", queues={"repairs": 90}, skills={"chinese": 80, "place": "south"}, ready=True
)


async def rung(centre: Centre) -> str:
    """Whose telephone rings first for a caller, who then gives up."""
    caller = centre.call()
    await asyncio.sleep(1)
    first = centre.world.line.dialled[-1].number
    caller.hang_up()
    return first


@pytest.mark.parametrize(
    ("line", "agent"),
    [
        ("skills = {english: 60}", "1001"),
        ("skills = {chinese: 60}", "1002"),
        ('skills = {place: "north"}', "1001"),
        ('skills = {place: "south", chinese: 80}', "1002"),
        ('strategy = "highest skill"', "1002"),
        ('strategy = "lowest sufficient skill"', "1001"),
        ('strategy = "order by skill.english desc"', "1001"),
        ('strategy = "order by level"', "1001"),
        ('preferred_agent = "1002"', "1002"),
        ('preferred_agent = "1001"', "1001"),
    ],
)
def test_who_is_rung(line: str, agent: str) -> None:
    async def scenario(centre: Centre) -> None:
        assert await rung(centre) == agent

    run(flow(line), scenario, agents=(ENGLISH, CHINESE))


def test_nobody_has_the_skill() -> None:
    async def scenario(centre: Centre) -> None:
        centre.call()
        await centre.world.ended()
        assert centre.world.left_by["wait"] == "timeout"
        assert not centre.world.line.dialled

    run(flow("skills = {english: 81}", "max_wait = 30s"), scenario, agents=(ENGLISH, CHINESE))


@pytest.mark.parametrize(
    ("line", "name", "says"),
    [
        ('strategy = "longest idel"', "bad-strategy", "longest idle"),
        ('strategy = "order by nothing"', "bad-strategy", "nothing"),
        ("skills = {english: true}", "bad-value", "skill english has to be a level or a word"),
    ],
)
def test_what_cannot_be_meant(line: str, name: str, says: str) -> None:
    async def scenario(centre: Centre) -> None:
        centre.call()
        await centre.world.ended()
        (error,) = centre.world.events("error")
        assert error["name"] == name and says in error["text"]

    run(flow(line), scenario)


def test_a_wrong_strategy_of_a_queue_is_found_before_any_call() -> None:
    async def scenario(centre: Centre) -> None:
        raise AssertionError("it did not even begin")

    with pytest.raises(StrategyError, match="longest idle"):
        run(flow(), scenario, queue=QueueSettings("repairs", strategy="longest idel"))


def test_a_preferred_agent_is_waited_for_fifteen_seconds() -> None:
    async def scenario(centre: Centre) -> None:
        first = centre.call("1")
        (await centre.rings("1001")).answer()
        second = centre.call("2")
        began = centre.world.time
        await centre.rings("1002")
        assert centre.world.time - began == pytest.approx(15, abs=0.05)
        for far in (first, second):
            far.hang_up()

    run(flow('preferred_agent = "1001"'), scenario, agents=("1001", "1002"))


def test_the_last_agent_of_a_caller_is_known() -> None:
    async def scenario(centre: Centre) -> None:
        for agent in ("1002", "1002"):
            caller = centre.call()
            phone = await centre.rings(agent)
            phone.answer()
            await asyncio.sleep(60)
            caller.hang_up()
            await phone.over.wait()

    strategy = "order by level desc; last_agent within 1h wait 15s"
    agents = (ENGLISH, AgentSettings("1002", queues={"repairs": 60}, ready=True))
    run(flow(), scenario, agents=agents, queue=QueueSettings("repairs", strategy=strategy))


def test_a_closed_queue_and_one_that_closes_while_callers_wait() -> None:
    hours = Calendar.from_settings("office", {"zone": "UTC", "mon-sun": "09:00-10:01"})

    async def scenario(centre: Centre) -> None:
        early = centre.call("1")
        await asyncio.sleep(61)
        late = centre.call("2")
        await centre.world.ended(1)
        assert centre.world.left_by["wait"] == "closed"
        assert late.transcript.endswith("Nobody is free")
        assert centre.figures()["waiting"] == 1, "who waits, stays"
        early.hang_up()

    queue = QueueSettings("repairs", calendar="office")
    run(flow(), scenario, queue=queue, agents=(), calendars={"office": hours})


def test_totals_begin_anew_at_local_midnight() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    start = datetime(2026, 11, 23, 15, 59, tzinfo=UTC).astimezone(zone)

    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(30)
        engine = centre.journal.engine
        assert (engine.day, engine.agents["1001"].answered) == ("2026-11-23", 1)
        await asyncio.sleep(31)
        assert (engine.day, engine.agents["1001"].answered) == ("2026-11-24", 0)
        caller.hang_up()

    run(flow(), scenario, start=start)


AGENT = """
flow hotline "Hotline"
schema 1
start -> ask
node ask: agent
  who = "1001"
  wait = 15s
  after_agent -> bye
  unavailable -> away
node away: say
  text = "Agent 1001 is {agent("1001").state}"
  next -> bye
node bye: hangup
"""


def test_the_agent_node() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        await asyncio.sleep(5)
        phone.answer()
        await asyncio.sleep(5)
        phone.hang_up()
        await centre.world.ended()
        assert centre.world.left_by["ask"] == "after_agent"
        assert caller.transcript == "(ring-back tone)"
        assert centre.world.variable("contact.agent") == "1001"

    run(AGENT, scenario)


def test_an_agent_who_is_busy_is_waited_for() -> None:
    async def scenario(centre: Centre) -> None:
        first, second = centre.call("1"), centre.call("2")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(10)
        phone.hang_up()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(1)
        assert second.hears == ["1001"] and first.over.is_set()
        third = centre.call("3")
        await centre.world.ended(2)
        assert centre.world.left_by["ask"] == "unavailable"
        assert third.transcript.endswith("Agent 1001 is talking")
        second.hang_up()

    run(AGENT, scenario)


@pytest.mark.parametrize(
    "agent",
    [AgentSettings("1001"), AgentSettings("1002", ready=True)],
    ids=["signed out", "unknown"],
)
def test_an_agent_who_is_not_there(agent: AgentSettings) -> None:
    text = AGENT.replace('{agent("1001").state}', "away")

    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        await centre.world.ended()
        assert centre.world.left_by["ask"] == "unavailable"
        assert centre.world.time < 2 and caller.transcript.endswith("Agent 1001 is away")

    run(text, scenario, agents=(agent,))


INFO = """
flow hotline "Hotline"
schema 1
start -> look
node look: queue_info
  queue = "repairs"
  into = now
  next -> tell
node tell: say
  text = [
    "{now.waiting} wait, the first for {now.longest}, ",
    "{now.agents_ready} free, {queue("repairs").wait_estimate}",
  ]
  next -> wait
node wait: queue
  queue = "repairs"
  announce = "off"
  timeout -> bye
  full -> bye
  closed -> bye
node bye: hangup
"""


@pytest.mark.parametrize(
    ("agents", "first", "third"),
    [
        (("1001", "1002"), "0 wait, the first for 0 seconds, 2 free, 0 seconds", None),
        ((), "0 wait, the first for 0 seconds, 0 free, 3 minutes",
         "2 wait, the first for 1 minute 57 seconds, 0 free, 9 minutes"),
    ],
    ids=["agents are free", "nobody works"],
)  # fmt: skip
def test_figures(agents: tuple[str, ...], first: str, third: str | None) -> None:
    async def scenario(centre: Centre) -> None:
        callers = []
        for number in ("1", "2", "3"):
            callers.append(centre.call(number))
            await asyncio.sleep(60)
        assert callers[0].transcript.startswith(first)
        assert third is None or callers[2].transcript.startswith(third)
        for caller in callers:
            caller.hang_up()

    run(INFO, scenario, agents=agents)

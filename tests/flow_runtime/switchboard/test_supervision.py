"""Supervisors listen, whisper, barge and intercept: who hears whom, and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from agent_phone_kit import AgentPhones
from contact_center.core import events as ev
from contact_center.store.settings import AgentSettings
from flow_runtime.switchboard.desk import Refused
from queue_kit import Centre, flow, run
from telephony.core.hearing import TapMode
from telephony.simulated import FarEnd

WITH = {"repairs": 50}
AGENT = AgentSettings("1001", queues=WITH, ready=True)
OTHER = AgentSettings("1002", queues=WITH, ready=True)
BOSS = AgentSettings("boss", queues={}, supervisor=True)
SECOND = AgentSettings("second", queues={}, supervisor=True)

Scenario = Callable[[Centre], Coroutine[Any, Any, None]]


def at(scenario: Scenario, *agents: AgentSettings) -> None:
    run(flow(), scenario, agents=agents or (AGENT, BOSS))


async def talking(centre: Centre, agent: str = "1001") -> tuple[FarEnd, FarEnd]:
    """A caller and the agent's telephone, who talk."""
    caller = centre.call()
    phone = await centre.rings(agent)
    phone.answer()
    await asyncio.sleep(1)
    return caller, phone


async def listening(
    centre: Centre, mode: TapMode, supervisor: str = "boss", agent: str = "1001"
) -> FarEnd:
    """The supervisor's telephone, which has been rung and listens."""
    begun = asyncio.create_task(centre.board.supervision.listen(supervisor, agent, mode))
    phone = await centre.rings(supervisor)
    assert phone.shown.auto_answer
    phone.answer()
    await begun
    await asyncio.sleep(0.1)
    return phone


def noted(centre: Centre) -> list[tuple[str, str, str]]:
    """What is for the audit log from now on: of whom, what and by whom."""
    found: list[tuple[str, str, str]] = []

    def note(event: ev.Event, actions: object, now: float) -> None:
        if isinstance(event, ev.Supervised):
            found.append((event.agent, event.what, event.by))
        elif isinstance(event, ev.Intercept):
            found.append((event.agent, event.to, event.by))

    centre.board.observe(note)
    return found


@pytest.mark.parametrize(
    ("mode", "agent", "customer"),
    [
        ("monitor", ["13800000001"], ["1001"]),
        ("whisper", ["13800000001", "boss"], ["1001"]),
        ("barge", ["13800000001", "boss"], ["1001", "boss"]),
    ],
)
def test_who_hears_whom(mode: TapMode, agent: list[str], customer: list[str]) -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        boss = await listening(centre, mode)
        assert boss.hears == ["1001", "13800000001"]
        assert sorted(phone.hears) == sorted(agent) and sorted(caller.hears) == sorted(customer)
        assert centre.board.supervision.status() == {"boss": {"agent": "1001", "mode": mode}}
        boss.hang_up()
        await asyncio.sleep(0.1)
        assert phone.hears == ["13800000001"] and caller.hears == ["1001"]
        assert not centre.board.supervision.status()
        caller.hang_up()

    at(scenario)


def test_the_mode_changes_without_ringing_by_word_and_by_key() -> None:
    async def scenario(centre: Centre) -> None:
        notes = noted(centre)
        caller, phone = await talking(centre)
        boss = await listening(centre, "monitor")
        await centre.board.supervision.listen("boss", "1001", "whisper")
        await asyncio.sleep(0.1)
        assert phone.hears == ["13800000001", "boss"] and caller.hears == ["1001"]
        for key, heard in (("6", ["1001", "boss"]), ("4", ["1001"]), ("9", ["1001"])):
            boss.press(key)
            await asyncio.sleep(0.1)
            assert caller.hears == heard
        assert centre.idle("boss"), "the telephone has rung once"
        centre.board.supervision.leave("boss")
        await boss.over.wait()
        assert notes == [
            ("1001", "monitor", "boss"),
            ("1001", "whisper", "boss"),
            ("1001", "barge", "boss"),
            ("1001", "monitor", "boss"),
            ("1001", "stopped listening", "boss"),
        ]
        caller.hang_up()

    at(scenario)


def test_the_next_call_of_the_agent_is_heard_too() -> None:
    async def scenario(centre: Centre) -> None:
        boss = await listening(centre, "monitor")
        assert boss.hears == [], "the agent is in no call"
        for _ in range(2):
            caller, phone = await talking(centre)
            assert boss.hears == ["1001", "13800000001"]
            caller.hang_up()
            await phone.over.wait()
            await asyncio.sleep(0.1)
            assert boss.hears == [] and not boss.over.is_set()
        boss.hang_up()

    at(scenario)


def test_two_supervisors_and_another_agent() -> None:
    async def scenario(centre: Centre) -> None:
        first, one = await talking(centre, "1001")
        second, two = await talking(centre, "1002")
        boss, other = await listening(centre, "whisper"), await listening(centre, "barge", "second")
        assert sorted(one.hears) == ["13800000001", "boss", "second"]
        await centre.board.supervision.listen("boss", "1002", "monitor")
        await asyncio.sleep(0.1)
        assert boss.hears == ["1002", "13800000001"]
        assert sorted(one.hears) == ["13800000001", "second"] and two.hears == ["13800000001"]
        for far in (boss, other, first, second):
            far.hang_up()

    at(
        scenario,
        AgentSettings("1001", queues=WITH, ready=True, skills={"x": 9}),
        OTHER,
        BOSS,
        SECOND,
    )


def test_to_barge_in_on_an_agent_in_no_call_is_to_call() -> None:
    async def scenario(centre: Centre) -> None:
        notes = noted(centre)
        await centre.board.desk.sign_in("boss")
        await centre.board.supervision.listen("boss", "1001", "barge")
        boss = await centre.rings("boss")
        boss.answer()
        agent = await centre.rings("1001")
        agent.answer()
        await asyncio.sleep(1)
        assert boss.hears == ["1001"] and agent.hears == ["boss"]
        assert notes == [("1001", "barge", "boss")]
        boss.hang_up()

    at(scenario)


def test_a_ready_supervisor_gets_no_calls_meanwhile() -> None:
    async def scenario(centre: Centre) -> None:
        boss = await listening(centre, "monitor")
        assert centre.state("boss") == "not ready"
        boss.hang_up()
        assert centre.state("boss") == "ready"
        boss = await listening(centre, "monitor")
        centre.board.desk.not_ready("boss", "lunch")
        boss.hang_up()
        assert centre.state("boss") == "not ready", "that was wanted"

    at(scenario, AGENT, AgentSettings("boss", queues=WITH, ready=True, supervisor=True))


@pytest.mark.parametrize(
    ("supervisor", "agent", "mode", "reason"),
    [
        ("1001", "1002", "monitor", "not a supervisor"),
        ("nobody", "1002", "monitor", "not a supervisor"),
        ("boss", "nobody", "monitor", "unknown agent"),
        ("boss", "boss", "monitor", "oneself"),
        ("boss", "1001", "shout", "no such mode"),
    ],
)
def test_what_is_refused(supervisor: str, agent: str, mode: Any, reason: str) -> None:
    async def scenario(centre: Centre) -> None:
        notes = noted(centre)
        with pytest.raises(Refused) as refused:
            await centre.board.supervision.listen(supervisor, agent, mode)
        assert refused.value.reason == reason
        assert "{" not in refused.value.text + refused.value.chinese
        assert not centre.world.line.dialled and not notes

    at(scenario, AGENT, OTHER, BOSS)


def test_refusals_that_depend_on_the_telephone() -> None:
    async def scenario(centre: Centre) -> None:
        supervision = centre.board.supervision
        with pytest.raises(Refused, match="listens to nobody"):
            supervision.leave("boss")
        ringing = asyncio.create_task(supervision.listen("boss", "1001", "monitor"))
        phone = await centre.rings("boss")
        with pytest.raises(Refused, match="ringing"):
            await supervision.listen("boss", "1001", "monitor")
        phone.decline()
        with pytest.raises(Refused, match="does not answer"):
            await ringing
        ringing = asyncio.create_task(supervision.listen("boss", "1001", "monitor"))
        await centre.rings("boss")
        with pytest.raises(Refused, match="does not answer"):
            await ringing
        ringing = asyncio.create_task(supervision.listen("boss", "1001", "monitor"))
        phone = await centre.rings("boss")
        ringing.cancel()
        await phone.over.wait()
        assert centre.state("boss") == "ready" and not supervision.status()

    at(scenario, AGENT, AgentSettings("boss", queues={}, ready=True, supervisor=True))


def test_a_supervisor_in_a_call_cannot_listen() -> None:
    async def scenario(centre: Centre) -> None:
        caller, _ = await talking(centre, "boss")
        with pytest.raises(Refused, match=r"present state \(talking\)"):
            await centre.board.supervision.listen("boss", "1001", "monitor")
        caller.hang_up()

    at(scenario, AgentSettings("boss", queues=WITH, ready=True, supervisor=True),
       AgentSettings("1001", queues={}))  # fmt: skip


# --- by feature codes -----------------------------------------------------------------------------


def test_a_supervisor_listens_by_a_code_and_turns_it_by_keys() -> None:
    async def scenario(centre: Centre) -> None:
        phones = await AgentPhones(centre).begin()
        caller, phone = await talking(centre)
        boss = phones.dial("boss", "*341001")
        await asyncio.sleep(5)
        assert boss.transcript == "Agent 1 0 0 1."
        assert boss.hears == ["1001", "13800000001"] and phone.hears == ["13800000001"]
        boss.press("5")
        await asyncio.sleep(0.1)
        assert phone.hears == ["13800000001", "boss"]
        boss.hang_up()
        assert not centre.board.supervision.status()
        said = await phones.hears("1001", "*34boss")
        assert "is no supervisor" in said
        caller.hang_up()

    at(scenario)


def test_a_supervisor_who_dials_again_listens_there() -> None:
    async def scenario(centre: Centre) -> None:
        phones = await AgentPhones(centre).begin()
        caller, _ = await talking(centre)
        first = await listening(centre, "whisper")
        again = phones.dial("boss", "*341001")
        await first.over.wait()
        await asyncio.sleep(1)
        assert again.hears == ["1001", "13800000001"]
        assert centre.board.supervision.status() == {"boss": {"agent": "1001", "mode": "monitor"}}
        again.hang_up()
        assert not centre.board.supervision.status()
        caller.hang_up()

    at(scenario)


# --- intercepting ---------------------------------------------------------------------------------


def test_calls_of_an_agent_ring_at_the_supervisors_until_that_is_ended() -> None:
    async def scenario(centre: Centre) -> None:
        notes = noted(centre)
        phones = await AgentPhones(centre).begin()
        assert await phones.hears("boss", "*371001") == (
            "Calls for agent 1 0 0 1 ring here from now on."
        )
        caller = centre.call()
        phone = await centre.rings("boss")
        phone.answer()
        await asyncio.sleep(1)
        assert caller.hears == ["boss"] and centre.idle("1001")
        assert centre.state("1001") == "talking", "it is the agent's call, on another telephone"
        phone.hang_up()
        await centre.world.ended()
        assert caller.transcript.endswith("Goodbye from 1001")
        assert await phones.hears("boss", "*381001") == "Calls for agent 1 0 0 1 ring there again."
        assert "are not intercepted" in await phones.hears("boss", "*381001")
        caller, phone = await talking(centre)
        caller.hang_up()
        assert notes == [
            ("1001", "boss", "boss"),
            ("1001", "", "boss"),
        ]

    at(scenario)


def test_who_may_not_intercept_and_whom() -> None:
    async def scenario(centre: Centre) -> None:
        supervision = centre.board.supervision
        for agent, by, to, reason in (
            ("1002", "1001", "", "not a supervisor"),
            ("nobody", "boss", "", "unknown agent"),
            ("1001", "boss", "nobody", "unknown agent"),
            ("1001", "boss", "1001", "whom"),
        ):
            with pytest.raises(Refused) as refused:
                supervision.intercept(agent, by=by, to=to)
            assert refused.value.reason == reason
        supervision.intercept("1001", by="boss", to="1002")
        assert supervision.phone_of("1001", "queue") == "1002"
        assert supervision.phone_of("1001", "pick") == "1001", "what the agent asked for"
        centre.board.desk.sign_out("1002")
        assert centre.board.tell(ev.RemoveAgent("1002")) is None
        assert supervision.phone_of("1001", "queue") == "1001", "who is gone rings nowhere"

    at(scenario, AGENT, OTHER, BOSS)


def test_who_takes_a_call_over_while_listening_is_ready_again_after_it() -> None:
    async def scenario(centre: Centre) -> None:
        await talking(centre)
        ear = await listening(centre, "monitor")
        [contact] = centre.journal.engine.contacts
        centre.board.desk.take_over("boss", contact)
        phone = await centre.rings("boss")
        ear.hang_up()
        await asyncio.sleep(1)
        phone.answer()
        await asyncio.sleep(1)
        assert centre.state("boss") == "talking"
        phone.hang_up()
        await centre.world.ended()
        assert centre.state("boss") == "ready", "as before the listening"

    boss = AgentSettings("boss", queues={}, supervisor=True, ready=True)
    at(scenario, AGENT, boss)


def test_what_a_supervisor_wanted_meanwhile_holds() -> None:
    async def scenario(centre: Centre) -> None:
        await talking(centre)
        ear = await listening(centre, "monitor")
        [contact] = centre.journal.engine.contacts
        centre.board.desk.take_over("boss", contact)
        phone = await centre.rings("boss")
        phone.answer()
        await asyncio.sleep(1)
        centre.board.desk.not_ready("boss", "lunch")
        ear.hang_up()
        await asyncio.sleep(1)
        phone.hang_up()
        await centre.world.ended()
        assert centre.state("boss") == "not ready"
        assert centre.journal.engine.agents["boss"].reason == "lunch"

    boss = AgentSettings("boss", queues={}, supervisor=True, ready=True)
    at(scenario, AGENT, boss)


def test_a_supervisor_who_is_removed_while_listening() -> None:
    async def scenario(centre: Centre) -> None:
        caller, phone = await talking(centre)
        ear = await listening(centre, "monitor")
        assert centre.board.tell(ev.RemoveAgent("boss")) is None
        ear.hang_up()
        await asyncio.sleep(1)
        assert not centre.board.supervision.status() and caller.hears == ["1001"]
        phone.hang_up()
        await centre.world.ended()

    at(scenario)

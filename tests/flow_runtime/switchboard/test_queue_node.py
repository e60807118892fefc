"""Callers in a queue, from their first note of music to the agent who hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from contact_center.store.settings import AgentSettings, QueueSettings
from cordboard.strategies.expressions import FlowExpressions
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.sound import Sound, Utterance
from flow_runtime.switchboard.journal import MemoryJournal
from flow_runtime.switchboard.switchboard import Switchboard
from flow_runtime.text_speaker import TextSpeaker
from queue_kit import Centre, flow, run
from telephony.line import Clip


def test_the_first_agent_answers_and_both_talk() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        assert phone.shown.caller_id == "13800000001"
        await asyncio.sleep(3)
        phone.answer()
        await asyncio.sleep(1)
        phone.speak(2, "Repairs, good morning")
        caller.speak(2, "My heating is cold")
        await asyncio.sleep(5)
        assert centre.state("1001") == "talking"
        phone.hang_up()
        await centre.world.ended()
        assert "Repairs, good morning" in caller.transcript
        assert "My heating is cold" in phone.transcript
        assert caller.transcript.endswith("Goodbye from 1001"), "contact.agent is set"
        assert centre.world.left_by["wait"] == "after_agent"
        assert centre.state("1001") == "ready"
        names = [e["event"] for e in centre.world.trace]
        story = ["answered", "queued", "offered", "bridged", "leave"]
        assert [name for name in names if name in story][:5] == story

    run(flow('music = "la la la"'), scenario)


def test_music_waits_for_the_greeting_and_the_phone_does_not() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        assert centre.world.time < 0.1, "it rings while the greeting begins"
        await asyncio.sleep(10)
        phone.answer()
        await asyncio.sleep(1)
        greeting, music = caller.heard
        assert greeting.text == "Welcome to the repairs line"
        assert (music.kind, music.text) == ("music", "la la la")
        assert music.at == pytest.approx(greeting.at + greeting.seconds)
        assert music.at + music.seconds == pytest.approx(10, abs=0.1), "cut by the agent"
        phone.hang_up()

    run(flow('music = "la la la"', 'greeting = "Welcome to the repairs line"'), scenario)


def test_an_answer_cuts_the_greeting() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(10)
        assert all(heard.seconds < 0.1 for heard in caller.heard)
        caller.hang_up()

    run(flow('greeting = "A very long greeting that goes on and on and on"'), scenario)


def test_without_music_the_caller_hears_it_ring() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        await asyncio.sleep(10)
        caller.hang_up()
        await centre.world.ended()
        assert caller.transcript == "(ring-back tone)"

    run(flow(), scenario, agents=())


def test_place_and_wait_are_told_and_never_grow() -> None:
    async def scenario(centre: Centre) -> None:
        first = centre.call("1")
        (await centre.rings("1001")).answer()
        second, third = centre.call("2"), centre.call("3")
        await asyncio.sleep(37)
        assert "You are number 1 in the queue. The estimated wait is 3 minutes." in (
            second.transcript
        )
        assert "You are number 2 in the queue. The estimated wait is 6 minutes." in (
            third.transcript
        )
        second.hang_up()
        await asyncio.sleep(31)
        assert "You are number 1 in the queue." in third.transcript
        for far in (first, third):
            far.hang_up()

    run(flow(), scenario)


def test_nothing_is_told_while_a_phone_rings() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        await asyncio.sleep(31)
        assert "number" not in caller.transcript
        phone.decline("no_answer", 480)
        await asyncio.sleep(31)
        assert "You are number 1 in the queue." in caller.transcript
        caller.hang_up()

    run(flow("announce_every = 10s"), scenario, queue=QueueSettings("repairs", ring=100.0))


def test_announcements_are_heard_over_the_music_and_cut_by_the_agent() -> None:
    async def scenario(centre: Centre) -> None:
        first, second = centre.call("1"), centre.call("2")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(30.5)
        phone.hang_up()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(1)
        said = next(heard for heard in second.heard if heard.kind == "sound")
        assert said.seconds == pytest.approx(0.5, abs=0.05)
        music = [heard for heard in second.heard if heard.kind == "music"]
        assert sum(heard.seconds for heard in music) == pytest.approx(30.5, abs=0.05)
        for far in (first, second):
            far.hang_up()

    run(flow('music = "la la la"'), scenario)


@pytest.mark.parametrize("what", ["position", "wait", "off"])
def test_what_is_announced(what: str) -> None:
    async def scenario(centre: Centre) -> None:
        centre.call("1")
        (await centre.rings("1001")).answer()
        caller = centre.call("2")
        await asyncio.sleep(35)
        assert ("number 1" in caller.transcript) == (what == "position")
        assert ("3 minutes" in caller.transcript) == (what == "wait")
        for far in [caller, *centre.world.line.dialled]:
            far.hang_up()

    run(flow(f'announce = "{what}"'), scenario)


def test_the_agents_number_is_told_before_they_talk() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        assert phone.hears == [], "not yet connected"
        await asyncio.sleep(5)
        assert "You are connected to agent 1 0 0 1." in caller.transcript
        assert phone.hears == ["13800000001"]
        phone.hang_up()

    run(flow("announce_agent = true"), scenario)


def test_an_agent_who_hangs_up_during_these_words_ends_them() -> None:
    async def scenario(centre: Centre) -> None:
        centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        phone.hang_up()
        await centre.world.ended()
        assert centre.world.left_by["wait"] == "after_agent"
        assert not centre.world.events("bridged")

    run(flow("announce_agent = true"), scenario)


@pytest.mark.parametrize(
    ("lines", "queue", "port"),
    [
        (("max_wait = 20s",), QueueSettings("repairs"), "timeout"),
        ((), QueueSettings("repairs", max_wait=20.0), "timeout"),
        (("max_wait = 20s",), QueueSettings("repairs", max_wait=90.0), "timeout"),
        ((), QueueSettings("repairs", max_waiting=0), "full"),
    ],
    ids=["the node's limit", "the queue's limit", "the node's goes first", "full"],
)
def test_ports(lines: tuple[str, ...], queue: QueueSettings, port: str) -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        await centre.world.ended()
        assert centre.world.left_by["wait"] == port
        assert caller.transcript.endswith("Nobody is free")
        left = next(e for e in centre.world.events("leave") if e["node"] == "wait")
        seconds = left["t"] - centre.world.trace[0]["t"]
        assert seconds == pytest.approx(20 if port == "timeout" else 0, abs=0.01)

    run(flow(*lines), scenario, queue=queue, agents=())


def test_the_longest_wait_lets_the_phone_ring_on() -> None:
    async def scenario(centre: Centre) -> None:
        centre.call()
        phone = await centre.rings("1001")
        await asyncio.sleep(15)
        assert phone.ringing
        phone.answer()
        await asyncio.sleep(5)
        phone.hang_up()
        await centre.world.ended()
        assert centre.world.left_by["wait"] == "after_agent"

    run(flow("max_wait = 10s"), scenario)


def test_a_caller_who_hangs_up_while_waiting_is_abandoned() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        await asyncio.sleep(5)
        assert centre.figures()["waiting"] == 1
        caller.hang_up()
        ended = await centre.world.ended()
        assert (ended.by, ended.node) == ("hangup", "wait")
        assert (centre.figures()["waiting"], centre.figures()["abandoned"]) == (0, 1)

    run(flow(), scenario, agents=())


def test_a_caller_who_hangs_up_while_it_rings_stops_the_phone() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        await asyncio.sleep(2)
        caller.hang_up()
        await centre.world.ended()
        await asyncio.sleep(0.1)
        assert not phone.ringing and phone.given_up == ""
        assert centre.state("1001") == "ready"

    run(flow(), scenario)


def test_a_caller_who_hangs_up_while_talking_frees_the_agent() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(2)
        caller.hang_up()
        await centre.world.ended()
        await phone.over.wait()
        assert phone.ended_by == "us"
        assert (centre.figures()["answered"], centre.figures()["abandoned"]) == (1, 0)
        assert centre.state("1001") == "ready"

    run(flow(), scenario)


def test_who_does_not_answer_is_left_out_for_a_while() -> None:
    agents = ("1001", "1002")

    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        asked = asyncio.gather(*(centre.rings(agent) for agent in agents))
        first, second = await asked
        assert first.call.facts.started != second.call.facts.started
        late = max(first, second, key=lambda far: far.call.facts.started)
        assert centre.world.time == pytest.approx(20, abs=0.1)
        late.answer()
        await asyncio.sleep(1)
        assert caller.hears == [late.number]
        caller.hang_up()

    run(flow(), scenario, agents=agents)


def test_a_busy_phone_is_left_alone_for_ten_seconds() -> None:
    async def scenario(centre: Centre) -> None:
        callers = [centre.call(str(number)) for number in range(20)]
        for _ in range(3):
            phone = await centre.rings("1001")
            phone.decline("busy")
        began = [far.call.facts.started for far in centre.world.line.dialled]
        gaps = [(b - a).total_seconds() for a, b in zip(began, began[1:], strict=False)]
        assert gaps == pytest.approx([10, 10], abs=0.05)
        for caller in callers:
            caller.hang_up()

    run(flow(), scenario)


def test_two_callers_and_one_agent() -> None:
    async def scenario(centre: Centre) -> None:
        first, second = centre.call("1"), centre.call("2")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(10)
        assert first.hears == ["1001"] and second.hears == []
        assert centre.idle("1001")
        phone.hang_up()
        again = await centre.rings("1001")
        assert again.shown.caller_id == "2"
        again.answer()
        await asyncio.sleep(1)
        assert second.hears == ["1001"]
        again.hang_up()

    run(flow(), scenario)


def test_ring_all_tells_the_others_that_somebody_was_faster() -> None:
    agents = ("1001", "1002", "1003")

    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phones = await asyncio.gather(*(centre.rings(agent) for agent in agents))
        phones[1].answer()
        await asyncio.sleep(1)
        assert [phone.given_up for phone in phones] == ["elsewhere", None, "elsewhere"]
        assert [centre.state(agent) for agent in agents] == ["ready", "talking", "ready"]
        caller.hang_up()

    run(flow(), scenario, agents=agents, queue=QueueSettings("repairs", strategy="ring all"))


def test_a_phone_that_comes_while_a_caller_waits_rings() -> None:
    async def scenario(centre: Centre) -> None:
        centre.world.line.plug("1001", on=False)
        caller = centre.call()
        await asyncio.sleep(5)
        assert centre.idle("1001")
        centre.world.line.plug("1001", on=True)
        await centre.rings("1001")
        centre.world.line.plug("1001", on=False)
        await asyncio.sleep(0.1)
        assert centre.state("1001") == "ready"
        caller.hang_up()

    run(flow(), scenario)


def test_an_agent_at_a_fixed_address() -> None:
    agent = AgentSettings("7", contact="sip:7@192.0.2.7", queues={"repairs": 1}, ready=True)

    async def scenario(centre: Centre) -> None:
        line = centre.world.line
        line.callees["sip:7@192.0.2.7"] = line.callees.pop("7")
        caller = centre.call()
        (await centre.rings("sip:7@192.0.2.7")).answer()
        await asyncio.sleep(1)
        assert centre.state("7") == "talking"
        caller.hang_up()

    run(flow(), scenario, agents=(agent,))


def test_an_agent_who_is_not_signed_in_is_not_rung() -> None:
    agent = AgentSettings("1001", queues={"repairs": 50})

    async def scenario(centre: Centre) -> None:
        centre.call()
        await centre.world.ended()
        assert centre.world.left_by["wait"] == "timeout"
        assert centre.idle("1001") and centre.state("1001") == "signed out"

    run(flow("max_wait = 30s"), scenario, agents=(agent,))


class Hoarse(TextSpeaker):
    """A voice that can say nothing about queues: its engine has died."""

    async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
        if any(isinstance(item, Utterance) and "queue" in item.text for item in sound):
            raise NodeFailure("tts-failed", "the speech engine has died")
        return await super().clips(sound, voice)


def test_an_announcement_that_cannot_be_spoken_costs_nobody_the_place() -> None:
    async def scenario(centre: Centre) -> None:
        centre.call("1")
        phone = await centre.rings("1001")
        phone.answer()
        second = centre.call("2")
        await asyncio.sleep(65)
        assert centre.figures()["waiting"] == 1
        assert "number" not in second.transcript
        phone.hang_up()
        (await centre.rings("1001")).answer()
        await asyncio.sleep(1)
        assert second.hears == ["1001"]
        second.hang_up()

    run(flow(), scenario, speaker=Hoarse())


def test_after_a_restart_a_phone_that_has_not_registered_yet_is_not_rung() -> None:
    """The engine's state comes from the store, in which the telephone was there."""

    async def scenario(centre: Centre) -> None:
        world, before = centre.world, centre.board
        await before.stop()
        world.line.plug("1001", on=False)
        board = Switchboard(centre.declared, world.line, world.loop, FlowExpressions(), {})
        world.services = replace(world.services, switchboard=board)
        journal = MemoryJournal(board.committed)
        journal.engine = centre.journal.engine
        board.begin(journal, world.services)
        board.open()
        caller = centre.call()
        await asyncio.sleep(5)
        assert centre.idle("1001")
        world.line.plug("1001", on=True)
        (await centre.rings("1001")).answer()
        await asyncio.sleep(1)
        assert caller.hears == ["1001"]
        caller.hang_up()
        await world.ended()
        await board.stop()

    run(flow(), scenario)


def test_nobody_is_rung_before_the_line_has_been_started() -> None:
    async def scenario(centre: Centre) -> None:
        world = centre.world
        await centre.board.stop()
        board = Switchboard(centre.declared, world.line, world.loop, FlowExpressions(), {})
        world.services = replace(world.services, switchboard=board)
        board.begin(MemoryJournal(board.committed), world.services)
        caller = centre.call()
        await asyncio.sleep(5)
        assert centre.idle("1001") and caller.answered.is_set()
        board.open()
        (await centre.rings("1001")).answer()
        caller.hang_up()
        await world.ended()
        await board.stop()

    run(flow(), scenario)


@pytest.mark.parametrize("turns", range(12))
def test_an_agent_who_hangs_up_in_the_moment_of_the_answer(turns: int) -> None:
    """However far the answer has come by then, counted in turns of the event loop."""

    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        for _ in range(turns):
            await asyncio.sleep(0)
        phone.hang_up()
        await asyncio.sleep(1)
        assert not centre.world.events("error")
        answered = centre.figures()["answered"]
        assert centre.world.left_by.get("wait") == ("after_agent" if answered else None)
        assert centre.state("1001") == "ready"
        caller.hang_up()

    run(flow(), scenario)

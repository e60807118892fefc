"""The driver when somebody hangs up, at every point of a call that does everything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow_bench import ScriptedData, World, play, program
from flow_runtime.core.commands import Note, Pause, Play
from flow_runtime.core.node import Node
from line_bench.bench import file_seconds, tone_seconds
from telephony.simulated import Callee, FarEnd

EVERYTHING = program("""
flow everything "Everything"
schema 1
var code: text = ""
var tape: recording?
start -> take
on_hangup -> keep

node take: answer
  ring = 2s
  -> look

node look: db_lookup
  source = "crm"
  sql = "select 1"
  into = row
  timeout = 5s
  found -> hello
  not_found -> hello

node hello: say
  text = "Good morning and welcome"
  interruptible = false
  -> ask

node ask: digits
  prompt = "Your PIN please"
  max = 4
  secret = true
  into = code
  -> think
  failed -> bye

node think: wait
  time = 2s
  -> message

node message: record
  prompt = "Speak now"
  silence = 2s
  into = tape
  -> connect
  too_short -> bye

node connect: dial
  to = "1001"
  answered_ended -> change
  busy -> bye
  no_answer -> bye
  failed -> bye

node change: db_change
  source = "crm"
  sql = "update call set done = 1"
  -> bye

node bye: hangup

node keep: db_change
  source = "crm"
  sql = "insert into tape values (:path)"
  bind = {path: if tape == none then "" else "kept"}
  -> over
node over: log
  text = "tidied"
""")


def act(world: World) -> FarEnd:
    """A caller who does what the flow asks for: 2 s ringing, PIN at 6 s, speech, a dialled talk."""
    world.line.callees["1001"] = Callee(after=3, talks=5)
    far = world.call()
    world.loop.call_at(6.5, far.press, "1234")
    world.loop.call_at(10, far.speak, 3.0)
    return far


def crm() -> ScriptedData:
    return ScriptedData([{"one": 1}], 1, 1, 1, seconds=0.8)


def test_the_caller_who_stays_comes_to_the_end(tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        act(world)
        ended = await world.ended()
        assert ended.party == "flow"
        assert world.visited == [
            "take", "look", "hello", "ask", "think", "message", "connect", "change", "bye",
        ]  # fmt: skip
        assert 23 < world.time < 25

    play(EVERYTHING, scenario, folder=tmp_path, data=crm())


def moments() -> Iterator[float]:
    """Moments all over the call, and close behind one another where something begins."""
    yield 0.0
    for tenth in range(1, 228, 4):
        yield tenth / 10
    yield from (2.0, 2.8, 6.5, 8.5, 10.0, 13.0)


@pytest.mark.parametrize("moment", sorted(set(moments())))
def test_a_hang_up_at_any_moment_is_tidied_once(moment: float, tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        caller = act(world)
        await asyncio.sleep(moment)
        caller.hang_up()
        ended = await world.ended()
        assert (ended.by, ended.party) == ("hangup", "caller")
        assert world.visited.count("keep") == 1 and world.visited[-1] == "over"
        assert "bye" not in world.left_by
        assert [e["by"] for e in world.events("hangup")] == ["caller"]
        assert world.time <= moment + 0.8 + 0.8 + 1e-6, "one query may finish, and one tidies"
        for end in world.line.dialled:
            assert end.over.is_set()

    play(EVERYTHING, scenario, folder=tmp_path, data=crm())
    for file in tmp_path.rglob("*.wav"):
        file_seconds(file)


ACTIONS = st.lists(
    st.tuples(
        st.floats(0, 30),
        st.sampled_from(["1", "1234", "#", "*9", "speak", "callee hangs up", "hang up", "fail"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_whatever_people_do_the_call_ends_and_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[float, str]]
) -> None:
    folder = tmp_path_factory.mktemp("recordings")

    async def scenario(world: World) -> None:
        world.line.callees["1001"] = Callee(after=2, talks=20)
        caller = world.call()
        for at, what in actions:
            world.loop.call_at(at, _do, world, caller, what)
        ended = await world.ended()
        assert ended.by == "hangup"
        left = ended.party != "flow"
        assert world.visited.count("keep") == left
        assert len(world.events("hangup")) == 1

    play(EVERYTHING, scenario, folder=folder, data=crm())
    for file in folder.rglob("*.wav"):
        file_seconds(file)


def _do(world: World, caller: FarEnd, what: str) -> None:
    match what:
        case "speak":
            caller.speak(2.5)
        case "callee hangs up":
            for callee in world.line.dialled:
                callee.hang_up()
        case "hang up":
            caller.hang_up()
        case "fail":
            caller.fail()
        case keys:
            caller.press(keys)


@pytest.mark.parametrize("moment", [0.5, 5.0, 12.0, 17.0, 20.0])
def test_the_network_may_fail_as_well(moment: float, tmp_path: Path) -> None:
    async def scenario(world: World) -> None:
        caller = act(world)
        await asyncio.sleep(moment)
        caller.fail("media-lost")
        ended = await world.ended()
        assert (ended.party, ended.cause) == ("network", "media-lost")
        assert world.visited[-1] == "over"

    play(EVERYTHING, scenario, folder=tmp_path, data=crm())


def test_a_stopping_line_ends_the_flow() -> None:
    async def scenario(world: World) -> None:
        act(world)
        await asyncio.sleep(5)
        await world.line.stop()
        ended = await world.ended()
        assert (ended.by, ended.party, ended.cause) == ("hangup", "us", "shutdown")
        assert world.visited[-1] == "over"

    play(EVERYTHING, scenario, data=crm())


def test_a_message_ended_by_the_hang_up_reaches_the_tidying(tmp_path: Path) -> None:
    data = crm()

    async def scenario(world: World) -> None:
        caller = act(world)
        await asyncio.sleep(12.0)
        caller.hang_up()
        await world.ended()
        assert world.events("record")[0]["by"] == "hangup"
        path = world.variable("tape").path
        assert tone_seconds(path, 440) == pytest.approx(2.0, abs=0.05)
        assert path == str(tmp_path / "2026-11-23" / "sim1-message.wav")
        assert data.asked[-1] == ("insert into tape values (:path)", {"path": "kept"})

    play(EVERYTHING, scenario, folder=tmp_path, data=data)


def test_a_change_that_has_begun_is_finished() -> None:
    flow = """
flow order "Order"
schema 1
var changed: number = 0
start -> take
node take: answer
  -> change
node change: db_change
  source = "crm"
  sql = "update stock set n = n - 1"
  into = changed
  -> bye
node bye: say
  text = "Done"
  -> over
node over: hangup
"""

    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.5)
        far.hang_up()
        ended = await world.ended()
        assert ended.party == "caller" and world.variable("changed") == 1
        assert world.events("query")[0]["rows"] == 1
        assert far.heard == []

    play(flow, scenario, data=ScriptedData(1, seconds=1))


class Careful(Node):
    """Cleans up behind itself, whatever happens."""

    type, title, group, icon = "careful", "Careful", "Logic", "careful"

    async def run(self) -> str:
        try:
            await Pause(timedelta(seconds=10))
        finally:
            await Note("cleaned up")
            await Play(())
            await Note("never reached: nobody can hear any more")
        return "next"


def test_clean_up_may_do_what_needs_no_caller(caplog: pytest.LogCaptureFixture) -> None:
    flow = 'flow tidy "Tidy"\nschema 1\nstart -> a\nnode a: careful\n  -> a\n'

    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(5)
        far.hang_up()
        ended = await world.ended()
        assert ended.party == "caller"
        assert world.time == 5

    with caplog.at_level("INFO", "flow"):
        play(program(flow, extra={"careful": Careful}), scenario)
    assert "cleaned up" in caplog.text and "never reached" not in caplog.text


def test_both_sides_may_hang_up_in_the_same_moment() -> None:
    flow = """
flow brief "Brief"
schema 1
start -> hold
node hold: wait
  time = 5s
  -> bye
node bye: hangup
"""

    async def scenario(world: World) -> None:
        far = world.call()
        world.loop.call_at(5, far.hang_up)
        await world.ended()
        assert len(world.events("hangup")) == 1

    play(flow, scenario)


def test_a_hang_up_does_not_hide_that_the_server_cancels_the_task() -> None:
    flow = """
flow brief "Brief"
schema 1
start -> stay
node stay: wait
  time = 5s
  -> bye
node bye: hangup
"""

    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(1)
        far.hang_up()
        world.served[0].cancel()
        await asyncio.wait(world.served)
        assert world.served[0].cancelled()

    play(flow, scenario)


def test_a_caller_who_gives_up_before_anything_began() -> None:
    flow = """
flow brief "Brief"
schema 1
start -> hi
node hi: say
  text = "Hi"
  -> bye
node bye: hangup
"""

    async def scenario(world: World) -> None:
        far = world.call()
        far.hang_up()
        ended = await world.ended()
        assert ended.party == "caller" and not far.answered.is_set()
        assert world.events("answered") == [] and far.heard == []

    play(flow, scenario)

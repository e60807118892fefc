"""The driver when it dials: outcomes, what both sides hear, and who hangs up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from flow_bench import World, play
from line_bench.bench import file_seconds
from telephony.simulated import Callee, FarEnd

OPERATOR = """
flow operator "Operator"
schema 1
start -> connect
node connect: dial
  to = "1001"
  timeout = 20s
  answered_ended -> ask
  busy -> ask
  no_answer -> ask
  failed -> ask
node ask: menu
  prompt = "Anything else"
  attempts = 1
  1 -> bye
  failed -> bye
node bye: hangup
"""


def rings(world: World, callee: Callee) -> FarEnd:
    """The telephone 1001 does what *callee* says, and somebody calls."""
    world.line.callees["1001"] = callee
    return world.call("138")


@pytest.mark.parametrize(
    ("callee", "port", "at"),
    [
        (Callee("answered", after=3, talks=10), "answered_ended", 13),
        (Callee("busy", after=2), "busy", 2),
        (Callee("failed", after=2), "failed", 2),
        (Callee(outcome=None), "no_answer", 20),
    ],
    ids=["answers", "busy", "fails", "rings on"],
)
def test_outcomes(callee: Callee, port: str, at: float) -> None:
    async def scenario(world: World) -> None:
        rings(world, callee)
        await world.ended()
        assert world.left_by["connect"] == port
        dialled, done = world.events("dial")
        assert dialled["to"] == "1001" and "outcome" not in dialled
        assert done["outcome"] == port and done["detail"]
        assert done["t"] - world.trace[0]["t"] == pytest.approx(at, abs=1e-3)
        assert done["talked"] == (10 if port == "answered_ended" else 0)

    play(OPERATOR, scenario)


def test_a_number_that_does_not_exist_fails() -> None:
    async def scenario(world: World) -> None:
        world.call()
        await world.ended()
        assert world.left_by["connect"] == "failed"
        assert "1001" in world.events("dial")[1]["detail"]

    play(OPERATOR, scenario)


def test_the_caller_hears_it_ring_and_then_the_other_side() -> None:
    async def scenario(world: World) -> None:
        caller = rings(world, Callee(after=7, talks=10))
        await asyncio.sleep(8)
        callee = world.line.dialled[0]
        callee.speak(2, "Operator here")
        caller.speak(1, "Hello")
        caller.press("5")
        await world.ended()
        ringing, speech = caller.heard[0], caller.heard[1]
        assert ringing.text == "(ring-back tone)" and ringing.seconds == pytest.approx(7)
        assert (speech.text, speech.at) == ("Operator here", 8)
        assert [h.text for h in callee.heard] == ["Hello", "5"]
        assert callee.call.facts.caller == "138", "the caller's number is shown"
        assert world.events("bridged")[0]["leg"] == callee.call.facts.id
        assert world.left_by["ask"] == "failed", "keys of the talk are not for the next node"

    play(OPERATOR, scenario)


def test_another_caller_id_can_be_shown() -> None:
    flow = OPERATOR.replace("  timeout = 20s", '  timeout = 20s\n  caller_id = "96000"')

    async def scenario(world: World) -> None:
        rings(world, Callee(after=1, talks=1))
        await world.ended()
        assert world.line.dialled[0].call.facts.caller == "96000"

    play(flow, scenario)


def test_the_caller_hangs_up_while_it_rings() -> None:
    async def scenario(world: World) -> None:
        caller = rings(world, Callee(outcome=None))
        await asyncio.sleep(4)
        caller.hang_up()
        ended = await world.ended()
        assert ended.party == "caller" and world.time == 4
        callee = world.line.dialled[0]
        assert callee.over.is_set() and not callee.answered.is_set()
        assert world.events("dial")[1]["detail"] == "the caller hung up"

    play(OPERATOR, scenario)


def test_the_caller_hangs_up_during_the_talk() -> None:
    async def scenario(world: World) -> None:
        caller = rings(world, Callee(after=1))
        await asyncio.sleep(4)
        caller.hang_up()
        ended = await world.ended()
        assert ended.party == "caller" and world.time == 4
        assert world.line.dialled[0].over.is_set()

    play(OPERATOR, scenario)


def test_both_sides_hang_up_in_the_same_moment() -> None:
    async def scenario(world: World) -> None:
        caller = rings(world, Callee(after=1))
        await asyncio.sleep(4)
        world.line.dialled[0].hang_up()
        caller.hang_up()
        assert (await world.ended()).party == "caller"

    play(OPERATOR, scenario)


def test_a_telephone_that_hangs_up_as_soon_as_it_answers() -> None:
    async def scenario(world: World) -> None:
        rings(world, Callee(after=1, talks=0))
        await world.ended()
        assert world.left_by["connect"] == "answered_ended"

    play(OPERATOR, scenario)


def test_a_talk_can_be_recorded(tmp_path: Path) -> None:
    flow = OPERATOR.replace("  timeout = 20s", "  timeout = 20s\n  record = true")

    async def scenario(world: World) -> None:
        rings(world, Callee(after=1, talks=4))
        await asyncio.sleep(3)
        world.line.dialled[0].speak(2)
        await world.ended()

    play(flow, scenario, folder=tmp_path)
    (file,) = tmp_path.rglob("*.wav")
    assert file.name == "sim1-connect.wav" and file_seconds(file) >= 4


def test_a_talk_that_cannot_be_recorded_is_an_error_and_frees_the_telephone(
    tmp_path: Path,
) -> None:
    flow = OPERATOR.replace("  timeout = 20s", "  timeout = 20s\n  record = true")
    (tmp_path / "2026-11-23").write_text("in the way")

    async def scenario(world: World) -> None:
        rings(world, Callee(after=1))
        ended = await world.ended()
        assert ended.failure is not None and ended.failure.name == "file-failed"
        assert world.line.dialled[0].over.is_set()

    play(flow, scenario, folder=tmp_path)


def test_a_line_that_cannot_bridge_says_so() -> None:
    async def scenario(world: World) -> None:
        world.line.can = world.line.can - {"bridge"}
        rings(world, Callee(after=1))
        ended = await world.ended()
        assert ended.failure is not None and ended.failure.name == "unsupported"
        assert "simulated" in ended.failure.text
        assert world.line.dialled == []

    play(OPERATOR, scenario)


@pytest.mark.parametrize("moment", [0.0, 0.999, 1.0, 1.001, 2.5])
def test_no_leg_survives_a_hang_up_around_the_answer(moment: float) -> None:
    async def scenario(world: World) -> None:
        caller = rings(world, Callee(after=1))
        world.loop.call_at(moment, caller.hang_up)
        ended: Any = await world.ended()
        assert ended.party == "caller"
        assert all(far.over.is_set() for far in world.line.dialled)

    play(OPERATOR, scenario)

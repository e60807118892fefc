"""Conference rooms of callers."""

from __future__ import annotations

import asyncio

import pytest

from flow_bench import World, play
from telephony.simulated import FarEnd, SimulatedLine

ROOM = """
flow meeting "Meeting"
schema 1
start -> room
node room: conference
  room = call.called
%s
  left -> thanks
  failed -> sorry
node thanks: say
  text = "Goodbye"
  next -> bye
node sorry: say
  text = "You cannot come in"
  next -> bye
node bye: hangup
"""


def meeting(*lines: str) -> str:
    """A flow with a conference node; *lines* are more of it."""
    return ROOM % "\n".join(f"  {line}" for line in lines)


async def comes(world: World, caller: str, room: str = "100") -> FarEnd:
    """Somebody calls, and is in the conference."""
    far = world.call(caller, room)
    await far.answered.wait()
    await asyncio.sleep(10)
    assert far.call.facts.id in {event["call"] for event in world.events("conference")}
    return far


def test_three_hear_each_other_and_who_leaves_goes_on() -> None:
    async def scenario(world: World) -> None:
        one, two, three = [await comes(world, caller) for caller in ("1", "2", "3")]
        assert sorted(one.hears) == ["2", "3"] and sorted(three.hears) == ["1", "2"]
        assert "You are the first in the conference." in one.transcript
        assert "Already in the conference: 2." in three.transcript
        two.speak(2, "Good morning")
        await asyncio.sleep(3)
        assert "Good morning" in one.transcript and "Good morning" in three.transcript
        two.press("5#")
        await two.over.wait()
        assert two.transcript.endswith("Goodbye")
        assert "5" not in one.keys_heard, "keys are not passed on into a conference"
        assert one.hears == ["3"]
        three.hang_up()
        await asyncio.sleep(1)
        assert one.hears == [] and world.services.conferences.members("100") == 1
        one.press("#")
        await one.over.wait()
        assert world.services.conferences.members("100") == 0

    play(meeting(), scenario)


def test_tones_tell_of_coming_and_going() -> None:
    async def scenario(world: World) -> None:
        one = await comes(world, "1")
        two = await comes(world, "2")
        two.hang_up()
        await asyncio.sleep(1)
        signals = [heard.text for heard in one.heard if heard.kind == "signal"]
        assert len(signals) == 3, "its own coming, the other's, and that one's going"
        one.hang_up()

    play(meeting(), scenario)


def test_nothing_is_announced() -> None:
    async def scenario(world: World) -> None:
        one = await comes(world, "1")
        two = await comes(world, "2")
        two.hang_up()
        await asyncio.sleep(1)
        assert one.heard == []
        one.hang_up()

    play(meeting("announce = false"), scenario)


def test_rooms_are_apart() -> None:
    async def scenario(world: World) -> None:
        one, two = await comes(world, "1", "100"), await comes(world, "2", "200")
        assert one.hears == two.hears == []
        one.hang_up()
        two.hang_up()

    play(meeting(), scenario)


def test_a_room_can_be_used_again() -> None:
    async def scenario(world: World) -> None:
        for _ in range(2):
            far = await comes(world, "1")
            assert "You are the first" in far.transcript
            far.hang_up()
            await far.over.wait()
            await asyncio.sleep(0.1)

    play(meeting(), scenario)


@pytest.mark.parametrize(
    ("keyed", "port"), [("4711#", "left"), ("1#4711#", "left"), ("1#2#3#", "failed")]
)
def test_the_pin(keyed: str, port: str) -> None:
    async def scenario(world: World) -> None:
        far = world.call("1", "100")
        await far.answered.wait()
        far.press(keyed)
        await asyncio.sleep(30)
        if port == "left":
            assert world.services.conferences.members("100") == 1
            far.press("#")
        await far.over.wait()
        assert world.left_by["room"] == port
        assert "4711" not in str(world.trace)
        assert not [event for event in world.events("key") if event["key"] in "4711"]

    play(meeting('pin = "4711"'), scenario)


@pytest.mark.parametrize("pin", ["", "47a"])
def test_a_pin_out_of_a_data_base_that_nobody_can_key_in_lets_nobody_in(pin: str) -> None:
    async def scenario(world: World) -> None:
        far = world.call(pin, "100")
        await far.over.wait()
        [error] = world.events("error")
        assert (error["name"], error["text"]) == ("bad-value", "a PIN is up to 20 digits")
        assert not world.events("conference")

    play(meeting("pin = call.caller"), scenario)


def test_keys_for_the_conference_mean_nothing_to_the_next_node() -> None:
    text = meeting().replace(
        'node thanks: say\n  text = "Goodbye"\n  next -> bye',
        'node thanks: menu\n  prompt = "Press one"\n  1 -> sorry\n  failed -> bye',
    )

    async def scenario(world: World) -> None:
        far = await comes(world, "1")
        far.press("1")
        await asyncio.sleep(1)
        far.press("#")
        await asyncio.sleep(0.1)
        assert world.left_by["room"] == "left"
        await far.over.wait()
        assert world.left_by["thanks"] == "failed"

    play(text, scenario)


def test_a_line_that_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimulatedLine, "can", SimulatedLine.can - {"conference"})

    async def scenario(world: World) -> None:
        far = world.call("1", "100")
        await far.over.wait()
        (error,) = world.events("error")
        assert error["name"] == "unsupported" and "conferences" in error["text"]

    play(meeting(), scenario)


def test_a_room_without_a_name() -> None:
    async def scenario(world: World) -> None:
        far = world.call("1", "")
        await far.over.wait()
        (error,) = world.events("error")
        assert (error["name"], error["text"]) == ("bad-value", "the room needs a name")

    play(meeting(), scenario)

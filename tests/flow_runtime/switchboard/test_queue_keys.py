"""What a caller in a queue presses, and when that means nothing."""

from __future__ import annotations

import asyncio

import pytest

from contact_center.store.settings import QueueSettings
from flow_bench import World, play
from queue_kit import Centre, run

FLOW = """
flow hotline "Hotline"
schema 1
start -> choose
node choose: menu
  prompt = "Press 1 for repairs"
  1 -> wait
  failed -> bye
node wait: queue
  queue = "repairs"
  callback_key = "1"
  keys = {"*": "message", "#": "message", "0": "timeout"}
  timeout -> bye
  full -> bye
  closed -> bye
  callback -> number
  message -> ask
node number: say
  text = "We call you back"
  next -> wait
node ask: menu
  prompt = "Press 2 for a message"
  2 -> bye
  failed -> bye
node bye: hangup
"""


@pytest.mark.parametrize(
    ("key", "port", "node"),
    [("*", "message", "ask"), ("#", "message", "ask"), ("0", "timeout", "bye"),
     ("1", "callback", "number")],
)  # fmt: skip
def test_a_key_leaves_the_queue(key: str, port: str, node: str) -> None:
    async def scenario(centre: Centre) -> None:
        caller = await centre.call_and_press("1")
        await asyncio.sleep(5)
        caller.press(key)
        await asyncio.sleep(0.1)
        assert centre.world.left_by["wait"] == port
        assert centre.world.visited[-1] == node
        caller.hang_up()

    run(FLOW, scenario, agents=())


def test_a_leaving_key_stops_the_phone_and_keeps_the_agent_ready() -> None:
    async def scenario(centre: Centre) -> None:
        caller = await centre.call_and_press("1")
        phone = await centre.rings("1001")
        caller.press("*")
        await asyncio.sleep(1)
        assert not phone.ringing and phone.given_up == ""
        assert centre.state("1001") == "ready"
        caller.hang_up()

    run(FLOW, scenario)


def test_what_is_typed_ahead_leaves_at_once_and_the_rest_is_for_the_next_node() -> None:
    async def scenario(centre: Centre) -> None:
        await centre.call_and_press("19*2")
        await centre.world.ended()
        assert centre.world.visited == ["choose", "wait", "ask", "bye"]
        assert centre.world.left_by["ask"] == "2"
        keys = [event["key"] for event in centre.world.events("key")]
        assert keys == ["1", "***", "*", "2"], "a key that nobody asked for may be a secret"

    run(FLOW, scenario, agents=())


def test_keys_pressed_while_they_talk_are_for_the_agent() -> None:
    async def scenario(centre: Centre) -> None:
        caller = await centre.call_and_press("1")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        caller.press("*1")
        await asyncio.sleep(1)
        assert phone.keys_heard == "*1"
        assert centre.state("1001") == "talking"
        phone.hang_up()
        await centre.world.ended()
        assert centre.world.left_by["wait"] == "after_agent"

    run(FLOW, scenario)


def test_a_callback_that_is_not_booked_keeps_the_place() -> None:
    async def scenario(centre: Centre) -> None:
        first = await centre.call_and_press("1", "1")
        await asyncio.sleep(5)
        second = await centre.call_and_press("1", "2")
        await asyncio.sleep(5)
        first.press("1")
        await asyncio.sleep(0.1)
        assert centre.figures()["waiting"] == 1, "suspended while it is booked"
        await asyncio.sleep(40)
        assert "You are number 1" in first.transcript
        assert "You are number 2" in second.transcript
        for far in (first, second):
            far.hang_up()

    run(FLOW, scenario, agents=())


def test_without_a_switchboard_the_node_fails_by_name() -> None:
    async def scenario(world: World) -> None:
        caller = world.call()
        await caller.answered.wait()
        caller.press("1")
        await world.ended()
        (error,) = world.events("error")
        assert error["name"] == "not-configured"

    play(FLOW, scenario)


def test_a_queue_that_is_not_there_fails_by_name() -> None:
    async def scenario(centre: Centre) -> None:
        await centre.call_and_press("1")
        await centre.world.ended()
        (error,) = centre.world.events("error")
        assert (error["name"], error["text"]) == (
            "unknown-queue", 'there is no queue "repairs" (did you mean "repair"?)',
        )  # fmt: skip

    run(FLOW, scenario, queue=QueueSettings("repair"))

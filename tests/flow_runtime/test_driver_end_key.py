"""The end key behind a full entry: many callers press it although nothing waits for it."""

from __future__ import annotations

import asyncio

import pytest

from flow_bench import World, play

FLOW = """
flow entry "Entry"
schema 1
start -> ask
node ask: digits
  prompt = "Your number please"
  max = 4
  next_timeout = 2s
  secret = SECRET
  into = number
  next -> menu
  failed -> bye
node menu: menu
  prompt = "Press one, or the pound key to hear this again"
  invalid_prompt = "That is no choice"
  1 -> bye
  failed -> bye
node bye: hangup
"""
PLAIN = FLOW.replace("SECRET", "false")
MENU = "Press one, or the pound key to hear this again"


def test_typed_ahead_it_is_dropped() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.2)
        far.press("1234#1")
        await world.ended()
        assert world.variable("number") == "1234"
        assert world.left_by["menu"] == "1"
        assert MENU not in far.transcript

    play(PLAIN, scenario)


def test_pressed_into_the_next_prompt_the_prompt_is_heard_from_its_beginning() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(2)
        far.press("1234")
        await asyncio.sleep(0.4)
        far.press("#")
        await asyncio.sleep(8)
        far.press("1")
        await world.ended()
        assert world.left_by["menu"] == "1"
        menus = [h for h in far.heard if h.text == MENU]
        assert [h.seconds for h in menus] == pytest.approx([0.4, len(MENU) / 15])
        assert "no choice" not in far.transcript
        assert [e["key"] for e in world.events("key")] == ["1", "2", "3", "4", "#", "1"]

    play(PLAIN, scenario)


@pytest.mark.parametrize(("keys", "after"), [("#", 2.1), ("9#", 0.1), ("##", 0.1)])
def test_too_late_behind_another_key_or_twice_it_is_a_key_like_others(
    keys: str, after: float
) -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(2)
        far.press("1234")
        await asyncio.sleep(after)
        for key in keys:
            far.press(key)
            await asyncio.sleep(0.1)
        await asyncio.sleep(12)
        far.press("1")
        await world.ended()
        assert "That is no choice" in far.transcript

    play(PLAIN, scenario)


def test_behind_a_secret_it_is_masked_as_the_secret_is() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(2)
        far.press("7391")
        await asyncio.sleep(0.4)
        far.press("#")
        await asyncio.sleep(8)
        far.press("1")
        await world.ended()
        assert [e["key"] for e in world.events("key")] == ["***"] * 5 + ["1"]

    play(FLOW.replace("SECRET", "true"), scenario)

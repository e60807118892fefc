"""Line conformance: sound towards the far end, and keys from and to it."""

from __future__ import annotations

import asyncio

import pytest

from line_bench.bench import Bench
from line_bench.scenario import scenario
from telephony.line import PlayEnd

NEAR = 0.3


@scenario("sound")
async def test_sound_arrives(bench: Bench) -> None:
    """What was sent arrives, as long as it was"""
    leg = await bench.answered_call()
    end = await leg.call.play([bench.tone(440, 1.0)])
    assert end.by == "end" and end.seconds == pytest.approx(1.0, abs=NEAR)
    await asyncio.sleep(0.2)
    assert leg.far.heard(440) == pytest.approx(1.0, abs=NEAR)
    assert leg.far.heard(1000) == pytest.approx(0.0, abs=0.05)


@scenario("sound")
async def test_clips_are_sent_in_turn(bench: Bench) -> None:
    """Several clips are sent one after the other"""
    leg = await bench.answered_call()
    end = await leg.call.play([bench.tone(440, 0.5), bench.tone(1000, 1.0)])
    assert end.by == "end" and end.seconds == pytest.approx(1.5, abs=NEAR)
    await asyncio.sleep(0.2)
    assert leg.far.heard(440) == pytest.approx(0.5, abs=NEAR)
    assert leg.far.heard(1000) == pytest.approx(1.0, abs=NEAR)


@scenario("sound")
async def test_stop(bench: Bench) -> None:
    """stop ends the sound, which says how long it was"""
    leg = await bench.answered_call()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 30)]))
    await asyncio.sleep(0.5)
    await leg.call.stop()
    end = await asyncio.wait_for(playing, 5)
    assert end.by == "stopped" and end.seconds == pytest.approx(0.5, abs=NEAR)
    await leg.call.stop()
    await asyncio.sleep(0.3)
    assert leg.far.heard(440) == pytest.approx(0.5, abs=NEAR)


@scenario("sound")
async def test_second_sound_stops_the_first(bench: Bench) -> None:
    """A second sound stops the first"""
    leg = await bench.answered_call()
    first = asyncio.create_task(leg.call.play([bench.tone(440, 30)]))
    await asyncio.sleep(0.3)
    second = await leg.call.play([bench.tone(1000, 0.5)])
    assert (await asyncio.wait_for(first, 5)).by == "stopped"
    assert second.by == "end"
    await asyncio.sleep(0.2)
    assert leg.far.heard(1000) == pytest.approx(0.5, abs=NEAR)
    assert leg.far.heard(440) < 1.0


@scenario("sound")
async def test_repeat(bench: Bench) -> None:
    """A repeated sound goes on until it is stopped"""
    leg = await bench.answered_call()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 0.4)], repeat=True))
    await asyncio.sleep(1.4)
    assert not playing.done()
    await leg.call.stop()
    assert (await asyncio.wait_for(playing, 5)).by == "stopped"
    await asyncio.sleep(0.2)
    assert leg.far.heard(440) == pytest.approx(1.4, abs=NEAR)


@scenario("sound")
async def test_cancelling_stops_the_sound(bench: Bench) -> None:
    """Cancelling play stops the sound; the call goes on"""
    leg = await bench.answered_call()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 30)]))
    await asyncio.sleep(0.5)
    playing.cancel()
    await asyncio.wait((playing,))
    assert playing.cancelled()
    await asyncio.sleep(0.5)
    assert leg.far.heard(440) == pytest.approx(0.5, abs=NEAR)
    assert (await leg.call.play([bench.tone(1000, 0.3)])).by == "end"


@scenario("keys")
async def test_keys_arrive_in_order(bench: Bench) -> None:
    """All sixteen keys arrive, each once, in order, also while nothing listens"""
    leg = await bench.answered_call()
    await leg.far.press("1590*#ABCD")
    await leg.far.press("2346788")
    await leg.ears.hears_keys("1590*#ABCD2346788")


@scenario("keys", "sound", "barge-in")
async def test_key_cuts_an_interruptible_sound(bench: Bench) -> None:
    """A key stops an interruptible sound and is told before play returns"""
    leg = await bench.answered_call()
    told: list[str] = []

    async def play() -> PlayEnd:
        end = await leg.call.play([bench.tone(440, 30)], interruptible=True)
        told.append(leg.ears.pressed)
        return end

    playing = asyncio.create_task(play())
    await asyncio.sleep(0.5)
    await leg.far.press("7")
    end = await asyncio.wait_for(playing, 5)
    assert end.by == "key" and end.seconds == pytest.approx(0.5, abs=NEAR)
    assert told == ["7"]
    await leg.ears.hears_keys("7")
    assert leg.far.heard(440) == pytest.approx(0.5, abs=NEAR)


@scenario("keys", "sound")
async def test_key_does_not_cut_other_sounds(bench: Bench) -> None:
    """A sound that cannot be interrupted is heard to its end; the key still arrives"""
    leg = await bench.answered_call()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 1.2)], interruptible=False))
    await asyncio.sleep(0.3)
    await leg.far.press("7")
    assert (await asyncio.wait_for(playing, 5)).by == "end"
    await leg.ears.hears_keys("7")
    assert leg.far.heard(440) == pytest.approx(1.2, abs=NEAR)


@scenario("send-keys")
async def test_keys_can_be_sent(bench: Bench) -> None:
    """Keys that we press reach the far end"""
    leg = await bench.answered_call()
    await leg.call.send_keys("19*#")
    await asyncio.sleep(0.3)
    assert leg.far.keys_heard() == "19*#"


@scenario("hold")
async def test_hold_and_unhold(bench: Bench) -> None:
    """The far end is put on hold and taken back"""
    leg = await bench.answered_call()
    await leg.call.hold()
    await asyncio.sleep(0.2)
    assert leg.far.on_hold
    await leg.call.unhold()
    await asyncio.sleep(0.2)
    assert not leg.far.on_hold
    assert not leg.call.ended


@scenario("hold", "sound")
async def test_sound_after_hold(bench: Bench) -> None:
    """After a hold sound flows again"""
    leg = await bench.answered_call()
    await leg.call.hold()
    await leg.call.unhold()
    await leg.call.play([bench.tone(440, 1.0)])
    await asyncio.sleep(0.2)
    assert leg.far.heard(440) == pytest.approx(1.0, abs=NEAR)

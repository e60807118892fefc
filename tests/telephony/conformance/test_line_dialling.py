"""Line conformance: dialling out and connecting two calls."""

from __future__ import annotations

import asyncio

import pytest

from line_bench.bench import Bench
from line_bench.scenario import scenario
from telephony.line import CallEnded, DialFailed

NEAR = 0.3


@scenario("dial")
async def test_dialled_telephone_answers(bench: Bench) -> None:
    """A dialled telephone rings, answers, and is a call like any other"""
    leg = await bench.dialled_call()
    facts = leg.call.facts
    assert leg.call.answered and not leg.call.ended
    assert (facts.called, facts.direction) == (bench.free_number, "out")
    await leg.call.hangup()
    await leg.far.ended()
    assert leg.ears.enders == ["us"]


@scenario("dial", "sound", "keys")
async def test_dialled_leg_hears_and_presses(bench: Bench) -> None:
    """A dialled telephone hears sound and presses keys"""
    leg = await bench.dialled_call()
    await leg.call.play([bench.tone(440, 0.6)])
    await leg.far.press("5")
    await asyncio.sleep(0.3)
    assert leg.far.heard(440) == pytest.approx(0.6, abs=NEAR)
    assert leg.ears.pressed == "5"


@scenario("dial")
async def test_dialled_telephone_hangs_up(bench: Bench) -> None:
    """A dialled telephone's hang-up is told once"""
    leg = await bench.dialled_call()
    await leg.far.hang_up()
    await leg.ears.over()
    assert leg.ears.enders == ["caller"]
    with pytest.raises(CallEnded):
        await leg.call.answer()


@scenario("dial")
async def test_dialled_telephone_is_busy(bench: Bench) -> None:
    """A busy telephone: busy"""
    dialling = asyncio.create_task(bench.line.dial(bench.free_number, caller_id=None, timeout=5.0))
    far = await bench.phone_rings()
    await far.decline()
    with pytest.raises(DialFailed) as failure:
        await asyncio.wait_for(dialling, 5)
    assert failure.value.outcome == "busy"
    assert failure.value.detail


@scenario("dial")
async def test_nobody_answers(bench: Bench) -> None:
    """Nobody answers within the time: no_answer, and the telephone stops ringing"""
    dialling = asyncio.create_task(bench.line.dial(bench.free_number, caller_id=None, timeout=1.0))
    far = await bench.phone_rings()
    with pytest.raises(DialFailed) as failure:
        await asyncio.wait_for(dialling, 5)
    assert failure.value.outcome == "no_answer"
    await far.ended()


@scenario("dial")
async def test_number_that_does_not_exist(bench: Bench) -> None:
    """A number that does not exist: failed, with the reason"""
    with pytest.raises(DialFailed) as failure:
        await asyncio.wait_for(bench.line.dial(bench.dead_number, caller_id=None, timeout=5.0), 10)
    assert failure.value.outcome == "failed"
    assert failure.value.detail


@scenario("dial")
async def test_cancelled_dialling_stops_the_ringing(bench: Bench) -> None:
    """Cancelling dial gives up the call; the telephone stops ringing"""
    dialling = asyncio.create_task(bench.line.dial(bench.free_number, caller_id=None, timeout=20.0))
    far = await bench.phone_rings()
    dialling.cancel()
    await asyncio.wait((dialling,))
    assert dialling.cancelled()
    await far.ended()


@scenario("dial", "bridge")
async def test_bridged_far_ends_hear_each_other(bench: Bench) -> None:
    """Two bridged far ends hear each other, and only each other"""
    one, two = await bench.answered_call(), await bench.dialled_call()
    await one.call.bridge(two.call)
    await one.far.speak(440, 1.0)
    await two.far.speak(1000, 1.0)
    await asyncio.sleep(1.4)
    assert two.far.heard(440) == pytest.approx(1.0, abs=NEAR)
    assert one.far.heard(1000) == pytest.approx(1.0, abs=NEAR)
    assert one.far.heard(440) == pytest.approx(0.0, abs=0.05)


@scenario("dial", "bridge", "sound")
async def test_separated_far_ends_do_not_hear_each_other(bench: Bench) -> None:
    """After unbridge both calls are up and neither hears the other"""
    one, two = await bench.answered_call(), await bench.dialled_call()
    await one.call.bridge(two.call)
    await asyncio.sleep(0.2)
    await one.call.unbridge()
    await one.far.speak(440, 0.5)
    await asyncio.sleep(0.8)
    assert two.far.heard(440) == pytest.approx(0.0, abs=0.05)
    assert not one.call.ended and not two.call.ended
    await one.call.play([bench.tone(1000, 0.5)])
    await asyncio.sleep(0.2)
    assert one.far.heard(1000) == pytest.approx(0.5, abs=NEAR)


@scenario("dial", "bridge")
async def test_bridge_survives_the_end_of_one_leg(bench: Bench) -> None:
    """When one bridged leg ends the other stays up"""
    one, two = await bench.answered_call(), await bench.dialled_call()
    await one.call.bridge(two.call)
    await two.far.hang_up()
    await two.ears.over()
    assert two.call.ended and not one.call.ended
    assert one.ears.endings == []
    await one.call.unbridge()


@scenario("dial", "bridge")
async def test_bridge_with_an_ended_leg(bench: Bench) -> None:
    """A leg that has ended cannot be bridged: CallEnded"""
    one, two = await bench.answered_call(), await bench.dialled_call()
    await two.call.hangup()
    with pytest.raises(CallEnded):
        await one.call.bridge(two.call)
    assert not one.call.ended

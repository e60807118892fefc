"""Line conformance: ringing the telephones of agents."""

from __future__ import annotations

import asyncio

import pytest

from line_bench.bench import Bench
from line_bench.scenario import scenario
from telephony.line import DialFailed, RingOptions

SHOWN = RingOptions(caller_id="13800000001", caller_name="Ms Chen")


@scenario("ring")
async def test_a_telephone_is_rung_and_answers(bench: Bench) -> None:
    """A telephone that is rung is told to ring, answers, and is a call like any other"""
    ringing = bench.line.ring(bench.free_number, SHOWN, timeout=5.0)
    far = await bench.phone_rings()
    await asyncio.wait_for(ringing.rang.wait(), 5)
    await far.answer()
    call = await ringing.answered()
    assert call.answered and not call.ended
    facts = call.facts
    assert (facts.called, facts.caller, facts.direction) == (
        bench.free_number,
        "13800000001",
        "out",
    )
    ringing.give_up()
    assert not call.ended
    await call.play([bench.tone(440, 0.5)])
    await call.hangup()
    await far.ended()


@scenario("ring")
async def test_a_busy_telephone_tells_its_status(bench: Bench) -> None:
    """A refusal tells the telephone's own SIP status"""
    ringing = bench.line.ring(bench.free_number, SHOWN, timeout=5.0)
    far = await bench.phone_rings()
    await far.decline()
    with pytest.raises(DialFailed) as failure:
        await ringing.answered()
    assert (failure.value.outcome, failure.value.code) == ("busy", 486)
    await asyncio.wait_for(ringing.cleared(), 5)


@scenario("ring")
async def test_nobody_takes_the_call(bench: Bench) -> None:
    """Nobody answers within the time: no_answer, no status, and the telephone stops ringing"""
    ringing = bench.line.ring(bench.free_number, SHOWN, timeout=0.6)
    far = await bench.phone_rings()
    with pytest.raises(DialFailed) as failure:
        await ringing.answered()
    assert (failure.value.outcome, failure.value.code) == ("no_answer", 0)
    await far.ended()
    await asyncio.wait_for(ringing.cleared(), 5)


@scenario("ring")
async def test_ringing_is_given_up(bench: Bench) -> None:
    """What is given up stops to ring, and says when it is clear"""
    ringing = bench.line.ring(bench.free_number, SHOWN, timeout=20.0)
    far = await bench.phone_rings()
    ringing.give_up("elsewhere")
    ringing.give_up()
    with pytest.raises(DialFailed) as failure:
        await ringing.answered()
    assert failure.value.outcome == "no_answer"
    await far.ended()
    await asyncio.wait_for(ringing.cleared(), 5)


@scenario("ring")
async def test_who_waits_is_cancelled(bench: Bench) -> None:
    """Cancelling the wait gives up"""
    ringing = bench.line.ring(bench.free_number, SHOWN, timeout=20.0)
    far = await bench.phone_rings()
    waiting = asyncio.create_task(ringing.answered())
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.wait((waiting,))
    assert waiting.cancelled()
    await far.ended()


@scenario("ring")
async def test_a_telephone_that_is_not_there(bench: Bench) -> None:
    """A telephone that is not there: failed, with the reason"""
    ringing = bench.line.ring("nobody", SHOWN, timeout=5.0)
    with pytest.raises(DialFailed) as failure:
        await ringing.answered()
    assert failure.value.outcome == "failed" and "nobody" in failure.value.detail
    await asyncio.wait_for(ringing.cleared(), 5)


@scenario("ring", "bridge")
async def test_a_rung_telephone_is_connected(bench: Bench) -> None:
    """The telephone that was rung is bridged with the call it was rung for"""
    leg = await bench.answered_call()
    ringing = bench.line.ring(bench.free_number, SHOWN, timeout=5.0, near=leg.call)
    far = await bench.phone_rings()
    await far.answer()
    call = await ringing.answered()
    await leg.call.bridge(call)
    await leg.far.speak(440, 0.6)
    await far.speak(1000, 0.6)
    await asyncio.sleep(1.0)
    assert far.heard(440) == pytest.approx(0.6, abs=0.3)
    assert leg.far.heard(1000) == pytest.approx(0.6, abs=0.3)

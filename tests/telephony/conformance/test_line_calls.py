"""Line conformance: answering, refusing, hanging up, and what holds after the end."""

from __future__ import annotations

import asyncio

import pytest

from line_bench.bench import Bench
from line_bench.scenario import scenario
from telephony.line import CallEnded


@scenario("answer")
async def test_incoming_call_says_who_calls_whom(bench: Bench) -> None:
    """An incoming call has an id, the caller's and the called number"""
    one = await bench.call_in("2001", "100")
    two = await bench.call_in("2002", "100")
    facts = one.call.facts
    assert (facts.caller, facts.called, facts.direction) == ("2001", "100", "in")
    assert facts.backend == bench.line.name
    assert facts.started.tzinfo is not None
    assert facts.id and facts.id != two.call.facts.id
    assert not one.call.answered and not one.call.ended


@scenario("answer")
async def test_ring_then_answer(bench: Bench) -> None:
    """A call rings, is answered, and answering again does nothing"""
    leg = await bench.call_in()
    await leg.call.ring()
    await leg.call.answer()
    await leg.far.answered()
    await leg.call.answer()
    assert leg.call.answered and not leg.call.ended
    assert leg.call.codec in ("PCMU", "PCMA")
    assert leg.ears.endings == []


@scenario("answer")
async def test_reject(bench: Bench) -> None:
    """A refused call ends at the far end with the status we gave"""
    leg = await bench.call_in()
    await leg.call.reject(486)
    await leg.far.ended()
    assert leg.far.rejected == 486
    assert leg.call.ended and leg.ears.enders == ["us"]
    with pytest.raises(CallEnded):
        await leg.call.answer()


@scenario("answer", "hangup")
async def test_caller_gives_up_while_it_rings(bench: Bench) -> None:
    """A caller who gives up while it rings ends the call (CANCEL)"""
    leg = await bench.call_in()
    await leg.call.ring()
    await leg.far.hang_up()
    await leg.far.ended()
    await leg.ears.over()
    assert leg.ears.enders == ["caller"] and not leg.call.answered
    with pytest.raises(CallEnded):
        await leg.call.answer()


@scenario("hangup")
async def test_caller_hangs_up(bench: Bench) -> None:
    """The caller's hang-up is told exactly once"""
    leg = await bench.answered_call()
    await leg.far.hang_up()
    await leg.ears.over()
    await leg.call.hangup()
    assert leg.ears.enders == ["caller"]
    assert leg.call.ended


@scenario("hangup")
async def test_we_hang_up(bench: Bench) -> None:
    """Our hang-up reaches the far end and is told exactly once"""
    leg = await bench.answered_call()
    await leg.call.hangup()
    await leg.far.ended()
    await leg.call.hangup()
    await leg.ears.over()
    assert leg.ears.enders == ["us"]
    assert leg.call.ended


@scenario("hangup")
async def test_hang_up_before_the_answer(bench: Bench) -> None:
    """Hanging up an unanswered call refuses it"""
    leg = await bench.call_in()
    await leg.call.ring()
    await leg.call.hangup()
    await leg.far.ended()
    assert leg.call.ended and leg.ears.enders == ["us"]


@scenario("hangup", "sound", "record")
async def test_everything_fails_after_the_end(bench: Bench) -> None:
    """After the end every method but hangup raises CallEnded"""
    leg = await bench.answered_call()
    await leg.far.hang_up()
    await leg.ears.over()
    call, path = leg.call, str(bench.folder / "late.wav")
    for late in (
        call.ring(),
        call.answer(),
        call.reject(486),
        call.play([bench.tone(440, 0.2)]),
        call.stop(),
        call.record(path, most=1, silence=1),
        call.record_both(path),
    ):
        with pytest.raises(CallEnded):
            await late
    with pytest.raises(CallEnded):
        call.secret(True)
    await call.hangup()
    assert leg.ears.enders == ["caller"]


@scenario("hangup", "hold", "send-keys")
async def test_hold_and_keys_fail_after_the_end(bench: Bench) -> None:
    """After the end hold, unhold and send_keys raise CallEnded"""
    leg = await bench.answered_call()
    await leg.far.hang_up()
    await leg.ears.over()
    for late in (leg.call.hold(), leg.call.unhold(), leg.call.send_keys("1")):
        with pytest.raises(CallEnded):
            await late


@scenario("hangup", "sound")
async def test_hang_up_during_a_sound(bench: Bench) -> None:
    """A hang-up during a sound ends the sound with CallEnded"""
    leg = await bench.answered_call()
    playing = asyncio.create_task(leg.call.play([bench.tone(440, 30)]))
    await asyncio.sleep(0.3)
    await leg.far.hang_up()
    with pytest.raises(CallEnded):
        await asyncio.wait_for(playing, 5)
    assert leg.ears.enders == ["caller"]


@scenario("answer")
async def test_two_calls_do_not_disturb_each_other(bench: Bench) -> None:
    """One call's end leaves another alone"""
    one, two = await bench.answered_call(), await bench.answered_call()
    await one.far.hang_up()
    await one.ears.over()
    assert one.call.ended and not two.call.ended
    assert two.ears.endings == []
    await two.call.hangup()
    await two.far.ended()


@scenario("hangup")
async def test_stop_ends_running_calls(bench: Bench) -> None:
    """A line that stops waits for its calls as long as it may, then ends them"""
    leg = await bench.answered_call()
    stopping = asyncio.create_task(bench.line.stop(drain=1.0))
    await asyncio.sleep(0.3)
    assert not leg.call.ended
    await asyncio.wait_for(stopping, 5)
    await leg.far.ended()
    assert leg.ears.enders == ["us"]

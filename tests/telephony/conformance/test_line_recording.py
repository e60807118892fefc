"""Line conformance: recording the far end."""

from __future__ import annotations

import asyncio

import pytest

from line_bench.bench import Bench, file_seconds, tone_seconds
from line_bench.scenario import scenario
from telephony.line import MediaFailed, RecordDone

NEAR = 0.3


def recording(bench: Bench, name: str = "message.wav") -> str:
    return str(bench.folder / name)


@scenario("record")
async def test_recording_ends_by_silence(bench: Bench) -> None:
    """A recording ends when the caller has been silent for the time given"""
    leg = await bench.answered_call()
    running = asyncio.create_task(leg.call.record(recording(bench), most=20, silence=1.0))
    await asyncio.sleep(0.3)
    await leg.far.speak(440, 1.0)
    done = await asyncio.wait_for(running, 10)
    assert done.by == "silence" and done.spoke
    assert done.seconds == pytest.approx(2.3, abs=2 * NEAR)
    assert file_seconds(done.path) == pytest.approx(done.seconds, abs=0.1)
    assert tone_seconds(done.path, 440) == pytest.approx(1.0, abs=NEAR)


@scenario("record")
async def test_recording_of_nothing(bench: Bench) -> None:
    """A caller who says nothing ends it by silence, and spoke is false"""
    leg = await bench.answered_call()
    done = await asyncio.wait_for(leg.call.record(recording(bench), most=20, silence=1.0), 10)
    assert done.by == "silence" and not done.spoke
    assert done.seconds == pytest.approx(1.0, abs=NEAR)


@scenario("record", "keys")
async def test_recording_ends_by_key(bench: Bench) -> None:
    """An end key ends it and is not told to the listener; other keys are told"""
    leg = await bench.answered_call()
    running = asyncio.create_task(
        leg.call.record(recording(bench), most=20, silence=10, end_keys="#*")
    )
    await asyncio.sleep(0.3)
    await leg.far.speak(440, 5.0)
    await asyncio.sleep(0.7)
    await leg.far.press("5")
    await leg.far.press("*")
    done = await asyncio.wait_for(running, 5)
    assert done.by == "key" and done.spoke
    assert 0.7 <= done.seconds < 3.0
    await asyncio.sleep(0.3)
    assert leg.ears.pressed == "5"


@scenario("record")
async def test_recording_is_full(bench: Bench) -> None:
    """It ends when it is as long as it may be"""
    leg = await bench.answered_call()
    await leg.far.speak(440, 5.0)
    done = await asyncio.wait_for(leg.call.record(recording(bench), most=1.0, silence=3), 5)
    assert done.by == "full" and done.spoke
    assert file_seconds(done.path) == pytest.approx(1.0, abs=NEAR)


@scenario("record", "hangup")
async def test_recording_ends_by_hang_up(bench: Bench) -> None:
    """The caller's hang-up closes it whole and is its result, not an error"""
    leg = await bench.answered_call()
    running = asyncio.create_task(leg.call.record(recording(bench), most=20, silence=10))
    await leg.far.speak(440, 5.0)
    await asyncio.sleep(1.0)
    await leg.far.hang_up()
    done = await asyncio.wait_for(running, 5)
    assert done.by == "hangup" and done.spoke
    assert tone_seconds(done.path, 440) == pytest.approx(1.0, abs=2 * NEAR)
    assert leg.ears.enders == ["caller"]


@scenario("record", "hangup")
async def test_recording_ends_by_our_hang_up(bench: Bench) -> None:
    """Our own hang-up closes it whole too"""
    leg = await bench.answered_call()
    running = asyncio.create_task(leg.call.record(recording(bench), most=20, silence=10))
    await leg.far.speak(440, 5.0)
    await asyncio.sleep(1.0)
    await leg.call.hangup()
    done = await asyncio.wait_for(running, 5)
    assert isinstance(done, RecordDone) and done.by in ("stopped", "hangup")
    assert file_seconds(done.path) == pytest.approx(1.0, abs=2 * NEAR)


@scenario("record")
async def test_cancelled_recording_is_whole(bench: Bench) -> None:
    """A cancelled recording leaves a whole file; the leg can record again"""
    leg = await bench.answered_call()
    path = recording(bench)
    running = asyncio.create_task(leg.call.record(path, most=20, silence=10))
    await leg.far.speak(440, 5.0)
    await asyncio.sleep(1.0)
    running.cancel()
    await asyncio.wait((running,))
    assert running.cancelled()
    await asyncio.sleep(0.3)
    assert file_seconds(path) == pytest.approx(1.0, abs=2 * NEAR)
    again = await leg.call.record(recording(bench, "again.wav"), most=0.5, silence=3)
    assert again.by == "full"


@scenario("record")
async def test_secret_is_silent_in_recordings(bench: Bench) -> None:
    """While a secret is keyed the recording holds silence"""
    leg = await bench.answered_call()
    running = asyncio.create_task(leg.call.record(recording(bench), most=3.0, silence=10))
    await leg.far.speak(440, 6.0)
    await asyncio.sleep(1.0)
    leg.call.secret(True)
    await asyncio.sleep(1.0)
    leg.call.secret(False)
    done = await asyncio.wait_for(running, 5)
    assert file_seconds(done.path) == pytest.approx(3.0, abs=NEAR)
    assert tone_seconds(done.path, 440) == pytest.approx(2.0, abs=2 * NEAR)


@scenario("record")
async def test_full_disk(bench: Bench) -> None:
    """A full disk is a named error, and the call goes on"""
    leg = await bench.answered_call()
    full = bench.folder / "full.wav"
    full.symlink_to("/dev/full")
    await leg.far.speak(440, 3.0)
    with pytest.raises(MediaFailed) as failure:
        await asyncio.wait_for(leg.call.record(str(full), most=2.0, silence=3), 10)
    assert failure.value.name == "disk-full"
    assert not leg.call.ended
    again = await leg.call.record(recording(bench), most=0.5, silence=3)
    assert again.by == "full"


@scenario("record", "sound", "hangup")
async def test_both_directions(bench: Bench) -> None:
    """record_both keeps both directions in two channels until the call ends"""
    leg = await bench.answered_call()
    path = recording(bench)
    await leg.call.record_both(path)
    await leg.far.speak(440, 1.0)
    await leg.call.play([bench.tone(1000, 1.0)])
    await asyncio.sleep(0.3)
    await leg.call.hangup()
    await leg.far.ended()
    await asyncio.sleep(0.3)
    assert file_seconds(path) == pytest.approx(1.3, abs=2 * NEAR)

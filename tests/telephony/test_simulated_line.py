"""What only the simulated line has; what every line does is in conformance/."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from flow_runtime.clock import VirtualLoop, run_virtual
from line_bench.bench import Ears, tone_seconds
from telephony.line import Call, Clip, DialFailed, LineError, MediaFailed
from telephony.simulated import Callee, FarEnd, SimulatedCall, SimulatedLine
from telephony.simulated.wav import Stretch, Track, write

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
HELLO, WORLD = Clip(None, 1.0, "Hello"), Clip(None, 2.0, "world")


def on_line(scenario: Callable[[SimulatedLine], Coroutine[Any, Any, None]]) -> None:
    """Run *scenario* with a line whose calls are not answered by anybody."""

    async def main(loop: VirtualLoop) -> None:
        line = SimulatedLine(loop.now)
        await line.start(_listen)
        await scenario(line)
        await line.stop()

    run_virtual(main, START)


def _listen(call: Call) -> None:
    call.listener = Ears()


async def answered(line: SimulatedLine) -> tuple[SimulatedCall, FarEnd]:
    far = line.call("138", "100")
    await far.call.answer()
    return far.call, far


def test_the_transcript_says_what_was_heard_when_and_how_long() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line)
        await asyncio.sleep(1)
        await call.play([HELLO, Clip(None, 0.5), WORLD])
        playing = asyncio.create_task(call.play([HELLO, WORLD]))
        await asyncio.sleep(1.5)
        far.press("1")
        await playing
        assert [(h.at, h.seconds, h.text) for h in far.heard] == [
            (1.0, 1.0, "Hello"),
            (2.5, 2.0, "world"),
            (4.5, 1.0, "Hello"),
            (5.5, 0.5, "world"),
        ]
        assert far.transcript == "Hello world Hello world"

    on_line(scenario)


def test_sounds_are_shown_when_they_begin() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line)
        shown: list[str] = []
        far.on_sound = shown.append
        playing = asyncio.create_task(call.play([HELLO, WORLD]))
        await asyncio.sleep(0.1)
        assert shown == ["Hello world"] and far.heard == []
        await playing

    on_line(scenario)


def test_a_cut_sound_leaves_later_clips_unheard() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line)
        playing = asyncio.create_task(call.play([HELLO, WORLD]))
        await asyncio.sleep(0.5)
        far.press("1")
        await playing
        assert far.transcript == "Hello"

    on_line(scenario)


@pytest.mark.parametrize("outcome", ["busy", "no_answer", "failed"])
def test_scripted_refusals(outcome: Any) -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = Callee(outcome, after=3)
        with pytest.raises(DialFailed) as failure:
            await line.dial("1001", caller_id=None, timeout=30)
        assert failure.value.outcome == outcome
        assert asyncio.get_running_loop().time() == 3
        assert line.status()["calls"] == 0

    on_line(scenario)


def test_a_scripted_telephone_answers_talks_and_hangs_up() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["*"] = Callee(after=2, talks=10)
        leg = await line.dial("1001", caller_id="100", timeout=30)
        ears = leg.listener = Ears()
        assert asyncio.get_running_loop().time() == 2
        await asyncio.sleep(9.9)
        assert not leg.ended
        await asyncio.sleep(0.2)
        assert ears.enders == ["caller"]

    on_line(scenario)


def test_a_telephone_that_hangs_up_while_it_rings_fails() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = Callee(outcome=None)
        dialling = asyncio.create_task(line.dial("1001", caller_id=None, timeout=30))
        far = await line.callees["1001"].rings.get()
        far.hang_up()
        with pytest.raises(DialFailed, match="failed"):
            await dialling

    on_line(scenario)


def test_an_unknown_number_is_named() -> None:
    async def scenario(line: SimulatedLine) -> None:
        with pytest.raises(DialFailed, match="'555'"):
            await line.dial("555", caller_id=None, timeout=30)

    on_line(scenario)


def test_a_stopped_line_refuses_calls_with_503() -> None:
    async def scenario(line: SimulatedLine) -> None:
        await line.stop()
        far = line.call("138", "100")
        assert far.rejected == 503 and far.over.is_set()

    on_line(scenario)


def test_stop_returns_as_soon_as_the_last_call_is_over() -> None:
    async def scenario(line: SimulatedLine) -> None:
        _, far = await answered(line)
        asyncio.get_running_loop().call_later(4, far.hang_up)
        await line.stop(drain=60)
        assert asyncio.get_running_loop().time() == 4

    on_line(scenario)


def test_there_is_no_sound_before_the_answer() -> None:
    async def scenario(line: SimulatedLine) -> None:
        far = line.call("138", "100")
        with pytest.raises(LineError, match="before the call is answered"):
            await far.call.play([HELLO])
        far.press("1")
        assert isinstance(far.call.listener, Ears) and far.call.listener.keys == []

    on_line(scenario)


def test_an_answered_call_cannot_be_rejected() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line)
        with pytest.raises(LineError, match="hung up"):
            await call.reject(486)
        assert not call.ended and far.rejected is None

    on_line(scenario)


def test_a_network_failure_is_told_as_such() -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line)
        far.fail("media-lost")
        assert isinstance(call.listener, Ears)
        assert call.listener.endings == [("network", "media-lost")]

    on_line(scenario)


def test_one_recording_at_a_time(tmp_path: Path) -> None:
    async def scenario(line: SimulatedLine) -> None:
        call, _ = await answered(line)
        first = asyncio.create_task(call.record(str(tmp_path / "a.wav"), most=5, silence=9))
        await asyncio.sleep(0.1)
        with pytest.raises(LineError, match="already"):
            await call.record(str(tmp_path / "b.wav"), most=5, silence=9)
        assert (await first).by == "full"

    on_line(scenario)


def test_words_on_hold_are_not_heard() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1001"] = Callee()
        (call, far), leg = await answered(line), await line.dial("1001", caller_id=None, timeout=9)
        await call.bridge(leg)
        other = line.dialled[0]
        far.speak(1, "one")
        await asyncio.sleep(1)
        await leg.hold()
        far.speak(1, "two")
        far.press("5")
        assert [h.text for h in other.heard] == ["one", "5"]
        assert other.keys_heard == "5"

    on_line(scenario)


def test_the_hold_key_of_a_far_end_is_told_and_cuts_both_off() -> None:
    async def scenario(line: SimulatedLine) -> None:
        line.callees["1"] = line.callees["2"] = Callee(after=0.0)
        legs = [await line.dial(number, caller_id=None, timeout=5) for number in ("1", "2")]
        one, other = (leg.far for leg in legs if isinstance(leg, SimulatedCall))
        await legs[0].bridge(legs[1])
        told: list[bool] = []
        legs[0].on_held = told.append
        one.hold()
        one.hold()
        for far in (one, other):
            far.speak(1.0, f"from {far.number}")
        assert legs[0].held and not one.heard and not other.heard
        one.hold(False)
        other.speak(1.0, "again")
        assert told == [True, False] and one.transcript == "again"

    on_line(scenario)


def test_both_directions_are_kept_apart(tmp_path: Path) -> None:
    path = str(tmp_path / "both.wav")

    async def scenario(line: SimulatedLine) -> None:
        call, far = await answered(line)
        await call.record_both(path)
        far.speak(1.0, tone=440)
        await asyncio.sleep(2)
        await call.play([HELLO])

    on_line(scenario)
    samples, rate = soundfile.read(path, always_2d=True)
    assert rate == 8000 and samples.shape == (24000, 2)
    assert tone_seconds(path, 440, channel=0) == pytest.approx(1.0, abs=0.02)
    assert np.any(samples[16000:, 1]) and not np.any(samples[:16000, 1])


def test_a_recording_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaFailed) as failure:
        write(str(tmp_path / "file" / "x.wav"), [Track()], 0, 1)
    assert failure.value.name == "recording-failed"
    assert "x.wav" in str(failure.value)


def test_sound_outside_the_recording_is_left_out(tmp_path: Path) -> None:
    path = str(tmp_path / "x.wav")
    write(path, [Track([Stretch(0, 5), Stretch(9, 20)], [Stretch(2, 3)])], 1, 10)
    samples, _ = soundfile.read(path)
    assert len(samples) == 9 * 8000
    loud = [bool(np.any(samples[i * 8000 : (i + 1) * 8000])) for i in range(9)]
    assert loud == [True, False, True, True, False, False, False, False, True]

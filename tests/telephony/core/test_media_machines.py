"""The timed machines of the media plane: source rule, wheel, recorder."""

from __future__ import annotations

import numpy as np
import pytest

from telephony.core import g711, tones
from telephony.core.jitter import DELAY
from telephony.core.recorder import Limits, Recorder, VoiceLevel
from telephony.core.source import SourceRule
from telephony.core.wheel import SIZE, Wheel

SDP, NAT, SIGNALLING, STRANGER = (
    ("192.0.2.1", 4000),
    ("192.0.2.1", 5000),
    ("198.51.100.1", 6000),
    ("203.0.113.9", 4000),
)


# --- source -------------------------------------------------------------------------------------


def rule(answered: float | None = 0.0) -> SourceRule:
    rule = SourceRule()
    assert rule.remote(SDP, SIGNALLING[0], 0.0)
    if answered is not None:
        rule.answered(answered)
    return rule


@pytest.mark.parametrize(
    ("source", "now", "good"),
    [
        (SDP, 0.5, True),
        (SDP, 60.0, True),
        (NAT, 1.9, True),
        (NAT, 2.1, False),
        (SIGNALLING, 1.9, True),
        (SIGNALLING, 2.1, False),
        (STRANGER, 0.1, False),
    ],
)
def test_who_may_become_the_source(source: tuple[str, int], now: float, good: bool) -> None:
    one = rule()
    assert one.target == SDP
    assert one.accepts(source, 7, now) is good
    assert one.locked == (source if good else None)
    assert one.target == (source if good else SDP)


def test_the_window_is_open_until_the_answer() -> None:
    assert rule(answered=None).accepts(NAT, 7, 100.0)


def test_a_locked_source_stays() -> None:
    one = rule()
    assert one.accepts(SDP, 7, 0.1)
    assert one.accepts(SDP, 8, 0.2)
    one.heard(8, 5.0)
    assert not one.accepts(NAT, 7, 5.9)
    assert not one.accepts(STRANGER, 8, 5.9)
    assert not one.accepts(STRANGER, 7, 6.1)
    assert one.accepts(STRANGER, 8, 6.1)  # the same SSRC after a second of silence
    assert one.locked == STRANGER


def test_a_new_sdp_opens_the_lock() -> None:
    one = rule()
    assert one.accepts(SDP, 7, 0.1)
    assert not one.remote(SDP, SIGNALLING[0], 5.0)
    assert one.locked == SDP
    assert one.remote(STRANGER, SIGNALLING[0], 5.0)
    assert one.locked is None
    assert not one.accepts(SDP, 7, 9.0)
    assert one.accepts(STRANGER, 9, 9.0)


def test_a_telephone_behind_nat_is_found_again_after_a_new_sdp() -> None:
    one = rule()
    assert one.accepts(NAT, 7, 0.1)
    moved, found = (SDP[0], 4002), (NAT[0], 5002)
    assert one.remote(moved, SIGNALLING[0], 60.0)
    assert one.accepts(found, 7, 61.9)
    assert one.target == found
    assert one.remote(SDP, SIGNALLING[0], 80.0)
    assert not one.accepts(NAT, 7, 82.1)


def test_packets_on_their_way_from_the_old_place_do_not_lock_it_again() -> None:
    one = rule()
    assert one.accepts(NAT, 7, 0.1)
    assert one.remote((SDP[0], 4002), SIGNALLING[0], 1.0)
    assert not one.accepts(NAT, 7, 1.1)
    assert one.accepts(NAT, 7, 2.1)  # it never moved: only its description did


def test_hold_by_no_address_at_all_moves_nothing() -> None:
    one = rule()
    assert one.accepts(NAT, 7, 0.1)
    assert not one.remote(("0.0.0.0", 4000), SIGNALLING[0], 60.0)  # noqa: S104 - not bound
    assert not one.remote(SDP, SIGNALLING[0], 70.0)
    assert one.locked == NAT
    held = SourceRule()
    assert not held.remote(("0.0.0.0", 4000), SIGNALLING[0], 0.0)  # noqa: S104 - not bound
    assert held.accepts(SIGNALLING, 7, 0.1)


# --- wheel --------------------------------------------------------------------------------------


class Stream:
    """Notes when it is run; asks for the next delay of *delays*."""

    def __init__(self, *delays: int) -> None:
        self.due = -1
        self.delays = list(delays)
        self.ticks: list[int] = []


def serve(wheel: Wheel[Stream], until: int) -> None:
    def run(stream: Stream) -> int:
        assert stream.due == -1
        stream.ticks.append(wheel.tick - 1)
        return stream.delays.pop(0) if stream.delays else 0

    while wheel.tick <= until:
        wheel.serve(run)


def test_streams_run_when_they_are_due() -> None:
    wheel = Wheel[Stream](100.0)
    one, other = Stream(20, 21, SIZE - 1), Stream(3)
    wheel.add(one, 5)
    wheel.add(other, 5)
    assert wheel.ahead() == 5
    serve(wheel, 400)
    assert one.ticks == [5, 25, 46, 46 + SIZE - 1]
    assert other.ticks == [5, 8]
    assert wheel.count == 0 and wheel.ahead() is None
    assert wheel.time(25) == pytest.approx(100.025)


def test_an_empty_wheel_turns_to_the_present() -> None:
    wheel = Wheel[Stream](0.0)
    assert wheel.current(50.0004) == 50000
    one = Stream()
    wheel.add(one, 50003)
    assert wheel.current(50.0014) == 50001
    assert wheel.tick == 50000
    assert wheel.everything() == [one]
    wheel.remove(one)
    assert one.due == -1 and wheel.everything() == []


def test_up_to_three_packets_are_made_up_for_the_rest_is_left_out() -> None:
    wheel = Wheel[Stream](0.0)
    one = Stream(*[20] * 100)
    wheel.add(one, 0)
    assert wheel.behind(0.0595) == 0
    assert wheel.behind(0.0605) == 20
    assert wheel.reached(0.0605) == 40
    wheel = Wheel[Stream](0.0)
    wheel.add(one, 0)
    assert wheel.behind(1.0005) == 960
    serve(wheel, wheel.reached(1.0005))
    assert one.ticks == [0, 20, 40]
    assert wheel.behind(1.0005) == 0


def test_waiting_for_a_far_stream_is_not_being_late() -> None:
    wheel = Wheel[Stream](0.0)
    wheel.add(Stream(), 100)
    assert wheel.behind(0.1005) == 0
    assert wheel.behind(0.1705) == 20


# --- recorder -----------------------------------------------------------------------------------


def record(
    recorder: Recorder, samples: np.ndarray, *, law: str = "PCMU", start: float = 0.0
) -> tuple[bytes, float]:
    """Feed *samples* in real time; what was written and when it ended."""
    sound, out = g711.encode(samples.astype(np.int16), law), b""
    now = start
    for at in range(0, len(sound), 160):
        recorder.heard(at, sound[at : at + 160], law, now)
        now += 0.02
        if at % 800 == 0:
            out += recorder.pull(now)
        if recorder.end is not None:
            break
    return out, now


def noise(seconds: float, amplitude: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, amplitude, int(seconds * 8000))


def speech(seconds: float, amplitude: float = 4000) -> np.ndarray:
    """Syllables: four bursts a second."""
    time = np.arange(int(seconds * 8000)) / 8000
    return np.sin(2 * np.pi * 300 * time) * amplitude * (np.sin(2 * np.pi * 4 * time) > -0.3)


@pytest.mark.parametrize("background", [0, 20, 150, 400])
def test_silence_ends_it_also_with_noise_in_the_line(background: float) -> None:
    recorder = Recorder("PCMU", 0.0, Limits(most=60, silence=2.0))
    said = np.concatenate([noise(0.5, 1), speech(3.0), noise(6.0, 1)])
    out, now = record(recorder, said + noise(9.5, background + 0.01)[: len(said)])
    assert recorder.end == "silence"
    assert recorder.spoke
    assert now == pytest.approx(5.5, abs=0.5)
    assert len(out) == recorder.samples


def test_nothing_said() -> None:
    for samples in (noise(5, 0.1), noise(5, 150)):
        recorder = Recorder("PCMU", 0.0, Limits(silence=3.0))
        record(recorder, samples)
        assert recorder.end == "silence"
        assert not recorder.spoke


def test_long_speech_is_not_taken_for_noise() -> None:
    recorder = Recorder("PCMU", 0.0, Limits(most=30, silence=2.0))
    record(recorder, speech(31.0))
    assert recorder.end == "full"
    assert recorder.samples == 240000
    assert recorder.pull(99.0) == b""


def test_a_click_is_not_speech() -> None:
    voice = VoiceLevel()
    assert not any(voice.speech(100.0 if n % 50 < 4 else 5.0) for n in range(200))


def test_without_packets_time_passes_all_the_same() -> None:
    recorder = Recorder("PCMA", 5.0, Limits(most=1.0))
    assert recorder.pull(5.5 + DELAY + 0.0001) == b"\xd5" * 4000
    assert len(recorder.pull(9.0)) == 4000
    assert recorder.end == "full"


def test_a_secret_leaves_silence() -> None:
    recorder = Recorder("PCMU", 0.0, Limits())
    tone = tones.tone((440,), 0.5)
    recorder.heard(0, g711.encode(tone), "PCMU", 0.0)
    recorder.secret = True
    recorder.heard(4000, g711.encode(tone), "PCMU", 0.5)
    out = recorder.pull(1.0, last=True)
    assert out[:4000] == g711.encode(tone) and set(out[4000:]) == {0xFF}


def test_both_sides_in_the_law_of_the_file() -> None:
    recorder = Recorder("PCMA", 0.0, Limits(), both=True)
    assert recorder.channels == 2
    one, other = tones.tone((440,), 0.1), tones.tone((900,), 0.1)
    recorder.heard(0, g711.encode(one, "PCMU"), "PCMU", 0.0)
    recorder.sent(77, g711.encode(other, "PCMA"), "PCMA", 0.0)
    out = recorder.pull(0.1, last=True)
    assert out[1::2] == g711.encode(other, "PCMA")
    error = g711.decode(out[0::2], "PCMA").astype(int) - one
    assert np.abs(error).max() < 600
    mono = Recorder("PCMU", 0.0, Limits())
    mono.sent(0, b"\1" * 160, "PCMU", 0.0)
    assert set(mono.pull(0.1, last=True)) == {0xFF}

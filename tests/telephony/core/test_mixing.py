"""Mixing without a network: limiter, voices on the time line, what a listener makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtp_peer import level_of
from telephony.core import g711
from telephony.core.g711 import Samples
from telephony.core.g711_tables import ULAW_TO_ALAW, Law
from telephony.core.mixing import DELAY, DUCKED, KNEE, Blend, Voice, compress, limited
from telephony.core.playlist import Playlist
from telephony.core.tones import tone

FRAME = 160
START = 100.0
"""The clock when the first packet comes, in seconds."""
HERE = int(START * 8000)
AT = HERE + FRAME + DELAY
"""Where a listener's stream is when it reads what was said at `HERE`."""


def sums(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


# --- limiter ------------------------------------------------------------------------------------


@given(st.integers(-KNEE, KNEE))
def test_what_is_not_too_loud_stays_as_it_is(value: int) -> None:
    assert limited(sums(value))[0] == value


@given(st.integers(-(2**24), 2**24), st.integers(0, 1000))
def test_louder_stays_louder_and_nothing_is_clipped_or_wrapped(value: int, more: int) -> None:
    low, high = limited(sums(value, value + more))
    assert low <= high
    assert abs(int(limited(sums(value))[0])) <= 32767
    assert limited(sums(-value))[0] == -limited(sums(value))[0]


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_one_table_limits_and_compresses(law: Law) -> None:
    every = np.arange(-200_000, 200_000, 7, dtype=np.int32)
    assert compress(every, law) == g711.encode(limited(every), law)


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_a_single_voice_comes_out_as_it_went_in(law: Law) -> None:
    codes = bytes(range(256))
    samples = g711.decode(codes, law)
    quiet = np.abs(samples) <= KNEE
    again = g711.decode(compress(samples.astype(np.int32), law), law)
    assert (again == samples)[quiet].all()


# --- voices -------------------------------------------------------------------------------------


class Speaker:
    """Puts a voice's packets on the time line: *frames* of 20 ms, late by *late* seconds."""

    def __init__(self, law: Law = "PCMU", frame: int = FRAME) -> None:
        self.voice, self.law, self.frame = Voice(), law, frame
        self.stamp = 2**32 - 800

    def put(self, number: int, sound: bytes, late: float = 0.0, ssrc: int = 7) -> None:
        at = START + number * self.frame / 8000 + late
        stamp = (self.stamp + number * self.frame) % 2**32
        self.voice.put(ssrc, stamp, sound, self.law, at)

    def say(self, samples: Samples, missing: tuple[int, ...] = (), late: float = 0.0) -> None:
        sound = g711.encode(samples, self.law)
        for number in range(len(sound) // self.frame):
            if number not in missing:
                piece = sound[number * self.frame : (number + 1) * self.frame]
                self.put(number, piece, late)


def read(voice: Voice, place: int, count: int, size: int = FRAME) -> Samples:
    parts = [voice.read(place + at, size) for at in range(0, count, size)]
    return np.concatenate([np.zeros(size, np.int16) if one is None else one for one in parts])


@pytest.mark.parametrize("size", [80, 160, 240, 480])
@pytest.mark.parametrize("frame", [80, 160, 240, 480])
def test_all_listeners_read_what_was_said(frame: int, size: int) -> None:
    said = tone((500,), 0.6)
    speaker = Speaker(frame=frame)
    speaker.say(said)
    heard = read(speaker.voice, HERE, 4320, size)
    assert (heard == g711.decode(g711.encode(said))[: len(heard)]).all()
    assert speaker.voice.read(HERE + 4800, size) is None
    assert speaker.voice.read(HERE - 10_000, size) is None


def test_a_lost_packet_is_silence() -> None:
    said = tone((500,), 0.4)
    speaker = Speaker()
    speaker.say(said, missing=(7,))
    heard = read(speaker.voice, HERE, 3200)
    right = g711.decode(g711.encode(said))
    right[7 * FRAME : 8 * FRAME] = 0
    assert (heard == right).all()


def test_order_and_repeats_do_not_matter() -> None:
    sound = g711.encode(tone((500,), 0.1))
    speaker = Speaker()
    for number in (0, 2, 1, 1, 4, 3, 3):
        speaker.put(number, sound[number * FRAME : (number + 1) * FRAME], 0.02)
    assert (read(speaker.voice, HERE + FRAME, 800) == g711.decode(sound)).all()


def test_the_end_of_what_is_there_is_silence_not_what_was_there_before() -> None:
    speaker = Speaker()
    speaker.say(np.full(8000, 9000, np.int16))
    speaker.put(58, b"\x80" * FRAME)  # after a pause of more than the buffer holds
    found = speaker.voice.read(HERE + 58 * FRAME + 100, FRAME)
    assert found is not None and (found[60:] == 0).all() and (found[:60] != 0).all()
    assert (read(speaker.voice, HERE + 54 * FRAME, 4 * FRAME) == 0).all()


@pytest.mark.parametrize("late", [0.0, 0.03])
def test_what_is_late_for_a_while_is_still_heard(late: float) -> None:
    """40 ms are waited for."""
    speaker = Speaker()
    sound = g711.encode(np.full(FRAME, 5000, np.int16))
    speaker.put(0, sound)
    for number in range(1, 100):
        speaker.put(number, sound, late if number % 3 else 0.0)
        at = HERE + number * FRAME - DELAY + int(late * 8000)
        if number > 4:
            found = speaker.voice.read(at, FRAME)
            assert found is not None and found.all()


@pytest.mark.parametrize(("late", "lost"), [(0.2, 0), (0.24, 0), (0.5, 7)])
def test_a_path_that_grew_longer_moves_the_voice_back(late: float, lost: int) -> None:
    """At once by as much as a packet is late; further off after five (and 40 ms of delay)."""
    speaker = Speaker()
    sound = g711.encode(np.full(FRAME, 5000, np.int16))
    for number in range(50):
        speaker.put(number, sound)
    missed = 0
    for number in range(50, 80):
        speaker.put(number, sound, late)
        arrival = HERE + number * FRAME + int(late * 8000)
        found = speaker.voice.read(arrival - DELAY + 80, FRAME)
        missed += found is None or not found.all()
    assert missed == lost


def test_a_burst_after_a_stall_is_heard_whole_and_time_is_won_back() -> None:
    speaker = Speaker()
    sound = g711.encode(np.full(FRAME, 5000, np.int16))
    for number in range(20):
        speaker.put(number, sound)
    for number in range(20, 28):  # the sender stood still for 160 ms
        speaker.put(number, sound, (28 - number) * 0.02)
    moved = HERE + 20 * FRAME + 8 * FRAME - DELAY + 80
    assert read(speaker.voice, moved, 8 * FRAME).all()
    for number in range(28, 140):
        speaker.put(number, sound)
    arrival = HERE + 139 * FRAME
    assert speaker.voice.read(arrival + FRAME + 80, FRAME) is None
    assert read(speaker.voice, arrival - 10 * FRAME, 10 * FRAME).all()


def test_old_packets_move_nothing_until_there_are_many() -> None:
    speaker = Speaker()
    sound = g711.encode(np.full(FRAME, 5000, np.int16))
    for number in range(20):
        speaker.put(number, sound)
        if number == 10:
            speaker.put(3, sound, late=0.14)  # a repeat from long ago
    assert read(speaker.voice, HERE, 20 * FRAME).all()
    assert speaker.voice.read(HERE + 20 * FRAME, FRAME) is None
    for number in range(8):  # a clock that was set back by 0.4 s
        speaker.put(number, sound, late=0.4)
    assert read(speaker.voice, HERE + 25 * FRAME, 3 * FRAME).all()


def test_a_fast_clock_does_not_make_the_voice_ever_later() -> None:
    """A sender whose clock runs 1 % fast: what is read stays less than 60 ms behind."""
    speaker = Speaker()
    for number in range(1000):
        sound = g711.encode(np.full(FRAME, 20 * number, np.int16))
        speaker.put(number, sound, late=-number * 0.0002)
    arrival = HERE + 1000 * FRAME - 1600
    assert speaker.voice.read(arrival + 2 * FRAME, FRAME) is None
    assert speaker.voice.read(arrival - DELAY, FRAME) is not None


def test_another_source_begins_anew() -> None:
    speaker = Speaker()
    sound = b"\x80" * FRAME
    speaker.put(0, sound)
    speaker.voice.put(9, 123, sound, "PCMU", START + 1.0)
    found = speaker.voice.read(HERE + 8000, FRAME)
    assert found is not None and found.all()


# --- a listener ---------------------------------------------------------------------------------


def speaking(frequency: float, law: Law = "PCMU") -> Voice:
    speaker = Speaker(law)
    speaker.say(tone((frequency,), 0.8, -16.0))
    return speaker.voice


def blended(blend: Blend, count: int, law: Law) -> Samples:
    return g711.decode(
        b"".join(
            blend.frame(AT + 800 + n * FRAME, FRAME, law, (), None, False) for n in range(count)
        ),
        law,
    )


@pytest.mark.parametrize("law", ["PCMU", "PCMA"])
def test_voices_are_added(law: Law) -> None:
    blend = Blend()
    blend.voices = speaking(500), speaking(900, "PCMA"), speaking(1300)
    heard = blended(blend, 20, law)
    for frequency in (500, 900, 1300):
        assert level_of(heard, frequency) == pytest.approx(-19.14, abs=0.2)
    assert level_of(heard, 700) < -60


def test_nothing_is_silence() -> None:
    blend = Blend()
    assert blend.frame(HERE, FRAME, "PCMA", (), None, False) == b"\xd5" * FRAME
    blend.voices = (Voice(),)
    assert blend.frame(HERE, 80, "PCMU", (), None, False) == b"\xff" * 80


def test_a_listener_that_was_held_up_jumps_to_its_time() -> None:
    voice = speaking(500)
    blend = Blend()
    blend.voices = (voice,)
    first = blend.frame(AT, FRAME, "PCMU", (), None, False)
    blend.frame(AT + FRAME + 100, FRAME, "PCMU", (), None, False)  # 12 ms: goes on
    third = blend.frame(AT + 4000, FRAME, "PCMU", (), None, False)
    assert first == compress(voice.read(HERE, FRAME).astype(np.int32), "PCMU")  # type: ignore[union-attr]
    assert third == compress(voice.read(HERE + 4000, FRAME).astype(np.int32), "PCMU")  # type: ignore[union-attr]


def test_music_is_12_db_lower_under_a_sound_and_changes_without_a_step() -> None:
    music = g711.encode(tone((500,), 1.0, -10.0))
    words = g711.encode(tone((1300,), 1.0, -10.0))
    blend = Blend()
    heard = []
    for n in range(30):
        piece = slice(n * FRAME + 800, (n + 1) * FRAME + 800)
        over = [words[piece]] if 10 <= n < 20 else []
        heard.append(blend.frame(0, FRAME, "PCMU", over, music[piece], bool(over)))
        assert blend.settled == (not over)
    samples = [g711.decode(frame) for frame in heard]
    alone = level_of(np.concatenate(samples[:10]), 500)
    for n in (*range(12, 20), *range(21, 30)):
        expected = alone - 12 if n < 20 else alone
        assert level_of(samples[n], 500) == pytest.approx(expected, abs=0.3)
    for n in (10, 20):
        assert alone - 12 < level_of(samples[n], 500) < alone
    assert 20 * np.log10(DUCKED) == pytest.approx(-12)


def test_a_sound_goes_on_in_another_law() -> None:
    said = tone((500,), 0.2)
    playlist = Playlist([(g711.encode(said), 1600), (None, 800)], True, 0xFF)
    first = g711.decode(playlist.frame(800) or b"")
    playlist.translate(ULAW_TO_ALAW, 0xD5)
    rest = g711.decode(playlist.frame(800) or b"", "PCMA")
    assert level_of(np.concatenate((first, rest)), 500) == pytest.approx(-16.1, abs=0.5)
    assert playlist.frame(800) == b"\xd5" * 800
    assert playlist.frame(400) == g711.encode(said).translate(ULAW_TO_ALAW)[:400]

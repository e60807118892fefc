"""G.711, tones, in-band keys, WAV headers, playlists and the jitter buffer: bytes in, bytes out."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from rtp_peer import level, loud_parts, pitch
from telephony.core import g711, tones, wav
from telephony.core.g711_tables import (
    ALAW_TO_ULAW,
    EXPAND,
    SILENCE,
    ULAW_TO_ALAW,
    Law,
    loudness,
    translation,
)
from telephony.core.inband import ToneKeys
from telephony.core.jitter import DELAY, JitterBuffer
from telephony.core.playlist import Piece, Playlist
from telephony.core.rfc4733 import KEYS

LAWS: list[Law] = ["PCMU", "PCMA"]


# --- codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
def test_codes_agree_with_libsndfile(law: Law) -> None:
    kind = {"PCMU": "ULAW", "PCMA": "ALAW"}[law]
    samples, _ = soundfile.read(
        io.BytesIO(bytes(range(256))),
        dtype="int16",
        samplerate=8000,
        channels=1,
        format="RAW",
        subtype=kind,
    )
    assert list(samples) == list(EXPAND[law]) == list(g711.decode(bytes(range(256)), law))
    everything = np.arange(-32768, 32768).astype(np.int16)
    ours = g711.decode(g711.encode(everything, law), law).astype(int)
    size = np.abs(everything.astype(int))
    inside = size < 32000  # beyond, G.711 clips
    assert (np.abs(ours - everything) <= (size + 264) / 31)[inside].all()


@pytest.mark.parametrize("law", LAWS)
def test_silence_is_silence(law: Law) -> None:
    assert set(g711.encode(np.zeros(10, np.int16), law)) == {SILENCE[law]}
    assert level(g711.decode(bytes((SILENCE[law],)) * 80, law)) < -60
    assert loudness(bytes((SILENCE[law],)) * 80, law) <= 1
    assert loudness(b"", law) == 0


def test_translation_keeps_the_sound() -> None:
    samples = tones.tone((440, 1300), 0.1)
    for source, target, table in (("PCMU", "PCMA", ULAW_TO_ALAW), ("PCMA", "PCMU", ALAW_TO_ULAW)):
        assert translation(source, target) is table
        there = g711.decode(g711.encode(samples, source).translate(table), target)
        noise = level((there.astype(int) - samples).astype(np.int16))
        assert noise < level(samples) - 30
    assert translation("PCMU", "PCMU") is None


@pytest.mark.parametrize("law", LAWS)
def test_loudness_is_a_logarithm(law: Law) -> None:
    quiet, low, high = (
        loudness(g711.encode(tones.tone((440,), 0.1, db), law), law) for db in (-40, -15, -3)
    )
    assert high - low == pytest.approx(32, abs=4)  # 12 dB are two doublings
    assert quiet < low - 32


# --- tones --------------------------------------------------------------------------------------


def test_tones_have_their_frequency_and_level() -> None:
    for samples, frequency in ((tones.beep(), 1000), (tones.busy(), 450), (tones.ring_back(), 450)):
        (part,) = loud_parts(samples)
        assert pitch(samples[slice(*part)]) == pytest.approx(frequency, abs=3)
        assert level(samples[slice(*part)]) == pytest.approx(-13 - 3.14, abs=0.5)
    assert (len(tones.ring_back()), len(tones.busy())) == (40000, 5600)


@pytest.mark.parametrize("law", LAWS)
def test_every_key_is_found_in_its_tone(law: Law) -> None:
    generator = np.random.default_rng(7)
    for length in (0.045, 0.060, 0.2):
        pieces = [tones.silence(0.05)]
        for key in KEYS:
            gap = 0.06 + generator.random() * 0.02
            pieces += [tones.key_tone(key, length, -12), tones.silence(gap)]
        samples = np.concatenate(pieces)
        noisy = samples + generator.normal(0, 60, len(samples))
        sound = g711.encode(noisy.astype(np.int16), law)
        detector = ToneKeys()
        assert (
            "".join(detector.feed(sound[n : n + 160], law) for n in range(0, len(sound), 160))
            == KEYS
        )


def test_the_same_key_twice_is_two_keys() -> None:
    samples = [tones.key_tone("5", 0.06), tones.silence(0.06)] * 2
    assert ToneKeys().feed(g711.encode(np.concatenate(samples)), "PCMU") == "55"


def _harmonics() -> np.ndarray:
    """Voiced speech: a gliding pitch with all its harmonics, under a formant."""
    time = np.arange(16000) / 8000
    phase = 2 * np.pi * np.cumsum(120 + 80 * np.sin(2 * np.pi * 0.7 * time)) / 8000
    return (
        sum(np.sin(n * phase) * np.exp(-(((n * 150 - 900) / 700) ** 2)) for n in range(1, 24))
        * 4000
    )


@pytest.mark.parametrize(
    "samples",
    [
        _harmonics(),
        np.random.default_rng(3).normal(0, 4000, 16000),
        tones.tone((770,), 1.0),
        tones.tone((1336,), 1.0),
        tones.tone((770, 852, 1336), 1.0),
        tones.tone((770, 1336, 1477), 1.0),
        tones.tone((770, 1336), 1.0, -45),
        tones.tone((770,), 1.0, -5) + tones.tone((1336,), 1.0, -25),
        tones.tone((770,), 1.0, -25) + tones.tone((1336,), 1.0, -5),
        tones.tone((770, 1336), 1.0, -20) + tones.tone((2672,), 1.0, -28),
        tones.tone((770, 1336), 1.0, -20) + tones.tone((2000,), 1.0, -15),
    ],
    ids="speech noise row column rows columns quiet twist reverse harmonic impure".split(),
)
def test_what_is_no_key_is_not_heard_as_one(samples: np.ndarray) -> None:
    assert ToneKeys().feed(g711.encode(samples.astype(np.int16)), "PCMU") == ""


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_reads_back(law: Law, channels: int) -> None:
    sound = g711.encode(tones.tone((440,), 0.1), law)
    data = wav.header(law, channels, len(sound)) + sound
    assert len(wav.header(law, channels, 0)) == wav.HEADER_SIZE
    samples, rate = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    assert rate == 8000 and samples.shape == (len(sound) // channels, channels)
    assert (samples.reshape(-1) == g711.decode(sound, law)).all()


# --- playlists ----------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 500)), max_size=5),
    st.sampled_from([80, 160, 480]),
)
def test_frames_are_the_pieces_in_a_row(pieces: list[tuple[bool, int]], size: int) -> None:
    whole, items = b"", list[Piece]()
    for number, (quiet, length) in enumerate(pieces):
        part = b"\xff" * length if quiet else bytes((number + 1,)) * length
        whole += part
        items.append((None if quiet else part, length))
    playlist = Playlist(items, False, 0xFF)
    frames = []
    while (frame := playlist.frame(size)) is not None:
        frames.append(frame)
    assert all(len(frame) == size for frame in frames)
    out = b"".join(frames)
    assert out[: len(whole)] == whole and set(out[len(whole) :]) <= {0xFF}
    assert len(out) - len(whole) < size
    assert playlist.played == len(whole)
    assert playlist.frame(size) is None


def test_a_repeated_list_never_ends() -> None:
    playlist = Playlist([(b"\1" * 100, 100), (None, 50)], True, 0xFF)
    out = b"".join(playlist.frame(160) or b"" for _ in range(100))
    assert out == ((b"\1" * 100 + b"\xff" * 50) * 107)[:16000]
    assert playlist.played == 16000
    assert Playlist([(b"", 0)], True, 0xFF).frame(160) is None


def test_time_can_be_left_out() -> None:
    playlist = Playlist([(bytes(range(200)), 200)], False, 0xFF)
    playlist.skip(0)
    playlist.skip(40)
    assert playlist.frame(80) == bytes(range(40, 120))


# --- jitter buffer ------------------------------------------------------------------------------


def test_order_and_gaps_are_mended() -> None:
    buffer = JitterBuffer(0xFF, 10.0)
    for number in (0, 2, 1, 4, 4):
        buffer.put(5000 + 160 * number, bytes((number,)) * 160, 10.0 + number * 0.02)
    assert buffer.take(10.0 + DELAY) == b""
    out = buffer.take(10.1 + DELAY + 0.0001)
    assert out == b"".join(bytes((n,)) * 160 for n in (0, 1, 2, 0xFF, 4))
    assert buffer.dropped == 1


def test_pieces_are_cut_where_they_are_taken() -> None:
    buffer = JitterBuffer(0xFF, 0.0)
    buffer.put(0, bytes(range(160)), 0.0)
    assert buffer.take_samples(100) == bytes(range(100))
    assert buffer.take_samples(100) == bytes(range(100, 160)) + b"\xff" * 40


def test_what_is_too_late_is_dropped_until_the_clock_is_understood() -> None:
    buffer = JitterBuffer(0xFF, 0.0)
    buffer.put(0, b"\1" * 160, 0.0)
    buffer.take(1.0)
    for number in range(1, 8):
        buffer.put(160 * number, b"\2" * 160, 1.0 + number * 0.02)
    assert buffer.dropped == 5
    assert b"\2" * 320 in buffer.take(2.0)


def test_a_clock_that_leaps_is_followed() -> None:
    buffer = JitterBuffer(0xFF, 0.0)
    buffer.put(0, b"\1" * 160, 0.0)
    buffer.put(4_000_000_000, b"\2" * 160, 0.02)
    buffer.put(4_000_000_160, b"\3" * 160, 0.04)
    assert buffer.take(0.06 + DELAY + 0.0001) == b"\1" * 160 + b"\2" * 160 + b"\3" * 160


@settings(max_examples=60)
@given(st.permutations(range(12)), st.sets(st.integers(0, 11)), st.integers(0, 2**32 - 1))
def test_any_order_within_the_delay(order: list[int], lost: set[int], stamp: int) -> None:
    buffer = JitterBuffer(0xFF, 0.0)
    buffer.put(stamp, b"\x70" * 40, 0.0)
    for number in order:
        if number not in lost:
            at = (stamp + 40 + 40 * number) & 0xFFFFFFFF
            buffer.put(at, bytes((number,)) * 40, 0.01)
    out = buffer.take_samples(40 * 13)
    assert out[:40] == b"\x70" * 40
    for number in range(12):
        expected = 0xFF if number in lost else number
        assert set(out[40 + 40 * number : 80 + 40 * number]) == {expected}

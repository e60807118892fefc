from __future__ import annotations

import numpy as np
import pytest

from speech import shape
from speech.engine import TtsFailed


def voice(seconds: float, rate: int = 22050, amplitude: float = 0.3, hertz: float = 440.0):  # type: ignore[no-untyped-def]
    at = np.arange(int(seconds * rate)) / rate
    return (amplitude * 32767 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def silence(seconds: float, rate: int = 22050):  # type: ignore[no-untyped-def]
    return np.zeros(int(seconds * rate), np.int16)


@pytest.mark.parametrize("amplitude", [0.02, 0.3, 0.95])
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
def test_speech_comes_out_at_one_level_and_closely_cut(amplitude: float, rate: int) -> None:
    given = np.concatenate([silence(0.4, rate), voice(1, rate, amplitude), silence(0.7, rate)])
    sound, level = shape.prompt(given + 500, rate, tail=0.2)
    assert level == pytest.approx(shape.LEVEL, abs=0.1)
    assert shape.level(sound) == pytest.approx(shape.LEVEL, abs=0.5)
    assert len(sound) / 8000 == pytest.approx(shape.LEAD + 1 + 0.2, abs=0.03)
    assert abs(sound.mean()) < 30
    assert not sound[: int(0.005 * 8000)].any()
    assert not sound[-int(0.15 * 8000) :].any()


def test_the_frequency_stays() -> None:
    sound, _ = shape.prompt(voice(1, 22050, hertz=1000.0), 22050, tail=0.0)
    spectrum = np.abs(np.fft.rfft(sound[800:7200].astype(float)))
    assert spectrum.argmax() * 8000 / 6400 == pytest.approx(1000, abs=2)


def test_a_peak_is_not_clipped_for_the_sake_of_the_level() -> None:
    click = voice(1, 8000, 0.01)
    click[4000:4004] = 32767
    sound, level = shape.prompt(click, 8000, tail=0.0)
    assert np.abs(sound).max() <= 32767 * 10 ** (shape.PEAK / 20) + 2
    assert level < shape.LEVEL


def test_parts_that_are_joined_leave_no_gap_a_caller_hears() -> None:
    part, _ = shape.prompt(np.concatenate([voice(0.3), silence(0.5)]), 22050, tail=0.03)
    frames = np.concatenate([part, part])[: len(part) // 20 * 40].reshape(-1, 40).astype(float)
    quiet = np.sqrt(np.square(frames).mean(axis=1))[10:-10] < 100
    runs = "".join("q" if q else "." for q in quiet).split(".")
    assert max(map(len, runs)) * 5 < 60  # ms


def test_silence_is_no_prompt() -> None:
    with pytest.raises(TtsFailed, match="silence"):
        shape.prompt(silence(1), 22050, tail=0.1)


@pytest.mark.parametrize(
    ("sound", "text", "rate", "complaint"),
    [
        (silence(0), "hello", 170, "empty"),
        (silence(1), "hello", 170, "silence"),
        (voice(0.1), "a whole sentence of thirty letters and more", 170, "expected"),
        (voice(9), "hello", 170, "expected"),
        (voice(0.1), "您好欢迎致电", 230, "expected"),
    ],
)
def test_what_cannot_be_the_text_is_refused(sound, text: str, rate: int, complaint: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TtsFailed, match=complaint):
        shape.plausible(sound, 22050, text, rate)


@pytest.mark.parametrize(
    ("seconds", "text", "rate"),
    [(0.4, "hello", 170), (1.5, "Welcome to City Gas.", 165), (2.5, "您好，欢迎致电城市。", 230),
     (1.2, "WWW", 170), (0.2, "a", 170), (2, "1000000", 170)],
)  # fmt: skip
def test_what_can_be_the_text_passes(seconds: float, text: str, rate: int) -> None:
    shape.plausible(voice(seconds), 22050, text, rate)


def test_a_recording_keeps_its_level_and_its_silence() -> None:
    left, right = voice(1, 44100, 0.5) / 32768, voice(1, 44100, 0.1) / 32768
    sound, level = shape.recording(np.stack([left, right], axis=1).astype(np.float32), 44100)
    assert len(sound) == pytest.approx(8000, abs=2)
    assert level == pytest.approx(20 * np.log10(0.3 / np.sqrt(2)), abs=0.2)
    assert np.abs(sound).max() == pytest.approx(0.3 * 32767, rel=0.03)
    quiet, level = shape.recording(silence(1, 8000), 8000)
    assert (len(quiet), level) == (8000, -120)


def test_a_recording_beyond_full_scale_is_limited() -> None:
    loud = np.full((800, 1), 1.5, np.float32)
    sound, _ = shape.recording(loud, 8000)
    assert sound.max() == 32767


def test_a_level_of_nothing() -> None:
    assert shape.level(np.zeros(0, np.int16)) == -120

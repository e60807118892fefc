from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech.library import SoundProblem
from speech_kit import Make, pcm


@pytest.mark.parametrize(
    ("name", "rate", "channels", "options"),
    [
        ("a.wav", 44100, 2, {"subtype": "PCM_24"}),
        ("a.wav", 8000, 1, {"subtype": "PCM_16"}),
        ("a.wav", 8000, 1, {"subtype": "ULAW"}),
        ("a.wav", 22050, 1, {"subtype": "PCM_U8"}),
        ("a.flac", 48000, 1, {}),
        ("a.ogg", 16000, 2, {}),
        ("a.mp3", 44100, 1, {}),
    ],
)
async def test_sound_files_of_any_kind_are_taken(
    make: Make, tmp_path: Path, name: str, rate: int, channels: int, options: dict[str, str]
) -> None:
    at = np.arange(rate) / rate
    tone = 0.25 * np.sin(2 * np.pi * 1000 * at)
    soundfile.write(tmp_path / name, np.stack([tone] * channels, axis=1), rate, **options)
    sound = pcm(await make().file(str(tmp_path / name)))
    assert len(sound) == pytest.approx(8000, abs=450)  # MP3 has frames of its own
    spectrum = np.abs(np.fft.rfft(sound[1000:7000].astype(float)))
    assert spectrum.argmax() * 8000 / 6000 == pytest.approx(1000, abs=3)
    assert np.abs(sound).max() == pytest.approx(0.25 * 32767, rel=0.1)


async def test_a_sound_file_is_converted_once_and_again_when_it_changes(
    make: Make, tmp_path: Path
) -> None:
    speech, path = make(), tmp_path / "a.wav"
    soundfile.write(path, np.zeros(8000), 8000)
    first = await speech.file(str(path))
    assert await speech.file(str(path)) == first
    soundfile.write(path, np.zeros(16000), 8000)
    second = await speech.file(str(path))
    assert (first.seconds, second.seconds) == (1.0, 2.0)


async def test_bad_sound_files_are_named(make: Make, tmp_path: Path) -> None:
    speech = make()
    noise, empty = tmp_path / "noise.wav", tmp_path / "empty.wav"
    noise.write_bytes(b"no sound at all" * 100)
    soundfile.write(empty, np.zeros(0), 8000)
    for path, name, complaint in [
        (tmp_path / "absent.wav", "sound-file-missing", "absent.wav is not there"),
        (tmp_path, "sound-file-missing", "does not exist"),
        (noise, "sound-file-unreadable", "noise.wav cannot be read.*save it as WAV"),
        (empty, "sound-file-unreadable", "empty.wav holds no sound"),
    ]:
        with pytest.raises(SoundProblem, match=complaint) as failure:
            await speech.file(str(path))
        assert failure.value.name == name


async def test_tones(make: Make) -> None:
    speech = make()
    ring, beep = speech.ringback(), speech.beep()
    assert (ring.seconds, beep.seconds) == (6.0, 0.25)
    assert speech.ringback() == ring
    sound = pcm(ring)
    spectrum = np.abs(np.fft.rfft(sound[:16000].astype(float)))
    assert sorted(np.argsort(spectrum)[-2:] / 2) == [440, 480]
    assert np.abs(sound[16000:]).max() < 8
    assert np.abs(np.fft.rfft(pcm(beep).astype(float))).argmax() * 4 == 1000
    later = make()
    assert later.ringback() == ring  # from disk

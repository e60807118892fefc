"""Recordings of the simulated line: a tone where somebody spoke, silence elsewhere."""

from __future__ import annotations

import errno
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from telephony.line import MediaFailed

RATE = 8000
_LEVEL = 8000.0
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound of *tone* Hz from *start* to *end*, in seconds of the loop."""

    start: float
    end: float
    tone: float = 440.0


@dataclass(frozen=True, slots=True)
class Track:
    """One channel: its sound, and the times in which it is kept silent (a secret is keyed)."""

    sound: Sequence[Stretch] = ()
    muted: Sequence[Stretch] = ()


def write(path: str, tracks: Iterable[Track], start: float, end: float) -> None:
    """Write what the *tracks* hold between *start* and *end* as 16-bit WAV at 8 kHz.

    Raises `MediaFailed`: ``disk-full``, or ``recording-failed`` with the system's reason.
    """
    samples = np.stack([_channel(track, start, end) for track in tracks], axis=1)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file, wave.open(file, "wb") as out:
            out.setnchannels(samples.shape[1])
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(samples.tobytes())
    except OSError as error:
        name = "disk-full" if error.errno in _FULL else "recording-failed"
        raise MediaFailed(name, f"cannot write {path}: {error.strerror}") from error


def _channel(track: Track, start: float, end: float) -> NDArray[np.int16]:
    wave_form = np.zeros(max(0, round((end - start) * RATE)), np.int16)
    for stretch in track.sound:
        first, last = _span(stretch, start, len(wave_form))
        phase = np.arange(max(0, last - first)) * (2 * np.pi * stretch.tone / RATE)
        wave_form[first:last] = (_LEVEL * np.sin(phase)).astype(np.int16)
    for stretch in track.muted:
        first, last = _span(stretch, start, len(wave_form))
        wave_form[first:last] = 0
    return wave_form


def _span(stretch: Stretch, start: float, length: int) -> tuple[int, int]:
    first = min(max(0, round((stretch.start - start) * RATE)), length)
    return first, max(first, min(length, round((min(stretch.end, 1e9) - start) * RATE)))

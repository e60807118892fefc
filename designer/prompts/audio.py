"""Sounds as samples: read, trimmed, made louder, and written as WAV. No device is touched."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from designer.look.i18n import tr

Samples = NDArray[np.float32]


class Unreadable(ValueError):
    """A file is no sound; the text says why, for a person."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One channel of sound; *samples* are between -1 and 1, *rate* is in Hz."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    @property
    def peak(self) -> float:
        """The loudest sample, 0 to 1."""
        return float(np.max(np.abs(self.samples))) if len(self.samples) else 0.0

    def trimmed(self, start: float, end: float) -> Clip:
        """What lies between two moments, in seconds."""
        first, last = round(max(start, 0) * self.rate), round(max(end, 0) * self.rate)
        return Clip(self.samples[first:last], self.rate)

    def louder(self, decibels: float) -> Clip:
        """Louder or softer; what would be too loud is cut off."""
        factor = np.float32(10 ** (decibels / 20))
        return Clip(np.clip(self.samples * factor, -1, 1).astype(np.float32), self.rate)

    def speech_bounds(self, quiet: float = 0.02, margin: float = 0.1) -> tuple[float, float]:
        """Where something can be heard: first and last moment above *quiet*, with a *margin*."""
        loud = np.flatnonzero(np.abs(self.samples) > max(quiet * self.peak, 1e-4))
        if not len(loud):
            return 0.0, self.seconds
        start = max(int(loud[0]) / self.rate - margin, 0.0)
        return start, min((int(loud[-1]) + 1) / self.rate + margin, self.seconds)

    def wav(self) -> bytes:
        """A WAV file of 16-bit samples."""
        file = io.BytesIO()
        soundfile.write(file, self.samples, self.rate, format="WAV", subtype="PCM_16")
        return file.getvalue()

    def outline(self, columns: int) -> Samples:
        """The loudest sample in each of so many equal parts, for a picture."""
        parts = np.array_split(np.abs(self.samples), max(columns, 1))
        return np.array([part.max() if len(part) else 0 for part in parts], dtype=np.float32)


def read_clip(source: Path | bytes) -> Clip:
    """A sound file of any format that the library reads (WAV, MP3, FLAC, Ogg)."""
    try:
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        read, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        name = "" if isinstance(source, bytes) else source.name
        raise Unreadable(
            tr("{file} is no sound that can be read: {why}. Use WAV or MP3.", file=name, why=error)
        ) from None
    return Clip(np.asarray(read.mean(axis=1), dtype=np.float32), int(rate))


def from_microphone(content: bytes, rate: int) -> Clip:
    """What a microphone gave: 16-bit samples of one channel."""
    whole = content[: len(content) // 2 * 2]
    samples = np.frombuffer(whole, dtype="<i2") / 32768
    return Clip(samples.astype(np.float32), rate)

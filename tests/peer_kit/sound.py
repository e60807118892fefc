"""Sound as tests make and measure it: tones, key tones, and the pitches somebody heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from telephony.core.g711 import Samples

RATE = 8000
FRAME = 160
"""Samples in which pitches are looked for: 20 ms."""
_NEAR = 12.0
_QUIET = 200
_LEVEL = 3276
_LOW = dict(zip("123A456B789C*0#D", [697] * 4 + [770] * 4 + [852] * 4 + [941] * 4, strict=True))
_HIGH = dict(zip("123A456B789C*0#D", [1209, 1336, 1477, 1633] * 4, strict=True))


def tone(hertz: float | Iterable[float], seconds: float) -> Samples:
    """One tone, or several at once, at -20 dBFS each."""
    time = np.arange(round(RATE * seconds)) / RATE
    parts = [hertz] if isinstance(hertz, int | float) else list(hertz)
    wave = sum(_LEVEL * np.sin(2 * np.pi * part * time) for part in parts)
    return np.asarray(wave).astype(np.int16)


def key_tone(key: str, seconds: float = 0.12) -> Samples:
    """The two tones of a key (ITU-T Q.23)."""
    return tone((_LOW[key], _HIGH[key]), seconds)


def write_tone(path: Path, hertz: float, seconds: float) -> None:
    """A sound file of 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(hertz, seconds), RATE)


def pitches(samples: NDArray[np.int16]) -> list[float]:
    """The strongest frequency of each 20 ms, 0 for silence."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    if not len(frames):
        return []
    spectra = np.abs(np.fft.rfft(frames * np.hanning(FRAME), 1024))
    found = np.argmax(spectra, axis=1) * RATE / 1024
    found[np.abs(frames).max(axis=1) < _QUIET] = 0.0
    return [float(pitch) for pitch in found]


@dataclass(frozen=True)
class Heard:
    """What was heard in turn, a pitch for each 20 ms."""

    pitches: tuple[float, ...]

    @classmethod
    def of(cls, samples: NDArray[np.int16]) -> Heard:
        """Measure *samples*."""
        return cls(tuple(pitches(samples)))

    @classmethod
    def in_file(cls, path: Path, channel: int = 0) -> Heard:
        """Measure one channel of a sound file of 8 kHz."""
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
        assert rate == RATE
        return cls.of(samples[:, channel])

    @property
    def length(self) -> float:
        """Seconds in all."""
        return len(self.pitches) * FRAME / RATE

    def seconds(self, hertz: float) -> float:
        """How long a tone of *hertz* was heard."""
        near = sum(1 for pitch in self.pitches if abs(pitch - hertz) < _NEAR)
        return near * FRAME / RATE

    def first(self, hertz: float) -> float | None:
        """When a tone of *hertz* began, in seconds from the start; None when it never did."""
        for number, pitch in enumerate(self.pitches):
            if abs(pitch - hertz) < _NEAR:
                return number * FRAME / RATE
        return None

    def order(self, *tones: float) -> list[float]:
        """Those of *tones* that were heard, by their first beginning."""
        begun = [(begin, hertz) for hertz in tones if (begin := self.first(hertz)) is not None]
        return [hertz for _, hertz in sorted(begun)]

    def summary(self) -> str:
        """For messages: the pitches that were heard longest, with their seconds."""
        counts = Counter(round(pitch / 10) * 10 for pitch in self.pitches)
        shown = (f"{hertz} Hz {n * FRAME / RATE:.1f} s" for hertz, n in counts.most_common(5))
        return ", ".join(shown) or "nothing"

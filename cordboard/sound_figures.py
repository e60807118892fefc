"""Figures of a sound file: how long, how loud, how much of it is not silence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

_FRAME = 0.02
_SILENCE_DBFS = -45.0


@dataclass(frozen=True)
class Figures:
    """*seconds* in all, *voiced* seconds above -45 dBFS, mean *level* of those in dBFS."""

    seconds: float
    voiced: float
    level: float


def figures(path: Path, channel: int = 0) -> Figures:
    """Measure *channel* of the sound file at *path*."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    size = int(rate * _FRAME)
    count = len(samples) // size
    frames = samples[: count * size, channel].reshape(count, size)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    loud = power[power > 10 ** (_SILENCE_DBFS / 10)]
    level = 10 * float(np.log10(np.mean(loud))) if len(loud) else float("-inf")
    return Figures(len(samples) / rate, len(loud) * _FRAME, level)

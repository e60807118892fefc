"""Tones of the telephone network as samples: ring-back, busy, beep, keys (ITU-T E.180, Q.23)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from telephony.core.g711 import Samples
from telephony.core.rtp import RATE

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
PAD = ("123A", "456B", "789C", "*0#D")
"""The key at each row and column frequency."""
_FULL = 22840.0
"""The amplitude of a sine of 0 dBm0 in 16-bit samples (G.711: 3.14 dB below the largest)."""
_EDGE = 0.004
"""Seconds in which a tone rises and falls, so that it does not click."""


def tone(frequencies: Sequence[float], seconds: float, level: float = -13.0) -> Samples:
    """Sines of *frequencies* in Hz, each of *level* dBm0."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for frequency in frequencies:
        wave += np.sin(2 * np.pi * frequency * time)
    wave *= _FULL * 10 ** (level / 20)
    edge = np.minimum(1.0, np.minimum(time, (count - 1) / RATE - time) / _EDGE)
    return np.clip(wave * edge, -32768, 32767).astype(np.int16)


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE), np.int16)


def ring_back() -> Samples:
    """One cycle of what a caller hears while it rings: 450 Hz, 1 s on and 4 s off."""
    return np.concatenate((tone((450,), 1.0), silence(4.0)))


def busy() -> Samples:
    """One cycle of the busy tone: 450 Hz, 0.35 s on and off."""
    return np.concatenate((tone((450,), 0.35), silence(0.35)))


def beep() -> Samples:
    """The sign to speak after."""
    return tone((1000,), 0.25)


def join() -> Samples:
    """Somebody came into a conference: two notes, rising."""
    return np.concatenate((tone((600,), 0.12, -16.0), tone((800,), 0.12, -16.0)))


def leave() -> Samples:
    """Somebody left it: two notes, falling."""
    return np.concatenate((tone((800,), 0.12, -16.0), tone((600,), 0.12, -16.0)))


def pair(key: str) -> tuple[int, int]:
    """The row and column frequency of *key* (0-9, ``*``, ``#``, A-D)."""
    row = next(n for n, keys in enumerate(PAD) if key in keys)
    return ROWS[row], COLUMNS[PAD[row].index(key)]


def key_tone(key: str, seconds: float = 0.1, level: float = -9.0) -> Samples:
    """The tone of *key*."""
    return tone(pair(key), seconds, level)

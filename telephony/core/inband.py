"""Keys pressed as tones in the sound: a bank of Goertzel filters as one matrix (ITU-T Q.24)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telephony.core import g711
from telephony.core.g711_tables import Law
from telephony.core.rtp import RATE
from telephony.core.tones import COLUMNS, PAD, ROWS

BLOCK = 102
"""Samples a decision is made on, 12.75 ms: the filters are then about 78 Hz wide."""
_QUIETEST = 230.0
"""The amplitude of each tone, about -40 dBm0, below which nothing is a key."""
_TWIST = 6.3
"""A column tone may be this much stronger in power than its row tone (8 dB)."""
_REVERSE_TWIST = 4.0
"""And a row tone this much stronger than its column tone (6 dB)."""
_PEAK = 6.3
"""How much stronger than all others of its group a tone is."""
_PURE = 0.82
"""The share of a block's power that the two tones have; speech spreads its power."""
_HARMONIC = 10.0
"""How much stronger a column tone is than its second harmonic, which voiced speech has too.

A row tone's harmonic lies too near the columns to be told from them.
"""
_NEEDED = 2
"""Blocks in a row for a key to begin, and without it to be let go."""


def _bank() -> NDArray[np.float64]:
    """Cosines and sines of the eight tones and the columns' second harmonics, a column each."""
    frequencies = np.array([*ROWS, *COLUMNS, *(2 * column for column in COLUMNS)], float)
    angle = 2 * np.pi * np.outer(np.arange(BLOCK), frequencies) / RATE
    return np.concatenate((np.cos(angle), np.sin(angle)), axis=1) * (2 / BLOCK)


_BANK = _bank()


class ToneKeys:
    """Finds keys in a stream of sound. Tones of 40 ms and more count, each press once."""

    def __init__(self) -> None:
        self._rest = np.empty(0, np.int16)
        self._candidate = ""
        self._seen = 0
        self._down = ""

    def feed(self, sound: bytes, law: Law) -> str:
        """The keys that began in the next piece of *sound*."""
        samples = np.concatenate((self._rest, g711.decode(sound, law)))
        whole = len(samples) // BLOCK * BLOCK
        self._rest = samples[whole:]
        keys = ""
        for block in samples[:whole].reshape(-1, BLOCK):
            keys += self._decide(_key(block))
        return keys

    def _decide(self, key: str) -> str:
        """Count blocks; the key if it began with this one."""
        self._seen = self._seen + 1 if key == self._candidate else 1
        self._candidate = key
        if self._seen < _NEEDED or key == self._down:
            return ""
        self._down = key
        return key


def _key(block: NDArray[np.int16]) -> str:
    """The key whose two tones a block consists of, or ""."""
    samples = block.astype(float)
    parts = samples @ _BANK
    power = parts[:12] ** 2 + parts[12:] ** 2  # squared amplitudes
    rows, columns = power[:4], power[4:8]
    row, column = int(rows.argmax()), int(columns.argmax())
    low, high = rows[row], columns[column]
    if low < _QUIETEST**2 or high < _QUIETEST**2:
        return ""
    if high > low * _TWIST or low > high * _REVERSE_TWIST:
        return ""
    if np.partition(rows, 2)[2] * _PEAK > low or np.partition(columns, 2)[2] * _PEAK > high:
        return ""
    if (low + high) / 2 < _PURE * (samples @ samples) / BLOCK:
        return ""
    if power[8 + column] * _HARMONIC > high:
        return ""
    return PAD[row][column]

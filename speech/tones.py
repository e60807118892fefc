"""Signals of the telephone, computed: the ringing tone and the beep before a recording."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, pi, sin

from speech.g711 import RATE, SILENCE, alaw, ulaw

_AMPLITUDE = 32767 * 10 ** (-16 / 20)
"""Peak of each sine: -16 dBFS, that is -19 dBFS RMS."""

RINGBACK = ((440, 480), 2.0, 4.0)
"""North American ringing tone (ITU-T E.180 supplement 2): frequencies, on, off."""
BEEP = ((1000,), 0.25, 0.0)


def tone(law: str, frequencies: tuple[int, ...], on: float, off: float) -> bytes:
    """*on* seconds of *frequencies* in whole Hz, then *off* seconds of silence, in G.711 *law*.

    One period of the mixture is computed and repeated, so this takes no time worth a thread.
    """
    encode = ulaw if law == "ulaw" else alaw
    period = bytes(encode(sample) for sample in _period(frequencies))
    samples = int(on * RATE)
    sound = (period * (samples // len(period) + 1))[:samples]
    return sound + SILENCE[law] * int(off * RATE)


def _period(frequencies: tuple[int, ...]) -> Iterator[int]:
    for n in range(RATE // gcd(RATE, *frequencies)):
        yield round(_AMPLITUDE * sum(sin(2 * pi * f * n / RATE) for f in frequencies))

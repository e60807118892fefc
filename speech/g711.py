"""G.711: linear samples to mu-law and A-law bytes (ITU-T G.711, tables as in G.191)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 8000
"""Samples a second."""
SILENCE = {"ulaw": b"\xff", "alaw": b"\xd5"}
"""The byte for zero."""


def ulaw(sample: int) -> int:
    """The mu-law byte of a 16-bit *sample*."""
    magnitude = min((~sample if sample < 0 else sample) >> 2, 8158) + 33
    segment = magnitude.bit_length() - 6
    code = segment << 4 | (magnitude >> segment + 1 & 0x0F)
    return ~code & 0xFF if sample >= 0 else ~code & 0x7F


def alaw(sample: int) -> int:
    """The A-law byte of a 16-bit *sample*."""
    magnitude = (~sample if sample < 0 else sample) >> 4
    segment = max(magnitude.bit_length() - 4, 0)
    code = segment << 4 | (magnitude >> max(segment - 1, 0) & 0x0F)
    return (code | 0x80 if sample >= 0 else code) ^ 0x55


@cache
def _table(law: str) -> NDArray[np.uint8]:
    """Bytes by sample >> 2, from -8192 to 8191: neither law looks at the last two bits."""
    import numpy as np

    encode = ulaw if law == "ulaw" else alaw
    return np.array([encode(sample << 2) for sample in range(-8192, 8192)], np.uint8)


def encode(samples: NDArray[np.int16], law: str) -> bytes:
    """16-bit *samples* as bytes of *law* (``ulaw`` or ``alaw``)."""
    import numpy as np

    return bytes(_table(law)[(samples.astype(np.int32) >> 2) + 8192].tobytes())


@cache
def _values() -> NDArray[np.int16]:
    """The sample for each mu-law byte: the middle of those that are encoded so."""
    import numpy as np

    table = _table("ulaw")
    samples = (np.arange(len(table)) - 8192) * 4 + 2
    sums = np.bincount(table, samples, 256) / np.maximum(np.bincount(table, minlength=256), 1)
    return sums.astype(np.int16)


def decode_ulaw(data: bytes) -> NDArray[np.int16]:
    """16-bit samples of mu-law bytes."""
    import numpy as np

    return _values()[np.frombuffer(data, np.uint8)]

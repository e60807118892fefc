"""WAV headers for G.711 (RIFF; Microsoft mmreg.h formats 6 and 7), written anew as a file grows."""

from __future__ import annotations

import struct

from telephony.core.g711_tables import Law

_FORMAT: dict[Law, int] = {"PCMA": 6, "PCMU": 7}
_HEADER = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI")
HEADER_SIZE = _HEADER.size
"""58 bytes: RIFF, an 18-byte fmt chunk, the fact chunk that compressed formats need, data."""


def header(law: Law, channels: int, size: int, rate: int = 8000) -> bytes:
    """The header of a file that holds *size* bytes of sound (a byte a sample and channel)."""
    return _HEADER.pack(
        b"RIFF",
        HEADER_SIZE - 8 + size + (size & 1),
        b"WAVE",
        b"fmt ",
        18,
        _FORMAT[law],
        channels,
        rate,
        rate * channels,
        channels,
        8,
        0,
        b"fact",
        4,
        size // channels,
        b"data",
        size,
    )

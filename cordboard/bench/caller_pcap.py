"""One caller's RTP as a capture file that SIPp plays: a tone with RFC 4733 keys in it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from telephony.core.g711 import encode

_CODES = {key: code for code, key in enumerate("0123456789*#")}
_PTIME = 20
_EVENT_TYPE = 101


def write(path: Path, seconds: float, keys: Sequence[tuple[float, str]]) -> None:
    """Write *seconds* of 300 Hz at -20 dBFS, with each (second, key) of *keys* pressed 100 ms.

    PCMU, 20 ms, telephone-event 101, one SSRC with rising sequence numbers and timestamps.
    """
    wave = 3276 * np.sin(2 * np.pi * 300 * np.arange(8000) / 8000)
    voice = encode(wave.astype(np.int16)) * 2
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        packets = _packets(int(seconds * 1000), sorted(keys), voice)
        for sequence, (at, marker, kind, stamp, payload) in enumerate(packets):
            rtp = struct.pack(
                "!BBHII", 0x80, marker << 7 | kind, sequence & 0xFFFF, stamp, 0x48584331
            )
            file.write(_frame(at, sequence, rtp + payload))


def _packets(
    length: int, keys: list[tuple[float, str]], voice: bytes
) -> Iterator[tuple[int, bool, int, int, bytes]]:
    """Yield (ms, marker, payload type, timestamp, payload)."""
    at, first, waiting = 0, True, list(keys)
    while at < length:
        stamp = at * 8
        if waiting and at >= waiting[0][0] * 1000:
            code = _CODES[waiting.pop(0)[1]]
            for part in range(1, 6):
                event = struct.pack("!BBH", code, 10, part * 160)
                yield at, part == 1, _EVENT_TYPE, stamp, event
                at += _PTIME
            for _ in range(3):
                yield at, False, _EVENT_TYPE, stamp, struct.pack("!BBH", code, 0x8A, 800)
            first = True
            continue
        begin = stamp % 8000
        yield at, first, 0, stamp, voice[begin : begin + 160]
        at, first = at + _PTIME, False


def _frame(at: int, number: int, rtp: bytes) -> bytes:
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
    local = bytes((127, 0, 0, 1))
    head = (0x45, 0, 20 + len(udp), number & 0xFFFF, 0, 64, 17, 0, local, local)
    frame = bytes(12) + b"\x08\0" + struct.pack("!BBHHHBBH4s4s", *head) + udp
    return struct.pack("<IIII", at // 1000, at % 1000 * 1000, len(frame), len(frame)) + frame

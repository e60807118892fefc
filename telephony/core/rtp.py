"""RTP packets and reception figures (RFC 3550), without a socket or a clock."""

from __future__ import annotations

import struct
from typing import NamedTuple

HEADER = struct.Struct("!BBHII")
"""Version and flags, marker and payload type, sequence number, timestamp, SSRC."""
START = struct.Struct("!HHII")
"""The same with the first two bytes as one number."""
HEADER_SIZE = 12
PLAIN = 0x80
"""The first byte of a packet without padding, extension and contributing sources."""
MARKER = 0x80
_RTCP = range(192, 224)
"""Second bytes of RTCP packets, which some peers send to the port of RTP (RFC 5761 section 4)."""
RATE = 8000
"""Samples, and timestamp units, a second of G.711."""
_RESYNC = 3000
"""Sequence numbers that jump further than this belong to a restarted sender (RFC 3550 A.1)."""


class Packet(NamedTuple):
    """A parsed packet. *start* and *end* bound the payload within the datagram."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    start: int
    end: int


def pack(
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
) -> bytes:
    """A packet as it goes over the wire; numbers wrap as RFC 3550 section 5.1 wants."""
    kind = payload_type | (MARKER if marker else 0)
    return (
        HEADER.pack(PLAIN, kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc & 0xFFFFFFFF)
        + payload
    )


def parse(data: bytes | bytearray | memoryview, size: int) -> Packet | None:
    """Read the first *size* bytes of *data* as RTP; None when they are something else.

    Contributing sources, a header extension and padding are stepped over (section 5.1). Not ours
    are also RTCP reports and payload types with a marker that look like them.
    """
    if size < HEADER_SIZE:
        return None
    first, kind, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != 2 or kind in _RTCP:
        return None
    start, end = HEADER_SIZE + 4 * (first & 0x0F), size
    if first & 0x10:
        if start + 4 > size:
            return None
        start += 4 + 4 * ((data[start + 2] << 8) | data[start + 3])
    if first & 0x20:
        padding = data[size - 1]
        if not padding:
            return None
        end -= padding
    if start > end:
        return None
    return Packet(kind >= MARKER, kind & 0x7F, sequence, timestamp, ssrc, start, end)


def ahead16(later: int, earlier: int) -> int:
    """How far *later* is ahead of *earlier* in sequence numbers: -32768 to 32767."""
    return ((later - earlier + 0x8000) & 0xFFFF) - 0x8000


def ahead32(later: int, earlier: int) -> int:
    """How far *later* is ahead of *earlier* in timestamp units: -2**31 to 2**31 - 1."""
    return ((later - earlier + 0x80000000) & 0xFFFFFFFF) - 0x80000000


class Reception:
    """What was received from one source: RFC 3550 A.1, A.3 and A.8. Runs for each packet."""

    __slots__ = (
        "_before_expected",
        "_before_received",
        "_next",
        "_transit",
        "base",
        "highest",
        "jitter",
        "plain",
        "received",
        "ssrc",
    )

    def __init__(self, ssrc: int, sequence: int) -> None:
        self.ssrc = ssrc
        self.base = sequence
        self.highest = sequence - 1
        """The extended highest sequence number: 16 bits and the count of wraps above them."""
        self.received = 0
        self.jitter = 0.0
        """In timestamp units."""
        self.plain = -1
        """The first two bytes of packets that `ordinary` may count alone; -1 is none."""
        self._next = sequence
        self._transit = float("inf")
        self._before_expected = 0
        self._before_received = 0

    def ordinary(self, start: int, sequence: int, timestamp: int, ssrc: int, now: float) -> bool:
        """Count a packet if it is the next one with sound; the rest is for `audio` and `count`.

        *start* is the packet's first two bytes as a number; it came at *now* (seconds).
        """
        if start != self.plain or sequence != self._next or ssrc != self.ssrc:
            return False
        self._next = (sequence + 1) & 0xFFFF
        self.highest += 1
        self.received += 1
        transit = now * RATE - timestamp
        difference = transit - self._transit
        self._transit = transit
        if 0.0 <= difference < RATE:
            self.jitter += (difference - self.jitter) / 16
        elif -RATE < difference < 0.0:
            self.jitter -= (difference + self.jitter) / 16
        return True

    def count(self, sequence: int) -> None:
        """Count a packet that says nothing about jitter, such as a key's."""
        step = (sequence - self.highest) & 0xFFFF
        if step < _RESYNC:
            self.highest += step
        elif step < 0x10000 - _RESYNC:
            lost = self.lost
            self.highest += step
            # A restarted sender: what it skipped was never sent.
            self.base = self.highest - lost - self.received
        self._next = (self.highest + 1) & 0xFFFF
        self.received += 1

    def audio(self, sequence: int, timestamp: int, now: float) -> None:
        """Count a packet of sound that came at *now* (seconds)."""
        self.count(sequence)
        transit = now * RATE - timestamp
        difference = abs(transit - self._transit)
        if difference < RATE:  # a second off: the sender's clock was set, not the network
            self.jitter += (difference - self.jitter) / 16
        self._transit = transit

    @property
    def expected(self) -> int:
        """How many packets the sender has sent, judged by its sequence numbers."""
        return self.highest - self.base + 1

    @property
    def lost(self) -> int:
        """How many of them did not come (duplicates can hide losses, as in A.3)."""
        return max(0, self.expected - self.received)

    def fraction(self) -> int:
        """The share lost since the last call of this, in 1/256."""
        expected, received = self.expected, self.received
        due = expected - self._before_expected
        lost = due - (received - self._before_received)
        self._before_expected, self._before_received = expected, received
        return min(255, (lost << 8) // due) if due > 0 and lost > 0 else 0

"""RTCP reports (RFC 3550 section 6): what we send each few seconds and what we read in return.

Our own, because all that is needed is a sender report with one block, SDES and BYE.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from telephony.core.rtp import Reception

INTERVAL = 5.0
"""Seconds between reports (section 6.2)."""
_SR, _RR, _SDES, _BYE = 200, 201, 202, 203
_HEAD = struct.Struct("!BBHI")
_SENDER = struct.Struct("!IIIII")
_BLOCK = struct.Struct("!IIIIII")
_NTP_EPOCH = 2208988800
"""Seconds from 1900, where NTP begins, to 1970."""


class Sent(NamedTuple):
    """What a sender report says of our own stream."""

    ssrc: int
    wall: float
    """Seconds since 1970 at which *timestamp* was due."""
    timestamp: int
    packets: int
    octets: int


class Report(NamedTuple):
    """What the peer told: its latest report about us, and where its own clock stands."""

    sender: int
    """Middle 32 bits of its NTP time, 0 when it sent no sender report."""
    lost: int
    jitter: int
    """In timestamp units."""
    last: int
    delay: int
    """LSR and DLSR of section 6.4.1: our report it refers to, and how long ago that was."""
    about_us: bool


def ntp_middle(wall: float) -> int:
    """The middle 32 bits of the NTP time of *wall* (seconds since 1970): 1/65536 s."""
    return int((wall + _NTP_EPOCH) * 65536) & 0xFFFFFFFF


def _block(reception: Reception, last: int, delay: float) -> bytes:
    lost = min(reception.lost, 0x7FFFFF)
    return _BLOCK.pack(
        reception.ssrc,
        (reception.fraction() << 24) | lost,
        reception.highest & 0xFFFFFFFF,
        int(reception.jitter),
        last,
        int(delay * 65536) & 0xFFFFFFFF,
    )


def _sdes(ssrc: int, name: str) -> bytes:
    item = bytes((1, len(name))) + name.encode()
    item += bytes(4 - len(item) % 4)
    return _HEAD.pack(0x81, _SDES, 1 + len(item) // 4, ssrc) + item


def compound(
    sent: Sent,
    reception: Reception | None,
    name: str,
    heard: tuple[int, float] = (0, 0.0),
    bye: bool = False,
) -> bytes:
    """A compound packet (section 6.1): SR or RR, SDES with the CNAME *name*, and perhaps BYE.

    *heard* is the `Report.sender` of the peer's last sender report and the seconds since then.
    """
    blocks = _block(reception, *heard) if reception else b""
    count = 1 if reception else 0
    if sent.packets:
        ntp = int((sent.wall + _NTP_EPOCH) * 4294967296)
        body = _SENDER.pack(
            (ntp >> 32) & 0xFFFFFFFF,
            ntp & 0xFFFFFFFF,
            sent.timestamp,
            sent.packets & 0xFFFFFFFF,
            sent.octets & 0xFFFFFFFF,
        )
        kind = _SR
    else:
        body, kind = b"", _RR
    body += blocks
    packet = _HEAD.pack(0x80 | count, kind, 1 + len(body) // 4, sent.ssrc) + body
    packet += _sdes(sent.ssrc, name)
    return packet + _HEAD.pack(0x81, _BYE, 1, sent.ssrc) if bye else packet


def parse(data: bytes | memoryview, ours: int) -> Report | None:
    """Read a compound packet; *ours* is the SSRC whose block matters. None when it is no RTCP."""
    place, sender = 0, 0
    lost = jitter = last = delay = 0
    about_us = seen = False
    while place + _HEAD.size <= len(data):
        first, kind, words, _ = _HEAD.unpack_from(data, place)
        end = place + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return None
        at = place + _HEAD.size
        if kind in (_SR, _RR):
            seen = True
        if kind == _SR and at + _SENDER.size <= end:
            high, low = _SENDER.unpack_from(data, at)[:2]
            sender = ((high & 0xFFFF) << 16) | (low >> 16)
            at += _SENDER.size
        for _ in range(first & 0x1F if kind in (_SR, _RR) else 0):
            if at + _BLOCK.size > end:
                return None
            ssrc, loss, _, heard_jitter, heard_last, heard_delay = _BLOCK.unpack_from(data, at)
            if ssrc == ours:
                about_us, jitter, last, delay = True, heard_jitter, heard_last, heard_delay
                lost = loss & 0xFFFFFF
                lost -= (lost & 0x800000) << 1  # a signed number of 24 bits
            at += _BLOCK.size
        place = end
    return Report(sender, lost, jitter, last, delay, about_us) if seen else None


def round_trip(report: Report, wall: float) -> float | None:
    """Seconds to the peer and back (section 6.4.1), None when it has not heard our report yet."""
    if not report.about_us or not report.last:
        return None
    units = (ntp_middle(wall) - report.last - report.delay) & 0xFFFFFFFF
    return units / 65536 if units < 0x80000000 else 0.0

"""Keys as telephone-events (RFC 4733): a receiver that loses and doubles none, and a sender."""

from __future__ import annotations

import struct
from typing import NamedTuple

from telephony.core.rtp import ahead32

KEYS = "0123456789*#ABCD"
"""The key of each event number; higher numbers (16 is the hook flash) are not keys."""
PATIENCE = 0.060
"""Seconds without packets after which a key whose end was lost counts as let go."""
_SLACK = 160
"""Timestamp units by which a segment of one long press may miss its predecessor's end."""
_OLD = 16000
"""Timestamp units into the past within which a packet is a straggler, not a new clock."""
_EVENT = struct.Struct("!BBH")
_END = 0x80
_VOLUME = 10
"""Power of the keys we send, in -dBm0."""


class Heard(NamedTuple):
    """What a packet told: *began*, a key went down now; *keys*, those to report, in order."""

    began: bool
    keys: str


NOTHING = Heard(False, "")


class KeyReceiver:
    """Turns event packets into keys, each once.

    A key is reported at its first end packet, or `PATIENCE` after its last packet. The marker
    bit is not relied on. Packets with the timestamp of a key that was reported are repeats.
    """

    __slots__ = ("_duration", "_event", "_last", "_open", "_timestamp")

    def __init__(self) -> None:
        self._open = False
        self._event = -1
        self._timestamp = 0
        self._duration = 0
        self._last = 0.0

    def packet(self, timestamp: int, payload: bytes | bytearray | memoryview, now: float) -> Heard:
        """Take the payload of an event packet; *now* is in seconds."""
        if len(payload) < 4:
            return NOTHING
        event, flags, duration = _EVENT.unpack_from(payload)
        if event >= len(KEYS):
            return NOTHING
        ended = flags & _END != 0
        began, keys = False, ""
        if not self._same(event, timestamp):
            if self._straggler(timestamp):
                return NOTHING
            keys = self._report()
            self._open = began = True
            self._event, self._duration = event, 0
        elif not self._open:
            return NOTHING
        self._last = now
        self._timestamp, self._duration = timestamp, max(self._duration, duration)
        if ended:
            keys += self._report()
        return Heard(began, keys)

    def _same(self, event: int, timestamp: int) -> bool:
        """Whether the packet belongs to the press that was heard last.

        A press longer than 8 s goes on under a new timestamp where its first segment ended
        (section 2.5.1.3); some senders give every packet a timestamp of its own.
        """
        if event != self._event:
            return False
        step = ahead32(timestamp, self._timestamp)
        return step == 0 or (self._open and 0 < step <= self._duration + _SLACK)

    def _straggler(self, timestamp: int) -> bool:
        return self._event >= 0 and -_OLD <= ahead32(timestamp, self._timestamp) < 0

    def _report(self) -> str:
        if not self._open:
            return ""
        self._open = False
        return KEYS[self._event]

    def next_wakeup(self) -> float | None:
        """When `overdue` must be called, None while no key is down."""
        return self._last + PATIENCE if self._open else None

    def overdue(self, now: float) -> str:
        """The key whose end packets were all lost, or ""."""
        return self._report() if self._open and now >= self._last + PATIENCE else ""


class KeyPacket(NamedTuple):
    """An event packet to send: its timestamp counts from the key's beginning."""

    payload: bytes
    first: bool
    elapsed: int


class KeySender:
    """Spells keys as event packets, one step for each *frame* samples (section 2.5.1).

    Each key lasts *length* samples, its end is sent three times, *gap* samples follow.
    """

    def __init__(self, keys: str, frame: int = 160, length: int = 800, gap: int = 800) -> None:
        self._keys: list[int] = []
        self._frame, self._length, self._gap = frame, length, gap
        self._elapsed = 0
        self.add(keys)

    def add(self, keys: str) -> None:
        """Send more *keys* after those there are; what is no key is left out."""
        self._keys += [KEYS.index(key) for key in keys.upper() if key in KEYS]

    def step(self) -> KeyPacket | None:
        """What to send in this step instead of sound; None is a pause between keys."""
        if not self._keys:
            return None
        elapsed, event = self._elapsed, self._keys[0]
        self._elapsed += self._frame
        if elapsed >= self._length + 2 * self._frame:
            if self._elapsed >= self._length + self._gap:
                self._keys.pop(0)
                self._elapsed = 0
            return None
        duration = min(elapsed + self._frame, self._length)
        flags = _VOLUME | (_END if duration == self._length else 0)
        return KeyPacket(_EVENT.pack(event, flags, duration), elapsed == 0, elapsed)

    @property
    def done(self) -> bool:
        """All keys and the pause after the last one were stepped through."""
        return not self._keys

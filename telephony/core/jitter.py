"""A jitter buffer: packets in as they come, a steady stream of samples out (RFC 3550 6.4.1)."""

from __future__ import annotations

from telephony.core.rtp import RATE, ahead32

DELAY = 0.2
"""Seconds for which a packet may be late; nobody listens to a recording as it is made."""
_FAR = RATE
"""A packet this many samples off its time was stamped by a clock that was set anew."""
_LATE = 5
"""So many packets in a row too late: the sender's clock runs slow, or the path grew longer."""


class JitterBuffer:
    """Puts G.711 packets in their place on a time line that begins when the buffer is made.

    Gaps are filled with *silence* (a code). What a buffer holds is bounded by `DELAY` and the
    packets that are early.
    """

    __slots__ = ("_anchor", "_held", "_late", "_start", "_taken", "dropped", "silence")

    def __init__(self, silence: int, now: float) -> None:
        self.silence = silence
        self.dropped = 0
        """Packets that came too late or twice."""
        self._start = now
        self._taken = 0
        self._held: dict[int, bytes] = {}
        self._anchor: tuple[int, int] | None = None
        self._late = 0

    def put(self, timestamp: int, sound: bytes, now: float) -> None:
        """Keep *sound*, whose first sample has *timestamp*, until its time."""
        arrival = int((now - self._start) * RATE)
        if self._anchor is None:
            self._anchor = (timestamp, arrival)
        place = self._anchor[1] + ahead32(timestamp, self._anchor[0])
        self._late = self._late + 1 if place < self._taken else 0
        if abs(place - arrival) > _FAR or self._late > _LATE:
            self._anchor = (timestamp, arrival)
            self._late = 0
            place = arrival
        if place < self._taken or place in self._held:
            self.dropped += 1
            return
        self._held[place] = sound
        self._anchor = (timestamp, place)

    def take(self, now: float, delay: float = DELAY) -> bytearray:
        """The samples due since the last call: those *delay* or more seconds old."""
        return self.take_samples(max(0, int((now - self._start - delay) * RATE) - self._taken))

    def take_samples(self, count: int) -> bytearray:
        """The next *count* samples, whatever the time."""
        begin, end = self._taken, self._taken + count
        out = bytearray((self.silence,)) * count
        for place in sorted(p for p in self._held if p < end):
            sound = self._held.pop(place)
            if place + len(sound) > end:
                self._held.setdefault(end, sound[end - place :])
                sound = sound[: end - place]
            out[place - begin : place - begin + len(sound)] = sound
        self._taken = end
        return out

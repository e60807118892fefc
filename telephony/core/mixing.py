"""Mixing: decoded voices on one time line, and what a listener makes of them (numpy).

Used only where a leg hears more than one thing at once; who hears one voice alone has its packets
passed on undecoded. Places are samples of the process's clock, so all listeners read the same
decoded voice, each with its own packet time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from telephony.core import g711
from telephony.core.g711 import Samples
from telephony.core.g711_tables import EXPAND, SILENCE, Law
from telephony.core.rtp import RATE, ahead32

DELAY = 320
"""Samples by which a packet may be late and is still heard, 40 ms."""
DUCKED = 10 ** (-12 / 20)
"""The gain of music while somebody speaks over it: 12 dB down."""
KNEE = 24576
"""The amplitude above which the sum is bent: 2.5 dB below the largest."""
_TOP = 32767
_REACH = 131072
"""Sums beyond this amplitude sound like it: four voices, all at their loudest."""
_SIZE = 8192
_MASK = _SIZE - 1
_WINDOW = 50
"""Packets between judgements of a voice's place in time: a second."""
_EARLY = 160
"""Samples by which all packets of a window may be early before the voice is moved up."""
_ROW = 5
"""Packets in a row that are too late to be waited for: the sender's clock was set back."""
_BACK = 1600
"""Samples by which a voice is moved back at once for a packet that is late, 200 ms."""
_SPARE = 80
"""Samples to spare when it is."""
_FAR = RATE
"""A packet this many samples off its time was stamped by a clock that was set anew."""
_SLIP = 160
"""Samples by which a listener may be off its time before it jumps."""

Sums = NDArray[np.int32]


def limited(sums: Sums) -> Samples:
    """Sums of voices as samples: unchanged up to `KNEE`, bent softly above, never clipped."""
    loud = np.abs(sums).astype(float)
    room = _TOP - KNEE
    bent = KNEE + room * np.tanh((loud - KNEE) / room)
    return (np.sign(sums) * np.where(loud > KNEE, bent, loud)).astype(np.int16)


def _codes(law: Law) -> NDArray[np.uint8]:
    """The code of every sum from -`_REACH` on: the limiter and the compression in one table."""
    every = limited(np.arange(-_REACH, _REACH, dtype=np.int32))
    return np.frombuffer(g711.encode(every, law), np.uint8)


_CODES: dict[Law, NDArray[np.uint8]] = {law: _codes(law) for law in EXPAND}
_QUIET: dict[Law, Samples] = {
    law: np.round(np.array(EXPAND[law]) * DUCKED).astype(np.int16) for law in EXPAND
}


def compress(sums: Sums, law: Law) -> bytes:
    """Sums of voices as G.711, by way of `limited`."""
    return _CODES[law].take(sums + _REACH, mode="clip").tobytes()


class Voice:
    """What one far end says, decoded, for all who mix it: a jitter buffer that many may read.

    A lost packet is silence. A late one moves the voice back at once; it is moved up again when
    all packets of a second were early. So it follows a sender's clock and the network.
    """

    __slots__ = ("_anchor", "_count", "_end", "_lead", "_ring", "_row", "_ssrc")

    def __init__(self) -> None:
        self._ring = np.zeros(_SIZE, np.int16)
        self._end = 0
        """The place after the last sample that was put."""
        self._ssrc = -1
        self._anchor = (0, 0)
        """The timestamp of the newest packet, and its place."""
        self._lead = _FAR
        """How early the latest packet of this window was."""
        self._row = self._count = 0

    def put(self, ssrc: int, timestamp: int, sound: bytes, law: Law, now: float) -> None:
        """Keep a packet that came at *now* (seconds) for those who will read it."""
        arrival = int(now * RATE)
        newer = ahead32(timestamp, self._anchor[0])
        place = self._anchor[1] + newer
        begins = ssrc != self._ssrc or abs(place - arrival) > _FAR or self._row >= _ROW
        if begins:
            self._ssrc, self._lead, self._row, self._count = ssrc, _FAR, 0, 0
            place = arrival
        elif newer > 0:
            place = self._judged(place, arrival)
        elif place < arrival - DELAY:
            self._row += 1
        if begins or newer > 0:
            self._anchor = (timestamp, place)
        if place + len(sound) > arrival - DELAY:
            self._write(place, g711.decode(sound, law))

    def _judged(self, place: int, arrival: int) -> int:
        """Where a new packet belongs, which would have its *place*: all may be late, or early."""
        late = arrival - DELAY - place
        if late > _BACK:
            self._row += 1
            return place
        self._row = 0
        if late > 0:
            place += late + _SPARE
        self._count += 1
        self._lead = min(self._lead, place - arrival)
        if self._count == _WINDOW:
            if self._lead > _EARLY:
                place -= self._lead
            self._lead, self._count = _FAR, 0
        return place

    def _write(self, place: int, samples: Samples) -> None:
        ring, gap = self._ring, place - self._end
        if gap >= _SIZE:
            ring[:] = 0
        elif gap > 0:
            self._fill(self._end, np.zeros(gap, np.int16))
        self._fill(place, samples)
        self._end = max(self._end, place + len(samples))

    def _fill(self, place: int, samples: Samples) -> None:
        at = place & _MASK
        fits = min(len(samples), _SIZE - at)
        self._ring[at : at + fits] = samples[:fits]
        if fits < len(samples):
            self._ring[: len(samples) - fits] = samples[fits:]

    def read(self, place: int, size: int) -> Samples | None:
        """The *size* samples from *place* on, None when there are none; not to be written to."""
        end = self._end
        if place >= end or place < end - _SIZE:
            return None
        at = place & _MASK
        found = self._ring[at : at + size]
        if len(found) < size:
            found = np.concatenate((found, self._ring[: size - len(found)]))
        if place + size > end:
            found = found.copy()
            found[end - place :] = 0
        return found


class Blend:
    """What one listener hears, frame by frame: voices, music, and sounds over them."""

    __slots__ = ("_gain", "_place", "voices")

    def __init__(self) -> None:
        self.voices: tuple[Voice, ...] = ()
        self._place = -_FAR
        self._gain = 1.0

    @property
    def settled(self) -> bool:
        """Whether the music is as loud as it is alone."""
        return self._gain == 1.0

    def frame(
        self, at: int, size: int, law: Law, sounds: Sequence[bytes], music: bytes | None, duck: bool
    ) -> bytes:
        """The next *size* samples as G.711; the listener's stream has come to place *at*.

        *sounds* and *music* are frames of *law*; *duck* lowers the music by 12 dB.
        """
        place, due = self._place, at - size - DELAY
        if abs(due - place) > _SLIP:
            place = due
        self._place = place + size
        sums: Sums | None = None
        for voice in self.voices:
            heard = voice.read(place, size)
            if heard is not None:
                sums = heard.astype(np.int32) if sums is None else np.add(sums, heard, out=sums)
        for sound in sounds:
            samples = g711.decode(sound, law)
            sums = samples.astype(np.int32) if sums is None else np.add(sums, samples, out=sums)
        if music is not None:
            tune = self._faded(music, law, DUCKED if duck else 1.0)
            sums = tune if sums is None else np.add(sums, tune, out=sums)
        return bytes((SILENCE[law],)) * size if sums is None else compress(sums, law)

    def _faded(self, music: bytes, law: Law, gain: float) -> Sums:
        """A frame of music that comes to *gain* by its end: a step would click."""
        before, self._gain = self._gain, gain
        if before != gain:
            ramp = np.linspace(before, gain, len(music))
            return (g711.decode(music, law) * ramp).astype(np.int32)
        if gain != 1.0:
            return _QUIET[law][np.frombuffer(music, np.uint8)].astype(np.int32)
        return g711.decode(music, law).astype(np.int32)

"""A recording as it grows: what to write when, and when it ends. No file, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from telephony.core.g711_tables import SILENCE, Law, loudness, translation
from telephony.core.jitter import DELAY, JitterBuffer
from telephony.core.rtp import RATE

End = Literal["silence", "key", "full", "stopped"]
FRAME = 160
_FLOOR = 18.0
"""Loudness below which nothing is speech: a mean amplitude of about -47 dBFS."""
_ABOVE = 20.0
"""How much louder than the noise speech is: 7.5 dB."""
_RISE = 0.05
"""How fast the noise estimate follows upwards, loudness a frame (15 dB in 16 s)."""
_CEILING = 52.0
"""The noise estimate never rises above this, lest long speech be taken for noise."""
_SPOKEN = 5
"""Frames in a row (100 ms) that are speech and not a click."""


class VoiceLevel:
    """Tells speech from noise, frame by frame, with a threshold that follows the noise."""

    __slots__ = ("_noise", "_run")

    def __init__(self) -> None:
        self._noise = _FLOOR
        self._run = 0

    def speech(self, level: float) -> bool:
        """Whether a frame of this loudness (see `loudness`) belongs to speech."""
        self._noise = min(level, self._noise + _RISE, _CEILING)
        loud = level > max(_FLOOR, self._noise + _ABOVE)
        self._run = self._run + 1 if loud else 0
        return self._run >= _SPOKEN


@dataclass(frozen=True, slots=True)
class Limits:
    """When a recording ends by itself: after *most* seconds, after *silence* seconds of silence.

    Zero is no limit.
    """

    most: float = 0.0
    silence: float = 0.0


class Recorder:
    """Collects one direction of a call, or both side by side, as G.711.

    Feed it with `heard` and `sent`; `pull` gives the bytes to append to the file. While *secret*
    is on, silence is kept instead of sound.
    """

    __slots__ = (
        "_level",
        "_limits",
        "_line",
        "_quiet",
        "_sent",
        "channels",
        "end",
        "law",
        "samples",
        "secret",
        "spoke",
    )

    def __init__(self, law: Law, now: float, limits: Limits, both: bool = False) -> None:
        self.law = law
        self.channels = 2 if both else 1
        self.samples = 0
        """How long the recording is, as far as it was pulled."""
        self.spoke = False
        self.end: End | None = None
        self.secret = False
        self._limits = limits
        self._line = JitterBuffer(SILENCE[law], now)
        self._sent = JitterBuffer(SILENCE[law], now) if both else None
        self._level = VoiceLevel()
        self._quiet = 0

    def heard(self, timestamp: int, sound: bytes, law: Law, now: float) -> None:
        """Sound that came from the far end."""
        self._put(self._line, timestamp, sound, law, now)

    def sent(self, timestamp: int, sound: bytes, law: Law, now: float) -> None:
        """Sound that went to the far end."""
        if self._sent is not None:
            self._put(self._sent, timestamp, sound, law, now)

    def _put(self, line: JitterBuffer, timestamp: int, sound: bytes, law: Law, now: float) -> None:
        if self.secret:
            return
        table = translation(law, self.law)
        line.put(timestamp, sound.translate(table) if table else sound, now)

    def pull(self, now: float, last: bool = False) -> bytes:
        """The bytes to append now; with *last*, all that is there. May set `end`."""
        if self.end is not None:
            return b""
        line = self._line.take(now, 0.0 if last else DELAY)
        count = self._measure(line)
        del line[count:]
        self.samples += count
        if self._sent is None:
            return bytes(line)
        both = bytearray(2 * count)
        both[0::2] = line
        both[1::2] = self._sent.take_samples(count)
        return bytes(both)

    def _measure(self, line: bytearray) -> int:
        """Look for the end in *line*; how many of its samples belong to the recording."""
        most, silence = self._limits.most * RATE, self._limits.silence * RATE
        for begin in range(0, len(line), FRAME):
            frame = bytes(line[begin : begin + FRAME])
            if self._level.speech(loudness(frame, self.law)):
                self.spoke, self._quiet = True, 0
            else:
                self._quiet += len(frame)
            if most and self.samples + begin + len(frame) >= most:
                self.end = "full"
                return int(most) - self.samples
            if silence and self._quiet >= silence:
                self.end = "silence"
                return begin + len(frame)
        return len(line)

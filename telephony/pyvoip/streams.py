"""What pyVoIP's two RTP threads of a call read and write: one box each, without locks."""

from __future__ import annotations

import time
from collections.abc import Callable

from telephony.core import rtp
from telephony.core.g711_tables import PAYLOAD_TYPE, SILENCE
from telephony.core.playlist import Playlist
from telephony.core.rtp import RATE, Reception

FRAME = 160
_PACE = FRAME / RATE
_LATE = 3 * _PACE
"""Seconds behind its time after which a stream skips instead of catching up."""
_PCMU = PAYLOAD_TYPE["PCMU"]
_QUIET = bytes((SILENCE["PCMU"],)) * FRAME

Sound = Callable[[int, bytes], None]
"""Told the timestamp and the G.711 bytes of a packet."""


class Outbox:
    """What is sent: a playlist's frames, or silence.

    The transmitting thread calls `read`; *ended* is called there, once for each playlist that
    was sent to its end. Everything else belongs to the event loop's thread.
    """

    def __init__(self, ended: Callable[[Playlist], None]) -> None:
        self.playlist: Playlist | None = None
        self.copy: Sound | None = None
        """Who else gets the sound that is sent; called in the transmitting thread."""
        self._ended = ended
        self._finished: Playlist | None = None
        self._due = 0.0
        self._timestamp = 0

    def read(self, length: int = FRAME) -> bytes:
        """The next *length* samples, when their time has come (pyVoIP's own pace drifts)."""
        self._wait()
        self._timestamp += length
        playlist = self.playlist
        if playlist is None or playlist is self._finished:
            return _QUIET[:length]
        frame = playlist.frame(length)
        if frame is None:
            self._finished = playlist
            self._ended(playlist)
            return _QUIET[:length]
        if self.copy is not None:
            self.copy(self._timestamp, frame)
        return frame

    def _wait(self) -> None:
        now = time.monotonic()
        if now - self._due > _LATE:
            self._due = now
        elif self._due > now:
            time.sleep(self._due - now)
        self._due += _PACE


class Inbox:
    """What is received: keys always, sound while `wanted`. `take` runs in the receiving thread."""

    def __init__(self, event_type: int | None, key: Sound, sound: Sound) -> None:
        self.wanted = False
        self._event_type = -1 if event_type is None else event_type
        self._key, self._sound = key, sound
        self._reception: Reception | None = None

    def take(self, data: bytes) -> None:
        """One datagram; what is no RTP, or in another codec, is ignored."""
        packet = rtp.parse(data, len(data))
        if packet is None or packet.payload_type not in (_PCMU, self._event_type):
            return
        reception = self._reception
        if reception is None or reception.ssrc != packet.ssrc:
            reception = self._reception = Reception(packet.ssrc, packet.sequence)
        payload = data[packet.start : packet.end]
        if packet.payload_type == self._event_type:
            reception.count(packet.sequence)
            self._key(packet.timestamp, payload)
            return
        reception.audio(packet.sequence, packet.timestamp, int(time.monotonic() * RATE))
        if self.wanted:
            self._sound(packet.timestamp, payload)

    def quality(self) -> dict[str, float]:
        """Packets, lost, jitter in ms."""
        reception = self._reception
        if reception is None:
            return {}
        return {
            "packets": float(reception.received),
            "lost": float(reception.lost),
            "jitter": reception.jitter * 1000 / RATE,
        }

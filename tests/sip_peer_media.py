"""The sound of the test peer: a stream that never pauses, as telephones send it; its measure."""

from __future__ import annotations

import asyncio
import random
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rtp_peer import RATE, RtpPeer
from telephony.core import g711
from telephony.core.g711 import Samples
from telephony.core.g711_tables import PAYLOAD_TYPE, SILENCE, Law
from telephony.core.rfc4733 import KEYS
from telephony.core.tones import key_tone, silence

KEY_SECONDS, PAUSE = 0.1, 0.06


def tone_frames(samples: NDArray[Any], hertz: float, rate: int = RATE) -> int:
    """How many 20 ms frames consist mostly of a tone of *hertz*; full scale is 1."""
    size = rate // 50
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    if not len(frames):
        return 0
    power = (frames**2).mean(axis=1)
    wave = np.exp(-2j * np.pi * hertz / rate * np.arange(size))
    at_tone = 2 * np.abs(frames @ wave / size) ** 2
    return int(np.count_nonzero((power > 1e-4) & (at_tone > 0.5 * power)))


@dataclass(frozen=True)
class Stream:
    """Where and how to send: what the other side's SDP says."""

    host: str
    port: int
    law: Law
    event_type: int | None
    send: bool = True


class PeerSound(RtpPeer):
    """One leg's sound. From `start` on a packet leaves each *ptime* ms: sound, keys, silence."""

    def __init__(self, ptime: int, host: str) -> None:
        super().__init__(ptime=ptime, host=host)
        self._sends = True
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._sound = bytearray()
        self._events: list[tuple[bytes, bool]] = []
        self._event_stamp = 0
        self._keys_sent, self._sound_sent = asyncio.Event(), asyncio.Event()

    async def open(self) -> None:
        """Bind a free even port: RTCP goes to the one above and must meet no other RTP."""
        while True:
            self.port = random.randrange(15000, 20000, 2)
            try:
                await self.__aenter__()
            except OSError:
                continue
            return

    async def close(self) -> None:
        """Fall silent for good."""
        if self._timer is not None:
            self._timer.cancel()
        if self.port:
            self.port = 0
            await self.__aexit__()

    def start(self, stream: Stream) -> None:
        """Send to *stream* from now on, or change to it."""
        self.law, self.event_type, self._sends = stream.law, stream.event_type, stream.send
        self.aim(stream.port, stream.host)
        if self._timer is None and self.port:
            self._due = asyncio.get_running_loop().time()
            self._tick()

    def say(self, samples: Samples) -> None:
        """Send *samples* after what is still to be sent."""
        self._sound += g711.encode(samples, self.law)

    async def press(self, keys: str, **unused: Any) -> None:
        """Press keys as RFC 4733 events; returns when the last end was sent."""
        assert self.event_type is not None, "telephone-event was not negotiated"
        steps = round(1000 * KEY_SECONDS / self.ptime)
        for key in keys:
            for step in range(1, steps + 3):
                ended, duration = step >= steps, min(step, steps) * self._size
                payload = struct.pack("!BBH", KEYS.index(key), 10 | ended << 7, duration)
                self._events.append((payload, step == 1))
            self._keys_sent.clear()
            await self._keys_sent.wait()
            await asyncio.sleep(PAUSE)

    async def press_tones(self, keys: str) -> None:
        """Press keys as tones in the sound."""
        for key in keys:
            self.say(np.concatenate((key_tone(key, KEY_SECONDS), silence(PAUSE))))
        self._sound_sent.clear()
        await self._sound_sent.wait()

    def seconds_of(self, hertz: float) -> float:
        """How many seconds of a tone have arrived."""
        return tone_frames(self.sound() / 32768, hertz) / 50

    @property
    def _size(self) -> int:
        return self.ptime * RATE // 1000

    def _tick(self) -> None:
        """Send the packet that is due; several at once when the loop was held up."""
        loop = asyncio.get_running_loop()
        while self._due <= loop.time():
            self._due += self.ptime / 1000
            if self._sends:
                self._send_next()
        self._timer = loop.call_at(self._due, self._tick)

    def _send_next(self) -> None:
        timestamp = self.timestamp
        self.timestamp = (timestamp + self._size) & 0xFFFFFFFF
        if self._events:
            payload, marker = self._events.pop(0)
            if marker:
                self._event_stamp = timestamp
            self.send(payload, self.event_type or 0, self._event_stamp, marker)
            return
        self._keys_sent.set()
        sound = bytes(self._sound[: self._size])
        del self._sound[: self._size]
        if not self._sound:
            self._sound_sent.set()
        sound += bytes((SILENCE[self.law],)) * (self._size - len(sound))
        self.send(sound, PAYLOAD_TYPE[self.law], timestamp)

"""The sound of the test peer: an RTP stream of tones, silence and keys, and ears that measure.

Written for the tests alone, so that it judges what `telephony.media` sends. libsndfile codes and
decodes G.711; tones are measured by `tone_frames`.
"""

from __future__ import annotations

import asyncio
import io
import random
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 8000
LAWS = {"PCMU": ("ULAW", 0), "PCMA": ("ALAW", 8)}
"""The name libsndfile has for a codec, and its payload type."""
_NAMES = {kind: name for name, (_, kind) in LAWS.items()}
KEYS = "0123456789*#ABCD"
_LOW, _HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_GRID = ("123A", "456B", "789C", "*0#D")
_HEADER = struct.Struct("!BBHII")
KEY_SECONDS, PAUSE = 0.1, 0.06

Samples = NDArray[np.float64]


def tone(seconds: float, *hertz: float, level: float = 0.25) -> Samples:
    """A sum of sine waves at 8 kHz, each *level* of full scale."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(sum(level * np.sin(2 * np.pi * h * time) for h in hertz))


def key_tone(key: str, seconds: float = KEY_SECONDS) -> Samples:
    """The two tones of a key (ITU-T Q.23)."""
    row = next(i for i, keys in enumerate(_GRID) if key in keys)
    return tone(seconds, _LOW[row], _HIGH[_GRID[row].index(key)])


def encode(samples: Samples, codec: str) -> bytes:
    """G.711 bytes."""
    out = io.BytesIO()
    soundfile.write(out, samples, RATE, format="RAW", subtype=LAWS[codec][0])
    return out.getvalue()


def decode(sound: bytes, codec: str) -> Samples:
    """Samples of full scale 1."""
    samples, _ = soundfile.read(
        io.BytesIO(sound), format="RAW", subtype=LAWS[codec][0], samplerate=RATE, channels=1
    )
    return np.asarray(samples)


def tone_frames(samples: Samples, hertz: float, rate: int = RATE) -> int:
    """How many 20 ms frames consist mostly of a tone of *hertz*."""
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
    codec: str
    event_type: int | None
    send: bool = True


class _Socket(asyncio.DatagramProtocol):
    """Hands packets on; one class for RTP and RTCP."""

    def __init__(self, packets: list[bytes]) -> None:
        self.packets = packets

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.packets.append(data)


class PeerSound:
    """One leg's sound. From `start` on a packet leaves each *ptime* seconds, as phones do it."""

    def __init__(self) -> None:
        self.port = 0
        self.packets: list[bytes] = []
        """Every RTP packet that arrived."""
        self.reports: list[bytes] = []
        """Every RTCP packet."""
        self.ptime = 0.02
        self.sending = True
        """Turned off, the stream falls silent as by a broken network."""
        self._stream: Stream | None = None
        self._rtp: asyncio.DatagramTransport | None = None
        self._rtcp: asyncio.DatagramTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._sound = bytearray()
        self._events: list[tuple[bytes, bool]] = []
        self._keys_sent, self._sound_sent = asyncio.Event(), asyncio.Event()
        self._sequence, self._timestamp = random.getrandbits(16), random.getrandbits(32)
        self._ssrc = random.getrandbits(32)
        self._key_stamp = 0

    async def open(self, host: str) -> None:
        """Bind a free even port and the one above it."""
        loop = asyncio.get_running_loop()
        while True:
            port = random.randrange(15000, 20000, 2)
            try:
                self._rtp, _ = await loop.create_datagram_endpoint(
                    lambda: _Socket(self.packets), (host, port)
                )
                self._rtcp, _ = await loop.create_datagram_endpoint(
                    lambda: _Socket(self.reports), (host, port + 1)
                )
            except OSError:
                if self._rtp is not None:
                    self._rtp.close()
                continue
            self.port = port
            return

    def close(self) -> None:
        """Fall silent for good."""
        if self._timer is not None:
            self._timer.cancel()
        for transport in (self._rtp, self._rtcp):
            if transport is not None:
                transport.close()
        self._rtp = None

    # --- sending --------------------------------------------------------------------------------

    def start(self, stream: Stream) -> None:
        """Send to *stream* from now on, or change to it."""
        self._stream = stream
        if self._timer is None and self._rtp is not None:
            self._due = asyncio.get_running_loop().time()
            self._tick()

    def say(self, samples: Samples) -> None:
        """Send *samples* after what is still to be sent."""
        assert self._stream is not None, "no sound before the call is answered"
        self._sound += encode(samples, self._stream.codec)

    async def press(self, keys: str) -> None:
        """Press keys as RFC 4733 events; returns when the last end was sent."""
        assert self._stream is not None and self._stream.event_type is not None, "not negotiated"
        size, steps = round(self.ptime * RATE), round(KEY_SECONDS / self.ptime)
        for key in keys:
            for step in range(1, steps + 3):
                ended = step >= steps
                duration = min(step, steps) * size
                payload = struct.pack("!BBH", KEYS.index(key), 10 | ended << 7, duration)
                self._events.append((payload, step == 1))
            self._keys_sent.clear()
            await self._keys_sent.wait()
            await asyncio.sleep(PAUSE)

    async def press_tones(self, keys: str) -> None:
        """Press keys as tones in the sound."""
        for key in keys:
            self.say(np.concatenate([key_tone(key), np.zeros(round(PAUSE * RATE))]))
        self._sound_sent.clear()
        await self._sound_sent.wait()

    def _tick(self) -> None:
        """Send the packet that is due; several at once when the loop was held up."""
        loop = asyncio.get_running_loop()
        while self._due <= loop.time():
            self._due += self.ptime
            self._send_next()
        self._timer = loop.call_at(self._due, self._tick)

    def _send_next(self) -> None:
        stream, size = self._stream, round(self.ptime * RATE)
        assert stream is not None
        timestamp = self._timestamp
        self._timestamp = (timestamp + size) & 0xFFFFFFFF
        if self._events:
            payload, marker = self._events.pop(0)
            if marker:
                self._key_stamp = timestamp
            self._send(stream, stream.event_type or 0, self._key_stamp, payload, marker)
            return
        self._keys_sent.set()
        payload = bytes(self._sound[:size])
        del self._sound[:size]
        if not self._sound:
            self._sound_sent.set()
        silence = b"\xff" if stream.codec == "PCMU" else b"\xd5"
        payload += silence * (size - len(payload))
        self._send(stream, LAWS[stream.codec][1], timestamp, payload, False)

    def _send(self, stream: Stream, kind: int, stamp: int, payload: bytes, marker: bool) -> None:
        if not stream.send or not self.sending or self._rtp is None:
            return
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = _HEADER.pack(0x80, kind | marker << 7, self._sequence, stamp, self._ssrc)
        self._rtp.sendto(head + payload, (stream.host, stream.port))

    # --- hearing --------------------------------------------------------------------------------

    def _heard(self) -> list[tuple[int, int, bytes]]:
        """Payload type, timestamp and payload of each packet, in order of sequence numbers."""
        rows: list[Any] = []
        for data in self.packets:
            first, kind, sequence, stamp, _ = _HEADER.unpack_from(data)
            assert first == 0x80, f"an RTP packet that begins with {first:#x}"
            rows.append((sequence, kind & 0x7F, stamp, data[_HEADER.size :]))
        if rows:
            origin = rows[0][0]
            rows.sort(key=lambda row: (row[0] - origin + 0x8000) & 0xFFFF)
        return [row[1:] for row in rows]

    def samples(self) -> Samples:
        """All sound that arrived, put together."""
        parts = [
            decode(payload, _NAMES[kind]) for kind, _, payload in self._heard() if kind in _NAMES
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def seconds_of(self, hertz: float) -> float:
        """How many seconds of a tone have arrived."""
        return tone_frames(self.samples(), hertz) / 50

    def codecs(self) -> set[str]:
        """The codecs of the packets that arrived."""
        return {_NAMES[kind] for kind, _, _ in self._heard() if kind in _NAMES}

    def keys(self) -> str:
        """The keys that arrived as events, each once."""
        event_type = self._stream.event_type if self._stream else None
        found: dict[int, str] = {}
        for kind, stamp, payload in self._heard():
            if kind == event_type and payload[0] < len(KEYS):
                found.setdefault(stamp, KEYS[payload[0]])
        return "".join(found.values())

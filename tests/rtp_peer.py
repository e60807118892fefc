"""A far end for tests: sends tones and keys by RTP, receives, decodes and measures.

async with RtpPeer() as peer:
    leg.connect(peer.remote())
    peer.aim(leg.port)
    peer.talk(tone((440,), 1.0))
    await peer.press("5")
    assert pitch(peer.sound()) == pytest.approx(440, abs=5)
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np

from telephony.core import g711, rtp
from telephony.core.g711 import Samples
from telephony.core.g711_tables import PAYLOAD_TYPE, SILENCE, Law
from telephony.core.rfc4733 import KEYS
from telephony.media.plane import Remote

RATE = 8000


class Arrival(NamedTuple):
    """A packet as it came."""

    time: float
    packet: rtp.Packet
    payload: bytes
    source: tuple[str, int]


class RtpPeer(asyncio.DatagramProtocol):
    """One far end on 127.0.0.1 (or *host*). Sends each *ptime* ms while something is to say."""

    def __init__(
        self,
        law: Law = "PCMU",
        *,
        event_type: int | None = 101,
        ptime: int = 20,
        host: str = "127.0.0.1",
        port: int = 0,
        ssrc: int | None = None,
    ) -> None:
        self.law, self.event_type, self.ptime, self.host = law, event_type, ptime, host
        self.port = port
        self.ssrc = random.getrandbits(32) if ssrc is None else ssrc
        self.sequence = random.getrandbits(16)
        self.timestamp = random.getrandbits(32)
        self.arrivals: list[Arrival] = []
        self._target: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._talk: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(self.host, self.port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hush()
        assert self._transport is not None
        self._transport.close()

    def remote(self, **changes: Any) -> Remote:
        """This peer as the media plane wants it described."""
        facts: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "codec": self.law,
            "payload_type": PAYLOAD_TYPE[self.law],
            "event_type": self.event_type,
            "signalling_host": self.host,
        }
        return Remote(**{**facts, **changes})

    def aim(self, port: int, host: str = "127.0.0.1") -> None:
        """Send to *port* from now on."""
        self._target = (host, port)

    # --- sending --------------------------------------------------------------------------------

    def send(self, payload: bytes, payload_type: int, timestamp: int, marker: bool = False) -> None:
        """Send one packet under the next sequence number."""
        assert self._transport is not None and self._target is not None
        self.sequence = (self.sequence + 1) & 0xFFFF
        packet = rtp.pack(payload_type, self.sequence, timestamp, self.ssrc, payload, marker)
        self._transport.sendto(packet, self._target)

    def send_datagram(self, data: bytes) -> None:
        """Send *data* as it is."""
        assert self._transport is not None
        self._transport.sendto(data, self._target)

    def send_sound(self, sound: bytes) -> None:
        """Send one packet of G.711 *sound*."""
        self.send(sound, PAYLOAD_TYPE[self.law], self.timestamp)
        self.timestamp += len(sound)

    def talk(self, samples: Samples, *, repeat: bool = False) -> asyncio.Task[None]:
        """Send *samples* in real time in the background; a second `talk` replaces the first."""
        self.hush()
        self._talk = asyncio.ensure_future(self._send_all(samples, repeat))
        return self._talk

    def hush(self) -> None:
        """Stop talking."""
        if self._talk is not None:
            self._talk.cancel()
            self._talk = None

    async def _send_all(self, samples: Samples, repeat: bool) -> None:
        sound = g711.encode(samples, self.law)
        size = self.ptime * RATE // 1000
        start, sent = time.monotonic(), 0
        while repeat or sent * size < len(sound):
            at = sent * size % len(sound)
            piece = sound[at : at + size]
            self.send_sound(piece + bytes((SILENCE[self.law],)) * (size - len(piece)))
            sent += 1
            await asyncio.sleep(start + sent * self.ptime / 1000 - time.monotonic())

    async def press(
        self,
        keys: str,
        *,
        length: int = 5,
        ends: int = 3,
        marker: bool = True,
        event: int | None = None,
        every: float = 0.02,
    ) -> None:
        """Press *keys* by RFC 4733: *length* packets each, then *ends* end packets."""
        assert self.event_type is not None
        for key in keys:
            number = KEYS.index(key) if event is None else event
            stamp = self.timestamp
            for step in range(1, length + 1):
                payload = struct.pack("!BBH", number, 10, 160 * step)
                self.send(payload, self.event_type, stamp, marker and step == 1)
                await asyncio.sleep(every)
            for _ in range(ends):
                payload = struct.pack("!BBH", number, 0x8A, 160 * length)
                self.send(payload, self.event_type, stamp)
            self.timestamp += 160 * length + 800
            await asyncio.sleep(every)

    # --- receiving ------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: Any) -> None:
        packet = rtp.parse(data, len(data))
        if packet is not None:
            payload = data[packet.start : packet.end]
            self.arrivals.append(Arrival(time.monotonic(), packet, payload, addr[:2]))

    def heard(self) -> list[Arrival]:
        """The packets of sound so far."""
        return [one for one in self.arrivals if one.packet.payload_type != self.event_type]

    def clear(self) -> None:
        """Forget what came so far."""
        self.arrivals.clear()

    def sound(self) -> Samples:
        """What was heard, every packet in its place by timestamp."""
        packets = self.heard()
        if not packets:
            return np.zeros(0, np.int16)
        first = packets[0].packet.timestamp
        places = [rtp.ahead32(one.packet.timestamp, first) for one in packets]
        ends = [place + len(one.payload) for place, one in zip(places, packets, strict=True)]
        out = np.zeros(max(0, *ends), np.int16)
        for place, one in zip(places, packets, strict=True):
            law: Law = "PCMA" if one.packet.payload_type == 8 else "PCMU"
            if place >= 0:
                out[place : place + len(one.payload)] = g711.decode(one.payload, law)
        return out

    def keys(self) -> str:
        """The keys received as telephone-events, by their first end packets."""
        seen: dict[int, str] = {}
        for one in self.arrivals:
            if one.packet.payload_type == self.event_type and one.payload[1] & 0x80:
                seen.setdefault(one.packet.timestamp, KEYS[one.payload[0]])
        return "".join(seen.values())

    def gaps(self) -> list[float]:
        """Seconds between packets of sound."""
        times = [one.time for one in self.heard()]
        return [later - sooner for sooner, later in pairwise(times)]

    @staticmethod
    async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait until *condition* holds; fails after *seconds*."""
        for _ in range(int(seconds / 0.005)):
            if condition():
                return
            await asyncio.sleep(0.005)
        raise TimeoutError(f"what was waited for did not come in {seconds} s")


def level(samples: Samples) -> float:
    """The mean power in dB below a full-scale sine; -99 for none."""
    power = float(np.mean(samples.astype(float) ** 2)) if len(samples) else 0.0
    return 10 * np.log10(2 * power / 32768**2) if power else -99.0


def pitch(samples: Samples) -> float:
    """The strongest frequency in Hz; 0 for silence."""
    if level(samples) < -60:
        return 0.0
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))


def loud_parts(
    samples: Samples, threshold: float = -45.0, frame: int = 80, join: int = 480
) -> list[tuple[int, int]]:
    """Where sound is above *threshold* dB: (first, last) samples of each run of frames.

    Gaps of up to *join* samples are bridged: a machine that stood still leaves packets out.
    """
    parts: list[tuple[int, int]] = []
    for at in range(0, len(samples) - frame + 1, frame):
        if level(samples[at : at + frame]) > threshold:
            if parts and at - parts[-1][1] <= join:
                parts[-1] = (parts[-1][0], at + frame)
            else:
                parts.append((at, at + frame))
    return parts


def clip_files(stem: str, samples: Samples, laws: Sequence[Law] = ("PCMU", "PCMA")) -> None:
    """Write *samples* as the G.711 files of a clip."""
    for law in laws:
        with open(stem + {"PCMU": ".ulaw", "PCMA": ".alaw"}[law], "wb") as file:
            file.write(g711.encode(samples, law))


def free_ports(count: int = 40) -> tuple[int, int]:
    """A range of UDP ports of which the first is free now, for a media plane of a test."""
    while True:
        first = random.randrange(20000, 55000) & ~1
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", first))
        except OSError:
            continue
        return first, first + count - 1


def level_of(samples: Samples, hertz: float) -> float:
    """How strong a tone of *hertz* is, in dB below a full-scale sine; -99 for none (Goertzel)."""
    if not len(samples):
        return -99.0
    wave = np.exp(-2j * np.pi * hertz / RATE * np.arange(len(samples)))
    amplitude = 2 * abs(np.dot(samples.astype(float), wave)) / len(samples)
    return float(20 * np.log10(amplitude / 32768)) if amplitude > 0.5 else -99.0

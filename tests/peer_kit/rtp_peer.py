"""The sound half of a telephone: sends tones and keys as RTP, keeps and measures what comes."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple

import numpy as np

from peer_kit.ports import free_range
from peer_kit.sound import RATE, Heard, key_tone, tone
from telephony.core.g711 import Samples, decode, encode
from telephony.core.g711_tables import Law

LAWS: dict[int, Law] = {0: "PCMU", 8: "PCMA"}
_CODES = {key: code for code, key in enumerate("0123456789*#ABCD")}
_PATIENCE = 20.0


class Packet(NamedTuple):
    """One received packet and when it came (``time.time``)."""

    at: float
    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    source: tuple[str, int]


@dataclass(frozen=True)
class Manner:
    """How a telephone speaks: payload types, ms a packet."""

    payload_type: int = 0
    event_type: int = 101
    ptime: int = 20


class RtpPeer:
    """One RTP socket; an asynchronous context manager. It sends to where sound comes from."""

    def __init__(self, manner: Manner | None = None, host: str = "127.0.0.1") -> None:
        self.manner = manner or Manner()
        self.host, (self.port, _) = host, free_range(2)  # the second one is for RTCP
        self.received: list[Packet] = []
        self.to: tuple[str, int] | None = None
        self.ssrc = self.port * 65537
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sequence, self._began = 1000, time.monotonic()
        self._news = asyncio.Event()

    async def __aenter__(self) -> RtpPeer:
        self._socket.setblocking(False)
        self._socket.bind((self.host, self.port))
        asyncio.get_running_loop().add_reader(self._socket, self._readable)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    # --- hearing ----------------------------------------------------------------------------------

    def _readable(self) -> None:
        while True:
            try:
                data, source = self._socket.recvfrom(4096)
            except (BlockingIOError, ConnectionRefusedError):
                break
            first, kind, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
            assert first == 0x80, "a plain RTP header"
            packet = Packet(
                time.time(), kind & 127, kind > 127, sequence, timestamp, ssrc, data[12:], source
            )
            self.received.append(packet)
            self.to = self.to or source
        self._news.set()

    async def until(
        self, reached: Callable[[], bool], what: str, patience: float = _PATIENCE
    ) -> None:
        """Wait until *reached*, which is looked at whenever packets came; *what* names it."""
        try:
            async with asyncio.timeout(patience):
                while not reached():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"not within {patience:g} s: {what}; {len(self.received)} packets came, "
                f"heard: {self.heard().summary()}"
            ) from None

    async def connected(self) -> None:
        """Wait for the first packet."""
        await self.until(lambda: bool(self.received), "the first RTP packet")

    async def hears(self, hertz: float, seconds: float = 0.2) -> None:
        """Wait until *seconds* of a tone were heard."""
        await self.until(lambda: self.heard().seconds(hertz) >= seconds, f"a tone of {hertz:g} Hz")

    def heard(self, since: float = 0.0) -> Heard:
        """All that was received *since*, in the order of its timestamps."""
        sound = [p for p in self.received if p.payload_type in LAWS and p.at >= since]
        sound.sort(key=lambda packet: (packet.ssrc, packet.timestamp))
        parts = [decode(p.payload, LAWS[p.payload_type]) for p in sound]
        return Heard.of(np.concatenate(parts) if parts else np.zeros(0, np.int16))

    def keys(self) -> str:
        """The keys the far end pressed by RFC 4733, each event once."""
        found: dict[int, str] = {}
        for packet in self.received:
            if packet.payload_type == self.manner.event_type:
                found.setdefault(packet.timestamp, "0123456789*#ABCD"[packet.payload[0]])
        return "".join(found[stamp] for stamp in sorted(found))

    # --- speaking ---------------------------------------------------------------------------------

    async def speak(self, hertz: float, seconds: float) -> None:
        """Send a tone in real time."""
        await self.send(tone(hertz, seconds))

    async def be_silent(self, seconds: float) -> None:
        """Send silence, as telephones do."""
        await self.send(np.zeros(round(RATE * seconds), np.int16))

    async def send(self, samples: Samples) -> None:
        """Send *samples* in packets of our ptime, paced."""
        size, law = 8 * self.manner.ptime, LAWS[self.manner.payload_type]
        sound = encode(samples, law)
        stamp, number = self._stamp(), 0
        async for begin in _paced(range(0, len(sound), size), self.manner.ptime):
            self._packet(
                self.manner.payload_type, stamp + begin, sound[begin : begin + size], number == 0
            )
            number += 1

    async def press(self, keys: str) -> None:
        """Press keys by RFC 4733: 100 ms each, three end packets, 100 ms of silence between."""
        for key in keys:
            stamp, code = self._stamp(), _CODES[key]
            async for part in _paced(range(1, 6), 20):
                event = struct.pack("!BBH", code, 10, part * 160)
                self._packet(self.manner.event_type, stamp, event, part == 1)
            for _ in range(3):
                end = struct.pack("!BBH", code, 0x80 | 10, 800)
                self._packet(self.manner.event_type, stamp, end)
            await self.be_silent(0.1)

    async def press_tones(self, keys: str) -> None:
        """Press keys as tones in the sound."""
        for key in keys:
            await self.send(key_tone(key))
            await self.be_silent(0.12)

    def raw(self, data: bytes, to: tuple[str, int] | None = None) -> None:
        """Send any datagram from our port."""
        self._socket.sendto(data, to or self._target())

    def _stamp(self) -> int:
        return int((time.monotonic() - self._began) * RATE)

    def _target(self) -> tuple[str, int]:
        assert self.to, "nothing was received yet: where to send to?"
        return self.to

    def _packet(self, kind: int, stamp: int, payload: bytes, marker: bool = False) -> None:
        header = struct.pack(
            "!BBHII",
            0x80,
            kind | (128 if marker else 0),
            self._sequence & 0xFFFF,
            stamp & 0xFFFFFFFF,
            self.ssrc & 0xFFFFFFFF,
        )
        self._sequence += 1
        try:
            self._socket.sendto(header + payload, self._target())
        except ConnectionRefusedError:
            pass  # the far end has just closed its port


async def _paced(steps: range, milliseconds: int) -> AsyncIterator[int]:
    """Yield each of *steps* when it is due."""
    begin = time.monotonic()
    for number, step in enumerate(steps):
        wait = begin + number * milliseconds / 1000 - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        yield step

"""The bench of the embedded SIP endpoint: the real line, a real media process, peers on UDP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from line_bench.peer_bench import PeerBackend, PeerBench, PeerFar
from rtp_peer import free_ports
from sip_peer import SOON, Address, SipPeer
from telephony.media.client import Plane
from telephony.settings import Listen, Media, Phone, Route, Sip, Trunk
from telephony.sip.endpoint import SipLine


class SharedPlane:
    """The media plane of several lines: it starts before the first and stops after the last."""

    def __init__(self, plane: Plane) -> None:
        self.lease, self.prefetch = plane.lease, plane.prefetch
        self.on_restart = plane.on_restart

    async def start(self, settings: Media, max_calls: int) -> None:
        """It has started."""

    async def stop(self) -> None:
        """Others still use it."""


class SipBench(PeerBench):
    """A trunk that calls and is called, and a telephone that registers with us."""

    line: SipLine
    phone: SipPeer

    def __init__(self, folder: Path, plane: SharedPlane) -> None:
        super().__init__(folder)
        self._plane = plane

    async def open(self) -> None:
        self.peer, self.phone = await SipPeer.open(), await SipPeer.open()
        self.peer.refuses[self.dead_number] = 404
        self.line = SipLine(
            Sip(
                listen=(Listen("udp", "127.0.0.1", 0),),
                max_calls=8,
                dial_allow=("1???",),
                trunks=(Trunk("pstn", "127.0.0.1", self.peer.port),),
                phones=(Phone(self.free_number, "kettle"),),
                routes=(Route(self.free_number, "phone"), Route("*", "trunk:pstn")),
            ),
            self._plane,
        )
        await self.line.start(self.arrive)
        assert await self.phone.register(self.free_number, "kettle", self.address()) == 200

    async def close(self) -> None:
        await self.line.stop()
        for peer in (self.peer, self.phone):
            await peer.close()
            assert not peer.complaints, peer.complaints

    def address(self) -> Address:
        _, host, port = self.line.status()["listen"][0].split(":")
        return host, int(port)

    async def phone_rings(self) -> PeerFar:
        return PeerFar(await asyncio.wait_for(self.phone.rings.get(), SOON))


class SipBackend(PeerBackend):
    name = "sip"
    can = SipLine.can
    marks = (pytest.mark.peers, pytest.mark.slow)

    @asynccontextmanager
    async def benches(self) -> AsyncIterator[Callable[[Path], PeerBench]]:
        plane = Plane()
        await plane.start(Media(ports=free_ports(400)), max_calls=100)
        try:
            shared = SharedPlane(plane)
            yield lambda folder: SipBench(folder, shared)
        finally:
            await plane.stop()

"""The bench of the embedded SIP endpoint: the real line, a real media process, peers on UDP."""

from __future__ import annotations

import asyncio
import random

import pytest
from line_bench.peer_bench import PeerBackend, PeerBench, PeerFar
from sip_peer import SOON, Address, SipPeer

from telephony.media.client import Plane
from telephony.settings import Listen, Media, Phone, Route, Sip, Trunk
from telephony.sip.endpoint import SipLine


class SipBench(PeerBench):
    """A trunk that calls and is called, and a telephone that registers with us."""

    line: SipLine
    phone: SipPeer

    async def open(self) -> None:
        self.peer, self.phone = await SipPeer.open(), await SipPeer.open()
        self.peer.refuses[self.dead_number] = 404
        first = random.randrange(20000, 29000, 100)
        self.line = SipLine(
            Sip(
                listen=(Listen("udp", "127.0.0.1", 0),),
                max_calls=8,
                dial_allow=("1???",),
                trunks=(Trunk("pstn", "127.0.0.1", self.peer.port),),
                phones=(Phone(self.free_number, "kettle"),),
                routes=(Route(self.free_number, "phone"), Route("*", "trunk:pstn")),
                media=Media(ports=(first, first + 999)),
            ),
            Plane(),
        )
        await self.line.start(self.arrive)
        assert await self.phone.register(self.free_number, "kettle", self.address()) == 200

    async def close(self) -> None:
        await self.line.stop()
        for peer in (self.peer, self.phone):
            peer.close()
            assert peer.complaints == []

    def address(self) -> Address:
        _, host, port = self.line.status()["listen"][0].split(":")
        return host, int(port)

    async def phone_rings(self) -> PeerFar:
        return PeerFar(await asyncio.wait_for(self.phone.rings.get(), SOON))


class SipBackend(PeerBackend):
    name = "sip"
    can = SipLine.can
    marks = (pytest.mark.peers,)
    bench = SipBench

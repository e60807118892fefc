"""Calls through Kamailio both ways; what leaves us is captured: ACK and BYE take the Route."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from peer_kit.capture import Capture, Datagram, needs_root
from peer_kit.flows import DIAL, MENU, ONE, PROMPT, TALKED, TONES
from peer_kit.kamailio import kamailio
from peer_kit.ports import free_port
from peer_kit.rtp_peer import RtpPeer
from peer_kit.scenario import OFFER, Scenario
from peer_kit.sipp import SCENARIOS, Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers
CALLER_SAYS, PHONE_SAYS = 600.0, 1700.0


@dataclass
class Edge:
    """A server behind Kamailio, which listens on *port*."""

    site: Site
    port: int

    def left(self, capture: Capture, method: str) -> list[Datagram]:
        """The requests of *method* that the server sent."""
        here = ("127.0.0.1", self.site.port)
        begin = method.encode() + b" "
        return [d for d in capture.datagrams() if d.source == here and d.data.startswith(begin)]

    def goes_by_route(self, datagram: Datagram) -> bool:
        """Whether a request goes to Kamailio and says so in its Route."""
        route = f"\r\nRoute: <sip:127.0.0.1:{self.port};lr".encode()
        return datagram.target == ("127.0.0.1", self.port) and route in datagram.data


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One server; its trunk is Kamailio."""
    folder, outside = tmp_path_factory.mktemp("node"), free_port()
    more = f"""
[trunks.edge]
address = "127.0.0.1:{outside}"
[[routes]]
match = "2???"
to = "trunk:edge"
"""
    port = make_site(
        folder,
        {"100": MENU, "2*": DIAL},
        tones=TONES,
        sip='drain = "0s"\ndial_allow = ["2???"]',
        more=more,
    )
    with serving(folder, port) as site, kamailio(outside, [port]):
        yield Edge(site, outside)


@needs_root
async def test_a_caller_comes_through_kamailio(edge: Edge, tmp_path: Path) -> None:
    """The flow hangs up: the BYE takes the Record-Route of the INVITE."""
    async with (
        Capture(tmp_path, f"udp port {edge.site.port}") as capture,
        RtpPeer() as rtp,
        Sipp(Scenario().call().hung_up(), edge.port, rtp=rtp.port) as call,
    ):
        await rtp.hears(PROMPT, 0.3)
        await rtp.press("1")
        await rtp.hears(ONE, 0.5)
        await call.succeeds()
    [bye] = edge.left(capture, "BYE")
    assert edge.goes_by_route(bye), bye
    assert (await edge.site.traced(call.caller, "key"))["source"] == "rfc4733"


async def test_a_caller_hangs_up_through_kamailio(edge: Edge) -> None:
    async with Sipp(Scenario().call().pause(500).bye(), edge.port) as call:
        await call.succeeds()
    assert (await edge.site.traced(call.caller, "hangup"))["by"] == "caller"
    async with Sipp(Scenario().invite().refused(404), edge.port, service="999") as wrong:
        await wrong.succeeds()
    await edge.site.idle()


@needs_root
async def test_the_flow_dials_through_kamailio(edge: Edge, tmp_path: Path) -> None:
    """Twice: the telephone hangs up, then the caller; ACK and BYE take the Route of the 200."""
    port = free_port()
    async with Sipp(SCENARIOS / "uac_register.xml", edge.port, service="2001", port=port) as once:
        await once.succeeds()
    rings = Scenario().expect_request("INVITE").reply("180 Ringing").reply("200 OK", body=OFFER)
    answers = rings.expect_request("ACK")
    hangs_up = Scenario(answers).pause(1500).bye_back()
    is_hung_up = Scenario(answers).hung_up()
    calls = Scenario().call().hung_up(), Scenario().call().pause(1500).bye()
    async with Capture(tmp_path, f"udp port {edge.site.port}") as capture:
        for phone, caller in zip((hangs_up, is_hung_up), calls, strict=True):
            async with (
                RtpPeer() as far,
                RtpPeer() as near,
                Sipp(phone, port=port, rtp=far.port) as callee,
                Sipp(caller, edge.port, service="2001", rtp=near.port) as calling,
            ):
                await edge.site.traced(calling.caller, "bridged")
                await asyncio.gather(far.connected(), near.connected())
                await asyncio.gather(near.speak(CALLER_SAYS, 0.6), far.speak(PHONE_SAYS, 0.6))
                await asyncio.gather(calling.succeeds(), callee.succeeds())
            assert far.heard().seconds(CALLER_SAYS) > 0.4, far.heard().summary()
            assert near.heard().seconds(PHONE_SAYS) > 0.4, near.heard().summary()
            if phone is hangs_up:
                assert near.heard().seconds(TALKED) > 0.3
    acks = edge.left(capture, "ACK")
    assert len(acks) == 2 and all(edge.goes_by_route(ack) for ack in acks)
    byes = edge.left(capture, "BYE")
    assert len(byes) == 2 and all(edge.goes_by_route(bye) for bye in byes)
    await edge.site.idle()

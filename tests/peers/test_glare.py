"""Re-INVITEs that collide: the line itself holds a SIPp telephone which changes the call too."""

import asyncio
from ipaddress import ip_network

import pytest

from peer_kit.ports import free_range
from peer_kit.scenario import OFFER, Scenario
from peer_kit.sipp import Sipp
from telephony.line import Call
from telephony.media.client import Plane
from telephony.settings import Listen, Media, Sip
from telephony.sip.endpoint import SipLine

pytestmark = pytest.mark.peers


async def test_both_sides_change_the_session_at_once() -> None:
    """Each refuses the other's offer with 491 (14.1); ours is repeated later and taken."""
    calls: asyncio.Queue[Call] = asyncio.Queue()
    settings = Sip(
        listen=(Listen("udp", "127.0.0.1", 0),),
        max_calls=4,
        allow=(ip_network("127.0.0.1"),),
        media=Media(ports=free_range(64)),
    )
    line = SipLine(settings, Plane())
    await line.start(calls.put_nowait)
    port = int(line.status()["listen"][0].rsplit(":", 1)[1])
    scenario = (
        Scenario().call()
        .expect_request("INVITE")
        .reinvite(OFFER).expect(491).ack_refusal()
        .reply_to_invite("491 Request Pending").expect_request("ACK")
        .expect_request("INVITE").reply("200 OK", body=OFFER).expect_request("ACK")
        .hung_up()
    )  # fmt: skip
    try:
        async with Sipp(scenario, port) as peer:
            call = await asyncio.wait_for(calls.get(), 20)
            await call.answer()
            await asyncio.wait_for(call.hold(), 20)
            await call.hangup()
            messages = await peer.succeeds()
    finally:
        await line.stop()
    offers = [m.text for m in messages if not m.sent and m.text.startswith("INVITE")]
    assert len(offers) == 2 and all("a=sendonly" in text for text in offers)

"""The endpoint on real sockets: stopping, its addresses, the trace of messages."""

import asyncio
import logging
import re
from ipaddress import ip_network

import pytest

from sip_phone import Phone, house
from sip_silent_media import SilentPlane
from telephony.line import LineError
from telephony.settings import Listen, Sip
from telephony.settings import Phone as PhoneSettings
from telephony.sip.endpoint import SipLine

# --- the end --------------------------------------------------------------------------------------


async def test_draining():
    async with house() as home:
        phone, call, ear, _, answered = await home.talking()
        stopping = asyncio.create_task(home.line.stop(drain=10))
        await asyncio.sleep(0.05)
        other = home.phone()
        other.invite()
        assert (await other.until(503)).get("retry-after")
        other.call_id += "x"
        other.send(other.request("OPTIONS"))
        assert (await other.until(503)).status == 503
        assert not stopping.done() and home.line.status()["draining"]
        phone.send(phone.request("BYE", cseq=2, to_tag=answered.to.tag))
        await asyncio.wait_for(stopping, 3)
        assert ear.ends == [("caller", "normal")]


async def test_stopping_ends_what_does_not_end_by_itself():
    async with house() as home:
        phone, _, ear, _, _ = await home.talking()
        stopping = asyncio.create_task(home.line.stop(drain=0.1))
        bye = await phone.until("BYE")
        phone.reply(bye, 200)
        await asyncio.wait_for(stopping, 3)
        assert ear.ends == [("us", "normal")]


async def test_a_phone_that_never_acks(monkeypatch):
    """In virtual time: the endpoint's clock is ours."""
    async with house() as home:
        phone = home.phone()
        phone.invite()
        call, ear, _ = await home.call()
        await call.answer()
        await phone.until(200)
        real = home.line._clock
        home.line._clock = lambda: real() + 33
        home.line._wake()
        await phone.until("BYE")
        assert ear.ends[0][0] == "network"


# --- addresses ------------------------------------------------------------------------------------


async def test_listening_everywhere_says_the_address_towards_the_peer():
    async with house(listen=(Listen("udp", "0.0.0.0", 0),)) as home:
        phone = home.phone()
        phone.invite()
        call, *_ = await home.call()
        await call.answer()
        answered = await phone.until(200)
        assert b"c=IN IP4 127.0.0.1" in answered.body
        assert answered.contact.uri.host == "127.0.0.1"
        sockets = home.line._sockets
        assert sockets.host_towards("name.invalid", 0) and sockets.host_towards("::1", 0)


async def test_outside_of_the_local_networks_the_public_address_is_said():
    async with house(public_address="203.0.113.7", local_nets=(ip_network("10.0.0.0/8"),)) as home:
        sockets = home.line._sockets
        assert sockets.host_towards("198.51.100.1", 0) == "203.0.113.7"
        assert sockets.host_towards("pbx.example", 0) == "203.0.113.7"
        for local in ("10.1.2.3", "127.0.0.1"):
            assert sockets.host_towards(local, 0) == "127.0.0.1"


async def test_ipv6():
    async with house(listen=(Listen("udp", "::1", 0),), allow=(ip_network("::1/128"),)) as home:
        assert home.line.status()["listen"][0].startswith("udp:::1:")
        assert home.line._sockets.host_towards("::1", 0) == "::1"


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_only_udp(transport):
    line = SipLine(Sip(listen=(Listen(transport, "127.0.0.1", 0),)), SilentPlane())
    with pytest.raises(LineError, match="only udp"):
        await line.start(lambda call: None)


async def test_a_port_in_use_is_named():
    async with house() as home:
        plane = SilentPlane()
        line = SipLine(Sip(listen=(Listen("udp", *home.address),)), plane)
        with pytest.raises(LineError, match=f"udp:127.0.0.1:{home.address[1]}.*another server"):
            await line.start(lambda call: None)
        assert not plane.running


# --- the trace ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["all", "127.0.0.1", "the call"])
async def test_the_trace_masks_what_authenticates(wanted, caplog):
    caplog.set_level(logging.INFO, "telephony.sip.trace")
    call_id = "traced-call"
    async with house(
        trace=call_id if wanted == "the call" else wanted, phones=(PhoneSettings("1", "pw"),)
    ) as home:
        phone: Phone = home.phone()
        phone.call_id = call_id
        phone.send(
            phone.request(
                "REGISTER",
                'Authorization: Digest username="1", realm="cordboard", nonce="SECRETNONCE", '
                'response="deadbeef", cnonce="SECRETC"',
            )
        )
        await phone.until(401)
        phone.call_id = "another"
        phone.send(phone.request("OPTIONS"))
        await phone.until(200)
    text = caplog.text
    assert "<- 127.0.0.1" in text and "-> 127.0.0.1" in text and 'response="***"' in text
    assert not re.search("SECRET|deadbeef", text)
    assert ("another" in text) == (wanted != "the call")

"""The endpoint on real sockets: who is let in, and what trunks say of their calls."""

import asyncio
import logging
from ipaddress import ip_network

import pytest

from sip_desk import DESK, registered
from sip_kit import sdp
from sip_phone import HERE, house
from telephony.core import load
from telephony.settings import Trunk
from telephony.sip import endpoint


@pytest.mark.parametrize(("most", "legs"), [(1, 100), (100, 1)])
async def test_full(most, legs, caplog):
    async with house(max_calls=most, legs=legs) as home:
        await home.talking()
        phone = home.phone()
        phone.invite()
        refused = await phone.until(503)
        assert refused.get("retry-after") == "10"
        phone.ack(refused)
        assert home.calls.empty() and home.line.status()["refusals"]["full"] == 1


async def test_calls_that_are_dialled_for_callers_take_nobodys_place():
    async with house(DESK, max_calls=2, allow=HERE.allow) as home:
        _, caller, *_ = await home.talking()
        desk = home.phone()
        await registered(desk)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5))
        desk.reply(await desk.until("INVITE"), 200, body=desk.sdp)
        await asyncio.wait_for(dialling, 3)
        assert home.line.status()["calls"] == 2
        await home.talking()
        late = home.phone()
        late.invite()
        late.ack(await late.until(503))
        await caller.hangup()
        await home.talking()


async def test_a_busy_processor_takes_no_more_calls(monkeypatch, caplog):
    monkeypatch.setattr(load, "WINDOW", 0.0)
    monkeypatch.setattr(endpoint, "BUSY", 0.0)
    async with house() as home:
        await home.talking()
        phone = home.phone()
        phone.invite()
        refused = await phone.until(503)
        assert refused.get("retry-after") == "10"
        assert "the processor is busy" in caplog.text
        phone.ack(refused)


async def test_nothing_common_to_talk():
    async with house() as home:
        phone = home.phone()
        phone.invite(body=sdp(formats="9"))
        assert (await phone.until(488)).get("warning").startswith("305 ")
        assert home.calls.empty()


async def test_strangers_are_refused_in_one_line(caplog):
    async with house(allow=()) as home:
        phone = home.phone()
        with caplog.at_level(logging.WARNING, "telephony.sip"):
            for _ in range(30):
                phone.invite(cseq=1)
                phone.call_id += "x"
            refused = [await phone.receive() for _ in range(10)]
            assert {message.status for message in refused} == {403}
            assert await phone.silent()
        assert home.calls.empty()
        assert 1 <= len([r for r in caplog.records if "unknown peer" in r.message]) <= 2
        assert home.line.status()["refusals"] == {"stranger": 30}
        phone.send(phone.request("BYE", to_tag="x"))
        phone.send(phone.request("CANCEL"))
        assert await phone.silent()
        assert not home.line.agent.transactions.servers


async def test_scanners_get_no_answer():
    async with house() as home:
        phone = home.phone()
        phone.send(phone.request("OPTIONS", "User-Agent: friendly-scanner"))
        assert await phone.silent()
        phone.send(phone.request("OPTIONS"))
        ok = await phone.receive()
        assert ok.status == 200 and "INVITE" in ok.get("allow")


async def test_hostile_datagrams_are_survived_in_few_lines(caplog):
    async with house() as home:
        phone = home.phone()
        invite = phone.request("INVITE", body=phone.sdp)
        with caplog.at_level(logging.WARNING, "telephony.sip"):
            for n in range(200):
                phone.send(bytes([n % 256]) * (n * 7 % 900 + 1))
                phone.send(invite[: n + 30])
                phone.send(b"\r\n\r\n")
                if n % 50 == 49:
                    await asyncio.sleep(0.02)
            big = phone.request("INVITE", *[f"X-{n}: {'y' * 1000}" for n in range(60)])
            phone.send(big)
            assert (await phone.until(413)).status == 413
            phone.send(phone.request("INVITE", body=phone.sdp)[:-20])
            assert (await phone.until(400)).status == 400
        assert len(caplog.records) <= 3
        assert home.line.status()["refusals"]["malformed"] > 300
        assert home.calls.empty() and not home.line.agent.transactions.servers
        phone.invite()
        await home.call()


async def test_a_fault_in_the_application_is_logged_and_survived(caplog):
    async with house() as home:

        def broken(call):
            raise RuntimeError("boom")

        home.on_call = broken
        phone = home.phone()
        phone.invite()
        phone.ack(await phone.until(500))
        assert "could not be taken" in caplog.text and not home.plane.open
        home.on_call = None
        other = home.phone()
        other.invite()
        await home.call()


@pytest.mark.parametrize(
    ("source", "called"), [("request", "100"), ("to", "300"), ("p-called-party-id", "400")]
)
async def test_a_trunk_says_who_and_whom(source, called):
    trunk = Trunk("carrier", "127.0.0.1", number_from=source, sources=(ip_network("127.0.0.0/8"),))
    async with house(allow=(), trunks=(trunk,)) as home:
        phone = home.phone()
        phone.invite(
            "P-Asserted-Identity: <tel:+86-10-77>, <sip:x@y>",
            "P-Called-Party-ID: <sip:400@h>",
            to_user="300",
        )
        call, *_ = await home.call()
        assert (call.facts.caller, call.facts.called) == ("+861077", called)
        assert call.facts.trunk == "carrier"


async def test_a_trunk_without_sources_is_known_by_its_address():
    trunk = Trunk("pbx", "localhost")
    async with house(allow=(), trunks=(trunk,)) as home:
        phone = home.phone()
        phone.invite("P-Asserted-Identity: nonsense", user="anonymous")
        call, *_ = await home.call()
        assert (call.facts.caller, call.facts.trunk) == ("", "pbx")
        assert home.line.status()["trunks"]["pbx"]["state"] == "static"


async def test_identity_counts_only_from_trunks():
    async with house() as home:
        home.phone().invite("P-Asserted-Identity: <sip:boss@y>", user="200")
        call, *_ = await home.call()
        assert call.facts.caller == "200"

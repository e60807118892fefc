"""Ringing agents' telephones: what they are told, forks, last words, late answers."""

import asyncio

import pytest

from rtp_peer import RtpPeer
from sip_desk import DESK, registered, registering
from sip_phone import Phone, house
from telephony.line import DialFailed, LineError, RingOptions
from telephony.sip import phones

PLAIN = RingOptions(caller_id="13800000001")


def address(phone: Phone) -> str:
    return f"sip:agent@127.0.0.1:{phone.port}"


async def test_a_registered_telephone_is_rung_without_routes_and_allow_list():
    async with house(DESK, dial_allow=(), routes=()) as home:
        phone = home.phone()
        await registered(phone)
        ringing = home.line.ring("1001", PLAIN, timeout=5)
        invite = await phone.until("INVITE")
        assert invite.get("from").startswith("<sip:13800000001@")
        assert not any(name in invite.headers for name in ("alert-info", "call-info"))
        assert not ringing.rang.is_set()
        phone.reply(invite, 100)
        phone.reply(invite, 183)
        phone.reply(invite, 180)
        await asyncio.wait_for(ringing.rang.wait(), 3)
        phone.reply(invite, 200, body=phone.sdp)
        call = await asyncio.wait_for(ringing.answered(), 3)
        assert call.answered and (call.facts.called, call.facts.direction) == ("1001", "out")
        await asyncio.wait_for(ringing.cleared(), 3)
        await call.hangup()
        phone.reply(await phone.until("BYE"), 200)


async def test_an_address_is_rung_and_told_what_to_show_and_to_answer():
    async with house(DESK) as home:
        phone = home.phone()
        options = RingOptions("1002", 'Chen "VIP"', True, {"X-Queue": "gold"})
        ringing = home.line.ring(address(phone), options, timeout=5)
        invite = await phone.until("INVITE")
        assert invite.uri == address(phone)
        assert invite.get("from").startswith('"Chen \\"VIP\\"" <sip:1002@')
        assert invite.get("call-info").endswith(">;answer-after=0")
        assert invite.get("alert-info").endswith(">;info=alert-autoanswer;delay=0")
        assert invite.get("answer-mode") == "Auto" and invite.get("x-queue") == "gold"
        phone.reply(invite, 200, body=phone.sdp)
        call = await asyncio.wait_for(ringing.answered(), 3)
        await call.hangup()
        phone.reply(await phone.until("BYE"), 200)


async def test_of_several_contacts_the_first_to_answer_has_the_call():
    """The others are told that it was completed elsewhere; a late 200 gets ACK and BYE."""
    async with house(DESK) as home:
        phones = [home.phone() for _ in range(3)]
        for phone in phones:
            await registered(phone)
        ringing = home.line.ring("1001", PLAIN, timeout=5)
        invites = [await phone.until("INVITE") for phone in phones]
        for phone, invite in zip(phones, invites, strict=True):
            phone.reply(invite, 180)
        await asyncio.wait_for(ringing.rang.wait(), 3)
        phones[1].reply(invites[1], 200, body=phones[1].sdp)
        call = await asyncio.wait_for(ringing.answered(), 3)
        for at in (0, 2):
            cancel = await phones[at].until("CANCEL")
            assert cancel.get("reason") == 'SIP;cause=200;text="Call completed elsewhere"'
            phones[at].reply(cancel, 200)
        phones[0].reply(invites[0], 487)
        clear = asyncio.ensure_future(ringing.cleared())
        phones[2].reply(invites[2], 200, body=phones[2].sdp)
        await phones[2].until("ACK")
        bye = await phones[2].until("BYE")
        assert "elsewhere" in bye.get("reason")
        await asyncio.sleep(0.05)
        assert not clear.done()
        phones[2].reply(bye, 200)
        await asyncio.wait_for(clear, 3)
        assert not call.ended and home.line.status()["calls"] == 1
        await call.hangup()
        phones[1].reply(await phones[1].until("BYE"), 200)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, "busy"),
        (600, "busy"),
        (603, "busy"),
        (480, "no_answer"),
        (408, "no_answer"),
        (487, "no_answer"),
        (404, "failed"),
        (488, "failed"),
        (503, "failed"),
    ],
)
async def test_the_last_word_of_a_telephone_is_told(status, outcome):
    async with house(DESK) as home:
        phone = home.phone()
        ringing = home.line.ring(address(phone), PLAIN, timeout=5)
        phone.reply(await phone.until("INVITE"), status)
        with pytest.raises(DialFailed) as failed:
            await asyncio.wait_for(ringing.answered(), 3)
        assert (failed.value.outcome, failed.value.code) == (outcome, status)
        await asyncio.wait_for(ringing.cleared(), 3)


async def test_of_two_last_words_the_telling_one_is_told():
    async with house(DESK) as home:
        one, other = home.phone(), home.phone()
        await registered(one)
        await registered(other)
        ringing = home.line.ring("1001", PLAIN, timeout=5)
        one.reply(await one.until("INVITE"), 480)
        other.reply(await other.until("INVITE"), 486)
        with pytest.raises(DialFailed) as failed:
            await asyncio.wait_for(ringing.answered(), 3)
        assert failed.value.code == 486


@pytest.mark.parametrize(("why", "reason"), [("", ""), ("elsewhere", "completed elsewhere")])
async def test_what_is_given_up_is_cancelled_with_its_reason(why, reason):
    async with house(DESK) as home:
        phone = home.phone()
        ringing = home.line.ring(address(phone), PLAIN, timeout=5)
        invite = await phone.until("INVITE")
        phone.reply(invite, 180)
        await asyncio.wait_for(ringing.rang.wait(), 3)
        ringing.give_up(why)
        with pytest.raises(DialFailed, match="gave up"):
            await ringing.answered()
        cancel = await phone.until("CANCEL")
        assert reason in cancel.get("reason") and bool(reason) == bool(cancel.get("reason"))
        clear = asyncio.ensure_future(ringing.cleared())
        phone.reply(cancel, 200)
        await asyncio.sleep(0.05)
        assert not clear.done()
        phone.reply(invite, 487)
        await asyncio.wait_for(clear, 3)


async def test_a_200_that_crosses_the_cancel_is_taken_back():
    async with house(DESK) as home:
        phone = home.phone()
        ringing = home.line.ring(address(phone), PLAIN, timeout=5)
        invite = await phone.until("INVITE")
        phone.reply(invite, 180)
        await asyncio.wait_for(ringing.rang.wait(), 3)
        ringing.give_up()
        phone.reply(invite, 200, body=phone.sdp)
        await phone.until("ACK")
        phone.reply(await phone.until("BYE"), 200)
        await asyncio.wait_for(ringing.cleared(), 3)
        assert home.line.status()["calls"] == 0


async def test_an_answer_nobody_has_taken_note_of_is_given_up():
    async with house(DESK) as home:
        phone = home.phone()
        ringing = home.line.ring(address(phone), PLAIN, timeout=5)
        invite = await phone.until("INVITE")
        phone.reply(invite, 200, body=phone.sdp)
        await phone.until("ACK")
        ringing.give_up("elsewhere")
        bye = await phone.until("BYE")
        assert "elsewhere" in bye.get("reason")
        phone.reply(bye, 200)
        with pytest.raises(DialFailed, match="gave up"):
            await ringing.answered()
        assert home.line.status()["calls"] == 0


async def test_ringing_that_was_given_up_before_it_began():
    async with house(DESK) as home:
        phone = home.phone()
        ringing = home.line.ring(address(phone), PLAIN, timeout=5)
        ringing.give_up()
        with pytest.raises(DialFailed, match="gave up"):
            await ringing.answered()
        await asyncio.wait_for(ringing.cleared(), 3)
        assert not home.plane.legs


async def test_early_sound_of_a_telephone_does_not_reach_the_caller():
    async with house(DESK) as home:
        phone, caller = home.phone(), home.phone()
        await registered(caller, "1002", "other")
        caller.call_id += "call"
        caller.invite()
        call, _, leg = await home.call()
        await call.answer()
        ringing = home.line.ring(address(phone), PLAIN, timeout=5, near=call)
        invite = await phone.until("INVITE")
        phone.reply(invite, 183, body=phone.sdp)
        phone.reply(invite, 180)
        await asyncio.wait_for(ringing.rang.wait(), 3)
        assert leg.partner is None and not leg.bridged.is_set()
        ringing.give_up()
        await call.hangup()


async def test_telephones_that_come_and_go_are_told(monkeypatch):
    monkeypatch.setattr(phones, "LOOK", 0.01)
    async with house(DESK) as home:
        one, other = home.phone(), home.phone()
        await registered(one)
        told = []
        home.line.watch_phones(lambda name, there: told.append((name, there)))
        assert told == [("1001", True)] and home.line.reachable("1001")
        await registered(other, "1002", "other")
        assert told[1:] == [("1002", True)]
        assert home.line.reachable("sip:a@b") and not home.line.reachable("1003")
        challenge = None
        for cseq in (3, 4):
            gone = registering(one, "Expires: 0", cseq=cseq, password="right", challenge=challenge)
            one.send(gone)
            challenge = await one.until(401 if cseq == 3 else 200)
        assert told[2:] == [("1001", False)] and not home.line.reachable("1001")
        clock = home.line._clock
        home.line._phone_watch._clock = lambda: clock() + 700  # the other one's runs out
        await RtpPeer.until(lambda: len(told) == 4)
        assert told[3:] == [("1002", False)]


@pytest.mark.parametrize(
    ("phone", "why"),
    [
        ("1001", "the phone 1001 is not registered"),
        ("sip:agent@no-such-host.invalid", "is unknown"),
        ("tel:+861380000", "only sip:"),
        ("sip:a b@h", "the telephone sip:a b@h"),
    ],
)
async def test_telephones_that_cannot_be_rung(phone, why):
    async with house(DESK) as home:
        ringing = home.line.ring(phone, PLAIN, timeout=1)
        with pytest.raises(DialFailed, match=why) as failed:
            await ringing.answered()
        assert (failed.value.outcome, failed.value.code) == ("failed", 0)
        await asyncio.wait_for(ringing.cleared(), 3)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("Via", "SIP/2.0/UDP evil", "written by SIP itself"),
        ("t", "<sip:x@y>", "written by SIP itself"),
        ("X Bad", "1", "no name of a header"),
        ("X-Note", "a\r\nVia: b", "line break"),
    ],
)
async def test_headers_that_may_not_be_set(name, value, why):
    async with house(DESK) as home:
        with pytest.raises(LineError, match=why):
            home.line.ring("1001", RingOptions(headers={name: value}), timeout=1)


async def test_no_port_is_free_for_ringing():
    async with house(DESK, legs=0) as home:
        ringing = home.line.ring("sip:a@127.0.0.1:9", PLAIN, timeout=1)
        with pytest.raises(DialFailed, match="no port for sound"):
            await ringing.answered()
        await asyncio.wait_for(ringing.cleared(), 3)

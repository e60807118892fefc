"""The endpoint on real sockets: calls out to telephones and trunks, and our registrations."""

import asyncio
from typing import Any

import pytest

from sip_desk import DESK, registered, registering
from sip_phone import Phone, house
from telephony.core.transaction_types import Hop
from telephony.line import CallEnded, DialFailed
from telephony.settings import Trunk
from telephony.sip.call import SipCall


async def test_a_phone_is_dialled_where_it_registered_from():
    async with house(DESK) as home:
        phone = home.phone()
        contact = "Contact: <sip:1001@192.0.2.99:5060;ob>"  # behind NAT
        phone.send(registering(phone, contact, cseq=1))
        challenge = await phone.until(401)
        phone.send(registering(phone, contact, cseq=2, password="right", challenge=challenge))
        await phone.until(200)
        dialling = asyncio.create_task(home.line.dial("1 001", caller_id="0123 & co", timeout=5))
        invite = await phone.until("INVITE")
        assert invite.uri == "sip:1001@192.0.2.99:5060;ob"
        assert invite.from_.uri.user == "0123%20&%20co"
        phone.reply(invite, 180)
        phone.reply(
            invite,
            200,
            ("Contact", "<sip:1001@192.0.2.99:5060>"),
            body=phone.sdp,
        )
        await phone.until("ACK")
        call = await asyncio.wait_for(dialling, 3)
        assert call.answered and call.codec == "PCMU" and not call.ended
        facts = call.facts
        assert (facts.direction, facts.called, facts.caller) == ("out", "1001", "0123 & co")
        assert home.line.status()["calls"] == 1
        leg = home.plane.legs[-1]
        assert leg.remotes[0].port == 40000 and leg.orders == ["answered"]
        await call.hangup()
        phone.reply(await phone.until("BYE"), 200)


async def test_of_two_phones_the_first_to_answer_has_the_call():
    async with house(DESK) as home:
        one, other = home.phone(), home.phone()
        await registered(one)
        await registered(other)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id=None, timeout=5))
        first, second = await one.until("INVITE"), await other.until("INVITE")
        assert first.from_.uri.user == "anonymous"
        one.reply(first, 180)
        other.reply(second, 180)
        other.reply(second, 200, body=other.sdp)
        call = await asyncio.wait_for(dialling, 3)
        cancel = await one.until("CANCEL")
        one.reply(cancel, 200)
        one.reply(first, 487)
        assert call.session.dialog.remote_tag == "there" and not call.ended
        await call.hangup()
        await other.until("BYE")


async def test_two_phones_that_answer_at_once():
    async with house(DESK) as home:
        phones = [home.phone(), home.phone()]
        for phone in phones:
            await registered(phone)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5))
        invites = [await phone.until("INVITE") for phone in phones]
        for phone, invite in zip(phones, invites, strict=True):
            phone.reply(invite, 200, body=phone.sdp)
        call = await asyncio.wait_for(dialling, 3)
        loser = next(p for p in phones if p.port != call.session.dialog.hop.port)
        await loser.until("ACK")
        loser.reply(await loser.until("BYE"), 200)
        assert not call.ended


async def test_of_two_refusals_the_telling_one_is_reported():
    async with house(DESK) as home:
        one, other = home.phone(), home.phone()
        await registered(one)
        await registered(other)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5))
        one.reply(await one.until("INVITE"), 500)
        other.reply(await other.until("INVITE"), 486)
        with pytest.raises(DialFailed) as failed:
            await asyncio.wait_for(dialling, 3)
        assert failed.value.outcome == "busy"


async def test_a_phone_that_declines_for_all_ends_the_ringing_of_the_others():
    """RFC 3261 16.7, step 5."""
    async with house(DESK) as home:
        one, other = home.phone(), home.phone()
        await registered(one)
        await registered(other)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5))
        ringing = await other.until("INVITE")
        other.reply(ringing, 180)
        one.reply(await one.until("INVITE"), 603)
        other.reply(await other.until("CANCEL"), 200)
        other.reply(ringing, 487)
        with pytest.raises(DialFailed) as failed:
            await asyncio.wait_for(dialling, 3)
        assert failed.value.outcome == "busy"


async def test_a_phone_that_hangs_up_as_it_answers_leaves_no_call():
    """Its BYE comes before anybody has taken note of the answer."""
    async with house(DESK) as home:
        phone = home.phone()
        await registered(phone)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5))
        invite = await phone.until("INVITE")
        phone.reply(invite, 200, body=phone.sdp)
        phone.call_id = invite.call_id
        bye = phone.request("BYE", to_tag=invite.from_.tag).replace(b"tag=phone", b"tag=there")
        phone.send(bye)
        assert (await phone.until(200)).cseq.method == "BYE"
        call = await asyncio.wait_for(dialling, 3)
        assert call.ended and home.line.status()["calls"] == 0
        with pytest.raises(CallEnded):
            await call.play([])


# --- sound before the answer ----------------------------------------------------------------------


async def ringing_with_sound(home) -> tuple[Phone, Any, asyncio.Task, SipCall, Any]:
    """A caller and a telephone it waits for, which plays something before it answers."""
    phone = home.phone()
    await registered(phone)
    caller = Phone(home.address)
    home.phones.append(caller)
    await registered(caller, "1002", "other")
    caller.call_id += "call"
    caller.invite()
    call, _, leg = await home.call()
    await call.answer()
    dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5, near=call))
    invite = await phone.until("INVITE")
    phone.reply(invite, 183, body=phone.sdp)
    await asyncio.wait_for(leg.bridged.wait(), 3)
    return phone, invite, dialling, call, leg


async def test_a_caller_hears_what_the_phone_plays_before_it_answers():
    async with house(DESK) as home:
        phone, invite, dialling, call, leg = await ringing_with_sound(home)
        dialled = home.plane.legs[-1]
        assert leg.partner is dialled and leg.orders[-1] == "bridge once heard"
        assert [remote.port for remote in dialled.remotes] == [40000] and not dialled.orders
        phone.reply(invite, 200, body=phone.sdp)
        await phone.until("ACK")
        other = await asyncio.wait_for(dialling, 3)
        assert leg.partner is dialled and dialled.orders == ["answered"]
        await other.hangup()
        await call.hangup()


async def test_a_member_of_a_conference_stays_in_it_while_another_is_dialled():
    async with house(DESK) as home:
        phone, caller = home.phone(), home.phone()
        await registered(phone)
        await registered(caller, "1002", "other")
        caller.call_id += "call"
        caller.invite()
        call, _, leg = await home.call()
        await call.answer()
        await home.line.conference().join(call)
        dialling = asyncio.create_task(home.line.dial("1001", caller_id="1", timeout=5, near=call))
        invite = await phone.until("INVITE")
        phone.reply(invite, 183, body=phone.sdp)
        phone.reply(invite, 200, body=phone.sdp)
        other = await asyncio.wait_for(dialling, 3)
        assert leg.partner is None and leg.orders[-1] == "join"
        await other.hangup()
        await call.hangup()


async def test_a_caller_is_alone_again_when_the_phone_does_not_answer():
    async with house(DESK) as home:
        phone, invite, dialling, call, leg = await ringing_with_sound(home)
        phone.reply(invite, 486)
        with pytest.raises(DialFailed):
            await asyncio.wait_for(dialling, 3)
        assert leg.partner is None and not call.ended
        await call.hangup()


# --- trunks ---------------------------------------------------------------------------------------


async def test_a_number_goes_to_the_trunk_with_credentials():
    pbx = Phone(("127.0.0.1", 1))
    trunk = Trunk("pbx", "127.0.0.1", pbx.port, user="96000", password="pw")
    async with house(DESK, trunks=(trunk,)) as home:
        home.phones.append(pbx)
        pbx.to = home.address
        dialling = asyncio.create_task(home.line.dial("0555#", caller_id=None, timeout=5))
        invite = await pbx.until("INVITE")
        assert invite.uri == f"sip:555%23@127.0.0.1:{pbx.port}"
        assert str(invite.from_.uri) == f"sip:96000@127.0.0.1:{pbx.port}"
        pbx.reply(invite, 407, ("Proxy-Authenticate", 'Digest realm="r", nonce="n", qop="auth"'))
        assert (await pbx.until("ACK")).cseq.number == 1
        again = await pbx.until("INVITE")
        assert 'username="96000"' in again.get("proxy-authorization")
        pbx.reply(again, 200, body=pbx.sdp)
        call = await asyncio.wait_for(dialling, 3)
        assert (call.facts.called, call.facts.trunk) == ("555#", "pbx")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, "busy"),
        (600, "busy"),
        (603, "busy"),
        (408, "no_answer"),
        (480, "no_answer"),
        (404, "failed"),
        (503, "failed"),
    ],
)
async def test_outcomes(status, outcome):
    pbx = Phone(("127.0.0.1", 1))
    async with house(DESK, trunks=(Trunk("pbx", "127.0.0.1", pbx.port),)) as home:
        home.phones.append(pbx)
        pbx.to = home.address
        dialling = asyncio.create_task(home.line.dial("0555", caller_id="7", timeout=5))
        pbx.reply(await pbx.until("INVITE"), status)
        with pytest.raises(DialFailed) as failed:
            await asyncio.wait_for(dialling, 3)
        assert failed.value.outcome == outcome and str(status) in failed.value.detail


async def test_nobody_answers_in_time():
    pbx = Phone(("127.0.0.1", 1))
    async with house(DESK, trunks=(Trunk("pbx", "127.0.0.1", pbx.port),)) as home:
        home.phones.append(pbx)
        pbx.to = home.address
        dialling = asyncio.create_task(home.line.dial("0555", caller_id="7", timeout=0.3))
        invite = await pbx.until("INVITE")
        pbx.reply(invite, 180)
        with pytest.raises(DialFailed) as failed:
            await dialling
        assert failed.value.outcome == "no_answer"
        cancel = await pbx.until("CANCEL")
        pbx.reply(cancel, 200)
        pbx.reply(invite, 200, body=pbx.sdp)  # too late: taken back
        await pbx.until("ACK")
        pbx.reply(await pbx.until("BYE"), 200)


async def test_dialling_that_is_cancelled_gives_up():
    pbx = Phone(("127.0.0.1", 1))
    async with house(DESK, trunks=(Trunk("pbx", "127.0.0.1", pbx.port),)) as home:
        home.phones.append(pbx)
        pbx.to = home.address
        dialling = asyncio.create_task(home.line.dial("0555", caller_id="7", timeout=5))
        pbx.reply(await pbx.until("INVITE"), 180)
        await asyncio.sleep(0.05)
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        await pbx.until("CANCEL")


async def test_an_answer_that_meets_the_cancelling_is_hung_up():
    pbx = Phone(("127.0.0.1", 1))
    async with house(DESK, trunks=(Trunk("pbx", "127.0.0.1", pbx.port),)) as home:
        home.phones.append(pbx)
        pbx.to = home.address
        dialling = asyncio.create_task(home.line.dial("0555", caller_id="7", timeout=5))
        invite = await pbx.until("INVITE")
        response = invite.reply(
            200,
            to_tag="t",
            headers=[
                ("Contact", f"<sip:a@127.0.0.1:{pbx.port}>"),
                ("Content-Type", "application/sdp"),
            ],
            body=pbx.sdp,
        )
        home.line._datagram(response.to_bytes(), Hop("127.0.0.1", pbx.port))
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        await pbx.until("BYE")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("999", "dial_allow"),
        ("1001", "not registered"),
        ("01555", "no \\[trunks.none\\]"),
        ("0555", "no \\[trunks.pbx\\]"),
        ("sip:1001@evil", "no number"),
    ],
)
async def test_numbers_that_lead_nowhere(number, why):
    async with house(DESK) as home:
        with pytest.raises(DialFailed, match=why) as failed:
            await home.line.dial(number, caller_id=None, timeout=1)
        assert failed.value.outcome == "failed"


@pytest.mark.parametrize(
    ("number", "why"),
    [("999", "dial_allow"), ("sip:1001@evil", "no number"), ("1001", ""), ("0555", "")],
)
async def test_what_would_not_even_be_tried_is_known_before(number, why):
    async with house(DESK) as home:
        refusal = home.line.refusal(number)
        assert why in refusal and bool(refusal) == bool(why)


async def test_no_port_is_free_for_dialling():
    trunk = Trunk("pbx", "127.0.0.1", 9)
    async with house(DESK, trunks=(trunk,), legs=0) as home:
        with pytest.raises(DialFailed, match="no port for sound"):
            await home.line.dial("0555", caller_id=None, timeout=1)


async def test_a_trunk_whose_name_is_unknown(caplog):
    async with house(DESK, trunks=(Trunk("pbx", "no-such-host.invalid", register=True),)) as home:
        assert "no-such-host.invalid is unknown" in caplog.text
        with pytest.raises(DialFailed, match="is unknown"):
            await home.line.dial("0555", caller_id=None, timeout=1)
        assert home.line.status()["trunks"]["pbx"]["address"] == "unknown"


async def test_we_register_with_a_trunk_and_leave():
    pbx = Phone(("127.0.0.1", 1))
    trunk = Trunk("pbx", "127.0.0.1", pbx.port, True, "96000", "pw", expires=120.0)
    async with house(DESK, trunks=(trunk,)) as home:
        home.phones.append(pbx)
        pbx.to = home.address
        first = await pbx.until("REGISTER")
        assert first.uri == f"sip:127.0.0.1:{pbx.port}" and first.get("expires") == "120"
        assert first.contact.uri.address == home.address
        challenge = ("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')
        pbx.reply(first, 401, challenge, tag="x")
        second = await pbx.until("REGISTER")
        assert second.call_id == first.call_id and second.cseq.number == 2
        assert 'username="96000"' in second.get("authorization")
        granted = ("Contact", f"{second.get('contact')};expires=60")
        pbx.reply(second, 200, ("Contact", "<sip:other@h>;expires=9"), granted)
        await asyncio.sleep(0.1)
        assert home.line.status()["trunks"]["pbx"]["state"] == "registered"
        line = home.line._trunks.lines["pbx"]
        assert line.registration.next_wakeup() - home.line._clock() == pytest.approx(30, abs=2)
        home.line._trunks.wake(home.line._clock() + 40)
        third = await pbx.until("REGISTER")
        pbx.reply(third, 403)
        await asyncio.sleep(0.1)
        assert "403" in home.line.status()["trunks"]["pbx"]["state"]
        home.line._trunks.wake(home.line._clock() + 100)
        fourth = await pbx.until("REGISTER")
        pbx.reply(fourth, 200, ("Contact", "rubbish"), ("Expires", "90"))
        await asyncio.sleep(0.1)
        stopping = asyncio.create_task(home.line.stop())
        assert (await pbx.until("REGISTER")).get("expires") == "0"
        await stopping


async def test_names_are_looked_up_when_a_message_is_sent(caplog):
    async with house() as home:
        phone = home.phone()
        home.line._sockets.send(phone.request("OPTIONS"), Hop("localhost", phone.port))
        assert (await phone.receive()).method == "OPTIONS"
        home.line._sockets.send(b"x", Hop("no-such-host.invalid", 5060))
        home.line._sockets.send(b"x", Hop("127.0.0.1", 0))
        home.line._sockets.send(b"x" * 70000, Hop("127.0.0.1", phone.port))
        for _ in range(100):
            if "no-such-host.invalid is unknown" in caplog.text:
                break
            await asyncio.sleep(0.05)
        assert "no-such-host.invalid is unknown" in caplog.text

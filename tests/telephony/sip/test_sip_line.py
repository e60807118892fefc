"""The endpoint on real sockets: calls in, their sound, keys, hold, and the death of media."""

import asyncio
import os
import re
import signal
from ipaddress import ip_network

import pytest

from sip_kit import sdp
from sip_phone import Ear, Phone, house
from telephony.line import CallEnded, Clip, LineError, RecordDone
from telephony.media.client import Plane
from telephony.settings import Listen, Media, Sip
from telephony.sip.endpoint import SipLine


async def test_a_call_in_and_its_facts():
    async with house() as home:
        phone = home.phone()
        phone.invite("X-Account: 7", user="555")
        call, ear, leg = await home.call()
        facts = call.facts
        assert (facts.caller, facts.called, facts.direction, facts.backend) == (
            "555",
            "100",
            "in",
            "sip",
        )
        assert facts.headers["x-account"] == "7" and re.fullmatch("[0-9a-f]{12}", facts.id)
        assert not call.answered and call.codec == ""
        await call.ring()
        ringing = await phone.receive()
        assert ringing.status == 180
        await call.answer()
        await call.answer()
        answered = await phone.receive()
        assert answered.status == 200
        assert f"m=audio {leg.port} RTP/AVP 0 101".encode() in answered.body
        assert b"c=IN IP4 127.0.0.1" in answered.body
        assert (call.answered, call.codec) == (True, "PCMU")
        [remote] = leg.remotes
        assert (remote.host, remote.port, remote.event_type) == ("127.0.0.1", 40000, 101)
        assert remote.signalling_host == "127.0.0.1" and leg.orders == ["answered"]
        phone.ack(answered)
        assert home.line.status()["calls"] == 1
        await call.hangup()
        await call.hangup()
        bye = await phone.until("BYE")
        phone.reply(bye, 200)
        assert ear.ends == [("us", "normal")] and leg.closed and call.ended
        assert home.line.status()["calls"] == 0


async def test_the_caller_hangs_up():
    async with house() as home:
        phone, call, ear, leg, answered = await home.talking()
        phone.send(phone.request("BYE", cseq=2, to_tag=answered.to.tag))
        assert (await phone.receive()).status == 200
        await asyncio.wait_for(ear.over.wait(), 3)
        assert ear.ends == [("caller", "normal")] and leg.closed
        for asked in (
            call.ring(),
            call.answer(),
            call.reject(486),
            call.play([Clip(None, 1.0)]),
            call.stop(),
            call.record("x.wav", most=1, silence=1),
            call.record_both("x.wav"),
            call.send_keys("1"),
            call.hold(),
            call.unhold(),
            call.bridge(call),
            call.unbridge(),
        ):
            with pytest.raises(CallEnded):
                await asked
        with pytest.raises(CallEnded):
            call.secret(True)
        await call.hangup()


async def test_sound_goes_to_the_leg():
    async with house() as home:
        _, call, _, leg, _ = await home.talking()
        assert (await call.play([Clip(None, 1.5)])).seconds == 1.5
        await call.stop()
        assert (await call.record("a.wav", most=5, silence=2)).by == "stopped"
        await call.record_both("b.wav")
        call.secret(True)
        await call.send_keys("12#")
        assert leg.orders[1:] == [
            ("play", 1),
            "stop",
            "record",
            "record both",
            ("secret", True),
            ("keys", "12#"),
        ]
        assert call.quality == {"packets": 1.0}


async def test_a_recording_that_the_hang_up_closed_says_so():
    async with house() as home:
        _, call, _, leg, _ = await home.talking()
        closing = asyncio.Event()

        async def record(path, *, most, silence, end_keys):
            await closing.wait()
            return RecordDone(path, 1.0, "stopped")

        leg.record = record
        recording = asyncio.create_task(call.record("a.wav", most=5, silence=2))
        await asyncio.sleep(0)
        await call.hangup()
        closing.set()
        assert (await recording).by == "hangup"


async def test_the_application_refuses():
    async with house() as home:
        phone = home.phone()
        phone.invite()
        call, ear, leg = await home.call()
        with pytest.raises(LineError, match="no refusal"):
            await call.reject(200)
        await call.reject(404)
        refused = await phone.until(404)
        phone.ack(refused)
        assert leg.closed and ear.ends == [("us", "refused with 404")]


async def test_an_answered_call_is_not_rejected():
    async with house() as home:
        _, call, *_ = await home.talking()
        with pytest.raises(LineError, match="hung up"):
            await call.reject(486)


async def test_the_caller_gives_up():
    async with house() as home:
        phone = home.phone()
        branch = phone.invite()
        call, ear, leg = await home.call()
        await call.ring()
        phone.send(phone.request("CANCEL", branch=branch))
        seen = {(await phone.receive()).status for _ in range(3)}
        assert seen == {180, 200, 487}
        assert ear.ends == [("caller", "cancelled")] and leg.closed
        with pytest.raises(CallEnded):
            await call.answer()


async def test_a_late_offer_is_answered_by_the_ack():
    async with house() as home:
        phone = home.phone()
        phone.invite(body=b"")
        call, _, leg = await home.call()
        answering = asyncio.create_task(call.answer())
        answered = await phone.until(200)
        assert not answering.done() and leg.remotes == []
        phone.ack(answered, sdp(host="127.0.0.1", formats="8"))
        await asyncio.wait_for(answering, 3)
        assert call.codec == "PCMA" and leg.remotes[0].codec == "PCMA"


async def test_an_offer_with_a_name_falls_back_to_where_it_came_from():
    async with house() as home:
        phone = home.phone()
        phone.invite(body=sdp(host="pbx.invalid"))
        call, _, leg = await home.call()
        await call.answer()
        assert leg.remotes[0].host == "127.0.0.1"


# --- keys, hold, bridge ---------------------------------------------------------------------------


async def test_keys_by_info_and_by_media():
    async with house() as home:
        phone, call, ear, leg, answered = await home.talking()

        async def press(key: str, cseq: int) -> None:
            body = f"Signal={key}\r\nDuration=100\r\n".encode()
            phone.send(
                phone.request(
                    "INFO",
                    cseq=cseq,
                    to_tag=answered.to.tag,
                    body=body,
                    kind="application/dtmf-relay",
                )
            )
            assert (await phone.receive()).status == 200

        await press("5", 2)
        home.plane.swallows = "6"  # media had it already
        await press("6", 3)
        call.key("#", "rfc4733")
        assert ear.keys == [("5", "info"), ("#", "rfc4733")]


async def test_hold_and_take_back():
    async with house() as home:
        phone, call, _, leg, _ = await home.talking()
        holding = asyncio.create_task(call.hold())
        invite = await phone.until("INVITE")
        assert b"a=sendonly" in invite.body
        phone.reply(invite, 200, body=sdp("a=recvonly", host="127.0.0.1", port=40000))
        await asyncio.wait_for(holding, 3)
        await call.hold()
        assert (leg.remotes[-1].send, leg.remotes[-1].receive) == (True, False)
        taking = asyncio.create_task(call.unhold())
        invite = await phone.until("INVITE")
        phone.reply(invite, 488)
        with pytest.raises(LineError, match="488"):
            await asyncio.wait_for(taking, 3)
        holding = asyncio.create_task(call.unhold())
        await phone.until("INVITE")
        await call.hangup()
        with pytest.raises(CallEnded):
            await holding


async def test_hold_needs_an_answered_call():
    async with house() as home:
        phone = home.phone()
        phone.invite()
        call, *_ = await home.call()
        with pytest.raises(LineError, match="not answered"):
            await call.hold()


async def test_the_peer_holds():
    async with house() as home:
        phone, call, _, leg, answered = await home.talking()
        phone.invite(cseq=2, to_tag=answered.to.tag, body=sdp("a=sendonly", host="127.0.0.1"))
        ok = await phone.until(200)
        phone.ack(ok)
        assert b"a=recvonly" in ok.body and not leg.remotes[-1].send


@pytest.mark.parametrize(
    "offer",
    [
        sdp("a=sendonly", host="127.0.0.1"),
        sdp("a=inactive", host="127.0.0.1"),
        sdp("a=sendrecv", host="0.0.0.0"),
    ],
    ids=["sendonly", "inactive", "no address"],
)
async def test_the_peers_hold_key_is_told_once_each_way(offer):
    async with house() as home:
        phone, call, _, _, answered = await home.talking()
        told: list[bool] = []
        call.on_held = told.append
        described = (offer, offer, sdp("a=sendrecv", host="127.0.0.1"))
        for number, body in enumerate(described, 2):
            phone.invite(cseq=number, to_tag=answered.to.tag, body=body)
            phone.ack(await phone.until(200))
            assert call.held is (body is offer)
        assert told == [True, False]


async def test_our_own_hold_is_not_the_peers():
    async with house() as home:
        phone, call, *_ = await home.talking()
        told: list[bool] = []
        call.on_held = told.append
        holding = asyncio.create_task(call.hold())
        invite = await phone.until("INVITE")
        phone.reply(invite, 200, body=sdp("a=recvonly", host="127.0.0.1", port=40000))
        await asyncio.wait_for(holding, 3)
        assert not told and not call.held


async def test_bridge():
    async with house() as home:
        _, one, _, leg, _ = await home.talking()
        _, other, _, far, _ = await home.talking()
        await one.bridge(other)
        assert leg.partner is far
        await one.unbridge()
        assert leg.partner is None
        with pytest.raises(LineError, match="two different calls of the sip line"):
            await one.bridge(None)


async def test_a_far_end_that_fell_silent_is_missed_and_then_given_up():
    async with house() as home:
        phone, call, ear, leg, _ = await home.talking()
        call.silent(60.2)
        assert ear.missed == ["nothing has come from the far end for 60 s"] and not call.ended
        call.silent(300.1)
        phone.reply(await phone.until("BYE"), 200)
        assert ear.ends == [("network", "nothing has come from the far end for 300 s")]
        assert len(ear.missed) == 1 and leg.closed


async def test_a_dead_media_process_ends_its_calls():
    async with house() as home:
        phone, call, ear, leg, _ = await home.talking()
        call.lost("the media process died")
        bye = await phone.until("BYE")
        assert bye.get("reason").startswith("Q.850;cause=41")
        phone.reply(bye, 200)
        assert ear.ends == [("network", "the media process died")] and leg.closed
        assert ear.missed == []
        call.lost("again")
        call.key("1", "rfc4733")
        assert ear.keys == []


@pytest.mark.peers
async def test_a_killed_media_process_ends_its_calls_and_the_next_call_works():
    plane = Plane()
    line = SipLine(
        Sip(
            listen=(Listen("udp", "127.0.0.1", 0),),
            allow=(ip_network("127.0.0.0/8"),),
            max_calls=10,
            media=Media(ports=(38000, 38999)),
        ),
        plane,
    )
    calls: asyncio.Queue = asyncio.Queue()

    def on_call(call):
        call.listener = Ear()
        calls.put_nowait(call)

    await line.start(on_call)
    phone = Phone(("127.0.0.1", line._sockets.addresses[0][1]))
    try:
        phone.invite()
        call = await asyncio.wait_for(calls.get(), 3)
        await call.answer()
        phone.ack(await phone.until(200))
        os.kill(plane.pids[0], signal.SIGKILL)
        bye = await phone.until("BYE")
        assert "cause=41" in bye.get("reason")
        phone.reply(bye, 200)
        assert call.listener.ends[0][0] == "network"
        restarted = asyncio.Event()
        plane.on_restart(lambda text: restarted.set())
        await asyncio.wait_for(restarted.wait(), 10)
        phone.call_id += "next"
        phone.invite()
        call = await asyncio.wait_for(calls.get(), 3)
        await call.answer()
        phone.ack(await phone.until(200))
        await call.hangup()
        phone.reply(await phone.until("BYE"), 200)
    finally:
        await line.stop()
        phone.close()

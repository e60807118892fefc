"""The endpoint on real sockets: calls in, what is refused, and how it ends."""

import asyncio
import logging
import os
import re
import signal
from ipaddress import ip_network

import pytest

from sip_kit import SilentPlane, sdp
from sip_phone import Ear, Phone, house
from telephony.line import CallEnded, Clip, LineError, RecordDone
from telephony.media.client import Plane
from telephony.settings import Listen, Media, Sip, Trunk
from telephony.settings import Phone as PhoneSettings
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
        assert facts.headers["x-account"] == "7" and re.fullmatch("[0-9a-f]{8}", facts.id)
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


async def test_bridge():
    async with house() as home:
        _, one, _, leg, _ = await home.talking()
        _, other, _, far, _ = await home.talking()
        await one.bridge(other)
        assert leg.partner is far
        await one.unbridge()
        assert leg.partner is None
        with pytest.raises(LineError, match="two SIP calls"):
            await one.bridge(None)


async def test_a_dead_media_process_ends_its_calls():
    async with house() as home:
        phone, call, ear, leg, _ = await home.talking()
        call.lost("the media process died")
        bye = await phone.until("BYE")
        assert bye.get("reason").startswith("Q.850;cause=41")
        phone.reply(bye, 200)
        assert ear.ends == [("network", "the media process died")] and leg.closed
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


# --- who is let in --------------------------------------------------------------------------------


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
        assert not home.line._agent.transactions.servers


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
        assert home.calls.empty() and not home.line._agent.transactions.servers
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

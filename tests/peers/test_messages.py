"""Messages, callbacks and conferences over SIP: what one telephone says, another one hears."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_kit.flows import NOBODY, PHONE_HOST, SHORT, TALKED, TONES
from peer_kit.ports import free_port
from peer_kit.rtp_peer import Manner, RtpPeer
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving
from peer_kit.sound import write_tone

pytestmark = pytest.mark.peers
CALLER_SAYS, AGENT_SAYS = 600.0, 1700.0
FROM, AT, KEYS = 2100.0, 2300.0, 2500.0
"""The pitches of what an agent is told about a message."""

MESSAGE = """\
flow message
schema 1
start -> message

node message: voicemail
  box = call.called
  prompt = file("short.wav")
  left -> thanks
  too_short -> nothing

node thanks: play
  prompt = file("talked.wav")
  -> end

node nothing: play
  prompt = file("nobody.wav")
  -> end

node end: hangup
"""
BOOK = """\
flow book
schema 1
start -> book

node book: callback
  queue = "callbacks"
  next -> thanks
  refused -> nothing

node thanks: play
  prompt = file("talked.wav")
  -> end

node nothing: play
  prompt = file("nobody.wav")
  -> end

node end: hangup
"""
MEET = """\
flow meet
schema 1
start -> meet

node meet: conference
  room = call.called
  announce = false
  left -> thanks
  failed -> end

node thanks: play
  prompt = file("talked.wav")
  -> end

node end: hangup
"""
QUEUES = {"3401": "m1", "3402": "m2", "callbacks": "c1"}
"""Each with one agent; the first two have a voicemail box of the same name."""
PORTS = {agent: free_port(PHONE_HOST) for agent in QUEUES.values()}
CUSTOMER = free_port(PHONE_HOST)
SIP = 'drain = "0s"\ndial_allow = ["2???"]'


def centre() -> Iterator[str]:
    """Queues, boxes and agents of the site, and the way to the customer."""
    yield '[prompts]\nfolder = "prompts"\nlanguages = ["en"]'
    for queue, agent in QUEUES.items():
        yield f'[queues.{queue}]\ncaller_id = "4000"\n[voicemail.{queue}]\nqueue = "{queue}"'
        yield f'[agents.{agent}]\npassword = "x"\nready = true\nqueues = {{{queue} = 50}}'
        yield f'contact = "sip:{agent}@{PHONE_HOST}:{PORTS[agent]}"'
    yield f'[trunks.carrier]\naddress = "{PHONE_HOST}:{CUSTOMER}"'
    yield '[[routes]]\nmatch = "2???"\nto = "trunk:carrier"'


def make(folder: Path) -> int:
    """The site, with tones for what agents are told; its port."""
    spoken = folder / "prompts" / "en"
    spoken.mkdir(parents=True)
    for key, hertz in (("from", FROM), ("at", AT), ("keys", KEYS)):
        write_tone(spoken / f"cordboard.message_{key}.wav", hertz, 0.4)
    flows = {"34*": MESSAGE, "3500": BOOK, "36*": MEET}
    return make_site(folder, flows, tones=TONES, sip=SIP, more="\n".join(centre()))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with boxes, callbacks and conferences."""
    folder = tmp_path_factory.mktemp("messages")
    port = make(folder)
    with serving(folder, port) as running:
        yield running


def phone(agent: str, scenario: Scenario, rtp: int) -> Sipp:
    """The telephone of *agent*."""
    return Sipp(scenario, host=PHONE_HOST, port=PORTS[agent], rtp=rtp)


def answers() -> Scenario:
    """A telephone that is answered."""
    ringing = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")
    return ringing.pause(300).reply("200 OK", body=offer()).expect_request("ACK")


async def leave_message(site: Site, box: str) -> str:
    """A caller says something, and presses the hash key; who it was."""
    calls = Scenario().call().hung_up()
    async with RtpPeer() as near, Sipp(calls, site.port, service=box, rtp=near.port) as caller:
        await near.hears(SHORT, 0.3)
        await near.speak(CALLER_SAYS, 4.0)
        await near.press("#")
        await near.hears(TALKED, 0.2)
        await caller.succeeds()
        assert near.heard().seconds(NOBODY) == 0
        return caller.caller


async def test_a_message_is_heard_by_the_agents_telephone(site: Site) -> None:
    listens = answers().hung_up()
    async with RtpPeer(Manner(), PHONE_HOST) as far, phone("m1", listens, far.port) as agent:
        caller = await leave_message(site, "3401")
        await far.hears(FROM, 0.2)
        await far.hears(AT, 0.2)
        await far.hears(CALLER_SAYS, 2.5)
        await far.hears(KEYS, 0.2)
        before = far.heard().seconds(CALLER_SAYS)
        await far.press("1")
        await far.hears(CALLER_SAYS, before + 2.5)
        await far.press("#")
        messages = await agent.succeeds()
    assert caller in messages[0].header("From"), "the telephone shows who has left it"
    await site.until(
        lambda: site.status()["agents"]["m1"]["state"] == "ready", "the agent is ready again"
    )
    await site.idle()


async def test_a_message_survives_kill_9(tmp_path: Path) -> None:
    port = make(tmp_path)
    with serving(tmp_path, port) as before:
        caller = await leave_message(before, "3402")
        os.kill(before.pid, signal.SIGKILL)
        before.process.wait()
    listens = answers().hung_up()
    async with RtpPeer(Manner(), PHONE_HOST) as far, phone("m2", listens, far.port) as agent:
        with serving(tmp_path, port) as after:
            await far.hears(CALLER_SAYS, 2.5)
            await far.press("#")
            messages = await agent.succeeds()
            assert caller in messages[0].header("From")
            await after.idle()


async def test_a_callback_is_dialled_and_bridged(site: Site) -> None:
    booked = Scenario().call().hung_up()
    talks = answers().hung_up()
    async with (
        RtpPeer(Manner(), PHONE_HOST) as customer,
        RtpPeer(Manner(), PHONE_HOST) as far,
        Sipp(talks, host=PHONE_HOST, port=CUSTOMER, rtp=customer.port) as rung,
        phone("c1", answers().pause(4000).bye_back(), far.port) as agent,
    ):
        async with (
            RtpPeer() as near,
            Sipp(booked, site.port, service="3500", caller="2001", rtp=near.port) as caller,
        ):
            await near.hears(TALKED, 0.2)
            await caller.succeeds()
        await customer.connected()
        await far.connected()
        await asyncio.gather(customer.speak(CALLER_SAYS, 3.0), far.speak(AGENT_SAYS, 3.0))
        called, _ = await asyncio.gather(rung.succeeds(), agent.succeeds())
        assert called[0].first.startswith("INVITE sip:2001@")
        assert "4000" in called[0].header("From"), "the caller id of the queue"
        assert customer.heard().seconds(AGENT_SAYS) > 1.0, customer.heard().summary()
        assert far.heard().seconds(CALLER_SAYS) > 1.0, far.heard().summary()
    events = [event for event in site.events("2001") if event["event"] == "callback"]
    assert [event["refused"] for event in events] == [""]
    await site.idle()


async def test_a_number_that_may_not_be_dialled_is_not_booked(site: Site) -> None:
    calls = Scenario().call().hung_up()
    async with (
        RtpPeer() as near,
        Sipp(calls, site.port, service="3500", caller="9001", rtp=near.port) as caller,
    ):
        await near.hears(NOBODY, 0.2)
        await caller.succeeds()
    refused = await site.traced("9001", "callback")
    assert refused["refused"] == "9001 is not allowed by sip.dial_allow"


async def test_three_in_a_conference_hear_each_other(site: Site) -> None:
    pitches = (600.0, 1000.0, 1700.0)
    calls = Scenario().call().hung_up()
    async with (
        RtpPeer() as one,
        RtpPeer() as two,
        RtpPeer() as three,
        Sipp(calls, site.port, service="3601", rtp=one.port) as first,
        Sipp(calls, site.port, service="3601", rtp=two.port) as second,
        Sipp(calls, site.port, service="3601", rtp=three.port) as third,
    ):
        peers = (one, two, three)
        for caller in (first, second, third):
            await site.traced(caller.caller, "conference")
        assert site.status()["conferences"] == {"3601": 3}
        for peer, hertz in zip(peers, pitches, strict=True):
            await peer.speak(hertz, 2.0)
        for peer, own in zip(peers, pitches, strict=True):
            for hertz in pitches:
                seconds = peer.heard().seconds(hertz)
                expected = hertz != own
                assert (seconds > 1.0) == expected, (hertz, peer.heard().summary())
        for peer in peers:
            await peer.press("#")
        await asyncio.gather(first.succeeds(), second.succeeds(), third.succeeds())
        for peer in peers:
            assert peer.heard().seconds(TALKED) > 0.15, peer.heard().summary()
    await site.idle()

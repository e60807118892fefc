"""Queues over SIP: SIPp callers wait, SIPp telephones of agents ring, answer, refuse, are late."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer_kit.baresip import Baresip
from peer_kit.flows import NOBODY, PHONE_HOST, PROMPT, TALKED, TONES
from peer_kit.ports import free_port
from peer_kit.rtp_peer import Manner, RtpPeer
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Message, Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers
CALLER_SAYS, AGENT_SAYS = 600.0, 1700.0

WAIT = """\
flow wait
schema 1
start -> wait

node wait: queue
  queue = call.called
  music = file("long.wav")
  announce = "off"
  after_agent -> talked
  timeout -> nobody
  full -> nobody
  closed -> nobody

node talked: play
  prompt = file("talked.wav")
  -> end

node nobody: play
  prompt = file("nobody.wav")
  -> end

node end: hangup
"""
QUEUES = {
    "3001": ("a1",),
    "3002": ("a2", "b2"),
    "3003": ("a3",),
    "3004": ("a4",),
    "3005": ("a5",),
    "3006": ("a6",),
    "3007": ("a7",),
}
"""Each test has a queue of its own, with agents of its own."""
MORE = {"3002": 'max_wait = "6s"\nring = "1s"', "3003": 'max_wait = "5s"'}
PORTS = {agent: free_port(PHONE_HOST) for agents in QUEUES.values() for agent in agents}


def centre() -> Iterator[str]:
    """The queues and agents of the site; the telephone of the last one registers."""
    for queue, agents in QUEUES.items():
        yield f'[queues.{queue}]\nstrategy = "linear order"\n{MORE.get(queue, "")}'
        for agent in agents:
            yield f'[agents.{agent}]\npassword = "x"\nready = true\nqueues = {{{queue} = 50}}'
            yield f'contact = "sip:{agent}@{PHONE_HOST}:{PORTS[agent]}"'
    yield '[queues.3008]\n[agents.1008]\npassword = "correct-horse"\nready = true'
    yield "queues = {3008 = 50}"


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with queues."""
    folder = tmp_path_factory.mktemp("queues")
    port = make_site(folder, {"3*": WAIT}, tones=TONES, more="\n".join(centre()))
    with serving(folder, port) as running:
        yield running


def phone(agent: str, scenario: Scenario, rtp: int = 9, calls: int = 1) -> Sipp:
    """The telephone of *agent*."""
    return Sipp(scenario, host=PHONE_HOST, port=PORTS[agent], rtp=rtp, calls=calls)


def caller(
    site: Site, queue: str, scenario: Scenario | None = None, rtp: int = 9, calls: int = 1
) -> Sipp:
    """Somebody who calls a queue; without a scenario, until we hang up."""
    calling = scenario or Scenario().call().hung_up()
    return Sipp(calling, site.port, service=queue, rtp=rtp, calls=calls)


def rings() -> Scenario:
    """A telephone that rings."""
    return Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")


def takes(talk: int, ring: int = 300) -> Scenario:
    """A telephone that is answered after *ring* ms, and hung up after *talk* ms."""
    answering = rings().pause(ring).reply("200 OK", body=offer()).expect_request("ACK")
    return answering.pause(talk).bye_back()


def cancelled() -> Scenario:
    """A telephone that rings until it is cancelled."""
    cancelled = rings().expect_request("CANCEL").reply("200 OK")
    return cancelled.reply_to_invite("487 Request Terminated").expect_request("ACK")


def invites(messages: list[Message]) -> int:
    """How often the telephone was rung."""
    return sum(not message.sent and message.first.startswith("INVITE") for message in messages)


def agent_is(site: Site, agent: str, state: str) -> bool:
    """Whether ``cordboard status`` says so."""
    return bool(site.status()["agents"][agent]["state"] == state)


async def test_music_then_talk_then_the_flow_goes_on(queues: Site) -> None:
    async with (
        RtpPeer(Manner(), PHONE_HOST) as far,
        RtpPeer() as near,
        phone("a1", takes(2500, ring=1500), far.port) as agent,
        caller(queues, "3001", rtp=near.port) as calls,
    ):
        await near.hears(PROMPT, 0.3)
        offered = await queues.traced(calls.caller, "offered")
        assert offered["agent"] == "a1"
        bridged = await queues.traced(calls.caller, "bridged")
        assert bridged["to"] == "a1"
        assert agent_is(queues, "a1", "talking")
        await far.connected()
        await asyncio.gather(near.speak(CALLER_SAYS, 1.5), far.speak(AGENT_SAYS, 1.5))
        await near.hears(TALKED, 0.15)
        messages, _ = await asyncio.gather(agent.succeeds(), calls.succeeds())
    assert near.heard().seconds(AGENT_SAYS) > 1.0, near.heard().summary()
    assert far.heard().seconds(CALLER_SAYS) > 1.0, far.heard().summary()
    assert far.heard().seconds(PROMPT) == 0, "the agent hears no music"
    assert calls.caller in messages[0].header("From")
    left = await queues.traced(calls.caller, "leave", node="wait")
    assert left["port"] == "after_agent"
    await queues.until(lambda: agent_is(queues, "a1", "ready"), "a1 is ready again")


async def test_who_does_not_answer_is_not_rung_again_for_the_same_caller(queues: Site) -> None:
    async with (
        RtpPeer() as near,
        phone("a2", cancelled(), calls=2) as first,
        phone("b2", cancelled(), calls=2) as second,
        caller(queues, "3002", rtp=near.port) as calls,
    ):
        await near.hears(NOBODY, 0.2)
        await calls.succeeds()
        assert (invites(first.messages()), invites(second.messages())) == (1, 1)
        rung = [first.messages()[0].at, second.messages()[0].at]
        assert rung == sorted(rung), "in linear order"
    status = queues.status()["agents"]
    assert [status[agent]["state"] for agent in ("a2", "b2")] == ["ready", "ready"]
    assert queues.status()["queues"]["3002"]["waiting"] == 0


async def test_twenty_waiting_and_one_busy_phone(queues: Site) -> None:
    busy = Scenario().expect_request("INVITE").reply("486 Busy Here").expect_request("ACK")
    async with (
        phone("a3", busy, calls=50) as agent,
        caller(queues, "3003", calls=20) as calls,
    ):
        await calls.succeeds()
        assert invites(agent.messages()) == 1, "it is left alone for ten seconds"
    assert queues.status()["queues"]["3003"]["answered"] == 0


async def test_the_caller_leaves_while_it_rings(queues: Site) -> None:
    async with phone("a4", cancelled()) as agent:
        leaves = Scenario().call().pause(1000).bye()
        async with caller(queues, "3004", leaves) as calls:
            messages, _ = await asyncio.gather(agent.succeeds(), calls.succeeds())
    assert invites(messages) == 1
    await queues.until(lambda: agent_is(queues, "a4", "ready"), "a4 is ready again")
    figures = queues.status()["queues"]["3004"]
    assert (figures["answered"], figures["abandoned"]) == (0, 1)


async def test_an_answer_that_crosses_the_cancel_is_acknowledged_and_ended(queues: Site) -> None:
    late = rings().expect_request("CANCEL").reply("200 OK")
    late = late.reply_to_invite("200 OK", body=offer()).expect_request("ACK").hung_up()
    leaves = Scenario().call().pause(1000).bye()
    async with phone("a5", late) as agent, caller(queues, "3005", leaves) as calls:
        messages, _ = await asyncio.gather(agent.succeeds(), calls.succeeds())
    heard = [message.first.split()[0] for message in messages if not message.sent]
    assert heard == ["INVITE", "CANCEL", "ACK", "BYE"]
    await queues.until(lambda: agent_is(queues, "a5", "ready"), "a5 is ready again")
    assert queues.status()["queues"]["3005"]["answered"] == 0
    await queues.idle()


async def test_two_callers_and_one_agent(queues: Site) -> None:
    async with (
        RtpPeer() as near,
        RtpPeer() as other,
        phone("a6", takes(1500), calls=2) as agent,
        caller(queues, "3006", rtp=near.port) as first,
    ):
        await queues.traced(first.caller, "bridged")
        async with caller(queues, "3006", rtp=other.port) as second:
            await other.hears(PROMPT, 0.3)
            assert queues.status()["queues"]["3006"]["waiting"] == 1
            messages, *_ = await asyncio.gather(
                agent.succeeds(), first.succeeds(), second.succeeds()
            )
    rung = [m.header("From") for m in messages if not m.sent and m.first.startswith("INVITE")]
    assert [one.caller in text for one, text in zip((first, second), rung, strict=True)] == [
        True, True,
    ]  # fmt: skip
    for peer in (near, other):
        assert peer.heard().seconds(TALKED) > 0.15, peer.heard().summary()


async def test_the_caller_hangs_up_while_talking(queues: Site) -> None:
    talks = rings().reply("200 OK", body=offer()).expect_request("ACK").hung_up()
    leaves = Scenario().call().pause(1500).bye()
    async with phone("a7", talks) as agent, caller(queues, "3007", leaves) as calls:
        await asyncio.gather(agent.succeeds(), calls.succeeds())
    await queues.until(lambda: agent_is(queues, "a7", "ready"), "a7 is ready again")
    figures = queues.status()["queues"]["3007"]
    assert (figures["answered"], figures["abandoned"]) == (1, 0)
    await queues.idle()


async def test_a_phone_that_registers_while_a_caller_waits(queues: Site, tmp_path: Path) -> None:
    """baresip, which answers by itself; it leaves before it could be rung a second time."""
    async with RtpPeer() as near, caller(queues, "3008", rtp=near.port) as calls:
        await near.hears(PROMPT, 0.3)
        assert queues.status()["agents"]["1008"]["reachable"] is False
        phone = Baresip(
            tmp_path / "baresip", queues.port, "1008", "correct-horse", hertz=AGENT_SAYS, auto=True
        )
        async with phone:
            bridged = await queues.traced(calls.caller, "bridged")
            assert bridged["to"] == "1008"
            await near.hears(AGENT_SAYS, 0.5)
            await phone.command("hangup")
            await near.hears(TALKED, 0.15)
            await calls.succeeds()
    await queues.until(
        lambda: not queues.status()["agents"]["1008"]["reachable"], "baresip has unregistered"
    )


async def test_after_kill_9_who_waited_is_called_back(tmp_path: Path) -> None:
    customer_port, agent_port = free_port(PHONE_HOST), free_port(PHONE_HOST)
    more = f"""
[queues.3100]
[agents.r1]
password = "x"
ready = true
contact = "sip:r1@{PHONE_HOST}:{agent_port}"
queues = {{3100 = 50}}
[trunks.carrier]
address = "{PHONE_HOST}:{customer_port}"
[[routes]]
match = "2???"
to = "trunk:carrier"
"""
    sip = 'drain = "0s"\ndial_allow = ["2???"]'
    port = make_site(tmp_path, {"3100": WAIT}, tones=TONES, sip=sip, more=more)
    busy = Scenario().expect_request("INVITE").reply("486 Busy Here").expect_request("ACK")
    with serving(tmp_path, port) as before:
        async with (
            Sipp(busy, host=PHONE_HOST, port=agent_port, calls=50) as agent,
            Sipp(Scenario().call().hung_up(), port, service="3100", caller="2001") as first,
        ):
            await agent.until(True, "SIP/2.0 486")
            await first.until(True, "ACK")
            assert before.status()["queues"]["3100"]["waiting"] == 1
            os.kill(before.pid, signal.SIGKILL)
            before.process.wait()
    answers = rings().pause(300).reply("200 OK", body=offer()).expect_request("ACK").hung_up()
    with serving(tmp_path, port) as after:
        async with (
            Sipp(answers, host=PHONE_HOST, port=customer_port) as customer,
            Sipp(takes(1000), host=PHONE_HOST, port=agent_port) as agent,
        ):
            rung, _ = await asyncio.gather(customer.succeeds(), agent.succeeds())
        assert invites(rung) == 1 and rung[0].first.startswith("INVITE sip:2001@")
        await after.until(lambda: agent_is(after, "r1", "ready"), "r1 is ready again")
        figures = after.status()["queues"]["3100"]
        assert (figures["waiting"], figures["answered"]) == (0, 1)
        assert after.status()["database"] == "the database is up to date"

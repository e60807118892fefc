"""Conversations over SIP: parked, handed over, asked, three together; told apart by their tones."""

from __future__ import annotations

import asyncio
import itertools
import time
import tomllib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from peer_kit.flows import PHONE_HOST, PROMPT, TALKED, TONES
from peer_kit.ports import free_port
from peer_kit.rtp_peer import Manner, RtpPeer
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Message, Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers
WAIT = """\
flow wait
schema 1
start -> wait

node wait: queue
  queue = call.called
  music = file("long.wav")
  announce = "off"
  after_agent -> talked
  timeout -> end
  full -> end
  closed -> end

node talked: play
  prompt = file("talked.wav")
  -> end

node end: hangup
"""
QUEUES = {
    "3001": ("a1",),
    "3002": ("a2", "b2"),
    "3003": ("a3",),
    "3004": ("a4", "b4"),
    "3005": ("a5", "b5"),
    "3006": ("a6", "b6"),
    "3007": ("a7",),
    "3008": ("a8", "b8"),
    "3009": ("a9",),
    "3010": ("a10",),
    "3011": ("a11",),
    "3012": ("a12",),
    "3013": ("a13", "b13"),
}
"""Each test has a queue and agents of its own; callers come to the first one."""
STAYS_UP = "a11"
"""The agent whose telephone is not hung up between calls."""
PORTS = {agent: free_port(PHONE_HOST) for agents in QUEUES.values() for agent in agents}
OUTSIDE = free_port(PHONE_HOST)
"""Where numbers are that are dialled: 2000 to 2999. Agents may dial some, and some others."""
_pitches = itertools.count(1700, 40)
"""A tone of its own for everything that is said, away from those of the flows."""


def centre() -> Iterator[str]:
    """Queues, agents, the API, and a trunk."""
    yield f'[api]\nlisten = "127.0.0.1:{free_port()}"'
    yield f'[trunks.carrier]\naddress = "{PHONE_HOST}:{OUTSIDE}"'
    yield '[[routes]]\nmatch = "2???"\nto = "trunk:carrier"'
    for queue, agents in QUEUES.items():
        yield f'[queues.{queue}]\nstrategy = "linear order"'
        for agent in agents:
            yield f'[agents.{agent}]\npassword = "x"\nmay_dial = ["20??", "88??"]'
            yield f'contact = "sip:{agent}@{PHONE_HOST}:{PORTS[agent]}"'
            yield f"queues = {{{queue} = 50}}\nready = {str(agent == agents[0]).lower()}"
            yield f"persistent_leg = {str(agent == STAYS_UP).lower()}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with queues, whose desk is asked by its API."""
    folder = tmp_path_factory.mktemp("conversations")
    sip = 'drain = "0s"\ndial_allow = ["2???"]'
    port = make_site(folder, {"3*": WAIT}, tones=TONES, sip=sip, more="\n".join(centre()))
    with serving(folder, port) as running:
        yield running


class Desk:
    """Presses the buttons of agents."""

    def __init__(self, site: Site) -> None:
        listen = tomllib.loads((site.folder / "cordboard.toml").read_text())["api"]["listen"]
        token = (site.folder / "admin.token").read_text().strip()
        self._site = site
        self._asked = httpx.AsyncClient(
            base_url=f"http://{listen}/api", headers={"Authorization": f"Bearer {token}"}
        )

    async def ask(self, agent: str, action: str, **body: Any) -> httpx.Response:
        return await self._asked.post(f"/agents/{agent}/actions/{action}", json=body)

    async def do(self, agent: str, action: str, **body: Any) -> str:
        """The contact that was begun, if one was."""
        answer = await self.ask(agent, action, **body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["contact"])

    async def disconnect(self, contact: str) -> None:
        """A supervisor ends it."""
        answer = await self._asked.post(f"/contacts/{contact}/actions/disconnect", json={})
        assert answer.status_code == 200, answer.text

    async def is_(self, agent: str, state: str) -> None:
        """Wait for it."""
        await self._site.until(
            lambda: bool(self._site.status()["agents"][agent]["state"] == state),
            f"{agent} is {state}",
        )

    async def close(self) -> None:
        await self._asked.aclose()


@pytest.fixture
async def desk(site: Site) -> AsyncIterator[Desk]:
    desk = Desk(site)
    yield desk
    await desk.close()
    await site.idle()


# --- telephones -----------------------------------------------------------------------------------


class Phone:
    """A telephone that answers and stays until it is hung up, and its sound."""

    def __init__(self, sipp: Sipp, sound: RtpPeer) -> None:
        self.sipp, self.sound = sipp, sound

    async def answered(self) -> None:
        await self.sipp.until(False, "ACK")
        await self.sound.connected()

    async def invite(self) -> Message:
        return await self.sipp.until(False, "INVITE")


@asynccontextmanager
async def telephone(port: int) -> AsyncIterator[Phone]:
    """An agent's telephone, or one outside."""
    rings = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing").pause(300)
    stays = rings.reply("200 OK", body=offer()).expect_request("ACK").hung_up()
    async with (
        RtpPeer(Manner(), PHONE_HOST) as sound,
        Sipp(stays, host=PHONE_HOST, port=port, rtp=sound.port) as sipp,
    ):
        yield Phone(sipp, sound)


@asynccontextmanager
async def customer(site: Site, queue: str) -> AsyncIterator[Phone]:
    """Somebody who calls a queue, and stays until we hang up."""
    async with (
        RtpPeer() as sound,
        Sipp(Scenario().call().hung_up(), site.port, service=queue, rtp=sound.port) as sipp,
    ):
        yield Phone(sipp, sound)


async def talks(speaker: Phone, *hearers: Phone, others: Sequence[Phone] = ()) -> None:
    """All *hearers* hear *speaker*, and none of the *others* does."""
    hertz = float(next(_pitches))
    speaking = asyncio.create_task(speaker.sound.speak(hertz, 30.0))
    try:
        await asyncio.gather(*(phone.sound.hears(hertz, 0.4) for phone in hearers))
    finally:
        speaking.cancel()
        await asyncio.wait((speaking,))
    for other in others:
        assert other.sound.heard().seconds(hertz) == 0, other.sound.heard().summary()


async def all_talk(*phones: Phone) -> None:
    """Each hears all the others."""
    for speaker in phones:
        await talks(speaker, *(phone for phone in phones if phone is not speaker))


async def hears_music(phone: Phone, seconds: float = 0.4) -> None:
    """The customer hears music from now on."""
    since = time.time()
    await phone.sound.until(
        lambda: phone.sound.heard(since).seconds(PROMPT) >= seconds, "music of the queue"
    )


async def connected(site: Site, caller: Phone, to: str) -> str:
    """Wait until the customer talks with *to*; the contact."""
    event = await site.traced(caller.sipp.caller, "bridged", to=to)
    return str(event["call"])


# --- tests ----------------------------------------------------------------------------------------


async def test_parked_with_music_and_taken_back(site: Site, desk: Desk) -> None:
    async with customer(site, "3001") as caller:
        async with telephone(PORTS["a1"]) as agent:
            contact = await connected(site, caller, "a1")
            await all_talk(caller, agent)
            await desk.do("a1", "park")
            await agent.sipp.succeeds()
            await desk.is_("a1", "ready")
            await hears_music(caller)
        async with telephone(PORTS["a1"]) as agent:
            await desk.do("a1", "retrieve", contact=contact)
            await agent.answered()
            invite = await agent.invite()
            assert invite.header("Answer-Mode") == "Auto"
            assert caller.sipp.caller in invite.header("From")
            await all_talk(caller, agent)
            assert agent.sound.heard().seconds(PROMPT) == 0, "the agent hears no music"
            await desk.do("a1", "hang-up")
            await agent.sipp.succeeds()
        await caller.sound.hears(TALKED, 0.15)
        await caller.sipp.succeeds()


async def test_two_customers_change_places(site: Site, desk: Desk) -> None:
    async with customer(site, "3012") as first:
        async with telephone(PORTS["a12"]) as agent:
            one = await connected(site, first, "a12")
            await desk.do("a12", "park")
            await agent.sipp.succeeds()
        async with telephone(PORTS["a12"]) as agent, customer(site, "3012") as second:
            other = await connected(site, second, "a12")
            await all_talk(second, agent)
            await desk.do("a12", "retrieve", contact=one)
            await all_talk(first, agent)
            await hears_music(second)
            await desk.do("a12", "retrieve", contact=other)
            await talks(agent, second, others=[first])
            await hears_music(first)
            await desk.disconnect(one)
            await first.sipp.succeeds()
            await desk.disconnect(other)
            messages, _ = await asyncio.gather(agent.sipp.succeeds(), second.sipp.succeeds())
    heard = [message.first.split()[0] for message in messages if not message.sent]
    assert heard == ["INVITE", "ACK", "BYE"], "one leg for both"


async def test_a_supervisor_takes_a_customer_over(site: Site, desk: Desk) -> None:
    await desk.do("b13", "sign-in")
    async with (
        customer(site, "3013") as caller,
        telephone(PORTS["a13"]) as agent,
        telephone(PORTS["b13"]) as boss,
    ):
        contact = await connected(site, caller, "a13")
        await all_talk(caller, agent)
        await desk.do("b13", "take-over", contact=contact)
        await agent.sipp.succeeds()
        await all_talk(caller, boss)
        assert (await boss.invite()).header("Answer-Mode") == "Auto"
        await desk.do("b13", "hang-up")
        await asyncio.gather(boss.sipp.succeeds(), caller.sipp.succeeds())


async def test_handed_over_to_another_agent(site: Site, desk: Desk) -> None:
    await desk.do("b2", "sign-in")
    async with (
        customer(site, "3002") as caller,
        telephone(PORTS["a2"]) as first,
        telephone(PORTS["b2"]) as second,
    ):
        await connected(site, caller, "a2")
        await talks(first, caller)
        await desk.do("a2", "transfer", to="agent:b2")
        await first.sipp.succeeds()
        await connected(site, caller, "b2")
        assert caller.sipp.caller in (await second.invite()).header("From")
        await all_talk(caller, second)
        await desk.do("b2", "hang-up")
        await asyncio.gather(second.sipp.succeeds(), caller.sipp.succeeds())
    await desk.is_("a2", "ready")


async def test_handed_over_to_a_number(site: Site, desk: Desk) -> None:
    async with (
        customer(site, "3003") as caller,
        telephone(PORTS["a3"]) as agent,
        telephone(OUTSIDE) as outside,
    ):
        contact = await connected(site, caller, "a3")
        await talks(caller, agent)
        await desk.do("a3", "transfer", to="number:2042")
        await agent.sipp.succeeds()
        await connected(site, caller, "2042")
        invite = await outside.invite()
        assert invite.first.startswith("INVITE sip:2042@")
        assert caller.sipp.caller in invite.header("From")
        await all_talk(caller, outside)
        await desk.is_("a3", "ready")
        await desk.disconnect(contact)
        await asyncio.gather(outside.sipp.succeeds(), caller.sipp.succeeds())


async def test_asked_first_then_handed_over(site: Site, desk: Desk) -> None:
    await desk.do("b4", "sign-in")
    async with (
        customer(site, "3004") as caller,
        telephone(PORTS["a4"]) as first,
        telephone(PORTS["b4"]) as second,
    ):
        await connected(site, caller, "a4")
        await all_talk(caller, first)
        await desk.do("a4", "consult", to="b4")
        await second.answered()
        await talks(first, second, others=[caller])
        await talks(second, first, others=[caller])
        unheard = float(next(_pitches))
        await asyncio.gather(hears_music(caller), caller.sound.speak(unheard, 1.0))
        await talks(first, second)
        for phone in (first, second):
            assert phone.sound.heard().seconds(unheard) == 0, phone.sound.heard().summary()
        await desk.do("a4", "end-consult", how="transfer")
        await first.sipp.succeeds()
        await all_talk(caller, second)
        await desk.do("b4", "hang-up")
        await asyncio.gather(second.sipp.succeeds(), caller.sipp.succeeds())


async def test_three_talk_together(site: Site, desk: Desk) -> None:
    await desk.do("b5", "sign-in")
    async with (
        customer(site, "3005") as caller,
        telephone(PORTS["a5"]) as first,
        telephone(PORTS["b5"]) as second,
    ):
        contact = await connected(site, caller, "a5")
        await desk.do("a5", "consult", to="b5")
        await second.answered()
        await talks(first, second)
        await desk.do("a5", "end-consult", how="conference")
        await all_talk(caller, first, second)
        await desk.do("a5", "hang-up")
        await first.sipp.succeeds()
        await all_talk(caller, second)
        await desk.disconnect(contact)
        await asyncio.gather(second.sipp.succeeds(), caller.sipp.succeeds())


async def test_three_talk_of_whom_one_is_outside(site: Site, desk: Desk) -> None:
    async with (
        customer(site, "3009") as caller,
        telephone(PORTS["a9"]) as agent,
        telephone(OUTSIDE) as outside,
    ):
        contact = await connected(site, caller, "a9")
        await desk.do("a9", "consult", to="2043")
        await outside.answered()
        await talks(outside, agent, others=[caller])
        await desk.do("a9", "end-consult", how="conference")
        await all_talk(caller, agent, outside)
        await desk.do("a9", "hang-up")
        await agent.sipp.succeeds()
        await all_talk(caller, outside)
        await desk.disconnect(contact)
        await asyncio.gather(outside.sipp.succeeds(), caller.sipp.succeeds())


async def test_the_number_hangs_up_and_the_flow_goes_on(site: Site, desk: Desk) -> None:
    rings = Scenario().expect_request("INVITE").reply("180 Ringing").pause(300)
    leaves = rings.reply("200 OK", body=offer()).expect_request("ACK").pause(1000).bye_back()
    async with (
        customer(site, "3010") as caller,
        telephone(PORTS["a10"]) as agent,
        Sipp(leaves, host=PHONE_HOST, port=OUTSIDE) as outside,
    ):
        await connected(site, caller, "a10")
        await desk.do("a10", "transfer", to="2044")
        await asyncio.gather(agent.sipp.succeeds(), outside.succeeds())
        await caller.sound.hears(TALKED, 0.15)
        await caller.sipp.succeeds()


async def test_a_telephone_that_stays_connected(site: Site, desk: Desk) -> None:
    async with telephone(PORTS[STAYS_UP]) as agent:
        async with customer(site, "3011") as first:
            contact = await connected(site, first, STAYS_UP)
            await all_talk(first, agent)
            await desk.disconnect(contact)
            await first.sipp.succeeds()
        await desk.is_(STAYS_UP, "ready")
        async with customer(site, "3011") as second:
            contact = await connected(site, second, STAYS_UP)
            await all_talk(second, agent)
            await desk.disconnect(contact)
            await second.sipp.succeeds()
        await desk.is_(STAYS_UP, "ready")
        await desk.do(STAYS_UP, "sign-out")
        messages = await agent.sipp.succeeds()
    heard = [message.first.split()[0] for message in messages if not message.sent]
    assert heard == ["INVITE", "ACK", "BYE"]


async def test_two_agents_call_each_other(site: Site, desk: Desk) -> None:
    await desk.do("b6", "sign-in")
    async with telephone(PORTS["a6"]) as first, telephone(PORTS["b6"]) as second:
        await desk.do("a6", "call", to="b6")
        own = await first.invite()
        assert own.header("Answer-Mode") == "Auto"
        await second.answered()
        other = await second.invite()
        assert "a6" in other.header("From") and not other.header("Answer-Mode")
        await all_talk(first, second)
        await desk.do("b6", "hang-up")
        await asyncio.gather(first.sipp.succeeds(), second.sipp.succeeds())
    await desk.is_("a6", "ready")


async def test_a_number_is_called_if_the_agent_may(site: Site, desk: Desk) -> None:
    refused = await desk.ask("a7", "call", to="2142")
    assert refused.status_code == 409
    assert "a7 may not dial 2142; add a pattern that fits it to may_dial" in refused.text
    refused = await desk.ask("a7", "call", to="8800")
    assert refused.status_code == 409
    assert "8800 is not allowed by sip.dial_allow" in refused.text
    async with telephone(PORTS["a7"]) as agent, telephone(OUTSIDE) as outside:
        await desk.do("a7", "call", to="2042")
        assert (await agent.invite()).header("Answer-Mode") == "Auto"
        await agent.answered()
        await outside.answered()
        await all_talk(agent, outside)
        await desk.do("a7", "hang-up")
        await asyncio.gather(agent.sipp.succeeds(), outside.sipp.succeeds())
    await desk.is_("a7", "ready")


async def test_a_waiting_caller_is_picked(site: Site, desk: Desk) -> None:
    await desk.do("b8", "sign-in")
    async with (
        customer(site, "3008") as first,
        telephone(PORTS["a8"]) as agent,
        telephone(PORTS["b8"]) as other,
    ):
        await connected(site, first, "a8")
        async with customer(site, "3008") as second:
            contact = (await site.traced(second.sipp.caller, "queued"))["call"]
            await hears_music(second)
            await desk.do("b8", "pick", contact=contact)
            assert (await other.invite()).header("Answer-Mode") == "Auto"
            await connected(site, second, "b8")
            await all_talk(second, other)
            await talks(first, agent, others=[second, other])
            await desk.do("b8", "hang-up")
            await asyncio.gather(other.sipp.succeeds(), second.sipp.succeeds())
        await desk.do("a8", "hang-up")
        await asyncio.gather(agent.sipp.succeeds(), first.sipp.succeeds())

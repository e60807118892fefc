"""Agents' telephones over SIP: feature codes, the hold key, registrations, supervisors' ears."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from peer_kit.baresip import Baresip
from peer_kit.flows import PHONE_HOST, TALKED, TONES
from peer_kit.ports import free_port
from peer_kit.rtp_peer import LAWS, Manner, RtpPeer
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Message, Sipp
from peer_kit.site import Site, make_site, serving
from peer_kit.sound import tone
from peer_kit.wire import Wire
from telephony.core.g711 import encode

pytestmark = pytest.mark.peers
CALLER_SAYS, AGENT_SAYS, BOSS_SAYS, PHONE_PLAYS = 600.0, 1700.0, 2300.0, 1100.0
MUSIC = 440.0

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
FIXED = ("a1", "a2", "a3", "a4", "a5", "a6")
"""Agents at fixed addresses, each with a queue of its own, from 3001 on."""
PORTS = {agent: free_port(PHONE_HOST) for agent in FIXED}
API = free_port()
BOSS_HOST, BOSS_PORT = "127.0.0.4", free_port("127.0.0.4")


def centre() -> Iterator[str]:
    """The queues and agents of the site."""
    for number, agent in enumerate(FIXED, 3001):
        yield f'[queues.{number}]\n[agents.{agent}]\npassword = "2468"'
        yield f"queues = {{{number} = 50}}"
        yield f'contact = "sip:{agent}@{PHONE_HOST}:{PORTS[agent]}"'
        yield f"ready = {str(agent not in ('a1', 'a5')).lower()}"
    yield '[queues.3010]\n[agents.1010]\npassword = "correct-horse"\nqueues = {3010 = 50}'
    yield '[queues.3011]\n[agents.1011]\npassword = "staple-battery"\nqueues = {3011 = 50}'
    yield '[queues.3012]\n[agents.1012]\npassword = "horse-battery"\nqueues = {3012 = 50}'
    yield '[agents.boss]\npassword = "battery-staple"\nsupervisor = true\nqueues = {}'
    yield '[feature_codes.reasons]\n1 = "lunch"'
    yield f'[api]\nlisten = "127.0.0.1:{API}"\nadmin_token = "only-for-this-test"'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with agents."""
    folder = tmp_path_factory.mktemp("agents")
    port = make_site(folder, {"3*": WAIT}, tones=TONES, more="\n".join(centre()))
    with serving(folder, port) as running:
        yield running


def phone(agent: str, scenario: Scenario, rtp: int = 9, calls: int = 1) -> Sipp:
    """The telephone of *agent*, which is rung."""
    return Sipp(scenario, host=PHONE_HOST, port=PORTS[agent], rtp=rtp, calls=calls)


def dials(site: Site, agent: str, number: str, scenario: Scenario, rtp: int = 9) -> Sipp:
    """The telephone of *agent*, on which *number* is dialled."""
    return Sipp(
        scenario, site.port, service=number, host=PHONE_HOST, port=PORTS[agent], caller=agent,
        rtp=rtp,
    )  # fmt: skip


def caller(site: Site, queue: str, rtp: int = 9, scenario: Scenario | None = None) -> Sipp:
    """Somebody who calls a queue."""
    return Sipp(scenario or Scenario().call().hung_up(), site.port, service=queue, rtp=rtp)


def answers() -> Scenario:
    """A telephone that rings for a moment and is answered."""
    ringing = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")
    return ringing.pause(200).reply("200 OK", body=offer()).expect_request("ACK")


async def agent_is(site: Site, agent: str, state: str, reason: str = "") -> None:
    """Wait until the agent's state is this one."""

    def reached() -> bool:
        found = site.status()["agents"][agent]
        return (found["state"], found["reason"]) == (state, reason)

    await site.until(reached, f"{agent} is {state} {reason}")


def speech(peer: RtpPeer) -> float:
    """Seconds of anything but silence that were heard."""
    return sum(pitch > 0 for pitch in peer.heard().pitches) * 0.02


async def register(site: Site, user: str, password: str, host: str, port: int) -> None:
    """Register a telephone."""
    scenario = Scenario().register(user, password).expect(200)
    async with Sipp(scenario, site.port, host=host, port=port) as enters:
        await enters.succeeds()


def invites(messages: list[Message]) -> int:
    """How often the telephone was rung."""
    return sum(not message.sent and message.first.startswith("INVITE") for message in messages)


# --- feature codes --------------------------------------------------------------------------------


async def test_a_telephone_that_registered_signs_its_agent_in(site: Site) -> None:
    host, port = "127.0.0.6", free_port("127.0.0.6")
    await register(site, "1010", "correct-horse", host, port)
    hung_up = Scenario().call().hung_up()
    for code, state, reason in (
        ("*11", "not ready", ""),
        ("*45", "ready", ""),
        ("*461", "not ready", "lunch"),
        ("*12", "signed out", ""),
    ):
        async with (
            RtpPeer(host=host) as rtp,
            Sipp(hung_up, site.port, service=code, host=host, port=port, rtp=rtp.port) as call,
        ):
            await call.succeeds()
        assert speech(rtp) > 0.4, "it is confirmed in words"
        await agent_is(site, "1010", state, reason)


async def test_a_fixed_telephone_types_the_password(site: Site) -> None:
    async with (
        RtpPeer(host=PHONE_HOST) as rtp,
        dials(site, "a1", "*11", Scenario().call().hung_up(), rtp.port) as call,
    ):
        await rtp.connected()
        await rtp.press("1357#")
        await agent_is(site, "a1", "signed out")
        before = speech(rtp)
        await rtp.until(lambda: speech(rtp) > before + 1.0, "it says that this was wrong")
        await rtp.press("2468#")
        await call.succeeds()
    await agent_is(site, "a1", "not ready")


async def test_a_stranger_with_an_agents_name_is_no_agent(site: Site) -> None:
    """The same address, another port: the number has no flow."""
    refused = Scenario().invite().refused(404)
    async with Sipp(refused, site.port, service="*12", host="127.0.0.1", caller="a2") as call:
        await call.succeeds()
    await agent_is(site, "a2", "ready")


async def test_one_agent_calls_another(site: Site) -> None:
    talks = answers().hung_up()
    async with (
        RtpPeer(Manner(), PHONE_HOST) as near,
        RtpPeer(Manner(), PHONE_HOST) as far,
        phone("a3", talks, far.port) as other,
        dials(site, "a2", "a3", Scenario().call().pause(3500).bye(), near.port) as agent,
    ):
        await far.connected()
        await asyncio.gather(near.speak(CALLER_SAYS, 1.5), far.speak(AGENT_SAYS, 1.5))
        await far.hears(CALLER_SAYS, 0.8)
        await near.hears(AGENT_SAYS, 0.8)
        messages, _ = await asyncio.gather(other.succeeds(), agent.succeeds())
    assert "sip:a2@" in messages[0].header("From")
    for name in ("a2", "a3"):
        await agent_is(site, name, "ready")


# --- the hold key ---------------------------------------------------------------------------------


async def test_the_agents_hold_key(site: Site) -> None:
    held = answers().pause(2500).changed_back(offer(direction="sendonly", version=2))
    taken = held.pause(9000).changed_back(offer(version=3)).pause(4000).bye_back()
    async with (
        RtpPeer(Manner(), PHONE_HOST) as far,
        RtpPeer() as near,
        phone("a4", taken, far.port) as agent,
        caller(site, "3004", near.port) as calls,
    ):
        await site.traced(calls.caller, "bridged")
        await far.connected()
        await asyncio.gather(near.speak(CALLER_SAYS, 1.0), far.speak(AGENT_SAYS, 1.0))
        await near.hears(AGENT_SAYS, 0.5)
        music = near.heard().seconds(MUSIC)
        await near.until(lambda: near.heard().seconds(MUSIC) > music + 0.5, "music on hold")
        await agent_is(site, "a4", "talking")
        heard = far.heard().seconds(CALLER_SAYS)
        await asyncio.gather(near.speak(CALLER_SAYS, 1.0), far.speak(PHONE_PLAYS, 1.0))
        assert far.heard().seconds(CALLER_SAYS) == heard, "who holds hears nothing"
        assert near.heard().seconds(PHONE_PLAYS) == 0, "our music covers the telephone's"
        again = near.heard().seconds(AGENT_SAYS)
        back = asyncio.create_task(far.speak(AGENT_SAYS, 10.0))
        await near.until(lambda: near.heard().seconds(AGENT_SAYS) > again + 0.5, "taken back")
        await asyncio.gather(back, agent.succeeds(), calls.succeeds())
        await near.hears(TALKED, 0.15)
    await agent_is(site, "a4", "ready")


async def test_a_day_with_baresip(site: Site, tmp_path: Path) -> None:
    """It registers, signs in and becomes ready by codes, answers, and holds by its own key."""
    telephone = Baresip(
        tmp_path / "baresip", site.port, "1012", "horse-battery", hertz=AGENT_SAYS, auto=True
    )
    async with telephone, RtpPeer() as near:
        for number, (code, state) in enumerate((("*11", "not ready"), ("*45", "ready")), 1):
            await telephone.command("dial", f"sip:{code}@127.0.0.1:{site.port}")
            await telephone.told("CALL_CLOSED", number)
            await agent_is(site, "1012", state)
        async with caller(site, "3012", near.port) as calls:
            await near.hears(AGENT_SAYS, 0.5)
            await telephone.command("hold")
            music = near.heard().seconds(MUSIC)
            await near.until(lambda: near.heard().seconds(MUSIC) > music + 1.0, "music on hold")
            await agent_is(site, "1012", "talking")
            await telephone.command("resume")
            said = near.heard().seconds(AGENT_SAYS)
            await near.until(lambda: near.heard().seconds(AGENT_SAYS) > said + 0.5, "taken back")
            await telephone.command("hangup")
            await near.hears(TALKED, 0.15)
            await calls.succeeds()


async def test_the_callers_hold_key(site: Site) -> None:
    """The agent hears what the caller's own exchange plays meanwhile."""
    holds = Scenario().call().pause(2500).changed(offer(direction="sendonly", version=2))
    holds = holds.pause(3500).changed(offer(version=3)).pause(500).bye()
    async with (
        RtpPeer(Manner(), PHONE_HOST) as far,
        RtpPeer() as near,
        phone("a4", answers().hung_up(), far.port) as agent,
        caller(site, "3004", near.port, holds) as calls,
    ):
        await site.traced(calls.caller, "bridged")
        await far.connected()
        await asyncio.gather(near.speak(PHONE_PLAYS, 5.0), calls.until(True, "INVITE"))
        assert far.heard().seconds(PHONE_PLAYS) > 4.0
        assert far.heard().seconds(MUSIC) == 0
        await asyncio.gather(agent.succeeds(), calls.succeeds())
    await agent_is(site, "a4", "ready")


# --- registrations --------------------------------------------------------------------------------


async def signed_in(site: Site, agent: str, host: str, port: int) -> None:
    """Have the agent sign in and be ready by the telephone at this address."""
    for code in ("*11", "*45"):
        hung_up = Scenario().call().hung_up()
        async with Sipp(hung_up, site.port, service=code, host=host, port=port) as call:
            await call.succeeds()
    await agent_is(site, agent, "ready")


def contacts(site: Site, user: str) -> list[str]:
    return [b["contact"] for b in site.status()["line"]["phones"].get(user, [])]


async def test_a_telephone_that_registers_again_while_it_rings(site: Site) -> None:
    """It goes on ringing where it rings; a contact that comes meanwhile is for the next call."""
    host, ports = "127.0.0.6", (free_port("127.0.0.6"), free_port("127.0.0.6"))
    await register(site, "1010", "correct-horse", host, ports[0])
    await signed_in(site, "1010", host, ports[0])
    ringing = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")
    ringing = ringing.pause(3000).reply("200 OK", body=offer()).expect_request("ACK").hung_up()
    async with (
        Sipp(ringing, host=host, port=ports[0]) as telephone,
        caller(site, "3010", scenario=Scenario().call().pause(6000).bye()) as calls,
    ):
        await telephone.until(True, "SIP/2.0 180")
        await register(site, "1010", "correct-horse", host, ports[1])
        bridged = await site.traced(calls.caller, "bridged")
        assert bridged["to"] == "1010"
        messages, _ = await asyncio.gather(telephone.succeeds(), calls.succeeds())
    assert invites(messages) == 1
    assert {f"sip:1010@{host}:{port}" for port in ports} <= set(contacts(site, "1010"))
    await agent_is(site, "1010", "ready")


async def test_a_telephone_that_unregisters_while_it_rings(site: Site) -> None:
    """It is cancelled at once; the caller keeps the place, and is there when it comes back."""
    host, port = "127.0.0.7", free_port("127.0.0.7")
    await register(site, "1011", "staple-battery", host, port)
    await signed_in(site, "1011", host, port)
    cancelled = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")
    cancelled = cancelled.expect_request("CANCEL").reply("200 OK")
    cancelled = cancelled.reply_to_invite("487 Request Terminated").expect_request("ACK")
    async with caller(site, "3011", scenario=Scenario().call().hung_up()) as calls:
        async with (
            Sipp(cancelled, host=host, port=port) as telephone,
            Wire(site.port, host) as wire,
        ):
            await telephone.until(True, "SIP/2.0 180")
            answer = await wire.unregister("1011", "staple-battery")
            assert answer is not None and answer.startswith("SIP/2.0 200")
            await telephone.succeeds()
        assert not contacts(site, "1011")
        assert site.status()["queues"]["3011"]["waiting"] == 1
        await register(site, "1011", "staple-battery", host, port)
        async with Sipp(answers().pause(500).bye_back(), host=host, port=port) as telephone:
            await asyncio.gather(telephone.succeeds(), calls.succeeds())
    await agent_is(site, "1011", "ready")


# --- supervisors ----------------------------------------------------------------------------------


class Party:
    """A telephone's sound, and the tone it speaks."""

    def __init__(self, rtp: RtpPeer, hertz: float) -> None:
        self.rtp, self.hertz = rtp, hertz

    async def speaks_to(self, hearing: Sequence[Party], deaf: Sequence[Party]) -> None:
        """Speak; *hearing* hear it, and *deaf* do not."""
        before = [party.rtp.heard().seconds(self.hertz) for party in hearing]
        silent = [party.rtp.heard().seconds(self.hertz) for party in deaf]
        await self.rtp.speak(self.hertz, 1.0)
        await self.rtp.be_silent(0.3 if deaf else 0.0)
        for party, heard in zip(hearing, before, strict=True):
            await party.rtp.until(
                lambda party=party, heard=heard: (
                    party.rtp.heard().seconds(self.hertz) > heard + 0.6
                ),
                f"{self.hertz:g} Hz at {party.hertz:g} Hz",
            )
        assert [party.rtp.heard().seconds(self.hertz) for party in deaf] == silent


@asynccontextmanager
async def connected(site: Site, agent: str, queue: str) -> AsyncIterator[list[Party]]:
    """A caller and an agent who are connected, and a supervisor's telephone that has registered."""
    await register(site, "boss", "battery-staple", BOSS_HOST, BOSS_PORT)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        far = Party(await enter(RtpPeer(Manner(), PHONE_HOST)), AGENT_SAYS)
        near = Party(await enter(RtpPeer()), CALLER_SAYS)
        ear = Party(await enter(RtpPeer(Manner(), BOSS_HOST)), BOSS_SAYS)
        await enter(phone(agent, answers().hung_up(), far.rtp.port))
        calls = await enter(caller(site, queue, near.rtp.port))
        await site.traced(calls.caller, "bridged")
        await far.rtp.connected()
        yield [near, far, ear]


def supervisor(site: Site, code: str, rtp: int, scenario: Scenario) -> Sipp:
    """The supervisor's telephone, on which *code* is dialled."""
    return Sipp(
        scenario, site.port, service=code, host=BOSS_HOST, port=BOSS_PORT, rtp=rtp, caller="boss"
    )


async def listens(site: Site, agent: str, mode: str) -> None:
    """Wait until the supervisor listens like this."""
    wanted = {"agent": agent, "mode": mode}
    await site.until(lambda: site.status()["supervision"].get("boss") == wanted, mode)


async def act(agent: str, action: str, **values: str) -> None:
    """Have the supervisor do something about *agent* by the API."""
    async with httpx.AsyncClient(headers={"Authorization": "Bearer only-for-this-test"}) as client:
        url = f"http://127.0.0.1:{API}/api/agents/{agent}/actions/{action}"
        answer = await client.post(url, json={"seat": "boss", **values}, timeout=30)
    assert answer.status_code == 200, answer.text


async def test_monitor_whisper_barge(site: Site) -> None:
    """By the code, then by the keys 5, 6 and 4 of the supervisor's telephone."""
    async with (
        connected(site, "a6", "3006") as (near, far, ear),
        supervisor(site, "*34a6", ear.rtp.port, Scenario().call().hung_up()) as boss,
    ):
        for key, mode, heard in (
            ("", "monitor", []),
            ("5", "whisper", [far]),
            ("6", "barge", [far, near]),
            ("4", "monitor", []),
        ):
            await ear.rtp.press(key)
            await listens(site, "a6", mode)
            await near.speaks_to([far, ear], [])
            await far.speaks_to([near, ear], [])
            await ear.speaks_to(heard, [party for party in (far, near) if party not in heard])
        await act("a6", "leave")
        await boss.succeeds()


async def test_who_is_monitored_cannot_notice(site: Site) -> None:
    """While somebody begins to listen, speaks and leaves, the agent's stream goes on as it was."""
    listening = Scenario().call().pause(4000).bye()
    async with connected(site, "a3", "3003") as (near, far, ear):
        speaking = asyncio.create_task(near.rtp.speak(CALLER_SAYS, 8.0))
        await far.rtp.hears(CALLER_SAYS, 0.5)
        async with supervisor(site, "*34a3", ear.rtp.port, listening) as boss:
            await listens(site, "a3", "monitor")
            await ear.rtp.speak(BOSS_SAYS, 1.0)
            await ear.rtp.hears(CALLER_SAYS, 0.5)
            await boss.succeeds()
        await speaking
    spoken = encode(tone(CALLER_SAYS, 8.0), LAWS[0])
    sent = {spoken[at : at + 160] for at in range(0, len(spoken), 160)}
    packets = [packet for packet in far.rtp.received if packet.payload in sent]
    assert len(packets) > 350
    assert len({packet.ssrc for packet in packets}) == 1
    numbers = [packet.sequence for packet in packets]
    assert numbers == sorted(numbers)
    assert far.rtp.heard().seconds(BOSS_SAYS) == 0
    steps = Counter(
        (b.sequence - a.sequence, b.timestamp - a.timestamp) for a, b in pairwise(packets)
    )
    assert steps[1, 160] >= 0.98 * len(packets), steps


async def test_by_the_api_the_supervisors_telephone_is_rung_once(site: Site) -> None:
    async with (
        connected(site, "a2", "3002") as (near, far, ear),
        Sipp(answers().hung_up(), host=BOSS_HOST, port=BOSS_PORT, rtp=ear.rtp.port) as boss,
    ):
        await act("a2", "listen", mode="monitor")
        await listens(site, "a2", "monitor")
        await near.speaks_to([far, ear], [])
        await act("a2", "listen", mode="whisper")
        await ear.speaks_to([far], [near])
        await act("a2", "leave")
        messages = await boss.succeeds()
    assert invites(messages) == 1
    assert messages[0].header("Answer-Mode") == "Auto"
    assert messages[0].header("From").startswith('"monitor" <sip:a2@')

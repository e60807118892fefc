"""The race table over SIP, with telephones of the tests' own that choose the very moment."""

from __future__ import annotations

import asyncio
import contextlib
import tomllib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from peer_kit.flows import PHONE_HOST, TONES
from peer_kit.handset import PATIENCE, Handset
from peer_kit.ports import free_port
from peer_kit.site import Site, make_site, serving
from telephony.core.message import Request

pytestmark = pytest.mark.peers
WAIT = """\
flow wait
schema 1
start -> wait

node wait: queue
  queue = call.called
  music = file("long.wav")
  announce = "off"
  keys = {"1": "key"}
  key -> gone
  after_agent -> gone
  timeout -> gone
  full -> gone
  closed -> gone

node gone: hangup
"""
QUEUES: dict[str, tuple[tuple[str, ...], str]] = {
    "3001": (("a1", "b1"), 'strategy = "longest idle"'),
    "3002": (("a2",), 'exclude = "2s"\nmisses = 1'),
    "3003": (("a3", "b3"), 'exclude = "3600s"'),
    "3004": (("a4",), ""),
    "3005": (("a5", "b5"), 'ring = "2s"'),
    "3006": (("a6",), ""),
    "3007": (("a7", "b7", "c7"), 'strategy = "ring all"'),
    "3008": (("a8", "b8"), 'ring = "60s"'),
    "3009": (("a9",), ""),
    "3010": (("a10",), 'max_wait = "1s"\nring = "3s"'),
    "3011": (("a11",), ""),
}
"""Each test has a queue of its own, with agents of its own, in linear order unless it says more."""
NOT_READY = ("b1", "b8")
PORTS = {agent: free_port(PHONE_HOST) for agents, _ in QUEUES.values() for agent in agents}


def centre(api: int) -> Iterator[str]:
    yield f'[api]\nlisten = "127.0.0.1:{api}"'
    for queue, (agents, more) in QUEUES.items():
        strategy = "" if "strategy" in more else 'strategy = "linear order"\n'
        yield f"[queues.{queue}]\n{strategy}{more}"
        for agent in agents:
            yield f'[agents.{agent}]\npassword = "x"\nqueues = {{{queue} = 50}}'
            yield f"ready = {str(agent not in NOT_READY).lower()}"
            yield f'contact = "sip:{agent}@{PHONE_HOST}:{PORTS[agent]}"'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server with queues."""
    folder = tmp_path_factory.mktemp("races")
    port = make_site(folder, {"3*": WAIT}, tones=TONES, more="\n".join(centre(free_port())))
    with serving(folder, port) as running:
        yield running


@contextlib.asynccontextmanager
async def handsets(site: Site, *agents: str) -> AsyncIterator[list[Handset]]:
    """Telephones of agents; "" stands for one of a caller."""
    made = [
        Handset(site.port, PHONE_HOST, PORTS[agent]) if agent else Handset(site.port)
        for agent in agents
    ]
    try:
        yield made
    finally:
        for phone in made:
            phone.close()


async def agent_is(site: Site, agent: str, state: str) -> None:
    await site.until(lambda: state_of(site, agent) == state, f"{agent} is {state}")


def state_of(site: Site, agent: str) -> str:
    return str(site.status()["agents"][agent]["state"])


def waiting(site: Site, queue: str) -> int:
    return int(site.status()["queues"][queue]["waiting"])


async def press(site: Site, agent: str, action: str, **body: Any) -> httpx.Response:
    """Press a button of the desk as the administrator may."""
    listen = tomllib.loads((site.folder / "cordboard.toml").read_text())["api"]["listen"]
    token = (site.folder / "admin.token").read_text().strip()
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        return await client.post(
            f"http://{listen}/api/agents/{agent}/actions/{action}",
            headers={"Authorization": f"Bearer {token}"},
            json=body,
        )


async def is_ready(site: Site, agent: str) -> None:
    """Sign *agent* in."""
    for action in ("sign-in", "ready"):
        answer = await press(site, agent, action)
        assert answer.status_code == 200, answer.text


async def test_a_late_200_keeps_the_idle_rank(site: Site) -> None:
    """The caller leaves, the 200 crosses the CANCEL: ACK, BYE, and then the same agent again."""
    async with handsets(site, "a1", "b1", "", "") as (a, b, first, second):
        await is_ready(site, "b1")  # a1 has idled longer
        await first.calls("3001")
        invite = await a.rings()
        await first.leaves()
        await a.is_cancelled(invite, 200)
        bye = await a.until("BYE")
        await second.calls("3001")
        assert state_of(site, "a1") == "clearing", "its telephone is not clear"
        other = await b.rings()
        assert b.shows(other) == str(second.port)
        await b.refuses_after_all(other)
        a.send(bye.reply(200).to_bytes())
        rung = await a.rings()
        assert a.shows(rung) == str(second.port), "its idle rank is the old one"
        await second.leaves()
        await a.is_cancelled(rung)
        await agent_is(site, "a1", "ready")
        await agent_is(site, "b1", "ready")


async def test_who_does_not_answer_480_too_often_is_not_ready(site: Site) -> None:
    async with handsets(site, "a2", "") as (a, caller):
        await caller.calls("3002")
        await a.refuses(480)
        await agent_is(site, "a2", "not ready")
        assert await a.silent(2.5), "not ready agents are not rung"
        await press(site, "a2", "ready")
        await a.takes()
        await caller.leaves()
        await a.is_hung_up()
        await agent_is(site, "a2", "ready")


async def test_who_declines_is_asked_for_others_but_not_for_this_caller(site: Site) -> None:
    """603: the next agent at once, no pause, no miss."""
    async with handsets(site, "a3", "b3", "", "") as (a, b, one, other):
        await one.calls("3003")
        await a.refuses(603)
        assert b.shows(await b.takes()) == str(one.port)
        await other.calls("3003")
        invite = await a.takes()
        assert a.shows(invite) == str(other.port)
        await one.leaves()
        await other.leaves()
        await a.is_hung_up()
        await b.is_hung_up()
        await agent_is(site, "a3", "ready")


async def test_a_busy_phone_is_left_alone_for_ten_seconds(site: Site) -> None:
    """486 storm: twenty wait."""
    async with handsets(site, "a4", *[""] * 20) as (a, *callers):
        for caller in callers:
            await caller.calls("3004")
        invites = [await a.refuses(486), await a.rings()]
        first, second = (e["t"] for e in site.events() if e.get("agent") == "a4")
        assert second - first > 9.9, "at most one INVITE in ten seconds"
        rung = [a.shows(invite) for invite in invites]
        assert rung == [str(caller.port) for caller in callers[:2]], "whom it refused comes later"
        for caller in callers:
            await caller.leaves()
        a.close()  # whoever is rung now was too late
        await site.until(lambda: waiting(site, "3004") == 0, "nobody waits any more")


async def test_an_agent_whose_program_was_killed_while_it_rang(site: Site) -> None:
    """Silence, then an unreachable port: no final answer ever comes, and the next agent is rung."""
    async with handsets(site, "a5", "b5", "", "") as (a, b, one, other):
        await one.calls("3005")
        await a.rings()
        a.close()
        assert b.shows(await b.takes()) == str(one.port)
        assert state_of(site, "a5") == "clearing"
        await other.calls("3005")
        await one.leaves()
        await b.is_hung_up()
        assert b.shows(await b.takes()) == str(other.port)
        await other.leaves()
        await b.is_hung_up()
        await agent_is(site, "a5", "ready")


async def test_an_agent_whose_program_was_killed_before_it_was_rung(site: Site) -> None:
    """Nothing listens there (ICMP): it is given up like one who does not answer."""
    async with handsets(site, "b5", "") as (b, caller):
        await caller.calls("3005")
        assert b.shows(await b.takes()) == str(caller.port)
        await caller.leaves()
        await b.is_hung_up()
        await agent_is(site, "a5", "ready")


async def test_two_calls_and_one_agent_in_the_same_moment(site: Site) -> None:
    async with handsets(site, "a6", "", "") as (a, one, other):
        for caller in (one, other):
            caller.invite(uri="sip:3006@127.0.0.1", to_user="3006", user=str(caller.port))
        for caller in (one, other):
            await caller.is_answered()
        first = await a.takes()
        assert await a.silent(1.0), "one call at a time"
        assert waiting(site, "3006") == 1
        await a.hangs_up(first)
        second = await a.takes()
        assert {a.shows(first), a.shows(second)} == {str(one.port), str(other.port)}
        await a.hangs_up(second)
        await agent_is(site, "a6", "ready")


async def test_ring_all_and_two_answers_in_the_same_moment(site: Site) -> None:
    """Exactly one has the call; the other gets ACK and BYE, the third CANCEL: elsewhere."""
    async with handsets(site, "a7", "b7", "c7", "") as (a, b, c, caller):
        answered = site.status()["queues"]["3007"]["answered"]
        await caller.calls("3007")
        invites = [await phone.rings() for phone in (a, b, c)]
        for phone, invite in ((a, invites[0]), (b, invites[1])):
            phone.reply(invite, 200, body=phone.sdp)
        cancel = await c.is_cancelled(invites[2])
        assert "completed elsewhere" in cancel.get("reason")
        for phone in (a, b):
            await phone.until("ACK")
        states = await settled(site, "a7", "b7", "c7")
        talking = [name for name, state in states.items() if state == "talking"]
        [winner] = talking
        loser = b if winner == "a7" else a
        bye = await loser.is_hung_up()
        assert "completed elsewhere" in bye.get("reason")
        await agent_is(site, "b7" if winner == "a7" else "a7", "ready")
        bridged = await site.traced(str(caller.port), "bridged")
        assert bridged["to"] == winner
        await caller.leaves()
        await (a if loser is b else b).is_hung_up()
        assert site.status()["queues"]["3007"]["answered"] == answered + 1


async def settled(site: Site, *agents: str) -> dict[str, str]:
    """The states of *agents* as soon as one of them talks."""
    await site.until(
        lambda: "talking" in [state_of(site, agent) for agent in agents], "somebody talks"
    )
    return {agent: state_of(site, agent) for agent in agents}


async def test_a_pick_against_an_offer(site: Site) -> None:
    """Who picks a caller that rings elsewhere wins, or is refused; nobody has the caller twice."""
    async with handsets(site, "a8", "b8", "") as (a, b, caller):
        assert (await press(site, "b8", "sign-in")).status_code == 200
        await caller.calls("3008")
        invite = await a.rings()
        contact = site.events(str(caller.port))[0]["call"]
        picked, _ = await asyncio.gather(
            press(site, "b8", "pick", contact=contact), answers(a, invite)
        )
        await site.traced(str(caller.port), "bridged")
        if picked.status_code == 200:
            await b.takes()
        else:
            assert picked.status_code == 409 and picked.json()["detail"], picked.text
        bridged = [e for e in site.events(str(caller.port)) if e["event"] == "bridged"]
        assert len(bridged) == 1
        await caller.leaves()
        for agent in ("a8", "b8"):
            await site.until(
                lambda agent=agent: state_of(site, agent) in ("ready", "not ready"), agent
            )


async def answers(phone: Handset, invite: Request) -> None:
    phone.reply(invite, 200, body=phone.sdp)


async def test_not_ready_pressed_in_a_call_applies_when_it_ends(site: Site) -> None:
    async with handsets(site, "a9", "", "") as (a, one, other):
        await one.calls("3009")
        invite = await a.takes()
        await agent_is(site, "a9", "talking")
        assert (await press(site, "a9", "not-ready", reason="lunch")).status_code == 200
        assert state_of(site, "a9") == "talking"
        await other.calls("3009")
        await a.hangs_up(invite)
        await agent_is(site, "a9", "not ready")
        assert await a.silent(1.0)
        await other.leaves()
        stale = await press(site, "a9", "ready", epoch=0)
        assert stale.status_code == 409, "a button of an earlier call"


async def test_not_ready_pressed_while_it_rings(site: Site) -> None:
    """As no answer, without penalty."""
    async with handsets(site, "a11", "") as (a, caller):
        await caller.calls("3011")
        invite = await a.rings()
        assert (await press(site, "a11", "not-ready", reason="lunch")).status_code == 200
        await a.is_cancelled(invite)
        await agent_is(site, "a11", "not ready")
        assert waiting(site, "3011") == 1
        await press(site, "a11", "ready")
        await a.takes()
        await caller.leaves()
        await a.is_hung_up()
        await agent_is(site, "a11", "ready")


async def test_the_ring_ends_before_the_longest_wait_counts(site: Site) -> None:
    async with handsets(site, "a10", "") as (a, caller):
        await caller.calls("3010")
        invite = await a.rings()
        await a.is_cancelled(invite)
        await caller.is_hung_up()
        offered = await site.traced(str(caller.port), "offered")
        left = await site.traced(str(caller.port), "leave", node="wait")
        assert left["port"] == "timeout"
        assert left["t"] - offered["t"] > 2.9, "it rang to its end"
        await agent_is(site, "a10", "ready")


async def test_a_key_against_an_answer(site: Site) -> None:
    """Leaving by a key and the 200 in the same moment: one of them, whole."""
    async with handsets(site, "a10", "") as (a, caller):
        await caller.calls("3010")
        invite = await a.rings()
        a.reply(invite, 200, body=a.sdp)
        caller.presses("1")
        await a.until("ACK")

        def decided() -> set[str]:
            return {e["event"] for e in site.events(str(caller.port))} & {"bridged", "leave"}

        await site.until(lambda: bool(decided()), "one of them has won")
        if "bridged" in decided():
            await a.hangs_up(invite)
        else:
            await a.is_hung_up()
        left = await site.traced(str(caller.port), "leave", node="wait")
        bridged = [e for e in site.events(str(caller.port)) if e["event"] == "bridged"]
        assert (left["port"], len(bridged)) in {("key", 0), ("after_agent", 1)}
        await agent_is(site, "a10", "ready")

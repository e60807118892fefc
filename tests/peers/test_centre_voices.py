"""Who hears whom in the sample contact centre: two sites, who comes first, a conference, marks."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from cordboard.samples import make_site, samples
from peer_kit.ports import free_port, free_range
from peer_kit.rtp_peer import Manner, RtpPeer
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Sipp
from peer_kit.site import Site, serving
from peer_kit.sound import write_tone

pytestmark = pytest.mark.peers
NORTH, SOUTH = "127.0.0.1", "127.0.0.2"
AGENTS = {"1001": NORTH, "2001": SOUTH, "1003": NORTH}
"""Those who are there, the supervisor last; the others of the sample have not come today."""
CALLER_SAYS, AGENT_SAYS = 600.0, 1700.0
GREETING, GOLD, WAIT, MARKS, GOODBYE, OTHERS = 2100.0, 2300.0, 440.0, 2500.0, 2700.0, 2900.0
TONES = {
    "greeting": GREETING,
    "greeting.gold": GOLD,
    "wait": WAIT,
    "wait.gold": WAIT,
    "marks.agent": MARKS,
    "marks.help": MARKS,
    "goodbye": GOODBYE,
}
"""What callers hear, as tones; all other prompts are one of another pitch."""


@dataclass
class Desk:
    """What somebody sees and does by the API."""

    asked: httpx.AsyncClient

    async def does(self, agent: str, action: str, **body: Any) -> None:
        """Press a button of *agent*."""
        done = await self.asked.post(f"/api/agents/{agent}/actions/{action}", json=body)
        assert done.status_code == 200, done.text

    async def contact_of(self, number: str) -> str:
        """The contact of the caller with this number."""
        contacts = (await self.asked.get("/api/contacts")).json()
        (found,) = (contact["id"] for contact in contacts if contact["number"] == number)
        return str(found)


@dataclass
class Centre:
    """The running sample, and where its agents' telephones are."""

    site: Site
    ports: dict[str, int]
    api: str

    def agent(self, name: str, scenario: Scenario, calls: int = 1, rtp: int = 9) -> Sipp:
        """The telephone of an agent, for so many calls."""
        return Sipp(scenario, host=AGENTS[name], port=self.ports[name], rtp=rtp, calls=calls)

    @asynccontextmanager
    async def caller(self, number: str) -> AsyncIterator[tuple[Sipp, RtpPeer]]:
        """Somebody who calls, speaks English, and wants a repair."""
        calls = Scenario().call().hung_up()
        async with (
            RtpPeer() as near,
            Sipp(calls, self.site.port, service="100", caller=number, rtp=near.port) as caller,
        ):
            await near.connected()
            await near.press("11")
            yield caller, near

    async def at_desk(self, name: str) -> Desk:
        """Log in at the API: an agent by number, or the supervisor."""
        password = (self.site.folder / f"{name}.password").read_text().strip()
        asked = httpx.AsyncClient(base_url=self.api, timeout=30)
        begun = await asked.post("/api/session", json={"name": name, "password": password})
        asked.headers["Authorization"] = f"Bearer {begun.json()['token']}"
        return Desk(asked)

    async def state(self, agent: str, wanted: str) -> None:
        """Wait for a state of the agent."""
        await self.site.until(
            lambda: self.site.status()["agents"][agent]["state"] == wanted,
            f"{agent} is {wanted}",
        )

    async def give_marks(self, near: RtpPeer) -> None:
        """Answer both questions of the survey."""
        await near.hears(MARKS, 0.2)
        await near.press("54")

    async def bridged(self, number: str) -> dict[str, Any]:
        """Whom the caller talks with, and since when."""
        return await self.site.traced(number, "bridged")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the sample's database says."""
        with closing(sqlite3.connect(self.site.folder / "centre.db")) as database:
            return list(database.execute(statement))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """The sample, open day and night, on free ports."""
    folder = tmp_path_factory.mktemp("centre")
    make_site(samples()["contact_centre"], folder)
    ports = {agent: free_port(host) for agent, host in AGENTS.items()}
    port, api, (low, high) = free_port(), free_port(), free_range(200)
    config = folder / "cordboard.toml"
    text = config.read_text()
    text = text.replace("udp:127.0.0.1:5060", f"udp:127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{api}")
    text = text.replace("[sip]", f'[sip]\nmedia_ports = "{low}-{high}"\ndrain = "0s"')
    text = text.replace('mon-fri = "08:00-20:00"\nsat = "08:00-14:00"', 'mon-sun = "00:00-24:00"')
    text = re.sub(r"holidays = .*", "", text)
    for name, agent in tomllib.loads(text)["agents"].items():
        if name in AGENTS:
            there = f"sip:{name}@{AGENTS[name]}:{ports[name]}"
            text = text.replace(agent["contact"], there)
        elif agent.get("ready", False):
            section = text.index(f"[agents.{name}]")
            text = text[:section] + text[section:].replace("ready = true", "", 1)
    config.write_text(text)
    _record_tones(folder / "prompts")
    with serving(folder, port) as site:
        yield Centre(site, ports, f"http://127.0.0.1:{api}")


def _record_tones(prompts: Path) -> None:
    """Recordings in place of all that would be spoken."""
    keys = tomllib.loads((prompts / "en.toml").read_text())
    ours = ("choose_language", "queue_position", "queue_wait", "agent_answers")
    for language in ("en", "zh-CN"):
        for key in (*keys, *(f"cordboard.{word}" for word in ours)):
            file = prompts / language / f"{key}.wav"
            file.parent.mkdir(exist_ok=True)
            write_tone(file, TONES.get(key, OTHERS), 0.4)


def answers() -> Scenario:
    """A telephone that is answered."""
    ringing = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")
    return ringing.pause(300).reply("200 OK", body=offer()).expect_request("ACK")


def talks(seconds: int) -> Scenario:
    """One that hangs up after a while."""
    return answers().pause(1000 * seconds).bye_back()


def stays() -> Scenario:
    """One that is hung up by the server."""
    return answers().hung_up()


class Voice:
    """Somebody's sound: what was new since the last look, wherever the far end is by now."""

    def __init__(self, peer: RtpPeer, hertz: float) -> None:
        self.peer, self.hertz = peer, hertz
        self._before: dict[float, float] = {}

    def new(self, hertz: float) -> float:
        """Seconds of a tone since the last look."""
        now = self.peer.heard().seconds(hertz)
        before, self._before[hertz] = self._before.get(hertz, 0.0), now
        return now - before

    async def speak(self, seconds: float = 1.5) -> None:
        """Say something."""
        self.peer.to = self.peer.received[-1].source
        await self.peer.speak(self.hertz, seconds)


async def speak_in_turn(*voices: Voice) -> list[list[float]]:
    """All speak one after the other; what each has heard of each other, in seconds."""
    for voice in voices:
        for other in voices:
            voice.new(other.hertz)
    for voice in voices:
        await voice.speak()
    await asyncio.sleep(0.5)
    return [[voice.new(other.hertz) for other in voices] for voice in voices]


async def reach(voice: Voice, other: Voice) -> None:
    """Speak until the other one hears it: they have been connected."""
    async with asyncio.timeout(30):
        while other.peer.heard().seconds(voice.hertz) < 0.2:
            await voice.speak(0.3)


def places(peer: RtpPeer) -> int:
    """From how many places sound has come."""
    return len({packet.source for packet in peer.received})


async def test_who_comes_first_and_what_is_heard(centre: Centre) -> None:
    """Both agents talk; an important customer comes later than another, and is served first."""
    ordinary, gold = "5550101", "13800000001"
    async with (
        RtpPeer(Manner(), NORTH) as far,
        centre.agent("1001", talks(6), calls=3, rtp=far.port) as north,
        centre.agent("2001", talks(20)) as south,
        centre.caller("13800000003") as (first, one),
    ):
        assert (await centre.bridged(first.caller))["to"] == "1001", "the best of the team"
        async with centre.caller("13800000009") as (second, two):
            assert (await centre.bridged(second.caller))["to"] == "2001", "the other site"
            async with centre.caller(ordinary) as (_, third):
                await third.hears(GREETING, 0.2)
                async with centre.caller(gold) as (_, fourth):
                    await fourth.hears(GOLD, 0.2)
                    await one.speak(CALLER_SAYS, 1.0)
                    await centre.give_marks(one)
                    important = await centre.bridged(gold)
                    heard = await speak_in_turn(Voice(fourth, CALLER_SAYS), Voice(far, AGENT_SAYS))
                    assert heard[0][1] > 0.8 and heard[1][0] > 0.8, heard
                    await centre.give_marks(fourth)
                    later = await centre.bridged(ordinary)
                    await fourth.hears(GOODBYE, 0.2)
                assert (important["to"], later["to"]) == ("1001", "1001")
                assert important["t"] < later["t"]
                await centre.give_marks(third)
                await third.hears(GOODBYE, 0.2)
            await centre.give_marks(two)
            await two.hears(GOODBYE, 0.2)
        await asyncio.gather(north.succeeds(), south.succeeds(), first.succeeds())
    assert third.heard().seconds(WAIT) > 0.3, "what is heard while waiting"
    assert far.heard().seconds(WAIT) == 0, "not by the agent"
    await centre.site.idle()
    talked = centre.rows("select phone, agent, marks from talks where phone = '13800000001'")
    assert talked == [("13800000001", "1001", "5,4")]
    assert len(centre.rows("select * from talks")) == 4


async def test_park_consult_conference_and_a_supervisor_who_listens(centre: Centre) -> None:
    number = "5550199"
    li, wang, chen = [await centre.at_desk(name) for name in ("1001", "2001", "chen")]
    await chen.does("2001", "force", state="not ready", reason="paper")
    await chen.does("1003", "sign-in")
    async with (
        RtpPeer(Manner(), NORTH) as one,
        RtpPeer(Manner(), SOUTH) as two,
        RtpPeer(Manner(), NORTH) as three,
        centre.agent("1001", stays(), calls=2, rtp=one.port) as first,
        centre.agent("2001", stays(), rtp=two.port) as second,
        centre.agent("1003", stays(), rtp=three.port) as third,
        centre.caller(number) as (caller, near),
    ):
        customer, agent = Voice(near, CALLER_SAYS), Voice(one, AGENT_SAYS)
        assert (await centre.bridged(number))["to"] == "1001"
        await one.connected()
        heard = await speak_in_turn(customer, agent)
        assert heard[0][1] > 1 and heard[1][0] > 1, heard

        contact = await li.contact_of(number)
        await li.does("1001", "park")
        await centre.state("1001", "ready")
        await near.hears(WAIT, near.heard().seconds(WAIT) + 1.0)
        await li.does("1001", "retrieve", contact=contact)
        await centre.site.until(lambda: places(one) == 2, "1001 rings again")
        heard = await speak_in_turn(customer, agent)
        assert heard[0][1] > 1 and heard[1][0] > 1, heard

        await li.does("1001", "consult", to="agent:2001")
        await two.connected()
        colleague = Voice(two, 1000.0)
        heard = await speak_in_turn(agent, colleague)
        assert heard[0][1] > 1 and heard[1][0] > 1, heard
        assert customer.new(agent.hertz) < 0.1, "the customer hears music"
        await li.does("1001", "end-consult", how="conference")
        await reach(customer, colleague)
        heard = await speak_in_turn(customer, agent, colleague)
        assert all(heard[a][b] > 1 for a in range(3) for b in range(3) if a != b), heard

        await chen.does("1001", "listen", mode="monitor")
        await three.connected()
        supervisor = Voice(three, 800.0)
        heard = await speak_in_turn(customer, agent, supervisor)
        assert heard[2][0] > 1 and heard[2][1] > 1, "the supervisor hears both"
        assert heard[0][2] < 0.1 and heard[1][2] < 0.1, "and nobody hears the supervisor"
        await chen.does("1001", "listen", mode="whisper")
        heard = await speak_in_turn(customer, agent, supervisor)
        assert heard[1][2] > 1 and heard[0][2] < 0.1, "the agent alone hears the supervisor"
        await chen.does("1001", "leave")
        await third.succeeds()

        await li.does("1001", "hang-up")
        await first.succeeds()
        heard = await speak_in_turn(customer, colleague)
        assert heard[0][1] > 1 and heard[1][0] > 1, "those two go on"
        await wang.does("2001", "hang-up")
        await second.succeeds()
        await centre.give_marks(near)
        await caller.succeeds()
    await centre.state("2001", "not ready")
    assert centre.rows(f"select marks from talks where phone = '{number}'") == [("5,4",)]
    for desk in (li, wang, chen):
        await desk.asked.aclose()
    await centre.site.idle()

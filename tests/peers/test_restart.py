"""``kill -9`` with fifty callers waiting over SIP: counted at the peers, and in the database."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from peer_kit.flows import PHONE_HOST, TONES
from peer_kit.ports import free_port
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Message, Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers
CALLERS = 50
AGENTS = ("a1", "a2", "a3")
WAIT = """\
flow wait
schema 1
start -> wait

node wait: queue
  queue = "help"
  music = file("long.wav")
  announce = "off"
  after_agent -> survey
  timeout -> end
  full -> end
  closed -> end

node survey: play
  prompt = file("talked.wav")
  -> end

node end: hangup
"""


def rings() -> Scenario:
    return Scenario().expect_request("INVITE").reply("180 Ringing")


def answers() -> Scenario:
    return rings().reply("200 OK", body=offer()).expect_request("ACK")


RINGS = rings().pause(90_000)
TALKS = answers().hung_up()
"""Until we hang up."""
BUSY = Scenario().expect_request("INVITE").reply("486 Busy Here").expect_request("ACK")
SERVES = answers().pause(100).bye_back()


class Scene:
    """A site whose server is killed, its agents' telephones, and the carrier of its customers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {agent: free_port(PHONE_HOST) for agent in AGENTS}
        self.carrier = free_port(PHONE_HOST)
        agents = "\n".join(
            f'[agents.{name}]\npassword = "x"\nready = true\nqueues = {{help = 50}}\n'
            f'contact = "sip:{name}@{PHONE_HOST}:{port}"'
            for name, port in self.ports.items()
        )
        more = (
            f'[queues.help]\nstrategy = "linear order"\nring = "60s"\n{agents}\n'
            f'[trunks.carrier]\naddress = "{PHONE_HOST}:{self.carrier}"\n'
            '[[routes]]\nmatch = "2*"\nto = "trunk:carrier"'
        )
        sip = 'drain = "0s"\ndial_allow = ["2*"]'
        self.port = make_site(folder, {"3100": WAIT}, tones=TONES, sip=sip, more=more)

    def agent(self, name: str, scenario: Scenario, calls: int = 1) -> Sipp:
        return Sipp(scenario, host=PHONE_HOST, port=self.ports[name], calls=calls)

    def customers(self, scenario: Scenario) -> Sipp:
        return Sipp(scenario, host=PHONE_HOST, port=self.carrier, calls=500)

    def callers(self, rate: int = 25) -> Sipp:
        """Each has a number of its own: 2 and which call it is."""
        path = self.folder / "callers.xml"
        text = Scenario().call().hung_up().xml()
        path.write_text(text.replace("[caller]", "2[call_number]"))
        options = ("-r", str(rate), "-l", str(CALLERS))
        return Sipp(path, self.port, service="3100", calls=CALLERS, options=options)

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """What the database has now."""
        with contextlib.closing(sqlite3.connect(self.folder / "cordboard.db")) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query, values).fetchall()

    def ids(self, query: str, *values: Any) -> set[str]:
        return {row[0] for row in self.rows(query, *values)}

    def kill(self, site: Site) -> Before:
        os.kill(site.pid, signal.SIGKILL)
        site.process.wait()
        return Before(self)


class Before:
    """What was durable when the server was killed."""

    def __init__(self, scene: Scene) -> None:
        self.at = time.time()
        self.calls = scene.ids(
            "select id from contacts where ended is null and kind not in ('callback', 'voicemail')"
        )
        self.waiting = {
            row["contact"]: (row["number"], row["place"])
            for row in scene.rows(
                "select contact, number, place from queue_entries join contacts"
                " on contacts.id = contact where outcome = '' and ended is null and kind = 'call'"
            )
        }
        self.callbacks = scene.ids("select contact from callbacks where ended is null")
        self.ended = scene.ids("select contact from event_log where what = 'ended'")
        self.dialogs = {
            json.loads(row["data"])["call_id"]: row["cseq"]
            for row in scene.rows("select data, cseq from dialogs")
        }


def byes(messages: Sequence[Message]) -> Counter[str]:
    """How many BYEs came for each call; repetitions are no further ones."""
    came = {
        (m.header("Call-ID"), m.header("CSeq"))
        for m in messages
        if not m.sent and m.first.startswith("BYE")
    }
    return Counter(call for call, _ in came)


def invited(messages: Sequence[Message]) -> list[str]:
    """The numbers that INVITEs asked for, in their order; repetitions left out."""
    found: dict[str, str] = {}
    for message in messages:
        if not message.sent and message.first.startswith("INVITE"):
            user = message.first.partition("sip:")[2].partition("@")[0]
            found.setdefault(message.header("Call-ID"), user)
    return list(found.values())


def check_books(scene: Scene, before: Before) -> None:
    """Every contact of before has ended once, and who waited has a callback at the old place."""
    numbers = [row["seq"] for row in scene.rows("select seq from event_log order by seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    ended = Counter(
        row["contact"] for row in scene.rows("select contact from event_log where what = 'ended'")
    )
    assert set(ended.values()) <= {1}, ended.most_common(3)
    assert before.ended | before.calls <= set(ended)
    booked = {
        row["contact"].rpartition("/")[0]: (row["number"], row["place"])
        for row in scene.rows("select contact, number, place from callbacks")
        if row["contact"] not in before.callbacks
    }
    assert {name: booked.get(name) for name in before.waiting} == before.waiting
    assert before.callbacks <= scene.ids("select contact from callbacks")
    open_entries = scene.ids(
        "select contact from queue_entries join contacts on contacts.id = contact"
        " where outcome = '' and ended is not null"
    )
    assert open_entries == set()


def check_counters(scene: Scene, site: Site) -> None:
    facts = Counter(
        row["what"] for row in scene.rows("select what from event_log where queue = 'help'")
    )
    abandoned = scene.rows(
        "select 1 from event_log where what = 'ended' and data = '\"abandoned\"'"
    )
    figures = site.status()["queues"]["help"]
    assert (figures["answered"], figures["abandoned"]) == (facts["answered"], len(abandoned))


@contextlib.asynccontextmanager
async def phones(scene: Scene, scenarios: dict[str, tuple[Scenario, int]]) -> AsyncIterator[Any]:
    """Agents' telephones by name."""
    async with contextlib.AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(scene.agent(name, scenario, calls))
            for name, (scenario, calls) in scenarios.items()
        }


async def all_called_back(
    scene: Scene, site: Site, customers: Sipp, expected: set[str], since: float = 0.0
) -> None:
    """Each of *expected* is rung once, in the order of their places, and talks with an agent."""
    open_ones = "select count(*) from callbacks where ended is null"
    await site.until(lambda: scene.rows(open_ones)[0][0] == 0, "all are called back", 120)
    await site.idle()
    rung = invited([message for message in customers.messages() if message.at > since])
    rows = scene.rows("select number, last_status from callbacks order by place, booked")
    order = list(dict.fromkeys(row["number"] for row in rows if row["number"] in expected))
    assert sorted(rung) == sorted(expected), "each once"
    assert rung == order, "in their order"
    assert {row["last_status"] for row in rows} == {None}, "nobody was rung in vain"
    await site.until(lambda: scene.ids("select leg from dialogs") == set(), "no dialog is left")
    await site.until(
        lambda: {a["state"] for a in site.status()["agents"].values()} == {"ready"},
        "all agents are ready",
    )
    assert site.status()["queues"]["help"]["waiting"] == 0
    check_counters(scene, site)


MOMENTS: dict[str, dict[str, tuple[Scenario, int]]] = {
    "all wait": dict.fromkeys(AGENTS, (BUSY, 500)),
    "phones ring": dict.fromkeys(AGENTS, (RINGS, 1)),
    "agents talk": dict.fromkeys(AGENTS, (TALKS, 1)),
    "one rings, one talks, one is busy": {
        "a1": (RINGS, 1),
        "a2": (TALKS, 1),
        "a3": (BUSY, 500),
    },  # fmt: skip
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_while(moment: str, tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    agents = MOMENTS[moment]
    talking = [name for name, (scenario, _) in agents.items() if scenario is TALKS]
    busy = [name for name, (scenario, _) in agents.items() if scenario is BUSY]
    async with phones(scene, agents) as telephones, scene.callers() as callers:
        with serving(tmp_path, scene.port) as first:
            await first.until(lambda: settled(scene, first, len(talking), len(busy)), moment)
            before = scene.kill(first)
        assert len(before.calls) == CALLERS
        assert len(before.waiting) == CALLERS - len(talking)
        assert len(before.dialogs) == CALLERS + len(talking)
        for name in set(agents) - set(talking):  # they have no dialog to be ended
            await telephones[name].end()
        serves = {name: (SERVES, 500) for name in AGENTS if name not in talking}
        async with phones(scene, serves), scene.customers(TALKS) as customers:
            with serving(tmp_path, scene.port) as second:
                await callers.succeeds()
                heard = [*callers.messages()]
                for name in talking:
                    heard += await telephones[name].succeeds()
                assert byes(heard) == dict.fromkeys(before.dialogs, 1)
                check_books(scene, before)
                expected = {number for number, _ in before.waiting.values()}
                async with phones(scene, {name: (SERVES, 500) for name in talking}):
                    await all_called_back(scene, second, customers, expected)
        assert byes(callers.messages()).total() == CALLERS, "not once more"


def settled(scene: Scene, site: Site, talking: int, busy: int) -> bool:
    """Whether all callers are in, the agents do what they are to do, and all that is durable."""
    status = site.status()
    states = Counter(agent["state"] for agent in status["agents"].values())
    return (
        status["queues"]["help"]["waiting"] == CALLERS - talking
        and states["talking"] == talking
        and states["ready"] == busy
        and states["ringing"] == len(AGENTS) - talking - busy
        and len(scene.ids("select leg from dialogs")) == CALLERS + talking
        and len(scene.ids("select contact from queue_entries where outcome = ''"))
        == CALLERS - talking
        and len(scene.ids("select id from offers where outcome = 'answered'")) == talking
    )


async def test_killed_while_callers_come_in(tmp_path: Path) -> None:
    """Who was not answered yet calls the new server by repeating the INVITE."""
    scene = Scene(tmp_path)
    busy, serves = (dict.fromkeys(AGENTS, (one, 500)) for one in (BUSY, SERVES))
    async with scene.callers(rate=100) as callers:
        async with phones(scene, busy):
            with serving(tmp_path, scene.port) as first:
                await first.until(
                    lambda: len(scene.ids("select contact from queue_entries")) >= CALLERS // 3,
                    "some came",
                )
                before = scene.kill(first)
        async with phones(scene, serves), scene.customers(TALKS) as customers:
            with serving(tmp_path, scene.port) as second:
                await second.until(
                    lambda: before.dialogs.keys() <= byes(callers.messages()).keys(),
                    "all that were answered are hung up",
                )
                check_books(scene, before)
                expected = {number for number, _ in before.waiting.values()}
                await all_called_back(scene, second, customers, expected)
        assert set(byes(callers.messages()).values()) == {1}
        facts = scene.rows("select contact from event_log where what = 'answered'")
        assert len(facts) == len(scene.ids("select contact from event_log where what = 'answered'"))


CALLING: dict[str, tuple[Scenario, Scenario]] = {
    "the customers' telephones ring": (RINGS, SERVES),
    "the customers talk with agents": (TALKS, TALKS),
    "the agents' telephones ring": (TALKS, RINGS),
}


@pytest.mark.parametrize("moment", CALLING)
async def test_killed_again_while(moment: str, tmp_path: Path) -> None:
    """While callbacks that the first crash has brought about are made."""
    scene = Scene(tmp_path)
    customer, agent = CALLING[moment]
    async with scene.callers() as callers:
        async with phones(scene, dict.fromkeys(AGENTS, (BUSY, 500))):
            with serving(tmp_path, scene.port) as first:
                await first.until(lambda: settled(scene, first, 0, len(AGENTS)), "all wait")
                scene.kill(first)
        async with contextlib.AsyncExitStack() as old:
            telephones = await old.enter_async_context(
                phones(scene, dict.fromkeys(AGENTS, (agent, 1)))
            )
            customers = await old.enter_async_context(scene.customers(customer))
            with serving(tmp_path, scene.port) as second:
                await callers.succeeds()
                await second.until(
                    lambda: reached(scene, second, customers, customer, agent), moment
                )
                before = scene.kill(second)
            talking = scene.ids("select number from contacts where state = 'talking'")
            assert len(talking) == (len(AGENTS) if agent is TALKS else 0)
            if customer is RINGS:  # nothing is to come for those who only rang
                await old.aclose()
                customers = await old.enter_async_context(scene.customers(TALKS))
            peers = (customers, *telephones.values()) if customer is TALKS else ()
            with serving(tmp_path, scene.port) as third:
                check_books(scene, before)
                await third.until(
                    lambda: before.dialogs.keys() <= byes_of(*peers).keys(), "all are hung up"
                )
                for telephone in telephones.values():
                    await telephone.end()
                numbers = scene.ids("select number from callbacks") - talking
                assert len(numbers) == CALLERS - len(talking)
                async with phones(scene, dict.fromkeys(AGENTS, (SERVES, 500))):
                    await all_called_back(scene, third, customers, numbers, before.at)
            assert set(byes_of(customers).values()) == {1}


def reached(scene: Scene, site: Site, customers: Sipp, customer: Scenario, agent: Scenario) -> bool:
    """Whether customers ring, or all agents ring or talk."""
    if customer is RINGS:  # as many as agents are free
        return len(invited(customers.messages())) == len(AGENTS)
    state = "talking" if agent is TALKS else "ringing"
    if [a["state"] for a in site.status()["agents"].values()] != [state] * len(AGENTS):
        return False
    up = len(AGENTS) * (2 if agent is TALKS else 1)
    return len(scene.ids("select leg from dialogs")) == up


def byes_of(*peers: Sipp) -> Counter[str]:
    return byes([message for peer in peers for message in peer.messages()])

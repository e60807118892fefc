"""The rows of the desk: kept up by what happens alone, and what each role is told of them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.core.actions import Persist, Refused, Ring
from contact_center.core.engine import Engine
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.store.settings import QueueSettings
from desk.core.floor import KEPT, Floor
from desk.core.roles import Who
from desk.core.views import View, with_positions

AGENTS = {"a": {"help": 50}, "b": {"help": 50, "sales": 50}, "c": {"sales": 50}}


class Names:
    def title(self, agent: str) -> str:
        return agent.upper()

    def queue(self, name: str) -> QueueSettings:
        return QueueSettings(name)


class Desk:
    """An engine with a floor beside it; phones do what the test says."""

    def __init__(self) -> None:
        self.engine, self.now = Engine(), 1_000_000.0
        self.engine.handle(ev.DayBegan("2026-11-28"), self.now)
        for queue in ("help", "sales"):
            self.engine.handle(ev.SetQueue(QueueSetup(queue, wrap_up=5.0)), self.now)
        for name, queues in AGENTS.items():
            self.engine.handle(ev.SetAgent(AgentSetup(name, queues)), self.now)
        self.floor = self.fresh()

    def fresh(self) -> Floor:
        return Floor(self.engine, Names(), lambda queue: None, self.now)

    def tell(self, event: ev.Event) -> bool:
        """Whether it was not refused; commits come back at once."""
        actions = self.engine.handle(event, self.now)
        self.floor.note((event, *actions))
        for action in actions:
            if isinstance(action, Persist) and action.ticket:
                self.tell(ev.Committed(action.ticket))
        return not any(isinstance(one, Refused) for one in actions)

    def signed_in(self, *agents: str) -> None:
        for agent in agents:
            self.tell(ev.SignIn(agent))
            self.tell(ev.Ready(agent))
            self.now += 10.0

    def rows(self, floor: Floor) -> Any:
        kept = ("since", "why", "offer", "queues")
        agents = {n: {**r, "since": 0} for n, r in floor.agents.items()}
        contacts = {n: {k: v for k, v in r.items() if k not in kept} for n, r in
                    floor.contacts.items()}  # fmt: skip
        return agents, floor.queues, contacts


# --- kept up --------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
@example(26194)  # an agent left alone after 486 is free again: nothing else changes
def test_rows_kept_up_by_events_are_those_of_the_engine(seed: int) -> None:
    chance = random.Random(seed)
    desk = Desk()
    for number in range(120):
        desk.now += chance.choice((0.0, 0.1, 3.0, 25.0))
        desk.tell(_anything(desk, chance, number))
        if chance.random() < 0.4:
            desk.floor.flush(desk.now)
            assert desk.rows(desk.floor) == desk.rows(desk.fresh())


def _anything(desk: Desk, chance: random.Random, number: int) -> ev.Event:
    agent = chance.choice(list(AGENTS))
    contact = chance.choice([*desk.engine.contacts, "nobody"])
    known = desk.engine.agents[agent]
    other = chance.choice(list(AGENTS))
    return chance.choice(
        [
            ev.SignIn(agent),
            ev.Ready(agent),
            ev.Ready(agent),
            ev.NotReady(agent, "lunch"),
            ev.SignOut(agent),
            ev.Enter(f"k{number}", chance.choice(("help", "sales")), LONGEST_IDLE),
            ev.Enter(f"k{number}", chance.choice(("help", "sales")), LONGEST_IDLE, 30.0),
            ev.Answered(agent, known.epoch),
            ev.Failed(agent, known.epoch, chance.choice((486, 480, 603))),
            ev.LegEnded(agent, known.leg_epoch),
            ev.Park(agent),
            ev.Retrieve(agent, contact),
            ev.Pick(agent, contact),
            ev.TakeOver(agent, contact),
            ev.Call(agent, f"i{number}", to_agent=other),
            ev.Consult(agent, f"q{number}", to_agent=other),
            ev.EndConsult(agent, "transfer"),
            ev.HungUp(contact),
            ev.Disconnect(contact, "boss"),
            ev.Force(agent, "not ready", "boss"),
            ev.PhoneLost(agent),
            ev.PhoneFound(agent),
            ev.AskCallback(contact),
            ev.Wake(),
        ]
    )


def test_a_timer_names_nobody_and_is_noticed_all_the_same() -> None:
    desk = Desk()
    desk.signed_in("a")
    desk.tell(ev.Enter("k", "help", LONGEST_IDLE))
    desk.tell(ev.Answered("a", desk.engine.agents["a"].epoch))
    desk.tell(ev.LegEnded("a", desk.engine.agents["a"].leg_epoch))
    desk.floor.flush(desk.now)
    assert desk.floor.agents["a"]["state"] == "wrap-up"
    desk.now += 6.0
    desk.tell(ev.Wake())
    change = desk.floor.flush(desk.now)
    assert change is not None
    assert desk.floor.agents["a"]["state"] == "ready" and desk.floor.agents["a"]["since"] > 0


def test_why_this_agent_stays_with_the_call() -> None:
    desk = Desk()
    desk.signed_in("a", "b")
    desk.tell(ev.Enter("k", "help", LONGEST_IDLE))
    desk.floor.flush(desk.now)
    offer = desk.floor.agents["a"]["offer"]
    assert offer["why"]["text"].startswith("first of 2 free agents: a")
    assert "2 名空闲坐席" in offer["why"]["chinese"]
    desk.tell(ev.Answered("a", desk.engine.agents["a"].epoch))
    desk.floor.flush(desk.now)
    assert desk.floor.contacts["k"]["why"]["candidates"][0][0] == "a"
    assert desk.floor.agents["a"]["contact"] == "k"


def test_who_waits_longest_and_who_works() -> None:
    desk = Desk()
    desk.signed_in("b")
    desk.tell(ev.NotReady("b"))
    for number in range(3):
        desk.now += 10.0
        desk.tell(ev.Enter(f"k{number}", "help", LONGEST_IDLE))
    desk.floor.flush(desk.now)
    row = desk.floor.queues["help"]
    assert (row["waiting"], row["longest_since"]) == (3, 1_000_020.0)
    assert row["agents"] == {"not ready": 1, "signed out": 1}
    desk.tell(ev.HungUp("k0"))
    desk.floor.flush(desk.now)
    assert desk.floor.queues["help"]["longest_since"] == 1_000_030.0
    placed = with_positions(desk.floor.contacts.values())
    assert {row["id"]: row["position"] for row in placed} == {"k1": 1, "k2": 2}
    desk.tell(ev.HungUp("k1"))
    desk.tell(ev.HungUp("k2"))
    desk.floor.flush(desk.now)
    assert desk.floor.queues["help"]["longest_since"] is None


def test_no_event_costs_a_look_at_all_that_wait() -> None:
    desk = Desk()
    for number in range(3000):
        desk.tell(ev.Enter(f"k{number}", "help", LONGEST_IDLE))
    desk.floor.flush(desk.now)
    desk.tell(ev.Enter("one more", "help", LONGEST_IDLE))
    change = desk.floor.flush(desk.now)
    assert change is not None
    assert [after["id"] for _, after in change.contacts if after] == ["one more"]
    assert len(change.queues) == 1 and not change.agents


# --- numbers --------------------------------------------------------------------------------------


def test_what_came_after_a_number_is_told_as_long_as_it_is_kept() -> None:
    desk = Desk()
    for number in range(KEPT + 10):
        desk.tell(ev.Enter(f"k{number}", "help", LONGEST_IDLE))
        desk.floor.flush(desk.now)
    newest = desk.floor.number
    assert newest == KEPT + 10
    changes = desk.floor.since(newest - 3)
    assert changes is not None and [one.number for one in changes] == [newest - 2, newest - 1,
                                                                      newest]  # fmt: skip
    assert desk.floor.since(newest) == []
    assert desk.floor.since(9) is None, "no longer kept"
    assert desk.floor.since(newest + 1) is None, "never was"


# --- what each role sees --------------------------------------------------------------------------


def view(desk: Desk, name: str, role: Any, agent: str = "") -> View:
    return View(Who(name, role, agent), desk.floor)


def test_an_agent_sees_own_contacts_and_queues_and_of_others_where_they_are() -> None:
    desk = Desk()
    desk.signed_in("c")
    desk.tell(ev.Enter("h", "help", LONGEST_IDLE))
    desk.tell(ev.Enter("s", "sales", LONGEST_IDLE))
    desk.floor.flush(desk.now)
    seen = view(desk, "a", "agent", "a").snapshot(desk.now)
    assert [row["id"] for row in seen["contacts"]] == ["h"]
    assert [row["name"] for row in seen["queues"]] == ["help"]
    of_c = next(row for row in seen["agents"] if row["name"] == "c")
    assert set(of_c) == {"name", "title", "state", "since", "reachable"}
    assert "offer" in next(row for row in seen["agents"] if row["name"] == "a")
    whole = view(desk, "boss", "supervisor").snapshot(desk.now)
    assert {row["id"] for row in whole["contacts"]} == {"h", "s"}
    assert all("epoch" in row for row in whole["agents"])
    wall = view(desk, "wall", "wallboard").snapshot(desk.now)
    assert wall["contacts"] == [] and len(wall["queues"]) == 2
    assert all("contact" not in row for row in wall["agents"])


def test_a_contact_that_leaves_a_view_is_told_to_be_gone() -> None:
    desk = Desk()
    desk.signed_in("c")
    desk.tell(ev.NotReady("c"))
    desk.tell(ev.Enter("s", "sales", LONGEST_IDLE))
    desk.floor.flush(desk.now)
    of_b, of_a = view(desk, "b", "agent", "b"), view(desk, "a", "agent", "a")
    assert [row["id"] for row in of_b.snapshot(desk.now)["contacts"]] == ["s"]
    desk.tell(ev.Ready("c"))
    desk.tell(ev.Answered("c", desk.engine.agents["c"].epoch))
    change = desk.floor.flush(desk.now)
    assert change is not None
    told = of_b.change(change)
    assert told is not None
    assert told["contacts_gone"] == ["s"] and told["contacts"] == []
    told = of_a.change(change)
    assert told is not None
    assert [row["state"] for row in told["agents"]] == ["talking"]
    assert not told["contacts_gone"] and not told["queues"]


def test_who_serves_other_queues_now_begins_anew() -> None:
    desk = Desk()
    of_a = view(desk, "a", "agent", "a")
    desk.tell(ev.SetAgent(AgentSetup("a", {"sales": 10})))
    change = desk.floor.flush(desk.now)
    assert change is not None
    assert of_a.outdated([change])
    assert not view(desk, "b", "agent", "b").outdated([change])
    assert not view(desk, "boss", "supervisor").outdated([change])
    assert [row["name"] for row in of_a.snapshot(desk.now)["queues"]] == ["sales"]


def test_rings_are_told_at_once() -> None:
    desk = Desk()
    desk.signed_in("a")
    desk.floor.flush(desk.now)
    actions = desk.engine.handle(ev.Enter("k", "help", LONGEST_IDLE), desk.now)
    desk.floor.note(actions)
    assert desk.floor.flush(desk.now) is not None
    assert desk.floor.agents["a"]["state"] == "offered"
    (ticket,) = desk.engine.awaited
    ring = desk.engine.handle(ev.Committed(ticket), desk.now)
    assert any(isinstance(one, Ring) for one in ring)
    desk.floor.note(ring)
    assert desk.floor.flush(desk.now) is not None
    assert desk.floor.agents["a"]["state"] == "ringing"


@pytest.mark.parametrize("role", ["agent", "wallboard"])
def test_a_change_that_a_view_does_not_show_is_not_told(role: str) -> None:
    desk = Desk()
    desk.floor.flush(desk.now)
    desk.tell(ev.Arrived("f", "138"))
    change = desk.floor.flush(desk.now)
    assert change is not None
    assert view(desk, "x", role, "a" if role == "agent" else "").change(change) is None

"""A contact centre for tests: events in, actions out, virtual time, and what must always hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from contact_center.core import events as ev
from contact_center.core.actions import Action, Bridge, HangUpAgent, Part, Persist, PlayMessage
from contact_center.core.engine import Engine
from contact_center.core.matching import Matcher
from contact_center.core.model import (
    CUSTOMERS,
    OFFERED,
    READY,
    RINGING,
    SIGNED_OUT,
    TALKING,
    WAITING,
    Agent,
    AgentSetup,
    Entry,
    QueueSetup,
)
from contact_center.core.offers import first_caller
from contact_center.core.ordering import Order, tie_hash
from contact_center.core.strategy.plan import Plan, Ring, Skills, Term

DAY = "2026-11-27"


@dataclass(frozen=True)
class Needs:
    """A requirement: at least this level of a skill."""

    skill: str
    least: int

    @property
    def text(self) -> str:
        return f"{self.skill} >= {self.least}"

    def fits(self, skills: Skills) -> bool:
        value = skills.get(self.skill, 0)
        return isinstance(value, int) and value >= self.least


ANYBODY = (Ring(0.0, None),)
LONGEST_IDLE = Plan("longest idle", ANYBODY, (Term("idle", True),))
RING_ALL = Plan("ring all", ANYBODY, (), everybody=True)


def plan(*order: Term, rings: tuple[Ring, ...] = ANYBODY, **more: Any) -> Plan:
    """A plan by its order; without one, the longest idle."""
    return Plan("test", rings, order or LONGEST_IDLE.order, **more)


class Plans:
    """Writes plans as numbers, for snapshots."""

    def __init__(self) -> None:
        self.known: list[Plan] = []

    def encode(self, plan: Plan) -> Any:
        if plan not in self.known:
            self.known.append(plan)
        return self.known.index(plan)

    def decode(self, data: Any) -> Plan:
        return self.known[data]


class Centre:
    """An engine with a clock. Offers are committed at once unless *commit* is False."""

    def __init__(
        self,
        agents: Iterable[str | AgentSetup] = (),
        queues: Iterable[str | QueueSetup] = ("help",),
        *,
        commit: bool = True,
        ready: bool = True,
    ) -> None:
        self.engine, self.now, self.commit = Engine(), 1000.0, commit
        self.log: list[tuple[ev.Event, float]] = []
        self.heard: dict[str, str] = {}
        """By agent: the conversation that the leg is connected with."""
        self.facts: list[Persist] = []
        self.feed(ev.DayBegan(DAY))
        names = []
        for queue in queues:
            setup = QueueSetup(queue) if isinstance(queue, str) else queue
            names.append(setup.name)
            self.feed(ev.SetQueue(setup))
        for agent in agents:
            if isinstance(agent, str):
                agent = AgentSetup(agent, dict.fromkeys(names, 50))
            self.feed(ev.SetAgent(agent))
            if ready:
                self.feed(ev.SignIn(agent.name))
                self.feed(ev.Ready(agent.name))
            self.now += 1

    def feed(self, event: ev.Event) -> list[Action]:
        """Hand in *event*; gives what is to be done besides writing, commits included."""
        self.log.append((event, self.now))
        done: list[Action] = []
        tickets = []
        for action in self.engine.handle(event, self.now):
            if isinstance(action, Persist):
                self.facts.append(action)
                if action.ticket:
                    tickets.append(action.ticket)
            else:
                done.append(action)
                self._connect(action)
        if self.commit:
            for ticket in tickets:
                done += self.feed(ev.Committed(ticket))
        return done

    def _connect(self, action: Action) -> None:
        if isinstance(action, (Bridge, PlayMessage)):
            self.heard[action.agent] = action.contact
        elif isinstance(action, HangUpAgent):
            if action.epoch == self.engine.agents[action.agent].leg_epoch:
                self.heard.pop(action.agent, None)
        elif isinstance(action, Part) and self.heard.get(action.agent) == action.contact:
            del self.heard[action.agent]

    def check_sound(self) -> None:
        """Everybody in a call hears the one that the engine believes them to be in."""
        for agent in self.engine.agents.values():
            if agent.state != TALKING or agent.leg != "up" or agent.contact is None:
                continue
            talk = agent.consult or agent.contact
            alone = len(talk.agents) == 1 and talk.kind == "internal"
            if not alone:  # else the other side still rings
                assert self.heard.get(agent.name) == talk.name, (agent, talk, self.heard)

    def until(self, when: float) -> list[Action]:
        """Let time pass, waking the engine whenever it wants."""
        done: list[Action] = []
        while (due := self.engine.next_wakeup()) is not None and due <= when:
            self.now = max(self.now, due)
            done += self.feed(ev.Wake())
        self.now = max(self.now, when)
        return done

    def wait(self, seconds: float) -> list[Action]:
        """Let *seconds* pass."""
        return self.until(self.now + seconds)

    def agent(self, name: str) -> Agent:
        return self.engine.agents[name]

    def state(self, name: str) -> str:
        return self.engine.agents[name].state

    def epoch(self, name: str) -> int:
        return self.engine.agents[name].epoch

    def answer(self, name: str) -> list[Action]:
        """The agent's phone is picked up."""
        return self.feed(ev.Answered(name, self.epoch(name)))

    def hang_up(self, name: str) -> list[Action]:
        """The agent hangs up."""
        return self.feed(ev.LegEnded(name, self.agent(name).leg_epoch))

    def enter(self, contact: str, queue: str = "help", **more: Any) -> list[Action]:
        """A caller enters a queue."""
        more.setdefault("plan", LONGEST_IDLE)
        return self.feed(ev.Enter(contact, queue, **more))

    def talk(self, contact: str, name: str, queue: str = "help") -> None:
        """A caller enters, and this agent, the first in turn, answers."""
        self.enter(contact, queue)
        self.answer(name)
        assert self.state(name) == TALKING

    def rung(self) -> list[str]:
        """Whose phones ring."""
        return [a.name for a in self.engine.agents.values() if a.state == RINGING]

    def ended(self) -> dict[str, str]:
        """Contacts that are over, with the cause; each must be so once."""
        over: dict[str, str] = {}
        for fact in self.facts:
            if fact.what == "ended":
                assert fact.contact not in over, f"{fact.contact} ended twice"
                over[fact.contact] = fact.data
        return over


# --- what must always hold ------------------------------------------------------------------------


def may_be_offered(engine: Engine, entry: Entry, agent: Agent, now: float) -> bool:
    """Brute force: whether the agent may be offered the entry, from the model alone."""
    if agent.state != READY or not agent.reachable or agent.paused > now:
        return False
    if entry.excluded and entry.excluded.get(agent.name, 0) > now:
        return False
    persons = entry.plan.persons
    if entry.step < len(persons):
        return persons[entry.step].agent == agent.name
    queue, setup = entry.queue, agent.setup
    if queue.name not in setup.queues:
        return False
    rule = entry.plan.reserve
    if queue.name in setup.reserve and not (rule and queue.reserves.get(rule)):
        return False
    wanted = None
    for ring in entry.plan.rings:
        if ring.after <= now - entry.entered:
            wanted = ring.wanted
    return wanted is None or wanted.fits({**setup.queues, **setup.skills})


def waiting(engine: Engine) -> list[Entry]:
    """Entries that wait for an agent."""
    return [
        c.entry
        for c in engine.contacts.values()
        if c.entry is not None and c.entry.live and c.entry.state == WAITING
    ]


def check(engine: Engine, now: float) -> None:
    """What holds after every event."""
    _nobody_is_missed(engine, now)
    for agent in engine.agents.values():
        _agent_is_whole(engine, agent, now)
    _counters_agree(engine)
    _index_agrees(engine.matcher, engine)
    for contact in engine.contacts.values():
        assert contact.state != "ended"
        for agent in contact.rings:
            assert agent.offer is not None and agent.offer.contact is contact
        if contact.state == TALKING and contact.kind in CUSTOMERS:
            company = contact.agents or contact.others or contact.rings or contact.target
            assert company, f"{contact!r} is alone"
        if contact.holder is not None:
            assert contact in contact.holder.held and contact.state == "held"


def _nobody_is_missed(engine: Engine, now: float) -> None:
    for entry in waiting(engine):
        for agent in engine.agents.values():
            fits = may_be_offered(engine, entry, agent, now)
            assert not fits, f"{agent!r} is free while {entry!r} waits"


def _agent_is_whole(engine: Engine, agent: Agent, now: float) -> None:
    assert (agent.offer is not None) == (agent.state in (OFFERED, RINGING)), agent
    assert (agent.contact is not None) == (agent.state == TALKING), agent
    calls = [c.name for c in engine.contacts.values() if agent in c.agents]
    mine = [c.name for c in (agent.contact, agent.consult) if c is not None]
    assert sorted(calls) == sorted(mine), (agent, calls, mine)
    if agent.offer is not None:
        assert agent in agent.offer.contact.rings
        assert agent.offer.contact.name in engine.contacts
    if agent.state == SIGNED_OUT:
        assert not agent.held and agent.pending is None
    for name in ("clearing", "wrap-up", "ringing"):
        if agent.state == name:
            kinds = {"clearing": "clear", "wrap-up": "wrap-up", "ringing": "ring"}
            assert any(
                t[2] == kinds[name] and t[3] == agent.name and t[4] == agent.epoch
                for t in engine.timers
            ), f"{agent!r} would never come out"
    free = agent.state == READY and agent.reachable and agent.paused <= now
    assert agent.free == free, agent


def _counters_agree(engine: Engine) -> None:
    for queue in engine.queues.values():
        entries = [c.entry for c in engine.contacts.values() if c.entry is not None]
        line = [e for e in entries if e.live and e.queue is queue and e.state in (WAITING, OFFERED)]
        assert queue.line == len(line), queue.name
        callers = [e for e in line if e.contact.kind in CUSTOMERS]
        assert queue.waiting == len(callers)
        first = first_caller(queue)
        assert (first is None) == (not callers) and len(queue.callers) <= 2 * len(callers) + 65
        assert first is None or first.entered == min(entry.entered for entry in callers)
        if queue.ranks is not None:
            assert len(queue.ranks) == len(line)
        at_work = [
            a
            for a in engine.agents.values()
            if a.state not in (SIGNED_OUT, "not ready")
            and queue.name in a.setup.queues
            and queue.name not in a.setup.reserve
        ]
        assert queue.staffed == len(at_work), queue.name


def _index_agrees(matcher: Matcher, engine: Engine) -> None:
    for pool in matcher.pools.values():
        free = [a for a in engine.agents.values() if a.free and a.pool is pool]
        assert sorted(pool.free) == sorted(a.name for a in free)
        for order, ranked in pool.lists.items():
            assert ranked == sorted(order.item(a) for a in free)
    own = [a.own for a in engine.agents.values() if a.own is not None]
    for cls in [*matcher.classes.values(), *own]:
        line = list(cls)
        assert line == sorted(line, key=lambda e: (e.score, e.seq)) and cls.count == len(line)
        assert all(entry.cls is cls for entry in line)
        assert cls.score == (line[0].score if line else inf)


# --- the same decisions by brute force ------------------------------------------------------------


def brute_agent(
    engine: Engine, entry: Entry, agents: Iterable[Agent], day: str, now: float
) -> Agent | None:
    """The agent that every definition taken literally prefers."""
    order = Order(entry.plan.order, entry.queue)
    name = entry.contact.name

    def key(agent: Agent) -> list[float]:
        values = []
        figures = order.figures(agent, name, day, now)
        for term, figure in zip(entry.plan.order, figures, strict=True):
            values.append(-figure if term.most_first else figure)
        return [*values, tie_hash(name, agent.name, day)]

    fit = [a for a in agents if may_be_offered(engine, entry, a, now)]
    return min(fit, key=key, default=None)


def brute_entry(engine: Engine, agent: Agent, entries: Iterable[Entry], now: float) -> Entry | None:
    """The entry that is first in turn for an agent."""
    fit = [e for e in entries if may_be_offered(engine, e, agent, now)]
    return min(fit, key=lambda e: (e.score, e.seq), default=None)

"""How fast the ACD engine decides, in memory: a centre in which contacts wait all day long.

Two figures that must not be confused. A *decision* is the matcher's: an agent became free, and the
first in turn of all contacts that the agent may be offered is chosen and taken out, or a contact
came, and the best free agent is looked for (with contacts waiting there is hardly ever one). An
*event* is one call of `Engine.handle`, with its state table, totals, offers, records of why, and
the actions it gives back; a contact's life takes four to five of them.
"""

from __future__ import annotations

import gc
import random
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from time import perf_counter, perf_counter_ns, process_time
from typing import Any

from contact_center.core import events as ev
from contact_center.core.actions import Persist
from contact_center.core.engine import Engine
from contact_center.core.matching import Matcher
from contact_center.core.model import Agent, AgentSetup, Contact, Entry, Queue, QueueSetup
from contact_center.core.strategy.plan import Plan, Ring, Skills, Term
from contact_center.core.waiting import WaitingClass

SIZES = ((100, 50), (1000, 10_000), (5000, 100_000))
"""Agents, contacts waiting."""
FLAT = ((1000, 100), (1000, 1000), (1000, 100_000))
"""More sizes for events alone: does their cost grow with the contacts that wait?"""
SKILLS = 20
BATCH = 4000
ABANDONED = 0.3
"""Of those who enter."""
UNANSWERED = 0.05
"""Of the offers."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A requirement, as a bound strategy gives it."""

    skill: str
    level: int

    @property
    def text(self) -> str:
        """As a person reads it."""
        return f"{self.skill} >= {self.level}"

    def fits(self, skills: Skills) -> bool:
        """Whether the level is reached."""
        value = skills.get(self.skill, 0)
        return isinstance(value, int) and value >= self.level


def acd(seconds: float) -> Mapping[str, Any]:
    """Figures by size, as ``..._AGENTSxWAITING``; *seconds* is about what each size takes.

    Rates are given by the clock and by processor time: on a busy machine the two differ.
    """
    figures: dict[str, Any] = {}
    for agents, waiting in SIZES:
        some = {**decisions(agents, waiting, seconds / 2), **events(agents, waiting, seconds / 2)}
        figures |= {f"{name}_{agents}x{waiting}": value for name, value in some.items()}
    for agents, waiting in FLAT:
        some = events(agents, waiting, seconds / 2)
        figures[f"event_p50_us_{agents}x{waiting}"] = some["event_p50_us"]
    return figures


# --- the centre -----------------------------------------------------------------------------------


class _World:
    """Agents with three of twenty skills at random levels: nearly every one a pool of its own."""

    def __init__(self, agents: int) -> None:
        self.chance = random.Random(7)
        self.order = (Term("idle", True),)
        self.queues = [QueueSetup(f"q{n}", exclude=30.0, misses=0) for n in range(SKILLS)]
        self.plans = [
            [
                Plan("longest idle", (Ring(0.0, AtLeast(f"s{n}", level)),), self.order)
                for level in (10, 40, 70)
            ]
            for n in range(SKILLS)
        ]
        self.agents = [self._agent(n) for n in range(agents)]

    def _agent(self, number: int) -> AgentSetup:
        skills = self.chance.sample(range(SKILLS), 3)
        levels = {f"s{n}": self.chance.randint(10, 100) for n in skills}
        return AgentSetup(f"a{number}", {f"q{n}": 50 for n in skills}, levels)

    def wants(self) -> tuple[int, Plan, float]:
        """Queue, plan and priority of one more contact."""
        queue = self.chance.randrange(SKILLS)
        plan = self.chance.choice(self.plans[queue])
        return queue, plan, self.chance.choice((0.0, 0.0, 10.0, 30.0))


def _figures(name: str, done: int, spent: list[float], times: list[int]) -> dict[str, float]:
    """Rates, and percentiles in microseconds of times in nanoseconds."""
    cuts = statistics.quantiles(times, n=1000, method="inclusive")
    return {
        f"{name}s_per_second": round(done / spent[0], 1),
        f"{name}s_per_cpu_second": round(done / spent[1], 1),
        f"{name}_p50_us": round(cuts[499] / 1e3, 2),
        f"{name}_p99_us": round(cuts[989] / 1e3, 2),
        f"{name}_p99_9_us": round(cuts[998] / 1e3, 2),
    }


def _quietly(work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Without the cyclic garbage collector, as the server runs its engine."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        return work()
    finally:
        gc.enable()
        gc.unfreeze()


# --- decisions ------------------------------------------------------------------------------------


def decisions(agents: int, waiting: int, seconds: float) -> dict[str, float]:
    """The matcher alone: an agent takes the first in turn, another contact comes."""
    world = _World(agents)
    matcher = Matcher()
    queues = [Queue(setup) for setup in world.queues]
    people = [Agent(setup, n, 0.0) for n, setup in enumerate(world.agents)]
    for agent in people:
        matcher.join(agent)
    supply = _entries(world, matcher, queues)
    for _ in range(waiting):
        entry, cls = next(supply)
        cls.push(entry)

    def work() -> dict[str, float]:
        done, spent = 0, [0.0, 0.0]
        times: list[int] = []
        while spent[0] < seconds:
            batch = [(a, *next(supply)) for a in world.chance.choices(people, k=BATCH)]
            began, began_cpu = perf_counter(), process_time()
            for agent, entry, cls in batch:
                _decide(matcher, agent, entry, cls)
            spent[0] += perf_counter() - began
            spent[1] += process_time() - began_cpu
            done += 2 * BATCH
            batch = [(a, *next(supply)) for a in world.chance.choices(people, k=BATCH)]
            for agent, entry, cls in batch:
                times += _timed(matcher, agent, entry, cls)
        return _figures("decision", done, spent, times)

    return _quietly(work)


def _timed(matcher: Matcher, agent: Agent, entry: Entry, cls: WaitingClass) -> tuple[int, int]:
    """The same two decisions as `_decide`, each with the nanoseconds it took."""
    start = perf_counter_ns()
    first = matcher.best_entry(agent)
    if first is not None and first.cls is not None:
        first.cls.remove(first)
    middle = perf_counter_ns()
    cls.push(entry)
    matcher.best_agent(entry, "", 0.0)
    return middle - start, perf_counter_ns() - middle


def _decide(matcher: Matcher, agent: Agent, entry: Entry, cls: WaitingClass) -> None:
    first = matcher.best_entry(agent)
    if first is not None and first.cls is not None:
        first.cls.remove(first)
    cls.push(entry)
    matcher.best_agent(entry, "", 0.0)


def _entries(
    world: _World, matcher: Matcher, queues: list[Queue]
) -> Iterator[tuple[Entry, WaitingClass]]:
    """Contacts without end, each with its class."""
    for number in count():
        queue, plan, priority = world.wants()
        now = number * 0.01
        contact = Contact(f"c{number}", "", "call", True)
        entry = Entry(contact, queues[queue], plan, priority, now, now, number)
        yield entry, matcher.class_for(f"q{queue}", plan.rings[0].wanted, None, False)


# --- events ---------------------------------------------------------------------------------------


def events(agents: int, waiting: int, seconds: float) -> dict[str, float]:
    """The whole engine: hang-ups, offers, commits, answers, refusals, arrivals, abandons."""
    day = _Day(agents, waiting)

    def work() -> dict[str, float]:
        done, spent = 0, [0.0, 0.0]
        times: list[int] = []
        handle = day.engine.handle
        while spent[0] < seconds:
            began_cpu, harness = process_time(), 0.0
            for event in day.portion(BATCH // 4):
                start = perf_counter_ns()
                actions = handle(event, day.now)
                times.append(perf_counter_ns() - start)
                began = process_time()
                day.follow(actions)
                harness += process_time() - began
            spent[1] += process_time() - began_cpu - harness
            spent[0] += sum(times[done:]) * 1e-9
            done = len(times)
        return _figures("event", done, spent, times)

    return _quietly(work)


class _Day:
    """A centre in which every agent is busy and contacts wait."""

    def __init__(self, agents: int, waiting: int) -> None:
        self.world = world = _World(agents)
        self.engine, self.now, self.count = Engine(), 0.0, 0
        self.line: list[str] = []
        self.next: list[ev.Event] = []
        for queue in world.queues:
            self._feed(ev.SetQueue(queue))
        for agent in world.agents:
            self._feed(ev.SetAgent(agent))
        for _ in range(waiting + agents):
            self._feed(self._enter())
        for agent in world.agents:
            self._feed(ev.SignIn(agent.name))
            self._feed(ev.Ready(agent.name))

    def _feed(self, event: ev.Event) -> None:
        self.follow(self.engine.handle(event, self.now))
        while self.next:
            event = self.next.pop()
            self.follow(self.engine.handle(event, self.now))

    def follow(self, actions: list[Any]) -> None:
        """The store commits, the phones answer or do not."""
        for action in actions:
            if type(action) is Persist and action.what == "offered":
                self.next.append(self._reply(action.agent, action.epoch))
                self.next.append(ev.Committed(action.ticket))

    def _reply(self, agent: str, epoch: int) -> ev.Event:
        if self.world.chance.random() < UNANSWERED:
            return ev.Failed(agent, epoch, 480)
        return ev.Answered(agent, epoch)

    def _enter(self) -> ev.Enter:
        self.count += 1
        queue, plan, priority = self.world.wants()
        name = f"c{self.count}"
        self.line.append(name)
        return ev.Enter(name, f"q{queue}", plan, priority)

    def portion(self, size: int) -> Iterator[ev.Event]:
        """Events as they would come; what follows from an offer comes before all else.

        For each call that ends, as many enter as go: one, and those who will give up.
        """
        chance, people = self.world.chance, self.world.agents
        more = ABANDONED / (1 - ABANDONED)
        for _ in range(size):
            self.now += 0.01
            while self.next:
                yield self.next.pop()
            agent = self.engine.agents[chance.choice(people).name]
            yield ev.LegEnded(agent.name, agent.leg_epoch)
            while self.next:
                yield self.next.pop()
            for _ in range(1 + (chance.random() < more)):
                yield self._enter()
            if chance.random() < more:
                yield ev.HungUp(self._somebody())

    def _somebody(self) -> str:
        """One who waits, or has been served meanwhile: then that call ends."""
        at = self.world.chance.randrange(len(self.line))
        self.line[at], self.line[-1] = self.line[-1], self.line[at]
        return self.line.pop()

"""Which of several agents comes first: the terms of a plan's order, and the hash that breaks ties.

The leading terms whose values stand still while an agent is ready sort the agents of a pool; those
that move (ratios: two idle agents can change places) are worked out when a decision is made.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator
from hashlib import blake2b
from itertools import islice
from typing import TypeAlias

from contact_center.core.model import READY, Agent, Queue
from contact_center.core.strategy.plan import Term

Key: TypeAlias = tuple[float, ...]
Item: TypeAlias = tuple[Key, int, Agent]
"""How an agent stands in a pool's list: key, serial number, agent."""

_ROUND = 1_000_000
"""More than a queue has agents."""
Figure: TypeAlias = Callable[[Agent, str, str, float], float]

STANDING = frozenset({"idle", "talk", "answered", "skill", "position"})


def tie_hash(contact: str, agent: str, day: str) -> int:
    """What breaks ties: the same for the same contact, agent and day on every machine."""
    text = f"{contact}\0{agent}\0{day}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def position(agent: Agent, queue: Queue) -> float:
    """The agent's place in the queue's list; those who are not in it follow, first come first."""
    place = queue.positions.get(agent.name)
    return place if place is not None else len(queue.positions) + agent.serial


def level(agent: Agent, skill: str | None, queue: Queue) -> float:
    """The level in a skill, or in the queue where none is named; 0 for none, and for words."""
    setup = agent.setup
    if skill is None:
        return setup.queues.get(queue.name, 0)
    value = setup.skills.get(skill)
    if value is None:
        return setup.queues.get(skill, 0)
    return value if isinstance(value, int) else 0


class Order:
    """The order of one plan in one queue."""

    __slots__ = ("_figures", "_moving", "_standing", "names", "queue", "ring", "terms")

    def __init__(self, terms: tuple[Term, ...], queue: Queue) -> None:
        self.terms, self.queue = terms, queue
        self.names = tuple(f"{t.by} {t.skill}" if t.skill else t.by for t in terms)
        count = 0
        while count < len(terms) and terms[count].by in STANDING:
            count += 1
        self.ring = bool(terms) and terms[0].by == "ring" and not terms[0].most_first
        """Round robin first: the list is by position and is entered after the last offered."""
        if self.ring:
            self._standing: tuple[Callable[[Agent], float], ...] = (
                _value(Term("position", False), queue),
            )
            moving = 1
        else:
            self._standing = tuple(_value(term, queue) for term in terms[:count])
            moving = count
        self._figures = [self._figure(term) for term in terms]
        self._moving = list(zip(terms, self._figures, strict=True))[moving:]

    def item(self, agent: Agent) -> Item:
        """How a ready agent stands in the list of the pool."""
        standing = self._standing
        if len(standing) == 1:
            return (standing[0](agent),), agent.serial, agent
        return tuple([value(agent) for value in standing]), agent.serial, agent

    def moving(self, agent: Agent, contact: str, day: str, now: float) -> Key:
        """What decides among agents that stand alike: the least first."""
        values: list[float] = []
        for term, figure in self._moving:
            value = figure(agent, contact, day, now)
            values.append(-value if term.most_first else value)
        values.append(tie_hash(contact, agent.name, day))
        return tuple(values)

    def figures(self, agent: Agent, contact: str, day: str, now: float) -> Key:
        """The values of all terms, for the record of why (seconds, ratios, counts, places)."""
        return tuple([figure(agent, contact, day, now) for figure in self._figures])

    def _figure(self, term: Term) -> Figure:
        """A term's value as a person is told it."""
        queue, by = self.queue, term.by
        if by == "idle":
            return lambda agent, contact, day, now: now - agent.since
        if by in ("idle_ratio", "talk_ratio", "load"):
            return lambda agent, contact, day, now: ratio(by, agent, now)
        if by == "ring":
            return lambda agent, contact, day, now: self.steps(position(agent, queue))
        if by == "random":
            return lambda agent, contact, day, now: tie_hash(contact, agent.name, day)
        value = _value(Term(by, False, term.skill), queue)
        return lambda agent, contact, day, now: value(agent)

    def steps(self, place: float) -> float:
        """How far *place* comes after the one offered last, round and round."""
        last = self._last()
        return place - last if place > last else place - last + _ROUND

    def turned(self, ranked: list[Item]) -> Iterator[Item]:
        """A pool's list as it is to be asked: in a ring, from the one after the last offered."""
        if not self.ring:
            yield from ranked
            return
        start = bisect_right(ranked, self._last(), key=lambda item: item[0][0])
        for at in range(len(ranked)):
            key, serial, agent = ranked[(start + at) % len(ranked)]
            yield (self.steps(key[0]),), serial, agent

    def following(self, best: Item, ranked: list[Item], excluded: Container[str]) -> list[Item]:
        """The two that come after *best* in its pool's list; none is in *excluded*."""
        others = (
            item
            for item in self.turned(ranked)
            if item[2] is not best[2] and item[2].name not in excluded
        )
        return list(islice(others, 2))

    def _last(self) -> float:
        """The position that was offered last, -1 before the first."""
        name = self.queue.last_offered
        return self.queue.positions.get(name, len(self.queue.positions)) if name else -1


def _value(term: Term, queue: Queue) -> Callable[[Agent], float]:
    """A standing term as a sort key: the least first."""
    sign = -1.0 if term.most_first else 1.0
    match term.by:
        case "idle":
            return (lambda agent: agent.since) if term.most_first else (lambda agent: -agent.since)
        case "talk":
            return lambda agent: sign * agent.talk
        case "answered":
            return lambda agent: sign * agent.answered
        case "skill":
            return lambda agent: sign * level(agent, term.skill, queue)
        case _:
            return lambda agent: sign * position(agent, queue)


def ratio(by: str, agent: Agent, now: float) -> float:
    """Idle, talk, or talk and wrap-up, over login, up to *now* for an agent who is ready."""
    running = now - agent.mark
    login = agent.login + running
    if by == "idle_ratio":
        idle = agent.idle + (running if agent.state == READY else 0.0)
        return idle / login if login > 0 else math.inf
    busy = agent.talk if by == "talk_ratio" else agent.talk + agent.wrap
    return busy / login if login > 0 else 0.0

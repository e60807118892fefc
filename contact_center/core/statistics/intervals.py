"""Intervals of 15 minutes, an hour and a local day, and the tallies kept for each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from math import ceil
from typing import Final, Literal, TypeAlias

from contact_center.core.statistics.records import (
    AgentState,
    Handled,
    Left,
    Missed,
    Queued,
    Record,
    Span,
)

Length: TypeAlias = Literal["15 min", "hour", "day"]
_SECONDS: Final[Mapping[Length, int]] = {"15 min": 900, "hour": 3600, "day": 86_400}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Cuts time into intervals of *length*, as the clocks of *zone* show it.

    A day lasts from local midnight to the next, so 23 or 25 hours when the clocks change.
    """

    length: Length
    zone: tzinfo = UTC

    def start(self, at: float) -> float:
        """The beginning of the interval that *at* is in."""
        local = datetime.fromtimestamp(at, self.zone)
        if self.length == "day":
            return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()
        offset = (local.utcoffset() or timedelta(0)).total_seconds()
        size = _SECONDS[self.length]
        return (at + offset) // size * size - offset

    def end(self, start: float) -> float:
        """The end of the interval that begins at *start*."""
        if self.length != "day":
            return start + _SECONDS[self.length]
        return self.start(start + 36 * 3600)  # noon of the next day, or an hour beside it

    def parts(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        """The intervals that a span touches, with the seconds of the span in each."""
        while start < end:
            beginning = self.start(start)
            until = min(end, self.end(beginning))
            yield beginning, until - start
            start = until


Waits: TypeAlias = Counter[int]
"""How many waited so many seconds, rounded up: 20 are those of more than 19 and up to 20."""


@dataclass(slots=True)
class QueueTally:
    """What was counted of one queue.

    Contacts belong to the interval in which they were queued, whatever happens to them later;
    handling to that in which it ended.
    """

    queued: int = 0
    answered: int = 0
    abandoned: int = 0
    overflowed: int = 0
    called_back: int = 0
    answered_wait: float = 0.0
    longest_wait: float = 0.0
    answered_after: Waits = field(default_factory=Counter)
    abandoned_after: Waits = field(default_factory=Counter)
    handled: int = 0
    talk: float = 0.0
    hold: float = 0.0
    wrap_up: float = 0.0

    def leave(self, record: Left) -> None:
        """Count how a contact left the queue."""
        self.longest_wait = max(self.longest_wait, record.waited)
        match record.outcome:
            case "answered":
                self.answered += 1
                self.answered_wait += record.waited
                self.answered_after[ceil(record.waited)] += 1
            case "abandoned":
                self.abandoned += 1
                self.abandoned_after[ceil(record.waited)] += 1
            case "overflowed":
                self.overflowed += 1
            case "called back":
                self.called_back += 1

    def handle(self, record: Handled) -> None:
        """Count a contact that an agent is done with."""
        self.handled += 1
        self.talk += record.talk
        self.hold += record.hold
        self.wrap_up += record.wrap_up

    def __add__(self, other: QueueTally) -> QueueTally:
        """Both together, as if they had been counted in one interval."""
        return QueueTally(
            self.queued + other.queued,
            self.answered + other.answered,
            self.abandoned + other.abandoned,
            self.overflowed + other.overflowed,
            self.called_back + other.called_back,
            self.answered_wait + other.answered_wait,
            max(self.longest_wait, other.longest_wait),
            self.answered_after + other.answered_after,
            self.abandoned_after + other.abandoned_after,
            self.handled + other.handled,
            self.talk + other.talk,
            self.hold + other.hold,
            self.wrap_up + other.wrap_up,
        )


@dataclass(slots=True)
class AgentTally:
    """What was counted of one agent: seconds in each state, and contacts.

    A contact counts in the interval in which the agent was done with it, with all its *handling*.
    """

    states: dict[AgentState, float] = field(default_factory=dict)
    handled: int = 0
    handling: float = 0.0
    missed: int = 0

    def __add__(self, other: AgentTally) -> AgentTally:
        """Both together."""
        names = dict.fromkeys((*self.states, *other.states))
        states = {n: self.states.get(n, 0.0) + other.states.get(n, 0.0) for n in names}
        return AgentTally(
            states,
            self.handled + other.handled,
            self.handling + other.handling,
            self.missed + other.missed,
        )


@dataclass(slots=True)
class Tally:
    """One interval: its queues and its agents, by name."""

    queues: dict[str, QueueTally] = field(default_factory=dict)
    agents: dict[str, AgentTally] = field(default_factory=dict)

    def queue(self, name: str) -> QueueTally:
        """The tally of a queue, a new one for the first record of it."""
        return self.queues.setdefault(name, QueueTally())

    def agent(self, name: str) -> AgentTally:
        """The tally of an agent, a new one for the first record."""
        return self.agents.setdefault(name, AgentTally())

    def spend(self, agent: str, state: AgentState, seconds: float) -> None:
        """Add time that an agent spent in a state."""
        states = self.agent(agent).states
        states[state] = states.get(state, 0.0) + seconds

    def __add__(self, other: Tally) -> Tally:
        """Both intervals as one."""
        joined = Tally()
        for one in (self, other):
            for name, tally in one.queues.items():
                joined.queues[name] = joined.queue(name) + tally
            for name, counted in one.agents.items():
                joined.agents[name] = joined.agent(name) + counted
        return joined


class Intervals:
    """Counts records into intervals, in whatever order they come."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.tallies: dict[float, Tally] = {}

    def add(self, record: Record) -> None:
        """Count one record."""
        match record:
            case Queued(queue=queue, at=at):
                self._at(at).queue(queue).queued += 1
            case Left(queue=queue, queued_at=at):
                self._at(at).queue(queue).leave(record)
            case Handled(queue=queue, agent=agent, at=at):
                self._at(at).queue(queue).handle(record)
                worked = self._at(at).agent(agent)
                worked.handled += 1
                worked.handling += record.talk + record.hold + record.wrap_up
            case Missed(agent=agent, at=at):
                self._at(at).agent(agent).missed += 1
            case Span(agent=agent, state=state, start=start, end=end):
                for beginning, seconds in self._calendar.parts(start, end):
                    self.tallies.setdefault(beginning, Tally()).spend(agent, state, seconds)

    def _at(self, at: float) -> Tally:
        return self.tallies.setdefault(self._calendar.start(at), Tally())

    def joined(self, start: float, end: float) -> Tally:
        """The intervals that begin from *start* on and before *end*, as one."""
        within = (tally for at, tally in sorted(self.tallies.items()) if start <= at < end)
        return join(within)


def join(tallies: Iterable[Tally]) -> Tally:
    """All of them as one interval."""
    return reduce(Tally.__add__, tallies, Tally())

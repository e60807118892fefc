"""The event log as the records that statistics are counted from (`core.statistics`).

Pure: facts in, in their order, records out. Four rules beside the definitions of the records:

- A stay in a queue that is cut off by a crash counts as called back where a callback was booked
  in its place, else as abandoned: the caller did not get through.
- The time in which no server ran belongs to no state of any agent.
- A customer in an agent's own list hears music while the agent is ready for others: that is not
  the agent's hold time, and talk goes on counting when the customer is taken back. Hold time is
  what the hold key of the agent's own phone brings: the agent can do nothing else meanwhile.
- The five seconds at most that a phone takes to be clear after its customer hung up while it rang
  for taking that customer back count as talk: no fact tells them apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from contact_center.core.actions import Persist
from contact_center.core.statistics.records import (
    AgentState,
    Handled,
    Left,
    Missed,
    Queued,
    Record,
    Span,
)
from contact_center.store.projections import BOOKED

_Outcome: TypeAlias = Literal["answered", "abandoned", "overflowed", "called back"]
_STATES: Final[Mapping[str, AgentState]] = {"not ready": "not ready", "ready": "ready"}


@dataclass(slots=True)
class _Stay:
    contact: str
    queue: str
    queued: float
    suspended: bool = False
    """The caller is booking a callback."""


@dataclass(slots=True)
class _Handling:
    """An agent's work on a contact.

    *since* is when the agent began to talk, and *held* when the phone's hold key was pressed; None
    while that is not so.
    """

    agent: str
    contact: str
    queue: str
    since: float | None
    talk: float = 0.0
    held: float | None = None
    hold: float = 0.0

    def pause(self, at: float) -> _Handling:
        """The agent does not talk any more, for now or for good."""
        if self.since is not None:
            self.talk += at - self.since
            self.since = None
        if self.held is not None:
            self.hold += at - self.held
            self.held = None
        return self


@dataclass(slots=True)
class _Agent:
    state: AgentState
    since: float
    handling: _Handling | None = None
    """The call in progress, or the one whose wrap-up goes on."""
    wrap_up: float | None = None


class Tracker:
    """Follows the log; `add` gives the records that a fact completes."""

    def __init__(self) -> None:
        self._stays: dict[str, _Stay] = {}
        self._counted: dict[str, dict[str, None]] = {}
        """By contact, the queues in which it has been counted."""
        self._cut: _Stay | None = None
        self._parked: dict[str, _Handling] = {}
        self._agents: dict[str, _Agent] = {}

    def add(self, fact: Persist, at: float) -> Iterator[Record]:
        """Take the next fact; what it says is in `actions.WHAT`."""
        yield from self._settle_cut(fact, at)
        match fact.what:
            case "queued":
                yield from self._enter(fact, at)
            case "suspended" if fact.contact in self._stays:
                self._stays[fact.contact].suspended = True
            case "booked":
                asked = fact.contact.rpartition(BOOKED)[0]
                if asked in self._stays and self._stays[asked].suspended:
                    yield from self._leave(asked, at, "called back")
            case "left":
                yield from self._leave(fact.contact, at, "overflowed")
            case "ended":
                yield from self._end(fact, at)
            case "answered":
                yield from self._answer(fact, at)
            case "signed in":
                self._agents[fact.agent] = _Agent("not ready", at)
            case "offered":
                yield from self._offer(fact.agent, at)
            case "missed":
                yield Missed(fact.contact, fact.agent, at)
            case "parked":
                yield from self._park(fact, at)
            case "retrieved":
                yield from self._retrieve(fact, at)
            case "on hold" | "off hold":
                yield from self._hold_key(fact, at)
            case "state":
                yield from self._state(fact.agent, str(fact.data[0]), at)
            case "restarted":
                yield from self._restart(float(fact.data), at)

    def close(self, at: float) -> Iterator[Record]:
        """What is known at *at*, where the log read ends, of states that go on."""
        if self._cut is not None:
            yield _left(self._cut, at, "abandoned")
        for name, agent in self._agents.items():
            if at > agent.since:
                yield Span(name, agent.state, agent.since, at)

    # --- queues -------------------------------------------------------------------------------

    def _enter(self, fact: Persist, at: float) -> Iterator[Record]:
        yield from self._unpark(fact.contact, at)
        counted = self._counted.setdefault(fact.contact, {})
        if fact.queue in counted:
            if fact.contact in self._stays:  # no callback was booked after all
                self._stays[fact.contact].suspended = False
            return
        counted[fact.queue] = None
        yield from self._leave(fact.contact, at, "overflowed")
        self._stays[fact.contact] = _Stay(fact.contact, fact.queue, at)
        yield Queued(fact.contact, fact.queue, at)

    def _leave(self, contact: str, at: float, outcome: _Outcome) -> Iterator[Record]:
        stay = self._stays.pop(contact, None)
        if stay is not None:
            yield _left(stay, at, outcome)

    def _end(self, fact: Persist, at: float) -> Iterator[Record]:
        self._counted.pop(fact.contact, None)
        yield from self._unpark(fact.contact, at)
        if fact.data == "system":
            self._cut = self._stays.pop(fact.contact, None)
        else:
            yield from self._leave(fact.contact, at, "abandoned")

    def _settle_cut(self, fact: Persist, at: float) -> Iterator[Record]:
        """What follows the end of a contact that a crash has cut off says how it left."""
        stay, self._cut = self._cut, None
        if stay is not None:
            rescued = fact.what == "booked" and fact.contact.startswith(stay.contact + BOOKED)
            yield _left(stay, at, "called back" if rescued else "abandoned")

    # --- agents -------------------------------------------------------------------------------

    def _answer(self, fact: Persist, at: float) -> Iterator[Record]:
        yield from self._leave(fact.contact, at, "answered")
        yield from self._move(fact.agent, "talk", at)
        agent = self._agents.get(fact.agent)
        if agent is not None:  # one who got the call by a transfer works for its queue, too
            queue = fact.queue or next(reversed(self._counted.get(fact.contact, {})), "")
            agent.handling = _Handling(fact.agent, fact.contact, queue, at)

    def _offer(self, name: str, at: float) -> Iterator[Record]:
        """The next contact in the very moment in which the agent is done with the one before."""
        agent = self._agents.get(name)
        if agent is not None:
            yield from _be_done(agent, at)
        yield from self._move(name, "ring", at)

    def _park(self, fact: Persist, at: float) -> Iterator[Record]:
        yield from self._move(fact.agent, "ring", at)  # until the phone is clear, if it rings
        agent = self._agents.get(fact.agent)
        if agent is not None and agent.handling is not None:
            self._parked[fact.contact] = agent.handling.pause(at)
            agent.handling = None

    def _retrieve(self, fact: Persist, at: float) -> Iterator[Record]:
        yield from self._move(fact.agent, "talk", at)
        agent = self._agents.get(fact.agent)
        handling = self._parked.pop(fact.contact, None)
        if agent is not None and handling is not None:
            handling.since, agent.handling = at, handling

    def _hold_key(self, fact: Persist, at: float) -> Iterator[Record]:
        on = fact.what == "on hold"
        yield from self._move(fact.agent, "hold" if on else "talk", at)
        agent = self._agents.get(fact.agent)
        handling = agent.handling if agent is not None else None
        if handling is not None and handling.contact == fact.contact:
            handling.pause(at)
            if on:
                handling.held = at
            else:
                handling.since = at

    def _unpark(self, contact: str, at: float) -> Iterator[Record]:
        handling = self._parked.pop(contact, None)
        if handling is not None:
            yield from _handled(handling, at)

    def _state(self, name: str, state: str, at: float) -> Iterator[Record]:
        agent = self._agents.get(name)
        if agent is None:
            return
        if state == "wrap-up":
            yield from self._move(name, "wrap-up", at)
            agent.wrap_up = at
            if agent.handling is not None:
                agent.handling.pause(at)
            return
        yield from _be_done(agent, at)
        if state == "signed out":
            if at > agent.since:
                yield Span(name, agent.state, agent.since, at)
            del self._agents[name]
        else:
            yield from self._move(name, _STATES[state], at)

    def _move(self, name: str, state: AgentState, at: float) -> Iterator[Record]:
        agent = self._agents.get(name)
        if agent is None or agent.state == state:
            return
        if at > agent.since:
            yield Span(name, agent.state, agent.since, at)
        agent.state, agent.since = state, at

    def _restart(self, last: float, at: float) -> Iterator[Record]:
        """*last* is the last moment known before."""
        for contact in list(self._parked):
            yield from self._unpark(contact, last)
        for name, agent in self._agents.items():
            if last > agent.since:
                yield Span(name, agent.state, agent.since, last)
            yield from _be_done(agent, max(last, agent.since))
            agent.since = at
            if agent.state in ("ring", "talk", "hold"):
                agent.state = "not ready"  # until the phone is clear


def _be_done(agent: _Agent, at: float) -> Iterator[Record]:
    handling, agent.handling = agent.handling, None
    began, agent.wrap_up = agent.wrap_up, None
    if handling is not None:
        yield from _handled(handling.pause(at), at, at - began if began is not None else 0.0)


def _handled(handling: _Handling, at: float, wrap_up: float = 0.0) -> Iterator[Record]:
    """Nothing for internal and outbound calls, which are no queue's."""
    if handling.queue:
        talk = handling.talk
        hold = handling.hold
        yield Handled(handling.contact, handling.queue, handling.agent, at, talk, hold, wrap_up)


def _left(stay: _Stay, at: float, outcome: _Outcome) -> Left:
    return Left(stay.contact, stay.queue, stay.queued, at - stay.queued, outcome)


def records(facts: Iterable[tuple[Persist, float]], until: float) -> Iterator[Record]:
    """All records of a log that is read as far as *until*."""
    tracker = Tracker()
    for fact, at in facts:
        yield from tracker.add(fact, at)
    yield from tracker.close(until)


def stored_fact(row: Any) -> tuple[Persist, float]:
    """A row of the event log as the engine said it."""
    data = json.loads(row.data)
    return Persist(row.what, row.contact, row.agent, row.queue, row.epoch, 0, data), row.at

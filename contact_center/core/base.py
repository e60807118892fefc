"""The engine's data and the small changes that all its rules are made of."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Any, TypeAlias

from contact_center.core.actions import Action, Persist
from contact_center.core.matching import Matcher
from contact_center.core.model import (
    AGENT_STATES,
    AT_REST,
    DIRECT,
    NOT_READY,
    READY,
    SIGNED_OUT,
    TALKING,
    WRAP_UP,
    Agent,
    Contact,
    Entry,
    Kind,
    Queue,
    QueueSetup,
)
from contact_center.core.refusals import Refusal

Effect: TypeAlias = Callable[["Acd", Agent, Any, float], None]
Row: TypeAlias = tuple[str, tuple[Effect, ...]]
Table: TypeAlias = dict[tuple[str, str], Row]

Timer: TypeAlias = tuple[float, int, str, str, int]
"""When, a running number, what, whose, and the epoch or entry it is for: others let it pass."""
_OFF = (SIGNED_OUT, NOT_READY)
_STATES = frozenset(AGENT_STATES)


class Acd:
    """All that one routing domain knows. *table* is the agents' state table."""

    def __init__(self, table: Table) -> None:
        self._table = {key: (s if s in _STATES else "", e) for key, (s, e) in table.items()}
        self.agents: dict[str, Agent] = {}
        self.queues: dict[str, Queue] = {DIRECT: Queue(QueueSetup(DIRECT, misses=0, rescue="none"))}
        self.contacts: dict[str, Contact] = {}
        self.matcher = Matcher()
        self.timers: list[Timer] = []
        self.awaited: dict[int, tuple[str, str, int]] = {}
        """By ticket: what happens when it is committed, to whom, and the epoch."""
        self.day = ""
        self.ticket = 0
        self.count = 0
        """Entries, agents and timers so far: gives each its place among equals."""
        self.reserving: list[Queue] = []
        self.held_back: dict[str, list[tuple[float, int, Entry]]] = {}
        """By queue, a heap of booked callbacks that wait until fewer are under way."""
        """Queues some strategy of which may call reserve agents in."""
        self.actions: list[Action] = []

    # --- looking up ---------------------------------------------------------------------------

    def agent(self, name: str) -> Agent:
        """The agent, or a refusal."""
        found = self.agents.get(name)
        if found is None:
            raise Refusal("unknown agent")
        return found

    def queue(self, name: str) -> Queue:
        """The queue, or a refusal."""
        found = self.queues.get(name)
        if found is None:
            raise Refusal("unknown queue")
        return found

    def contact(self, name: str) -> Contact:
        """The contact, or a refusal."""
        found = self.contacts.get(name)
        if found is None:
            raise Refusal("unknown contact")
        return found

    def new_contact(self, name: str, number: str, kind: Kind, *, flow: bool) -> Contact:
        """A contact that did not exist."""
        if name in self.contacts:
            raise Refusal("in use")
        contact = self.contacts[name] = Contact(name, number, kind, flow)
        return contact

    # --- changing -----------------------------------------------------------------------------

    def run(self, agent: Agent, event: str, argument: Any, now: float) -> None:
        """Let the state table take *event*; a pair that is not listed is refused."""
        row = self._table.get((agent.state, event))
        if row is None:
            raise Refusal("not now", state=agent.state)
        state, effects = row
        if state and state != agent.state:
            self.move(agent, state, now)
        for effect in effects:
            effect(self, agent, argument, now)

    def can(self, agent: Agent, event: str) -> bool:
        """Whether the state table lists *event* for the agent's state."""
        return (agent.state, event) in self._table

    def move(self, agent: Agent, state: str, now: float) -> None:
        """Change the agent's state: totals are brought up to date, and the index is left."""
        old = agent.state
        account(agent, now)
        if agent.free:
            self.matcher.drop(agent)
        agent.state = state
        if old in AT_REST and state not in _OFF and state != READY:
            agent.home = old
        if (old in _OFF) != (state in _OFF):
            step = 1 if old in _OFF else -1
            self.staff(agent, step)

    def staff(self, agent: Agent, step: int) -> None:
        """Count the agent among those at work in the queues it serves, or no longer."""
        for name in agent.setup.queues:
            queue = self.queues.get(name)
            if queue is not None and name not in agent.setup.reserve:
                queue.staffed += step

    def record(self, agent: Agent) -> None:
        """Have the agent's state written."""
        self.actions.append(
            Persist("state", "", agent.name, "", agent.epoch, 0, (agent.state, agent.reason))
        )

    def await_commit(self, what: str, name: str, epoch: int) -> int:
        """A ticket for a record that *what* waits for."""
        self.ticket += 1
        self.awaited[self.ticket] = (what, name, epoch)
        return self.ticket

    def at(self, when: float, what: str, whose: str, number: int) -> None:
        """Set a timer; it is never cancelled, but passes when *number* is no longer current."""
        self.count += 1
        heappush(self.timers, (when, self.count, what, whose, number))

    def end(self, contact: Contact, cause: str) -> None:
        """The contact is over; this is said once."""
        contact.state, contact.cause = "ended", cause
        del self.contacts[contact.name]
        self.actions.append(Persist("ended", contact.name, data=cause))


def account(agent: Agent, now: float) -> None:
    """Bring the agent's totals up to *now*."""
    spent = now - agent.mark
    agent.mark = now
    state = agent.state
    if state == SIGNED_OUT:
        return
    agent.login += spent
    if state == READY:
        agent.idle += spent
    elif state == TALKING:
        agent.talk += spent
    elif state == WRAP_UP:
        agent.wrap += spent
    elif state != NOT_READY:
        agent.ring += spent

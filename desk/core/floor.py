"""What goes on at the desk, kept row by row: only what an event has touched is looked at again.

Every change has a number. Whoever knows the state as of a number is told what came after it, as
long as that is still kept, else the whole state anew.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any, Final, Protocol

from contact_center.core import events as ev
from contact_center.core.base import Acd
from contact_center.core.model import DIRECT
from contact_center.core.statistics.intervals import QueueTally
from contact_center.store.settings import QueueSettings
from desk.core.rows import Row, agent_row, contact_row, people_of, queue_row

KEPT: Final = 2_000
"""Changes that a watcher may be behind before it is told the whole state."""
_AGENTS: Final = frozenset({"agent", "to_agent"})
_QUEUES: Final = frozenset({"queue", "to_queue"})
_fields: dict[type, tuple[str, ...]] = {}


class Names(Protocol):
    """What the engine does not know of agents and queues."""

    def title(self, agent: str) -> str:
        """The agent's name for people."""

    def queue(self, name: str) -> QueueSettings:
        """The queue's settings."""


@dataclass(slots=True)
class Change:
    """What became of some rows; pairs of the row before and after, None where there is none."""

    number: int
    at: float
    agents: list[tuple[Row | None, Row | None]] = field(default_factory=list)
    queues: list[Row] = field(default_factory=list)
    contacts: list[tuple[Row | None, Row | None]] = field(default_factory=list)


class Floor:
    """The rows of one engine. *today* gives a queue's tally since midnight."""

    def __init__(
        self, engine: Acd, names: Names, today: Callable[[str], QueueTally | None], now: float
    ) -> None:
        self._engine, self._names, self._today = engine, names, today
        self.number = 0
        self.agents: dict[str, Row] = {}
        self.queues: dict[str, Row] = {}
        self.contacts: dict[str, Row] = {}
        self._free: set[str] = set()
        self._states: dict[str, Counter[str]] = {}
        self._waits: dict[str, list[tuple[float, str]]] = {}
        self._changes: deque[Change] = deque(maxlen=KEPT)
        self._agents = dict.fromkeys(engine.agents)
        self._queues = dict.fromkeys(name for name in engine.queues if name != DIRECT)
        self._contacts = dict.fromkeys(engine.contacts)
        self._look(now)
        self._changes.clear()

    # --- what has happened ----------------------------------------------------------------------

    def note(self, things: Iterable[Any]) -> None:
        """Events, actions and facts: whatever they name may have changed."""
        for thing in things:
            kind = type(thing)
            for name in _fields.get(kind) or _fields_of(kind):
                value = getattr(thing, name)
                if not value:
                    continue
                if name == "contact":
                    self._contacts[value] = None
                elif name in _AGENTS:
                    self._agents[value] = None
                elif name in _QUEUES:
                    self._queues[value] = None
            if kind is ev.SetAgent:
                self._agents[thing.setup.name] = None
            elif kind is ev.SetQueue:
                self._queues[thing.setup.name] = None
            elif kind in (ev.DayBegan, ev.Restarted):
                self.everything()

    def everything(self) -> None:
        """All agents and queues are to be looked at again."""
        self._agents |= dict.fromkeys(self._engine.agents)
        self._queues |= dict.fromkeys(self.queues)

    def touch(self, queues: Iterable[str]) -> None:
        """The figures of these have changed."""
        self._queues |= dict.fromkeys(queues)

    def flush(self, now: float) -> Change | None:
        """Look at what may have changed; None: nothing has."""
        change = self._look(now)
        if not (change.agents or change.queues or change.contacts):
            return None
        self.number = change.number
        self._changes.append(change)
        return change

    def since(self, number: int) -> list[Change] | None:
        """The changes after *number*; None: they are not kept any more, or never were."""
        behind = self.number - number
        if not 0 <= behind <= len(self._changes):
            return None
        return list(self._changes)[len(self._changes) - behind :]

    def _look(self, now: float) -> Change:
        change = Change(self.number + 1, now)
        for name, agent in self._engine.agents.items():  # timers and commits name nobody
            row = self.agents.get(name)
            if row is None or row["epoch"] != agent.epoch or row["state"] != agent.state:
                self._agents[name] = None
            if agent.free != (name in self._free):  # estimated waits go by who is free
                self._free ^= {name}
                self._queues |= dict.fromkeys(agent.setup.queues)
        while self._agents or self._contacts:
            agents, self._agents = self._agents, {}
            for name in agents:
                self._look_at_agent(name, change)
            contacts, self._contacts = self._contacts, {}
            for name in contacts:
                self._look_at_contact(name, change)
        queues, self._queues = self._queues, {}
        for name in queues:
            self._look_at_queue(name, change)
        return change

    # --- agents ---------------------------------------------------------------------------------

    def _look_at_agent(self, name: str, change: Change) -> None:
        agent, before = self._engine.agents.get(name), self.agents.get(name)
        if agent is None:
            row = None
        else:
            same = before is not None and before["state"] == agent.state
            since = before["since"] if before is not None and same else agent.mark
            row = agent_row(agent, self._names.title(name), since)
        if row == before:
            return
        self._count(before, -1)
        self._count(row, 1)
        _put(self.agents, name, row)
        change.agents.append((before, row))
        for one in (before, row):
            if one is not None:
                offered = (one["offer"] or {}).get("contact")
                touched = (one["contact"], one["consult"], offered, *one["held"])
                self._contacts |= dict.fromkeys(contact for contact in touched if contact)

    def _count(self, row: Row | None, step: int) -> None:
        if row is None:
            return
        for queue in row["queues"]:
            self._states.setdefault(queue, Counter())[row["state"]] += step
            self._queues[queue] = None

    # --- contacts -------------------------------------------------------------------------------

    def _look_at_contact(self, name: str, change: Change) -> None:
        contact, before = self._engine.contacts.get(name), self.contacts.get(name)
        row = None if contact is None else contact_row(contact, before)
        if row == before:
            return
        _put(self.contacts, name, row)
        change.contacts.append((before, row))
        for one in (before, row):
            if one is not None:
                self._agents |= dict.fromkeys(people_of(one))
                if one["queue"]:
                    self._queues[one["queue"]] = None
        wait = row["waiting"] if row is not None else None
        if row is not None and wait is not None and wait["caller"]:
            heappush(self._waits.setdefault(row["queue"], []), (wait["entered"], name))

    def _longest_since(self, queue: str) -> float | None:
        """When the caller entered who waits longest; who waits no more is passed over."""
        heap = self._waits.get(queue, [])
        if len(heap) > 4 * len(self.contacts) + 1000:
            heap[:] = set(heap)
            heapify(heap)
        while heap and not self._waits_since(queue, *heap[0]):
            heappop(heap)
        return heap[0][0] if heap else None

    def _waits_since(self, queue: str, entered: float, name: str) -> bool:
        row = self.contacts.get(name)
        wait = row["waiting"] if row is not None and row["queue"] == queue else None
        return wait is not None and bool(wait["caller"]) and wait["entered"] == entered

    # --- queues ---------------------------------------------------------------------------------

    def _look_at_queue(self, name: str, change: Change) -> None:
        queue = self._engine.queues.get(name)
        if queue is None or name == DIRECT:
            return
        row = queue_row(
            queue,
            self._names.queue(name),
            self._states.get(name, {}),
            self._longest_since(name),
            self._today(name),
            self._engine.matcher,
        )
        if row != self.queues.get(name):
            self.queues[name] = row
            change.queues.append(row)


def _fields_of(kind: type) -> tuple[str, ...]:
    """Which fields of a record name somebody; looked up once for each kind."""
    known = getattr(kind, "__dataclass_fields__", {})
    names = tuple(name for name in ("contact", *_AGENTS, *_QUEUES) if name in known)
    _fields[kind] = names
    return names


def _put(rows: dict[str, Row], name: str, row: Row | None) -> None:
    if row is None:
        rows.pop(name, None)
    else:
        rows[name] = row

"""The day itself: callers arrive, lose patience and are served; phones ring and are answered.

Everything that is decided is decided by the engine; this only plays callers, telephones and store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from contact_center.core import events as ev
from contact_center.core.actions import Action, Persist, Ring
from contact_center.core.engine import Engine
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.simulation.calls import SimulatedCall
from contact_center.core.statistics.figures import jain


@dataclass(slots=True)
class Served:
    """What became of one call. *answered* and *left* are None for what did not happen."""

    call: SimulatedCall
    name: str
    agent: str = ""
    answered: float | None = None
    left: float | None = None
    """When the caller gave up."""

    @property
    def wait(self) -> float:
        """Seconds in the queue."""
        end = self.answered if self.answered is not None else self.left
        return (end if end is not None else self.call.at) - self.call.at


@dataclass(slots=True)
class Outcome:
    """A day's calls in the order in which they came, and each agent's occupied share."""

    calls: list[Served] = field(default_factory=list)
    occupancy: dict[str, float] = field(default_factory=dict)

    def answered(self) -> list[Served]:
        """The calls that were answered."""
        return [served for served in self.calls if served.answered is not None]

    def mean_wait(self) -> float:
        """Average speed of answer."""
        waits = [served.wait for served in self.answered()]
        return sum(waits) / len(waits) if waits else 0.0

    def within(self, seconds: float) -> float:
        """The share of all calls that was answered within *seconds*."""
        quick = sum(served.wait <= seconds for served in self.answered())
        return quick / len(self.calls) if self.calls else 1.0

    def abandoned(self) -> float:
        """The share of all calls that gave up."""
        return sum(s.left is not None for s in self.calls) / len(self.calls) if self.calls else 0.0

    def fairness(self) -> float:
        """Jain's index of the agents' occupancy: 1 when all are occupied alike."""
        index = jain(self.occupancy.values())
        return 1.0 if index is None else index


class Day:
    """One run. *watch* sees the engine after each event."""

    def __init__(
        self,
        agents: Iterable[AgentSetup],
        queues: Iterable[QueueSetup],
        *,
        engine: Engine | None = None,
        watch: Callable[[Engine, float], None] | None = None,
    ) -> None:
        self.engine = engine if engine is not None else Engine()
        self._watch = watch
        self._ahead: list[tuple[float, int, ev.Event]] = []
        self._count = 0
        self._calls: dict[str, Served] = {}
        self._outcome = Outcome()
        for queue in queues:
            self._feed(ev.SetQueue(queue), 0.0)
        for agent in agents:
            self._feed(ev.SetAgent(agent), 0.0)
            self._feed(ev.SignIn(agent.name), 0.0)
            self._feed(ev.Ready(agent.name), 0.0)

    def run(self, calls: Iterable[SimulatedCall]) -> Outcome:
        """Play the day to its end: all calls served or gone. *calls* come in order of time."""
        coming = iter(calls)
        call = next(coming, None)
        now = 0.0
        while call is not None or self._ahead:
            if call is not None and (not self._ahead or call.at <= self._ahead[0][0]):
                now = self._wake_until(call.at)
                self._arrive(call)
                call = next(coming, None)
            else:
                due, _, event = heappop(self._ahead)
                now = self._wake_until(due)
                if self._still_means_something(event):
                    self._feed(event, now)
        for agent in self.engine.agents.values():
            busy = agent.talk + agent.wrap + agent.ring
            whole = agent.login + now - agent.mark
            self._outcome.occupancy[agent.name] = busy / whole if whole else 0.0
        return self._outcome

    def _wake_until(self, when: float) -> float:
        while (due := self.engine.next_wakeup()) is not None and due < when:
            self._feed(ev.Wake(), due)
        return when

    def _arrive(self, call: SimulatedCall) -> None:
        name = f"c{len(self._outcome.calls)}"
        served = self._calls[name] = Served(call, name)
        self._outcome.calls.append(served)
        self._feed(ev.Enter(name, call.queue, call.plan, call.priority), call.at)
        if served.answered is None:
            self._later(call.at + call.patience, ev.HungUp(name))

    def _later(self, when: float, event: ev.Event) -> None:
        if when < float("inf"):
            self._count += 1
            heappush(self._ahead, (when, self._count, event))

    def _still_means_something(self, event: ev.Event) -> bool:
        """Patience ends with the answer: a caller who is served does not hang up."""
        return type(event) is not ev.HungUp or self._calls[event.contact].answered is None

    def _feed(self, event: ev.Event, now: float) -> None:
        if type(event) is ev.HungUp and event.contact in self.engine.contacts:
            self._calls[event.contact].left = now
        for action in self.engine.handle(event, now):
            self._follow(action, now)
        if self._watch is not None:
            self._watch(self.engine, now)

    def _follow(self, action: Action, now: float) -> None:
        if type(action) is Persist:
            if action.ticket:
                self._feed(ev.Committed(action.ticket), now)
            elif action.what == "answered":
                self._answered(action, now)
        elif type(action) is Ring:
            ringing = self._calls[action.contact].call.ringing
            reply = ev.Answered(action.agent, action.epoch)
            if ringing:
                self._later(now + ringing, reply)
            else:
                self._feed(reply, now)

    def _answered(self, action: Persist, now: float) -> None:
        served = self._calls[action.contact]
        served.answered, served.agent = now, action.agent
        leg = self.engine.agents[action.agent].leg_epoch
        self._later(now + served.call.service, ev.LegEnded(action.agent, leg))

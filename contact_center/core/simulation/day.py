"""The day itself: callers arrive, lose patience and are served; phones ring and are answered.

Everything that is decided is decided by the engine; this only plays callers, telephones and store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeAlias

from contact_center.core import events as ev
from contact_center.core.actions import Action, Leave, Persist, Ring
from contact_center.core.base import account
from contact_center.core.engine import Engine
from contact_center.core.model import NO_WISHES, SIGNED_OUT, AgentSetup, QueueSetup, Wishes
from contact_center.core.simulation.calls import Duty, SimulatedCall
from contact_center.core.statistics.figures import jain
from contact_center.core.strategy.plan import Plan


@dataclass(slots=True)
class Served:
    """What became of one call. *answered* and *left* are None for what did not happen."""

    call: SimulatedCall
    name: str
    agent: str = ""
    answered: float | None = None
    left: float | None = None
    """When the caller gave up."""
    led_out: float | None = None
    """When the queue was full, or the longest wait over."""

    @property
    def wait(self) -> float:
        """Seconds in the queue."""
        ends = (self.answered, self.left, self.led_out)
        return next((end for end in ends if end is not None), self.call.at) - self.call.at


@dataclass(frozen=True, slots=True)
class Worked:
    """An agent's day: calls answered, seconds at work on them, and these with the ready ones."""

    answered: int
    busy: float
    available: float


@dataclass(slots=True)
class Outcome:
    """A day's calls in the order in which they came, and each agent's share of time at work."""

    calls: list[Served] = field(default_factory=list)
    occupancy: dict[str, float] = field(default_factory=dict)
    worked: dict[str, Worked] = field(default_factory=dict)
    ended: float = 0.0

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


Planner: TypeAlias = Callable[[SimulatedCall, "Day", float], Plan]
"""How a caller finds an agent, worked out at the moment of the call."""


class Day:
    """One run. *watch* sees the engine after each event.

    Agents of whom *duties* say nothing are ready all day, the others from their first duty on.
    """

    def __init__(
        self,
        agents: Iterable[AgentSetup],
        queues: Iterable[QueueSetup],
        *,
        engine: Engine | None = None,
        watch: Callable[[Engine, float], None] | None = None,
        planner: Planner | None = None,
        duties: Iterable[Duty] = (),
    ) -> None:
        self.engine = engine if engine is not None else Engine()
        self.last_agents: dict[str, tuple[str, float]] = {}
        """By caller: who answered last, and when."""
        self._watch, self._planner = watch, planner
        self._ahead: list[tuple[float, int, ev.Event | Duty]] = []
        self._count = 0
        self._calls: dict[str, Served] = {}
        self._outcome = Outcome()
        known = list(duties)
        planned = {duty.agent for duty in known}
        for queue in queues:
            self._feed(ev.SetQueue(queue), 0.0)
        for agent in agents:
            self._feed(ev.SetAgent(agent), 0.0)
            if agent.name not in planned:
                self._on_duty(Duty(0.0, agent.name, "ready"), 0.0)
        for duty in known:
            self._later(duty.at, duty)

    def run(self, calls: Iterable[SimulatedCall]) -> Outcome:
        """Play the day to its end: all calls served or gone. *calls* come in order of time.

        Whoever still waits then, because nobody comes to work any more, is left over.
        """
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
                if isinstance(event, Duty):
                    self._on_duty(event, now)
                elif self._still_means_something(event):
                    self._feed(event, now)
        return self._counted(now)

    def _counted(self, now: float) -> Outcome:
        outcome = self._outcome
        outcome.ended = now
        for agent in self.engine.agents.values():
            account(agent, now)
            busy = agent.talk + agent.wrap + agent.ring
            outcome.occupancy[agent.name] = busy / agent.login if agent.login else 0.0
            outcome.worked[agent.name] = Worked(agent.answered, busy, busy + agent.idle)
        return outcome

    def _wake_until(self, when: float) -> float:
        while (due := self.engine.next_wakeup()) is not None and due < when:
            self._feed(ev.Wake(), due)
        return when

    def _arrive(self, call: SimulatedCall) -> None:
        name = f"c{len(self._outcome.calls)}"
        served = self._calls[name] = Served(call, name)
        self._outcome.calls.append(served)
        plan = call.plan
        if plan is None:
            assert self._planner is not None, "calls without plans need a planner"
            plan = self._planner(call, self, call.at)
        wishes = NO_WISHES if call.longest is None else Wishes(max_wait=call.longest)
        self._feed(ev.Enter(name, call.queue, plan, call.priority, wishes), call.at)
        if served.answered is None:
            self._later(call.at + call.patience, ev.HungUp(name))

    def _later(self, when: float, event: ev.Event | Duty) -> None:
        if when < float("inf"):
            self._count += 1
            heappush(self._ahead, (when, self._count, event))

    def _still_means_something(self, event: ev.Event) -> bool:
        """Patience ends with the answer: a caller who is served does not hang up."""
        return type(event) is not ev.HungUp or self._calls[event.contact].answered is None

    def _on_duty(self, duty: Duty, now: float) -> None:
        """What the agent is told to be; one who is in a call becomes it afterwards."""
        name = duty.agent
        if duty.state == "signed out":
            self._feed(ev.SignOut(name), now)
            return
        if self.engine.agents[name].state == SIGNED_OUT:
            self._feed(ev.SignIn(name), now)
        self._feed(ev.Ready(name) if duty.state == "ready" else ev.NotReady(name), now)

    def _feed(self, event: ev.Event, now: float) -> None:
        if type(event) is ev.HungUp and event.contact in self.engine.contacts:
            served = self._calls[event.contact]
            if served.answered is None and served.led_out is None:
                served.left = now
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
        elif type(action) is Leave:
            served = self._calls[action.contact]
            if served.answered is None:
                served.led_out = now
            self._feed(ev.HungUp(action.contact), now)

    def _answered(self, action: Persist, now: float) -> None:
        served = self._calls[action.contact]
        served.answered, served.agent = now, action.agent
        if served.call.caller:
            self.last_agents[served.call.caller] = action.agent, now
        leg = self.engine.agents[action.agent].leg_epoch
        self._later(now + served.call.service, ev.LegEnded(action.agent, leg))

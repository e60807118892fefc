"""The contact centre of a simulated call: the real switchboard, its agents played by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from contact_center.core import events as ev
from contact_center.core.model import NOT_READY, SIGNED_OUT
from contact_center.core.strategy.expressions import Expressions
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from flow_runtime.call_tests.staging import programs
from flow_runtime.clock import Clock
from flow_runtime.core.binding import bind_all
from flow_runtime.core.program import Program
from flow_runtime.core.surroundings import OpeningHours
from flow_runtime.services import Services
from flow_runtime.switchboard.journal import MemoryJournal
from flow_runtime.switchboard.switchboard import Switchboard
from telephony.line import Line

SOMEBODY: Final = "1001"
"""The agent of a flow that belongs to no site and names nobody."""
_ABOUT: Final = timedelta(milliseconds=5)
"""So exact is a timer for midnight."""
_MIDDLE: Final = 50
"""The level of agents who were made up."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent of a simulation; *state* is the engine's word.

    *stays* is False when the agent takes no more calls once the present one is over.
    """

    name: str
    title: str
    state: str
    stays: bool = True

    @property
    def takes_calls(self) -> bool:
        """Whether calls of queues come to the agent, now or when the present one is over."""
        return self.stays and self.state not in (NOT_READY, SIGNED_OUT)


class Rehearsal:
    """A centre of its own for one call; nothing is kept, and nobody but the caller waits.

    All agents are signed in. *away* are those who take no calls at first; the others are ready.
    Their telephones are what *line* makes of their names.
    """

    def __init__(
        self,
        declared: Declared,
        line: Line,
        clock: Clock,
        expressions: Expressions,
        calendars: Mapping[str, OpeningHours],
        away: Collection[str] = (),
    ) -> None:
        here = tuple(
            replace(agent, contact=agent.name, ready=agent.name not in away)
            for agent in declared.agents
        )
        self._clock = clock
        self._away = [agent.name for agent in here if not agent.ready]
        self._titles = {agent.name: agent.title for agent in here}
        declared = replace(declared, agents=here)
        self.switchboard = Switchboard(declared, line, clock, expressions, calendars)
        self._journal = MemoryJournal(self.switchboard.committed)

    def begin(self, services: Services) -> None:
        """Telephones may ring from now on."""
        self.switchboard.begin(self._journal, services)
        for agent in self._away:
            self.switchboard.tell(ev.SignIn(agent, reachable=True))
        self.switchboard.open()

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The agents as they are now."""
        agents = self._journal.engine.agents
        return tuple(
            Seat(name, title, agents[name].state, agents[name].pending is None)
            for name, title in self._titles.items()
            if name in agents
        )

    def let_work(self, agent: str, takes_calls: bool) -> None:
        """Have *agent* take calls or not, as the agent's own buttons do; raises KeyError."""
        if agent not in self._titles:
            raise KeyError(agent)
        self.switchboard.tell(ev.Ready(agent) if takes_calls else ev.NotReady(agent))

    def awaited(self, seconds: float | None) -> float | None:
        """The time until something happens to the call, of *seconds* until any timer is due.

        None: never. That a new day begins for the agents' totals is nothing to wait for.
        """
        if seconds is None:
            return None
        due = self._clock.now() + timedelta(seconds=seconds)
        new_day = (due + _ABOUT).date() != (due - _ABOUT).date()
        return None if new_day else seconds

    async def stop(self) -> None:
        """The call is over."""
        await self.switchboard.stop()


def foreseen(declared: Declared, program: Program) -> Declared:
    """*declared*, or where a site declares no centre one with what *program* names.

    Everybody then works in all queues. Without any queue or agent there is none.
    """
    if declared.queues or declared.agents:
        return declared
    queues = tuple(dict.fromkeys(_named(program, "queue")))
    agents = tuple(dict.fromkeys(_named(program, "agent")))
    boxes = tuple(dict.fromkeys(_named(program, "box")))
    if boxes and not queues:
        queues = boxes[:1]
    if queues and not agents:
        agents = (SOMEBODY,)
    return Declared(
        tuple(QueueSettings(name, agents=agents) for name in queues),
        tuple(AgentSettings(name, queues=dict.fromkeys(queues, _MIDDLE)) for name in agents),
        dict.fromkeys(boxes, queues[0] if queues else ""),
    )


def _named(program: Program, kind: str) -> Iterator[str]:
    """The constant names of queues, agents or boxes in *program* and the flows it calls."""
    for flow in programs(program):
        around = flow.surroundings
        for bound in bind_all(flow.flow, around.nodes, around.flows).values():
            for name, spec in bound.cls.params.items():
                value = bound.draft.constants.get(name)
                if spec.names == kind and isinstance(value, str) and value:
                    yield value

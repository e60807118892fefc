"""A contact centre on the simulated line, in virtual time, for tests of queues in flows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from cordboard.strategies.expressions import FlowExpressions
from flow_bench import START, World, play
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import OpeningHours
from flow_runtime.services import Speaker
from flow_runtime.switchboard.journal import MemoryJournal
from flow_runtime.switchboard.switchboard import Switchboard
from telephony.simulated import Callee, FarEnd

FLOW = """
flow hotline "Hotline"
schema 1
start -> wait
node wait: queue
  queue = "repairs"
%s
  after_agent -> thanks
  timeout -> sorry
  full -> sorry
  closed -> sorry
node thanks: say
  text = "Goodbye from {contact.agent}"
  next -> bye
node sorry: say
  text = "Nobody is free"
  next -> bye
node bye: hangup
"""


def flow(*lines: str) -> str:
    """A flow with one queue node that has *lines* besides the name of its queue."""
    return FLOW % "\n".join(f"  {line}" for line in lines)


@dataclass
class Centre:
    """The world of a flow with its switchboard; telephones do what the test says."""

    world: World
    board: Switchboard
    declared: Declared
    journal: MemoryJournal
    late: list[int] = field(default_factory=list)

    def call(self, caller: str = "13800000001") -> FarEnd:
        return self.world.call(caller)

    async def call_and_press(self, keys: str, caller: str = "13800000001") -> FarEnd:
        """Somebody calls, and presses *keys* as soon as the call is answered."""
        far = self.call(caller)
        await far.answered.wait()
        far.press(keys)
        return far

    async def rings(self, agent: str) -> FarEnd:
        """The agent's telephone, when it rings next."""
        async with asyncio.timeout(3600):
            return await self.world.line.callees[agent].rings.get()

    def idle(self, agent: str) -> bool:
        """Whether the agent's telephone has not rung since `rings` was asked last."""
        return self.world.line.callees[agent].rings.empty()

    def state(self, agent: str) -> str:
        state = self.board.agents.get(agent)
        assert state is not None
        return str(state["state"])

    def figures(self, queue: str = "repairs") -> Mapping[str, Any]:
        return self.board.status()["queues"][queue]


Scenario = Callable[[Centre], Coroutine[Any, Any, None]]


def run(
    text: str,
    scenario: Scenario,
    *,
    agents: Sequence[str | AgentSettings] = ("1001",),
    queue: QueueSettings | None = None,
    start: datetime = START,
    calendars: Mapping[str, OpeningHours] | None = None,
    speaker: Speaker | None = None,
    folder: Path | None = None,
    languages: tuple[str, ...] = ("en",),
    slow: bool = False,
    more: Sequence[QueueSettings] = (),
) -> None:
    """Let *scenario* happen at a centre whose *agents* are ready in one *queue*.

    The queue has a voicemail box of its name. *folder* is for recordings; *languages* are those
    of the site. *more* are other queues. With *slow* nothing is durable before the test gives
    `Centre.late` to the board.
    """
    late: list[int] = []
    queue = queue or QueueSettings("repairs")
    settings = tuple(
        AgentSettings(a, queues={queue.name: 50}, ready=True) if isinstance(a, str) else a
        for a in agents
    )

    async def main(world: World) -> None:
        for agent in settings:
            world.line.callees[agent.name] = Callee(outcome=None)
        declared = Declared((queue, *more), settings, {queue.name: queue.name})
        board = Switchboard(declared, world.line, world.loop, FlowExpressions(), calendars or {})
        world.services = replace(world.services, switchboard=board)
        journal = MemoryJournal(late.extend if slow else board.committed)
        board.begin(journal, world.services, prompts=PromptBook.build({}, languages=languages)[0])
        board.open()
        await scenario(Centre(world, board, declared, journal, late))
        if world.served:
            await asyncio.wait(world.served)
        await board.stop()

    play(text, main, start=start, speaker=speaker, **({"folder": folder} if folder else {}))

"""Runs flows on the simulated line in virtual time, for tests of whatever is above the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flow_runtime.clock import VirtualLoop, run_virtual
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.interpreter import Ended
from flow_runtime.core.node import Node
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax.parser import parse
from flow_runtime.driver import run_call
from flow_runtime.services import Data, Services, Speaker
from flow_runtime.text_speaker import TextSpeaker
from nodes.catalogue import library
from telephony.line import Call
from telephony.simulated import FarEnd, SimulatedLine

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


def program(
    text: str,
    *,
    extra: Mapping[str, type[Node]] | None = None,
    prompts: PromptBook = NO_PROMPTS,
    files: Callable[[str], str | None] | None = None,
) -> Program:
    """The flow *text* ready to run; an AssertionError names its errors. *extra* adds node types."""
    around = Surroundings({**library(), **(extra or {})}, prompts=prompts, files=files)
    parsed = parse(text)
    assert parsed.flow is not None and not parsed.problems, parsed.problems
    return compile_program(parsed.flow, around)


class ScriptedData:
    """A data source at the edge: answers in turn, each after *seconds*; an exception is raised."""

    def __init__(self, *answers: Any, seconds: float = 0.0) -> None:
        self.answers = list(answers)
        self.seconds = seconds
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        return await self._answer(sql, bind)

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        return await self._answer(sql, bind)

    async def _answer(self, sql: str, bind: Mapping[str, Any]) -> Any:
        self.asked.append((sql, bind))
        await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0) if self.answers else NodeFailure("no-answer", "script is over")
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class World:
    """A line whose calls are served by one program, and everything that happened on it."""

    loop: VirtualLoop
    line: SimulatedLine
    services: Services
    program: Program
    trace: list[Mapping[str, Any]] = field(default_factory=list)
    served: list[asyncio.Task[Ended]] = field(default_factory=list)

    def arrive(self, call: Call) -> None:
        self.served.append(asyncio.create_task(run_call(call, self.program, self.services)))

    def call(self, caller: str = "13800000001", called: str = "100") -> FarEnd:
        """Somebody calls."""
        return self.line.call(caller, called)

    async def ended(self, number: int = 0) -> Ended:
        """How the run of the call with this number ended."""
        return await self.served[number]

    @property
    def time(self) -> float:
        return self.loop.time()

    def events(self, name: str) -> list[Mapping[str, Any]]:
        """The events of the trace called *name*."""
        return [e for e in self.trace if e["event"] == name]

    @property
    def visited(self) -> list[str]:
        """The nodes that were entered."""
        return [e["node"] for e in self.events("enter")]

    @property
    def left_by(self) -> dict[str, Any]:
        """The port by which each node was left last."""
        return {e["node"]: e["port"] for e in self.events("leave")}

    def variable(self, name: str) -> Any:
        """The last value of a variable."""
        return [e["value"] for e in self.events("variable") if e["name"] == name][-1]


Scenario = Callable[[World], Coroutine[Any, Any, None]]


def play(
    flow: str | Program,
    scenario: Scenario,
    *,
    folder: Path = Path("/nonexistent/recordings"),
    speaker: Speaker | None = None,
    data: Data | None = None,
    start: datetime = START,
    services: Mapping[str, Any] | None = None,
) -> None:
    """Run *scenario* in a world of its own, and see to it that nothing is left behind.

    *services* are more of `Services`, by name.
    """
    ready = program(flow) if isinstance(flow, str) else flow

    async def main(loop: VirtualLoop) -> None:
        trace: list[Mapping[str, Any]] = []
        line = SimulatedLine(loop.now)
        all_services = Services(
            line, speaker or TextSpeaker(), data or ScriptedData(), loop, folder, trace.append,
            **(services or {}),
        )  # fmt: skip
        world = World(loop, line, all_services, ready, trace)
        await line.start(world.arrive)
        await scenario(world)
        if world.served:
            await asyncio.wait(world.served)
        assert line.status()["calls"] == 0, "a leg was left behind"
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others, f"tasks were left behind: {others}"

    run_virtual(main, start)

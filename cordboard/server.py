"""A running server: the one place where line, flows, speech and data are put together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cordboard.config import Config
from cordboard.control import ControlServer
from cordboard.data import open_data
from cordboard.speaking import open_speech
from cordboard.surroundings import configured
from cordboard.trace import TraceFile
from flow_runtime.clock import WallClock
from flow_runtime.core.commands import NodeFailure
from flow_runtime.driver import run_call
from flow_runtime.fixed_prompts import fixed_in_book, fixed_in_flow, without_repeats
from flow_runtime.library import FlowLibrary, PromptSource
from flow_runtime.services import Services
from flow_runtime.speaker import Speaker
from telephony.line import Call, Line
from telephony.media.client import Plane
from telephony.sip.endpoint import SipLine

log = logging.getLogger("server")


class Server:
    """Everything that serves calls by one configuration; `start`, then `stop`."""

    def __init__(self, config: Config, trace: Path | None = None) -> None:
        self._config = config
        self._plane = Plane()
        self._line: Line = _line(config, self._plane)
        self._speech = open_speech(config.state, config.tts)
        self._speaker = Speaker(self._speech)
        surroundings, _ = configured(config)
        self._data = open_data(config, surroundings.zone)
        self._flows = FlowLibrary(
            config.numbers,
            surroundings,
            PromptSource(config.prompts.folder, config.prompts.languages, config.prompts.currency),
        )
        self._trace = TraceFile(trace) if trace else None
        self._services = Services(
            self._line,
            self._speaker,
            self._data,
            WallClock(surroundings.zone),
            config.recordings,
            self._trace,
        )
        self._control = ControlServer(config.state, self._answer)
        self._calls: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[Any]] = set()
        self._started = time.monotonic()
        self._served = 0

    async def start(self) -> None:
        """Load the flows (`flow_runtime.library.FlowErrors`), then take calls."""
        self._flows.load()
        await self._line.start(self._on_call)
        await self._control.start()
        self._in_background(self._flows.watch())
        self._in_background(self._prepare_prompts())
        for source in self._config.data:
            self._in_background(self._probe(source))

    async def stop(self, drain: float) -> None:
        """Take no new calls, give those in progress *drain* seconds, and clean up."""
        await self._line.stop(drain)
        for task in self._background:
            task.cancel()
        if self._calls:
            await asyncio.wait(self._calls, timeout=5.0)
        await self._control.stop()
        await self._speech.close()
        await self._data.close()
        if self._trace:
            self._trace.close()

    def _on_call(self, call: Call) -> None:
        program = self._flows.program(call.facts.called)
        if program is None:
            log.info(
                "%s called %s, which has no flow in [numbers]: 404",
                call.facts.caller,
                call.facts.called,
                extra={"call": call.facts.id},
            )
            self._in_background(call.reject(404))
            return
        self._served += 1
        task = asyncio.get_running_loop().create_task(run_call(call, program, self._services))
        self._calls.add(task)
        task.add_done_callback(self._call_done)

    def _call_done(self, task: asyncio.Task[Any]) -> None:
        self._calls.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a call ended with an error of ours", exc_info=task.exception())

    def _in_background(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _prepare_prompts(self) -> None:
        """Speak what is the same for every caller, and have it in the media process's memory."""
        for program in self._flows.programs().values():
            around = program.surroundings
            fixed = without_repeats(
                iter(
                    [
                        *fixed_in_book(around.prompts),
                        *fixed_in_flow(
                            program.flow,
                            around.nodes,
                            around.prompts,
                            around.files or (lambda name: None),
                        ),
                    ]
                )
            )
            stems = await self._speaker.prefetch(fixed)
            self._plane.prefetch(stems)
        log.info("the prompts of %d flows are ready", len(self._flows.programs()))

    async def _probe(self, source: str) -> None:
        """Connect before the first caller has to wait for it, and say so when it fails."""
        try:
            await self._data.probe(source)
        except NodeFailure as failure:
            log.warning("data source %s: %s", source, failure)

    async def _answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if request.get("do") != "status":
            return {"error": f"unknown request {request.get('do')!r}; known is: status"}
        return {
            "up_seconds": round(time.monotonic() - self._started),
            "calls_now": len(self._calls),
            "calls_served": self._served,
            "line": dict(self._line.status()),
            "flows": {number: str(path) for number, path in self._config.numbers.items()},
            "problems": self._flows.problems(),
        }


def _line(config: Config, plane: Plane) -> Line:
    """The backend that the configuration asks for."""
    if config.pyvoip is None:
        return SipLine(config.sip, plane)
    from telephony.pyvoip.line import PyvoipLine

    return PyvoipLine(config.pyvoip)

"""A running server: the one place where line, flows, speech and data are put together."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cordboard.config import Config
from cordboard.control import ControlServer
from cordboard.data import open_data
from cordboard.outside import needs, served
from cordboard.speaking import open_speech
from cordboard.surroundings import configured
from cordboard.trace import TraceFile
from flow_runtime.clock import Clock, WallClock
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.program import Program, reached
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.driver import run_call
from flow_runtime.fixed_prompts import fixed_in_book, fixed_in_flow, without_repeats
from flow_runtime.library import FlowLibrary, PromptSource
from flow_runtime.services import Services, Trace
from flow_runtime.speaker import Fixed, Speaker
from nodes.catalogue import library_problems
from speech.library import SoundProblem
from telephony.line import Call, Line
from telephony.media.client import Plane
from telephony.sip.endpoint import SipLine

if TYPE_CHECKING:
    from cordboard.api import ApiServer
    from cordboard.centre.centre import Centre
    from desk.api.journal import Journal

log = logging.getLogger("server")


class Server:
    """Everything that serves calls by one configuration; `start`, then `stop`.

    *lost* is told when it has to be stopped, and why: another server has its database.
    """

    def __init__(
        self,
        config: Config,
        trace: Path | None = None,
        lost: Callable[[str], None] = log.critical,
    ) -> None:
        self._config = config
        self._plane = Plane()
        self._plane.on_restart(log.warning)
        self._line: Line = _line(config, self._plane)
        self._speech = open_speech(config.state, config.tts)
        self._speaker = Speaker(self._speech)
        surroundings, _ = configured(config)
        self._zone = surroundings.zone
        self._data = open_data(config, surroundings.zone)
        self._outside = served(config)
        clock = WallClock(surroundings.zone)
        self._centre = _centre(config, self._line, clock, surroundings, lost)
        self._flows = FlowLibrary(
            config.numbers,
            _with_all(surroundings, self._centre),
            PromptSource(config.prompts.folder, config.prompts.languages, config.prompts.currency),
        )
        self._trace = TraceFile(trace) if trace else None
        self._journal: Journal | None = None
        self._api = self._with_api(config)
        self._services = Services(
            self._line,
            self._speaker,
            self._data,
            clock,
            config.recordings,
            self._events(),
            web=self._outside.web,
            mail=self._outside.mail,
            sms=self._outside.sms,
            pins=self._outside.pins,
            switchboard=self._centre.switchboard if self._centre is not None else None,
        )
        self._control = ControlServer(config.state, self._answer)
        self._calls: set[asyncio.Task[Any]] = set()
        self._background: set[asyncio.Task[Any]] = set()
        self._started = time.monotonic()
        self._served = 0

    async def start(self) -> None:
        """Load the flows (`flow_runtime.library.FlowErrors`), then take calls."""
        for problem in library_problems():
            log.warning("%s", problem)
        self._flows.load()
        if self._api is not None:
            self._api.bind()  # before anything is written
        if self._centre is not None:
            await self._centre.start(self._services)
        if self._api is not None:
            await self._api.start(self._centre, self._zone)
        await self._line.start(self._on_call)
        if self._centre is not None:
            self._centre.open()
        await self._control.start()
        self._in_background(self._flows.watch(self._flows_changed))
        self._in_background(self._prepare_prompts())
        self._in_background(self._outside.warm_up(needs(self._flows.programs().values())))
        for source in self._config.data:
            self._in_background(self._probe(source))
        # what is loaded now stays: later collections, which hold up every call, look past it
        gc.collect()
        gc.freeze()

    async def stop(self, drain: float) -> None:
        """Take no new calls, give those in progress *drain* seconds, and clean up."""
        await self._line.stop(drain)
        for task in self._background:
            task.cancel()
        if self._calls:
            await asyncio.wait(self._calls, timeout=5.0)
        if self._api is not None:
            await self._api.stop()
        if self._centre is not None:
            await self._centre.stop()
        await self._control.stop()
        await self._speech.close()
        await self._data.close()
        await self._outside.close()
        if self._trace:
            self._trace.close()

    def _with_api(self, config: Config) -> ApiServer | None:
        """The API, if the configuration asks for it; its parts are imported only then."""
        if config.api is None:
            return None
        from cordboard.api import ApiServer, Facts
        from desk.api.journal import Journal

        self._journal = Journal()
        board = self._centre.switchboard if self._centre is not None else None
        facts = Facts(config, self._flows, self._status, board)
        return ApiServer(config.api, facts, self._journal, config)

    def _events(self) -> Trace | None:
        """What is told of every event: the trace file, the journal of the API, or both."""
        takers = [taker for taker in (self._trace, self._journal) if taker is not None]
        if len(takers) < 2:
            return takers[0] if takers else None

        def both(event: Mapping[str, Any]) -> None:
            for taker in takers:
                taker(event)

        return both

    def _on_call(self, call: Call) -> None:
        if self._centre is not None:
            if self._centre.takes(call, self._flows.reach(call.facts.called)):
                return
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

    def _flows_changed(self) -> None:
        self._in_background(self._prepare_prompts())

    def _in_background(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _prepare_prompts(self) -> None:
        """Speak what is the same for every caller, and have it in the media process's memory."""
        programs = list(reached(self._flows.programs().values()))
        fixed = without_repeats(sound for program in programs for sound in _fixed_in(program))
        try:
            stems = await self._speaker.prefetch(fixed)
        except SoundProblem as problem:
            log.error("the prompts are not prepared: %s", problem)
            return
        self._plane.prefetch(stems)
        log.info("the prompts of %d flows are ready", len(programs))

    async def _probe(self, source: str) -> None:
        """Connect before the first caller has to wait for it, and say so when it fails."""
        try:
            await self._data.probe(source)
        except NodeFailure as failure:
            log.warning("data source %s: %s", source, failure)

    async def _answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if request.get("do") != "status":
            return {"error": f"unknown request {request.get('do')!r}; known is: status"}
        flows = {number: str(path) for number, path in self._config.numbers.items()}
        centre = self._centre.status() if self._centre is not None else {}
        rooms = self._services.conferences.told()
        return {**self._status(), **centre, "conferences": rooms, "flows": flows}

    def _status(self) -> dict[str, Any]:
        return {
            "up_seconds": round(time.monotonic() - self._started),
            "calls_now": len(self._calls),
            "calls_served": self._served,
            "line": dict(self._line.status()),
            "problems": self._flows.problems(),
        }


def _fixed_in(program: Program) -> Iterator[Fixed]:
    """What is the same for all callers of a flow."""
    around = program.surroundings
    yield from fixed_in_book(around.prompts)
    yield from fixed_in_flow(program.flow, around.nodes, around.prompts, around.files)


def _centre(
    config: Config,
    line: Line,
    clock: Clock,
    around: Surroundings,
    lost: Callable[[str], None],
) -> Centre | None:
    """The contact centre; None where none is declared, and then its parts are not imported."""
    if not config.centre.queues and not config.centre.agents:
        return None
    from cordboard.centre.centre import Centre

    return Centre(config, line, clock, around.zone, around.calendars, around.prompts, lost)


def _with_all(around: Surroundings, centre: Centre | None) -> Surroundings:
    """The surroundings with the queues and agents that the API has made, and those it will."""
    if centre is None:
        return around
    centre.foresee()
    board = centre.switchboard
    return replace(around, queues=board.known_queues.keys(), agents=board.known_agents.keys())


def _line(config: Config, plane: Plane) -> Line:
    """The backend that the configuration asks for."""
    if config.pyvoip is None:
        return SipLine(config.sip, plane)
    from telephony.pyvoip.line import PyvoipLine

    return PyvoipLine(config.pyvoip)

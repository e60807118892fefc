"""Makes the calls of a test: the ordinary driver, the simulated line, and a clock that jumps."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from flow_runtime.call_tests.caller import Caller
from flow_runtime.call_tests.model import CallTest
from flow_runtime.call_tests.outcome import Failure, Result
from flow_runtime.call_tests.queues import StagedSwitchboard
from flow_runtime.call_tests.scene import Scene
from flow_runtime.call_tests.staging import Misfit, OpenData, StagedData, split_name, staged
from flow_runtime.clock import Stalled, VirtualLoop, run_virtual
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.program import Program
from flow_runtime.core.service_commands import HttpAnswer, HttpRequest
from flow_runtime.driver import run_call
from flow_runtime.outside.logged import LogMailer, LogTexter
from flow_runtime.outside.memory import MemoryPins
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from telephony.line import Call
from telephony.simulated import Callee, SimulatedLine


def run_tests(
    program: Program, tests: Iterable[CallTest], open_data: Callable[[], OpenData]
) -> Iterable[Result]:
    """Make the calls one after the other. *open_data* opens the real data sources for each."""
    with tempfile.TemporaryDirectory(prefix="cordboard-") as folder:
        for test in tests:
            yield run_test(program, test, open_data, Path(folder))


def run_test(
    program: Program, test: CallTest, open_data: Callable[[], OpenData], recordings: Path
) -> Result:
    """Make one call; what callers record is put into the folder *recordings*."""
    zone = program.surroundings.zone
    start = test.at.astimezone(zone) if test.at.tzinfo else test.at.replace(tzinfo=zone)
    stage = _Stage(program, test, start.timestamp())
    try:
        stage.program = staged(program, test, zone, stage.blame)
    except Misfit as misfit:
        return Result(test, Failure(misfit.place, "", str(misfit)))
    try:
        run_virtual(partial(stage.make_call, open_data, recordings), start)
    except Stalled as stuck:
        return replace(
            stage.result(),
            failure=Failure(test.place, "", phrase("it never ended: {stuck}", stuck=stuck)),
        )
    return stage.result()


class _Stage:
    """One call: the world it is made in, and what has been seen of it."""

    def __init__(self, program: Program, test: CallTest, start: float) -> None:
        self.program = program
        self._test = test
        self._scene = Scene(start)
        self._caller = Caller(test, self._scene, partial(split_name, program), self._stop)
        self._blamed: Failure | None = None
        self._served: asyncio.Task[Ended] | None = None
        self._seconds = 0.0

    async def make_call(
        self, open_data: Callable[[], OpenData], recordings: Path, loop: VirtualLoop
    ) -> None:
        """Let the call come and be served."""
        test, scene, caller = self._test, self._scene, self._caller
        line = SimulatedLine(loop.now, prefix="test")
        line.callees["*"] = Callee(outcome=None)
        data = open_data()
        sources = StagedData(test, data, self.program.surroundings.zone, self.blame)
        services = Services(
            line, TextSpeaker(), sources, loop, recordings, self._event,
            web=self, mail=LogMailer(), sms=LogTexter(), pins=MemoryPins(),
            switchboard=StagedSwitchboard(test.queues, self._unanswered),
        )  # fmt: skip

        def arrives(call: Call) -> None:
            run = run_call(call, self.program, services, started=self._started)
            self._served = asyncio.create_task(run)

        await line.start(arrives)
        caller.far = line.call(test.caller, test.called, channel=test.channel)
        caller.far.on_sound = lambda text: scene.sound(text, loop.time())
        loop.before_jump = caller.idle
        try:
            assert self._served is not None
            with suppress(asyncio.CancelledError):
                ended = await self._served
                caller.over(ended)
        finally:
            self._seconds = loop.time()
            loop.before_jump = None
            await line.stop()
            await data.close()

    def blame(self, text: str, place: Place) -> NoReturn:
        """The test has not foreseen something: that is its failure, and nothing may follow."""
        self._blamed = self._blamed or Failure(place, "", text)
        raise asyncio.CancelledError

    def result(self) -> Result:
        """What came of the call."""
        failure, failed = self._blamed, self._caller.failed
        if failure is None and failed is not None:
            step, instead = failed
            failure = Failure(step.place, str(step), instead, self._caller.heard_before)
        scene = self._scene
        return Result(self._test, failure, scene.heard, scene.path, self._seconds)

    def _started(self, run: Run) -> None:
        self._caller.run = run
        if self._test.language is not None:
            run.set_language(self._test.language)

    async def request(self, request: HttpRequest) -> HttpAnswer:
        """A test asks no web server."""
        does = phrase("asks {netloc}", netloc=urlsplit(request.url).netloc or request.url)
        self._unanswered(does, "answers", "[ok]")

    def _event(self, event: Mapping[str, Any]) -> None:
        self._scene.event(event)
        if event["event"] == "dial" and "outcome" not in event:
            self._unanswered(phrase("dials {event}", event=event["to"]), "answers", "[busy]")

    def _unanswered(self, does: str, key: str, example: str) -> NoReturn:
        """The node in which the call is needs something that the test does not say."""
        at = self._scene.path[-1]
        node = at.node if at.flow == self.program.name else f"{at.flow}.{at.node}"
        if key == "answers":
            text = phrase(
                "{node} {does}: say how that goes, answers: {{{node}: {example}}}",
                node=node,
                does=does,
                example=example,
            )
        else:
            text = phrase(
                "{node} {does}: say how that goes, queues: {{{queue}: {{answered_after: 20s}}}}",
                node=node,
                does=does,
                queue=example,
            )
        self.blame(text, self._test.places.get(key, self._test.place))

    def _stop(self) -> None:
        """End the call: nothing that follows would mean anything."""
        if self._served is not None:
            self._served.cancel()

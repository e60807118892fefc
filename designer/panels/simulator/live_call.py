"""One simulated call in a thread of its own: the real driver on the simulated line."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from designer.core.simulation import Secrets, Variable
from designer.panels.simulator.call_state import Does, Outcome, Setup, State
from designer.panels.simulator.fake_data import FakeData
from designer.panels.simulator.pace import Pace
from designer.site import Site
from flow_runtime.call_tests import CallTest, Recorder
from flow_runtime.call_tests.rehearsal import Rehearsal, foreseen
from flow_runtime.call_tests.values import shown
from flow_runtime.clock import Stalled, VirtualLoop, run_virtual
from flow_runtime.core.binding import bind_all
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.program import Program
from flow_runtime.core.scope import variables_of
from flow_runtime.driver import run_call
from flow_runtime.perform.data import notes
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from telephony.line import Call, Line
from telephony.simulated import Callee, FarEnd, SimulatedLine

_REJECTED = 603
"""The SIP status of a telephone whose owner presses the red button."""
_LONGEST = 2000
"""Characters of a value that are shown."""


class LiveCall:
    """Makes the call. *tell* is given each event, and None when only `state` has changed.

    *tell* is called in the call's thread. The methods are called in the person's.
    """

    def __init__(
        self,
        program: Program,
        setup: Setup,
        site: Site,
        data: FakeData,
        tell: Callable[[Mapping[str, Any] | None], None],
        away: Collection[str] = (),
    ) -> None:
        self.program, self.setup = program, setup
        self._declared = foreseen(site.centre(), program)
        self._expressions, self._away = site.expressions(), away
        self._centre: Rehearsal | None = None
        self.pace = Pace()
        self.state = State(setup.at, language=setup.language)
        self.ended: Ended | None = None
        self.crash = ""
        """What kept the call from being made, if anything did."""
        self.callee: Outcome = None
        self.aloud = False
        """Whether somebody plays what is heard, and tells `pace` when that is over."""
        self.data = data
        self._site, self._tell = site, tell
        self._recorder = Recorder(data)
        self._secrets = Secrets()
        self._types: dict[str, dict[str, str]] = {}
        self._loop: VirtualLoop | None = None
        self._line: SimulatedLine | None = None
        self._far: FarEnd | None = None
        self._run: Run | None = None
        self._served: asyncio.Task[Ended] | None = None
        self._heard = 0
        self._stopped = self._stale = self._speaking = False
        self._thread = threading.Thread(target=self._main, name="simulated-call", daemon=True)

    # --- the person's side ----------------------------------------------------------------------

    def start(self) -> None:
        """Let the call come."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is not over yet."""
        return self._thread.is_alive()

    @property
    def failed(self) -> bool:
        """Whether it has ended badly."""
        return bool(self.crash) or (self.ended is not None and self.ended.failure is not None)

    def press(self, keys: str) -> None:
        """Press keys."""

        def act(far: FarEnd) -> None:
            self._recorder.press(keys)
            far.press(keys)

        self._do(act)

    def speak(self, seconds: float, words: str) -> None:
        """Say something, which takes its time."""

        def act(far: FarEnd) -> None:
            self._recorder.speak(seconds)
            far.speak(seconds, words)

        self._do(act)
        self.pace.grant(seconds)

    def hang_up(self) -> None:
        """End the call as its caller."""

        def act(far: FarEnd) -> None:
            if not far.over.is_set():
                self._recorder.hang_up()
                far.hang_up()

        self._do(act)

    def other(self, number: str, does: Does) -> None:
        """The telephone *number*, which rings or talks, does something."""

        def act(_: FarEnd) -> None:
            for other in self._others():
                if other.number != number:
                    continue
                if does == "hangs_up":
                    other.hang_up()
                elif does == "answers":
                    other.answer()
                elif does == "rejects":
                    other.decline("busy", _REJECTED)
                else:
                    other.decline(does)

        self._do(act)

    def let_work(self, agent: str, takes_calls: bool) -> None:
        """An agent becomes ready, or takes no more calls."""

        def act(_: FarEnd) -> None:
            if self._centre is not None:
                self._centre.let_work(agent, takes_calls)

        self._do(act)

    def stop(self) -> None:
        """End the simulation at once; the flow is not asked."""
        self._stopped = True
        self.pace.end()
        self._post(self._cancel)

    def join(self, seconds: float) -> bool:
        """Wait until its thread has ended; False when it has not within *seconds*."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def test(self, name: str) -> CallTest | None:
        """The call as a test, once it is over; None when it was stopped."""
        if self.ended is None:
            return None
        setup = self.setup
        test = self._recorder.test(
            name, self.ended, caller=setup.caller, called=setup.called, at=setup.at
        )
        usual = setup.language in ("", self.program.surroundings.languages[0])
        return replace(test, language=None if usual else setup.language)

    # --- from thread to thread ------------------------------------------------------------------

    def _do(self, act: Callable[[FarEnd], object]) -> None:
        def happen() -> None:
            if self._far is not None and not self._far.over.is_set():
                act(self._far)

        self._post(happen)

    def _post(self, happen: Callable[[], object]) -> None:
        if self._loop is not None and self.running:
            try:
                self._loop.call_soon_threadsafe(happen)
            except RuntimeError:
                return  # its loop was closed meanwhile
            self.pace.wake()

    def _cancel(self) -> None:
        if self._served is not None:
            self._served.cancel()

    # --- the call's thread ----------------------------------------------------------------------

    def _main(self) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="cordboard-") as folder, self._notes_told():
                self.ended = run_virtual(lambda loop: self._make(loop, Path(folder)), self.setup.at)
        except Stalled as stuck:
            self.crash = str(stuck)
        except Exception as error:
            if not self._stopped:
                logging.getLogger(__name__).exception("a simulated call has failed")
                self.crash = f"{type(error).__name__}: {error}"
        self.state = replace(self.state, over=True, held=False, rings=False, others=())
        self._tell({"event": "over", "t": self.state.now.timestamp()})

    async def _make(self, loop: VirtualLoop, folder: Path) -> Ended | None:
        self._loop = loop
        line = self._line = SimulatedLine(loop.now)
        line.callees["*"] = Callee(outcome=self.callee)
        outside = self._site.open_outside(folder)
        services = Services(
            line, TextSpeaker(), self._recorder.data, loop, folder, self._happens,
            web=outside.web, mail=outside.mail, sms=outside.sms, pins=outside.pins,
        )  # fmt: skip
        services = self._with_centre(services, line, loop)

        def arrives(call: Call) -> None:
            run = run_call(call, self.program, services, started=self._started)
            self._served = loop.create_task(run)

        await line.start(arrives)
        self._far = line.call(self.setup.caller, self.setup.called)
        self._recorder.watch(self._far)
        self._far.on_sound = self._sounds
        loop.before_jump = self._idle
        try:
            assert self._served is not None
            if self._stopped:
                self._served.cancel()
            await asyncio.wait([self._served])
            return None if self._served.cancelled() else self._served.result()
        finally:
            self._look(None)
            loop.before_jump = None
            await line.stop()
            if self._centre is not None:
                await self._centre.stop()
            await self._recorder.data.close()
            await outside.close()

    def _with_centre(self, services: Services, line: Line, loop: VirtualLoop) -> Services:
        """*services* with queues and agents, if the site or the flow has any."""
        if not self._declared.queues and not self._declared.agents:
            return services
        calendars = self.program.surroundings.calendars
        centre = Rehearsal(self._declared, line, loop, self._expressions, calendars, self._away)
        services = replace(services, switchboard=self._recorder.switchboard(centre.switchboard))
        centre.begin(services)
        self._centre = centre
        return services

    def _started(self, run: Run) -> None:
        self._run = run
        if self.setup.language not in ("", run.frame.language):
            run.set_language(self.setup.language)

    def _happens(self, event: Mapping[str, Any]) -> None:
        self._recorder.event(event)
        self._secrets.add(event)
        self._stale = True
        self._hush()
        self._tell(event)
        if event["event"] == "enter" and not self._stopped:
            self.pace.entered(event["flow"], event["node"], self._held)
            if self._line is not None:
                self._line.callees["*"] = Callee(outcome=self.callee)

    def _sounds(self, text: str) -> None:
        self._recorder.sound(text)
        self._speaking = True
        number = self.pace.hold_sound() if self.aloud else 0
        at = self._now().timestamp()
        self._tell({"event": "sound", "t": at, "text": text, "number": number})

    def _hush(self) -> None:
        """Tell when the last sound has ended: what was cut off at once is not even heard."""
        far = self._far
        if far is None or not self._speaking or far.call.sounding:
            return
        if len(far.heard) > self._heard or not self._others():
            self._heard, self._speaking = len(far.heard), False
            self._tell({"event": "quiet", "t": self._now().timestamp()})

    def _held(self) -> None:
        self._look(None)
        self.state = replace(self.state, held=True)
        self._tell(None)

    def _idle(self, skipped: float | None) -> bool:
        """Nothing happens for *skipped* seconds unless the person acts; True when it did."""
        far, loop = self._far, self._loop
        if far is None or loop is None or far.over.is_set():
            return False
        if self._centre is not None:
            skipped = self._centre.awaited(skipped)
        self._hush()
        self._look(skipped)
        self._tell(None)
        decided = self.state.rings and self.callee is not None
        return self.pace.idle(loop, skipped, far.call.sounding or decided)

    # --- what is to be seen ---------------------------------------------------------------------

    def _now(self) -> datetime:
        return self.setup.at if self._loop is None else self._loop.now()

    def _others(self) -> list[FarEnd]:
        """The telephones that ring; if one talks, only that."""
        dialled = [] if self._line is None else self._line.dialled
        there = [far for far in dialled if not far.over.is_set()]
        return [far for far in there if not far.ringing] or there

    def _look(self, waits: float | None) -> None:
        """Make `state` anew."""
        far, run, others = self._far, self._run, self._others()
        if far is None or run is None or self._loop is None:
            return
        self.state = State(
            self._now(),
            self._loop.time(),
            run.program.name,
            run.node,
            answered=far.call.answered,
            talking=far.call.sounding,
            recording=far.call.recording,
            others=tuple(other.number for other in others),
            rings=any(other.ringing for other in others),
            seats=() if self._centre is None else self._centre.seats,
            over=far.over.is_set(),
            waits=waits,
            language=run.frame.language,
            variables=self._variables(run) if self._stale else self.state.variables,
            given=dict(self.data.given),
        )
        self._stale = False

    def _variables(self, run: Run) -> tuple[Variable, ...]:
        """Those of the flow that the call is in, then what travels with the call."""
        types = self._types_of(run.program)
        found = {name: (types.get(name, "any"), v) for name, v in run.frame.variables.items()}
        found["call.caller"] = ("text", run.frame.call.get("caller"))
        found.update({f"contact.{name}": ("any", v) for name, v in run.frame.contact.items()})
        return tuple(
            Variable(name, kind, self._secrets.masked(name, shown(value))[:_LONGEST])
            for name, (kind, value) in found.items()
        )

    def _types_of(self, program: Program) -> Mapping[str, str]:
        if program.name not in self._types:
            nodes = bind_all(program.flow, program.surroundings.nodes, program.surroundings.flows)
            types = variables_of(program.flow, nodes)
            self._types[program.name] = {name: str(kind) for name, kind in types.items()}
        return self._types[program.name]

    @contextmanager
    def _notes_told(self) -> Iterator[None]:
        """Meanwhile what `log` nodes of this call write is told: no trace has it."""
        handler = logging.Handler(logging.INFO)
        mine = threading.get_ident()

        def emit(record: logging.LogRecord) -> None:
            if record.thread == mine:
                at = self._now().timestamp()
                self._tell({"event": "note", "t": at, "text": record.getMessage()})

        handler.emit = emit  # type: ignore[method-assign]
        notes.addHandler(handler)
        notes.setLevel(logging.INFO)
        try:
            yield
        finally:
            notes.removeHandler(handler)

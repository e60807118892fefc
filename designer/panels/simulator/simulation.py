"""The simulated calls of one open flow: what phone and simulator show and do together."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal

from contact_center.core.model import NOT_READY, READY
from contact_center.store.settings import AgentSettings
from designer.core.calls import CallTrail, call_marks
from designer.core.marks import Ports, coverage_marks, ports_of
from designer.core.picture import NO_MARKS
from designer.core.simulation import (
    Conversation,
    Share,
    Variable,
    changed_names,
    share_of,
    taken_ports,
)
from designer.look.i18n import tr
from designer.panels.simulator.call_state import Does, Outcome, Setup, State
from designer.panels.simulator.fake_data import FakeData, Plan
from designer.panels.simulator.live_call import LiveCall
from designer.panels.simulator.ready import NotReady, ready_data, ready_program
from designer.panels.simulator.words import ending_of, label_of, spoken, title_of
from designer.session import Session
from flow_runtime.call_tests.model import CALLED, CALLER
from flow_runtime.call_tests.rehearsal import Seat
from flow_runtime.clock import WallClock
from flow_runtime.core.model import Flow

_PATIENCE: Final = 5.0
"""Seconds that the end of a call is waited for when its flow is closed."""
_BRIEFLY: Final = 0.5
"""The same when another call is to begin."""


class Simulation(QObject):
    """One call at a time; the last one stays to be looked at until the next one comes."""

    changed = Signal()
    """The call went on, began or ended; or what is to be done before it can begin."""
    heard = Signal(str, str, int)
    """A text that the caller hears from now on, its language, and its number for `Pace`."""
    hushed = Signal()
    """The caller hears nothing any more."""
    _told = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.caller, self.called = CALLER, self._own_number()
        self.language = ""
        self.at: datetime | None = None
        """When the next call comes; None: now."""
        self.fast = self.aloud = False
        self.callee: Outcome = None
        self.plan: Plan = {}
        self.away: frozenset[str] = frozenset()
        """The agents who take no calls when one comes."""
        self.covering = True
        """Whether the canvas shows what the call has come by."""
        self.trouble = ""
        """Why no call can be made."""
        self.call: LiveCall | None = None
        self.conversation: Conversation | None = None
        self._trail = CallTrail()
        self._flow: Flow | None = None
        self._state = State(self.start)
        self._baseline: Sequence[Variable] = ()
        self._revealed = ""
        self._events: deque[Mapping[str, Any]] = deque()
        self._waiting, self._over = False, True
        self._told.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.marks_changed.connect(self._set_breakpoints)
        session.changed.connect(self._flow_changed)
        session.path_changed.connect(self._renumber)

    # --- what is so -----------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether a call is being made."""
        return self.call is not None and not self._over

    @property
    def held(self) -> bool:
        """Whether it waits before a node."""
        return self.running and self.state.held

    @property
    def state(self) -> State:
        """How the call is as far as it was told, or how the next one would begin."""
        return State(self.start) if self.call is None else self._state

    @property
    def start(self) -> datetime:
        """When the next call comes."""
        zone = self.session.around.zone
        if self.at is None:
            return WallClock(zone).now().replace(microsecond=0)
        return self.at.astimezone(zone)

    @property
    def outdated(self) -> bool:
        """Whether the flow has been changed since the call came."""
        return self.call is not None and self._flow is not self.session.flow

    @property
    def ports(self) -> Ports:
        """All ports of the flow by node."""
        return ports_of(self.session.picture)

    @property
    def share(self) -> Share:
        """How much of the flow the call has come by."""
        flow = self.session.flow
        name = "" if flow is None else flow.name
        return share_of(taken_ports(self._trail, name), self.ports)

    @property
    def seats(self) -> Sequence[Seat]:
        """The agents as they are, or as the next call will find them."""
        if self.running or (self.call is not None and not self._declared):
            return self._state.seats
        return [
            Seat(agent.name, agent.title, NOT_READY if agent.name in self.away else READY)
            for agent in self._declared
        ]

    @property
    def _declared(self) -> Sequence[AgentSettings]:
        return self.session.site.centre().agents

    @property
    def changed_variables(self) -> frozenset[str]:
        """Those that hold something else than when the person acted last."""
        return changed_names(self._baseline, self.state.variables)

    def ending(self) -> str:
        """How the call has ended, in a sentence; empty while it goes on."""
        if self.call is None or not self._over:
            return ""
        return ending_of(self.call, self.title_of)

    def title_of(self, flow: str, node: str) -> str:
        """The title of a node of any flow that the call may be in."""
        return title_of(self.call, flow, node)

    # --- what the person does -------------------------------------------------------------------

    def begin(self, held: bool = False) -> bool:
        """Let a call come, *held* before its first node; False, and `trouble`, when it cannot."""
        self.trouble = ""
        try:
            if not self.close(_BRIEFLY):
                raise NotReady(tr("The call before is still ending: try again in a moment."))
            program = ready_program(self.session)
            data = FakeData(self.plan, ready_data(self.session), self.session.around.zone)
        except NotReady as reason:
            self.trouble = str(reason)
            self.changed.emit()
            return False
        self._flow = self.session.flow
        self._trail, self._over = CallTrail(), False
        self._events.clear()
        self._baseline = ()
        setup = Setup(self.caller, self.called, self.start, self.language)
        self.conversation = Conversation(
            setup.at.timestamp(), partial(label_of, program), self.title_of, tr
        )
        self.call = LiveCall(program, setup, self.session.site, data, self._tell, self.away)
        self._state = self.call.state
        self.call.callee, self.call.aloud = self.callee, self.aloud
        if held:
            self.call.pace.step()
        self.call.pace.be_fast(self.fast)
        self._set_breakpoints()
        self.call.start()
        self._show_marks()
        self.changed.emit()
        return True

    def run(self) -> None:
        """Begin a call, or let the one that is held go on."""
        if not self.running:
            self.begin()
        elif self.call is not None:
            self._acts()
            self.call.pace.go_on()

    def step(self) -> None:
        """Go on to the next node; begin before the first one."""
        if not self.running:
            self.begin(held=True)
        elif self.call is not None:
            self._acts()
            self.call.pace.step()

    def stop(self) -> None:
        """End the simulation at once."""
        if self.running and self.call is not None:
            self.call.stop()

    def hang_up(self) -> None:
        """The caller hangs up."""
        if self.running and self.call is not None:
            self._acts()
            self.call.hang_up()
            self.call.pace.go_on()

    def press(self, keys: str) -> None:
        """The caller presses keys."""
        call, conversation = self.call, self.conversation
        if call is None or conversation is None or not self.running or not self.state.answered:
            return
        self._acts()
        conversation.press(keys, self.state.seconds)
        call.press(keys)
        self.changed.emit()

    def speak(self, words: str) -> None:
        """The caller says *words*, or speaks for so many seconds."""
        call, conversation = self.call, self.conversation
        if call is None or conversation is None or not self.running or not words.strip():
            return
        seconds, shown = spoken(words)
        self._acts()
        conversation.speak(shown, self.state.seconds, seconds)
        call.speak(seconds, shown)
        self.changed.emit()

    def other(self, number: str, does: Does) -> None:
        """A telephone that rings or talks does something."""
        if self.running and self.call is not None:
            self._acts()
            self.call.other(number, does)

    def let_work(self, agent: str, takes_calls: bool) -> None:
        """An agent takes calls or not, in this call and in those that follow."""
        self.away = self.away - {agent} if takes_calls else self.away | {agent}
        if self.running and self.call is not None:
            self._acts()
            self.call.let_work(agent, takes_calls)
        self.changed.emit()

    def pass_time(self, seconds: float) -> None:
        """Let time pass at once."""
        if self.running and self.call is not None:
            self._acts()
            self.call.pace.grant(seconds)

    def skip(self) -> None:
        """Let time pass until something happens."""
        if self.running and self.call is not None:
            self._acts()
            self.call.pace.skip()

    def be_fast(self, fast: bool) -> None:
        """Let time stand still while the person thinks, and sounds take none; or not."""
        self.fast = fast
        if self.call is not None:
            self.call.pace.be_fast(fast)
        self.changed.emit()

    def be_aloud(self, aloud: bool) -> None:
        """Let what is heard be heard on the computer's loudspeaker."""
        self.aloud = aloud
        if self.call is not None:
            self.call.aloud = aloud
        if not aloud:
            self.hushed.emit()
        self.changed.emit()

    def plan_data(self, plan: Plan) -> None:
        """What data sources answer from now on."""
        self.plan = plan
        if self.call is not None:
            self.call.data.plan = plan
        self.changed.emit()

    def plan_callee(self, outcome: Outcome) -> None:
        """What dialled telephones do by themselves from now on."""
        self.callee = outcome
        if self.call is not None:
            self.call.callee = outcome

    def cover(self, shown: bool) -> None:
        """Show on the canvas what the call has come by, or do not."""
        self.covering = shown
        self._show_marks()

    def close(self, patience: float = _PATIENCE) -> bool:
        """End the call and its thread; False when the thread is busy for *patience* seconds."""
        if self.call is None:
            return True
        self.call.stop()
        ended = self.call.join(patience)
        self._take(self.call)
        self._over = True
        return ended

    # --- inside ---------------------------------------------------------------------------------

    def _acts(self) -> None:
        """The person does something: what changes from here on is marked."""
        self._take(self.call)
        self._baseline = self.state.variables

    def _tell(self, event: Mapping[str, Any] | None) -> None:
        """Called in the call's thread; the Qt thread is woken once for many events."""
        if event is not None:
            self._events.append(event)
        if not self._waiting:
            self._waiting = True
            try:
                self._told.emit(self.call)
            except RuntimeError:
                return  # the flow was closed, and this with it

    def _take(self, call: object) -> None:
        self._waiting = False
        if self.call is None or call is not self.call or self.conversation is None:
            return
        self._state = self.call.state  # before the events: those that led to it are here by now
        while self._events:
            event = self._events.popleft()
            if event["event"] == "over":
                self._over = True
                self.conversation.hush(float(event["t"]) - self._start)
                self.hushed.emit()
            else:
                self._take_one(event, self.conversation)
        if not self._baseline:
            self._baseline = self.state.variables
        self._reveal_held()
        self._show_marks()
        self.changed.emit()

    def _take_one(self, event: Mapping[str, Any], conversation: Conversation) -> None:
        self._trail.add(event)
        conversation.add(event)
        if event["event"] == "sound" and self.aloud:
            self.heard.emit(event["text"], self.state.language, event["number"])
        elif event["event"] == "quiet":
            self.hushed.emit()

    def _reveal_held(self) -> None:
        """Bring the node that the call is held before into view, once."""
        flow, state = self.session.flow, self._state
        here = state.node if state.held and flow is not None and state.flow == flow.name else ""
        if here and here != self._revealed and self.session.picture.card(here) is not None:
            self.session.revealed.emit(here, None)  # a selection would make a form at each step
        self._revealed = here

    @property
    def _start(self) -> float:
        return 0.0 if self.call is None else self.call.setup.at.timestamp()

    def _show_marks(self) -> None:
        session, flow = self.session, self.session.flow
        if self.call is None or flow is None:
            return
        name, ports = flow.name, self.ports
        now = self.state.now.timestamp()
        here = call_marks(self._trail, name, now, ports, tr) if self.running else NO_MARKS
        session.set_marks("call", here)
        taken = taken_ports(self._trail, name)
        shown = self.covering and bool(taken)
        session.set_marks("coverage", coverage_marks(taken, ports) if shown else NO_MARKS)

    def _set_breakpoints(self) -> None:
        flow = self.session.flow
        if self.call is None or flow is None:
            return
        marks = self.session.marks.cards
        nodes = frozenset((flow.name, name) for name, mark in marks.items() if mark.breakpoint)
        self.call.pace.stop_before(nodes)

    def _flow_changed(self) -> None:
        if not self.running:
            self.trouble = ""
            if self.call is not None and self.outdated:
                self.session.set_marks("coverage", NO_MARKS)
        self.changed.emit()

    def _own_number(self) -> str:
        """The number that leads to this flow, if one does."""
        path = self.session.path
        here = None if path is None else path.resolve()
        numbers: Mapping[str, Path] = self.session.site.numbers
        return next((n for n, flow in numbers.items() if flow.resolve() == here), CALLED)

    def _renumber(self) -> None:
        self.called = self._own_number()
        self.changed.emit()


def simulation_of(session: Session) -> Simulation:
    """The one simulation of *session*."""
    for child in session.children():
        if isinstance(child, Simulation):
            return child
    return Simulation(session)

"""Runs a compiled flow for one call: gives commands out, takes answers in, knows no clock.

What happens when, by phase::

    phase     the node leaves by a port   the node fails               the caller hangs up
    RUNNING   the edge                    error edge, else on_error    LEAVING
                                          (HANDLING), else PARTING
    HANDLING  the edge                    error edge, else PARTING     LEAVING
    PARTING   the run is over             the run is over              LEAVING
    LEAVING   on_hangup (TIDYING), or     likewise                     goes on cleaning up
              the run is over
    TIDYING   the edge, or the end        error edge, or the end       the run is over

PARTING is the time of the last words (apology, goodbye) and of a node that has hung up itself.
An edge costs a unit of the step budget, which only waiting refills. A spent budget leads to a
later phase, and to the last one when it is spent again. So every run ends.

In a flow that was called the phases are its own. Where a run would be over, or would apologise,
the node that called goes on: with the outcome, with the failure, or with the hang-up.
"""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from flow_runtime.core.commands import (
    CallFlow,
    Command,
    HangUp,
    Hangup,
    JumpFlow,
    LocalCommand,
    NodeFailure,
    RejectCall,
)
from flow_runtime.core.frame import Frame
from flow_runtime.core.last_words import apologise, say_goodbye
from flow_runtime.core.levels import Calls, Phase, first_values
from flow_runtime.core.model import ERROR
from flow_runtime.core.outcome import Ended, Observer
from flow_runtime.core.phrase import phrase
from flow_runtime.core.program import GOODBYE, ON_ERROR, UNCONNECTED, Program
from flow_runtime.core.trouble import BUDGET, BudgetSpent, as_failure, last_circle

__all__ = ["Ended", "Phase", "Run"]

SHORTEST_WAIT: Final = timedelta(milliseconds=10)
"""An answer that came sooner was not waited for: say, a sound that a waiting key skipped."""

_TRAIL: Final = 200
_OVER: Final = -4
_APOLOGY: Final = -5
_STAY: Final = -6


class Run(Calls):
    """One call's way through a flow, and those that it calls or jumps to.

    *frame* holds the facts of the call and the values of inputs; the run owns it from here on and
    adds the variables.
    `start`, `send` and `throw` give the next command or `Ended`, and after that the same `Ended`
    again; *now* is the present time, aware. *budget* bounds the nodes between two waits.
    """

    __slots__ = (
        "_budget",
        "_ended",
        "_hanging_up",
        "_hung_up_with",
        "_left",
        "_overspent",
        "_speaking",
        "_trail",
        "_unhandled",
    )

    def __init__(
        self,
        program: Program,
        frame: Frame,
        observer: Observer | None = None,
        budget: int = BUDGET,
    ) -> None:
        super().__init__(program, frame, observer)
        self._budget = self._left = budget
        self._overspent = False
        self._speaking = False
        self._trail: list[str] = []
        self._unhandled: NodeFailure | None = None
        self._hanging_up = False
        self._hung_up_with: str | None = None
        self._ended: Ended | None = None

    @property
    def program(self) -> Program:
        """The program the call is in; it stays the same when a flow's file changes."""
        return self._program

    @property
    def node(self) -> str:
        """The node the call is in, or was in last."""
        return self._step.name

    @property
    def phase(self) -> Phase:
        """How far the run has come."""
        return self._phase

    # --- the driver's side ----------------------------------------------------------------------

    def start(self, now: datetime) -> Command[Any] | Ended:
        """Give the variables their first values and enter the first node."""
        self.frame.now = now
        try:
            self.frame.variables = first_values(self._program, self.frame, self.frame.variables)
        except Exception as error:  # an initial value could not be computed
            self._report(error)
            return self._advance(ON_ERROR)
        return self._advance(self._program.start)

    def send(self, answer: Any, now: datetime) -> Command[Any] | Ended:
        """Give the answer to the last command."""
        if self._ended is not None:
            return self._ended
        frame = self.frame
        if self._step.cls.waits and now - frame.now >= SHORTEST_WAIT and self.hangup is None:
            self._left = self._budget
            self._overspent = False
            self._trail.clear()
        frame.now = now
        return self._resume(answer, GeneratorExit() if self._hanging_up else None)

    def throw(self, error: Exception, now: datetime) -> Command[Any] | Ended:
        """Tell that the last command failed (`NodeFailure`), or that the caller has gone.

        A `Hangup` may come at any time. Any other exception counts as an internal error.
        """
        if self._ended is not None:
            return self._ended
        self.frame.now = now
        if isinstance(error, Hangup):
            self._hung_up(error)
        return self._resume(None, error)

    # --- the loop -------------------------------------------------------------------------------

    def _resume(self, answer: Any, error: BaseException | None) -> Command[Any] | Ended:
        """Let the running node go on, and run the nodes behind it, until the world is needed.

        A node that has hung up is left by `GeneratorExit`: only its clean-up still runs.
        """
        coroutine = self._coroutine
        while coroutine is not None:
            try:
                command = coroutine.send(answer) if error is None else coroutine.throw(error)
            except StopIteration as stop:
                target = self._leave(stop.value)
            except GeneratorExit:
                target = self._tidy() if self._phase is Phase.LEAVING else _OVER
            except Exception as escaped:
                target = self._fail(escaped)
            else:
                answer = error = None
                target = _STAY
                try:
                    if isinstance(command, LocalCommand):
                        answer = command.apply(self)
                    elif isinstance(command, CallFlow):
                        target = self._call(command)
                    elif isinstance(command, JumpFlow):
                        target = self._jump(command)
                    elif isinstance(command, Command):
                        if self._goes_out(command):
                            return command
                        error = GeneratorExit()  # nobody is left to hang up on
                    else:
                        error = TypeError(f"a node may await commands only, not {command!r}")
                except Exception as failed:
                    error = failed
                if self._left < 0:
                    target = self._abandon(coroutine)
                if target == _STAY:
                    continue
            answer = error = None
            coroutine = self._enter(target)
            if coroutine is None and self._levels:
                coroutine, answer, error = self._back()
        return self._end()

    def _advance(self, target: int) -> Command[Any] | Ended:
        self._enter(target)
        return self._resume(None, None)

    def _enter(self, target: int) -> Coroutine[Any, Any, Any] | None:
        """Begin what is behind *target*; None when the run is over."""
        while True:
            try:
                if target < 0:
                    coroutine = self._enter_beyond(target)
                else:
                    coroutine = self._enter_step(target)
            except Exception as error:
                target = self._fail(error)
            else:
                self._coroutine = coroutine
                return coroutine

    def _enter_step(self, target: int) -> Coroutine[Any, Any, Any]:
        step = self._program.steps[target]
        self._left -= 1
        if self._left < _TRAIL:
            self._spend(step.name)
        self._step = step
        if self._observer is not None:
            self._observer.enter(self._program.name, step.name)
        node = step.shared or self._instances.get(target)
        if node is None:
            node = step.instance(self.frame)
            if not step.computed:
                self._instances[target] = node
        return node.run()

    def _enter_beyond(self, target: int) -> Coroutine[Any, Any, Any] | None:
        if target == _OVER:
            return None
        if target == UNCONNECTED and self._phase is not Phase.TIDYING:
            raise NodeFailure("not-connected", phrase("the port it left by leads nowhere"))
        if target == ON_ERROR and self._phase is Phase.RUNNING:
            self._phase = Phase.HANDLING
            if self._program.on_error is not None:
                return self._enter_step(self._program.on_error)
        failure = self._failure or NodeFailure("error", phrase("the node left by its error port"))
        if self._phase is Phase.TIDYING or (target == ON_ERROR and self._levels):
            self._raised = failure if target == ON_ERROR else None
            return None
        self._phase, self._speaking = Phase.PARTING, True
        if target == GOODBYE:
            return say_goodbye(self.frame)
        self._unhandled = failure
        return apologise(self.frame)

    # --- leaving a node -------------------------------------------------------------------------

    def _leave(self, port: Any) -> int:
        """Where the run goes when the running node has ended with *port*."""
        if self._observer is not None and not self._speaking:
            self._observer.leave(self._program.name, self._step.name, port)
        if self._phase is Phase.PARTING:
            return _OVER
        if self._phase is Phase.LEAVING:
            return self._tidy()
        try:
            return self._step.targets[port]
        except (KeyError, TypeError):
            return self._leave_oddly(port)

    def _leave_oddly(self, port: Any) -> int:
        """The port is not written as its key is, or the node ends the flow, or it is a bug."""
        cls = self._step.cls
        if cls.ends:
            self._outcome = str(port)
            return _OVER
        if isinstance(port, str | int) and cls.port_key(port) in self._step.targets:
            return self._step.targets[cls.port_key(port)]
        return self._fail(
            NodeFailure(
                "internal-error",
                phrase(
                    "{type} left by {port}, which is no port of it", type=cls.type, port=repr(port)
                ),
            )
        )

    def _fail(self, error: Exception) -> int:
        """Where the run goes when *error* has ended the running node, or has kept one from it."""
        if isinstance(error, Hangup):
            if self._phase is Phase.TIDYING:
                return _OVER
            self._hung_up(error)
            return self._tidy()
        self._report(error)
        if self._phase is Phase.PARTING:
            return _OVER
        if self._phase is Phase.LEAVING:
            return self._tidy()
        if isinstance(error, BudgetSpent):
            return self._overspend()
        if self._observer is not None:
            self._observer.leave(self._program.name, self._step.name, ERROR)
        return self._step.on_failure

    def _overspend(self) -> int:
        """At first ``on_error`` may help; when it comes to this again the run has to end."""
        if not self._overspent:
            self._overspent = True
            return ON_ERROR
        if self._phase is Phase.TIDYING:
            self._phase = Phase.PARTING
            return _OVER
        return _APOLOGY

    def _report(self, error: Exception) -> None:
        self._failure, details = as_failure(error)
        if self._observer is not None:
            self._observer.failed(self._program.name, self._step.name, self._failure, details)

    def _hung_up(self, hangup: Hangup) -> None:
        """The caller has gone: what is left to do gets a budget of its own."""
        self.hangup = self.hangup or hangup
        if self._phase < Phase.LEAVING:
            self._phase = Phase.LEAVING
            self._left = self._budget
            self._trail.clear()

    def _tidy(self) -> int:
        self._phase, self._speaking = Phase.TIDYING, False
        return _OVER if self._program.on_hangup is None else self._program.on_hangup

    def _end(self) -> Ended:
        """The run is over: say how."""
        self._coroutine = None
        if self.hangup is not None:
            self._ended = Ended(
                "hangup", self.hangup.by, self.hangup.cause, self.node, self._unhandled
            )
        elif self._unhandled is not None:
            self._ended = Ended("failure", "flow", self._unhandled.name, self.node, self._unhandled)
        elif self._hung_up_with is not None:
            self._ended = Ended("hangup", "flow", self._hung_up_with, self.node)
        else:
            self._ended = Ended("end", "flow", self._outcome, self.node)
        return self._ended

    # --- commands and their cost ----------------------------------------------------------------

    def _goes_out(self, command: Command[Any]) -> bool:
        """Whether the driver has to see *command*, which is not so when the run ends by it."""
        self._hanging_up = isinstance(command, HangUp | RejectCall)
        if self.hangup is not None:
            self._left -= 1
            return not self._hanging_up and self._left >= 0
        if self._hanging_up:
            self._phase = Phase.PARTING
            self._hung_up_with = command.reason if isinstance(command, HangUp) else "rejected"
        return True

    def _spend(self, name: str) -> None:
        """Remember the way near the end of the budget, and stop the run at its end."""
        self._trail.append(name)
        if self._left >= 0:
            return
        loop = last_circle(self._trail)
        self._left = self._budget
        self._trail.clear()
        raise BudgetSpent(
            "step-budget",
            phrase(
                "{budget} nodes were passed without waiting for anything,"
                " the last ones in a loop of {loop}; let the loop wait or ask, or end it",
                budget=self._budget,
                loop=loop,
            ),
        )

    def _abandon(self, coroutine: Coroutine[Any, Any, Any]) -> int:
        """Give up a node that does not come to an end after the hang-up."""
        with suppress(RuntimeError):  # it may even refuse to be closed
            coroutine.close()
        self._left = self._budget
        return self._fail(BudgetSpent("step-budget", phrase("it went on and on after the hang-up")))

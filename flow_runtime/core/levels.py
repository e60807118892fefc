"""Flows that call each other: what a run keeps of the caller, and how the called one begins."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from flow_runtime.core.commands import CallFlow, Hangup, JumpFlow, NodeFailure
from flow_runtime.core.frame import FindFile, Frame
from flow_runtime.core.node import Node
from flow_runtime.core.outcome import Observer
from flow_runtime.core.phrase import phrase
from flow_runtime.core.program import Program, Step
from flow_runtime.core.run_scope import RunScope
from flow_runtime.core.suggest import suggest

DEEPEST: Final = 20
"""How many flows may be waiting for those they have called."""


class Phase(IntEnum):
    """Where a run stands; see the table in interpreter.py."""

    RUNNING = 0
    HANDLING = 1
    PARTING = 2
    LEAVING = 3
    TIDYING = 4


@dataclass(frozen=True, slots=True)
class Level:
    """A flow that waits for one it has called: all that the run needs to go on in it.

    *coroutine* is that of the node at *step* which has called. *outputs* maps its flow's
    variables to outputs of the called one.
    """

    program: Program
    step: Step
    coroutine: Coroutine[Any, Any, Any]
    instances: dict[int, Node]
    variables: dict[str, Any]
    files: FindFile | None
    secrets: set[str]
    phase: Phase
    outputs: Mapping[str, str]


class Calls(RunScope):
    """The part of a run that goes from flow to flow.

    It holds what belongs to the flow the call is in, and in *_levels* those that wait for it.
    *_raised* is the failure that the present flow has not handled.
    """

    __slots__ = (
        "_coroutine",
        "_failure",
        "_instances",
        "_levels",
        "_outcome",
        "_phase",
        "_raised",
        "_step",
        "hangup",
    )

    def __init__(self, program: Program, frame: Frame, observer: Observer | None) -> None:
        super().__init__(program, frame, observer)
        self.hangup: Hangup | None = None
        self._phase = Phase.RUNNING
        self._step = program.steps[program.start]
        self._coroutine: Coroutine[Any, Any, Any] | None = None
        self._instances: dict[int, Node] = {}
        self._levels: list[Level] = []
        self._failure: NodeFailure | None = None
        self._raised: NodeFailure | None = None
        self._outcome = ""

    def _call(self, command: CallFlow) -> int:
        """Put the present flow aside and begin another."""
        program = named_flow(self._program, command.flow, len(self._levels))
        frame, coroutine = self.frame, self._coroutine
        assert coroutine is not None
        variables = first_values(program, frame, command.inputs)
        self._levels.append(
            Level(
                self._program,
                self._step,
                coroutine,
                self._instances,
                frame.variables,
                frame.files,
                self._secrets,
                self._phase,
                command.outputs,
            )  # fmt: skip
        )
        self._change(program, variables)
        return program.start

    def _jump(self, command: JumpFlow) -> int:
        """Leave the present flow, and those that have called it, for another."""
        program = named_flow(self._program, command.flow, 0)
        variables = first_values(program, self.frame, {})
        waiting = [level.coroutine for level in reversed(self._levels)]
        for coroutine in (self._coroutine, *waiting):
            if coroutine is not None:
                with suppress(RuntimeError):  # one that does not let itself be ended
                    coroutine.close()
        self._levels.clear()
        self._change(program, variables)
        return program.start

    def _change(self, program: Program, variables: dict[str, Any]) -> None:
        self._program, self._instances = program, {}
        self.frame.variables, self.frame.files = variables, program.surroundings.files
        self._secrets = {name for name in self._secrets if name.startswith("contact.")}
        self._failure = None
        self._outcome = ""
        self._phase = Phase.RUNNING if self._phase < Phase.PARTING else Phase.TIDYING

    def _back(self) -> tuple[Coroutine[Any, Any, Any], Any, BaseException | None]:
        """The flow that was called is over: the node that called it, and what it is told."""
        level, ended = self._levels.pop(), self._phase
        results, secrets = self.frame.variables, self._secrets
        raised, self._raised = self._raised, None
        self._program, self._step, self._instances = level.program, level.step, level.instances
        self.frame.variables, self.frame.files = level.variables, level.files
        self._secrets = level.secrets | {n for n in secrets if n.startswith("contact.")}
        coroutine = self._coroutine = level.coroutine
        if ended is Phase.PARTING:
            return coroutine, None, GeneratorExit()
        self._phase = level.phase
        if self.hangup is not None and level.phase < Phase.LEAVING:
            self._phase = Phase.LEAVING
            return coroutine, None, Hangup(self.hangup.by, self.hangup.cause)
        if raised is not None:  # as an ordinary failure: its `error` edge may help
            return coroutine, None, NodeFailure(raised.name, raised.text)
        if not self._outcome:
            return (
                coroutine,
                None,
                NodeFailure("no-outcome", phrase("the flow was left without an end")),
            )
        try:
            for variable, output in level.outputs.items():
                if output not in results:
                    raise NodeFailure(
                        "unknown-output", phrase("the flow has no output {output}", output=output)
                    )
                self.assign(variable, results[output], output in secrets)
        except NodeFailure as failure:
            return coroutine, None, failure
        return coroutine, self._outcome, None


def named_flow(program: Program, name: str, depth: int) -> Program:
    """The program that *program* calls *name*, with *depth* flows waiting already."""
    found = program.flows.get(name)
    if found is None:
        text = phrase(
            'there is no flow "{name}" that could be run{hint}',
            name=name,
            hint=suggest(name, program.flows),
        )
        raise NodeFailure("unknown-flow", text)
    if depth >= DEEPEST:
        text = phrase(
            "{name} is called by a flow that was called, and so on for {depth} levels",
            name=found.name,
            depth=depth,
        )
        raise NodeFailure("too-deep", text)
    return found


def first_values(program: Program, frame: Frame, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of *program* as it begins with *inputs*; raises `NodeFailure`."""
    for name in inputs:
        if name not in program.inputs:
            text = phrase(
                "{flow} has no input {name}{hint}",
                flow=program.name,
                name=name,
                hint=suggest(name, program.inputs),
            )
            raise NodeFailure("unknown-input", text)
    for name in program.needed:
        if name not in inputs:
            raise NodeFailure(
                "missing-input",
                phrase("{flow} needs its input {name}", flow=program.name, name=name),
            )
    before = frame.variables
    variables: dict[str, Any] = dict.fromkeys(program.undeclared)
    frame.variables = variables  # a default may use the variables above it
    try:
        for name, initial in program.variables:
            if name in inputs:
                variables[name] = program.inputs[name](inputs[name], frame)
            else:
                variables[name] = initial(frame) if initial is not None else None
    finally:
        frame.variables = before
    return variables

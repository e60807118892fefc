"""The world of a tested call: data sources that answer from the test, nodes that are not run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from typing import Any, NoReturn, Protocol, cast

from flow_runtime.call_tests.model import (
    Answers,
    CallTest,
    Changed,
    DataAnswer,
    Fails,
    Hears,
    NodeAnswer,
    Rows,
    Visits,
)
from flow_runtime.call_tests.values import as_type, by_looks
from flow_runtime.core.binding import bind_all
from flow_runtime.core.commands import Answer, Assign, NodeFailure
from flow_runtime.core.expr.values import from_outside
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Node
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.program import Program
from flow_runtime.core.program import Step as ProgramStep
from flow_runtime.core.scope import variables_of
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import ANY, Type
from flow_runtime.services import Data

Blame = Callable[[str, Place], NoReturn]
"""Told what the test has not foreseen, and where it might have; ends the call at once."""


class OpenData(Data, Protocol):
    """Data sources that are opened for one call."""

    async def close(self) -> None:
        """Close what was opened."""


class Misfit(Exception):
    """A test names what its flow does not have; *place* is where."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.place = place


# --- data sources ---------------------------------------------------------------------------------


class StagedData:
    """Sources that *test* names answer in turn; the others are the *real* ones."""

    def __init__(self, test: CallTest, real: OpenData, zone: tzinfo, blame: Blame) -> None:
        self._left = {source: list(answers) for source, answers in test.data.items()}
        self._given = {source: len(answers) for source, answers in test.data.items()}
        self._place = test.places.get("data", test.place)
        self._real, self._zone, self._blame = real, zone, blame

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """The next answer as rows."""
        if source not in self._left:
            return await self._real.lookup(source, sql, bind, timeout, most)
        match self._next(source):
            case Rows(rows):
                values = [by_looks(row, self._zone) for row in rows[:most]]
                return [from_outside(value, self._zone) for value in values]
            case Changed():
                text = phrase(
                    "{source} is asked for rows, but the answer is a number of changed rows",
                    source=source,
                )
                self._blame(text, self._place)
            case Fails(name, text):
                raise NodeFailure(name, text)

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """The next answer as a number of rows."""
        if source not in self._left:
            return await self._real.change(source, sql, bind, timeout)
        match self._next(source):
            case Rows(rows):
                return len(rows)
            case Changed(count):
                return count
            case Fails(name, text):
                raise NodeFailure(name, text)

    def _next(self, source: str) -> DataAnswer:
        if self._left[source]:
            return self._left[source].pop(0)
        text = phrase("{source} is asked more often than data has answers for it", source=source)
        self._blame(text + f" ({self._given[source]})", self._place)


# --- nodes that are not run -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaving:
    port: PortValue
    sets: Mapping[str, Any]


class _StandIn:
    """Runs in place of a node: sets variables, and leaves by the next port of a list."""

    def __init__(
        self, step: ProgramStep, answers: Sequence[_Leaving], place: Place, blame: Blame
    ) -> None:
        self._step, self._answers, self._place, self._blame = step, answers, place, blame
        self._left = list(answers)

    async def run(self) -> PortValue:
        """Leave; a node that would have spoken takes the call, as it would have done."""
        if not self._left:
            text = phrase(
                "{name} is entered more often than answers has ports for it", name=self._step.name
            )
            self._blame(text + f" ({len(self._answers)})", self._place)
        if self._step.cls.speaks:
            await Answer()
        leaving = self._left.pop(0)
        secret = self._step.fixed.get("secret") is True
        for name, value in leaving.sets.items():
            await Assign(name, value, secret)
        return leaving.port


def staged(program: Program, test: CallTest, zone: tzinfo, blame: Blame) -> Program:
    """*program* with the nodes that *test* answers for replaced; raises `Misfit`.

    A node of a flow that is called is named ``FLOW.NODE``.
    """
    _check_names(program, test)
    if not test.answers:
        return program
    wanted: dict[str, dict[str, Answers]] = {}
    for name, answers in test.answers.items():
        flow, node = _known_node(program, name, answers.place)
        wanted.setdefault(flow.name, {})[node] = answers
    made: dict[int, Program] = {}

    def stage(flow: Program) -> Program:
        if id(flow) not in made:
            inner: dict[str, Program] = {}
            steps = _with_stand_ins(flow, wanted.get(flow.name, {}), zone, blame)
            made[id(flow)] = replace(flow, steps=steps, flows=inner)
            inner.update((name, stage(called)) for name, called in flow.flows.items())
        return made[id(flow)]

    return stage(program)


def programs(program: Program) -> Iterator[Program]:
    """*program* and every flow that it may call or jump to, each once."""
    todo, met = [program], {id(program)}
    while todo:
        flow = todo.pop(0)
        yield flow
        for called in flow.flows.values():
            if id(called) not in met:
                met.add(id(called))
                todo.append(called)


def split_name(program: Program, name: str) -> tuple[str, str]:
    """The flow and the node that *name* means: ``tell``, or ``pin_check.ask`` in a called flow."""
    flow, dot, node = name.rpartition(".")
    return (flow, node) if dot else (program.name, name)


def _known_node(program: Program, name: str, place: Place) -> tuple[Program, str]:
    wanted, node = split_name(program, name)
    flows = {flow.name: flow for flow in programs(program)}
    if wanted not in flows:
        raise Misfit(
            phrase(
                '{name} calls no flow "{wanted}"{hint}',
                name=program.name,
                wanted=wanted,
                hint=suggest(wanted, flows),
            ),
            place,
        )
    steps = [step.name for step in flows[wanted].steps]
    if node not in steps:
        raise Misfit(
            phrase(
                '{wanted} has no node "{node}"{hint}',
                wanted=wanted,
                node=node,
                hint=suggest(node, steps),
            ),
            place,
        )
    return flows[wanted], node


def _with_stand_ins(
    flow: Program, wanted: Mapping[str, Answers], zone: tzinfo, blame: Blame
) -> tuple[ProgramStep, ...]:
    if not wanted:
        return flow.steps
    types = variables_of(flow.flow, bind_all(flow.flow, flow.surroundings.nodes))
    steps = []
    for step in flow.steps:
        if step.name in wanted:
            answers = wanted[step.name]
            ways = [_leaving(step, answer, types, zone) for answer in answers.answers]
            stand_in = _StandIn(step, ways, answers.place, blame)
            # All that the interpreter does with the instance is to run it.
            step = replace(step, shared=cast(Node, stand_in))
        steps.append(step)
    return tuple(steps)


def _leaving(
    step: ProgramStep, answer: NodeAnswer, types: Mapping[str, Type], zone: tzinfo
) -> _Leaving:
    ports = step.targets
    port: PortValue = answer.port
    if answer.plain and answer.port.isascii() and answer.port.isdigit():
        number = step.cls.port_key(int(answer.port))
        port = number if number in ports else port
    if port not in ports:
        known = [str(p) for p in ports]
        near = suggest(answer.port, known, len(known))
        raise Misfit(
            phrase(
                '{name} has no port "{port}"{near}', name=step.name, port=answer.port, near=near
            ),
            answer.place,
        )
    sets = {}
    for name, tree in answer.sets.items():
        if name not in types and not name.startswith("contact."):
            near = suggest(name, types)
            raise Misfit(
                phrase('there is no variable "{name}" to set{near}', name=name, near=near),
                tree.place,
            )
        try:
            sets[name] = as_type(tree, types.get(name, ANY), zone)
        except ValueError as error:
            raise Misfit(
                phrase("{name} cannot be set: {error}", name=name, error=error), tree.place
            ) from None
    return _Leaving(port, sets)


# --- what else a test may name --------------------------------------------------------------------


def _check_names(program: Program, test: CallTest) -> None:
    """Whatever *test* names has to be there; raises `Misfit` for the first thing that is not."""
    around = program.surroundings
    if test.language is not None and test.language not in around.languages:
        near = suggest(test.language, around.languages)
        place = test.places.get("language", test.place)
        raise Misfit(
            phrase(
                'nobody is spoken to in "{language}" here{near}', language=test.language, near=near
            ),
            place,
        )
    for what, kind in (("queues", "queue"), ("customers", "crm_find")):
        if getattr(test, what) and kind not in around.nodes:
            text = phrase(
                "{what}: this version has no node {kind}; use answers for the nodes you have",
                what=what,
                kind=kind,
            )
            raise Misfit(text, test.places.get(what, test.place))
    if around.complete:
        for queue, scripts in test.queues.items():
            if queue not in around.queues:
                near = suggest(queue, around.queues)
                text = phrase(
                    'there is no {kind} "{name}"{hint}',
                    kind=phrase("queue"),
                    name=queue,
                    hint=near,
                )
                raise Misfit(text, scripts[0].place)
    for step in test.steps:
        if isinstance(step, Visits):
            _known_node(program, step.node, step.place)
        elif isinstance(step, Hears) and step.key is not None:
            keys = {key for flow in programs(program) for key in _keys(flow)}
            if step.key not in keys:
                near = suggest(step.key, keys)
                raise Misfit(
                    phrase('there is no prompt "{key}"{near}', key=step.key, near=near), step.place
                )


def _keys(flow: Program) -> Iterator[str]:
    for table in flow.surroundings.prompts.tables.values():
        yield from table

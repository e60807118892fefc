"""What the checker claims of variables holds in every run: random flows, run by the interpreter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from flow_kit import LIBRARY, NOON, SITE, flow_of
from flow_runtime.core.check import check_flow
from flow_runtime.core.check.expressions import MAY_BE_MISSING
from flow_runtime.core.check.reader import subject_of
from flow_runtime.core.check.slots import MISSING, SECRET, THERE
from flow_runtime.core.check.subject import Subject
from flow_runtime.core.check.values import HANG_UP
from flow_runtime.core.commands import Assign, Command, Hangup, NodeFailure
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Node, Port, Variable, nodes_by_type, param
from flow_runtime.core.problems import Step
from flow_runtime.core.program import compile_program
from flow_runtime.core.types import TEXT


class Ask(Command[str]):
    """Which way shall it be?"""


class Pick(Node):
    """Leaves by the port that the test says, and does with its variable what the port says."""

    type, title, group, icon = "pick", "Pick", "Ask", "menu"
    waits = True
    into: Variable = param(help="Where.", makes=TEXT, secret="hide")
    hide: bool = param(help="Whether it is a secret.", default=False)

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        return (
            Port("sets", sets=("into",)),
            Port("empties", empties=("into",)),
            Port("may_set"),
            Port("keeps"),
        )

    async def run(self) -> PortValue:
        way = await Ask()
        if way == "fails":
            raise NodeFailure("test", "as the test says")
        if way in ("sets", "may_set"):
            await Assign(self.into, "x", self.hide)
        elif way == "empties":
            await Assign(self.into, None)
        return way


SITE_WITH_PICK = replace(SITE, nodes={**LIBRARY, **nodes_by_type([Pick])})
WAYS = ("sets", "empties", "may_set", "keeps", "fails")
HEAD = """flow f
schema 1
var a: text?
var b: text? = "b"
var c: text
var d: any
var e: text = "e"
start -> n0
on_error -> n1
on_hangup -> tidy
"""
LINES = (
    "a = none", 'a = "s"', "a = b", 'b = a ?? "y"', "b = if a != none then a else b", "c = e",
    'c = a ?? "q"', "b = c", "d = a", "d = c", "e = d", "a = d", "c = b", "e = upper(f ?? e)",
    'a = if b == none then none else "{b}!"', "f = a", 'f = "f"', "contact.x = a",
    "e = slice(e, 0)",
)  # fmt: skip
CONDITIONS = (
    "a != none", "b == none", "f != none and a != none", "a == none or b == none", 'a == "s"',
    'not (a != none or b == "y")', "e == a", "d != none", "f == none", "true",
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A flow of a few nodes that may go anywhere."""
    count = draw(st.integers(2, 7))
    names = st.sampled_from([f"n{number}" for number in range(count)])
    text = HEAD
    for number in range(count):
        kind = draw(st.sampled_from(["set", "if", "pick"]))
        text += f"node n{number}: {kind}\n"
        if kind == "set":
            lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=3))
            text += "".join(f"  {line}\n" for line in lines) + f"  -> {draw(names)}\n"
        elif kind == "if":
            text += f"  when = {draw(st.sampled_from(CONDITIONS))}\n"
            text += f"  true -> {draw(names)}\n  false -> {draw(names)}\n"
        else:
            text += f"  into = {draw(st.sampled_from('acf'))}\n"
            text += f"  hide = {draw(st.sampled_from(['true', 'false']))}\n"
            text += "".join(f"  {port} -> {draw(names)}\n" for port in WAYS[:-1])
        if draw(st.booleans()):
            text += f"  error -> {draw(names)}\n"
    return text + "node tidy: set\n  a = b\n  e = c\n"


class Watch:
    """An observer that compares the variables at each node with what the checker claims."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.run = subject, None
        self.way: list[str] = []
        self.failures: list[tuple[str, NodeFailure]] = []

    def enter(self, flow: str, node: str) -> None:
        self.way.append(node)
        subject, run = self.subject, self.run
        assert run is not None
        assert node in subject.values.entry, f"no call should come to {node}: {self.way}"
        state = subject.values.entry[node]
        for name, value in run.frame.variables.items():
            bits = subject.slots.bits(state, name)
            claim = f"{name} = {value!r} at {node}, which is not in {bits:b}: {self.way}"
            assert bits & (MISSING if value is None else THERE), claim
            assert name not in run._secrets or bits & SECRET or value != "x", f"secret {claim}"

    def leave(self, flow: str, node: str, port: PortValue) -> None:
        pass

    def assigned(self, target: str, value: Any) -> None:
        pass

    def failed(self, flow: str, node: str, failure: NodeFailure, details: str) -> None:
        self.failures.append((node, failure))


def drive(text: str, ways: Sequence[str]) -> tuple[Subject, Watch]:
    """Run the flow, answering in turn; behind the last answer the caller hangs up."""
    flow = flow_of(text)
    subject = subject_of(flow, SITE_WITH_PICK)
    watch = Watch(subject)
    run = Run(compile_program(flow, SITE_WITH_PICK), Frame(now=NOON), watch, budget=60)
    watch.run = run  # type: ignore[assignment]
    now, step = NOON, run.start(NOON)
    for way in ways:
        if isinstance(step, Ended):
            break
        now += timedelta(seconds=1)
        step = run.send(way if isinstance(step, Ask) else None, now)
    while not isinstance(step, Ended):
        now += timedelta(seconds=1)
        step = run.throw(Hangup(), now) if run.hangup is None else run.send(None, now)
    return subject, watch


@settings(max_examples=200, deadline=None)
@given(texts(), st.lists(st.sampled_from(WAYS), max_size=25))
def test_what_is_claimed_holds_in_every_run(text: str, ways: list[str]) -> None:
    subject, watch = drive(text, ways)
    told = {
        problem.subject
        for problem in check_flow(subject.flow, SITE_WITH_PICK)
        if problem.code in MAY_BE_MISSING or problem.severity == "error"
    }
    for node, failure in watch.failures:
        if isinstance(failure, ExpressionFailure) and "none" in failure.text:
            event("failed over none")
            assert node in told, f"{failure} at {node} was not foreseen"


def legs(path: tuple[Step, ...]) -> Iterator[tuple[str, str, str]]:
    for step, after in zip(path, path[1:], strict=False):
        yield step.node, str(step.port), after.node


@settings(max_examples=100, deadline=None)
@given(texts())
def test_counter_examples_are_ways_of_the_flow(text: str) -> None:
    flow = flow_of(text)
    subject = subject_of(flow, SITE_WITH_PICK)
    for problem in check_flow(flow, SITE_WITH_PICK):
        if problem.code not in MAY_BE_MISSING or problem.subject not in subject.decls:
            continue
        assert problem.path[0].node == "n0" and problem.path[-1] == Step(problem.subject, None)
        event("with a way" if len(problem.path) > 1 else "at the start")
        for source, port, target in legs(problem.path):
            if port == HANG_UP:
                assert target == "tidy" and subject.values.may_be_left(source)
            else:
                assert any(
                    (str(link.port), link.target) == (port, target)
                    for link in subject.graph.links(source)
                )

"""A flow made ready to run: expressions are closures, ports are indexes, constants are in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from flow_runtime.core.binding import (
    Beyond,
    BoundNode,
    Exit,
    bind_all,
    parameter_constant,
    refusal,
)
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.compile import NOT_CONSTANT, compile_expression
from flow_runtime.core.expr.convert import Converter, converter
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.frame import Frame
from flow_runtime.core.model import ERROR, Flow, PortValue
from flow_runtime.core.node import Assignment, Node, ParamSpec
from flow_runtime.core.phrase import phrase
from flow_runtime.core.scope import environment
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.types import ANY, Type, declared

ON_ERROR: Final = -1
"""The target of a port that leads to the flow's ``on_error``."""
GOODBYE: Final = -2
"""The target of a port that ends the call politely."""
UNCONNECTED: Final = -3
"""The target of a port that leads nowhere."""

Closure = Callable[[Frame], Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One node, ready to run.

    *fixed* are the values of the instance that never change, *computed* the parameters that have
    to be computed at each visit, *lines* the assignments of a node with free lines. *targets*
    maps a port's key to the index of the step behind it, or to one of the negative targets.
    """

    index: int
    name: str
    cls: type[Node]
    fixed: Mapping[str, Any]
    computed: tuple[tuple[str, Closure], ...]
    lines: tuple[tuple[str, Closure], ...]
    targets: Mapping[PortValue, int]
    on_failure: int
    finish: Callable[[Node], None] | None = None
    """The class's own ``__post_init__``, if it has one."""
    shared: Node | None = None
    """The one instance for all runs of a node in which nothing has to be computed."""

    def instance(self, frame: Frame) -> Node:
        """The node as one visit sees it; raises `NodeFailure` when a parameter's value is bad.

        It fills the instance directly: a frozen dataclass's constructor costs three times as much,
        and this runs at every step of every call.
        """
        node = object.__new__(self.cls)
        values = node.__dict__
        values.update(self.fixed)
        for name, closure in self.computed:
            values[name] = closure(frame)
        if self.lines:
            values["assignments"] = tuple(
                Assignment(target, partial(closure, frame)) for target, closure in self.lines
            )
        if self.finish is not None:
            self.finish(node)
        return node


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled flow. *steps* keep the order of the file; *start* is the index of the first one.

    *on_error* and *on_hangup* are None where the flow has none. *variables* holds one closure
    for each declared variable, in order, None for one without a default; *undeclared* are the
    variables that nodes declare by ``into``. *inputs* make what a caller gives fit, *needed* are
    those it has to give. *flows* are the programs of the flows that this one names, as it writes
    them: a call keeps them too when a file changes. *flow* is the source, kept for those who show
    it.
    """

    flow: Flow
    surroundings: Surroundings
    steps: tuple[Step, ...]
    start: int
    on_error: int | None
    on_hangup: int | None
    variables: tuple[tuple[str, Closure | None], ...]
    undeclared: tuple[str, ...]
    inputs: Mapping[str, Converter] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    flows: Mapping[str, Program] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.flow.name


def compile_program(flow: Flow, surroundings: Surroundings) -> Program:
    """Make *flow* ready to run.

    It should have been checked: what the checker calls an error is a ValueError here where
    nothing could run at all (no start, an unknown node type), and a failure of the node
    concerned when a call comes there otherwise. A flow that it names and that cannot be run is
    left out: the node that wants it fails.
    """
    flows: dict[str, Program] = {}
    nodes = bind_all(flow, surroundings.nodes, surroundings.flows)
    program = _compile(flow, surroundings, nodes, flows)
    _link(flows, nodes.values())
    return program


def _link(flows: dict[str, Program], nodes: Iterable[BoundNode]) -> None:
    """Fill *flows* with the programs that *nodes* name, and those with what they name in turn."""
    made: dict[str, Program] = {}
    todo = [(flows, name, called) for name, called in _named(nodes)]
    while todo:
        flows, name, called = todo.pop()
        if called.flow is None or called.trouble():
            continue
        if called.path not in made:
            inner: dict[str, Program] = {}
            try:
                made[called.path] = _compile(called.flow, called.around, called.whole, inner)
            except ValueError:
                continue
            todo += [(inner, name, found) for name, found in _named(called.whole.values())]
        flows[name] = made[called.path]


def _named(nodes: Iterable[BoundNode]) -> Iterator[tuple[str, CalledFlow]]:
    for node in nodes:
        for spec in node.cls.params.values():
            if spec.names in ("flow", "sub-flow") and node.called is not None:
                yield node.draft.constants[spec.name], node.called


def _compile(
    flow: Flow,
    surroundings: Surroundings,
    nodes: Mapping[str, BoundNode],
    flows: Mapping[str, Program],
) -> Program:
    for decl in flow.nodes:
        if decl.name not in nodes:
            raise ValueError(f"node {decl.name}: there is no node type {decl.type}")
    index = {name: number for number, name in enumerate(nodes)}
    start = index.get(flow.jump("start") or "")
    if start is None:
        raise ValueError(f"flow {flow.name} has no start")
    env = environment(flow, nodes)
    compiler = _Compiler(index, env)
    declarations = {d.name: d for d in flow.declarations}
    inputs = {n: declared(d.type) or ANY for n, d in declarations.items() if d.kind == "input"}
    return Program(
        flow=flow,
        surroundings=surroundings,
        steps=tuple(compiler.step(node) for node in nodes.values()),
        start=start,
        on_error=index.get(flow.jump("on_error") or ""),
        on_hangup=index.get(flow.jump("on_hangup") or ""),
        variables=tuple(
            (d.name, compiler.closure(d.default, declared(d.type)) if d.default else None)
            for d in declarations.values()
        ),
        undeclared=tuple(name for name in env.variables if name not in declarations),
        inputs={name: converter(kind) for name, kind in inputs.items()},
        needed=tuple(
            name
            for name, kind in inputs.items()
            if declarations[name].default is None and not kind.optional
        ),
        flows=flows,
    )


def reached(programs: Iterable[Program]) -> Iterator[Program]:
    """*programs*, and every one that they call or jump to, each once."""
    todo, met = list(programs), set[int]()
    while todo:
        program = todo.pop(0)
        if id(program) not in met:
            met.add(id(program))
            todo += program.flows.values()
            yield program


class _Compiler:
    """Compiles the nodes of one flow."""

    def __init__(self, index: Mapping[str, int], env: TypeEnv) -> None:
        self._index, self._env = index, env

    def closure(self, expr: Expr, expected: Type | None = None) -> Closure:
        return compile_expression(expr, expected, self._env)

    def step(self, node: BoundNode) -> Step:
        fixed: dict[str, Any] = {
            "name": node.decl.name,
            "drawn": node.draft.drawn,
            "assignments": (),
        }
        computed: list[tuple[str, Closure]] = []
        written = node.draft.written
        for spec in node.cls.params.values():
            expr = written.get(spec.name)
            if expr is None and not spec.required:
                fixed[spec.name] = spec.default
                continue
            if expr is None:
                computed.append((spec.name, _missing(spec)))
                continue
            value = parameter_constant(spec, expr)
            if value is not NOT_CONSTANT and refusal(spec, value) is None:
                fixed[spec.name] = value
            else:
                computed.append((spec.name, self._parameter(spec, expr)))
        targets = {key: self._target(way) for key, way in node.exits()}
        lines = tuple(self._lines(node)) if node.cls.free_lines else ()
        finish: Callable[[Node], None] | None = getattr(node.cls, "__post_init__", None)
        return Step(
            index=self._index[node.decl.name],
            name=node.decl.name,
            cls=node.cls,
            fixed=fixed,
            computed=tuple(computed),
            lines=lines,
            targets=targets,
            on_failure=targets[ERROR],
            finish=finish,
            shared=None if computed or lines or finish else node.cls(**fixed),
        )

    def _target(self, way: Exit) -> int:
        match way:
            case Beyond.ON_ERROR:
                return ON_ERROR
            case Beyond.GOODBYE:
                return GOODBYE
            case None:
                return UNCONNECTED
            case name:
                return self._index.get(name, UNCONNECTED)

    def _parameter(self, spec: ParamSpec, expr: Expr) -> Closure:
        """A closure whose value was checked: bounds, choices and whole numbers."""
        if spec.variable or spec.outputs:
            return _missing(spec)
        compute = self.closure(expr, spec.type)
        if not (spec.whole or spec.choices or spec.low is not None or spec.high is not None):
            return compute

        def checked(frame: Frame) -> Any:
            value = compute(frame)
            wrong = refusal(spec, value)
            if wrong is not None:
                raise NodeFailure(
                    "bad-value", phrase("{name} {wrong}", name=spec.name, wrong=wrong)
                )
            return int(value) if spec.whole and value is not None else value

        return checked

    def _lines(self, node: BoundNode) -> Iterator[tuple[str, Closure]]:
        for line in node.decl.parameters:
            if line.name not in node.cls.params:
                yield line.name, self.closure(line.value, self._env.variables.get(line.name))


def _missing(spec: ParamSpec) -> Closure:
    def fail(frame: Frame) -> Any:
        raise NodeFailure(
            "bad-value", phrase("{name} is missing: write {name} = ...", name=spec.name)
        )

    return fail

"""A flow under check: its nodes joined with their classes, its graph, its variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flow_runtime.core.binding import Beyond, BoundNode, bind_all
from flow_runtime.core.check.graph import Graph, Link
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.model import ERROR, Flow, NodeDecl
from flow_runtime.core.problems import Place, Problem, Step
from flow_runtime.core.scope import environment
from flow_runtime.core.surroundings import Surroundings

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything the checks look at.

    *nodes* are those of known types, *decls* all of them, by name; of a name used twice the first
    counts. *numbered* says that callers reach the flow by a number, so that nobody fills inputs.
    """

    flow: Flow
    around: Surroundings
    numbered: bool
    nodes: Mapping[str, BoundNode]
    decls: Mapping[str, NodeDecl]
    graph: Graph
    env: TypeEnv

    def jump(self, kind: Literal["start", "on_error", "on_hangup"]) -> str | None:
        """The node that ``start``, ``on_error`` or ``on_hangup`` leads to, if it exists."""
        target = self.flow.jump(kind)
        return target if target in self.decls else None

    def has_end(self, node: str) -> bool:
        """Whether the flow may end behind *node* other than by a failure.

        A port that is not connected counts: where it should lead is another check's business.
        """
        bound = self.nodes.get(node)
        if bound is None:
            return all(edge.target is None for edge in self.decls[node].edges)
        if bound.cls.ends:
            return True
        ways = [way for key, way in bound.exits() if key != ERROR]
        return any(not isinstance(way, str) or way not in self.decls for way in ways)

    def waits(self, node: str) -> bool:
        """Whether each visit of *node* takes time; of an unknown type we do not say no."""
        bound = self.nodes.get(node)
        return bound is None or bound.waits


def subject_of(flow: Flow, around: Surroundings, numbered: bool = False) -> Subject:
    """Prepare *flow* for the checks."""
    decls: dict[str, NodeDecl] = {}
    for decl in flow.nodes:
        decls.setdefault(decl.name, decl)
    nodes = bind_all(flow, around.nodes, around.flows)
    return Subject(
        flow=flow,
        around=around,
        numbered=numbered,
        nodes=nodes,
        decls=decls,
        graph=Graph(decls, _links(flow, nodes, decls)),
        env=environment(flow, nodes, around.prompts),
    )


def _links(
    flow: Flow, nodes: Mapping[str, BoundNode], decls: Mapping[str, NodeDecl]
) -> Iterator[Link]:
    on_error = flow.jump("on_error")
    for name, decl in decls.items():
        bound = nodes.get(name)
        if bound is None:
            for edge in decl.edges:
                if edge.target is not None and edge.target in decls:
                    yield Link(name, edge.port, edge.target)
            continue
        for key, way in bound.exits():
            target = on_error if way is Beyond.ON_ERROR else way
            if isinstance(target, str) and target in decls:
                yield Link(name, key, target, drawn=way is not Beyond.ON_ERROR)


def error(
    code: str,
    text: str,
    place: Place,
    subject: str | None = None,
    path: tuple[Step, ...] = (),
) -> Problem:
    """A problem that keeps the flow from being served."""
    return Problem("error", code, text, place, subject, path)


def warning(
    code: str,
    text: str,
    place: Place,
    subject: str | None = None,
    path: tuple[Step, ...] = (),
) -> Problem:
    """A problem that a person should look at."""
    return Problem("warning", code, text, place, subject, path)


def route(path: tuple[Step, ...]) -> str:
    """*path* as text: ``hours (open) -> menu (1) -> balance``; long ones lose their middle."""
    words = [step.node if step.port is None else f"{step.node} ({step.port})" for step in path]
    if len(words) > 12:
        words[6:-5] = ["..."]
    return " -> ".join(words)

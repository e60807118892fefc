"""Checks of expressions: names, types, prompts, what may be missing, and what is not finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.slots import MISSING, UNSET
from flow_runtime.core.check.subject import Spot, Subject, coming_by, error, warning
from flow_runtime.core.check.values import Given
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Expr, HalfTyped, Name
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.model import NodeDecl
from flow_runtime.core.phrase import Phrase, phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.types import declared

MAY_BE_MISSING: Final = frozenset({"possible-none", "unset-variable"})
"""Problems that a way through the flow shows: the subject of such a one is at first the path of
what may be missing, see `with_ways`."""


def check_expressions(spot: Spot) -> Iterator[Problem]:
    """What is wrong with the expressions of one node."""
    name, node = spot.decl.name, spot.node
    if node is None:
        for parameter in spot.decl.parameters:
            yield from _half_typed(parameter.value, name)
        return
    yield from _parameters(spot, node)
    if spot.lines is not None:
        yield from of_node(spot.lines.problems(spot.state), name)


def _parameters(spot: Spot, node: BoundNode) -> Iterator[Problem]:
    specs, name, env = node.cls.params, spot.decl.name, spot.env
    for parameter in spot.decl.parameters:
        spec, value = specs.get(parameter.name), parameter.value
        if spec is not None and spec.names and isinstance(value, Name):
            if env.lookup(value.name) is None:
                text = phrase(
                    '{name} is a name of the site and stands in quotes: "{value}"',
                    name=spec.name,
                    value=value.name,
                )
                yield error("unknown-name", text, value.place, name)
                continue
        if spec is not None and not spec.variable and not spec.outputs:
            yield from of_node(infer(parameter.value, env, spec.type)[1], name)
        elif spec is not None or not node.cls.free_lines:
            yield from _half_typed(parameter.value, name)


def of_node(problems: Iterable[Problem], node: str) -> Iterator[Problem]:
    """*problems* of an expression as problems of *node*; see `MAY_BE_MISSING`."""
    for problem in problems:
        yield problem if problem.code in MAY_BE_MISSING else replace(problem, subject=node)


def _half_typed(expr: Expr, name: str) -> Iterator[Problem]:
    """Where no type is known, only what is not finished is wrong."""
    for part in walk(expr):
        if isinstance(part, HalfTyped):
            text = phrase("this expression is not finished: {raw}", raw=part.raw)
            yield error("half-typed", text, part.place, name)


# --- the flow as a whole --------------------------------------------------------------------------


def check_first_values(subject: Subject) -> Iterator[Problem]:
    """What is wrong with the first values of variables; one may use the variables above it."""
    for computed in subject.start.state(Given())[1]:
        yield from (replace(one, subject=computed.line.target) for one in computed.problems)


def check_outputs(subject: Subject) -> Iterator[Problem]:
    """An output without a value when the flow ends: whoever called it reckons with one."""
    outputs = [
        item
        for item in subject.flow.declarations
        if item.kind == "output" and not subject.types[item.name].optional
    ]
    for name, node in subject.nodes.items() if outputs else ():
        state = subject.values.entry.get(name) if node.cls.returns else None
        for item in outputs if state is not None else ():
            mask = subject.slots.mask(item.name, UNSET)
            if state is not None and state & mask and declared(item.type) is not None:
                path = subject.witness.way(name, subject.slots.mask(item.name), mask)
                text = phrase(
                    "output {name} may have no value when the flow ends here"
                    "{way}; set it before, or give it a default",
                    name=item.name,
                    way=coming_by(path),
                )
                place = subject.at(node.decl, node.decl.place)
                yield warning("unset-variable", text, place, name, path)


def with_way(subject: Subject, decl: NodeDecl, problem: Problem) -> Problem:
    """*problem*, which says that something may be missing, with a way by which it is."""
    name, path = decl.name, problem.subject
    way = subject.shape.way_to(name)
    if path is not None and path in subject.slots:
        mask = subject.slots.mask(path)
        found = subject.witness.way(name, mask, subject.slots.mask(path, MISSING))
        way = found or way
    text = problem.text
    if isinstance(text, Phrase):
        text = text.but(way=coming_by(way))
    return replace(problem, text=text, subject=name, path=way)

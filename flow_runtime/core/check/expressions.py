"""Checks of expressions: names, types, prompts, and what is not finished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.knowledge import assignments, knowledge
from flow_runtime.core.check.subject import Subject, error
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.tree import Expr, HalfTyped, Literal
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.problems import Problem
from flow_runtime.core.types import ANY, Type, declared


def check_expressions(subject: Subject) -> Iterator[Problem]:
    """All checks of this file."""
    yield from _declarations(subject)
    envs = knowledge(subject)
    for name, decl in subject.decls.items():
        node = subject.nodes.get(name)
        if node is None:
            for parameter in decl.parameters:
                yield from _half_typed(parameter.value, name)
            continue
        yield from _node(node, envs.get(name, _knowing_all(subject.env)))


def _declarations(subject: Subject) -> Iterator[Problem]:
    """A default may use the variables above it."""
    above: dict[str, Type] = {}
    for item in subject.flow.declarations:
        kind = declared(item.type) or ANY
        if item.default is not None:
            env = TypeEnv(dict(above), prompts=subject.around.prompts)
            yield from _problems(item.default, env, kind, item.name)
        above.setdefault(item.name, kind)


def _node(node: BoundNode, env: TypeEnv) -> Iterator[Problem]:
    specs, name = node.cls.params, node.decl.name
    for parameter in node.decl.parameters:
        spec = specs.get(parameter.name)
        if spec is not None and not spec.variable and not spec.outputs:
            yield from _problems(parameter.value, env, spec.type, name)
        elif spec is not None or not node.cls.free_lines:
            yield from _half_typed(parameter.value, name)
    if node.cls.free_lines:
        for target, value, before in assignments(node, env):
            yield from _problems(value, before, env.variables.get(target), name)


def _problems(expr: Expr, env: TypeEnv, wanted: Type | None, name: str) -> Iterator[Problem]:
    """What is wrong with *expr* of the flow's item *name*.

    That a value *may* be none is a warning: if it is, the node leaves by ``error``.
    """
    nones = {part.place for part in walk(expr) if isinstance(part, Literal) and part.value is None}
    for problem in infer(expr, env, wanted)[1]:
        maybe = problem.code == "possible-none" and problem.place not in nones
        severity = "warning" if maybe else problem.severity
        yield replace(problem, subject=name, severity=severity)


def _half_typed(expr: Expr, name: str) -> Iterator[Problem]:
    """Where no type is known, only what is not finished is wrong."""
    for part in walk(expr):
        if isinstance(part, HalfTyped):
            text = f"this expression is not finished: {part.raw}"
            yield error("half-typed", text, part.place, name)


def _knowing_all(env: TypeEnv) -> TypeEnv:
    """For nodes that no call reaches: nothing is to be said of what may be none there."""
    return env.knowing(env.variables)

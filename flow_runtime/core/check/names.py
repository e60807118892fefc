"""Checks of names: node types, nodes, variables, and what the arrows point at."""

from __future__ import annotations

from collections.abc import Iterator

from flow_runtime.core.check.subject import Subject, error
from flow_runtime.core.expr.advice import for_type
from flow_runtime.core.expr.env import VIEWS
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import NAMES, declared


def check_names(subject: Subject) -> Iterator[Problem]:
    """All checks of this file."""
    yield from _declarations(subject)
    yield from _jumps(subject)
    yield from _nodes(subject)


def _declarations(subject: Subject) -> Iterator[Problem]:
    seen: dict[str, Place] = {}
    for item in subject.flow.declarations:
        if item.name in seen:
            first = seen[item.name].line
            yield error(
                "duplicate-variable",
                phrase(
                    "{name} is already declared on line {first}; give one of them another name",
                    name=item.name,
                    first=first,
                ),
                item.place,
                item.name,
            )
        seen.setdefault(item.name, item.place)
        if item.name in VIEWS:
            yield error(
                "reserved-name",
                phrase(
                    "{name} is a word of the language; call the variable something else",
                    name=item.name,
                ),
                item.place,
                item.name,
            )
        if declared(item.type) is None:
            known = [name for name in NAMES if name not in ("none", "sound")]
            yield error(
                "unknown-type",
                phrase(
                    "there is no type {name}{hint}",
                    name=item.type.name,
                    hint=for_type(item.type.name, known),
                ),
                item.place,
                item.name,
            )
        if subject.numbered and item.kind == "input" and item.default is None:
            yield error(
                "input-without-default",
                phrase(
                    "input {name} has no default, but a flow that is reached by a number gets"
                    " no inputs; write a default or make it a var",
                    name=item.name,
                ),
                item.place,
                item.name,
            )


def _jumps(subject: Subject) -> Iterator[Problem]:
    seen: dict[str, Place] = {}
    for jump in subject.flow.jumps:
        if jump.kind in seen:
            yield error(
                "duplicate-jump",
                phrase(
                    "{kind} is already written on line {line}; keep one of them",
                    kind=jump.kind,
                    line=seen[jump.kind].line,
                ),
                jump.place,
            )
        seen.setdefault(jump.kind, jump.place)
        if jump.target not in subject.decls:
            yield _unknown_target(
                subject, phrase("{kind} leads", kind=jump.kind), jump.target, jump.place, None
            )
    if "start" not in seen:
        first = next(iter(subject.decls), "NODE")
        yield error(
            "missing-start",
            phrase("the flow does not say where it begins; write: start -> {first}", first=first),
            subject.flow.place,
        )


def _nodes(subject: Subject) -> Iterator[Problem]:
    if len(subject.flow.nodes) != len(subject.decls):
        yield from _twice(subject)
    for name in subject.suspects:
        decl = subject.decls[name]
        if name not in subject.nodes:
            yield error(
                "unknown-node",
                phrase(
                    "there is no node type {type}{hint}",
                    type=decl.type,
                    hint=suggest(decl.type, subject.around.nodes),
                ),
                subject.at(decl, decl.place),
                name,
            )
        for edge in decl.edges:
            if edge.target is not None and edge.target not in subject.decls:
                leads = phrase("port {port} of {name} leads", port=edge.port, name=name)
                place = subject.at(decl, edge.place)
                yield _unknown_target(subject, leads, edge.target, place, name)


def _twice(subject: Subject) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for decl in subject.flow.nodes:
        place = subject.at(decl, decl.place)
        if decl.name in seen:
            yield error(
                "duplicate-node",
                phrase(
                    "a node {name} already stands on line {seen}; give one of them another name",
                    name=decl.name,
                    seen=seen[decl.name],
                ),
                place,
                decl.name,
            )
        seen.setdefault(decl.name, place.line)


def _unknown_target(
    subject: Subject, leads: str, target: str, place: Place, node: str | None
) -> Problem:
    return error(
        "unknown-target",
        phrase(
            "{leads} to {target}, but there is no such node{hint}",
            leads=leads,
            target=target,
            hint=suggest(target, subject.decls),
        ),
        place,
        node,
    )

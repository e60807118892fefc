"""Checks of parameters: known, written once, complete, within bounds, and what the node adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flow_runtime.core.binding import BoundNode, parameter_constant, refusal
from flow_runtime.core.check.subject import Severity, Spot, Subject, error
from flow_runtime.core.expr.compile import NOT_CONSTANT
from flow_runtime.core.expr.env import VIEWS
from flow_runtime.core.expr.tree import HalfTyped, Name
from flow_runtime.core.model import Parameter
from flow_runtime.core.node import Finding, ParamSpec
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import ANY, Type


def check_parameters(spot: Spot) -> Iterator[Problem]:
    """What is wrong with the parameters of one node."""
    node, types = spot.node, spot.sight.types
    if node is None:
        return
    for written in node.decl.parameters:
        spec = node.cls.params.get(written.name)
        if spec is not None:
            yield from _value(types, node, spec, written)
        elif node.cls.free_lines:
            yield from _assignment(types, node, written)
        else:
            yield _unknown(node, written)
    for spec in node.cls.params.values():
        if spec.required and spec.name not in node.draft.written:
            yield error(
                "missing-parameter",
                phrase(
                    "{type} needs {name}: write {name} = ...", type=node.cls.type, name=spec.name
                ),
                node.decl.place,
                node.decl.name,
            )
    yield from _findings(node)


def check_written_twice(subject: Subject) -> Iterator[Problem]:
    """Parameters that are written twice in a node."""
    for node in subject.suspected():
        seen: dict[str, int] = {}
        for written in node.decl.parameters:
            place = subject.at(node.decl, written.place)
            if written.name in seen and not _is_line(node, written.name):
                text = phrase(
                    "{name} is already written on line {seen}",
                    name=written.name,
                    seen=seen[written.name],
                )
                text += phrase("; keep one of them")
                yield error("duplicate-parameter", text, place, node.decl.name)
            seen.setdefault(written.name, place.line)


def _is_line(node: BoundNode, name: str) -> bool:
    return node.cls.free_lines and name not in node.cls.params


def _error(node: BoundNode, written: Parameter, code: str, text: str) -> Problem:
    return error(code, text, written.place, node.decl.name)


def _unknown(node: BoundNode, written: Parameter) -> Problem:
    return _error(
        node,
        written,
        "unknown-parameter",
        phrase(
            "{type} has no parameter {name}{hint}",
            type=node.cls.type,
            name=written.name,
            hint=suggest(written.name, node.cls.params),
        ),
    )


def _assignment(
    types: Mapping[str, Type], node: BoundNode, written: Parameter
) -> Iterator[Problem]:
    """A line of a node with free lines assigns a variable, or an attribute of the contact."""
    first, _, attribute = written.name.partition(".")
    if first == "contact" and attribute and "." not in attribute:
        return
    if written.name in types:
        return
    if attribute:
        text = phrase("only contact.NAME can be set, not {name}", name=written.name)
    else:
        text = phrase(
            "there is no variable {name}{hint}; declare it: var {name}: TYPE",
            name=written.name,
            hint=suggest(written.name, types),
        )
    yield _error(node, written, "unknown-variable", text)


def _value(
    types: Mapping[str, Type], node: BoundNode, spec: ParamSpec, written: Parameter
) -> Iterator[Problem]:
    if isinstance(written.value, HalfTyped):
        return
    if spec.variable:
        yield from _variable(types, node, spec, written)
        return
    value = parameter_constant(spec, written.value)
    if value is NOT_CONSTANT:
        if spec.literal and spec.template_allowed:  # SQL has a message of its own
            text = phrase("{name} must be written out, it cannot be computed", name=spec.name)
            if spec.outputs:
                text = phrase(
                    "{name} must be written as {{variable: output}}, with names alone",
                    name=spec.name,
                )
            yield _error(node, written, "not-constant", text)
        return
    wrong = refusal(spec, value)
    if wrong is not None:
        yield _error(
            node, written, "bad-value", phrase("{name} {wrong}", name=spec.name, wrong=wrong)
        )


def _variable(
    types: Mapping[str, Type], node: BoundNode, spec: ParamSpec, written: Parameter
) -> Iterator[Problem]:
    """A parameter that names a variable; it declares it when it makes its value."""
    name = written.value
    if not isinstance(name, Name):
        text = phrase("{name} must be the name of a variable, without quotes", name=spec.name)
        yield _error(node, written, "not-a-variable", text)
    elif name.name in VIEWS and spec.makes is not None:
        text = phrase(
            "{name} is a word of the language; name the variable something else", name=name.name
        )
        yield _error(node, written, "reserved-name", text)
    elif spec.makes is None and name.name not in types:
        text = phrase(
            "there is no variable {name}{hint}; declare it: var {name}: TYPE",
            name=name.name,
            hint=suggest(name.name, types),
        )
        yield _error(node, written, "unknown-variable", text)
    elif spec.makes is not None:
        has = types.get(name.name, ANY)  # a line that is written twice declares nothing
        if ANY not in (has, spec.makes) and has.name != spec.makes.name:
            text = phrase(
                "{name} makes a {makes}, but {variable} is a {has}; use another variable",
                name=spec.name,
                makes=spec.makes,
                variable=name.name,
                has=has,
            )
            yield _error(node, written, "type-mismatch", text)


def _findings(node: BoundNode) -> Iterator[Problem]:
    """What the class itself has to say; the place is that of the parameter or port it names."""
    try:
        findings = list(node.cls.problems(node.draft))
    except Exception as fault:  # a plug-in's bug must not take the checker down
        yield error(
            "node-fault",
            phrase(
                "the node type {type} itself is broken: {fault}; tell whoever made it",
                type=node.cls.type,
                fault=repr(fault),
            ),
            node.decl.place,
            node.decl.name,
        )
        return
    for finding in findings:
        severity: Severity = "warning" if finding.severity == "warning" else "error"
        place = _place_of(node, finding)
        yield Problem(severity, finding.code, finding.text, place, node.decl.name)


def _place_of(node: BoundNode, finding: Finding) -> Place:
    if finding.at is None:
        return node.decl.place
    parameter = node.decl.parameter(str(finding.at))
    if parameter is not None:
        return parameter.place
    edge = node.edges.get(node.cls.port_key(finding.at))
    return node.decl.place if edge is None else edge.place

"""What an expression of a flow may use where it stands, and what is wanted there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from flow_runtime.core.binding import BoundNode, parameter_constant, refusal
from flow_runtime.core.check.subject import Subject
from flow_runtime.core.expr.assist.scope import ANYTHING, Fields, Scope, Wanted
from flow_runtime.core.expr.compile import NOT_CONSTANT
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.phrase import phrase
from flow_runtime.core.scope import made_by
from flow_runtime.core.sql import parameters, selected_columns
from flow_runtime.core.types import ANY

_KINDS: Final = {"input": "An input of this flow.", "output": "An output of this flow.",
                 "var": "A variable of this flow."}  # fmt: skip


def scope_at(
    subject: Subject,
    node: str,
    line: int = 0,
    names: Mapping[str, Sequence[str]] | None = None,
    customer: Fields | None = None,
) -> Scope:
    """What can be used in *node*; in one whose lines are carried out in turn, in its *line*.

    *names* are the site's names beyond those that *subject* knows (queues, agents, sound files),
    *customer* the fields of a customer's record.
    """
    return Scope(
        subject.env_at(node, line),
        dict(_about(subject)),
        {"contact": dict(_attributes(subject)), "customer": customer or {}, **_columns(subject)},
        {**_names(subject), **(names or {})},
    )


def scope_above(subject: Subject, variable: str) -> Scope:
    """What the default value of *variable* can use: the variables declared above it."""
    names = [item.name for item in subject.flow.declarations]
    above = names[: names.index(variable)] if variable in names else names
    kept = {name: subject.env.variables[name] for name in above}
    env = TypeEnv(kept, prompts=subject.around.prompts)
    return Scope(env, dict(_about(subject)), names=_names(subject))


def wanted_by(node: BoundNode, parameter: str, env: TypeEnv) -> Wanted:
    """What *parameter* of *node* has to be; *env* has the variables of its flow."""
    spec = node.cls.params.get(parameter)
    if spec is None:
        kind = env.variables.get(parameter, ANY)
        return ANYTHING if kind == ANY or not node.cls.free_lines else Wanted((kind,))
    if spec.variable:
        made = spec.makes
        kinds = () if made is None or made == ANY else (replace(made, optional=True),)
        return Wanted(kinds, variable=True, must_exist=made is None)
    return Wanted(
        types=() if spec.type == ANY else (spec.type,),
        choices=spec.choices,
        names=spec.names,
        keys=dict(_keys(node, spec, env)),
        refused=lambda expr: _refused(spec, expr),
    )


def _refused(spec: ParamSpec, expr: Expr) -> str | None:
    value = parameter_constant(spec, expr)
    wrong = None if value is NOT_CONSTANT else refusal(spec, value)
    return None if wrong is None else phrase("{name} {wrong}", name=spec.name, wrong=wrong)


def _keys(node: BoundNode, spec: ParamSpec, env: TypeEnv) -> Iterator[tuple[str, str]]:
    """The fields that a record should have: what its statement or its sub-flow asks for."""
    called = node.draft.called
    if spec.outputs:
        yield from ((name, str(kind)) for name, kind in env.variables.items())
    elif spec.name == "bind":
        yield from (
            (name, phrase(":{name} of the statement", name=name)) for name in parameters(_sql(node))
        )
    elif spec.name == "inputs" and called is not None:
        for name, item in called.inputs.items():
            yield (
                name,
                str(item.type)
                + (phrase(", needed") if item.required else phrase(", may be left out")),
            )


def _sql(node: BoundNode) -> str:
    return str(node.draft.constants.get("sql") or "")


def _about(subject: Subject) -> Iterator[tuple[str, str]]:
    """A line of help for each variable: the comment behind its declaration, or who sets it."""
    for node in subject.nodes.values():
        for name, _ in made_by(node):
            yield (
                name,
                phrase(
                    "Set by the node {name} ({title}).", name=node.decl.name, title=node.cls.title
                ),
            )
    for item in subject.flow.declarations:
        yield item.name, item.comments.behind or _KINDS[item.kind]


def _attributes(subject: Subject) -> Iterator[tuple[str, str]]:
    """The attributes of the contact that the flow itself sets."""
    for node in subject.nodes.values():
        for line in node.decl.parameters if node.cls.free_lines else ():
            first, _, attribute = line.name.partition(".")
            if first == "contact" and attribute:
                yield attribute, phrase("Set by the node {name}.", name=node.decl.name)


def _columns(subject: Subject) -> dict[str, Fields]:
    """The columns that queries put into variables."""
    found: dict[str, Fields] = {}
    for node in subject.nodes.values():
        columns = _columns_of(_sql(node))
        for name, made in made_by(node):
            if made.name == "record" and columns:
                help = phrase("A column that the node {name} looks up.", name=node.decl.name)
                found[name] = {**found.get(name, {}), **dict.fromkeys(columns, help)}
    return found


@lru_cache(2000)
def _columns_of(sql: str) -> tuple[str, ...]:
    """The columns of a statement: the same ones are asked for at every keystroke."""
    return tuple(_column_names(selected_columns(sql)))


def _column_names(columns: str) -> Iterator[str]:
    """``owed``, ``a.owed``, ``count(*) as n``: the name that a row has it by."""
    for column in re.split(r",(?![^()]*\))", columns):
        name = re.search(r"([^\W\d]\w*)\s*\Z", column)
        if name is not None:
            yield name[1]


def _names(subject: Subject) -> dict[str, Sequence[str]]:
    around = subject.around
    return {
        "calendar": tuple(around.calendars),
        "data": tuple(around.sources),
        "writable data": tuple(name for name, writable in around.sources.items() if writable),
        "language": around.languages,
    }

"""Checks of what a flow names outside itself: calendars, languages, sources, sounds; and SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.subject import Severity, Subject, error, warning
from flow_runtime.core.expr.tree import Call, HalfTyped, Text
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.prompts import base_language
from flow_runtime.core.suggest import suggest


def check_outside(subject: Subject) -> Iterator[Problem]:
    """All checks of this file."""
    yield from _files(subject)
    for node in subject.nodes.values():
        for spec in node.cls.params.values():
            if spec.names == "language":
                yield from _languages(subject, node, spec)
            elif spec.names in ("calendar", "data", "writable data"):
                yield from _named(subject, node, spec)
            if not spec.template_allowed and spec.name in node.draft.written:
                yield from _sql(node, spec)


def _files(subject: Subject) -> Iterator[Problem]:
    """Sound files that are named in so many words must be there."""
    find = subject.around.files
    if find is None:
        return
    for decl in subject.flow.nodes:
        for part in (part for item in decl.parameters for part in walk(item.value)):
            match part:
                case Call("file", (Text() as name,)) if name.constant and not find(name.constant):
                    yield error(
                        "missing-file",
                        f'there is no sound file "{name.constant}" beside the flow or in the'
                        " prompts folder",
                        name.place,
                        decl.name,
                    )


def _named(subject: Subject, node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """The parameter is the name of a calendar or a data source."""
    name = node.draft.constants.get(spec.name)
    if not isinstance(name, str) or spec.name not in node.draft.written:
        return
    place = node.draft.written[spec.name].place
    if spec.names == "calendar":
        yield from _known(subject, node, "calendar", name, subject.around.calendars, place)
        return
    sources = subject.around.sources
    yield from _known(subject, node, "data source", name, sources, place)
    if spec.names == "writable data" and sources.get(name) is False:
        yield error(
            "read-only-source",
            f'{node.cls.type} changes data, but the data source "{name}" is read-only;'
            f" set writable = true in [data.{name}] or use another one",
            place,
            node.decl.name,
        )


def _languages(subject: Subject, node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """A language without prompts: the caller would hear another one."""
    tags = node.draft.constants.get(spec.name)
    known = subject.around.prompts.languages
    if not tags or not known:
        return
    bases = {base_language(tag) for tag in known}
    for tag in [tags] if isinstance(tags, str) else tags:
        if base_language(tag) not in bases:
            yield warning(
                "unknown-language",
                f'there are no prompts in "{tag}": add it to [prompts].languages, or the caller'
                f" hears {known[0]}",
                node.draft.written[spec.name].place,
                node.decl.name,
            )


def _known(
    subject: Subject,
    node: BoundNode,
    kind: str,
    name: str,
    known: Collection[str],
    place: Place,
) -> Iterator[Problem]:
    if name in known:
        return
    complete = subject.around.complete
    severity: Severity = "error" if complete else "warning"
    hint = suggest(name, known) if complete else " that we know of; check with --config"
    code = "unknown-calendar" if kind == "calendar" else "unknown-source"
    text = f'there is no {kind} "{name}"{hint}'
    yield Problem(severity, code, text, place, node.decl.name)


def _sql(node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """SQL is written out as one text; values come in by named parameters only."""
    sql = node.draft.written[spec.name]
    if not isinstance(sql, HalfTyped) and (not isinstance(sql, Text) or sql.constant is None):
        yield error(
            "sql-template",
            f"{spec.name} must be one written text, never put together: a caller could slip SQL"
            " in; write :name where a value belongs and give it in bind = {name: value}",
            sql.place,
            node.decl.name,
        )

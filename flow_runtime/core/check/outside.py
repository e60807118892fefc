"""Checks of what a flow names outside itself: calendars, queues, agents, sources, sounds; SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, NamedTuple

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.subject import Severity, Spot, error, warning
from flow_runtime.core.expr.tree import Call, HalfTyped, Text
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.prompts import base_language
from flow_runtime.core.suggest import suggest
from flow_runtime.core.surroundings import Surroundings


def check_outside(spot: Spot) -> Iterator[Problem]:
    """What one node names outside its flow."""
    for part in (part for item in spot.decl.parameters for part in walk(item.value)):
        match part:
            case Call("file", (Text() as name,)) if name.constant:
                yield from _file(spot, name.constant, name.place)
            case Call("queue" | "agent" as names, (Text() as name,)) if name.constant:
                yield from _known(spot, names, name.constant, name.place)
    node = spot.node
    for spec in () if node is None else node.cls.params.values():
        if node is None or spec.name not in node.draft.written:
            continue
        if spec.names == "language":
            yield from _languages(spot.around, node, spec)
        elif spec.names in _KINDS:
            yield from _named(spot, node, spec)
        elif spec.names == "strategy":
            yield from _strategy(spot, node, spec)
        if not spec.template_allowed:
            yield from _sql(node, spec)


def _file(spot: Spot, name: str, place: Place) -> Iterator[Problem]:
    """A sound file that is named in so many words must be there."""
    find = spot.around.files
    if find is not None and not find(name):
        text = phrase(
            'there is no sound file "{name}" beside the flow or in the prompts folder', name=name
        )
        yield error("missing-file", text, place, spot.decl.name)


def _named(spot: Spot, node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """The parameter is the name of a calendar, a queue, a data source and so on."""
    name = node.draft.constants.get(spec.name)
    if not isinstance(name, str):
        return
    place = node.draft.written[spec.name].place
    yield from _known(spot, spec.names, name, place)
    if spec.names == "writable data" and spot.around.sources.get(name) is False:
        yield error(
            "read-only-source",
            phrase(
                '{type} changes data, but the data source "{name}" is read-only;'
                " set writable = true in [data.{name}] or use another one",
                type=node.cls.type,
                name=name,
            ),
            place,
            node.decl.name,
        )


def _languages(around: Surroundings, node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """A language without prompts: the caller would hear another one."""
    tags = node.draft.constants.get(spec.name)
    known = around.prompts.languages
    if not tags or not known:
        return
    bases = {base_language(tag) for tag in known}
    for tag in [tags] if isinstance(tags, str) else tags:
        if base_language(tag) not in bases:
            yield warning(
                "unknown-language",
                phrase(
                    'there are no prompts in "{tag}": add it to [prompts].languages, or the caller'
                    " hears {known}",
                    tag=tag,
                    known=known[0],
                ),
                node.draft.written[spec.name].place,
                node.decl.name,
            )


class _Kind(NamedTuple):
    """Something of the site that is named: its word, the code of a problem, all that there are."""

    word: str
    code: str
    known: Callable[[Surroundings], Collection[str]]


_SOURCE: Final = _Kind(phrase("data source"), "unknown-source", lambda around: around.sources)
_KINDS: Final[Mapping[str, _Kind]] = {
    "calendar": _Kind(phrase("calendar"), "unknown-calendar", lambda around: around.calendars),
    "queue": _Kind(phrase("queue"), "unknown-queue", lambda around: around.queues),
    "agent": _Kind(phrase("agent"), "unknown-agent", lambda around: around.agents),
    "box": _Kind(phrase("voicemail box"), "unknown-box", lambda around: around.boxes),
    "data": _SOURCE,
    "writable data": _SOURCE,
}
"""By what `ParamSpec.names` says."""


def _known(spot: Spot, names: str, name: str, place: Place) -> Iterator[Problem]:
    kind = _KINDS[names]
    known = kind.known(spot.around)
    if name in known:
        return
    complete = spot.around.complete
    # Agents may be added while the server runs, and a flow may outlive one.
    severity: Severity = "error" if complete and names != "agent" else "warning"
    hint = suggest(name, known) if complete else phrase(" that we know of; check with --config")
    text = phrase('there is no {kind} "{name}"{hint}', kind=kind.word, name=name, hint=hint)
    yield Problem(severity, kind.code, text, place, spot.decl.name)


def _strategy(spot: Spot, node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """The parameter is the name or the text of a strategy, where that can be told."""
    text, check = node.draft.constants.get(spec.name), spot.around.check_strategy
    if not isinstance(text, str) or check is None:
        return
    place = node.draft.written[spec.name].place
    for severity, said in check(text):
        yield Problem(severity, "bad-strategy", said, place, node.decl.name)


def _sql(node: BoundNode, spec: ParamSpec) -> Iterator[Problem]:
    """SQL is written out as one text; values come in by named parameters only."""
    sql = node.draft.written[spec.name]
    if not isinstance(sql, HalfTyped) and (not isinstance(sql, Text) or sql.constant is None):
        yield error(
            "sql-template",
            phrase(
                "{name} must be one written text, never put together: a caller could slip SQL"
                " in; write :name where a value belongs and give it in bind = {{name: value}}",
                name=spec.name,
            ),
            sql.place,
            node.decl.name,
        )

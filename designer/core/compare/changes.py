"""Finds the changes between two flows: nodes, parameters, arrows, declarations, notes.

Where cards stand, the order of nodes and ports, spelling and comments are no changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from designer.core.compare.meaning import Meaning, meaning_of, same_lines, same_value
from designer.core.compare.renames import renamed_nodes, renamed_variables
from designer.core.edits import Library, first_nodes, rename_variable, written_value
from designer.core.edits.items import JUMPS
from flow_runtime.core.model import NEXT, Declaration, Edge, Flow, PortValue
from flow_runtime.core.syntax.words import quoted

What = Literal[
    "flow", "declaration", "way", "node", "title", "type", "parameter", "arrow", "label", "port",
    "note", "frame",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change; *old* and *new* are texts, None for what was not or is no more.

    *node* is the node's new name (of a removed one the old). *name* is what has changed: the
    parameter, the variable, ``start``. Of an arrow *old* and *new* are the nodes it leads to.
    """

    what: What
    kind: Literal["added", "removed", "changed", "renamed"]
    old: str | None = None
    new: str | None = None
    node: str | None = None
    name: str = ""
    port: PortValue | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two flows and what is different in them.

    *nodes* and *variables* say what was renamed: old name to new.
    """

    old: Flow
    new: Flow
    changes: tuple[Change, ...] = ()
    nodes: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def of_node(self, name: str) -> tuple[Change, ...]:
        """What has changed in one node."""
        return tuple(change for change in self.changes if change.node == name)


def compare(old: Flow, new: Flow, library: Library) -> Comparison:
    """What has changed from *old* to *new*."""
    variables = renamed_variables(old, new, library)
    before = old
    for was, now in variables.items():
        before = rename_variable(before, was, now, library)
    olds = {name: meaning_of(decl, library) for name, decl in first_nodes(before).items()}
    news = {name: meaning_of(decl, library) for name, decl in first_nodes(new).items()}
    nodes = renamed_nodes(before, new, olds, news)
    changes = [
        *_of_head(before, new, variables),
        *_of_ways(before, new, nodes),
        *_of_nodes(olds, news, nodes),
        *_of_remarks(before, new),
    ]
    return Comparison(old, new, tuple(changes), nodes, variables)


# --- the head -------------------------------------------------------------------------------------


def _of_head(old: Flow, new: Flow, variables: Mapping[str, str]) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("flow", "renamed", old.name, new.name)
    if old.title != new.title:
        yield _changed("flow", old.title, new.title, name="title")
    for was, now in variables.items():
        yield Change("declaration", "renamed", was, now, name=now)
    olds, news = _declared(old), _declared(new)
    for name in {**olds, **news}:
        was_, now_ = olds.get(name), news.get(name)
        if was_ is None or now_ is None or not _same_declaration(was_, now_):
            texts = (_declaration(was_), _declaration(now_))
            yield _changed("declaration", *texts, name=name)


def _declared(flow: Flow) -> dict[str, Declaration]:
    return {one.name: one for one in reversed(flow.declarations)}


def _same_declaration(one: Declaration, other: Declaration) -> bool:
    return (one.kind, one.type) == (other.kind, other.type) and same_value(
        one.default, other.default
    )


def _declaration(one: Declaration | None) -> str | None:
    """``var text? = "x"``: the declaration without its name."""
    if one is None:
        return None
    kind = one.type
    text = f"{one.kind} {'list of ' if kind.is_list else ''}{kind.name}"
    text += "?" if kind.optional else ""
    return text if one.default is None else f"{text} = {written_value(one.default)}"


def _of_ways(old: Flow, new: Flow, nodes: Mapping[str, str]) -> Iterator[Change]:
    for way in JUMPS:
        was, now = old.jump(way), new.jump(way)
        if _named(was, nodes) != now:
            yield _changed("way", was, now, name=way)


def _changed(
    what: What,
    old: str | None,
    new: str | None,
    *,
    node: str | None = None,
    name: str = "",
    port: PortValue | None = None,
) -> Change:
    kind: Literal["added", "removed", "changed"] = "changed"
    if old is None:
        kind = "added"
    elif new is None:
        kind = "removed"
    return Change(what, kind, old, new, node, name, port)


def _named(name: str | None, nodes: Mapping[str, str]) -> str | None:
    """What the node *name* of the old flow is called in the new one."""
    return None if name is None else nodes.get(name, name)


# --- nodes ----------------------------------------------------------------------------------------


def _of_nodes(
    olds: Mapping[str, Meaning], news: Mapping[str, Meaning], nodes: Mapping[str, str]
) -> Iterator[Change]:
    """The changes in the order of the new flow, then what is removed."""
    old_names = {_named(name, nodes): name for name in olds}
    for name, meaning in news.items():
        was = old_names.get(name)
        if was is None:
            yield Change("node", "added", None, meaning.decl.type, name)
            continue
        if was != name:
            yield Change("node", "renamed", was, name, name)
        yield from _of_node(olds[was], meaning, nodes)
    for name, meaning in olds.items():
        if _named(name, nodes) not in news:
            yield Change("node", "removed", meaning.decl.type, None, name)


def _of_node(old: Meaning, new: Meaning, nodes: Mapping[str, str]) -> Iterator[Change]:
    name = new.decl.name
    if old.decl.type != new.decl.type:
        yield _changed("type", old.decl.type, new.decl.type, node=name)
    if old.decl.title != new.decl.title:
        yield _changed("title", old.decl.title, new.decl.title, node=name)
    for key in {**old.parameters, **new.parameters}:
        was, now = old.parameters.get(key), new.parameters.get(key)
        if was is None or now is None or not same_value(was.value, now.value):
            texts = [None if line is None else written_value(line.value) for line in (was, now)]
            yield _changed("parameter", *texts, node=name, name=key)
    if not same_lines(old.lines, new.lines):
        yield from _of_lines(old, new)
    for port in {**old.edges, **new.edges}:
        yield from _of_port(old.edges.get(port), new.edges.get(port), name, nodes)


def _of_lines(old: Meaning, new: Meaning) -> Iterator[Change]:
    """Assignments: those whose name stands once on both sides are compared, else all as one."""
    name = new.decl.name
    was, now = [line.name for line in old.lines], [line.name for line in new.lines]
    in_both = [line for line in was if line in now]
    unique = max(Counter(was).values(), default=1) == 1 == max(Counter(now).values(), default=1)
    if not unique or in_both != [line for line in now if line in was]:
        texts = ["; ".join(f"{x.name} = {written_value(x.value)}" for x in side.lines) or None
                 for side in (old, new)]  # fmt: skip
        yield _changed("parameter", *texts, node=name)
        return
    befores = {line.name: line.value for line in old.lines}
    afters = {line.name: line.value for line in new.lines}
    for key in {**befores, **afters}:
        before, after = befores.get(key), afters.get(key)
        if not same_value(before, after):
            values = [None if x is None else written_value(x) for x in (before, after)]
            yield _changed("parameter", *values, node=name, name=key)


def _of_port(
    old: Edge | None, new: Edge | None, node: str, nodes: Mapping[str, str]
) -> Iterator[Change]:
    port = new.port if new is not None else old.port if old is not None else NEXT
    was = None if old is None else old.target
    now = None if new is None else new.target
    if _named(was, nodes) != now:
        yield _changed("arrow", was, now, node=node, port=port)
    elif old is None or new is None:
        yield Change("port", "added" if old is None else "removed", node=node, port=port)
    labels = [None if edge is None else edge.label for edge in (old, new)]
    if labels[0] != labels[1]:
        yield _changed("label", *labels, node=node, port=port)


# --- the canvas -----------------------------------------------------------------------------------


def _of_remarks(old: Flow, new: Flow) -> Iterator[Change]:
    """Notes and frames by what they say: it does not matter where."""
    was = Counter((remark.kind, remark.text) for remark in old.layout.remarks)
    now = Counter((remark.kind, remark.text) for remark in new.layout.remarks)
    for kind, text in (was - now).elements():
        yield Change(kind, "removed", quoted(text), None)
    for kind, text in (now - was).elements():
        yield Change(kind, "added", None, quoted(text))

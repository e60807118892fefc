"""Recognises what was only renamed: a node by what it says and who leads to it, a variable by use.

A node that is gone and one that is new are the same when they say the same. Where several do, the
arrows that lead to them tell which is which. What is left is the same when the type, and more
than half of what is written, is: it was renamed and changed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Final

from designer.core.compare.meaning import Meaning, meaning_of, plain, same_value
from designer.core.edits import Library, first_nodes, rename_variable
from designer.core.edits.items import JUMPS
from flow_runtime.core.model import Flow

_ALIKE: Final = 0.5
"""The share of what is written that has to be the same in a node that was renamed and changed."""
_MOST_PAIRS: Final = 40_000
"""Of more pairs than this nobody could tell by likeness which belong together."""


def renamed_nodes(
    old: Flow, new: Flow, olds: Mapping[str, Meaning], news: Mapping[str, Meaning]
) -> dict[str, str]:
    """Old name to new of the nodes that are called otherwise."""
    gone = [name for name in olds if name not in news]
    come = [name for name in news if name not in olds]
    if not gone or not come:
        return {}
    found: dict[str, str] = {}
    ways_old, ways_new = _ways_to(old, olds), _ways_to(new, news)
    for rough in (False, True):
        more = True
        while more:
            known = {**{name: name for name in olds if name in news}, **found}
            same = {name: name for name in known.values()}
            left = [name for name in gone if name not in found]
            free = [name for name in come if name not in same]
            befores = {n: _sign(olds[n], ways_old[n], known, rough=rough) for n in left}
            afters = {n: _sign(news[n], ways_new[n], same, rough=rough) for n in free}
            pairs = _only_ones(befores, afters)
            found |= pairs
            more = bool(pairs)
    found |= _in_order(olds, news, gone, come, found)
    found |= _alike(olds, news, gone, come, found)
    return found


def _ways_to(flow: Flow, nodes: Mapping[str, Meaning]) -> dict[str, list[tuple[str, str]]]:
    """For each node the arrows that lead to it, as node and port."""
    ways: dict[str, list[tuple[str, str]]] = {name: [] for name in nodes}
    for kind in JUMPS:
        target = flow.jump(kind)
        if target is not None and target in ways:
            ways[target].append(("", kind))
    for name, meaning in nodes.items():
        for port, edge in meaning.edges.items():
            if edge.target is not None and edge.target in ways:
                ways[edge.target].append((name, repr(port)))
    return ways


def _sign(
    meaning: Meaning, ways: Iterable[tuple[str, str]], known: Mapping[str, str], *, rough: bool
) -> Hashable:
    """What a node is known by; *rough*: without who leads to it, and where it leads.

    Neighbours that are not *known* yet do not count.
    """
    if rough:
        return _content(meaning)
    leads = frozenset(
        (repr(port), known.get(edge.target or ""))
        for port, edge in meaning.edges.items()
        if edge.target in known
    )
    led = frozenset(
        (known.get(node, node), port) for node, port in ways if node in known or not node
    )
    return _content(meaning), leads, led


def _content(meaning: Meaning) -> Hashable:
    """What a node says by itself."""
    decl = meaning.decl
    parameters = frozenset((name, plain(line.value)) for name, line in meaning.parameters.items())
    lines = tuple((line.name, plain(line.value)) for line in meaning.lines)
    ports = frozenset((repr(port), edge.label) for port, edge in meaning.edges.items())
    return decl.type, decl.title, parameters, lines, ports


def _only_ones(olds: Mapping[str, Hashable], news: Mapping[str, Hashable]) -> dict[str, str]:
    """The pairs with a sign that stands just once on both sides."""
    by_sign: dict[Hashable, tuple[list[str], list[str]]] = {}
    for side, signs in enumerate((olds, news)):
        for name, sign in signs.items():
            by_sign.setdefault(sign, ([], []))[side].append(name)
    return {was[0]: now[0] for was, now in by_sign.values() if len(was) == 1 and len(now) == 1}


def _in_order(
    olds: Mapping[str, Meaning],
    news: Mapping[str, Meaning],
    gone: Iterable[str],
    come: Iterable[str],
    found: Mapping[str, str],
) -> dict[str, str]:
    """Twins that nothing tells apart: the first is the first."""
    waiting: dict[Hashable, list[str]] = {}
    for name in come:
        if name not in found.values():
            waiting.setdefault(_content(news[name]), []).append(name)
    pairs = {}
    for name in gone:
        twins = waiting.get(_content(olds[name])) if name not in found else None
        if twins:
            pairs[name] = twins.pop(0)
    return pairs


def _alike(
    olds: Mapping[str, Meaning],
    news: Mapping[str, Meaning],
    gone: Iterable[str],
    come: Iterable[str],
    found: Mapping[str, str],
) -> dict[str, str]:
    """Nodes that are more alike to each other than to any other."""
    left = [name for name in gone if name not in found]
    free = [name for name in come if name not in found.values()]
    if len(left) * len(free) > _MOST_PAIRS:
        return {}
    known = {**{name: name for name in olds if name in news}, **found}
    scored = [(_likeness(olds[was], news[now], known), was, now) for was in left for now in free]
    pairs: dict[str, str] = {}
    for score, was, now in sorted(scored, key=lambda pair: -pair[0]):
        if score > _ALIKE and was not in pairs and now not in pairs.values():
            pairs[was] = now
    return pairs


def _likeness(old: Meaning, new: Meaning, known: Mapping[str, str]) -> float:
    """The share of what is written in either that both say, 0 to 1; 0 for another type."""
    if old.decl.type != new.decl.type:
        return 0.0
    same = all_ = 0.0
    if old.decl.title is not None or new.decl.title is not None:
        all_ += 1
        same += old.decl.title == new.decl.title
    for key in {**old.parameters, **new.parameters}:
        was, now = old.parameters.get(key), new.parameters.get(key)
        all_ += 1
        same += was is not None and now is not None and same_value(was.value, now.value)
    for port in {**old.edges, **new.edges}:
        one, other = old.edges.get(port), new.edges.get(port)
        all_ += 1
        if one is not None and other is not None:
            leads = known.get(one.target) if one.target is not None else None
            same += 1 if leads == other.target else 0.5 * (one.label == other.label)
    assigned = {(line.name, plain(line.value)) for line in old.lines}
    assigns = {(line.name, plain(line.value)) for line in new.lines}
    all_ += len(assigned | assigns)
    same += len(assigned & assigns)
    return same / all_ if all_ else 0.0


# --- variables ------------------------------------------------------------------------------------


def renamed_variables(old: Flow, new: Flow, library: Library) -> dict[str, str]:
    """Old name to new of the declared variables that are called otherwise.

    One that is gone and one of the same kind, type and first value that is new are the same when
    nodes of both flows are equal under the new name that were not before.
    """
    olds = {one.name: one for one in old.declarations}
    news = {one.name: one for one in new.declarations}
    found: dict[str, str] = {}
    for name, was in olds.items():
        if name in news:
            continue
        candidates = [
            now.name
            for now in new.declarations
            if now.name not in olds
            and now.name not in found.values()
            and (now.kind, now.type) == (was.kind, was.type)
            and same_value(now.default, was.default)
        ]
        for candidate in candidates:
            renamed = rename_variable(old, name, candidate, library)
            if _more_equal(old, renamed, new, library):
                found[name], old = candidate, renamed
                break
    return found


def _more_equal(old: Flow, renamed: Flow, new: Flow, library: Library) -> bool:
    """Whether the nodes that a renaming touches say then what a node of *new* says."""
    touched = [b for a, b in zip(old.nodes, renamed.nodes, strict=True) if a is not b]
    contents = {_content(meaning_of(node, library)) for node in first_nodes(new).values()}
    hits = sum(_content(meaning_of(node, library)) in contents for node in touched)
    return hits > 0 and 2 * hits >= len(touched)

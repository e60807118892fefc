"""Edits of whole nodes: add, remove, name, and where the flow begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Literal
from unicodedata import normalize

from designer.core.edits.remains import above, without
from flow_runtime.core.model import Box, Edge, Flow, Jump, Layout, NodeDecl
from flow_runtime.core.syntax.words import RESERVED, is_name

JumpKind = Literal["start", "on_error", "on_hangup"]

JUMPS: tuple[JumpKind, ...] = ("start", "on_error", "on_hangup")
"""The ways into a flow, in the order in which they are written."""


def fresh_name(taken: Collection[str], wanted: str) -> str:
    """A name like *wanted* that can be written without quotes and is not *taken*."""
    words = re.findall(r"\w+", normalize("NFC", wanted.lower()))
    name = "_".join(words).strip("_") or "node"
    if not is_name(name) or name in RESERVED:
        name = f"node_{name}" if is_name(f"node_{name}") else "node"
    return free_name(taken, name)


def free_name(taken: Collection[str], name: str) -> str:
    """*name*, with a number behind it when it is *taken*."""
    if name not in taken:
        return name
    stem = re.sub(r"_?\d+$", "", name) or name
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def node_names(flow: Flow) -> set[str]:
    """The names of all nodes."""
    return {node.name for node in flow.nodes}


def first_nodes(flow: Flow) -> dict[str, NodeDecl]:
    """The nodes by name; of a name that is used twice the first counts."""
    nodes: dict[str, NodeDecl] = {}
    for decl in flow.nodes:
        nodes.setdefault(decl.name, decl)
    return nodes


def change_nodes(flow: Flow, changed: Mapping[str, NodeDecl]) -> Flow:
    """*flow* with other nodes in place of those (the first ones) of these names."""
    left = dict(changed)
    nodes = tuple([left.pop(decl.name, decl) for decl in flow.nodes])
    if left:
        raise KeyError(next(iter(left)))
    return replace(flow, nodes=nodes)


def change_node(flow: Flow, name: str, node: NodeDecl) -> Flow:
    """*flow* with *node* in place of the first node called *name*."""
    return change_nodes(flow, {name: node})


def node_of(flow: Flow, name: str) -> NodeDecl:
    """The node called *name*; KeyError when there is none."""
    node = flow.node(name)
    if node is None:
        raise KeyError(name)
    return node


def add_node(flow: Flow, node: NodeDecl, x: int, y: int, after: str | None = None) -> Flow:
    """*flow* with *node*, whose name is free, standing at (x, y).

    It is written behind the node called *after*, else at the end. The first node becomes the
    flow's start.
    """
    names = [decl.name for decl in flow.nodes]
    at = names.index(after) + 1 if after in names else len(names)
    nodes = (*flow.nodes[:at], node, *flow.nodes[at:])
    layout = replace(flow.layout, boxes=(*flow.layout.boxes, Box(node.name, x, y)))
    added = replace(flow, nodes=nodes, layout=layout)
    return added if flow.nodes or flow.jump("start") else set_jump(added, "start", node.name)


def remove_nodes(flow: Flow, names: Collection[str]) -> Flow:
    """*flow* without these nodes; what led to them is not connected any more.

    Of a name that is used twice the first node goes, and the other takes its place.
    """
    left = set(names)
    gone = []
    for index, node in enumerate(flow.nodes):
        if node.name in left:
            left.discard(node.name)
            gone.append(index)
    kept, strays = without(flow.nodes, gone)
    lost = set(names) - {node.name for node in kept}
    nodes = tuple([_loosened(node, lost) for node in kept])
    loosened = replace(flow, nodes=nodes, tail=strays + flow.tail, layout=_unboxed(flow, lost))
    for jump in flow.jumps:
        if jump.target in lost:
            loosened = _without_jumps(loosened, jump.kind, jump.target)
    return loosened


def _loosened(node: NodeDecl, gone: Collection[str]) -> NodeDecl:
    if not any(edge.target in gone for edge in node.edges):
        return node
    edges = [replace(e, target=None) if e.target in gone else e for e in node.edges]
    return replace(node, edges=tuple(edges))


def _unboxed(flow: Flow, names: Collection[str]) -> Layout:
    layout = flow.layout
    gone = [index for index, box in enumerate(layout.boxes) if box.name in names]
    boxes, strays = without(layout.boxes, gone)
    return replace(layout, boxes=boxes, tail=strays + layout.tail)


def rename_node(flow: Flow, old: str, new: str) -> Flow:
    """*flow* with the node *old* called *new*, which is free; all that leads to it follows.

    Of a name that is used twice the first node is renamed, and what leads to it is that one's.
    """

    def renamed(edge: Edge) -> Edge:
        return replace(edge, target=new) if edge.target == old else edge

    nodes, found = [], False
    for node in flow.nodes:
        if node.name == old and not found:
            node, found = replace(node, name=new), True
        if any(edge.target == old for edge in node.edges):
            node = replace(node, edges=tuple(map(renamed, node.edges)))
        nodes.append(node)
    if not found:
        raise KeyError(old)
    jumps = [replace(j, target=new) if j.target == old else j for j in flow.jumps]
    boxes = [replace(b, name=new) if b.name == old else b for b in flow.layout.boxes]
    layout = replace(flow.layout, boxes=tuple(boxes))
    return replace(flow, nodes=tuple(nodes), jumps=tuple(jumps), layout=layout)


def set_title(flow: Flow, name: str, title: str | None) -> Flow:
    """Give a node its title; an empty one is none."""
    return change_node(flow, name, replace(node_of(flow, name), title=title or None))


# --- where the flow begins ------------------------------------------------------------------------


def set_jump(flow: Flow, kind: JumpKind, target: str | None) -> Flow:
    """Let ``start``, ``on_error`` or ``on_hangup`` lead to *target*, or nowhere."""
    if target is None:
        return _without_jumps(flow, kind, None)
    jumps = list(flow.jumps)
    for index, jump in enumerate(jumps):
        if jump.kind == kind:
            jumps[index] = replace(jump, target=target)
            return replace(flow, jumps=tuple(jumps))
    later = JUMPS[JUMPS.index(kind) + 1 :]
    at = next((i for i, jump in enumerate(jumps) if jump.kind in later), len(jumps))
    jumps.insert(at, Jump(kind, target))
    return replace(flow, jumps=tuple(jumps))


def _without_jumps(flow: Flow, kind: JumpKind, target: str | None) -> Flow:
    """*flow* without the jumps of this *kind* (that lead to *target*, if one is given)."""
    gone = [
        index
        for index, jump in enumerate(flow.jumps)
        if jump.kind == kind and target in (None, jump.target)
    ]
    jumps, strays = without(flow.jumps, gone)
    return _headed(replace(flow, jumps=jumps), strays)


def _headed(flow: Flow, strays: tuple[str, ...]) -> Flow:
    """*flow* with comments above its first node, which follows the jumps in the file."""
    if not strays:
        return flow
    if not flow.nodes:
        return replace(flow, tail=strays + flow.tail)
    return replace(flow, nodes=(above(flow.nodes[0], strays), *flow.nodes[1:]))


def ways_in(flow: Flow) -> Iterator[tuple[JumpKind, str]]:
    """Each way into the flow that is written, with the node it leads to; the first one counts."""
    for kind in JUMPS:
        target = flow.jump(kind)
        if target is not None:
            yield kind, target

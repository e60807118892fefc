"""One flow that shows two: the new one, with what was removed still in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from designer.core.compare.changes import Comparison
from designer.core.edits import first_nodes
from designer.core.edits.ports import merged_edges
from flow_runtime.core.model import Edge, Flow, NodeDecl, PortValue


@dataclass(frozen=True, slots=True)
class United:
    """The flow to draw. *removed* are the nodes in it that are no more.

    *gone* are the arrows in it that are no more, as node and port.
    """

    flow: Flow
    removed: frozenset[str]
    gone: frozenset[tuple[str, PortValue]]


def united(comparison: Comparison) -> United:
    """The new flow with the nodes and arrows that were removed, each where it was."""
    old, new = first_nodes(comparison.old), first_nodes(comparison.new)
    names = {name: comparison.nodes.get(name, name) for name in old}
    removed = frozenset(name for name, now in names.items() if now not in new)
    gone: set[tuple[str, PortValue]] = set()
    was = {names[name]: decl for name, decl in old.items()}
    nodes = tuple(
        _with_old_arrows(decl, was[decl.name], names, gone) if decl.name in was else decl
        for decl in comparison.new.nodes
    )
    back = tuple(_led(decl, names) for name, decl in old.items() if name in removed)
    gone |= {(decl.name, edge.port) for decl in back for edge in decl.edges if edge.target}
    boxes = tuple(box for box in comparison.old.layout.boxes if box.name in removed)
    layout = replace(comparison.new.layout, boxes=(*comparison.new.layout.boxes, *boxes))
    flow = replace(comparison.new, nodes=(*nodes, *back), layout=layout)
    return United(flow, removed, frozenset(gone))


def _with_old_arrows(
    decl: NodeDecl, was: NodeDecl, names: Mapping[str, str], gone: set[tuple[str, PortValue]]
) -> NodeDecl:
    """*decl* with the arrows of old that its ports do not have any more."""
    edges = decl.edges
    for edge in was.edges:
        target = _target(edge, names)
        now = decl.edge(edge.port)
        if target is None or (now is not None and now.target is not None):
            continue
        gone.add((decl.name, edge.port))
        if now is None:
            edges = merged_edges(edges, replace(edge, target=target))
        else:
            edges = tuple(replace(e, target=target) if e is now else e for e in edges)
    return decl if edges is decl.edges else replace(decl, edges=edges)


def _led(decl: NodeDecl, names: Mapping[str, str]) -> NodeDecl:
    """A removed node, leading to what the nodes are called now."""
    edges = tuple(replace(edge, target=_target(edge, names)) for edge in decl.edges)
    return replace(decl, edges=edges)


def _target(edge: Edge, names: Mapping[str, str]) -> str | None:
    return None if edge.target is None else names.get(edge.target)

"""Edits of ports and edges. A port that the node's class has need not be written to be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designer.core.edits.items import change_node, node_of
from designer.core.edits.remains import without
from flow_runtime.core.model import ERROR, NO_COMMENTS, Edge, Flow, NodeDecl, PortValue

_LAST = ("failed", "else", ERROR)
"""Ports that had better stay behind the others, in this order."""


def connect(
    flow: Flow, node: str, port: PortValue, target: str, order: Sequence[PortValue] = ()
) -> Flow:
    """Let *port* lead to *target*; what it led to before it leads to no more.

    A port that was not written gets its place as in *order*, the ports as the card shows them.
    """
    decl = node_of(flow, node)
    at = _index(decl, port)
    if at is None:
        return _with(flow, decl, merged_edges(decl.edges, Edge(port, target), order))
    return _put(flow, decl, at, replace(decl.edges[at], target=target))


def disconnect(flow: Flow, node: str, port: PortValue, *, drawn: bool = True) -> Flow:
    """Let *port* lead nowhere.

    *drawn*: it is there only because it is written (a menu's key). Else a line that says nothing
    any more is left out.
    """
    decl = node_of(flow, node)
    at = _index(decl, port)
    if at is None:
        return flow
    edge = decl.edges[at]
    if not drawn and edge.label is None and edge.comments == NO_COMMENTS:
        return _with(flow, decl, decl.edges[:at] + decl.edges[at + 1 :])
    return _put(flow, decl, at, replace(edge, target=None))


def draw_port(flow: Flow, node: str, port: PortValue, label: str | None = None) -> Flow:
    """Write a port without an arrow, such as a new key of a menu; one that is there stays."""
    decl = node_of(flow, node)
    if _index(decl, port) is not None:
        return flow
    return _added(flow, decl, Edge(port, None, label or None))


def label_port(flow: Flow, node: str, port: PortValue, label: str | None) -> Flow:
    """Give a port the analyst's words; it is written if it was not."""
    decl = node_of(flow, node)
    at = _index(decl, port)
    if at is None:
        return _added(flow, decl, Edge(port, None, label or None)) if label else flow
    return _put(flow, decl, at, replace(decl.edges[at], label=label or None))


def rename_port(flow: Flow, node: str, old: PortValue, new: PortValue) -> Flow:
    """Make another key (or value) of a written port: label and target stay.

    Nothing happens when *old* is not written, or *new* is: the form tells that a key is taken.
    """
    decl = node_of(flow, node)
    at = _index(decl, old)
    if at is None or _index(decl, new) is not None:
        return flow
    return _put(flow, decl, at, replace(decl.edges[at], port=new))


def move_port(flow: Flow, node: str, port: PortValue, to: int) -> Flow:
    """Move a written port to the place *to* among the written ports."""
    decl = node_of(flow, node)
    at = _index(decl, port)
    if at is None:
        return flow
    edges = list(decl.edges)
    edges.insert(to, edges.pop(at))
    return _with(flow, decl, tuple(edges))


def remove_port(flow: Flow, node: str, port: PortValue) -> Flow:
    """Leave a written port out, with its label and where it leads."""
    decl = node_of(flow, node)
    at = _index(decl, port)
    if at is None:
        return flow
    edges, strays = without(decl.edges, [at])
    return change_node(flow, node, replace(decl, edges=edges, tail=strays + decl.tail))


def merged_edges(
    edges: Sequence[Edge], edge: Edge, order: Sequence[PortValue] = ()
) -> tuple[Edge, ...]:
    """*edges* with one more, before those that come later in *order*.

    ``failed``, ``else`` and ``error`` come last in any case.
    """
    rank = _rank(edge)
    later = order[order.index(edge.port) + 1 :] if edge.port in order else ()
    at = next(
        (i for i, other in enumerate(edges) if _rank(other) > rank or other.port in later),
        len(edges),
    )
    return (*edges[:at], edge, *edges[at:])


def _rank(edge: Edge) -> int:
    return _LAST.index(str(edge.port)) + 1 if edge.port in _LAST else 0


def _index(decl: NodeDecl, port: PortValue) -> int | None:
    """Where *port* is written; ``1`` and ``"1"`` count as two here, as in the file."""
    for index, edge in enumerate(decl.edges):
        if edge.port == port and type(edge.port) is type(port):
            return index
    return None


def _added(flow: Flow, decl: NodeDecl, edge: Edge) -> Flow:
    return _with(flow, decl, merged_edges(decl.edges, edge))


def _put(flow: Flow, decl: NodeDecl, at: int, edge: Edge) -> Flow:
    return _with(flow, decl, (*decl.edges[:at], edge, *decl.edges[at + 1 :]))


def _with(flow: Flow, decl: NodeDecl, edges: tuple[Edge, ...]) -> Flow:
    return change_node(flow, decl.name, replace(decl, edges=edges))

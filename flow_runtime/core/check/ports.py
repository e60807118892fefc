"""Checks of ports: those that do not exist, those offered twice, those that should lead on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.subject import Subject, error, route, warning
from flow_runtime.core.model import Edge, PortValue
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.syntax.printer import print_edge


def check_ports(subject: Subject) -> Iterator[Problem]:
    """All checks of this file."""
    for node in subject.nodes.values():
        if node.fault is not None:
            yield error(
                "node-fault",
                f"the node type {node.cls.type} itself is broken: {node.fault!r};"
                " tell whoever made it",
                node.decl.place,
                node.decl.name,
            )
            continue
        yield from _written(node)
        yield from _unconnected(subject, node)


def _written(node: BoundNode) -> Iterator[Problem]:
    seen: dict[PortValue, Place] = {}
    for edge in node.decl.edges:
        key = node.cls.port_key(edge.port)
        if key in seen:
            yield error(
                "duplicate-port",
                f"{edge.port} is offered twice, first on line {seen[key].line}; keep one of them",
                edge.place,
                node.decl.name,
            )
        seen.setdefault(key, edge.place)
        if key not in node.ports:
            known = [str(name) for name in node.ports]
            yield error(
                "unknown-port",
                f"{node.cls.type} has no port {edge.port}{suggest(str(edge.port), known)}",
                edge.place,
                node.decl.name,
            )


def _unconnected(subject: Subject, node: BoundNode) -> Iterator[Problem]:
    name, decl = node.decl.name, node.decl
    for key, way in node.exits():
        port = node.ports.get(key)
        if way is not None or port is None or not port.required:
            continue
        edge = node.edges.get(key)
        place = decl.place if edge is None else edge.place
        if _only_tidies(subject, name):
            if any(edge.target is not None for edge in decl.edges):
                yield warning(
                    "not-connected",
                    f"port {key} of {name} is not connected: the clean-up after the call ends here",
                    place,
                    name,
                )
            continue
        start = subject.jump("start")
        path = subject.graph.path(start, name) if start is not None else ()
        shown = f" (a call comes here by {route(path)})" if len(path) > 1 else ""
        yield error(
            "not-connected",
            f"port {key} of {name} is not connected{shown}; write: {_arrow(key, edge)}",
            place,
            name,
            path,
        )


def _arrow(key: PortValue, written: Edge | None) -> str:
    """The line to write, with the port and the label as they are written already."""
    if written is not None:
        return print_edge(replace(written, target="NODE"))
    return print_edge(Edge(key, "NODE"))


def _only_tidies(subject: Subject, node: str) -> bool:
    """Whether *node* runs only after the caller has gone, when nothing needs to follow."""
    tidy = subject.jump("on_hangup")
    if tidy is None or node not in subject.graph.reachable([tidy]):
        return False
    roots = [root for root in (subject.jump("start"), subject.jump("on_error")) if root]
    return node not in subject.graph.reachable(roots)

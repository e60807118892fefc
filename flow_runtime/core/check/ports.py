"""Checks of ports: those that do not exist, those offered twice, those that should lead on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.subject import Spot, Subject, coming_by, error, warning
from flow_runtime.core.model import Edge, PortValue
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Problem
from flow_runtime.core.suggest import suggest
from flow_runtime.core.syntax.printer import print_edge


def check_ports(spot: Spot) -> Iterator[Problem]:
    """Whether the ports that are written on one node exist."""
    node = spot.node
    if node is None:
        return
    if node.fault is not None:
        yield error(
            "node-fault",
            phrase(
                "the node type {type} itself is broken: {fault}; tell whoever made it",
                type=node.cls.type,
                fault=repr(node.fault),
            ),
            node.decl.place,
            node.decl.name,
        )
        return
    for key, edge in ((node.cls.port_key(edge.port), edge) for edge in node.decl.edges):
        if key not in node.ports:
            known = [str(name) for name in node.ports]
            yield error(
                "unknown-port",
                phrase(
                    "{type} has no port {port}{hint}",
                    type=node.cls.type,
                    port=edge.port,
                    hint=suggest(str(edge.port), known),
                ),
                edge.place,
                node.decl.name,
            )


def check_offered_twice(subject: Subject) -> Iterator[Problem]:
    """Ports that are written twice on a node."""
    for node in subject.suspected():
        if node.fault is not None:
            continue
        seen: dict[PortValue, int] = {}
        for edge in node.decl.edges:
            key, place = node.cls.port_key(edge.port), subject.at(node.decl, edge.place)
            if key in seen:
                text = phrase(
                    "{port} is offered twice, first on line {seen}; keep one of them",
                    port=edge.port,
                    seen=seen[key],
                )
                yield error("duplicate-port", text, place, node.decl.name)
            seen.setdefault(key, place.line)


def check_connected(subject: Subject) -> Iterator[Problem]:
    """Required ports from which no arrow leads on."""
    for node in subject.suspected():
        if node.fault is None:
            yield from _unconnected(subject, node)


def _unconnected(subject: Subject, node: BoundNode) -> Iterator[Problem]:
    name, decl = node.decl.name, node.decl
    for key, port in node.ports.items():
        if not port.required or node.exit(key) is not None:
            continue
        edge = node.edges.get(key)
        place = subject.at(decl, decl.place if edge is None else edge.place)
        if name in subject.shape.only_tidied:
            if any(edge.target is not None for edge in decl.edges):
                yield warning(
                    "not-connected",
                    phrase(
                        "port {key} of {name} is not connected:"
                        " the clean-up after the call ends here",
                        key=key,
                        name=name,
                    ),
                    place,
                    name,
                )
            continue
        path = subject.shape.way_to(name)
        yield error(
            "not-connected",
            phrase(
                "port {key} of {name} is not connected{way}; write: {arrow}",
                key=key,
                name=name,
                way=coming_by(path),
                arrow=_arrow(key, edge),
            ),
            place,
            name,
            path,
        )


def _arrow(key: PortValue, written: Edge | None) -> str:
    """The line to write, with the port and the label as they are written already."""
    if written is not None:
        return print_edge(replace(written, target="NODE"))
    return print_edge(Edge(key, "NODE"))

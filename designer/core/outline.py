"""The flow as an outline for keyboard and screen reader: what the canvas shows, in flow order.

The rows are those of a tree, each with its parent. Below the ways into the flow stand the nodes,
below a node its ports, below a port the nodes that it leads to. A node that can only be left one
way is followed by the next one on its own level, so that a long line of nodes stays flat. A node
that has stood further up already is a link to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from designer.core.edits import first_nodes
from designer.core.edits.items import JumpKind, ways_in
from designer.core.picture import Card, Picture, PortRow
from flow_runtime.core.model import Flow, NodeDecl, PortValue


@dataclass(frozen=True, slots=True)
class Row:
    """One row. *parent* is the index of the row above it in the tree, None at the top.

    *kind*: ``way`` (start, on error, after hang-up: *way* says which), ``loose`` (above the nodes
    to which nothing leads), ``node``, ``link`` (a node that has a row already), ``port`` (of
    *node*), ``sheet`` (the note or frame at the index *sheet*). *leads_to* is the node that a port
    is connected to. *by* is the only port of the row before, by which the call comes here.
    """

    kind: Literal["way", "loose", "node", "link", "port", "sheet"]
    text: str
    level: int
    parent: int | None = None
    node: str | None = None
    port: PortValue | None = None
    way: JumpKind | None = None
    sheet: int | None = None
    leads_to: str | None = None
    by: PortValue | None = None


def outline(flow: Flow, picture: Picture) -> tuple[Row, ...]:
    """All rows of *flow*, whose *picture* tells the titles and the ports."""
    return tuple(_Outline(flow, picture).rows)


def flow_order(flow: Flow) -> list[str]:
    """The nodes as a caller may meet them: from the start, depth first; the others behind."""
    nodes = first_nodes(flow)
    order: dict[str, None] = {}
    for root in (*(target for _, target in ways_in(flow)), *_heads(nodes), *nodes):
        todo = [root]
        while todo:
            name = todo.pop()
            if name in nodes and name not in order:
                order[name] = None
                todo += [e.target for e in reversed(nodes[name].edges) if e.target is not None]
    return list(order)


def _heads(nodes: Mapping[str, NodeDecl]) -> list[str]:
    """The nodes to which no other one leads."""
    led_to = {
        edge.target for node in nodes.values() for edge in node.edges if edge.target != node.name
    }
    return [name for name in nodes if name not in led_to]


@dataclass(frozen=True, slots=True)
class _Todo:
    """A node (or a port of it) that a row has to be made for."""

    node: str
    level: int
    parent: int | None
    port: PortRow | None = None
    by: PortValue | None = None


class _Outline:
    """Makes the rows, with a stack of its own: flows may be long."""

    def __init__(self, flow: Flow, picture: Picture) -> None:
        self.rows: list[Row] = []
        self._nodes = first_nodes(flow)
        self._cards = {card.name: card for card in picture.cards}
        self._met: set[str] = set()
        self._words = {pill.kind: pill.text for pill in picture.pills}
        for way, target in ways_in(flow):
            self._way(way, target)
        self._loose()
        for index, remark in enumerate(flow.layout.remarks):
            self.rows.append(Row("sheet", remark.text, 0, sheet=index))

    def _way(self, way: JumpKind, target: str) -> None:
        text = self._words.get(way, way.replace("_", " "))
        self.rows.append(Row("way", text, 0, way=way, leads_to=target))
        if target in self._nodes:
            self._run(_Todo(target, 1, len(self.rows) - 1))

    def _loose(self) -> None:
        """The nodes that no way into the flow leads to."""
        left = {name: node for name, node in self._nodes.items() if name not in self._met}
        if not left:
            return
        top = len(self.rows)
        self.rows.append(Row("loose", "", 0))
        for name in (*_heads(left), *left):
            if name not in self._met:
                self._run(_Todo(name, 1, top))

    def _run(self, first: _Todo) -> None:
        todo = [first]
        while todo:
            task = todo.pop()
            if task.port is not None:
                todo += self._port(task, task.port)
            elif task.node in self._met:
                title = self._title(task.node)
                row = Row("link", title, task.level, task.parent, task.node, by=task.by)
                self.rows.append(row)
            else:
                todo += reversed(self._node(task))

    def _node(self, task: _Todo) -> list[_Todo]:
        """The row of a node; what follows it, in order."""
        self._met.add(task.node)
        at = len(self.rows)
        title = self._title(task.node)
        self.rows.append(Row("node", title, task.level, task.parent, task.node, by=task.by))
        ports = self._ports(task.node)
        if len(ports) == 1:
            target = self._target(task.node, ports[0].name)
            if target is not None:
                return [_Todo(target, task.level, task.parent, by=ports[0].name)]
        return [_Todo(task.node, task.level + 1, at, port) for port in ports]

    def _port(self, task: _Todo, port: PortRow) -> list[_Todo]:
        target = self._target(task.node, port.name)
        text = self._label(task.node, port)
        at = len(self.rows)
        row = Row("port", text, task.level, task.parent, task.node, port.name, leads_to=target)
        self.rows.append(row)
        return [] if target is None else [_Todo(target, task.level + 1, at)]

    def _ports(self, name: str) -> tuple[PortRow, ...]:
        card: Card | None = self._cards.get(name)
        if card is not None:
            return card.ports
        return tuple(PortRow(edge.port, str(edge.port)) for edge in self._nodes[name].edges)

    def _target(self, name: str, port: PortValue) -> str | None:
        """Where an arrow of the node leads, if there is such a node."""
        edge = self._nodes[name].edge(port)
        target = None if edge is None else edge.target
        return target if target in self._nodes else None

    def _label(self, name: str, port: PortRow) -> str:
        edge = self._nodes[name].edge(port.name)
        words = None if edge is None else edge.label
        return port.label if words is None else f"{port.label} {words}"

    def _title(self, name: str) -> str:
        card = self._cards.get(name)
        return name if card is None else card.title

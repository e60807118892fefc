"""Which line of a flow's text says what: the split view's way from a card to a line and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from flow_runtime.core.model import Flow, NodeDecl, PortValue
from flow_runtime.core.problems import NOWHERE, Place
from flow_runtime.core.syntax import Memory, parse

_LAYOUT: Final = re.compile(r"layout\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Spot:
    """What a line is about: a node, and the parameter or the port that it tells of.

    Without a node it is a *variable* that is declared, a *jump* (``start``), or the flow's head
    or layout, of which nothing more is said.
    """

    node: str | None = None
    parameter: str | None = None
    port: PortValue | None = None
    variable: str | None = None
    jump: str | None = None


NO_SPOT: Final = Spot()


@dataclass(frozen=True, slots=True)
class FlowLines:
    """Where in a text its items stand. Lines and columns count from 1.

    *starts* are the first lines of all items in the order of the file, the comments above them
    included; *places* are the items without their comments; *blocks* are the first line and the
    last one of each node. What is not understood of a broken text counts to what stands before.
    """

    starts: tuple[tuple[int, Spot], ...]
    places: Mapping[Spot, Place]
    blocks: Mapping[str, tuple[int, int]]

    def at(self, line: int) -> Spot:
        """What *line* is about."""
        found = bisect_right(self.starts, line, key=lambda start: start[0])
        return self.starts[found - 1][1] if found else NO_SPOT

    def place(
        self, node: str, parameter: str | None = None, port: PortValue | None = None
    ) -> Place | None:
        """Where a node, or one of its parameters or ports, is written; None where it is not."""
        return self.places.get(Spot(node, parameter, port))


def flow_lines(text: str, memory: Memory | None = None) -> FlowLines:
    """The lines of *text*; *memory* as for `parse`."""
    flow = parse(text, memory).flow
    lines = re.split("\r\n|\r|\n", text)
    places: dict[Spot, Place] = {}
    starts: list[tuple[int, Spot]] = []
    heads: list[tuple[int, Spot]] = []
    for spot, place in () if flow is None else _items(flow):
        outer = spot.parameter is None and spot.port is None
        start = (_first_line(lines, place.line, outer), spot)
        places.setdefault(spot, place)
        starts.append(start)
        if outer:
            heads.append(start)
    layout = next((n for n, line in enumerate(lines, 1) if _LAYOUT.fullmatch(line)), None)
    if layout is not None:
        beginning = (_first_line(lines, layout, True), NO_SPOT)
        starts.append(beginning)
        heads.append(beginning)
    starts.sort(key=lambda start: start[0])
    heads.sort(key=lambda start: start[0])
    return FlowLines(tuple(starts), places, dict(reversed(list(_blocks(heads, lines)))))


def _items(flow: Flow) -> Iterator[tuple[Spot, Place]]:
    """All that has a place, with where it is."""
    if flow.place != NOWHERE:
        yield NO_SPOT, flow.place
    for declaration in flow.declarations:
        yield Spot(variable=declaration.name), declaration.place
    for jump in flow.jumps:
        yield Spot(jump=jump.kind), jump.place
    for node in flow.nodes:
        yield from _of_node(node)


def _of_node(node: NodeDecl) -> Iterator[tuple[Spot, Place]]:
    yield Spot(node.name), node.place
    for parameter in node.parameters:
        yield Spot(node.name, parameter=parameter.name), parameter.place
    for edge in node.edges:
        yield Spot(node.name, port=edge.port), edge.place


def _first_line(lines: list[str], line: int, outer: bool) -> int:
    """*line*, or where the comments above it begin; an indented one is no comment of a header."""
    while line > 1:
        before = lines[line - 2]
        if not (before if outer else before.lstrip()).startswith("#"):
            break
        line -= 1
    return line


def _blocks(
    heads: list[tuple[int, Spot]], lines: list[str]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """The nodes, each with its first line and the last one that is not blank."""
    for (first, spot), (following, _) in pairwise([*heads, (len(lines) + 1, NO_SPOT)]):
        last = following - 1
        while last > first and not lines[last - 1].strip():
            last -= 1
        if spot.node is not None:
            yield spot.node, (first, last)

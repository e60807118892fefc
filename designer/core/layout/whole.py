"""Parts that are linked with each other, laid out in common columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from designer.core.layout.heights import Item, Pull, heights
from designer.core.layout.layers import Arc, columns, search
from designer.core.layout.order import Strand, ordered
from designer.core.layout.parts import Block, Group, Link, Part, framed, single
from designer.core.picture import GRID, INPUT_Y

_BETWEEN: Final = 60
"""Between parts that nothing connects."""
_MAIN, _LONG, _FIRST = 5000, 100, 20
"""How much the main road, lanes, and ways out of first ports want to be straight, against 1."""


@dataclass(frozen=True, slots=True)
class _Road:
    """A link that leads on, and how much it is to be straight."""

    link: Link
    weight: float


def lay_out(
    blocks: Sequence[Block], links: Sequence[Link], roots: Sequence[str], groups: Sequence[Group]
) -> Part:
    """Lay out *blocks* in columns; those of each of *groups* stay together."""
    grouped = {name for group in groups for name in group.all_members()}
    parts = {block.name: single(block) for block in blocks if block.name not in grouped}
    for group in groups:
        names = set(group.all_members())
        inside = [block for block in blocks if block.name in names]
        if inside:
            inner = [link for link in links if {link.source, link.target} <= names]
            part = framed(group, lay_out(inside, inner, roots, group.inner))
            parts[inside[0].name] = part
    order = [parts[block.name] for block in blocks if block.name in parts]
    whole = Part()
    for component in _components(order, links, roots):
        whole.add(component, 0, -(-(whole.height + _BETWEEN) // GRID) * GRID if whole.cells else 0)
    return whole


def _components(
    parts: Sequence[Part], links: Sequence[Link], roots: Sequence[str]
) -> Iterator[Part]:
    """Everything that is connected, laid out, in reading order."""
    owner = {name: number for number, part in enumerate(parts) for name in part.cells}
    known = [link for link in links if link.source in owner and link.target in owner]
    ends = [(owner[link.source], owner[link.target]) for link in known]
    starts = [owner[name] for name in roots if name in owner]
    found = search(len(parts), ends, starts)
    home = _connected(len(parts), ends)
    members: dict[int, list[int]] = {}
    for number in found.order:
        members.setdefault(home[number], []).append(number)
    roads: dict[int, list[_Road]] = {}
    for number, (link, (source, _)) in enumerate(zip(known, ends, strict=True)):
        if number not in found.back:
            weight = _FIRST if number in found.first else 1
            weight = _MAIN if number in found.main else weight
            roads.setdefault(home[source], []).append(_Road(link, weight))
    for key, numbers in members.items():
        yield _Sketch([parts[number] for number in numbers], roads.get(key, [])).drawn()


def _connected(count: int, ends: Iterable[tuple[int, int]]) -> list[int]:
    """For each item the number of the component it belongs to."""
    home = list(range(count))

    def find(item: int) -> int:
        while home[item] != item:
            home[item] = home[home[item]]
            item = home[item]
        return item

    for one, other in ends:
        home[find(one)] = find(other)
    return [find(item) for item in range(count)]


class _Sketch:
    """Connected parts on their way to a drawing: *parts* come in reading order."""

    def __init__(self, parts: Sequence[Part], roads: Sequence[_Road]) -> None:
        self._parts, self._roads = parts, roads
        self._owner = {name: number for number, part in enumerate(parts) for name in part.cells}
        arcs = [
            Arc(
                self._owner[road.link.source],
                self._owner[road.link.target],
                1 + self._inner_column(road.link.source) - self._inner_column(road.link.target),
            )
            for road in roads
        ]
        self._column = columns(len(parts), arcs, [0])
        self._items = [Item(part.height, part.above) for part in parts]
        span = max(self._column[n] + part.span for n, part in enumerate(parts))
        self._columns: list[list[int]] = [[] for _ in range(span)]
        self._strands: list[list[Strand]] = [[] for _ in range(span - 1)]
        self._pulls: list[list[Pull]] = [[] for _ in range(span - 1)]
        self._passing: dict[tuple[str, int], int] = {}
        self._rank: dict[int, float] = {n: n for n in range(len(parts))}

    def drawn(self) -> Part:
        """The parts in their places."""
        for number, part in enumerate(self._parts):
            for place in range(self._column[number], self._column[number] + part.span):
                self._columns[place].append(number)
        for road in self._roads:
            self._lay(road)
        for column in self._columns:
            column.sort(key=lambda item: self._rank[item])
        order = ordered(self._columns, self._strands)
        y = heights(order, self._items, self._pulls)
        drawing = Part()
        for number, part in enumerate(self._parts):
            drawing.add(part, self._column[number], y[number])
        drawing.lanes = {**drawing.lanes, **{k: y[item] for k, item in self._passing.items()}}
        drawing.height = max([drawing.height, *drawing.lanes.values()])
        return drawing

    def _inner_column(self, name: str) -> int:
        return self._parts[self._owner[name]].cells[name].column

    def _place(self, name: str) -> tuple[int, float]:
        """The column of a card, and how far its top is below that of its part."""
        number = self._owner[name]
        cell = self._parts[number].cells[name]
        return self._column[number] + cell.column, cell.y

    def _lay(self, road: _Road) -> None:
        """Lead a link through the columns between its ends, joining others into the same card."""
        link = road.link
        (start, out), (end, into) = self._place(link.source), self._place(link.target)
        if start >= end:
            return
        here, weight = self._owner[link.source], road.weight
        leaves = out + INPUT_Y + (0 if weight >= _FIRST else _step(link.out))
        if link.out == INPUT_Y:
            weight *= 2  # it can be quite straight
        for column in range(start, end - 1):
            joined = (link.target, column + 1) in self._passing
            lane = self._lane(link.target, column + 1, here)
            self._connect(column, here, lane, leaves, 0, weight)
            if joined:
                return
            here, leaves, weight = lane, 0, max(weight, _LONG)
        self._connect(end - 1, here, self._owner[link.target], leaves, into + INPUT_Y, weight)

    def _lane(self, target: str, column: int, source: int) -> int:
        key = target, column
        if key not in self._passing:
            self._passing[key] = len(self._items)
            self._rank[len(self._items)] = self._rank[source] + 0.5
            self._columns[column].append(len(self._items))
            self._items.append(Item(passing=True))
        return self._passing[key]

    def _connect(
        self, column: int, source: int, target: int, out: float, into: float, weight: float
    ) -> None:
        one, other = self._items[source], self._items[target]
        self._strands[column].append(
            Strand(
                source,
                target,
                out / one.height if one.height else 0.5,
                into / other.height if other.height else 0.5,
            )
        )
        if not self._side_by_side(source, target):
            self._pulls[column].append(Pull(source, target, out - into, weight))

    def _side_by_side(self, source: int, target: int) -> bool:
        """Whether one stands above the other, so that they can never be level."""
        if max(source, target) >= len(self._parts):
            return False
        return self._column[source] + self._parts[source].span > self._column[target]


def _step(out: float) -> float:
    """How much lower the target of a port at *out* stands: on the grid, and no tiny step."""
    below = out - INPUT_Y
    floor = below // GRID * GRID
    return floor if below - floor >= GRID / 2 or below == floor else floor + GRID

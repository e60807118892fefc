"""Orthogonal connectors: out of a port to the right, around all cards, into an input from the left.

Each wire first gets a way between the cards: straight on or with one step where that is free,
around the outside when it leads back, else the shortest with few bends (`maze`). Then parallel
pieces are spread over lanes (`lanes`), and words are put on legs that are long enough (`labels`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from designer.core.picture import Point, Rect
from designer.core.routing.labels import place_labels
from designer.core.routing.lanes import spread
from designer.core.routing.maze import Maze
from designer.core.routing.space import Box, Space
from designer.core.routing.ways import OUTSIDE, Pair, Way, Wire, around, direct, joining

__all__ = ["CLEARANCE", "Route", "Wire", "route"]

CLEARANCE: Final = 12
"""The distance that connectors keep from cards."""
_TIGHTER: Final = (6, 1)
"""The distances to try where cards stand too close to each other."""
_SOFT: Final = 4
"""The distance from notes and pills, where there is another way."""
_ELBOW: Final = 8
_BACK: Final = 4
"""How much longer a way back around the outside may be before it goes through the middle."""
_FAR: Final = 100
"""A first piece of this length is shared with others from the same card."""


@dataclass(frozen=True, slots=True)
class Route:
    """A connector's corners; *back* says that it runs around the outside."""

    points: tuple[Point, ...]
    label_at: Point | None = None
    back: bool = False


def route(
    cards: Sequence[Rect],
    wires: Sequence[Wire],
    soft: Sequence[Rect] = (),
    frames: Sequence[Rect] = (),
) -> list[Route]:
    """A route for each of *wires*, in their order.

    *cards* are never crossed if there is any way. *soft* are notes and pills: connectors go
    around them where they can. Ways back run around *frames* too, others pass through them.
    """
    router = _Router(cards, soft, frames)
    ways = router.ways(wires)
    spread(ways, [_box(frame, 0) for frame in frames])
    labels = place_labels(ways, [_box(card, 0) for card in cards])
    return [_route(way, labels) for way in ways]


def _route(way: Way, labels: Mapping[Way, Pair]) -> Route:
    label = labels.get(way)
    return Route(
        tuple(Point(x, y) for x, y in way.points()),
        None if label is None else Point(*label),
        way.outer is not None,
    )


def _box(rect: Rect, distance: float) -> Box:
    return rect.x - distance, rect.y - distance, rect.right + distance, rect.bottom + distance


class _Level:
    """The free space at one distance from the cards; made when it is needed, as its maze is."""

    def __init__(self, boxes: Sequence[Box], clear: float, frames: Sequence[Box]) -> None:
        self._boxes, self._clear, self._frames = boxes, clear, frames

    @cached_property
    def space(self) -> Space:
        return Space(self._boxes, self._clear)

    @cached_property
    def maze(self) -> Maze:
        return Maze(self.space, self._frames)


class _Router:
    def __init__(self, cards: Sequence[Rect], soft: Sequence[Rect], frames: Sequence[Rect]) -> None:
        self._cards = cards
        self._outlines = [_box(rect, 0) for rect in (*cards, *soft, *frames)]
        solid = [_box(card, CLEARANCE) for card in cards]
        wanted = [([*solid, *(_box(rect, _SOFT) for rect in soft)], CLEARANCE)]
        if soft:
            wanted.append((solid, CLEARANCE))
        wanted += [([_box(card, clear) for card in cards], clear) for clear in _TIGHTER]
        self._levels = [
            _Level(boxes, clear, [_box(f, 0) for f in frames]) for boxes, clear in wanted
        ]

    def ways(self, wires: Sequence[Wire]) -> list[Way]:
        """A way for each wire."""
        found: dict[Wire, Way] = {}
        for level in self._levels:
            missing = [wire for wire in wires if wire not in found]
            if not missing:
                break
            for way in self._found(missing, level):
                found[way.wire] = way
        _share(found)
        return [found.get(wire) or _through(wire) for wire in wires]

    def _found(self, wires: Sequence[Wire], level: _Level) -> Iterator[Way]:
        hard: dict[tuple[int, bool], list[Wire]] = {}
        found: list[Way] = []
        for wire in wires:
            if wire.source is None:
                yield _elbow(wire)
                continue
            way = direct(wire, level.space)
            back = way is None and self._leads_back(wire)
            if back:
                way = around(wire, level.space, self._limits(wire))
            if way is not None:
                found.append(way)
                yield way
            else:
                hard.setdefault((wire.target, back), []).append(wire)
        if hard:
            level.maze.take(found)
        for (target, back), group in hard.items():
            joined = [way for way in found if way.wire.target == target and way.outer is None]
            for way in level.maze.ways(group, joined, _BACK if back else 1):
                found.append(way)
                yield way

    def _leads_back(self, wire: Wire) -> bool:
        if not wire.back or wire.source is None:
            return False
        return self._cards[wire.target].right <= self._cards[wire.source].x

    def _limits(self, wire: Wire) -> Pair:
        """Above and below everything between the ends of *wire*."""
        left, right = wire.end[0] - 2 * OUTSIDE, wire.start[0] + 2 * OUTSIDE
        near = [box for box in self._outlines if box[0] < right and box[2] > left]
        return min(box[1] for box in near) - OUTSIDE, max(box[3] for box in near) + OUTSIDE


def _share(found: dict[Wire, Way]) -> None:
    """Join early what goes far from one card into one input."""
    same: dict[tuple[int | None, int], list[Way]] = {}
    for way in found.values():
        if way.wire.start[0] + _FAR < (way.xs[0] if way.xs else way.wire.end[0]):
            same.setdefault((way.wire.source, way.wire.target), []).append(way)
    for ways in same.values():
        leader = min(ways, key=lambda way: abs(way.wire.start[1] - way.wire.end[1]))
        for way in ways:
            led = joining(way, leader) if way is not leader else None
            if led is not None:
                found[way.wire] = led


def _elbow(wire: Wire) -> Way:
    """From a pill above straight down and in, from one on the left to the right and in."""
    (x, y), level = wire.start, wire.end[1]
    if y == level:
        return Way(wire, [y], [], None)
    return Way(wire, [y, level], [x if y < level else x + _ELBOW], None)


def _through(wire: Wire) -> Way:
    """The way of a wire whose port or input is covered: through whatever there is."""
    (start, y), (end, level) = wire.start, wire.end
    if start + 2 * CLEARANCE <= end:
        return Way(wire, [y, level], [(start + end) / 2], None)
    middle = (y + level) / 2
    return Way(wire, [y, middle, level], [start + CLEARANCE, end - CLEARANCE], None)

"""Where the words of connectors go: on a level leg that is long enough, else beside another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from designer.core.routing.pieces import TEXT_ROOM
from designer.core.routing.space import Box
from designer.core.routing.ways import Pair, Way

_HALF: Final = 8
"""Half the height of the plate."""
_CELL: Final = 128


class _Taken:
    """The places that are taken: by cards, labels and connectors."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._cells: dict[Pair, list[tuple[Box, int]]] = {}
        for box in boxes:
            self.take(box, -1)

    def take(self, box: Box, bundle: int) -> None:
        for cell in _cells(box):
            self._cells.setdefault(cell, []).append((box, bundle))

    def free(self, box: Box, bundle: int) -> bool:
        """Whether nothing but connectors of the same *bundle* is there."""
        left, top, right, bottom = box
        return not any(
            owner != bundle and other[0] < right and left < other[2]
            and other[1] < bottom and top < other[3]
            for cell in _cells(box)
            for other, owner in self._cells.get(cell, ())
        )  # fmt: skip


def _cells(box: Box) -> Iterator[Pair]:
    for column in range(int(box[0] // _CELL), int(box[2] // _CELL) + 1):
        for row in range(int(box[1] // _CELL), int(box[3] // _CELL) + 1):
            yield column, row


def place_labels(ways: Sequence[Way], boxes: Sequence[Box]) -> Mapping[Way, Pair]:
    """The centre of the words of each way that has some."""
    wanted = [way for way in ways if way.wire.words]
    if not wanted:
        return {}
    solid, everything = _Taken(boxes), _Taken(boxes)
    legs = {(ends, way.wire.target): None for way in ways for ends in pairwise(way.points())}
    for ((x1, y1), (x2, y2)), target in legs:
        everything.take((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)), target)
    lines = _lines(ways)
    placed: dict[Way, Pair] = {}
    common: dict[tuple[int, str], Pair] = {}
    for way in wanted:
        spot = _free_spot(way, _spots(way, lines), (everything, solid))
        if spot is None:  # all of its way is shared: there the same words stand once for all
            same = way.wire.target, way.wire.words
            spot = common.get(same)
            if spot is None or not _leads_over(way, spot):
                spot = _free_spot(way, _along(way), (solid,)) or _middle(way)
                common[same] = spot
        placed[way] = spot
        for taken in (everything, solid):
            taken.take(_plate(*spot, way.wire.label), -1)
    return placed


def _free_spot(way: Way, spots: Iterable[Pair], places: Sequence[_Taken]) -> Pair | None:
    """The first of *spots* that is free in the first of *places* where one is."""
    tried = list(spots)
    for taken in places:
        for x, y in tried:
            if taken.free(_plate(x, y, way.wire.label), way.wire.target):
                return x, y
    return None


def _plate(x: float, y: float, width: float) -> Box:
    return x - width / 2 - 2, y - _HALF, x + width / 2 + 2, y + _HALF


_Lines: TypeAlias = Mapping[tuple[int, bool, float], Sequence[tuple[float, float, Way]]]
"""By input, direction (True: upright) and place: from where to where which ways go there."""


def _lines(ways: Sequence[Way]) -> _Lines:
    found: dict[tuple[int, bool, float], list[tuple[float, float, Way]]] = {}
    for way in ways:
        for (x1, y1), (x2, y2) in pairwise(way.points()):
            key, ends = (False, y1), (x1, x2)
            if x1 == x2:
                key, ends = (True, x1), (y1, y2)
            found.setdefault((way.wire.target, *key), []).append((min(ends), max(ends), way))
    return found


def _own_legs(way: Way, lines: _Lines) -> Iterator[tuple[Pair, Pair]]:
    """The legs of *way* up to where it joins others into the same input."""
    for one, other in pairwise(way.points()):
        upright = one[0] == other[0]
        start, end = (one[1], other[1]) if upright else (one[0], other[0])
        low, high = min(start, end), max(start, end)
        met = [
            max(first, low) if start < end else min(last, high)
            for first, last, mate in lines[way.wire.target, upright, one[0 if upright else 1]]
            if mate is not way and min(last, high) - max(first, low) > 1
        ]
        if met:
            end = min(met) if start < end else max(met)
            yield one, ((one[0], end) if upright else (end, one[1]))
            return
        yield one, other


def _spots(way: Way, lines: _Lines) -> Iterator[Pair]:
    """Places for the words, the best first: on level legs, else right of upright ones."""
    width = way.wire.label
    legs = list(_own_legs(way, lines))
    level = [leg for leg in legs if leg[0][1] == leg[1][1]]
    if way.outer is not None:
        level.sort(key=lambda leg: abs(leg[0][0] - leg[1][0]), reverse=True)
    for (x1, y), (x2, _) in level:
        spare = abs(x2 - x1) - width - TEXT_ROOM
        if spare >= 0:
            step = width / 2 + min(TEXT_ROOM, spare / 2 + TEXT_ROOM / 2)
            step = step if x2 > x1 else -step
            yield from (((x1 + x2) / 2, y), (x1 + step, y), (x2 - step, y))
    for (x, y1), (end, y2) in legs:
        if x == end:
            step = 2 * _HALF if y2 > y1 else -2 * _HALF
            for part in range(1, int(abs(y2 - y1) // (2 * _HALF)) + 1):
                yield x + _HALF + width / 2, y2 - step * part


def _along(way: Way) -> Iterator[Pair]:
    """Places on the longest level leg."""
    (x1, y), (x2, _) = _longest(way)
    if abs(x2 - x1) >= way.wire.label + TEXT_ROOM:
        for part in (4, 2, 6, 3, 5, 1, 7):
            yield x1 + (x2 - x1) * part / 8, y


def _leads_over(way: Way, spot: Pair) -> bool:
    x, y = spot
    return any(
        y1 == y == y2 and min(x1, x2) <= x <= max(x1, x2)
        for (x1, y1), (x2, y2) in pairwise(way.points())
    )


def _middle(way: Way) -> Pair:
    (x1, y1), (x2, y2) = _longest(way)
    return (x1 + x2) / 2, (y1 + y2) / 2


def _longest(way: Way) -> tuple[Pair, Pair]:
    return max(pairwise(way.points()), key=lambda leg: abs(leg[0][0] - leg[1][0]))

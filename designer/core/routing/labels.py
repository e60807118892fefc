"""Where the words of connectors go: on a level leg that is long enough, else beside another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from designer.core.routing.space import Box
from designer.core.routing.ways import Pair, Way

_HALF: Final = 8
"""Half the height of the plate."""
_SPARE: Final = 12
"""A leg must be so much longer than the words."""
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
    wanted = [way for way in ways if way.wire.label]
    if not wanted:
        return {}
    solid, everything = _Taken(boxes), _Taken(boxes)
    for (one, other), target in {
        (ends, way.wire.target): None for way in ways for ends in pairwise(way.points())
    }:
        left, right = sorted((one[0], other[0]))
        top, bottom = sorted((one[1], other[1]))
        everything.take((left, top, right, bottom), target)
    joints = _joints(ways)
    placed: dict[Way, Pair] = {}
    for way in wanted:
        spots = list(_spots(way, joints.get(way.wire.target, {})))
        spot = next(
            (
                (x, y)
                for taken in (everything, solid)
                for x, y in spots
                if taken.free(_plate(x, y, way.wire.label), way.wire.target)
            ),
            _middle(way),
        )
        placed[way] = spot
        for taken in (everything, solid):
            taken.take(_plate(*spot, way.wire.label), -1)
    return placed


def _plate(x: float, y: float, width: float) -> Box:
    return x - width / 2 - 2, y - _HALF, x + width / 2 + 2, y + _HALF


def _joints(ways: Sequence[Way]) -> Mapping[int, Mapping[float, list[float]]]:
    """Per input, the corners of all ways at each height: there others may join."""
    found: dict[int, dict[float, set[float]]] = {}
    for way in ways:
        levels = found.setdefault(way.wire.target, {})
        for x, y in way.points()[1:-1]:
            levels.setdefault(y, set()).add(x)
    return {target: {y: sorted(xs) for y, xs in levels.items()} for target, levels in found.items()}


def _spots(way: Way, joints: Mapping[float, list[float]]) -> Iterator[Pair]:
    """Places for the words, the best first."""
    width, points = way.wire.label, way.points()
    legs = list(pairwise(points))
    if way.outer is not None:
        legs.sort(key=lambda leg: abs(leg[0][0] - leg[1][0]), reverse=True)
    for (x1, y), (x2, end) in legs:
        if y == end:
            x2 = _alone(x1, x2, joints.get(y, []))
            spare = abs(x2 - x1) - width - _SPARE
            if spare >= 0:
                step = width / 2 + min(_SPARE, spare / 2 + _SPARE / 2)
                step = step if x2 > x1 else -step
                yield (x1 + x2) / 2, y
                yield x1 + step, y
                yield x2 - step, y
    for (x, y1), (end, y2) in pairwise(points):
        if x == end and abs(y2 - y1) > 2 * _HALF:
            beside = x + _HALF + width / 2
            step = 2 * _HALF if y2 > y1 else -2 * _HALF
            for part in range(int(abs(y2 - y1) // (2 * _HALF))):
                yield beside, y2 - step * (part + 1)


def _middle(way: Way) -> Pair:
    """The middle of the longest leg, where nothing is free."""
    legs = pairwise(way.points())
    (x1, y1), (x2, y2) = max(legs, key=lambda leg: abs(leg[0][0] - leg[1][0]))
    return (x1 + x2) / 2, (y1 + y2) / 2


def _alone(start: float, end: float, joints: Sequence[float]) -> float:
    """Up to where a level leg from *start* to *end* is not shared with others."""
    low, high = min(start, end), max(start, end)
    between = joints[bisect_left(joints, low + 1) : bisect_left(joints, high)]
    if not between:
        return end
    return between[0] if end > start else between[-1]

"""The lines along the sides of boxes, on which ways around them are found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from designer.core.routing.space import Bar, Box, Space
from designer.core.routing.ways import OUTSIDE, Pair

_STRIPE: Final = 96

Line: TypeAlias = tuple[float, float, float]
"""Where it is, and from where to where it goes."""
Crossing: TypeAlias = tuple[float, int]
"""Where on a line another one crosses it, and which."""


class Lines:
    """The free pieces of the lines along all sides of the boxes of *space*, and around them all.

    If there is any way between two places that keeps clear of the boxes, then there is one along
    these lines. Of two lines with nothing between them only the longer one is needed. *upright*
    and *level* are sorted; *outside* are the y of the outermost level ones.
    """

    def __init__(self, space: Space) -> None:
        left, top, right, bottom = _bounds(space.boxes)
        margin = max(OUTSIDE - space.clear, 1)
        across = left - margin, right + margin
        self.outside = top - margin, bottom + margin
        upright = _free_lines(
            ((b[1], b[3], b[0], b[2]) for b in space.boxes), space.down, space.upright, self.outside
        )
        level = _free_lines(
            ((b[0], b[2], b[1], b[3]) for b in space.boxes), space.across, space.sideways, across
        )
        self.upright = [
            *((x, *self.outside) for x in across),
            *_thinned(upright, space.sideways),
        ]
        self.level = [*((y, *across) for y in self.outside), *_thinned(level, space.upright)]
        self.upright.sort()
        self.level.sort()
        self._upright_stripes = _by_stripe(self.upright)
        self._level_stripes = _by_stripe(self.level)
        self._on_upright: dict[int, list[Crossing]] = {}
        self._on_level: dict[int, list[Crossing]] = {}

    def doors(self, y: float, start: float, end: float) -> list[Crossing]:
        """The upright lines that cross the level from *start* to *end* at *y*."""
        return _crossings((y, start, end), self.upright, self._upright_stripes)

    def on_upright(self, number: int) -> list[Crossing]:
        """Where level lines cross this upright one, from top to bottom."""
        found = self._on_upright.get(number)
        if found is None:
            found = _crossings(self.upright[number], self.level, self._level_stripes)
            self._on_upright[number] = found
        return found

    def on_level(self, number: int) -> list[Crossing]:
        """Where upright lines cross this level one, from left to right."""
        found = self._on_level.get(number)
        if found is None:
            found = _crossings(self.level[number], self.upright, self._upright_stripes)
            self._on_level[number] = found
        return found


def _bounds(boxes: Sequence[Box]) -> Box:
    if not boxes:
        return 0, 0, 0, 0
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _free_lines(
    bars: Iterable[Bar],
    blocker: Callable[[float, float, float], Bar | None],
    room: Callable[[float, float, float], Pair],
    outer: Pair,
) -> Iterator[Line]:
    """The free pieces of lines along both sides of each bar."""
    for start, end, *sides in bars:
        for side in sides:
            at = start
            while at <= end:
                hit = blocker(side, at, at)
                if hit is not None:
                    at = hit[1]
                    continue
                low, high = room(at, side, side)
                yield side, max(low, outer[0]), min(high, outer[1])
                hit = blocker(side, high, outer[1])
                if hit is None:
                    break
                at = hit[1]


def _thinned(lines: Iterable[Line], room: Callable[[float, float, float], Pair]) -> Iterable[Line]:
    """The lines without those that a longer one beside them makes useless."""
    kept = sorted(set(lines))
    for side in (0, 1):
        done: list[Line] = []
        for line in kept:
            limit = room(*line)[side]
            for other in reversed(done):
                if (other[0] < limit) if side == 0 else (other[0] > limit):
                    done.append(line)
                    break
                if other[1] <= line[1] and line[2] <= other[2]:
                    break
            else:
                done.append(line)
        kept = done[::-1]
    return kept


def _by_stripe(lines: Sequence[Line]) -> Mapping[int, list[Crossing]]:
    """The lines that pass each stripe, by their places."""
    stripes: dict[int, list[Crossing]] = {}
    for number, (at, start, end) in enumerate(lines):
        for key in range(int(start // _STRIPE), int(end // _STRIPE) + 1):
            stripes.setdefault(key, []).append((at, number))
    return stripes


def _crossings(
    line: Line, others: Sequence[Line], stripes: Mapping[int, list[Crossing]]
) -> list[Crossing]:
    """The lines among *others* that *line* meets, in their order; *others* are sorted."""
    at, start, end = line
    found = stripes.get(int(at // _STRIPE), [])
    met = []
    for index in range(bisect_left(found, (start, -1)), len(found)):
        place, number = found[index]
        if place > end:
            break
        if others[number][1] <= at <= others[number][2]:
            met.append((place, number))
    return met

"""The pieces of connectors that can be moved sideways, and how far each may be moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from designer.core.routing.space import Box
from designer.core.routing.ways import OUTSIDE, Pair, Way

LANE: Final = 12
"""From lane to lane, where there is room."""
TOUCH: Final = 6
"""What is nearer to each other seems to touch."""
_NEAR: Final = 28
"""How far inside its room a piece stays on the side where it belongs, in wide gaps."""
_REACH: Final = 200
"""How far a piece may be moved."""
_TURN: Final = 24
"""So much longer a level piece may become when the upright ones at its ends get their lanes."""
TEXT_ROOM: Final = 12
"""A leg has to be so much longer than the words on it."""


@dataclass(slots=True, eq=False)
class Run:
    """A piece that is moved as one: that of one way, or those of ways into the same input.

    It reaches from *begin* to *end* along its own direction; across that it may stay from *low*
    to *high*, likes to be at *home*, and for a label rather not below *roomy*. *legs* are the
    pieces at its corners: where along the run, and whether they leave to the lower (-1) or the
    higher side (1). *parts* are the ways and the places in their *xs* or *ys*.
    """

    bundle: int
    begin: float
    end: float
    low: float
    high: float
    home: float
    roomy: float
    legs: set[tuple[float, int]]
    parts: list[tuple[Way, int]]
    at: float = 0
    after: list[Run] = field(default_factory=list)
    """The runs on its higher side that it has to keep away from."""

    def meets(self, other: Run) -> bool:
        """Whether the two touch, and can share a lane."""
        return (
            self.begin <= other.end
            and other.begin <= self.end
            and self.low <= other.high
            and other.low <= self.high
        )

    def absorb(self, other: Run) -> None:
        """Take *other* in, which meets this one."""
        self.begin, self.end = min(self.begin, other.begin), max(self.end, other.end)
        self.low, self.high = max(self.low, other.low), min(self.high, other.high)
        self.home = min(max(self.home, self.low), self.high)
        self.roomy = max(self.roomy, other.roomy)
        self.legs |= other.legs
        self.parts += other.parts


def level_runs(ways: Iterable[Way], frames: Sequence[Box]) -> list[Run]:
    """The level pieces; those at a port or an input have to stay where they are."""
    return _joined(_level(way, index, frames) for way in ways for index in range(len(way.ys)))


def upright_runs(ways: Iterable[Way], frames: Sequence[Box]) -> list[Run]:
    """The upright pieces."""
    return _joined(_upright(way, index, frames) for way in ways for index in range(len(way.xs)))


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Runs into the same input that meet and can share a lane are made one."""
    alike: dict[tuple[int, float, float], list[Run]] = {}
    for run in runs:
        alike.setdefault((run.bundle, run.low, run.high), []).append(run)
    bundles: dict[int, list[Run]] = {}
    for (number, _, _), same in alike.items():
        bundle = bundles.setdefault(number, [])
        for run in _touching(same):
            _join(bundle, run)
    return [run for bundle in bundles.values() for run in bundle]


def _touching(runs: list[Run]) -> list[Run]:
    """Runs with the same room: those that touch are made one."""
    runs.sort(key=lambda run: run.begin)
    made = runs[:1]
    for run in runs[1:]:
        if run.begin <= made[-1].end:
            made[-1].absorb(run)
        else:
            made.append(run)
    return made


def _join(bundle: list[Run], run: Run) -> None:
    meeting = next((other for other in bundle if other.meets(run)), None)
    while meeting is not None:  # what it has become may meet more of them
        bundle.remove(meeting)
        meeting.absorb(run)
        run = meeting
        meeting = next((other for other in bundle if other.meets(run)), None)
    bundle.append(run)


# --- level pieces -------------------------------------------------------------------------------


def _level(way: Way, index: int, frames: Sequence[Box]) -> Run:
    y, last = way.ys[index], len(way.xs)
    start, end = way.span(index)
    left, right = min(start, end), max(start, end)
    low, high, home = y, y, y
    if 0 < index < last and way.space is not None:
        low, high = way.space.upright(y, left, right)
        sides = [(b[1], b[3]) for b in frames if b[0] < right and left < b[2]]
        low, high = _off_sides(low, high, sides, -inf)
        low, high, home = _level_room(way, index, max(low, y - _REACH), min(high, y + _REACH))
    legs = set()
    if index and way.ys[index - 1] != y:
        legs.add((start, 1 if way.ys[index - 1] > y else -1))
    if index < last and way.ys[index + 1] != y:
        legs.add((end, 1 if way.ys[index + 1] > y else -1))
    begin = left - (_TURN if index else 0)
    finish = right + (_TURN if index < last else 0)
    return Run(way.wire.target, begin, finish, low, high, home, -inf, legs, [(way, index)])


def _level_room(way: Way, index: int, low: float, high: float) -> tuple[float, float, float]:
    y = way.ys[index]
    if way.outer is not None and way.outer[0] == index:
        return (low, y, y) if way.outer[1] < 0 else (y, high, y)
    if high - low <= 2 * (_NEAR + LANE):
        return low, high, (low + high) / 2
    return low, high, min(max(y, low + _NEAR + LANE), high - _NEAR - LANE)


# --- upright pieces -----------------------------------------------------------------------------


def _upright(way: Way, index: int, frames: Sequence[Box]) -> Run:
    x, ends = way.xs[index], (way.ys[index], way.ys[index + 1])
    top, bottom = min(ends), max(ends)
    low, high = _window(way, index, top, bottom)
    first, last = index == 0, index == len(way.xs) - 1
    roomy = -inf
    if first and way.wire.label and (way.outer is None or high < low + _REACH):
        roomy = way.wire.start[0] + way.wire.label + TEXT_ROOM
    sides = [(b[0], b[2]) for b in frames if b[1] < bottom and top < b[3]]
    needs = roomy if len(way.xs) == 1 and roomy <= high else -inf
    low, high = _off_sides(low, high, sides, needs)
    if roomy > high:
        roomy = -inf  # the words do not fit there in any case
    half = (high - low) / 2
    home = high - min(half, _NEAR) if last else low + min(half, _NEAR)
    if way.outer is not None and not last:
        home = low + min(half, OUTSIDE - LANE)
    legs = {
        (y, 1 if other > x else -1)
        for y, other in ((ends[0], way.span(index)[0]), (ends[1], way.span(index + 1)[1]))
        if other != x
    }
    return Run(way.wire.target, top, bottom, low, high, home, roomy, legs, [(way, index)])


def _window(way: Way, index: int, top: float, bottom: float) -> Pair:
    """From where to where an upright piece may be moved."""
    x = way.xs[index]
    if way.space is None:
        return x, x
    low, high = way.space.sideways(x, top, bottom)
    first, last = index == 0, index == len(way.xs) - 1
    if first:
        low = max(low, way.wire.start[0] + way.space.clear)
    if last:
        high = min(high, way.wire.end[0] - way.space.clear)
        return max(low, high - _REACH), high
    if first:
        return low, min(high, low + _REACH + way.wire.label)
    return max(low, x - _REACH), min(high, x + _REACH)


def _off_sides(low: float, high: float, frames: Iterable[Pair], least: float) -> Pair:
    """The greatest part of the room from *low* to *high* that is not at a side of a frame.

    All of it, if that part would end before *least*.
    """
    parts = [(low, high)]
    for side in (side for sides in frames for side in sides):
        parts = [
            part
            for start, end in parts
            for part in ((start, min(end, side - TOUCH)), (max(start, side + TOUCH), end))
            if part[0] <= part[1]
        ]
    best = max(parts, key=lambda part: part[1] - part[0], default=(low, high))
    return best if best[1] >= least else (low, high)

"""The plain ways of a connector: straight on, with one step, or around the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from designer.core.routing.space import Space

OUTSIDE: Final = 20
"""How far above the highest card, or below the lowest, a connector runs back."""
_STEP: Final = 20

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wire:
    """A connector to be routed: from the place of a port to the place of an input.

    *source* and *target* number the cards; *source* is None for the elbow of a pill, which is
    above the card or to the left of it. *label* is the width of its words, 0 without any.
    """

    source: int | None
    target: int
    start: Pair
    end: Pair
    words: str = ""
    label: float = 0
    back: bool = False


@dataclass(slots=True, eq=False)
class Way:
    """How a wire goes: level at ``ys[0]``, upright at ``xs[0]``, level at ``ys[1]``, and so on.

    *space* is what it keeps clear of; None when it had to go through something. *outer* is the
    place in *ys* of the level line around the outside, with -1 or 1 for above or below.
    """

    wire: Wire
    ys: list[float]
    xs: list[float]
    space: Space | None
    outer: tuple[int, int] | None = None

    def points(self) -> list[Pair]:
        """Its corners, from port to input."""
        corners = [self.wire.start]
        for index, x in enumerate(self.xs):
            corners += [(x, self.ys[index]), (x, self.ys[index + 1])]
        found = simplified([*corners, self.wire.end])
        return found if len(found) > 1 else [self.wire.start, self.wire.end]

    def span(self, index: int) -> Pair:
        """From where to where the level line *index* goes, in this direction."""
        before = self.wire.start[0] if index == 0 else self.xs[index - 1]
        after = self.wire.end[0] if index == len(self.xs) else self.xs[index]
        return before, after


def simplified(points: Sequence[Pair]) -> list[Pair]:
    """*points* without those that are no corners."""
    kept: list[Pair] = []
    for point in points:
        while len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def _in_line(a: Pair, b: Pair, c: Pair) -> bool:
    return a[0] == b[0] == c[0] or a[1] == b[1] == c[1]


def way_along(wire: Wire, corners: Sequence[Pair], space: Space) -> Way:
    """The way from the port through *corners* to the input; each two share an x or a y."""
    points = simplified([wire.start, *corners, wire.end])
    inner = points[1:-1]
    return Way(
        wire,
        ys=[wire.start[1], *(point[1] for point in inner[1::2])],
        xs=[point[0] for point in inner[::2]],
        space=space,
    )


def direct(wire: Wire, space: Space) -> Way | None:
    """Straight on, or with one step as near to the input as can be."""
    (start, y), (end, level) = wire.start, wire.end
    first, last = start + space.clear, end - space.clear
    if first > last:
        return None
    if y == level and space.across(y, first, last) is None:
        return Way(wire, [y], [], space)
    first = max(first, space.sideways(last, level, level)[0])
    last = min(last, space.sideways(start + space.clear, y, y)[1])
    x = _upright_free(space, (y, level), last, first) if first <= last else None
    return None if x is None else Way(wire, [y, level], [x], space)


def joining(way: Way, other: Way) -> Way | None:
    """*way* led into *other*, which leaves the same card for the same input and goes far."""
    space = way.space
    if space is None or not way.xs:
        return None
    out = way.wire.start[0] + space.clear
    y, level = way.ys[0], other.ys[0]
    x = _upright_free(space, (y, level), out, min(out + _STEP, way.xs[0]))
    return None if x is None else Way(way.wire, [y, *other.ys], [x, *other.xs], space)


def around(wire: Wire, space: Space, limits: Pair) -> Way | None:
    """Around the outside: above *limits*[0] or below *limits*[1], whichever is nearer."""
    (start, y), (end, level) = wire.start, wire.end
    first, last = start + space.clear, end - space.clear
    right = space.sideways(first, y, y)[1]
    left = space.sideways(last, level, level)[0]
    found = []
    for side, outer in ((-1, limits[0]), (1, limits[1])):
        out = _upright_free(space, (y, outer), first, right)
        back = _upright_free(space, (level, outer), last, left)
        if out is not None and back is not None and _level_free(space, outer, back, out):
            length = abs(outer - y) + abs(outer - level) + 2 * (out - first + last - back)
            found.append((length, side, outer, out, back))
    if not found:
        return None
    _, side, outer, out, back = min(found)
    return Way(wire, [y, outer, level], [out, back], space, (1, side))


def _upright_free(space: Space, ys: Pair, x: float, limit: float) -> float | None:
    """The first x from *x* to *limit* where a line between the two *ys* meets nothing."""
    top, bottom = min(ys), max(ys)
    leftwards = limit <= x
    while (limit <= x) if leftwards else (x <= limit):
        hit = space.down(x, top, bottom)
        if hit is None:
            return x
        x = hit[2] if leftwards else hit[3]
    return None


def _level_free(space: Space, y: float, left: float, right: float) -> bool:
    return space.across(y, min(left, right), max(left, right)) is None

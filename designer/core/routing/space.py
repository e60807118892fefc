"""Free space between boxes: what stands in the way of a straight line, and how far it may move."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import inf
from typing import Final, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Bar: TypeAlias = tuple[float, float, float, float]
"""A box seen along one axis: from, to, and the band (from, to) that it covers."""

_STRIPE: Final = 96


class Stripes:
    """Bars by the stripes of their bands, so that a look-up meets only what is near.

    Sides are open: a line along the side of a box is free.
    """

    def __init__(self, bars: Iterable[Bar]) -> None:
        stripes: dict[int, list[Bar]] = {}
        for bar in bars:
            for key in range(int(bar[2] // _STRIPE), int(bar[3] // _STRIPE) + 1):
                stripes.setdefault(key, []).append(bar)
        self._stripes = {
            key: (found, [bar[0] for bar in found], max(bar[1] - bar[0] for bar in found))
            for key, found in ((key, sorted(found)) for key, found in stripes.items())
        }

    def blocker(self, start: float, end: float, at: float) -> Bar | None:
        """The first bar in the way from *start* to *end* at *at*."""
        stripe = self._stripes.get(int(at // _STRIPE))
        if stripe is None:
            return None
        bars, starts, longest = stripe
        for index in range(bisect_left(starts, start - longest), len(bars)):
            bar = bars[index]
            if bar[0] >= end:
                return None
            if bar[1] > start and bar[2] < at < bar[3]:
                return bar
        return None

    def room(self, at: float, start: float, end: float) -> tuple[float, float]:
        """How far a line across the bars, over the bands *start* to *end*, may move from *at*."""
        low, high = -inf, inf
        for key in range(int(start // _STRIPE), int(end // _STRIPE) + 1):
            stripe = self._stripes.get(key)
            if stripe is not None:
                low, high = _narrowed(stripe, at, start, end, low, high)
        return low, high


def _narrowed(
    stripe: tuple[list[Bar], list[float], float],
    at: float,
    start: float,
    end: float,
    low: float,
    high: float,
) -> tuple[float, float]:
    bars, starts, longest = stripe
    middle = bisect_right(starts, at)
    for index in range(middle, len(bars)):
        bar = bars[index]
        if bar[0] >= high:
            break
        if bar[2] < end and bar[3] > start:
            high = bar[0]
            break
    for index in range(middle - 1, -1, -1):
        bar = bars[index]
        if bar[0] + longest <= low:
            break
        if bar[2] < end and bar[3] > start:
            if bar[1] > at > bar[0]:
                return at, at
            if bar[1] <= at:
                low = max(low, bar[1])
            elif bar[0] == at:
                high = at  # a bar that begins right here
    return low, high


class Space:
    """The plane without *boxes*, which are grown already by the distance to keep.

    *clear* is that distance: a connector goes so far straight out of its port and into its input.
    """

    def __init__(self, boxes: Iterable[Box], clear: float) -> None:
        self.boxes = tuple(boxes)
        self.clear = clear
        self._across = Stripes((box[0], box[2], box[1], box[3]) for box in self.boxes)
        self._down = Stripes((box[1], box[3], box[0], box[2]) for box in self.boxes)

    def across(self, y: float, start: float, end: float) -> Bar | None:
        """The leftmost box in the way of a horizontal line, as (left, right, top, bottom)."""
        return self._across.blocker(start, end, y)

    def down(self, x: float, start: float, end: float) -> Bar | None:
        """The topmost box in the way of a vertical line, as (top, bottom, left, right)."""
        return self._down.blocker(start, end, x)

    def sideways(self, x: float, top: float, bottom: float) -> tuple[float, float]:
        """How far a vertical line may move to the left and to the right."""
        return self._across.room(x, top, bottom)

    def upright(self, y: float, left: float, right: float) -> tuple[float, float]:
        """How far a horizontal line may move up and down."""
        return self._down.room(y, left, right)

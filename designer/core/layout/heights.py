"""Heights of the items in ordered columns: linked ones in line, all apart, on the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from typing import Final

_GRID: Final = 20
_SWEEPS: Final = ((1, 0), (0, 1), (1, 0), (0, 1), (1, 0), (1, 1), (1, 1))
"""In each sweep, whether the neighbours on the left and those on the right pull."""
_HELD: Final = 1e6
_CARD_GAP: Final = 40
"""Between cards: room for a badge and a connector."""
_CLEAR: Final = 24
"""Between a card and a connector that passes."""
_LANE: Final = 12


@dataclass(frozen=True, slots=True)
class Item:
    """Something that stands in one or more columns.

    *above* is kept free over it. A *passing* item is a connector on its way through a column.
    """

    height: float = 0
    above: float = 0
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """*target* wants to be *shift* lower than *source*, which is one column further left."""

    source: int
    target: int
    shift: float
    weight: float


def heights(
    columns: Sequence[Sequence[int]], items: Sequence[Item], pulls: Sequence[Sequence[Pull]]
) -> list[float]:
    """The y of every item; ``pulls[i]`` lead from column i to the next."""
    y = _stacked(columns, items)
    for left, right in _SWEEPS:
        _sweep(columns, items, pulls, y, left, right)
    return _settled(columns, items, y)


def _stacked(columns: Sequence[Sequence[int]], items: Sequence[Item]) -> list[float]:
    y = [0.0] * len(items)
    for column in columns:
        for upper, lower in pairwise(column):
            y[lower] = y[upper] + _distance(items[upper], items[lower])
    return y


def _distance(upper: Item, lower: Item) -> float:
    if upper.passing and lower.passing:
        return _LANE
    gap = _CLEAR if upper.passing or lower.passing else _CARD_GAP
    return upper.height + gap + lower.above


def _sweep(
    columns: Sequence[Sequence[int]],
    items: Sequence[Item],
    pulls: Sequence[Sequence[Pull]],
    y: list[float],
    left: int,
    right: int,
) -> None:
    """Put each column as its neighbours on the left, on the right, or both want it."""
    done: set[int] = set()
    for index in range(len(columns)) if left else reversed(range(len(columns))):
        column = columns[index]
        wanted: dict[int, list[tuple[float, float]]] = {}
        for pull in pulls[index - 1] if left and index else ():
            wish = y[pull.source] + pull.shift, pull.weight
            wanted.setdefault(pull.target, []).append(wish)
        for pull in pulls[index] if right and index < len(pulls) else ():
            wish = y[pull.target] - pull.shift, pull.weight
            wanted.setdefault(pull.source, []).append(wish)
        wishes = []
        for item in column:
            if item in done:
                wishes.append((y[item], _HELD))
            elif item in wanted:
                wishes.append(_median(wanted[item]))
            else:
                wishes.append((y[item], 0.1))
        distances = [_distance(items[a], items[b]) for a, b in pairwise(column)]
        for item, place in zip(column, apart(wishes, distances), strict=True):
            y[item] = place
        done.update(column)


def _median(wanted: list[tuple[float, float]]) -> tuple[float, float]:
    """The weighted median, and the greatest weight."""
    wanted.sort()
    half = sum(weight for _, weight in wanted) / 2
    for place, weight in wanted:
        half -= weight
        if half <= 0:
            return place, max(weight for _, weight in wanted)
    return wanted[-1]


def apart(wishes: Sequence[tuple[float, float]], distances: Sequence[float]) -> list[float]:
    """Places in this order, at least *distances* apart, nearest to the weighted *wishes*.

    Nearest in the sense of least squares (pool adjacent violators).
    """
    offsets = list(accumulate(distances, initial=0.0))
    pools: list[tuple[float, float, int]] = []  # mean, weight, count
    for (wish, weight), shift in zip(wishes, offsets, strict=False):
        mean, total, count = wish - shift, weight, 1
        while pools and pools[-1][0] > mean:
            other, more, size = pools.pop()
            mean = (mean * total + other * more) / (total + more)
            total, count = total + more, count + size
        pools.append((mean, total, count))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + shift for mean, shift in zip(flat, offsets, strict=False)]


def _settled(
    columns: Sequence[Sequence[int]], items: Sequence[Item], y: Sequence[float]
) -> list[float]:
    """Cards on the grid, nothing on top of each other, the highest at 0."""
    result = list(y)
    above = _neighbours(columns)
    for item in _top_down(columns, len(items)):
        passing = items[item].passing
        if not passing:
            result[item] = round(result[item] / _GRID) * _GRID
        least = max((result[o] + _distance(items[o], items[item]) for o in above[item]), default=0)
        if above[item] and least > result[item]:
            result[item] = least if passing else ceil(least / _GRID) * _GRID
    tops = [result[i] - items[i].above for i in range(len(items)) if not items[i].passing]
    top = min(tops, default=0) // _GRID * _GRID
    return [place - top for place in result]


def _neighbours(columns: Sequence[Sequence[int]]) -> Mapping[int, list[int]]:
    """The items right above each item, in all its columns."""
    above: dict[int, list[int]] = {item: [] for column in columns for item in column}
    for column in columns:
        for upper, lower in pairwise(column):
            above[lower].append(upper)
    return above


def _top_down(columns: Sequence[Sequence[int]], count: int) -> list[int]:
    """All items, each behind those above it."""
    waiting = [0] * count
    below: list[list[int]] = [[] for _ in range(count)]
    for column in columns:
        for upper, lower in pairwise(column):
            waiting[lower] += 1
            below[upper].append(lower)
    order = [item for item in range(count) if waiting[item] == 0]
    for item in order:
        for other in below[item]:
            waiting[other] -= 1
            if waiting[other] == 0:
                order.append(other)
    return order

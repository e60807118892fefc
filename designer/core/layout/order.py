"""The order within columns that makes few crossings (barycentre sweeps)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_SWEEPS: Final = 12
_GOES_ON: Final = 0.25
"""Where an item of several columns stands in the next: what leaves it mostly goes on below it."""


@dataclass(frozen=True, slots=True)
class Strand:
    """A piece of a link from one column to the next; *out* and *into* say where on the items.

    They count from 0 (the item's top) to 1 (its bottom). *weight* tells how much it should be
    straight.
    """

    source: int
    target: int
    out: float
    into: float
    weight: float = 1


def ordered(columns: list[list[int]], strands: Sequence[Sequence[Strand]]) -> list[list[int]]:
    """*columns* in the order with the fewest crossings that was met.

    ``strands[i]`` lead from column i to the next. An item may stand in several columns that
    follow each other; two of them keep their order in all columns that they share.
    """
    best, least = columns, _crossings(columns, strands)
    current = [list(column) for column in columns]
    for sweep in range(_SWEEPS):
        if least == 0:
            break
        current = _sweep(current, strands, leftwards=sweep % 2 == 1)
        count = _crossings(current, strands)
        if count < least:
            best, least = [list(column) for column in current], count
    return best


def _sweep(
    columns: list[list[int]], strands: Sequence[Sequence[Strand]], leftwards: bool
) -> list[list[int]]:
    result = [list(column) for column in columns]
    indexes = range(len(columns) - 2, -1, -1) if leftwards else range(1, len(columns))
    for index in indexes:
        fixed = {item: place for place, item in enumerate(result[index + (1 if leftwards else -1)])}
        pulls: dict[int, list[float]] = {}
        for strand in strands[index if leftwards else index - 1]:
            if leftwards:
                pulls.setdefault(strand.source, []).append(fixed[strand.target] + strand.into)
            else:
                pulls.setdefault(strand.target, []).append(fixed[strand.source] + strand.out)
        result[index] = _sorted(result[index], fixed, pulls)
    return result


def _sorted(column: list[int], fixed: dict[int, int], pulls: dict[int, list[float]]) -> list[int]:
    """Items by the mean of what pulls them; those that nothing pulls keep their places."""
    places: dict[int, float] = {}
    for item in column:
        if item in fixed:
            places[item] = fixed[item] + _GOES_ON
        elif item in pulls:
            places[item] = sum(pulls[item]) / len(pulls[item])
    pulled = sorted(places, key=lambda item: (places[item], column.index(item)))
    queue = iter(pulled)
    return [next(queue) if item in places else item for item in column]


def _crossings(columns: list[list[int]], strands: Sequence[Sequence[Strand]]) -> int:
    total = 0
    for index, between in enumerate(strands):
        left = {item: place for place, item in enumerate(columns[index])}
        right = {item: place for place, item in enumerate(columns[index + 1])}
        ends = sorted(
            (left[s.source] + s.out * 0.9, right[s.target] + s.into * 0.9) for s in between
        )
        seen: list[float] = []
        for _, end in ends:
            total += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return total

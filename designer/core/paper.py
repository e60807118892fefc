"""Lays a drawing out on sheets of paper: how large, and which part of it goes on which sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from designer.core.picture import Picture, Point, Rect

LEGIBLE: Final = 0.75
"""The smallest scale: the small text of a chip is 6 points high there. 1 is 96 pixels an inch."""
_SHORTEST: Final = 0.6
"""A sheet is filled at least that far before it is cut short to spare a card."""
_RIM: Final = 10
"""So far around a card its ports and its shadow reach."""
_SLACK: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """What goes on one sheet; *column* and *row* count from 0 in the grid of all sheets."""

    area: Rect
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Paper:
    """The sheets in reading order, the *scale* of them all, and how large their grid is."""

    scale: float
    parts: tuple[Part, ...]
    columns: int
    rows: int


def lay_out(picture: Picture, around: Rect, width: float, height: float) -> Paper:
    """The sheets of *picture*, each *width* by *height* in pixels at 100 %.

    *around* is all of it, with its margin. It goes on one sheet, no larger than at 100 %, if it
    can be read there; else it is cut, between cards where that is possible, and what has nothing
    on it is left out.
    """
    fits = min(1.0, width / around.width, height / around.height)
    if fits >= LEGIBLE:
        return Paper(fits, (Part(around, 0, 0),), 1, 1)
    rects = [card.rect for card in picture.cards] + [pill.rect for pill in picture.pills]
    xs = _cuts(
        around.x, around.right, width / LEGIBLE, [(r.x - _RIM, r.right + _RIM) for r in rects]
    )
    ys = _cuts(
        around.y, around.bottom, height / LEGIBLE, [(r.y - _RIM, r.bottom + _RIM) for r in rects]
    )
    cells = (
        Part(Rect(left, top, right - left, bottom - top), column, row)
        for row, (top, bottom) in enumerate(pairwise(ys))
        for column, (left, right) in enumerate(pairwise(xs))
    )
    seen = [*rects, *(sheet.rect for sheet in picture.sheets), *_ways(picture)]
    parts = tuple(cell for cell in cells if any(_meet(cell.area, one) for one in seen))
    return Paper(LEGIBLE, parts, len(xs) - 1, len(ys) - 1)


def _cuts(
    start: float, end: float, room: float, spared: Sequence[tuple[float, float]]
) -> list[float]:
    """Where to cut, the two ends included: no piece is longer than *room*."""
    cuts = [start]
    while end - cuts[-1] > room + _SLACK:
        least, most = cuts[-1] + room * _SHORTEST, cuts[-1] + room
        free = [most, *(low for low, _ in spared if least <= low <= most)]
        whole = [at for at in free if not any(low < at < high for low, high in spared)]
        cuts.append(max(whole, default=most))
    return [*cuts, end]


def _ways(picture: Picture) -> Iterator[Rect]:
    """The straight pieces of all connectors."""
    for connector in picture.connectors:
        for one, other in pairwise(connector.points):
            yield _between(one, other)


def _between(one: Point, other: Point) -> Rect:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Rect(x, y, abs(one.x - other.x), abs(one.y - other.y))


def _meet(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right + _SLACK
        and other.x < one.right
        and one.y < other.bottom + _SLACK
        and other.y < one.bottom
    )

"""Where columns begin: wide enough for their cards, the gaps for the connectors that turn there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from designer.core.layout.parts import Block, Link, Part
from designer.core.picture import GRID, INPUT_Y

_NARROW: Final = 60
"""A gap is at least 44 wide; on the grid that is 60."""
_LABELLED: Final = 80
"""With words on a first leg it is at least 68; on the grid that is 80."""
_LONGEST: Final = 96
"""Words that are longer go to another leg."""
_ENDS: Final = 44
"""The straight pieces at a port and at an input with its arrow."""
_LANE: Final = 12

_Span = tuple[float, float]


def column_places(
    part: Part, blocks: Mapping[str, Block], links: Sequence[Link]
) -> tuple[list[int], list[int]]:
    """The left and the right sides of the columns."""
    widths = [0.0] * part.span
    for name, cell in part.cells.items():
        widths[cell.column] = max(widths[cell.column], blocks[name].width)
    turns = _turns(part, links)
    words = _words(part, links)
    sides = _frame_sides(part)
    lefts: list[int] = []
    rights: list[int] = []
    x = 0
    for column, width in enumerate(widths):
        lefts.append(x)
        rights.append(x + round(width))
        gap = _ENDS + _LANE * max(_most_at_once(turns.get(column, [])) - 1, 0)
        least = _NARROW
        if column in words:
            least, gap = _LABELLED, gap + round(words[column]) - _LANE
        x = -(-(rights[-1] + max(gap, least) + sides[column]) // GRID) * GRID
    return lefts, rights


def _frame_sides(part: Part) -> list[int]:
    """How much of the gap behind each column is in frames."""
    ends, starts = [0] * part.span, [0] * (part.span + 1)
    for area in part.areas.values():
        ends[area.last] = max(ends[area.last], area.right)
        starts[area.first] = max(starts[area.first], area.left)
    return [end + start for end, start in zip(ends, starts[1:], strict=True)]


def _turns(part: Part, links: Sequence[Link]) -> Mapping[int, list[_Span]]:
    """Behind each column, from where to where upright pieces go, one for all into one card."""
    found: dict[tuple[int, str], tuple[float, float]] = {}
    for link in links:
        start, end = part.cells[link.source], part.cells[link.target]
        y = start.y + link.out
        for column in range(start.column, end.column):
            lane = part.lanes.get((link.target, column + 1))
            to = end.y + INPUT_Y if lane is None else lane
            if abs(to - y) > 1:
                low, high = found.get((column, link.target), (y, y))
                found[column, link.target] = min(low, y, to), max(high, y, to)
            y = to
        if start.column >= end.column:  # it leads back: up or down past all cards on both sides
            for column in (start.column, end.column - 1):
                found.setdefault((column, link.target), (min(y, end.y) - GRID, max(y, end.y)))
    spans: dict[int, list[_Span]] = {}
    for (column, _), span in found.items():
        spans.setdefault(column, []).append(span)
    return spans


def _words(part: Part, links: Sequence[Link]) -> Mapping[int, float]:
    """The widest words behind each column, as far as they are to fit."""
    widest: dict[int, float] = {}
    for link in links:
        if link.label:
            column = part.cells[link.source].column
            widest[column] = max(widest.get(column, 0), min(link.label, _LONGEST))
    return widest


def _most_at_once(spans: Sequence[_Span]) -> int:
    """The greatest number of *spans* that overlap."""
    edges = sorted([(low, 1) for low, _ in spans] + [(high + 1, -1) for _, high in spans])
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most

"""Layered layout: cards in columns from left to right, few crossings, on the grid.

After Sugiyama, Tagawa and Toda: links that lead back are set aside (`layers`), every card gets a
column (`layers`), columns are sorted (`order`), and neighbours are brought in line (`heights`).
Links that pass a column take a lane in it; those into the same card share one. A frame is laid
out by itself, and takes part in the whole as one item that spans as many columns as it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from designer.core.layout.gaps import column_places
from designer.core.layout.parts import Block, Group, Link
from designer.core.layout.rest import place_rest
from designer.core.layout.whole import lay_out
from designer.core.picture import Rect

__all__ = ["Arrangement", "Block", "Group", "Link", "arrange", "place_rest"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where cards (by name) and frames (by number) go."""

    cards: Mapping[str, tuple[int, int]]
    frames: Mapping[int, Rect]


def arrange(
    blocks: Sequence[Block],
    links: Sequence[Link],
    roots: Sequence[str] = (),
    groups: Sequence[Group] = (),
) -> Arrangement:
    """Places for *blocks*, which are linked by *links* in the order of their ports.

    *roots* are where reading begins, the most important first. The same input makes the same
    output; loops, links to the card itself and parts that nothing leads to are all right.
    """
    part = lay_out(blocks, links, roots, groups)
    by_name = {block.name: block for block in blocks}
    lefts, rights = column_places(part, by_name, links)
    cards = {name: (lefts[cell.column], round(cell.y)) for name, cell in part.cells.items()}
    frames = {
        number: Rect(
            lefts[area.first] - area.left,
            area.y,
            rights[area.last] + area.right - lefts[area.first] + area.left,
            area.height,
        )
        for number, area in part.areas.items()
    }
    return Arrangement(cards, frames)

"""Places for a few new cards in a drawing that is to stay as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from designer.core.layout.parts import Block, Link
from designer.core.picture import GRID, Rect

_BESIDE: Final = 60
_BELOW: Final = 40


def place_rest(
    new: Sequence[Block], links: Sequence[Link], placed: Mapping[str, Rect]
) -> dict[str, tuple[int, int]]:
    """A free place for each of *new*, never on one of *placed*.

    It is right of a card that leads to it, else left of one that it leads to, else below all.
    """
    taken = dict(placed)
    found: dict[str, tuple[int, int]] = {}
    waiting = list(new)
    while waiting:
        block = next((b for b in waiting if _beside(b, links, taken) is not None), waiting[0])
        waiting.remove(block)
        wish = _beside(block, links, taken) or _below(taken)
        rect = _free(Rect(*wish, block.width, block.height), block.above, taken)
        taken[block.name] = rect
        found[block.name] = round(rect.x), round(rect.y)
    return found


def _beside(
    block: Block, links: Sequence[Link], taken: Mapping[str, Rect]
) -> tuple[float, float] | None:
    for link in links:
        if link.target == block.name and link.source in taken:
            before = taken[link.source]
            return _up(before.right + _BESIDE), before.y
    for link in links:
        if link.source == block.name and link.target in taken:
            behind = taken[link.target]
            return -_up(block.width + _BESIDE - behind.x), behind.y
    return None


def _below(taken: Mapping[str, Rect]) -> tuple[float, float]:
    if not taken:
        return 0, 0
    return min(r.x for r in taken.values()), _up(max(r.bottom for r in taken.values()) + _BESIDE)


def _free(rect: Rect, above: float, taken: Mapping[str, Rect]) -> Rect:
    """*rect*, moved down as far as something is in its way."""
    while True:
        lower = [
            other.bottom
            for other in taken.values()
            if other.x < rect.right + GRID
            and rect.x < other.right + GRID
            and other.y < rect.bottom + _BELOW
            and rect.y - above - _BELOW < other.bottom
        ]
        if not lower:
            return rect
        rect = Rect(rect.x, _up(max(lower) + _BELOW + above), rect.width, rect.height)


def _up(value: float) -> float:
    """The next place on the grid."""
    return -(-value // GRID) * GRID

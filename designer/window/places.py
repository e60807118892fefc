"""Where new cards go, and how places that only the picture knows come into the flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import ceil, floor
from typing import Final

from designer.core import edits
from designer.core.picture import CARD_WIDTH, GRID, HEADER_HEIGHT, Picture, Rect
from flow_runtime.core.model import Flow

_CLEAR: Final = 20
_HEIGHT: Final = HEADER_HEIGHT + 60
"""About how high a card gets that is not there yet."""


def snapped(length: float) -> int:
    """*length* on the grid."""
    return round(length / GRID) * GRID


def placed(flow: Flow, picture: Picture) -> Flow:
    """*flow* with a place for every node: as the picture shows it, where the flow says nothing.

    Without this, moving one card would let the layout put the others elsewhere the next time.
    """
    known = edits.positions(flow)
    new = {
        card.name: (round(card.rect.x), round(card.rect.y))
        for card in picture.cards
        if card.name not in known
    }
    return edits.place(flow, new) if new else flow


def free_place(picture: Picture, x: int, y: int) -> tuple[int, int]:
    """The free place that is nearest to (x, y), below and to the right rather than elsewhere."""
    todo, met = [(0, 0, x, y)], {(x, y)}
    while True:
        _, _, left, top = heappop(todo)
        new = Rect(left, top, CARD_WIDTH, _HEIGHT)
        hits = [card.rect for card in picture.cards if _touch(card.rect, new)]
        if not hits:
            return left, top
        for spot in _beside(hits, left, top):
            if spot not in met:
                met.add(spot)
                heappush(todo, (_cost(spot[0] - x, spot[1] - y), len(met), *spot))


def _beside(hits: Sequence[Rect], x: int, y: int) -> Iterator[tuple[int, int]]:
    """Below, right of, above and left of what is in the way, on the grid."""
    yield x, ceil((max(hit.bottom for hit in hits) + _CLEAR) / GRID) * GRID
    yield ceil((max(hit.right for hit in hits) + _CLEAR) / GRID) * GRID, y
    yield x, floor((min(hit.y for hit in hits) - _CLEAR - _HEIGHT) / GRID) * GRID
    yield floor((min(hit.x for hit in hits) - _CLEAR - CARD_WIDTH) / GRID) * GRID, y


def _cost(dx: int, dy: int) -> int:
    """How unwelcome it is to move a card that far: a flow is read downwards and to the right."""
    return max(dx, -2 * dx) + max(dy, -2 * dy)


def _touch(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right + _CLEAR
        and other.x < one.right + _CLEAR
        and one.y < other.bottom + _CLEAR
        and other.y < one.bottom + _CLEAR
    )

"""Where new cards go, and how places that only the picture knows come into the flow."""

from __future__ import annotations

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
    """(x, y), moved down as far as cards are in the way."""
    while True:
        new = Rect(x, y, CARD_WIDTH, _HEIGHT)
        hit = [card.rect.bottom for card in picture.cards if _touch(card.rect, new)]
        if not hit:
            return x, y
        y = -(-int(max(hit) + _CLEAR) // GRID) * GRID


def _touch(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right + _CLEAR
        and other.x < one.right + _CLEAR
        and one.y < other.bottom + _CLEAR
        and other.y < one.bottom + _CLEAR
    )

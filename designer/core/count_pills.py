"""Where the connectors of a heat map carry their counts: on long legs, none over another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from designer.core.heat import grouped
from designer.core.picture import NO_CARD_MARK, Connector, Marks, Picture, Point, PortKey, Rect

HEIGHT: Final = 16.0
_ROOM: Final = 14.0
"""How much longer than a pill a leg is that carries it."""
_NEAR: Final = 3.0
"""Pixels that pills stay apart from one another, from cards and from words."""


def pill_width(count: int, measure: Callable[[str], float]) -> float:
    """How wide the pill of *count* is; *measure* tells the width of a text."""
    return max(22.0, measure(grouped(count)) + 12)


def place_pills(
    picture: Picture, marks: Marks, measure: Callable[[str], float]
) -> dict[PortKey, Point]:
    """The centres of the pills; the busiest connectors choose first, what finds no room has none.

    A port with a row of its own tells its count on the card; but where calls go is easier seen on
    the way.
    """
    taken = [_grown(card.rect, _NEAR) for card in picture.cards]
    taken += [_grown(pill.rect, _NEAR) for pill in picture.pills]
    taken += [sheet.rect for sheet in picture.sheets if sheet.kind == "note"]
    for card in picture.cards:
        badge = marks.cards.get(card.name, NO_CARD_MARK).badge
        if badge is not None:
            wide = measure(badge.text) + 16
            taken.append(Rect(card.rect.x, card.rect.bottom + 7, wide, 20))
    taken += [_plate(one, measure) for one in picture.connectors if one.label_at is not None]
    told: list[tuple[int, Connector]] = []
    for connector in picture.connectors:
        mark = None if connector.source is None else marks.ports.get(connector.source)
        if mark is not None and mark.count:
            told.append((mark.count, connector))
    places: dict[PortKey, Point] = {}
    for count, connector in sorted(told, key=lambda one: -one[0]):
        width = pill_width(count, measure)
        for spot in _spots(connector, width):
            box = _around(spot, width, HEIGHT)
            if not any(_meet(box, other) for other in taken):
                taken.append(_grown(box, _NEAR))
                assert connector.source is not None
                places[connector.source] = spot
                break
    return places


def _spots(connector: Connector, width: float) -> Iterator[Point]:
    """The middles of the legs that are long enough, the longest first; then other places of it.

    The last leg, which other connectors may share, comes last.
    """
    points = connector.points
    legs = list(zip(points, points[1:], strict=False))
    order = sorted(legs[:-1], key=lambda leg: -_length(*leg)) + legs[-1:]
    for share in (0.5, 0.25, 0.75):
        for start, end in order:
            across = start.y == end.y
            if _length(start, end) >= (width if across else HEIGHT) + _ROOM:
                yield Point(
                    start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share
                )


def _length(start: Point, end: Point) -> float:
    return abs(end.x - start.x) + abs(end.y - start.y)


def _plate(connector: Connector, measure: Callable[[str], float]) -> Rect:
    assert connector.label_at is not None
    return _around(connector.label_at, measure(connector.label or "") + 8, HEIGHT)


def _around(spot: Point, width: float, height: float) -> Rect:
    return Rect(spot.x - width / 2, spot.y - height / 2, width, height)


def _grown(rect: Rect, by: float) -> Rect:
    return Rect(rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by)


def _meet(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )

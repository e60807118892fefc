"""What a heat map and a replay tell on cards and connectors: pills with counts, numbered discs."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from designer.canvas.paint.pens import pen
from designer.core.count_pills import HEIGHT, pill_width
from designer.core.heat import grouped
from designer.core.picture import CardMark, Point
from designer.look.fonts import font, metrics, width
from designer.look.theme import theme

_MOST_DISCS: Final = 3
_DISC: Final = 18.0
_APART: Final = 21.0


def paint_heat_pill(painter: QPainter, mark: CardMark) -> float:
    """The pill in a card's second line; where the text behind it begins."""
    if mark.heat is None or not mark.pill:
        return 12.0
    wide = metrics("counter").horizontalAdvance(mark.pill) + 12
    box = QRectF(12, 31.5, wide, 16)
    tokens = theme().tokens
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(tokens.heat[mark.heat]))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(font("counter"))
    painter.setPen(theme().colour(tokens.heat_text[mark.heat]))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.pill)
    return box.right() + 7


def paint_count_pill(painter: QPainter, centre: Point, count: int, heat: int) -> None:
    """The count of a connector, on a leg of it."""
    wide = pill_width(count, measure_count)
    box = QRectF(centre.x - wide / 2, centre.y - HEIGHT / 2, wide, HEIGHT)
    tokens = theme().tokens
    painter.setPen(pen("canvas", 1.5))
    painter.setBrush(theme().colour(tokens.heat[heat]))
    painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
    painter.setFont(font("counter"))
    painter.setPen(theme().colour(tokens.heat_text[heat]))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, grouped(count))


def measure_count(text: str) -> float:
    """How wide *text* is in a pill."""
    return width(text, "counter")


def paint_steps(painter: QPainter, right: float, mark: CardMark) -> None:
    """The discs of a replay, the last one at *right*; of many visits the last ones."""
    shown = [str(number) for number in mark.steps]
    if len(shown) > _MOST_DISCS:
        shown = ["…", *shown[1 - _MOST_DISCS :]]
    for place, text in enumerate(reversed(shown)):
        current = mark.here and place == 0
        centre = QPointF(right - 9 - place * _APART, 0)
        ground, colour = ("accent", "on_accent") if current else ("text", "panel")
        paint_disc(painter, centre, text, ground, colour)


def paint_disc(painter: QPainter, centre: QPointF, text: str, ground: str, colour: str) -> None:
    """A disc, wider for a number of three figures."""
    wide = max(_DISC, metrics("counter").horizontalAdvance(text) + 9)
    box = QRectF(centre.x() + 9 - wide, centre.y() - 9, wide, _DISC)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(ground))
    painter.drawRoundedRect(box, 9, 9)
    painter.setFont(font("counter"))
    painter.setPen(theme().colour(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

"""What lies below the cards: the grid, frames, notes, the pills that say where a call comes in."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap

from designer.canvas.paint.pens import pen
from designer.core.picture import GRID, Pill, Sheet
from designer.look.fonts import font
from designer.look.icons import paint_icon
from designer.look.theme import theme

_FOLD: Final = 14.0
GRIP: Final = 10.0
"""The lower right corner of a sheet by which its size is changed."""
_TILE: Final = 8 * GRID
_DOTS_FROM: Final = 0.4
"""Below this zoom the grid would be a grey fog."""
_ICONS: Final = {"start": "start", "on_error": "on_error", "on_hangup": "on_hangup"}


def paint_grid(painter: QPainter, rect: QRectF | QRect, zoom: float) -> None:
    """Canvas colour, and a dot at every place of the grid."""
    if painter.deviceTransform().m11() == 1.0:
        colours = theme().colour("canvas").name(), theme().colour("grid").name()
        painter.fillRect(rect, QBrush(_tile(*colours)))
        return
    painter.fillRect(rect, theme().colour("canvas"))
    if zoom < _DOTS_FROM:
        return
    step = GRID if zoom >= 0.7 else 2 * GRID
    left = math.floor(rect.left() / step) * step
    top = math.floor(rect.top() / step) * step
    dots = [
        QPointF(x, y)
        for x in range(int(left), int(rect.right()) + step, step)
        for y in range(int(top), int(rect.bottom()) + step, step)
    ]
    pen = QPen(theme().colour("grid"), 1.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoints(dots)


@lru_cache(4)
def _tile(canvas: str, grid: str) -> QPixmap:
    """The grid at 100 %, ready to be laid: a sixth of the time that its dots take."""
    tile = QPixmap(_TILE, _TILE)
    tile.fill(QColor(canvas))
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(grid), 1.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    places = range(0, _TILE + 1, GRID)
    painter.drawPoints([QPointF(x, y) for x in places for y in places])
    painter.end()
    return tile


def paint_frame(painter: QPainter, sheet: Sheet, selected: bool) -> None:
    """A frame behind all cards, its title at the upper left."""
    body = QRectF(sheet.rect.x, sheet.rect.y, sheet.rect.width, sheet.rect.height)
    painter.setBrush(theme().colour("frame"))
    painter.setPen(pen("accent", 2) if selected else pen("frame_line", 1))
    painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
    painter.setFont(font("label-strong"))
    painter.setPen(theme().colour("muted"))
    painter.drawText(QPointF(body.left() + 12, body.top() + 18), sheet.text)


def paint_note(painter: QPainter, sheet: Sheet, selected: bool) -> None:
    """A note with its corner folded."""
    body = QRectF(sheet.rect.x, sheet.rect.y, sheet.rect.width, sheet.rect.height)
    paper = QPainterPath()
    paper.moveTo(body.topLeft())
    paper.lineTo(body.topRight())
    paper.lineTo(body.right(), body.bottom() - _FOLD)
    paper.lineTo(body.right() - _FOLD, body.bottom())
    paper.lineTo(body.bottomLeft())
    paper.closeSubpath()
    painter.setBrush(theme().colour("note"))
    painter.setPen(pen("accent", 2) if selected else pen("note_line", 1))
    painter.drawPath(paper)
    fold = QPainterPath()
    fold.moveTo(body.right(), body.bottom() - _FOLD)
    fold.lineTo(body.right() - _FOLD, body.bottom() - _FOLD)
    fold.lineTo(body.right() - _FOLD, body.bottom())
    painter.setBrush(theme().colour("note_line") if not selected else theme().colour("note"))
    painter.drawPath(fold)
    painter.setFont(font("label"))
    painter.setPen(theme().colour("note_text"))
    inside = body.adjusted(12, 10, -12, -10)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
    painter.save()
    painter.setClipRect(inside)
    painter.drawText(inside, int(flags), sheet.text)
    painter.restore()


def paint_pill(painter: QPainter, pill: Pill) -> None:
    """Where a call begins, where failures go, what runs after the call."""
    body = QRectF(pill.rect.x, pill.rect.y, pill.rect.width, pill.rect.height)
    painter.setBrush(theme().colour("panel"))
    painter.setPen(pen("card_line", 1))
    painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), 12, 12)
    token = {"start": "ok", "on_error": "error"}.get(pill.kind, "muted")
    at = QPointF(body.left() + 7, body.top() + 4)
    paint_icon(painter, at, _ICONS[pill.kind], token, 16)
    painter.setFont(font("label"))
    painter.setPen(theme().colour("text"))
    text = body.adjusted(27, 0, -6, 0)
    painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), pill.text)

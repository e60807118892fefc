"""Pens, dashes and paths that cards and connectors share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen

from designer.core.picture import Point
from designer.look.theme import theme

CORNER = 8.0
"""The radius of a connector's corners; at most half the shorter leg."""
ARROW = 7.5
"""How long an arrow head is; it is 8 wide."""


def pen(token: str, width: float = 1.0, dash: Sequence[float] = ()) -> QPen:
    """A pen in the colour of *token*; *dash* is in pixels, not in widths."""
    made = QPen(theme().colour(token), width)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        made.setDashPattern([length / width for length in dash])
    return made


def way(points: Sequence[Point], short: float = 0.0) -> QPainterPath:
    """The path along *points* with round corners, ending *short* pixels before the last one."""
    path = QPainterPath()
    if not points:
        return path
    spots = [QPointF(p.x, p.y) for p in points]
    if short and len(spots) > 1:
        spots[-1] = _towards(spots[-1], spots[-2], short)
    path.moveTo(spots[0])
    for before, corner, after in zip(spots, spots[1:], spots[2:], strict=False):
        radius = min(CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(corner, _towards(corner, after, radius))
    path.lineTo(spots[-1])
    return path


def arrow_head(points: Sequence[Point], short: float) -> QPainterPath:
    """The head of an arrow whose tip is *short* pixels before the last of *points*."""
    path = QPainterPath()
    if len(points) < 2:
        return path
    last, before = points[-1], points[-2]
    tip = _towards(QPointF(last.x, last.y), QPointF(before.x, before.y), short)
    foot = _towards(tip, QPointF(before.x, before.y), ARROW)
    across = QPointF(-(tip.y() - foot.y()), tip.x() - foot.x()) * (4.0 / ARROW)
    path.moveTo(tip)
    path.lineTo(foot + across)
    path.lineTo(foot - across)
    path.closeSubpath()
    return path


def _towards(start: QPointF, end: QPointF, length: float) -> QPointF:
    """The point *length* pixels from *start* on the way to *end*."""
    whole = _distance(start, end)
    return start if whole == 0 else start + (end - start) * (length / whole)


def _distance(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())

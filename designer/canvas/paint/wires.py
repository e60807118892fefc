"""Connectors: bundled by the input they enter, with gaps where bundles cross, labels on plates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen

from designer.canvas.paint.pens import arrow_head, pen, way
from designer.canvas.paint.tellers import paint_count_pill
from designer.core.picture import NO_PORT_MARK, Connector, Point, PortKey, PortMark
from designer.look.fonts import font, metrics
from designer.look.theme import theme

INPUT: Final = 4.0
"""How far the input square stands out to the left of a card."""
_SHAFT: Final = INPUT + 6.0
_NEAR: Final = 6.0
"""Pixels from a connector within which it is meant by the pointer."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A connector with its paths worked out."""

    connector: Connector
    path: QPainterPath
    head: QPainterPath
    bounds: QRectF

    @classmethod
    def of(cls, connector: Connector) -> Wire:
        """Work out the paths of *connector*."""
        path = way(connector.points, _SHAFT)
        bounds = path.boundingRect().adjusted(-10, -10, 10, 10)
        if connector.label is not None and connector.label_at is not None:
            bounds = bounds.united(_plate(connector))
        return cls(connector, path, arrow_head(connector.points, INPUT), bounds)

    def near(self, at: QPointF) -> float | None:
        """How far *at* is from the connector, None when it is farther than the pointer means."""
        best: float | None = None
        points = self.connector.points
        for one, other in zip(points, points[1:], strict=False):
            left, right = sorted((one.x, other.x))
            top, bottom = sorted((one.y, other.y))
            dx = max(left - at.x(), 0.0, at.x() - right)
            dy = max(top - at.y(), 0.0, at.y() - bottom)
            distance = float((dx * dx + dy * dy) ** 0.5)
            if distance <= _NEAR and (best is None or distance < best):
                best = distance
        return best


@dataclass(frozen=True, slots=True)
class WireState:
    """What is told and chosen about connectors."""

    marks: Mapping[PortKey, PortMark]
    selected: frozenset[str] = frozenset()
    """Nodes whose connectors are those of the selection."""
    chosen: PortKey | None = None
    hovered: PortKey | None = None
    dim: bool = False
    spots: Mapping[PortKey, Point] = field(default_factory=dict)
    """Where connectors carry their counts on a heat map."""
    zoom: float = 1.0


def paint_wires(painter: QPainter, wires: Iterable[Wire], state: WireState) -> None:
    """Paint *wires*: what matters most comes last."""
    bundles: dict[str, list[tuple[int, Wire]]] = {}
    for wire in wires:
        rank = _rank(wire.connector, state)
        bundles.setdefault(wire.connector.target, []).append((rank, wire))
    for rank in range(4):
        for bundle in bundles.values():
            ranked = [wire for one, wire in bundle if one == rank]
            if ranked:
                _bundle(painter, ranked, state)
    for bundle in bundles.values():
        for _, wire in bundle:
            if wire.connector.label is not None and state.zoom >= 0.6:
                _label(painter, wire.connector, state)
            _count(painter, wire.connector, state)


def _count(painter: QPainter, connector: Connector, state: WireState) -> None:
    spot = None if connector.source is None else state.spots.get(connector.source)
    mark = _mark(connector, state)
    if spot is not None and mark.count and mark.heat is not None and state.zoom >= 0.6:
        paint_count_pill(painter, spot, mark.count, mark.heat)


def _mark(connector: Connector, state: WireState) -> PortMark:
    if connector.source is None:
        return NO_PORT_MARK
    return state.marks.get(connector.source, NO_PORT_MARK)


def _is_selected(connector: Connector, state: WireState) -> bool:
    source = connector.source
    if source is None:
        return False
    return (
        source[0] in state.selected
        or connector.target in state.selected
        or source in (state.chosen, state.hovered)
    )


def _rank(connector: Connector, state: WireState) -> int:
    mark = _mark(connector, state)
    if mark.path is not None:
        return 3
    if _is_selected(connector, state):
        return 2
    return 1 if mark.covered or mark.heat is not None else 0


def _bundle(painter: QPainter, wires: Sequence[Wire], state: WireState) -> None:
    """The gap first, as wide as the bundle and a little more; then the lines."""
    looks = [(wire, _look(wire.connector, state)) for wire in wires]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for wire, look in looks:
        gap = QPen(theme().colour("canvas"), look.widthF() + 5)
        gap.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(gap)
        painter.drawPath(wire.path)
    for wire, look in looks:
        _line(painter, wire, look, state)


def paint_wire(painter: QPainter, wire: Wire, state: WireState) -> None:
    """Paint *wire* alone: without a gap, which would cut what shares its lane."""
    _line(painter, wire, _look(wire.connector, state), state)
    if wire.connector.label is not None and state.zoom >= 0.6:
        _label(painter, wire.connector, state)
    _count(painter, wire.connector, state)


def _line(painter: QPainter, wire: Wire, look: QPen, state: WireState) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if _mark(wire.connector, state).path == "replay":
        painter.setPen(QPen(theme().colour("canvas"), 3.4))
        painter.drawPath(wire.path)
    painter.setPen(look)
    painter.drawPath(wire.path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(look.color()))
    painter.drawPath(wire.head)


def _look(connector: Connector, state: WireState) -> QPen:
    """Colour, width and dash of one connector."""
    mark = _mark(connector, state)
    if mark.path == "counter-example":
        return pen("error", 2.5)
    if mark.path == "replay":
        return pen("text", 1.8)
    if mark.change is not None:
        return _changed(mark)
    if mark.heat is not None:
        return pen(theme().tokens.heat_line[mark.heat], 1.5 + 6 * mark.share**0.5)
    if mark.count == 0:
        return pen("off", 1.2, (3, 4))
    if _is_selected(connector, state):
        return pen("accent", 2)
    if mark.covered:
        return pen("ok", 2.5)
    if state.dim and (mark.covered is False or connector.source is None):
        return pen("off", 1.5, (5, 4))
    return pen("error" if connector.error else "edge", 1.5)


def _changed(mark: PortMark) -> QPen:
    if mark.change == "removed":
        return pen("error", 1.5, (5, 4))
    return pen("ok" if mark.change == "added" else "accent", 2)


def _plate(connector: Connector) -> QRectF:
    """Where the label of *connector* stands, with its plate."""
    assert connector.label is not None and connector.label_at is not None
    width = metrics("small").horizontalAdvance(connector.label) + 8
    at = connector.label_at
    return QRectF(at.x - width / 2, at.y - 8, width, 16)


def _label(painter: QPainter, connector: Connector, state: WireState) -> None:
    if connector.label is None or connector.label_at is None:
        return
    plate = _plate(connector)
    painter.fillRect(plate, theme().colour("canvas"))
    painter.setFont(font("small"))
    look = _look(connector, state)
    faded = look.style() != Qt.PenStyle.SolidLine
    plain = look.color() == theme().colour("edge")
    painter.setPen(
        theme().colour("off_text") if faded else theme().colour("muted") if plain else look.color()
    )
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, connector.label)

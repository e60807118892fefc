"""What lies in the scene: each item paints one part of the picture and holds no other state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.canvas.paint.cards import MARGIN, PLAIN, CardState, PortMarks, paint_card
from designer.canvas.paint.ports import error_row
from designer.canvas.paint.sheets import GRIP, paint_frame, paint_note, paint_pill
from designer.canvas.paint.wires import Wire, WireState, paint_wires
from designer.core.picture import (
    INPUT_Y,
    NO_CARD_MARK,
    Card,
    CardMark,
    Connector,
    Pill,
    PortKey,
    PortMark,
    Sheet,
)
from flow_runtime.core.model import ERROR, PortValue

FRAME_Z, WIRE_Z, NOTE_Z, PILL_Z, CARD_Z, TOP_Z = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
_HIT = 10.0
"""Half of a port's hit area."""
_PILL = 24.0
"""Half of a count's width, at most."""


def zoom_of(painter: QPainter) -> float:
    """How large the picture is just being painted."""
    return painter.worldTransform().m11()


class CardItem(QGraphicsItem):
    """One card."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.mark: CardMark = NO_CARD_MARK
        self.port_marks: PortMarks = {}
        self.state: CardState = PLAIN
        self.setZValue(CARD_Z)
        self.setPos(card.rect.x, card.rect.y)

    def show_card(self, card: Card) -> None:
        """Show another card of the same name; an equal object costs nothing."""
        if card is self.card:
            return
        if (card.rect.width, card.rect.height) != (self.card.rect.width, self.card.rect.height):
            self.prepareGeometryChange()
        self.card = card
        self.setPos(card.rect.x, card.rect.y)
        self.update()

    def show_marks(self, mark: CardMark, ports: PortMarks) -> None:
        """Show other marks."""
        if mark != self.mark or ports != self.port_marks:
            self.mark, self.port_marks = mark, ports
            self.update()

    def change(self, **fields: Any) -> None:
        """Change some of the state."""
        state = replace(self.state, **fields)
        if state != self.state:
            self.state = state
            self.setZValue(TOP_Z if state.selected or state.hovered else CARD_Z)
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """The card with all that may be around it."""
        left, above, right, below = MARGIN
        rect = self.card.rect
        wide = max(rect.width, 240.0)  # a badge or a flag may be wider than its card
        return QRectF(-left, -above, wide + left + right, rect.height + above + below)

    def shape(self) -> QPainterPath:
        """The card, and its ports."""
        path = QPainterPath()
        rect = self.card.rect
        path.addRect(QRectF(-_HIT, 0, rect.width + 2 * _HIT, rect.height))
        return path

    def body(self) -> QRectF:
        """The card itself, in the scene."""
        rect = self.card.rect
        return QRectF(self.pos().x(), self.pos().y(), rect.width, rect.height)

    def port_at(self, at: QPointF) -> PortValue | None:
        """The port at *at*, in the card's own coordinates."""
        ports = list(self.card.ports)
        if self.state.hovered and self.card.port(ERROR) is None:
            ports.insert(0, error_row(self.card))
        for port in ports:
            near = abs(at.y() - port.y) <= _HIT
            if near and abs(at.x() - self.card.rect.width) <= _HIT:
                return port.name
        return None

    def port_spot(self, name: PortValue) -> QPointF:
        """Where a port's circle is, in the scene."""
        port = self.card.port(name) or error_row(self.card)
        return self.pos() + QPointF(self.card.rect.width, port.y)

    def input_spot(self) -> QPointF:
        """Where connectors come in, in the scene."""
        return self.pos() + QPointF(0, INPUT_Y)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_card`."""
        state = replace(self.state, zoom=zoom_of(painter))
        paint_card(painter, self.card, self.mark, self.port_marks, state)


class SheetItem(QGraphicsItem):
    """A frame or a note."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.selected = False
        self.setZValue(FRAME_Z if sheet.kind == "frame" else NOTE_Z)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show it otherwise, or elsewhere."""
        if sheet is not self.sheet:
            self.prepareGeometryChange()
            self.sheet = sheet
            self.setPos(0, 0)
            self.update()

    def select(self, selected: bool) -> None:
        """Show whether it is selected."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    def body(self) -> QRectF:
        """The sheet itself, in the scene."""
        rect = self.sheet.rect
        return QRectF(rect.x, rect.y, rect.width, rect.height).translated(self.pos())

    def grip_at(self, at: QPointF) -> bool:
        """Whether *at*, in the scene, is the corner by which its size is changed."""
        corner = self.body().bottomRight()
        return abs(at.x() - corner.x()) <= GRIP and abs(at.y() - corner.y()) <= GRIP

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """The sheet with its border."""
        rect = self.sheet.rect
        return QRectF(rect.x - 2, rect.y - 2, rect.width + 4, rect.height + 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_frame` and `paint_note`."""
        if self.sheet.kind == "frame":
            paint_frame(painter, self.sheet, self.selected)
        else:
            paint_note(painter, self.sheet, self.selected)


class PillItem(QGraphicsItem):
    """``Start`` and its like."""

    def __init__(self, pill: Pill) -> None:
        super().__init__()
        self.pill = pill
        self.setZValue(PILL_Z)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """The pill with its border."""
        rect = self.pill.rect
        return QRectF(rect.x - 1, rect.y - 1, rect.width + 2, rect.height + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_pill`."""
        paint_pill(painter, self.pill)


class WiresItem(QGraphicsItem):
    """All connectors: they are painted in bundles, and over one another by what matters more."""

    def __init__(self) -> None:
        super().__init__()
        self._wires: dict[int, Wire] = {}
        self._order: list[Wire] = []
        self._bounds = QRectF()
        self.state = WireState({})
        self.hidden: frozenset[str] = frozenset()
        """Nodes that are being dragged: their connectors are drawn by the hand that drags."""
        self.setZValue(WIRE_Z)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def show_connectors(self, connectors: Iterable[Connector]) -> None:
        """Show these; the paths of those that were there before are kept."""
        known, self._wires = self._wires, {}
        self._order = []
        bounds = QRectF()
        for connector in connectors:
            wire = known.get(id(connector))
            if wire is None or wire.connector is not connector:
                wire = Wire.of(connector)
                self.update(wire.bounds)
            self._wires[id(connector)] = wire
            self._order.append(wire)
            bounds = bounds.united(wire.bounds)
        for key, wire in known.items():
            if key not in self._wires:
                self.update(wire.bounds)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds

    def change(self, **fields: Any) -> None:
        """Change some of the state, and paint anew what looks different by it."""
        before, self.state = self.state, replace(self.state, **fields)
        if before.spots != self.state.spots:
            self.prepareGeometryChange()
        if before.dim != self.state.dim or before.spots != self.state.spots:
            self.update()
            return
        for wire in self._order:
            if _touched(wire.connector, before, self.state):
                self.update(wire.bounds)

    def hide_of(self, nodes: frozenset[str]) -> None:
        """Leave out the connectors of these nodes for a while."""
        if nodes != self.hidden:
            self.hidden = nodes
            self.update()

    def nearest(self, at: QPointF) -> Connector | None:
        """The connector from a port that the pointer at *at* means."""
        best: tuple[float, Connector] | None = None
        for wire in self._order:
            if wire.connector.source is not None and wire.bounds.contains(at):
                distance = wire.near(at)
                if distance is not None and (best is None or distance < best[0]):
                    best = distance, wire.connector
        return None if best is None else best[1]

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """Around all of them, and around their counts."""
        return self._bounds.adjusted(-_PILL, 0, _PILL, 0) if self.state.spots else self._bounds

    def shape(self) -> QPainterPath:
        """Nothing: the view asks `nearest`."""
        return QPainterPath()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_wires`."""
        exposed: QRectF = option.exposedRect
        if self.state.spots:
            exposed = exposed.adjusted(-_PILL, 0, _PILL, 0)
        shown = [
            wire
            for wire in self._order
            if wire.bounds.intersects(exposed) and not self._is_hidden(wire.connector)
        ]
        paint_wires(painter, shown, replace(self.state, zoom=zoom_of(painter)))

    def _is_hidden(self, connector: Connector) -> bool:
        source = connector.source
        return connector.target in self.hidden or (source is not None and source[0] in self.hidden)


def _touched(connector: Connector, before: WireState, after: WireState) -> bool:
    source = connector.source
    if source is None:
        return False
    marks: tuple[Mapping[PortKey, PortMark], ...] = (before.marks, after.marks)
    if marks[0].get(source) != marks[1].get(source):
        return True
    for old, new in ((before.chosen, after.chosen), (before.hovered, after.hovered)):
        if old != new and source in (old, new):
            return True
    changed = before.selected ^ after.selected
    return source[0] in changed or connector.target in changed

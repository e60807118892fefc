"""NodeGraphQt's node, port, pipe and backdrop, painted as our cards, connectors and sheets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast

from NodeGraphQt.constants import PortTypeEnum
from NodeGraphQt.qgraphics.node_backdrop import BackdropNodeItem
from NodeGraphQt.qgraphics.node_base import NodeItem
from NodeGraphQt.qgraphics.pipe import PipeItem
from NodeGraphQt.qgraphics.port import PortItem
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.canvas.items import zoom_of
from designer.canvas.paint.cards import MARGIN, PLAIN, CardState, PortMarks, paint_card
from designer.canvas.paint.pens import pen
from designer.canvas.paint.ports import error_row
from designer.canvas.paint.sheets import paint_frame, paint_note
from designer.canvas.paint.wires import Wire, WireState, paint_wire
from designer.core.picture import (
    INPUT_Y,
    NO_CARD_MARK,
    Card,
    CardMark,
    Connector,
    PortKey,
    PortRow,
    Rect,
    Sheet,
)
from designer.look.i18n import tr
from flow_runtime.core.model import ERROR, PortValue

_HIT: Final = 10.0
"""Half of a port's hit area."""
_COUNT: Final = 30.0
"""Half of the widest count on a connector."""
_NEAR: Final = 10.0
"""How wide a connector is for the pointer."""
_NOTE_Z: Final = -0.5
"""Above the connectors, which NodeGraphQt puts at -1, below the nodes at 1."""
_LEAST: Final = 60
"""The least width and height of a sheet."""


class CardPort(PortItem):
    """A place to draw connectors from, or to; what is seen of it is painted by its card."""

    def __init__(self, card: CardNode, row: PortRow | None) -> None:
        super().__init__(card)
        self.row = row
        self.name = card.card.title if row is None else row.label
        self.port_type = PortTypeEnum.IN.value if row is None else PortTypeEnum.OUT.value
        self.multi_connection = True  # else its connector is deleted as soon as it is pressed
        self.setToolTip("" if row is None else row.help)
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)

    @property
    def key(self) -> PortKey | None:
        """The port as the flow writes it; None for the input."""
        return None if self.row is None else (self.node.card.name, self.row.name)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """The hit area."""
        return QRectF(0, 0, 2 * _HIT, 2 * _HIT)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        """Nothing: see `CardNode`."""

    def hoverEnterEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """The card shows it."""
        super().hoverEnterEvent(event)
        if self.row is not None:
            self.node.change(port=self.row.name)

    def hoverLeaveEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """And no more."""
        super().hoverLeaveEvent(event)
        self.node.change(port=None)


class CardNode(NodeItem):
    """One card."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self.mark: CardMark = NO_CARD_MARK
        self.port_marks: PortMarks = {}
        self.state: CardState = PLAIN
        self.entry: CardPort
        super().__init__(card.name)
        for item in (self._icon_item, self._text_item, self._x_item):
            item.setVisible(False)
        self.setAcceptHoverEvents(True)
        self.id, self.type_ = card.name, card.type
        self._properties["visible"] = True
        self._make_ports()
        self.rest()

    def show_card(self, card: Card) -> None:
        """Show another card of the same name."""
        if card is self.card:
            return
        before, self.card = self.card, card
        self.prepareGeometryChange()
        if before.ports != card.ports or before.rect.width != card.rect.width:
            self._make_ports()
        self._tell()
        self.update()

    def rest(self) -> None:
        """Be where the picture says."""
        self.setPos(self.card.rect.x, self.card.rect.y)

    def is_resting(self) -> bool:
        """Whether it is where the picture says, so that the picture's routes hold."""
        return bool(self.pos() == QPointF(self.card.rect.x, self.card.rect.y))

    def show_marks(self, mark: CardMark, ports: PortMarks) -> None:
        """Show other marks."""
        if mark != self.mark or ports != self.port_marks:
            self.mark, self.port_marks = mark, ports
            self._tell()
            self.update()

    def change(self, **fields: Any) -> None:
        """Change some of the state."""
        state = replace(self.state, **fields)
        if state != self.state:
            self.state = state
            self.update()

    def port(self, name: PortValue) -> CardPort | None:
        """The item of a port."""
        for item in self.outputs:
            row = cast(PortRow, item.row)
            if row.name == name and type(row.name) is type(name):
                return cast(CardPort, item)
        return None

    def port_spot(self, name: PortValue) -> QPointF:
        """Where a port's circle is, in the scene."""
        row = self.card.port(name) or error_row(self.card)
        return cast(QPointF, self.pos() + QPointF(self.card.rect.width, row.y))

    def body(self) -> QRectF:
        """The card itself, in the scene."""
        rect = self.card.rect
        return QRectF(self.pos().x(), self.pos().y(), rect.width, rect.height)

    def lock(self, locked: bool) -> None:
        """Whether it may be moved and connected."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable, not locked)
        for port in (*self.inputs, *self.outputs):
            port._locked = locked  # the property would replace the tool tip

    def _make_ports(self) -> None:
        for old in (*self.inputs, *self.outputs):
            for pipe in list(old.connected_pipes):
                pipe.delete()
            old.setParentItem(None)
            if self.scene() is not None:
                self.scene().removeItem(old)
        self._input_items.clear()
        self._output_items.clear()
        self.entry = CardPort(self, None)
        self.entry.setPos(-_HIT, INPUT_Y - _HIT)
        self._input_items[self.entry] = None
        rows = list(self.card.ports)
        hidden = [error_row(self.card)] if self.card.port(ERROR) is None else []
        for row in (*rows, *hidden):
            item = CardPort(self, row)
            item.setPos(self.card.rect.width - _HIT, row.y - _HIT)
            item.setVisible(row in rows)
            self._output_items[item] = None
        self._tell()

    def _tell(self) -> None:
        tip = self.mark.badge.tip if self.mark.badge else ""
        self.setToolTip("\n".join(p for p in (self.card.title, self.card.summary, tip) if p))

    # --- what NodeGraphQt asks ------------------------------------------------------------------

    def draw_node(self) -> None:
        """Nothing is aligned: the picture says where everything is."""

    def itemChange(self, change: Any, value: Any) -> Any:  # noqa: N802 (Qt's name)
        """What is selected looks so."""
        if change == QGraphicsItem.GraphicsItemChange.ItemSelectedHasChanged:
            self.change(selected=bool(value))
        return super().itemChange(change, value)

    def hoverEnterEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """The loose port of errors shows."""
        self._hover(True)

    def hoverLeaveEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """And goes."""
        self._hover(False)

    def _hover(self, hovered: bool) -> None:
        self.change(hovered=hovered, port=self.state.port if hovered else None)
        if self.card.port(ERROR) is None:
            self.outputs[-1].setVisible(hovered)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """The card with all that may be around it."""
        left, above, right, below = MARGIN
        rect = self.card.rect
        wide = max(rect.width, 240.0)  # a badge or a flag may be wider than its card
        return QRectF(-left, -above, wide + left + right, rect.height + above + below)

    def shape(self) -> QPainterPath:
        """The card."""
        path = QPainterPath()
        path.addRect(QRectF(0, 0, self.card.rect.width, self.card.rect.height))
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_card`."""
        state = replace(self.state, zoom=zoom_of(painter))
        paint_card(painter, self.card, self.mark, self.port_marks, state)


class RoutedPipe(PipeItem):
    """A connector on the picture's route, or as a plain curve while one of its cards is moved."""

    def __init__(self, connector: Connector) -> None:
        self.wire = Wire.of(connector)
        self.state = WireState({})
        super().__init__()

    @property
    def connector(self) -> Connector:
        """What it shows."""
        return self.wire.connector

    def show_state(self, state: WireState) -> None:
        """Marks and selection are others."""
        if state != self.state:
            self.state = state
            self.update()

    def name_it(self, source: Card, target: Card) -> None:
        """Tell what it joins."""
        assert self.connector.source is not None
        row = source.port(self.connector.source[1])
        port = str(self.connector.source[1]) if row is None else row.label
        self.setToolTip(f"{source.title} · {port} → {target.title}")

    def port_from_pos(self, pos: QPointF, reverse: bool = False) -> CardPort:
        """The end that stays when it is pressed: always the port it leaves by."""
        return cast(CardPort, self.output_port)

    def draw_path(self, start_port: Any, end_port: Any = None, cursor_pos: Any = None) -> None:
        """See `PipeItem`."""
        self.prepareGeometryChange()
        if self._is_routed():
            self.setPath(self.wire.path)
        else:
            super().draw_path(start_port, end_port, cursor_pos)

    def _is_routed(self) -> bool:
        ends = (self.input_port, self.output_port)
        return all(end is None or end.node.is_resting() for end in ends)

    def _draw_direction_pointer(self) -> None:
        """The arrow head is part of the connector."""
        self._dir_pointer.setVisible(False)

    def activate(self) -> None:
        """The pointer is over it."""
        self._active = True
        self.update()

    def highlight(self) -> None:
        """It, or one of its cards, is selected."""
        self._highlight = True
        self.update()

    def reset(self) -> None:
        """Neither."""
        self._active = self._highlight = False
        self._draw_direction_pointer()
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """With label, arrow head, and the count of a heat map."""
        drawn: QRectF = self.path().boundingRect()
        return drawn.adjusted(-_COUNT, -_COUNT, _COUNT, _COUNT).united(self.wire.bounds)

    def shape(self) -> QPainterPath:
        """Near the line; PipeItem's would hold all that a bent one encloses."""
        stroker = QPainterPathStroker()
        stroker.setWidth(_NEAR)
        return stroker.createStroke(self.path())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_wire`."""
        if not self._is_routed():
            painter.setPen(pen("edge", 1.5))
            painter.drawPath(self.path())
            return
        source = self.connector.source
        hovered = source if self._active else None
        paint_wire(painter, self.wire, replace(self.state, hovered=hovered, zoom=zoom_of(painter)))


class SheetNode(BackdropNodeItem):
    """A frame or a note."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        super().__init__(sheet.text)
        self._sizer.setToolTip(tr("Drag to change the size"))
        self._sizer.setOpacity(0.01)  # what cannot be seen at all takes no mouse
        self.id = f"sheet {sheet.index}"
        self.minimum_size = _LEAST - 26, _LEAST - 26
        if sheet.kind == "note":
            self.setZValue(_NOTE_Z)
        self.rest()

    def show_sheet(self, sheet: Sheet) -> None:
        """Show it otherwise, or elsewhere."""
        self.sheet = sheet
        self.rest()
        self.update()

    def rest(self) -> None:
        """Be where the picture says, and as large."""
        rect = self.sheet.rect
        self.prepareGeometryChange()
        self.setPos(rect.x, rect.y)
        self.width, self.height = rect.width, rect.height

    def body(self) -> QRectF:
        """The sheet itself, in the scene."""
        return QRectF(self.pos().x(), self.pos().y(), self.width, self.height)

    def lock(self, locked: bool) -> None:
        """Whether it may be moved and made larger."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable, not locked)
        self._sizer.setVisible(not locked)

    def get_nodes(self, inc_intersects: bool = False) -> list[CardNode]:
        """What is moved with it: the cards in a frame, as the picture counts them."""
        if self.sheet.kind == "note":
            return []
        cards = (item for item in self.scene().items() if isinstance(item, CardNode))
        return [card for card in cards if self.body().contains(card.body())]

    def on_sizer_pos_changed(self, pos: QPointF) -> None:
        """It gets another size; NodeGraphQt tells the scene nothing of that."""
        self.prepareGeometryChange()
        super().on_sizer_pos_changed(pos)

    def on_sizer_double_clicked(self) -> None:
        """Nothing: a frame keeps the size it was given."""

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """See `paint_frame` and `paint_note`."""
        shown = replace(self.sheet, rect=Rect(0, 0, self.width, self.height))
        paint = paint_frame if self.sheet.kind == "frame" else paint_note
        paint(painter, shown, self.isSelected())

"""What the mouse does on the canvas: select, move, connect, re-plug, change sizes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem

from designer.canvas.items import CardItem, SheetItem
from designer.canvas.paint.pens import pen, way
from designer.core.picture import GRID, Point, PortKey, Rect
from designer.look.theme import theme
from flow_runtime.core.model import PortValue

if TYPE_CHECKING:
    from designer.canvas.scene_canvas import SceneCanvas

_SLACK: Final = 4.0
"""Pixels the mouse may stray before a click becomes a drag."""
_LEAST: Final = 60
"""The least width and height of a sheet."""


@dataclass(slots=True)
class _Moving:
    """Cards and sheets are being dragged."""

    start: QPointF
    cards: list[CardItem]
    sheets: list[SheetItem]
    by: QPointF = field(default_factory=QPointF)


@dataclass(slots=True)
class _Connecting:
    """A connector is being drawn from a port; *taken* says that it was plugged in before."""

    source: PortKey
    start: QPointF
    taken: bool = False
    target: CardItem | None = None


@dataclass(slots=True)
class _Selecting:
    """A rubber band is being drawn; what was selected before stays when *adds*."""

    start: QPointF
    nodes: tuple[str, ...]
    sheets: tuple[int, ...]


@dataclass(slots=True)
class _Resizing:
    """A frame or note gets another size."""

    sheet: SheetItem
    rect: QRectF


class Hand:
    """The mouse. Positions are those of the scene."""

    def __init__(self, canvas: SceneCanvas) -> None:
        self.canvas = canvas
        self._pressed: QPointF | None = None
        self._doing: _Moving | _Connecting | _Selecting | _Resizing | None = None
        self._line = QGraphicsPathItem()
        self._line.setZValue(10)
        self._band = QGraphicsRectItem()
        self._band.setZValue(10)

    @property
    def busy(self) -> bool:
        """Whether something is being dragged."""
        return self._doing is not None

    # --- events ---------------------------------------------------------------------------------

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The left button goes down."""
        self._pressed = at
        canvas = self.canvas
        adding = bool(
            modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        )
        card = canvas.card_at(at)
        if card is not None:
            port = card.port_at(card.mapFromScene(at))
            if port is not None and not canvas.read_only:
                self._begin_connecting((card.card.name, port), card.port_spot(port))
                return
            self._press_card(card, adding, at)
            return
        wire = canvas.wires.nearest(at)
        sheet = canvas.sheet_at(at)
        if wire is not None and (sheet is None or sheet.sheet.kind == "frame"):
            canvas.user_selects(())
            canvas.choose(wire.source)
            return
        if sheet is not None:
            self._press_sheet(sheet, adding, at)
            return
        nodes, sheets = canvas.selection() if adding else ((), ())
        self._doing = _Selecting(at, tuple(nodes), tuple(sheets))

    def move(self, at: QPointF) -> None:
        """The mouse is somewhere else."""
        doing = self._doing
        if doing is None:
            self._drag_a_wire(at)
            self._hover(at)
            return
        match doing:
            case _Moving():
                self._move_cards(doing, at)
            case _Connecting():
                self._draw_line(doing, at)
            case _Selecting():
                self._stretch_band(doing, at)
            case _Resizing():
                self._resize(doing, at)

    def release(self, at: QPointF) -> None:
        """The left button comes up."""
        doing, self._doing, self._pressed = self._doing, None, None
        match doing:
            case _Moving():
                self._drop_cards(doing)
            case _Connecting():
                self._plug_in(doing, at)
            case _Selecting():
                self._select_band(doing, at)
            case _Resizing(sheet, rect):
                new = Rect(rect.x(), rect.y(), rect.width(), rect.height())
                self.canvas.listener.resized(sheet.sheet.index, new)
        self._hover(at)

    def cancel(self) -> None:
        """Esc: what was begun does not happen."""
        doing, self._doing = self._doing, None
        if isinstance(doing, _Moving):
            for card in doing.cards:
                card.setPos(card.card.rect.x, card.card.rect.y)
            for sheet in doing.sheets:
                sheet.setPos(0, 0)
            self.canvas.wires.hide_of(frozenset())
        elif isinstance(doing, _Connecting):
            self._end_line(doing)
        elif isinstance(doing, _Selecting):
            self._remove(self._band)

    def leave(self) -> None:
        """The mouse is over something else."""
        if self._doing is None:
            for card in self.canvas.cards.values():
                card.change(hovered=False, port=None)
            self.canvas.wires.change(hovered=None)

    # --- hovering -------------------------------------------------------------------------------

    def _hover(self, at: QPointF) -> None:
        canvas = self.canvas
        under = canvas.card_at(at)
        port: PortValue | None = None
        for card in canvas.cards.values():
            if card is under:
                card.change(hovered=True)
                port = card.port_at(card.mapFromScene(at))
                card.change(port=port)
            elif card.state.hovered:
                card.change(hovered=False, port=None)
        wire = None if under is not None else canvas.wires.nearest(at)
        canvas.wires.change(hovered=None if wire is None else wire.source)
        canvas.view.point_at(under, port, wire, canvas.sheet_at(at), at)

    # --- cards and sheets -----------------------------------------------------------------------

    def _press_card(self, card: CardItem, adding: bool, at: QPointF) -> None:
        canvas = self.canvas
        name = card.card.name
        nodes, sheets = canvas.selection()
        if adding:
            rest = tuple(n for n in nodes if n != name)
            canvas.user_selects(rest if name in nodes else (*nodes, name), sheets)
        elif name not in nodes:
            canvas.user_selects((name,))
        canvas.view.keys.focus_by_mouse(name)
        self._begin_moving(at)

    def _press_sheet(self, sheet: SheetItem, adding: bool, at: QPointF) -> None:
        canvas = self.canvas
        index = sheet.sheet.index
        nodes, sheets = canvas.selection()
        if sheet.grip_at(at) and not canvas.read_only:
            canvas.user_selects((), (index,))
            self._doing = _Resizing(sheet, sheet.body())
            return
        if adding:
            canvas.user_selects(nodes, {*sheets} ^ {index})
        elif index not in sheets:
            canvas.user_selects((), (index,))
        self._begin_moving(at)

    def _begin_moving(self, at: QPointF) -> None:
        canvas = self.canvas
        if canvas.read_only:
            return
        nodes, indexes = canvas.selection()
        sheets = [canvas.sheets[i] for i in indexes]
        inside = set(nodes)
        for sheet in sheets:
            if sheet.sheet.kind == "frame":
                body = sheet.body()
                inside |= {n for n, c in canvas.cards.items() if body.contains(c.body())}
        self._doing = _Moving(at, [canvas.cards[name] for name in inside], sheets)

    def _move_cards(self, doing: _Moving, at: QPointF) -> None:
        moved = at - doing.start
        if doing.by.isNull() and moved.manhattanLength() * self.canvas.zoom_factor() < _SLACK:
            return
        by = QPointF(round(moved.x() / GRID) * GRID, round(moved.y() / GRID) * GRID)
        if by == doing.by:
            return
        doing.by = by
        self.canvas.wires.hide_of(frozenset(card.card.name for card in doing.cards))
        for card in doing.cards:
            card.setPos(card.card.rect.x + by.x(), card.card.rect.y + by.y())
        for sheet in doing.sheets:
            sheet.setPos(by)
        self._preview(doing.cards)

    def _preview(self, moving: Iterable[CardItem]) -> None:
        """The connectors of the cards that move, as plain curves until they are routed anew."""
        canvas = self.canvas
        names = {card.card.name for card in moving}
        path = QPainterPath()
        for connector in canvas.picture.connectors:
            source = connector.source
            if source is None or not (source[0] in names or connector.target in names):
                continue
            start = canvas.cards[source[0]].port_spot(source[1])
            end = canvas.cards[connector.target].input_spot()
            reach = max(40.0, abs(end.x() - start.x()) / 2)
            path.moveTo(start)
            path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
        self._line.setPath(path)
        self._line.setPen(pen("edge", 1.5))
        self._add(self._line)

    def _drop_cards(self, doing: _Moving) -> None:
        self._remove(self._line)
        self.canvas.wires.hide_of(frozenset())
        if not doing.by.isNull():
            self.canvas.listener.moved(
                [card.card.name for card in doing.cards],
                [sheet.sheet.index for sheet in doing.sheets],
                int(doing.by.x()),
                int(doing.by.y()),
            )

    def _resize(self, doing: _Resizing, at: QPointF) -> None:
        body = doing.sheet.body()
        width = max(_LEAST, round((at.x() - body.x()) / GRID) * GRID)
        height = max(_LEAST, round((at.y() - body.y()) / GRID) * GRID)
        doing.rect = QRectF(body.x(), body.y(), width, height)
        self._band.setRect(doing.rect)
        self._band.setPen(pen("accent", 1, (4, 3)))
        self._add(self._band)

    # --- connecting -----------------------------------------------------------------------------

    def _begin_connecting(self, source: PortKey, start: QPointF, taken: bool = False) -> None:
        self._doing = _Connecting(source, start, taken)

    def _drag_a_wire(self, at: QPointF) -> None:
        """The end of a chosen connector that is dragged comes off its card."""
        canvas = self.canvas
        if self._pressed is None or canvas.chosen is None or canvas.read_only:
            return
        if (at - self._pressed).manhattanLength() * canvas.zoom_factor() < _SLACK:
            return
        node, port = canvas.chosen
        card = canvas.cards.get(node)
        if card is not None:
            self._begin_connecting((node, port), card.port_spot(port), taken=True)

    def _draw_line(self, doing: _Connecting, at: QPointF) -> None:
        canvas = self.canvas
        target = canvas.card_at(at)
        if target is not doing.target:
            if doing.target is not None:
                doing.target.change(aimed=False)
            if target is not None:
                target.change(aimed=True)
            doing.target = target
        end = at if target is None else target.input_spot()
        self._line.setPath(way(_elbow(doing.start, end)))
        self._line.setPen(pen("accent", 2))
        self._add(self._line)

    def _plug_in(self, doing: _Connecting, at: QPointF) -> None:
        drawn = self._line.scene() is not None
        self._end_line(doing)
        canvas = self.canvas
        node, _ = doing.source
        if not drawn:
            canvas.user_selects((node,))
            canvas.focus_node(*doing.source)
        elif doing.target is not None:
            canvas.listener.connected(doing.source, doing.target.card.name)
        elif doing.taken:
            canvas.listener.disconnected(doing.source)
        else:
            canvas.listener.connected_to_nothing(doing.source, at.x(), at.y())

    def _end_line(self, doing: _Connecting) -> None:
        self._remove(self._line)
        if doing.target is not None:
            doing.target.change(aimed=False)

    # --- rubber band ----------------------------------------------------------------------------

    def _stretch_band(self, doing: _Selecting, at: QPointF) -> None:
        self._band.setRect(QRectF(doing.start, at).normalized())
        ground = QColor(theme().colour("accent_bg"))
        ground.setAlphaF(0.5)
        self._band.setBrush(ground)
        self._band.setPen(pen("accent", 1))
        self._add(self._band)

    def _select_band(self, doing: _Selecting, at: QPointF) -> None:
        canvas = self.canvas
        area = QRectF(doing.start, at).normalized()
        self._remove(self._band)
        self._band.setBrush(Qt.BrushStyle.NoBrush)
        inside = [n for n, c in canvas.cards.items() if area.intersects(c.body())]
        sheets = [i for i, s in canvas.sheets.items() if area.contains(s.body())]
        canvas.user_selects(
            tuple(dict.fromkeys((*doing.nodes, *inside))),
            tuple(dict.fromkeys((*doing.sheets, *sheets))),
        )

    def _add(self, item: QGraphicsPathItem | QGraphicsRectItem) -> None:
        if item.scene() is None:
            self.canvas.scene.addItem(item)

    def _remove(self, item: QGraphicsPathItem | QGraphicsRectItem) -> None:
        if item.scene() is not None:
            self.canvas.scene.removeItem(item)


def _elbow(start: QPointF, end: QPointF) -> list[Point]:
    """A simple orthogonal way, until the connector is routed."""
    a, b = Point(start.x(), start.y()), Point(end.x(), end.y())
    if b.x >= a.x + 40:
        middle = (a.x + b.x) / 2
        return [a, Point(middle, a.y), Point(middle, b.y), b]
    over = (a.y + b.y) / 2
    return [a, Point(a.x + 20, a.y), Point(a.x + 20, over), Point(b.x - 20, over),
            Point(b.x - 20, b.y), b]  # fmt: skip

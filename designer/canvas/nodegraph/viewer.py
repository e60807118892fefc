"""NodeGraphQt's viewer with our grid, zoom and drops; what it lets a person do, it tells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from NodeGraphQt.constants import ViewerEnum
from NodeGraphQt.widgets.viewer import NodeViewer
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView

from designer.canvas.in_place import InPlace
from designer.canvas.nodegraph.items import CardNode, CardPort
from designer.canvas.paint.sheets import paint_grid
from designer.canvas.protocol import NODE_TYPE
from designer.canvas.view import LEAST, MOST, WHOLE
from designer.core.picture import Rect
from designer.look.i18n import tr
from designer.look.theme import theme

if TYPE_CHECKING:
    from designer.canvas.nodegraph.canvas import NodeGraphCanvas

_STEP: Final = 1.1
_SLACK: Final = 4.0
"""Pixels the mouse may stray before a click becomes a drag."""
_FAR: Final = 100_000.0


class Viewer(NodeViewer):
    """See the module."""

    def __init__(self, canvas: NodeGraphCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._moved: dict[Any, Any] = {}
        self._aimed: CardNode | None = None
        self.in_place = InPlace(self)
        self.acyclic = False  # calls go round in loops
        self.pipe_slicing = False
        self.accept_connection_types: dict[str, Any] = {}
        self.reject_connection_types: dict[str, Any] = {}
        self._search_widget.setParent(self)  # never shown: the window has its own
        self._search_widget.hide()
        scene = self.scene()
        scene.grid_mode = ViewerEnum.GRID_DISPLAY_NONE.value
        scene.setBackgroundBrush(Qt.BrushStyle.NoBrush)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Canvas"))
        self.moved_nodes.connect(self._moved.update)
        self.node_double_clicked.connect(self._opened)
        self.node_backdrop_updated.connect(self._resized)
        self.dress()

    def dress(self) -> None:
        """Another theme: all that is cached is painted anew."""
        accent = theme().colour("accent")
        self._LIVE_PIPE.color = accent.getRgb()
        self._LIVE_PIPE.reset()
        self.resetCachedContent()
        for item in self.scene().items():
            item.update()

    # --- zoom and place -------------------------------------------------------------------------

    def zoom_factor(self) -> float:
        """1.0 is 100 %."""
        return float(self.transform().m11())

    def set_zoom(self, factor: float = 1.0, around: QPointF | None = None) -> None:
        """Zoom to *factor*; the point *around* of the viewport (else its middle) stays put."""
        factor = min(MOST, max(LEAST, factor))
        spot = QPointF(self.viewport().rect().center()) if around is None else around
        fixed, middle = self.mapToScene(spot.toPoint()), self.seen().center()
        self.look_at(fixed + (middle - fixed) * (self.zoom_factor() / factor), factor)

    def look_at(self, centre: QPointF, factor: float) -> None:
        """Show the surroundings of *centre*."""
        room = self.viewport().size()
        area = QRectF(0, 0, room.width() / factor, room.height() / factor)
        area.moveCenter(centre)
        self._scene_range = area
        self._update_scene()
        self._canvas.listener.zoomed()

    def show_all(self, area: QRectF) -> None:
        """Show *area* whole, at most at 100 %: NodeGraphQt's own way is quadratic."""
        if area.isEmpty():
            return
        room, area = self.viewport().size(), area.adjusted(-40, -40, 40, 40)
        factor = min(room.width() / area.width(), room.height() / area.height(), 1.0)
        self.look_at(area.center(), max(WHOLE, factor))

    def bring_into_view(self, area: QRectF) -> None:
        """Scroll as little as needed for *area* to be seen."""
        seen, area = self.seen(), area.adjusted(-40, -40, 40, 40)
        dx = max(0.0, area.right() - seen.right()) or min(0.0, area.left() - seen.left())
        dy = max(0.0, area.bottom() - seen.bottom()) or min(0.0, area.top() - seen.top())
        self._set_viewer_pan(dx, dy)

    def seen(self) -> QRectF:
        """What is seen, in the scene."""
        return QRectF(self.mapToScene(self.viewport().rect()).boundingRect())

    def _update_scene(self) -> None:
        """See `NodeViewer`, whose way leaves a margin that makes 100 % a little less."""
        area = self._scene_range
        if area.width() > 0:
            factor = self.viewport().width() / area.width()
            self.setTransform(QTransform.fromScale(factor, factor))
        self.setSceneRect(QRectF(-_FAR, -_FAR, 2 * _FAR, 2 * _FAR))
        self.centerOn(area.center())

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """The zoom stays, and so does the upper left corner."""
        QGraphicsView.resizeEvent(self, event)
        room, factor = self.viewport().size(), self.zoom_factor()
        self._scene_range.setWidth(room.width() / factor)
        self._scene_range.setHeight(room.height() / factor)
        self._last_size = self.size()
        self._update_scene()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Ctrl zooms, Shift scrolls sideways."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = self.zoom_factor() * _STEP ** (2 * turned.y() / 120)
            self.set_zoom(factor, event.position())
        else:
            dx, dy = turned.x() / 2, turned.y() / 2
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and dx == 0:
                dx, dy = dy, 0
            self._set_viewer_pan(-dx / self.zoom_factor(), -dy / self.zoom_factor())
        event.accept()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802
        """See `paint_grid`."""
        paint_grid(painter, rect, self.zoom_factor())

    # --- mouse ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """NodeGraphQt notices held keys only where they were pressed over it."""
        self.in_place.end()
        held = event.modifiers()
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        self.SHIFT_state, self.CTRL_state = bool(held & (shift | control)), False
        self.ALT_state = bool(held & Qt.KeyboardModifier.AltModifier)
        super().mousePressEvent(event)
        card = self._canvas.card_at(self.mapToScene(event.position().toPoint()))
        if card is not None:
            self._canvas.keys.focus_by_mouse(card.card.name)
        self._canvas.tell_selection()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """What was done is told when NodeGraphQt has finished with it."""
        super().mouseReleaseEvent(event)
        self.SHIFT_state = self.ALT_state = False
        self._canvas.tell_selection()
        moved = dict(self._moved)
        self._moved.clear()
        if moved:
            self._canvas.dragged(moved)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """On an empty place a node is wanted."""
        at = self.mapToScene(event.position().toPoint())
        if self._canvas.card_at(at) is None and self._canvas.sheet_at(at) is None:
            if event.button() == Qt.MouseButton.LeftButton and not self._canvas.read_only:
                self._canvas.listener.add_wanted(at.x(), at.y())
            return
        super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """The window has menus of its own."""
        self.RMB_state = False
        self._canvas.want_menu(self.mapToScene(event.pos()), event.globalPos())

    def _opened(self, name: str) -> None:
        sheet = self._canvas.sheet_called(name)
        if sheet is None:
            self._canvas.listener.opened(name)
        elif not self._canvas.read_only:
            self.in_place.edit_sheet(sheet.sheet, sheet.body(), self._canvas.listener)

    def _resized(self, name: str, what: str, size: Any) -> None:
        sheet = self._canvas.sheet_called(name)
        if sheet is not None:
            x, y = size["pos"]
            self._canvas.resized(sheet, Rect(x, y, size["width"], size["height"]))

    # --- connecting -----------------------------------------------------------------------------

    def sceneMouseMoveEvent(self, event: Any) -> None:  # noqa: N802 (NodeGraphQt's name)
        """A card under the end of the new connector shows that it would take it."""
        super().sceneMouseMoveEvent(event)
        live = self._LIVE_PIPE.isVisible()
        self._aim(self._canvas.card_at(event.scenePos()) if live else None)

    def apply_live_connection(self, event: Any) -> None:
        """The mouse lets go of a connector: all of a card takes it, not just its port."""
        if not self._LIVE_PIPE.isVisible():
            return
        start, taken = self._start_port, self._detached_port is not None
        start.hovered = False
        self.end_live_connection()
        self._detached_port: CardPort | None = None
        self._aim(None)
        strayed = self._previous_pos - self._origin_pos
        far = math.hypot(strayed.x(), strayed.y()) >= _SLACK
        at: QPointF = event.scenePos()
        self._canvas.drawn(start, self._port_under(at, start), at, taken, far)

    def _port_under(self, at: QPointF, start: CardPort) -> CardPort | None:
        """The port at *at* that *start* may be joined with: of a card its input."""
        for item in self.scene().items(at):
            if isinstance(item, CardPort) and item.port_type != start.port_type:
                return item
        card = self._canvas.card_at(at)
        return card.entry if card is not None and start.key is not None else None

    def _aim(self, card: CardNode | None) -> None:
        if card is not self._aimed:
            if self._aimed is not None:
                self._aimed.change(aimed=False)
            if card is not None:
                card.change(aimed=True)
            self._aimed = card

    # --- drops ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """Node types of the palette may come in."""
        self._may_drop(event)

    def dragMoveEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """They may go anywhere."""
        self._may_drop(event)

    def _may_drop(self, event: Any) -> None:
        if event.mimeData().hasFormat(NODE_TYPE) and not self._canvas.read_only:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """A node type was dropped."""
        self._may_drop(event)
        if event.isAccepted():
            word = bytes(event.mimeData().data(NODE_TYPE).data()).decode()
            at = self.mapToScene(event.position().toPoint())
            self._canvas.listener.dropped(word, at.x(), at.y())
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- keys -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """See `Keys`: NodeGraphQt has none of its own but those that are held."""
        if not self._canvas.keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Nothing."""

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 (Qt's name)
        """Tab goes from card to card; F6 leaves the canvas."""
        return False

    def focusInEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """The focused card shows it; NodeGraphQt's menus stay away."""
        QGraphicsView.focusInEvent(self, event)
        self._canvas.keys.shown(True)

    def focusOutEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """The focused card shows it no more."""
        QGraphicsView.focusOutEvent(self, event)
        self._canvas.keys.shown(False)

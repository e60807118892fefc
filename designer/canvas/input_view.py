"""The view with hand and keys: turns Qt's events into theirs, and takes drops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QGraphicsScene

from designer.canvas.in_place import InPlace
from designer.canvas.items import CardItem, SheetItem
from designer.canvas.protocol import NODE_TYPE
from designer.canvas.view import FlowView
from designer.core.picture import Connector
from designer.look.i18n import tr
from flow_runtime.core.model import PortValue

if TYPE_CHECKING:
    from designer.canvas.hand import Hand
    from designer.canvas.keys import Keys
    from designer.canvas.scene_canvas import SceneCanvas


class InputView(FlowView):
    """What the person touches."""

    def __init__(self, scene: QGraphicsScene, hand: Hand, keys: Keys) -> None:
        super().__init__(scene)
        self._hand, self.keys = hand, keys
        self.setAccessibleName(tr("Canvas"))
        self._canvas: SceneCanvas = hand.canvas
        self.in_place = InPlace(self)

    def _at(self, event: QMouseEvent) -> QPointF:
        return self.mapToScene(event.position().toPoint())

    # --- mouse ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """See `Hand`."""
        self.in_place.end()
        if self.begin_pan(event):
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._hand.press(self._at(event), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """See `Hand`."""
        if not self.pan(event):
            self._hand.move(self._at(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """See `Hand`."""
        if not self.end_pan() and event.button() == Qt.MouseButton.LeftButton:
            self._hand.release(self._at(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Open a card, edit a sheet, or add a node at an empty place."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at, canvas = self._at(event), self._canvas
        card, sheet = canvas.card_at(at), canvas.sheet_at(at)
        if card is not None:
            canvas.listener.opened(card.card.name)
        elif sheet is not None and not canvas.read_only:
            self.in_place.edit_sheet(sheet.sheet, sheet.body(), canvas.listener)
        elif not canvas.read_only:
            canvas.listener.add_wanted(at.x(), at.y())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Nothing is hovered any more."""
        self._hand.leave()
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for the menu of what is under the pointer, which gets selected."""
        canvas = self._canvas
        at = self.mapToScene(event.pos())
        card = canvas.card_at(at)
        port: PortValue | None = None
        if card is not None:
            port = card.port_at(card.mapFromScene(at))
            if card.card.name not in canvas.selection()[0]:
                canvas.user_selects((card.card.name,))
        where = event.globalPos()
        name = None if card is None else card.card.name
        canvas.listener.menu_wanted(name, port, where.x(), where.y())

    def point_at(
        self,
        card: CardItem | None,
        port: PortValue | None,
        wire: Connector | None,
        sheet: SheetItem | None,
        at: QPointF,
    ) -> None:
        """The pointer is over these: show the cursor and the words that belong to them."""
        if self.is_panning():
            return
        shape, words = Qt.CursorShape.ArrowCursor, ""
        if card is not None and port is not None:
            shape = Qt.CursorShape.CrossCursor
            row = card.card.port(port)
            words = row.help if row is not None else tr("Where a failure of this node leads")
        elif card is not None:
            badge = card.mark.badge
            words = "\n".join(
                part
                for part in (card.card.title, card.card.summary, badge.tip if badge else "")
                if part
            )
        elif sheet is not None and sheet.grip_at(at) and not self._canvas.read_only:
            shape = Qt.CursorShape.SizeFDiagCursor
        elif wire is not None and wire.source is not None:
            words = self._words_of(wire)
        self.viewport().setCursor(shape)
        self.viewport().setToolTip(words)

    def _words_of(self, wire: Connector) -> str:
        assert wire.source is not None
        cards = self._canvas.cards
        source, target = cards[wire.source[0]].card, cards[wire.target].card
        row = source.port(wire.source[1])
        port = str(wire.source[1]) if row is None else row.label
        return f"{source.title} · {port} → {target.title}"

    # --- keys -----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """See `Keys`."""
        if self.hold_space(event, True):
            return
        if event.key() == Qt.Key.Key_Escape and self._hand.busy:
            self._hand.cancel()
        elif not self.keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Letting the space bar go ends panning."""
        if not self.hold_space(event, False):
            super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 (Qt's name)
        """Tab goes from card to card; F6 leaves the canvas."""
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """The focused card shows it."""
        super().focusInEvent(event)
        self.keys.shown(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """The focused card shows it no more."""
        super().focusOutEvent(event)
        self.keys.shown(False)

    # --- drops ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Node types of the palette may come in."""
        self._may_drop(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 (Qt's name)
        """They may go anywhere."""
        self._may_drop(event)

    def _may_drop(self, event: QDragEnterEvent | QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(NODE_TYPE) and not self._canvas.read_only:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """A node type was dropped."""
        if not event.mimeData().hasFormat(NODE_TYPE) or self._canvas.read_only:
            event.ignore()
            return
        word = bytes(event.mimeData().data(NODE_TYPE).data()).decode()
        at = self.mapToScene(event.position().toPoint())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._canvas.listener.dropped(word, at.x(), at.y())
        self.setFocus(Qt.FocusReason.OtherFocusReason)

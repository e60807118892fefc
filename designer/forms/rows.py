"""Rows that can be moved and removed, by a handle at their right and by the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from designer.look.i18n import tr
from designer.look.icons import icon


class Handle(QToolButton):
    """Drag it to move the row; a click, or Space, opens a menu for the same."""

    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.setProperty("role", "tiny")
        self.setIcon(icon("ui-drag", "faint", 14))
        self.setIconSize(QSize(14, 14))
        self.setFixedSize(18, 22)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Move or remove {what}", what=what))
        self.setToolTip(tr("Drag to move; Alt+Up and Alt+Down move, Delete removes"))
        self._from: QPoint | None = None
        self._moving = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Keys that move or remove the row are for the rows, not for a button."""
        if moves_row(event) or event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """A drag may begin."""
        self._from, self._moving = event.position().toPoint(), False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Beyond a few pixels it is a drag."""
        at = event.position().toPoint()
        if self._from is not None and (self._moving or (at - self._from).manhattanLength() > 4):
            self._moving = True
            self.dragged.emit(self.mapToGlobal(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """The row is put where it was dragged; without a drag it was a click."""
        moving, self._from, self._moving = self._moving, None, False
        if moving:
            self.setDown(False)
            self.dropped.emit(self.mapToGlobal(event.position().toPoint()))
            return
        super().mouseReleaseEvent(event)


class Rows(QWidget):
    """A column of rows. It only tells what shall become of them."""

    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, spacing: int = 4) -> None:
        super().__init__()
        self.rows: list[QWidget] = []
        self._holders: list[QWidget] = []
        self._fixed = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(spacing)
        self._line = QFrame(self)
        self._line.setStyleSheet("background: palette(highlight);")
        self._line.hide()

    def set_rows(self, rows: Sequence[QWidget], names: Sequence[str], fixed: int = 0) -> None:
        """Show *rows* in place of those there were; the last *fixed* ones stay where they are."""
        for holder in self._holders:
            self._column.removeWidget(holder)
            holder.hide()
            holder.deleteLater()
        self.rows, self._fixed = list(rows), fixed
        self._holders = [self._held(row, n, names[n]) for n, row in enumerate(rows)]
        for holder in self._holders:
            self._column.addWidget(holder)
            holder.show()  # at once, so that it can be given the keyboard
        self.setVisible(bool(rows))

    def _held(self, row: QWidget, number: int, name: str) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(row, 1)
        if number < len(self.rows) - self._fixed:
            handle = Handle(name)
            line.addWidget(handle, 0, Qt.AlignmentFlag.AlignTop)
            handle.clicked.connect(partial(self._open_menu, number, handle))
            handle.dragged.connect(self._show_line)
            handle.dropped.connect(partial(self._drop, number))
        else:
            line.addSpacing(18)
        holder.setProperty("row", number)
        return holder

    @property
    def _movable(self) -> int:
        return len(self.rows) - self._fixed

    def menu_of(self, number: int) -> QMenu:
        """What can be done with the row *number*."""
        menu = QMenu(self)
        up, down = menu.addAction(tr("Move up")), menu.addAction(tr("Move down"))
        up.triggered.connect(lambda: self.moved.emit(number, number - 1))
        down.triggered.connect(lambda: self.moved.emit(number, number + 1))
        menu.addSeparator()
        remove = menu.addAction(icon("ui-trash", "text", 16), tr("Remove"))
        remove.triggered.connect(lambda: self.removed.emit(number))
        up.setEnabled(number > 0)
        down.setEnabled(number < self._movable - 1)
        return menu

    def _open_menu(self, number: int, handle: QWidget) -> None:
        menu = self.menu_of(number)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(handle.mapToGlobal(QPoint(0, handle.height())))

    # --- dragging -------------------------------------------------------------------------------

    def _gap_at(self, at: QPoint) -> int:
        """Before which row a row dropped at *at* would stand."""
        y = self.mapFromGlobal(at).y()
        middles = [holder.geometry().center().y() for holder in self._holders]
        return sum(y > middle for middle in middles[: self._movable])

    def _show_line(self, at: QPoint) -> None:
        gap = self._gap_at(at)
        if gap < len(self.rows):
            y = self._holders[gap].geometry().top() - self._column.spacing() // 2
        else:
            y = self._holders[-1].geometry().bottom()
        self._line.setGeometry(0, max(y - 1, 0), self.width(), 2)
        self._line.show()
        self._line.raise_()

    def _drop(self, number: int, at: QPoint) -> None:
        self._line.hide()
        gap = self._gap_at(at)
        to = gap - 1 if gap > number else gap
        if to != number:
            self.moved.emit(number, to)

    # --- keyboard -------------------------------------------------------------------------------

    def row_of(self, widget: QWidget | None) -> int | None:
        """The row that *widget* is in."""
        while widget is not None and widget is not self:
            number = widget.property("row")
            if isinstance(number, int):
                return number
            widget = widget.parentWidget()
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Alt with an arrow moves the row that has the keyboard; Delete on its handle removes."""
        number = self.row_of(self.focusWidget())
        if number is None or number >= self._movable:
            super().keyPressEvent(event)
            return
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        on_handle = isinstance(self.focusWidget(), Handle)
        if alt and event.key() == Qt.Key.Key_Up and number > 0:
            self.moved.emit(number, number - 1)
        elif alt and event.key() == Qt.Key.Key_Down and number < self._movable - 1:
            self.moved.emit(number, number + 1)
        elif on_handle and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(number)
        else:
            super().keyPressEvent(event)

    def focus_row(self, number: int) -> None:
        """Give the keyboard to the first field of a row."""
        if 0 <= number < len(self.rows):
            row = self.rows[number]
            first = next((w for w in row.findChildren(QWidget) if _takes_keys(w)), row)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_handle(self, number: int) -> None:
        """Give the keyboard to a row's handle."""
        if 0 <= number < self._movable:
            handle = self._holders[number].findChild(Handle)
            if handle is not None:
                handle.setFocus(Qt.FocusReason.OtherFocusReason)


def moves_row(event: QKeyEvent) -> bool:
    """Whether these keys move the row that has the keyboard."""
    alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
    return alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)


def _takes_keys(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)

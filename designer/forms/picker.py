"""A list in a pop-up that is searched by typing: Enter takes the current row, Esc closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from designer.forms.style import form_sheet
from designer.look.icons import icon

_DATA = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: its words, what it stands for, icon and colour."""

    words: str
    data: object
    icon: str = "ui-chevron-right"
    token: str = "muted"
    tip: str = ""


class Picker(QFrame):
    """*choices* gives the rows for what is typed."""

    chosen = Signal(object)

    def __init__(
        self, parent: QWidget, prompt: str, choices: Callable[[str], Sequence[Choice]]
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setStyleSheet(form_sheet())
        self._choices = choices
        self.line = QLineEdit()
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt)
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.resize(290, 300)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        self._fill("")

    def open_below(self, widget: QWidget) -> None:
        """Show it below *widget*, its right edges in line."""
        corner = widget.mapToGlobal(widget.rect().bottomRight())
        self.move(corner.x() - self.width(), corner.y() + 2)
        self.show()
        self.line.setFocus()

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for choice in self._choices(typed):
            item = QListWidgetItem(icon(choice.icon, choice.token, 16), choice.words)
            item.setData(_DATA, choice.data)
            item.setToolTip(choice.tip)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_DATA))
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Arrows move in the list while the field has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                row = (self.list.currentRow() + by) % max(self.list.count(), 1)
                self.list.setCurrentRow(row)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

"""A list that is typed into: commands, nodes to add, places that were found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from designer.look.i18n import tr
from designer.look.icons import pixmap

_ROWS: Final = 10
_HEIGHT: Final = 30
_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One row. *words* are looked through besides *text*; *group* colours the icon."""

    text: str
    do: Callable[[], object]
    detail: str = ""
    icon: str = ""
    token: str = "muted"
    words: str = ""

    def rank(self, typed: str) -> int | None:
        """How well it fits what was typed: the less the better; None when it does not."""
        if not typed:
            return 0
        text = self.text.casefold()
        if text.startswith(typed):
            return 0
        if f" {typed}" in text:
            return 1
        if typed in text:
            return 2
        return 3 if typed in f"{self.words} {self.detail}".casefold() else None


Offer = Callable[[str], Sequence[Choice]]
"""The choices for what was typed."""


class Chooser(QFrame):
    """A popup: typing filters, Up and Down go, Enter takes, Esc closes."""

    closed = Signal()

    def __init__(self, parent: QWidget, hint: str, choices: Sequence[Choice] | Offer) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("chooser")
        self._choices = choices
        self.field = QLineEdit()
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(hint)
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = QLabel(tr("Nothing found"))
        self._nothing.setProperty("role", "help")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.field, self.list, self._nothing):
            column.addWidget(widget)
        self._shown: list[Choice] = []
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self.take())
        self._filter("")

    def open_at(self, at: QPoint, width: int = 320) -> None:
        """Show it with its upper left corner at the global place *at*, inside the screen."""
        self.setFixedWidth(width)
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = min(at.x(), screen.right() - width)
        y = min(at.y(), screen.bottom() - self.height())
        self.move(max(screen.left(), x), max(screen.top(), y))
        self.show()
        self.field.setFocus()

    def take(self) -> None:
        """Do what the current row says."""
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            choice = self._shown[row]
            self.close()
            choice.do()

    def shown(self) -> Sequence[Choice]:
        """The rows that are shown now."""
        return self._shown

    def _filter(self, text: str) -> None:
        typed = text.strip().casefold()
        if callable(self._choices):
            self._shown = list(self._choices(typed))[:_MOST]
        else:
            ranked = [(c.rank(typed), n, c) for n, c in enumerate(self._choices)]
            fitting = sorted((r, n) for r, n, _ in ranked if r is not None)
            self._shown = [self._choices[n] for _, n in fitting][:_MOST]
        self.list.clear()
        for choice in self._shown:
            item = QListWidgetItem()
            item.setSizeHint(QSize(100, _HEIGHT))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{choice.text} {choice.detail}")
            self.list.addItem(item)
            self.list.setItemWidget(item, _row(choice))
        self.list.setCurrentRow(0)
        self.list.setVisible(bool(self._shown))
        self._nothing.setVisible(not self._shown)
        self.list.setFixedHeight(_HEIGHT * min(_ROWS, max(1, len(self._shown))) + 2)
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """The keys of the list work in the field."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_ROWS,
                Qt.Key.Key_PageDown: _ROWS}.get(Qt.Key(event.key()))  # fmt: skip
        if step is not None:
            last = self.list.count() - 1
            self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        return False


def _row(choice: Choice) -> QWidget:
    row = QWidget()
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    line = QHBoxLayout(row)
    line.setContentsMargins(6, 0, 8, 0)
    line.setSpacing(8)
    glyph = QLabel()
    glyph.setFixedWidth(18)
    if choice.icon:
        glyph.setPixmap(pixmap(choice.icon, choice.token, 16))
    text = QLabel(choice.text)
    detail = QLabel(choice.detail)
    detail.setProperty("role", "help")
    line.addWidget(glyph)
    line.addWidget(text)
    line.addStretch(1)
    line.addWidget(detail)
    return row

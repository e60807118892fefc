"""A text field that grows with its text, up to six lines."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from designer.look.fonts import Role, font

_MOST_LINES = 6


class GrowingText(QPlainTextEdit):
    """As high as its lines, from *least* to *most*; Tab leaves it.

    Undo is the flow's, unless *own_undo* says that the text is no part of it.
    """

    typed = Signal()
    """The text is another one. (Qt's `textChanged` tells of colours too.)"""
    entered = Signal()
    left = Signal()

    def __init__(
        self,
        role: Role = "body",
        least: int = 1,
        most: int = _MOST_LINES,
        own_undo: bool = False,
    ) -> None:
        super().__init__()
        self._least, self._most, self._own_undo = least, most, own_undo
        self.setTabChangesFocus(True)
        self.setFont(font(role))
        if role == "code":
            self.setProperty("code", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(3)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self.grow)
        self._known = ""
        self.textChanged.connect(self._notice)
        self.grow()

    def _notice(self) -> None:
        text = self.toPlainText()
        if text != self._known:
            self._known = text
            self.typed.emit()

    def grow(self, *_: object) -> None:
        """Take the height that the text needs."""
        wanted = max(1, round(self.document().size().height()))
        lines = min(max(wanted, self._least), self._most)
        policy = Qt.ScrollBarPolicy
        wide = policy.ScrollBarAsNeeded if wanted > self._most else policy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != wide:
            self.setVerticalScrollBarPolicy(wide)
        height = ceil(lines * self._line_height(wanted)) + 13
        if self.minimumHeight() != height or self.maximumHeight() != height:
            self.setFixedHeight(max(height, 28))

    def _line_height(self, lines: int) -> float:
        """How high a line is: Chinese ones are higher than the font that is asked for."""
        block, height = self.document().firstBlock(), 0.0
        while block.isValid():
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return max(self.fontMetrics().lineSpacing(), height / lines)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Another width makes other lines."""
        super().resizeEvent(event)
        self.grow()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 (Qt's name)
        """Only plain text is pasted."""
        self.insertPlainText(source.text())

    def show_text(self, text: str) -> None:
        """Show *text* without telling of it; the cursor stays where it can."""
        if text == self.toPlainText():
            return
        self._known = text
        at = self.textCursor().position()
        blocked = self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(blocked)
        cursor = self.textCursor()
        cursor.setPosition(min(at, len(text)))
        self.setTextCursor(cursor)

    def event(self, event: QEvent) -> bool:
        """Let the window's undo have its keys."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not self._own_undo and is_undo(event):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Undo and redo are the flow's, unless this is no part of it."""
        if not self._own_undo and is_undo(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """The keyboard has come."""
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """The keyboard has gone elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()


def is_undo(event: QKeyEvent) -> bool:
    """Whether these are the keys of undo or redo."""
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(
        QKeySequence.StandardKey.Redo
    )

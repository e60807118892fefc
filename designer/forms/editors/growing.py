"""A text field that grows with its text, up to six lines."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from designer.look.fonts import Role, font

_MOST_LINES = 6


class GrowingText(QPlainTextEdit):
    """Tab leaves it. It is as high as its lines, from *least* to *most*."""

    def __init__(self, role: Role = "body", least: int = 1, most: int = _MOST_LINES) -> None:
        super().__init__()
        self._least, self._most = least, most
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
        self.grow()

    def grow(self, *_: object) -> None:
        """Take the height that the text needs."""
        wanted = max(1, round(self.document().size().height()))
        lines = min(max(wanted, self._least), self._most)
        policy = Qt.ScrollBarPolicy
        wide = policy.ScrollBarAsNeeded if wanted > self._most else policy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != wide:
            self.setVerticalScrollBarPolicy(wide)
        height = lines * self.fontMetrics().lineSpacing() + 13
        if self.minimumHeight() != height or self.maximumHeight() != height:
            self.setFixedHeight(max(height, 28))

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
        at = self.textCursor().position()
        blocked = self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(blocked)
        cursor = self.textCursor()
        cursor.setPosition(min(at, len(text)))
        self.setTextCursor(cursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Undo and redo are the flow's: they are not taken here."""
        if event.matches(QKeyEvent.StandardKey.Undo) or event.matches(QKeyEvent.StandardKey.Redo):
            event.ignore()
            return
        super().keyPressEvent(event)

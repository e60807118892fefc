"""Typing over a title or a note where it stands on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsView, QLineEdit, QPlainTextEdit

from designer.canvas.protocol import CanvasListener
from designer.core.picture import Card, Sheet

PART: Final = 5000
"""Milliseconds after which what has been typed of a note is told: a crash loses little of it."""


def _nothing() -> None:
    """What Esc brings back when nothing was told meanwhile."""


class InPlace(QObject):
    """At most one field over a view; areas are those of the scene."""

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._editor: QLineEdit | QPlainTextEdit | None = None
        self._done: Callable[[], None] = _nothing
        self._back: Callable[[], None] = _nothing
        self._part = QTimer(self, singleShot=True)
        self._part.timeout.connect(self._tell)

    def edit_card(self, card: Card, listener: CanvasListener) -> None:
        """Let a card's title be typed over."""

        def done(text: str) -> None:
            if text != card.title:
                listener.renamed(card.name, None, text)

        area = QRectF(32, 6, card.rect.width - 40, 26)
        self._edit_line(card.title, area.translated(card.rect.x, card.rect.y), done)

    def edit_sheet(self, sheet: Sheet, body: QRectF, listener: CanvasListener) -> None:
        """Let a frame's title, or a note, be typed over; *body* is where it is."""
        told = sheet.text

        def done(text: str) -> None:
            nonlocal told
            if text != told:
                told = text
                listener.renamed(None, sheet.index, text)

        if sheet.kind == "frame":
            area = QRectF(8, 4, 220, 26).translated(body.topLeft())
            self._edit_line(sheet.text, area, done)
            return
        editor = QPlainTextEdit(self._view.viewport())
        editor.setPlainText(sheet.text)
        editor.textChanged.connect(self._begin_part)
        self._begin(editor, body, lambda: done(editor.toPlainText()), lambda: done(sheet.text))

    def end(self, keep: bool = True) -> None:
        """The text that was typed counts, or not."""
        editor, self._editor = self._editor, None
        if editor is None:
            return
        self._part.stop()
        if keep:
            self._done()
        else:
            self._back()
        editor.removeEventFilter(self)
        editor.hide()
        editor.deleteLater()
        self._view.setFocus()

    def _edit_line(self, text: str, area: QRectF, done: Callable[[str], None]) -> None:
        editor = QLineEdit(text, self._view.viewport())
        editor.selectAll()
        self._begin(editor, area, lambda: done(editor.text().strip()))

    def _begin(
        self,
        editor: QLineEdit | QPlainTextEdit,
        area: QRectF,
        done: Callable[[], None],
        back: Callable[[], None] = _nothing,
    ) -> None:
        self.end()
        self._editor, self._done, self._back = editor, done, back
        editor.setGeometry(self._view.mapFromScene(area).boundingRect())
        editor.installEventFilter(self)
        editor.show()
        editor.setFocus()

    def _begin_part(self) -> None:
        if not self._part.isActive():
            self._part.start(PART)

    def _tell(self) -> None:
        if self._editor is not None:
            self._done()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Esc gives the editing up; leaving the field ends it."""
        if watched is self._editor:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Escape:
                    self.end(keep=False)
                    return True
                held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
                    held or isinstance(watched, QLineEdit)
                ):
                    self.end()  # here, lest the view takes the key for its own
                    return True
            if event.type() == QEvent.Type.FocusOut:
                self.end()
        return False

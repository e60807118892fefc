"""A text field whose text counts when the person has finished: Enter, or going elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

PART: Final = 3000
"""Milliseconds after which what has been typed of a text that may come in parts is taken."""


class CommitLine(QLineEdit):
    """*take* gets the text and says what is wrong with it, empty when it was taken.

    With *parts* it also gets what has been typed so far, so that a crash loses little of it.
    """

    def __init__(self, take: Callable[[str], str], role: str = "", parts: bool = False) -> None:
        super().__init__()
        self._take = take
        self._known = ""
        self._finished = ""
        """What Esc brings back: the text when it was entered, or finished last."""
        self._part = QTimer(self, singleShot=True, interval=PART)
        self._part.timeout.connect(self.commit)
        if parts:
            self.textEdited.connect(self._begin_part)
        if role:
            self.setProperty("role", role)

    def show_text(self, text: str) -> None:
        """What the flow says; what is being typed is not disturbed."""
        if text != self._known or not self.hasFocus():
            self._known = text
            typing = self.hasFocus() and self.text().strip() == text
            if self.text() != text and not typing:
                self.setText(text)
                self.setCursorPosition(0)
            self._mark("")

    def commit(self) -> None:
        """Take what was typed, if anything was."""
        if self.text() != self._known:
            trouble = self._take(self.text())
            self._mark(trouble)
            if not trouble:
                self._known = self.text()

    def _begin_part(self) -> None:
        if not self._part.isActive():
            self._part.start()

    def _mark(self, trouble: str) -> None:
        if self.property("wrong") != bool(trouble):
            self.setProperty("wrong", bool(trouble))
            self.style().unpolish(self)
            self.style().polish(self)
        self.setToolTip(trouble)

    def event(self, event: QEvent) -> bool:
        """Before the window does something by Ctrl and a key, such as save, the text counts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if control and event.key() not in (Qt.Key.Key_Control, Qt.Key.Key_Z, Qt.Key.Key_Y):
                if not super().event(event) or not event.isAccepted():
                    self.commit()
                return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Enter takes it, Esc brings back what was there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
            self._finished = self._known
            return
        if event.key() == Qt.Key.Key_Escape and self.text() != self._finished:
            self.setText(self._finished)
            self._mark("")
            self.commit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """From here Esc leads back."""
        super().focusInEvent(event)
        self._finished = self._known

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Going elsewhere takes it too."""
        super().focusOutEvent(event)
        self.commit()

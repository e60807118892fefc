"""A text field whose text counts when the person has finished: Enter, or going elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class CommitLine(QLineEdit):
    """*take* gets the text and says what is wrong with it, empty when it was taken."""

    def __init__(self, take: Callable[[str], str], role: str = "") -> None:
        super().__init__()
        self._take = take
        self._known = ""
        if role:
            self.setProperty("role", role)

    def show_text(self, text: str) -> None:
        """What the flow says; what is being typed is not disturbed."""
        if text != self._known or not self.hasFocus():
            self._known = text
            if self.text() != text:
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
            return
        if event.key() == Qt.Key.Key_Escape and self.text() != self._known:
            self.setText(self._known)
            self._mark("")
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Going elsewhere takes it too."""
        super().focusOutEvent(event)
        self.commit()

"""The line below a field: help, what is still needed, or what is wrong, with its glyph."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from designer.forms.editors.base import set_property
from designer.look.icons import pixmap

_GLYPHS: Final = {"error": "ui-problem-error", "warning": "ui-problem-warning"}


class Message(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._glyph = QLabel()
        self._glyph.setFixedSize(14, 16)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.kind = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self._glyph.hide()
        self.hide()

    def say(self, kind: str, words: str) -> None:
        """*kind* is ``help``, ``needed``, ``error`` or ``warning``."""
        if self.text.text() != words:
            self.text.setText(words)
            self.text.setAccessibleName(words)
        if self.kind != kind:
            self.kind = kind
            set_property(self.text, "role", kind)
            glyph = _GLYPHS.get(kind)
            if glyph is not None:
                self._glyph.setPixmap(pixmap(glyph, kind, 14))
            self._glyph.setVisible(glyph is not None)
        self.setVisible(bool(words))


class Badge(QFrame):
    """A warning in few words, in the head of a field."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "badge")
        glyph = QLabel()
        glyph.setPixmap(pixmap("ui-problem-warning", "warning", 13))
        self._text = QLabel()
        self._text.setProperty("role", "badge")
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 1, 6, 1)
        row.setSpacing(4)
        row.addWidget(glyph)
        row.addWidget(self._text)

    def say(self, words: str) -> None:
        """Show *words*."""
        self._text.setText(words)
        self.setAccessibleName(words)

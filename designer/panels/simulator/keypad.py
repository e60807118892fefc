"""The keys of a telephone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from designer.look.fonts import font
from designer.look.theme import theme

KEYS: Final = (
    ("1", ""), ("2", "ABC"), ("3", "DEF"), ("4", "GHI"), ("5", "JKL"), ("6", "MNO"),
    ("7", "PQRS"), ("8", "TUV"), ("9", "WXYZ"), ("*", ""), ("0", "+"), ("#", ""),
)  # fmt: skip
_LIT: Final = 180
"""Milliseconds for which a key shows that it was pressed on the keyboard."""


class Key(QPushButton):
    """One key, with its letters below."""

    def __init__(self, key: str, letters: str) -> None:
        super().__init__()
        self.key, self._letters = key, letters
        self.setProperty("key", True)
        self.setAccessibleName(key)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._dark = QTimer(self, singleShot=True, interval=_LIT)
        self._dark.timeout.connect(lambda: self._light(False))

    def flash(self) -> None:
        """Show that it was pressed."""
        self._light(True)
        self._dark.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """The style paints the button, this its two lines."""
        super().paintEvent(event)
        painter = QPainter(self)
        token = "text" if self.isEnabled() else "off"
        painter.setPen(theme().colour(token))
        big = font("panel")
        painter.setFont(big)
        box = self.rect()
        if not self._letters:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.key)
            return
        upper, lower = box.adjusted(0, 4, 0, -16), box.adjusted(0, 24, 0, -4)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self.key)
        painter.setFont(font("keypad"))
        painter.setPen(theme().colour("muted" if self.isEnabled() else "off"))
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self._letters)

    def _light(self, lit: bool) -> None:
        self.setProperty("lit", lit)
        self.style().polish(self)


class Keypad(QWidget):
    """Twelve keys."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self.keys: dict[str, Key] = {}
        for number, (name, letters) in enumerate(KEYS):
            key = self.keys[name] = Key(name, letters)
            key.clicked.connect(lambda _=False, name=name: self.pressed.emit(name))
            grid.addWidget(key, number // 3, number % 3)

    def press(self, name: str) -> None:
        """Press a key as by the keyboard."""
        self.keys[name].flash()
        self.pressed.emit(name)

"""A row of buttons of which one is pressed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Segments(QWidget):
    """*choices* are names with their words."""

    chosen = Signal(str)
    """A person has pressed the button of this name."""

    def __init__(self, choices: Sequence[tuple[str, str]], words: str) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 0, 0, 0)
        row.setSpacing(0)
        for name, text in choices:
            button = self.buttons[name] = QPushButton(text)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            row.addWidget(button, 1)

    def press(self, name: str) -> None:
        """Show that *name* is chosen."""
        self.buttons[name].setChecked(True)

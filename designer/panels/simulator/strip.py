"""A coloured strip with a sentence and buttons: what is in the way, what rings, what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from designer.panels.wrapping import Wrapping


class Strip(QFrame):
    """Hidden while there is nothing to say. *flat*: the buttons stand behind the text."""

    def __init__(self, flat: bool = False) -> None:
        super().__init__()
        self._flat = flat
        self.setProperty("role", "strip")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self._buttons: QWidget | None = None
        self._said: tuple[object, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(10, 6, 10, 6)
        self._column.setSpacing(6)
        self._line = QHBoxLayout()
        self._line.addWidget(self.text, 1)
        self._column.addLayout(self._line)
        self.hide()

    def tell(
        self,
        text: str,
        kind: Literal["", "warning", "error"] = "",
        offers: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Say *text*, with buttons; empty for nothing."""
        said = (text, kind, *(words for words, _ in offers))
        if said == self._said:
            return
        self._said = said
        self.setVisible(bool(text))
        self.text.setText(text)
        self.setProperty("kind", kind)
        self.style().polish(self)
        self.text.style().polish(self.text)
        if self._buttons is not None:
            self._buttons.hide()
            self._buttons.deleteLater()
            self._buttons = None
        if offers:
            self._add(offers)

    def _add(self, offers: Sequence[tuple[str, Callable[[], object]]]) -> None:
        row = QWidget() if self._flat else Wrapping(6)
        inside = QHBoxLayout(row) if self._flat else None
        if inside is not None:
            inside.setContentsMargins(0, 0, 0, 0)
        for words, act in offers:
            button = QPushButton(words)
            button.setProperty("small", True)
            button.clicked.connect(lambda _=False, act=act: act())
            if inside is not None:
                inside.addWidget(button)
            elif isinstance(row, Wrapping):
                row.add(button)
        self._buttons = row
        (self._line if self._flat else self._column).addWidget(row)

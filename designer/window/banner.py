"""A band above the canvas that tells what is so and offers what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from designer.look.icons import pixmap

_LOOKS: Final = {"warning": ("ui-problem-warning", "warning"), "live": ("ui-live", "accent")}


class Banner(QFrame):
    """One message with buttons; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(8)
        self._glyph = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        row.addWidget(self._glyph)
        row.addWidget(self._text, 1)
        self._row = row
        self._buttons: list[QPushButton] = []
        self._acts: list[Callable[[], object]] = []
        self._acting = 0
        self._old: list[QPushButton] = []
        """Buttons that are gone, but for that one of them is still doing what it offered."""
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def buttons(self) -> Sequence[QPushButton]:
        """What it offers."""
        return self._buttons

    def tell(
        self,
        text: str,
        offers: Sequence[tuple[str, Callable[[], object]]] = (),
        kind: Literal["warning", "live"] = "warning",
    ) -> None:
        """Show *text* with a button for each of *offers*; ``live`` tells what is being watched."""
        glyph, token = _LOOKS[kind]
        self._glyph.setPixmap(pixmap(glyph, token, 16))
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            for widget in (self, self._text):
                widget.style().polish(widget)
        self._text.setText(text)
        self._acts = [act for _, act in offers]
        words = [words for words, _ in offers]
        if words != [button.text() for button in self._buttons]:
            self._offer(words)
        self.show()

    def _offer(self, words: Sequence[str]) -> None:
        """Put buttons there; those that offer the same as before stay, even under the pointer."""
        for old in self._buttons:
            self._row.removeWidget(old)
            old.hide()
        self._old += self._buttons
        self._buttons = []
        self._sweep()
        for number, text in enumerate(words):
            button = QPushButton(text, self)
            button.clicked.connect(lambda _=False, number=number: self._act(number))
            self._row.addWidget(button)
            self._buttons.append(button)

    def _act(self, number: int) -> None:
        """Do what a button offers: it may ask something, and meanwhile others may be offered."""
        self._acting += 1
        try:
            self._acts[number]()
        finally:
            self._acting -= 1
            self._sweep()

    def _sweep(self) -> None:
        if not self._acting:
            for old in self._old:
                old.deleteLater()
            self._old = []

"""A band above the canvas that tells what is so and offers what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from designer.look.icons import pixmap


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
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def buttons(self) -> Sequence[QPushButton]:
        """What it offers."""
        return self._buttons

    def tell(self, text: str, offers: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Show *text* with a button for each of *offers*."""
        for old in self._buttons:
            self._row.removeWidget(old)
            old.deleteLater()
        self._glyph.setPixmap(pixmap("ui-problem-warning", "warning", 16))
        self._text.setText(text)
        self._buttons = []
        for words, act in offers:
            button = QPushButton(words, self)
            button.clicked.connect(lambda _=False, act=act: act())
            self._row.addWidget(button)
            self._buttons.append(button)
        self.show()

"""How many of how many, as figures and as a bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from designer.look.theme import theme


class Bar(QWidget):
    """A name, figures, and below them the bar."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.figure, self._fill = QLabel(), _Fill()
        self.figure.setProperty("role", "figure")
        row = QHBoxLayout()
        label = QLabel(name)
        label.setProperty("role", "label")
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.figure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._fill)

    def show_share(self, some: int, of: int) -> None:
        """Show *some* of *of*."""
        self.figure.setText(f"{some} / {of}")
        self._fill.show_share(some / of if of else 0.0)


class _Fill(QWidget):
    """The bar: one of Qt's would paint itself at once whenever it changes."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedHeight(6)

    def show_share(self, share: float) -> None:
        """Show *share*, 0 to 1."""
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """A rounded bar in a rounded groove."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for token, share in (("chip", 1.0), ("ok", self._share)):
            painter.setBrush(theme().colour(token))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * share, 6), 3, 3)

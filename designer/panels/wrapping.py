"""Widgets in a row that goes on in the next line where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Wrapping(QWidget):
    """Lays its children out like words."""

    def __init__(self, gap: int = 8) -> None:
        super().__init__()
        self._gap = gap
        self._shown: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Put *widget* behind the others."""
        widget.setParent(self)
        self._shown.append(widget)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        """It gets higher when it gets narrower."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """How high it is at *width*."""
        return self._lay_out(width, move=False)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """As it is now; one line at first."""
        width = self.width() if self.width() > 100 else 700
        return QSize(300, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """One word wide."""
        return QSize(100, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Lay out anew."""
        self._lay_out(self.width(), move=True)

    def _lay_out(self, width: int, move: bool) -> int:
        x = y = height = 0
        for widget in self._shown:
            size = widget.sizeHint()
            if x and x + size.width() > width:
                x, y, height = 0, y + height + 2, 0
            if move:
                widget.setGeometry(x, y, size.width(), size.height())
            x += size.width() + self._gap
            height = max(height, size.height())
        return y + height

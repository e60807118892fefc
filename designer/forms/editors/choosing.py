"""A combo box that does not turn under the wheel, and shows the arrow of our own icons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy

from designer.look.icons import pixmap


class Chooser(QComboBox):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(4)
        self.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """The wheel scrolls the form."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """With the chevron of the other icons."""
        super().paintEvent(event)
        painter = QPainter(self)
        chevron = pixmap("ui-chevron-down", "muted" if self.isEnabled() else "off", 16)
        painter.drawPixmap(self.width() - 24, (self.height() - 16) // 2, chevron)
        painter.end()

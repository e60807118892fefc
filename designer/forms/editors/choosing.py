"""A combo box and a box to tick, with the arrow and the tick of our own icons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QStyle, QStyleOptionButton

from designer.look.icons import pixmap


class Chooser(QComboBox):
    """The wheel scrolls the form; it does not turn the box."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(4)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

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


class Tick(QCheckBox):
    """A box to tick."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """With the tick of the other icons."""
        super().paintEvent(event)
        if self.isChecked():
            option = QStyleOptionButton()
            self.initStyleOption(option)
            box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
            painter = QPainter(self)
            painter.drawPixmap(box.center().x() - 6, box.center().y() - 6, self._tick())
            painter.end()

    def _tick(self) -> QPixmap:
        return pixmap("ui-check", "on_accent", 14)

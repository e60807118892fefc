"""The tour of a first start: a few bubbles over the real widgets, which can be skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from designer.look.i18n import tr
from designer.look.theme import theme

Stop = tuple[Callable[[], QWidget], str, str]
"""The widget to point at, a title, a sentence or two."""


class Tour(QWidget):
    """Covers the window; what the bubble speaks of shines through."""

    def __init__(self, window: QWidget, stops: Sequence[Stop]) -> None:
        super().__init__(window)
        self._window, self._stops, self._at = window, stops, 0
        self._bubble = QFrame(self)
        self._bubble.setObjectName("bubble")
        self._bubble.setFixedWidth(320)
        self.title, self.words, self.count = QLabel(), QLabel(), QLabel()
        self.title.setProperty("role", "panel")
        self.count.setProperty("role", "help")
        self.words.setWordWrap(True)
        self.skip = QPushButton(tr("Skip"))
        self.skip.setProperty("flat", True)
        self.next = QPushButton()
        self.next.setProperty("primary", True)
        column = QVBoxLayout(self._bubble)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.addWidget(self.count)
        buttons.addStretch(1)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.next)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(buttons)
        self.skip.clicked.connect(self.end)
        self.next.clicked.connect(self.go_on)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self._show_stop()
        self.show()
        self.raise_()

    def go_on(self) -> None:
        """To the next stop; after the last one it is over."""
        self._at += 1
        if self._at == len(self._stops):
            self.end()
        else:
            self._show_stop()

    def end(self) -> None:
        """Go away."""
        self.hide()
        self.deleteLater()

    def _hole(self) -> QRect:
        widget = self._stops[self._at][0]()
        corner = widget.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, widget.size()).adjusted(-2, -2, 2, 2)

    def _show_stop(self) -> None:
        _, title, words = self._stops[self._at]
        last = self._at == len(self._stops) - 1
        self.title.setText(title)
        self.words.setText(words)
        self.count.setText(f"{self._at + 1} / {len(self._stops)}")
        self.next.setText(tr("Done") if last else tr("Next"))
        self.skip.setVisible(not last)
        self._bubble.adjustSize()
        self._bubble.move(self._spot(self._hole(), self._bubble.height()))
        self.next.setFocus()
        self.update()

    def _spot(self, hole: QRect, height: int) -> QPoint:
        """Beside the hole where there is room: right, left, below, above, else in its middle."""
        room, width = self.rect(), self._bubble.width()
        top = max(12, min(hole.top() + 12, room.height() - height - 12))
        left = max(12, min(hole.left(), room.width() - width - 12))
        if hole.right() + width + 24 < room.width():
            return QPoint(hole.right() + 12, top)
        if hole.left() > width + 24:
            return QPoint(hole.left() - width - 12, top)
        if hole.bottom() + height + 24 < room.height():
            return QPoint(left, hole.bottom() + 12)
        if hole.top() > height + 24:
            return QPoint(left, hole.top() - height - 12)
        return hole.center() - QPoint(width // 2, height // 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """A veil with a hole."""
        painter = QPainter(self)
        hole = self._hole()
        painter.setClipRegion(QRegion(self.rect()) - QRegion(hole))
        veil = QColor(theme().colour("text" if not theme().tokens.dark else "card_base"))
        veil.setAlphaF(0.35 if not theme().tokens.dark else 0.6)
        painter.fillRect(self.rect(), veil)
        painter.setClipping(False)
        painter.setPen(theme().colour("accent"))
        painter.drawRect(hole)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Esc skips."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """The window has another size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._show_stop()
        return False

"""What an empty canvas says: one sentence and one action, in its middle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from designer.look.i18n import tr


class EmptyHint(QWidget):
    """Floats over the middle of *canvas*; a node may be dropped right through it."""

    template_wanted = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        words = QLabel(tr("Start with a node: drag one here or press /"))
        words.setProperty("role", "help")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        button = QPushButton(tr("Start from a template…"))
        button.clicked.connect(self.template_wanted)
        column.addWidget(words)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        self._canvas = canvas
        canvas.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Stay in the middle."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False

    def _place(self) -> None:
        canvas = self._canvas
        self.adjustSize()
        self.move((canvas.width() - self.width()) // 2, (canvas.height() - self.height()) // 2)

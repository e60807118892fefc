"""The way of a call in one line: numbered cards with the ports between them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from designer.look.fonts import font
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme
from designer.panels.wrapping import Wrapping
from designer.session import Session
from flow_runtime.core.problems import Step


class FlowWay(QWidget):
    """A counter-example; a click on a card shows it."""

    def __init__(self, way: Sequence[Step], session: Session) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 0, 0, 0)
        line.setSpacing(8)
        words = QLabel(tr("Example path"))
        words.setProperty("role", "help")
        line.addWidget(words, 0, Qt.AlignmentFlag.AlignTop)
        steps = Wrapping()
        for number, step in enumerate(way, 1):
            steps.add(_step(number, step, session, last=number == len(way)))
        line.addWidget(steps, 1)


def _step(number: int, step: Step, session: Session, last: bool) -> QWidget:
    from PySide6.QtWidgets import QToolButton

    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(4)
    card = session.picture.card(step.node)
    button = QToolButton()
    button.setProperty("role", "link")
    button.setText(step.node if card is None else card.title)
    if card is not None:
        button.setIcon(icon(card.icon, theme().tokens.group(card.group), 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.clicked.connect(lambda: session.reveal(step.node, step.port))
    line.addWidget(Disc(number))
    line.addWidget(button)
    if not last:
        row = None if card is None or step.port is None else card.port(step.port)
        label = row.label if row is not None else step.port or ""
        arrow = QLabel(f"— {label} →" if label else "→")
        arrow.setProperty("role", "help")
        line.addWidget(arrow)
    return made


class Disc(QWidget):
    """A red disc with a number, as on the cards."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.setFixedSize(18, 18)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Number and ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("error"))
        painter.drawEllipse(QRectF(0.5, 0.5, 17, 17))
        painter.setPen(QColor(theme().tokens.panel))
        painter.setFont(font("counter"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()

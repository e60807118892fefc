"""What floats over the canvas: the minimap and the zoom control."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from designer.canvas.paint.pens import pen
from designer.canvas.view import FlowView, float_over
from designer.core.picture import NO_CARD_MARK
from designer.look.i18n import tr
from designer.look.icons import icon
from designer.look.theme import theme

if TYPE_CHECKING:
    from designer.canvas.scene_canvas import SceneCanvas

_MARGIN: Final = 12
_STEP: Final = 1.25


class Minimap(QWidget):
    """The whole flow, small; a click or a drag shows that part."""

    def __init__(self, view: FlowView, canvas: SceneCanvas) -> None:
        super().__init__(view)
        self._view, self._canvas = view, canvas
        self.setFixedSize(164, 100)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Overview of the flow"))

    def _scale(self) -> tuple[float, QRectF]:
        area = self._canvas.contents().united(self._view.seen())
        inner = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        factor = min(inner.width() / max(1.0, area.width()), inner.height() / max(1, area.height()))
        return factor, area

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Cards in the colour of group or traffic, and what is seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme().colour("panel"))
        painter.setPen(pen("card_line", 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        factor, area = self._scale()
        painter.translate(self.rect().center())
        painter.scale(factor, factor)
        painter.translate(-area.center())
        painter.setPen(Qt.PenStyle.NoPen)
        for card in self._canvas.picture.cards:
            rect = card.rect
            heat = self._canvas.marks.cards.get(card.name, NO_CARD_MARK).heat
            token = theme().tokens.group(card.group) if heat is None else theme().tokens.heat[heat]
            painter.setBrush(theme().colour(token))
            painter.drawRect(QRectF(rect.x, rect.y, rect.width, rect.height))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = pen("accent", 1.5 / factor)
        painter.setPen(frame)
        painter.drawRect(self._view.seen().intersected(area))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def _go(self, at: QPointF) -> None:
        factor, area = self._scale()
        middle = QPointF(self.rect().center())
        spot = area.center() + (at - middle) / factor
        self._view.shift(spot - self._view.seen().center())


class ZoomControl(QWidget):
    """``-  100 %  +  fit``."""

    def __init__(self, view: FlowView, canvas: SceneCanvas) -> None:
        super().__init__(view)
        self.setFixedSize(150, 28)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(0)
        self._label = QLabel("100 %")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons: list[tuple[QToolButton, str]] = []

        def button(name: str, words: str, act: Callable[[], None]) -> QToolButton:
            made = QToolButton(self)
            made.setToolTip(words)
            made.setAccessibleName(words)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(act)
            self._buttons.append((made, name))
            return made

        def by(factor: float) -> Callable[[], None]:
            return lambda: view.set_zoom(view.zoom_factor() * factor)

        row.addWidget(button("ui-minus", tr("Zoom out") + "  Ctrl+-", by(1 / _STEP)))
        row.addWidget(self._label, 1)
        row.addWidget(button("ui-plus", tr("Zoom in") + "  Ctrl++", by(_STEP)))
        row.addWidget(button("ui-fit", tr("Fit") + "  Ctrl+0", lambda: canvas.fit()))
        view.zoomed.connect(self._show_zoom)
        self.dress()

    def dress(self) -> None:
        """Icons in the colours of the theme."""
        for made, name in self._buttons:
            made.setIcon(icon(name, "muted", 16))

    def _show_zoom(self, factor: float) -> None:
        self._label.setText(f"{round(100 * factor)} %")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """A small panel."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme().colour("panel"))
        painter.setPen(pen("card_line", 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()


class Floating(QObject):
    """Keeps both in their corner."""

    def __init__(self, view: FlowView, canvas: SceneCanvas) -> None:
        super().__init__(view)
        self._view = view
        self.minimap = Minimap(view, canvas)
        self.zoom = ZoomControl(view, canvas)
        view.moved_on.connect(self._moved)
        view.zoomed.connect(lambda _: self.minimap.update())
        theme().changed.connect(self.zoom.dress)
        view.installEventFilter(self)
        self._place()

    def picture_changed(self) -> None:
        """Paint the small picture anew."""
        self.minimap.update()

    def _moved(self) -> None:
        self.minimap.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """The view has another size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        float_over(self._view, self.minimap, _MARGIN, _MARGIN)
        float_over(self._view, self.zoom, _MARGIN + self.minimap.width() + 8, _MARGIN)

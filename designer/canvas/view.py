"""The view: grid, zoom, panning, and what floats over the picture in its corners."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from designer.canvas.paint.sheets import paint_grid

LEAST, MOST = 0.1, 3.0
WHOLE: Final = 0.01
"""The least zoom of a flow that is shown whole."""
_STEP: Final = 1.1


class FlowView(QGraphicsView):
    """Shows the scene; knows nothing of flows."""

    zoomed = Signal(float)
    moved_on = Signal()
    """Another part of the picture is seen."""

    def __init__(self, scene: QGraphicsScene) -> None:
        super().__init__(scene)
        self.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._panning: QPoint | None = None
        self._space = False

    # --- zoom and place -------------------------------------------------------------------------

    def zoom_factor(self) -> float:
        """1.0 is 100 %."""
        return self.transform().m11()

    def set_zoom(self, factor: float, around: QPointF | None = None, least: float = LEAST) -> None:
        """Zoom to *factor*; the point *around* of the viewport (else its middle) stays put."""
        factor = min(MOST, max(least, factor))
        spot = QPointF(self.viewport().rect().center()) if around is None else around
        before = self.mapToScene(spot.toPoint())
        self.resetTransform()
        self.scale(factor, factor)
        after = self.mapToScene(spot.toPoint())
        self.shift(before - after)
        self.zoomed.emit(self.zoom_factor())

    def shift(self, by: QPointF) -> None:
        """Show what lies *by* (in the scene's measure) further right and down."""
        centre = self.mapToScene(self.viewport().rect().center()) + by
        self.centerOn(centre)
        self.moved_on.emit()

    def show_all(self, area: QRectF) -> None:
        """Show *area* whole, at most at 100 %."""
        if area.isEmpty():
            return
        room = self.viewport().rect()
        area = area.adjusted(-40, -40, 40, 40)
        factor = min(room.width() / area.width(), room.height() / area.height(), 1.0)
        self.set_zoom(factor, least=WHOLE)
        self.centerOn(area.center())
        self.moved_on.emit()

    def bring_into_view(self, area: QRectF) -> None:
        """Scroll as little as needed for *area* to be seen."""
        seen = self.seen()
        dx = max(0.0, area.right() + 40 - seen.right()) or min(0.0, area.left() - 40 - seen.left())
        dy = max(0.0, area.bottom() + 40 - seen.bottom()) or min(0.0, area.top() - 40 - seen.top())
        if dx or dy:
            self.shift(QPointF(dx, dy))

    def seen(self) -> QRectF:
        """The part of the scene that is seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    # --- painting -------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802
        """Canvas colour, and a dot at every place of the grid."""
        paint_grid(painter, rect, self.zoom_factor())

    # --- panning and zooming by hand ------------------------------------------------------------

    def is_panning(self) -> bool:
        """Whether the picture, not what is in it, is being dragged."""
        return self._panning is not None or self._space

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 (Qt's name)
        """Ctrl zooms, Shift scrolls sideways."""
        pixels = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.set_zoom(self.zoom_factor() * _STEP ** (2 * steps), event.position())
        else:
            dx, dy = pixels.x(), pixels.y()
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and dx == 0:
                dx, dy = dy, 0
            self.shift(QPointF(-dx, -dy) / self.zoom_factor())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Two fingers on a touch pad zoom too."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.set_zoom(self.zoom_factor() * (1 + event.value()), event.position())
                return True
        return super().viewportEvent(event)

    def begin_pan(self, event: QMouseEvent) -> bool:
        """Take the mouse for panning, if it is the middle button or the space bar is held."""
        middle = event.button() == Qt.MouseButton.MiddleButton
        if not (middle or (self._space and event.button() == Qt.MouseButton.LeftButton)):
            return False
        self._panning = event.position().toPoint()
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        return True

    def pan(self, event: QMouseEvent) -> bool:
        """Go on panning; False when it is not what the mouse does."""
        if self._panning is None:
            return False
        at = event.position().toPoint()
        moved, self._panning = at - self._panning, at
        self.shift(QPointF(-moved.x(), -moved.y()) / self.zoom_factor())
        return True

    def end_pan(self) -> bool:
        """Let go; False when it was not panning."""
        if self._panning is None:
            return False
        self._panning = None
        self.viewport().setCursor(
            Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.ArrowCursor
        )
        return True

    def hold_space(self, event: QKeyEvent, held: bool) -> bool:
        """The space bar is pressed or let go; False for other keys."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._space = held
            shape = Qt.CursorShape.OpenHandCursor if held else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """What floats in the corners has to move."""
        super().resizeEvent(event)
        self.moved_on.emit()


def float_over(view: QWidget, widget: QWidget, right: int, bottom: int) -> None:
    """Put *widget* into the lower right corner of *view*, this far from the edges."""
    size = widget.size()
    widget.move(view.width() - size.width() - right, view.height() - size.height() - bottom)

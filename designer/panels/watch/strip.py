"""The time-line of a replay, painted: a ruler, three lanes, and the moment that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QToolTip

from designer.core.calls import clock_time
from designer.core.timeline import LANES, Moment, Span, Timeline, ticks
from designer.look.fonts import font, metrics
from designer.look.i18n import tr
from designer.look.theme import theme

_LEFT: Final = 96
_RIGHT: Final = 16
_RULER: Final = 24
_LANE: Final = 24
_FINE: Final = 1000
"""Steps of the slider in a second."""


class TimeStrip(QAbstractSlider):
    """A slider whose value is the moment in thousandths of a second."""

    wanted = Signal(float)
    """A person wants to see this moment, in seconds."""
    stepped = Signal(int)
    """The key for the next node (1), or for the one before (-1)."""

    def __init__(self, title: Callable[[str, str], str], token: Callable[[str, str], str]) -> None:
        super().__init__()
        self._title, self._token = title, token
        self.line = Timeline()
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Moment of the call"))
        self.setMouseTracking(True)
        self.setMinimumHeight(_RULER + len(LANES) * _LANE + 6)
        self.actionTriggered.connect(lambda _: self.wanted.emit(self.sliderPosition() / _FINE))
        theme().changed.connect(self.update)

    def show_line(self, line: Timeline) -> None:
        """Another call."""
        self.line = line
        self.setRange(0, round(line.length * _FINE))
        self.setSingleStep(_FINE)
        self.setPageStep(10 * _FINE)
        self.update()

    def show_moment(self, at: float) -> None:
        """Where the replay is."""
        self.setValue(round(at * _FINE))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """High enough for the lanes."""
        return QSize(600, self.minimumHeight())

    # --- places ---------------------------------------------------------------------------------

    def _room(self) -> float:
        return max(1.0, self.width() - _LEFT - _RIGHT)

    def x_of(self, seconds: float) -> float:
        """Where a moment is painted."""
        return _LEFT + self._room() * (seconds / self.line.length if self.line.length else 0.0)

    def _moment_at(self, x: float) -> float:
        share = (x - _LEFT) / self._room()
        return min(max(0.0, share), 1.0) * self.line.length

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """See the module."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = {"nodes": tr("Nodes"), "heard": tr("Caller hears"), "done": tr("Keys, data")}
        painter.setFont(font("small"))
        for number, lane in enumerate(LANES):
            middle = _RULER + number * _LANE + _LANE / 2
            painter.setPen(theme().colour("muted"))
            painter.drawText(QPointF(14, middle + 4), names[lane])
            painter.setPen(theme().colour("line"))
            painter.drawLine(QPointF(_LEFT, middle), QPointF(self.width() - _RIGHT, middle))
        self._ruler(painter)
        order = sorted(self.line.spans, key=lambda one: (one.start, -one.end))
        for span in order:
            self._span(painter, span)
        for moment in self.line.moments:
            self._point(painter, moment)
        self._head(painter)
        painter.end()

    def _ruler(self, painter: QPainter) -> None:
        for second in ticks(self.line.length, self._room()):
            x = self.x_of(second)
            painter.setPen(theme().colour("line"))
            painter.drawLine(QPointF(x, _RULER - 4), QPointF(x, self.height()))
            painter.setPen(theme().colour("muted"))
            painter.drawText(QPointF(x + 3, 15), clock_time(second))

    def _span(self, painter: QPainter, span: Span) -> None:
        box = self._box(span)
        nodes = span.lane == "nodes"
        painter.setBrush(theme().colour("panel" if nodes else "chip"))
        painter.setPen(
            theme().group(self._token(span.flow, span.node)) if nodes else Qt.PenStyle.NoPen
        )
        painter.drawRoundedRect(box, 3, 3)
        text = self._title(span.flow, span.node) if nodes else f"“{span.text}”"
        shown = metrics("small").elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 8)
        if len(shown) > 1:
            painter.setPen(theme().colour("text" if nodes else "chip_text"))
            inside = box.adjusted(4, 0, -4, 0)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _box(self, span: Span) -> QRectF:
        top = _RULER + LANES.index(span.lane) * _LANE + 3
        left, right = self.x_of(span.start), self.x_of(span.end)
        return QRectF(left, top, max(3.0, right - left - 1), _LANE - 6)

    def _point(self, painter: QPainter, moment: Moment) -> None:
        x, middle = self.x_of(moment.at), _RULER + LANES.index("done") * _LANE + _LANE / 2
        if moment.kind == "key":
            wide = max(16.0, metrics("counter").horizontalAdvance(moment.text) + 8)
            box = QRectF(x - wide / 2, middle - 8, wide, 16)
            painter.setBrush(theme().colour("panel"))
            painter.setPen(theme().colour("input"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(font("counter"))
            painter.setPen(theme().colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, moment.text)
            painter.setFont(font("small"))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("error" if moment.kind == "trouble" else "data"))
        painter.drawPolygon(QPolygonF([
            QPointF(x, middle - 5), QPointF(x + 5, middle), QPointF(x, middle + 5),
            QPointF(x - 5, middle),
        ]))  # fmt: skip

    def _head(self, painter: QPainter) -> None:
        """The moment that is shown."""
        at = self.value() / _FINE
        x, text = self.x_of(at), clock_time(at)
        painter.setPen(theme().colour("accent"))
        painter.drawLine(QPointF(x, _RULER - 4), QPointF(x, self.height()))
        wide = metrics("small").horizontalAdvance(text) + 14
        box = QRectF(x - wide / 2, 2, wide, 18)
        painter.setBrush(theme().colour("accent"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme().colour("on_accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme().colour("accent"))
            painter.drawRoundedRect(box.adjusted(-3, -2, 3, 2), 5, 5)

    # --- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go there."""
        self.wanted.emit(self._moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Go along; without a button tell what is there."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.wanted.emit(self._moment_at(event.position().x()))
        else:
            QToolTip.showText(
                event.globalPosition().toPoint(), self.told_at(event.position()), self
            )

    def told_at(self, spot: QPointF) -> str:
        """What lies under a point, in full."""
        for moment in self.line.moments:
            top = _RULER + LANES.index("done") * _LANE
            if abs(self.x_of(moment.at) - spot.x()) <= 7 and top <= spot.y() <= top + _LANE:
                return f"{clock_time(moment.at)}  {moment.text}"
        for span in sorted(self.line.spans, key=lambda one: one.end - one.start):
            if self._box(span).contains(spot):
                nodes = span.lane == "nodes"
                text = self._title(span.flow, span.node) if nodes else span.text
                return f"{clock_time(span.start)} – {clock_time(span.end)}  {text}"
        return ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Arrows go by a second, with Ctrl from node to node."""
        arrows = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in arrows:
            self.stepped.emit(arrows[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

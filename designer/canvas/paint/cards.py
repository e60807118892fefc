"""Cards: one node each, in all their states (the order of painting is that of the style guide)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen

from designer.canvas.paint.pens import pen
from designer.canvas.paint.ports import paint_ports
from designer.canvas.paint.tellers import paint_disc, paint_heat_pill, paint_steps
from designer.core.picture import HEADER_HEIGHT, INPUT_Y, NO_CARD_MARK, Card, CardMark, PortMark
from designer.look.fonts import Role, font, metrics
from designer.look.i18n import tr
from designer.look.icons import paint_icon
from designer.look.theme import theme
from flow_runtime.core.model import PortValue

RADIUS: Final = 6.0
MARGIN: Final = (14.0, 34.0, 14.0, 34.0)
"""What rings, flags, discs and badges need around a card: left, above, right, below."""
NO_TEXT: Final = 0.35
"""Below this zoom a card is a coloured block."""
NO_SMALL_TEXT: Final = 0.6
"""Below this zoom the second line and the chips are left out."""


@dataclass(frozen=True, slots=True)
class CardState:
    """What the pointer and the keyboard do to a card, and what the view is like."""

    selected: bool = False
    hovered: bool = False
    focused: bool = False
    port: PortValue | None = None
    """The port under the pointer, or with the focus."""
    aimed: bool = False
    """A connector that is being drawn would end here."""
    dim: bool = False
    """What has no coverage is shown as not covered."""
    zoom: float = 1.0


PLAIN: Final = CardState()
PortMarks = dict[PortValue, PortMark]


def paint_card(
    painter: QPainter, card: Card, mark: CardMark, ports: PortMarks, state: CardState
) -> None:
    """Paint *card*, with its top left corner at the origin."""
    body = QRectF(0, 0, card.rect.width, card.rect.height)
    running = mark.flag is not None
    _rings(painter, body, state, running, mark.here)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("card_base"))
    painter.drawRoundedRect(body.translated(0, 1.5), RADIUS, RADIUS)
    painter.setBrush(theme().colour("card"))
    painter.drawRoundedRect(body, RADIUS, RADIUS)
    outline = QPainterPath()
    outline.addRoundedRect(body, RADIUS, RADIUS)
    if state.zoom < NO_TEXT:
        shade = QColor(theme().group(card.group))
        shade.setAlphaF(0.2)
        painter.fillPath(outline, shade)
    if running:
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(QRectF(0, 0, body.width(), HEADER_HEIGHT), theme().colour("accent"))
        painter.restore()
    _strip(painter, outline, card, state, mark)
    _border(painter, body, card, mark, state)
    if state.zoom >= NO_TEXT:
        _header(painter, card, mark, state)
    paint_ports(painter, card, mark, ports, state.port, state)
    _input(painter, card, state)
    _around(painter, card, mark)


def _rings(painter: QPainter, body: QRectF, state: CardState, running: bool, here: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if running:
        painter.setPen(pen("accent", 3))
        painter.drawRoundedRect(body.adjusted(-4, -4, 4, 4), 9, 9)
    elif state.selected or state.focused or state.aimed or here:
        painter.setPen(pen("accent", 2))
        painter.drawRoundedRect(body.adjusted(-3, -3, 3, 3), 9, 9)
    if state.focused:
        dotted = pen("text", 1)
        dotted.setDashPattern([1, 2])
        painter.setPen(dotted)
        painter.drawRoundedRect(body.adjusted(-6, -6, 6, 6), 11, 11)


def _strip(
    painter: QPainter, outline: QPainterPath, card: Card, state: CardState, mark: CardMark
) -> None:
    painter.save()
    painter.setClipPath(outline)
    painter.fillRect(QRectF(0, 0, 4, card.rect.height), theme().group(card.group))
    painter.restore()


def _border(painter: QPainter, body: QRectF, card: Card, mark: CardMark, state: CardState) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_border_pen(card, mark, state))
    painter.drawRoundedRect(body, RADIUS, RADIUS)


def _border_pen(card: Card, mark: CardMark, state: CardState) -> QPen:
    if mark.change == "removed":
        return pen("error", 1.5, (4, 3))
    if mark.change is not None:
        return pen("ok" if mark.change == "added" else "accent", 1.5)
    if mark.number is not None or (mark.badge is not None and mark.badge.kind == "error"):
        return pen("error", 1.5)
    if mark.coverage is not None:
        return pen("ok", 1.5)
    if state.dim:
        return pen("off", 1, (4, 3))
    if card.group == "unknown":
        return pen("unknown", 1, (4, 3))
    return pen("edge" if state.hovered else "card_line", 1)


def is_faded(mark: CardMark, state: CardState) -> bool:
    """Whether a card is painted as one that no call came by."""
    return state.dim and mark.coverage is None and mark.flag is None


def _header(painter: QPainter, card: Card, mark: CardMark, state: CardState) -> None:
    faded = is_faded(mark, state)
    text = "off_text" if faded or mark.change == "removed" else "text"
    below = "off_text" if faded else "muted"
    tint = theme().tokens.group(card.group)
    if mark.flag is not None:
        text = below = tint = "on_accent"
    paint_icon(painter, QPointF(12, 10), card.icon, tint, 20)
    title: QFont = font("card")
    if mark.change == "removed":
        title = QFont(title)
        title.setStrikeOut(True)
    width = card.rect.width
    painter.setFont(title)
    painter.setPen(theme().colour(text))
    painter.drawText(QPointF(38, 25), metrics("card").elidedText(
        card.title, Qt.TextElideMode.ElideRight, int(width - 12 - 38)
    ))  # fmt: skip
    if state.zoom >= NO_SMALL_TEXT:
        left = paint_heat_pill(painter, mark)
        painter.setFont(font("label"))
        painter.setPen(theme().colour(below))
        said = card.summary if mark.summary is None else mark.summary
        painter.drawText(QPointF(left, 44), metrics("label").elidedText(
            said, Qt.TextElideMode.ElideRight, int(width - left - 12)
        ))  # fmt: skip
    if card.rect.height > HEADER_HEIGHT and mark.flag is None:
        painter.setPen(pen("line", 1))
        painter.drawLine(QPointF(12, 53.5), QPointF(width - 1, 53.5))


def _input(painter: QPainter, card: Card, state: CardState) -> None:
    painter.setBrush(theme().colour("accent" if state.aimed else "card"))
    active = state.selected or state.focused or state.aimed
    painter.setPen(pen("accent" if active else "edge", 1.5))
    painter.drawRoundedRect(QRectF(-4, INPUT_Y - 4, 8, 8), 2, 2)


# --- around the card ------------------------------------------------------------------------------


def _around(painter: QPainter, card: Card, mark: CardMark) -> None:
    if mark is NO_CARD_MARK:
        return
    right = card.rect.width - 5
    if mark.coverage is not None:
        right -= _coverage(painter, card, mark.coverage) + 4
    if mark.flag is not None:
        _flag(painter, mark.flag)
    if mark.number is not None:
        paint_disc(painter, QPointF(right - 9, 0), str(mark.number), "error", "panel")
        right -= 23
    if mark.steps:
        paint_steps(painter, right, mark)
    if mark.breakpoint:
        paint_breakpoint(painter, QPointF(0, 0))
    if mark.badge is not None:
        _badge(painter, card, mark)


def _coverage(painter: QPainter, card: Card, covered: tuple[int, int]) -> float:
    """A tick, with the ports that were taken where some were not; how wide it is."""
    text = "" if covered[1] <= 1 else f"{covered[0]}/{covered[1]}"
    role: Role = "counter"
    width = 22 + (metrics(role).horizontalAdvance(text) + 5 if text else 0)
    pill = QRectF(card.rect.width - width - 4, -9, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("ok"))
    painter.drawRoundedRect(pill, 9, 9)
    tick = QPen(theme().colour("panel"), 2)
    tick.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(tick)
    left = pill.left() + 6.5
    painter.drawPolyline([QPointF(left, 0), QPointF(left + 3, 3), QPointF(left + 8.5, -3.5)])
    if text:
        painter.setFont(font(role))
        painter.setPen(theme().colour("panel"))
        painter.drawText(QPointF(pill.left() + 19, 4), text)
    return width


def _flag(painter: QPainter, text: str) -> None:
    role: Role = "small"
    width = 28 + metrics(role).horizontalAdvance(text) + 8
    flag = QRectF(0, -30, width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("accent"))
    painter.drawRoundedRect(flag, 4, 4)
    paint_icon(painter, QPointF(6, -28), "answer", "on_accent", 16)
    painter.setFont(font(role))
    painter.setPen(theme().colour("on_accent"))
    painter.drawText(QPointF(27, -16), text)


def paint_breakpoint(painter: QPainter, centre: QPointF) -> None:
    """A red disc with two bars."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("error"))
    painter.drawEllipse(centre, 7, 7)
    painter.setBrush(theme().colour("panel"))
    painter.drawRect(QRectF(centre.x() - 2.75, centre.y() - 3, 2, 6))
    painter.drawRect(QRectF(centre.x() + 0.75, centre.y() - 3, 2, 6))


_BADGE: Final = {
    "error": ("error", "error_bg", "ui-problem-error"),
    "warning": ("warning", "warning_bg", "ui-problem-warning"),
    "added": ("ok", "ok_bg", "ui-plus"),
    "changed": ("accent", "accent_bg", ""),
    "removed": ("error", "error_bg", "ui-minus"),
    "drop": ("drop", "drop_bg", ""),
}


def _badge(painter: QPainter, card: Card, mark: CardMark) -> None:
    assert mark.badge is not None
    colour, ground, glyph = _BADGE[mark.badge.kind]
    text = tr(mark.badge.text)
    role: Role = "small"
    left = 24.0 if glyph else 8.0
    width = left + metrics(role).horizontalAdvance(text) + 8
    box = QRectF(0, card.rect.height + 7, width, 20)
    painter.setPen(pen(colour, 1))
    painter.setBrush(QBrush(theme().colour(ground)))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if glyph:
        at = QPointF(6, box.top() + 3)
        paint_icon(painter, at, glyph, colour, 14)
    painter.setFont(font(role))
    painter.setPen(theme().colour(colour))
    painter.drawText(QPointF(left, box.top() + 14), text)

"""Ports: a chip or a keycap with the name, and the circle that a connector is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from designer.canvas.paint.pens import pen
from designer.core.heat import grouped
from designer.core.picture import NO_PORT_MARK, Card, CardMark, PortMark, PortRow
from designer.look.fonts import font, metrics
from designer.look.theme import theme
from flow_runtime.core.model import ERROR, PortValue

if TYPE_CHECKING:
    from designer.canvas.paint.cards import CardState

_CHIP: Final = 16.0
_CAP: Final = 20.0
_FROM_RIGHT: Final = 10.0
_SMALL_TEXT: Final = 0.6


def error_row(card: Card) -> PortRow:
    """The ``error`` port that shows while a card is hovered: it overlays the row below."""
    rows = [port.row for port in card.ports if port.row is not None]
    return PortRow(ERROR, ERROR, kind="error", row=max(rows, default=-1) + 1)


def paint_ports(
    painter: QPainter,
    card: Card,
    mark: CardMark,
    marks: Mapping[PortValue, PortMark],
    active: PortValue | None,
    state: CardState,
) -> None:
    """Paint all ports of *card*; *active* is the one under the pointer or with the focus."""
    shown = list(card.ports)
    if (state.hovered or active == ERROR) and card.port(ERROR) is None:
        shown.append(error_row(card))
    for port in shown:
        told = marks.get(port.name, NO_PORT_MARK)
        lit = active is not None and port.name == active and type(port.name) is type(active)
        if port.row is not None and state.zoom >= _SMALL_TEXT:
            _paint_name(painter, card, port, told, lit, state)
        _paint_circle(painter, card, port, told, lit, state)


def _paint_name(
    painter: QPainter, card: Card, port: PortRow, mark: PortMark, lit: bool, state: CardState
) -> None:
    ground, border, text, dash = _chip_look(port, mark, lit, state)
    role = "counter" if port.key else "small"
    words = metrics(role).horizontalAdvance(port.label)
    height = _CAP if port.key else _CHIP
    width = max(_CAP, words + 10) if port.key else words + 12
    box = QRectF(card.rect.width - _FROM_RIGHT - width, port.y - height / 2, width, height)
    painter.setBrush(theme().colour(ground) if ground else Qt.BrushStyle.NoBrush)
    painter.setPen(pen(border, 1, (3, 2) if dash else ()) if border else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setFont(font(role))
    painter.setPen(theme().colour(text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, port.label)
    if mark.count or (mark.count == 0 and port.connected):
        painter.setFont(font("small"))
        painter.setPen(theme().colour("muted"))
        painter.drawText(QPointF(12, port.y + 4), grouped(mark.count))


def _chip_look(
    port: PortRow, mark: PortMark, lit: bool, state: CardState
) -> tuple[str, str, str, bool]:
    """Fill, border, text, and whether the border is dashed; an empty token is not painted."""
    if mark.path == "counter-example":
        return "error_bg", "", "error", False
    if lit and port.kind != "error":
        return "accent_bg", "accent", "accent", False
    if port.kind == "error":
        return ("error_bg", "error", "error", False) if port.connected else (
            "panel", "error", "error", True,
        )  # fmt: skip
    if port.kind == "default":
        return "", "off", "off_text", True
    if port.kind == "missing":
        return "error_bg", "", "error", False
    if mark.covered:
        return "ok_bg", "ok" if port.key else "", "ok", False
    if state.selected:
        return "accent_bg", "accent" if port.key else "", "accent", False
    if mark.covered is False and state.dim:
        return "chip", "off" if port.key else "", "off_text", False
    return ("card", "input", "text", False) if port.key else ("chip", "", "chip_text", False)


def _paint_circle(
    painter: QPainter, card: Card, port: PortRow, mark: PortMark, lit: bool, state: CardState
) -> None:
    centre = QPointF(card.rect.width, port.y)
    if lit:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("error" if port.kind == "error" else "accent"))
        painter.drawEllipse(centre, 5, 5)
        return
    dash = port.kind == "default" or (port.kind == "error" and not port.connected)
    painter.setBrush(theme().colour("card"))
    painter.setPen(pen(_circle_token(port, mark, state), 1.5, (2, 2) if dash else ()))
    painter.drawEllipse(centre, 3.5, 3.5)


def _circle_token(port: PortRow, mark: PortMark, state: CardState) -> str:
    if mark.path == "counter-example" or port.kind in ("missing", "error"):
        return "error"
    if port.kind == "default":
        return "off"
    if mark.covered:
        return "ok"
    if state.selected and port.connected:
        return "accent"
    return "off" if mark.covered is False and state.dim else "edge"

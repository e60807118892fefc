"""Icons, drawn in the colour of a token: ``TYPE.svg`` of node types, ``ui-*.svg`` of the rest."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from designer.look.theme import theme

_UNKNOWN: Final = "unknown"
_pixmaps: dict[tuple[str, str, str, int, float], QPixmap] = {}


@cache
def _source(name: str) -> str | None:
    file = files("designer.look") / "icons" / f"{name}.svg"
    return file.read_text(encoding="utf-8") if file.is_file() else None


def has_icon(name: str) -> bool:
    """Whether there is an icon called *name*."""
    return _source(name) is not None


def renderer(name: str, token: str) -> QSvgRenderer:
    """Paints an icon at any size, in the colour of *token*; ``unknown`` for a name it lacks."""
    text = _source(name) or _source(_UNKNOWN) or ""
    text = text.replace("currentColor", theme().colour(token).name())
    if name.startswith("ui-problem-"):
        text = text.replace("#FFFFFF", theme().tokens.panel)
    return QSvgRenderer(QByteArray(text.encode()))


def pixmap(name: str, token: str, size: int, ratio: float | None = None) -> QPixmap:
    """An icon of *size* logical pixels, kept for the next time; *ratio* is that of the screen."""
    if ratio is None:
        screen = QGuiApplication.primaryScreen()
        ratio = screen.devicePixelRatio() if screen is not None else 1.0
    colour = theme().colour(token).name()
    key = (name, colour, theme().tokens.panel, size, ratio)
    made = _pixmaps.get(key)
    if made is None:
        made = QPixmap(round(size * ratio), round(size * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        renderer(name, token).render(painter, QRectF(0, 0, size, size))
        painter.end()
        _pixmaps[key] = made
    return made


def icon(name: str, token: str = "text", size: int = 18) -> QIcon:
    """An icon for actions and buttons; greyed where the action is not possible."""
    made = QIcon(pixmap(name, token, size))
    made.addPixmap(pixmap(name, "off", size), QIcon.Mode.Disabled)
    return made

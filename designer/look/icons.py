"""Icons, drawn in the colour of a token: ``TYPE.svg`` of node types, ``ui-*.svg`` of the rest."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPaintEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from designer.look.theme import theme

_UNKNOWN: Final = "unknown"
_OF_PIXELS: Final = frozenset({QPaintEngine.Type.Raster, QPaintEngine.Type.OpenGL2})
_pixmaps: dict[tuple[str, str, str, int, float], QPixmap] = {}


@cache
def _source(name: str) -> str | None:
    file = files("designer.look") / "icons" / f"{name}.svg"
    return file.read_text(encoding="utf-8") if file.is_file() else None


def has_icon(name: str) -> bool:
    """Whether there is an icon called *name*."""
    return _source(name) is not None


def drawn(name: str, colour: str) -> str:
    """The SVG of an icon in *colour*; that of ``unknown`` for a name it lacks."""
    text = _source(name) or _source(_UNKNOWN) or ""
    return text.replace("currentColor", colour)


def renderer(name: str, token: str) -> QSvgRenderer:
    """Paints an icon at any size, in the colour of *token*; ``unknown`` for a name it lacks."""
    text = drawn(name, theme().colour(token).name())
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


def paint_icon(painter: QPainter, at: QPointF, name: str, token: str, size: int) -> None:
    """Paint an icon: as pixels where the device has pixels, else as it is drawn."""
    if painter.paintEngine().type() in _OF_PIXELS:
        painter.drawPixmap(at, pixmap(name, token, size, _sharpness(painter)))
    else:
        renderer(name, token).render(painter, QRectF(at, QSizeF(size, size)))


def _sharpness(painter: QPainter) -> float:
    """Device pixels a logical one, as far as it is worth a pixmap of its own."""
    scale = painter.worldTransform().m11() * painter.device().devicePixelRatioF()
    return next((one for one in (1.0, 1.25, 1.5, 2.0) if scale <= one), 4.0)


def icon(name: str, token: str = "text", size: int = 18) -> QIcon:
    """An icon for actions and buttons; greyed where the action is not possible."""
    made = QIcon(pixmap(name, token, size))
    made.addPixmap(pixmap(name, "off", size), QIcon.Mode.Disabled)
    return made

"""The drawing as SVG, PNG, PDF and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog

from designer.core.picture import Picture
from designer.look.i18n import tr
from designer.look.theme import theme
from designer.window import asking
from designer.window.page import Page

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_SHARP: Final = 2
"""Pixels of a PNG for each of the picture's."""
_MARGIN: Final = 30
_MOST: Final = 16000
"""Pixels of the longer side of a PNG; what is larger is drawn smaller."""


class Exports:
    """The export commands of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask(self, kind: str) -> None:
        """Ask for a file and write the drawing there."""
        page = self._window.page
        if page is None:
            return
        folder = Path.cwd() if page.path is None else page.path.parent
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Export"),
            str(folder / f"{page.name}.{kind}"),
            f"{kind.upper()} (*.{kind})",
        )
        if name:
            self.write(page, Path(name))

    def write(self, page: Page, path: Path) -> bool:
        """Write the drawing of *page* to *path*, in the format of its ending."""
        write = {".svg": _write_svg, ".png": _write_png, ".pdf": _write_pdf}.get(path.suffix)
        if write is None or not write(page, path):
            asking.tell(
                self._window,
                tr("Cannot export"),
                tr(
                    "{path} cannot be written. Choose a folder that you may write to, and a name "
                    "ending in .svg, .png or .pdf.",
                    path=path,
                ),
            )
            return False
        self._window.status.showMessage(tr("Written: {path}", path=path), 5000)
        return True

    def print(self) -> None:
        """Ask for a printer and print the drawing on one page."""
        page = self._window.page
        if page is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        printer.setDocName(page.name)
        if QPrintDialog(printer, self._window).exec():
            painter = QPainter(printer)
            area = printer.pageRect(QPrinter.Unit.DevicePixel)
            _paint(page, painter, QRectF(0, 0, area.width(), area.height()))
            painter.end()


def size_of(picture: Picture) -> QSizeF:
    """How large the drawing is at 100 %, with a margin."""
    rects = [card.rect for card in picture.cards]
    rects += [sheet.rect for sheet in picture.sheets] + [pill.rect for pill in picture.pills]
    points = [point for one in picture.connectors for point in one.points]
    xs = [x for r in rects for x in (r.x, r.right)] + [p.x for p in points] or [0]
    ys = [y for r in rects for y in (r.y, r.bottom)] + [p.y for p in points] or [0]
    return QSizeF(max(xs) - min(xs) + 2 * _MARGIN, max(ys) - min(ys) + 2 * _MARGIN)


def _paint(page: Page, painter: QPainter, target: QRectF) -> None:
    """Paint the drawing as large as *target* allows, on the canvas' colour, in the light theme."""
    choice = theme().choice
    theme().choose("light")
    try:
        size = size_of(page.session.picture)
        factor = min(target.width() / size.width(), target.height() / size.height())
        area = QRectF(0, 0, size.width() * factor, size.height() * factor)
        area.moveCenter(target.center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page.canvas.paint(painter, area)
    finally:
        theme().choose(choice)


def _write_svg(page: Page, path: Path) -> bool:
    size = size_of(page.session.picture).toSize()
    made = QSvgGenerator()
    made.setFileName(str(path))
    made.setSize(size)
    made.setViewBox(QRectF(0, 0, size.width(), size.height()))
    made.setTitle(page.name)
    painter = QPainter()
    if not _may_write(path) or not painter.begin(made):
        return False
    _paint(page, painter, QRectF(0, 0, size.width(), size.height()))
    return painter.end()


def _write_png(page: Page, path: Path) -> bool:
    size = size_of(page.session.picture)
    factor = min(_SHARP, _MOST / max(size.width(), size.height()))
    pixels = QSize(round(size.width() * factor), round(size.height() * factor))
    image = QImage(pixels, QImage.Format.Format_RGB32)
    image.fill(theme().colour("canvas"))
    painter = QPainter(image)
    _paint(page, painter, QRectF(0, 0, pixels.width(), pixels.height()))
    painter.end()
    return image.save(str(path))


def _write_pdf(page: Page, path: Path) -> bool:
    if not _may_write(path):
        return False
    size = size_of(page.session.picture)
    made = QPdfWriter(str(path))
    made.setTitle(page.name)
    made.setResolution(144)
    made.setPageSize(QPageSize(size * 0.75, QPageSize.Unit.Point))
    made.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not painter.begin(made):
        return False
    _paint(page, painter, QRectF(0, 0, made.width(), made.height()))
    return painter.end()


def _may_write(path: Path) -> bool:
    """Whether the file can be opened: Qt's writers fail without a word."""
    try:
        with path.open("wb"):
            return True
    except OSError:
        return False

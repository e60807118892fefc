"""The drawing as SVG, PNG and PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog

from designer.core.picture import Picture
from designer.look.i18n import tr
from designer.look.theme import theme
from designer.window import asking
from designer.window.on_paper import around, on_paper, paint_whole
from designer.window.page import Page
from designer.window.pdf_words import put_right

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_SHARP: Final = 2
"""Pixels of a PNG for each of the picture's."""
_DOTS: Final = 1200
"""Dots an inch of a PDF, as printers have them: what is painted is rounded to these."""
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
        with on_paper(page):
            written = write is not None and write(page, path)
        if not written:
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


def size_of(picture: Picture) -> QSizeF:
    """How large the drawing is at 100 %, with a margin."""
    whole = around(picture)
    return QSizeF(whole.width, whole.height)


def _write_svg(page: Page, path: Path) -> bool:
    size = size_of(page.session.picture).toSize()
    made = QSvgGenerator()
    made.setFileName(str(path))
    made.setResolution(96)
    made.setSize(size)
    made.setViewBox(QRectF(0, 0, size.width(), size.height()))
    made.setTitle(page.name)
    painter = QPainter()
    if not _may_write(path) or not painter.begin(made):
        return False
    paint_whole(page, painter, QRectF(0, 0, size.width(), size.height()))
    return painter.end()


def _write_png(page: Page, path: Path) -> bool:
    size = size_of(page.session.picture)
    factor = min(_SHARP, _MOST / max(size.width(), size.height()))
    pixels = QSize(round(size.width() * factor), round(size.height() * factor))
    image = QImage(pixels, QImage.Format.Format_RGB32)
    image.fill(theme().colour("canvas"))
    painter = QPainter(image)
    paint_whole(page, painter, QRectF(0, 0, pixels.width(), pixels.height()))
    painter.end()
    return image.save(str(path))


def _write_pdf(page: Page, path: Path) -> bool:
    if not _may_write(path):
        return False
    size = size_of(page.session.picture)
    made = QPdfWriter(str(path))
    made.setTitle(page.name)
    made.setResolution(_DOTS)
    made.setPageSize(QPageSize(size * 0.75, QPageSize.Unit.Point))
    made.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not painter.begin(made):
        return False
    paint_whole(page, painter, QRectF(0, 0, made.width(), made.height()))
    if not painter.end():
        return False
    put_right(path)
    return True


def _may_write(path: Path) -> bool:
    """Whether the file can be opened: Qt's writers fail without a word."""
    try:
        with path.open("wb"):
            return True
    except OSError:
        return False

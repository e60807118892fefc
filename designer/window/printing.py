"""Prints a drawing: on as many sheets as it takes to be read, each with its title and number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPageLayout, QPainter, QPen
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrintPreviewDialog

from designer.core.paper import Paper, Part, lay_out
from designer.look.fonts import families
from designer.look.i18n import tr
from designer.look.theme import theme
from designer.window import asking
from designer.window.on_paper import around, on_paper
from designer.window.page import Page
from designer.window.pdf_words import put_right

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_POINTS: Final = 0.75
"""Points for each pixel at 100 %."""
_HEAD: Final = 26.0
"""Points from the top of a sheet to the drawing."""


class Printing:
    """The print commands of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask(self) -> None:
        """Ask for a printer and print the drawing in front."""
        page = self._window.page
        if page is None:
            return
        printer = printer_for(page)
        if QPrintDialog(printer, self._window).exec() and not self.print(page, printer):
            asking.tell(
                self._window,
                tr("Cannot print"),
                tr("The printer takes nothing now. Choose another one, or export as PDF."),
            )

    def preview(self) -> None:
        """Show the sheets before they are printed."""
        page = self._window.page
        if page is None:
            return
        printer = printer_for(page)  # the dialog does not own it: it has to outlive exec
        shown = QPrintPreviewDialog(printer, self._window)
        shown.setWindowTitle(tr("Print preview"))
        shown.resize(1000, 760)
        shown.paintRequested.connect(lambda printer: self.print(page, printer))
        shown.exec()

    def print(self, page: Page, printer: QPrinter) -> bool:
        """Print the drawing of *page*, or the sheets that *printer* was asked for."""
        paper = sheets_of(page, printer)
        first = printer.fromPage() or 1
        last = printer.toPage() or len(paper.parts)
        chosen = range(first, min(last, len(paper.parts)) + 1)
        painter = QPainter()
        if not chosen or not painter.begin(printer):
            return False
        with on_paper(page):
            for number in chosen:
                if number > first and not printer.newPage():
                    break
                _paint_sheet(painter, printer, page, paper, number)
        if not painter.end():
            return False
        if printer.outputFileName():
            put_right(Path(printer.outputFileName()))
        return True


def printer_for(page: Page) -> QPrinter:
    """The usual printer, set for the drawing of *page*."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    printer.setDocName(page.name)
    return printer


def sheets_of(page: Page, printer: QPrinter) -> Paper:
    """How the drawing of *page* goes on the sheets of *printer*."""
    room = printer.pageLayout().paintRect(QPageLayout.Unit.Point)
    width, height = room.width() / _POINTS, (room.height() - _HEAD) / _POINTS
    return lay_out(page.session.picture, around(page.session.picture), width, height)


def _paint_sheet(
    painter: QPainter, printer: QPrinter, page: Page, paper: Paper, number: int
) -> None:
    part, room = paper.parts[number - 1], printer.pageLayout().paintRect(QPageLayout.Unit.Point)
    painter.save()
    painter.scale(printer.logicalDpiX() / 72, printer.logicalDpiY() / 72)
    _paint_head(painter, room.width(), page, paper, number)
    scale = _POINTS * paper.scale
    area = part.area
    left = 0.0 if len(paper.parts) > 1 else max(0.0, (room.width() - area.width * scale) / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    target = QRectF(left, _HEAD, area.width * scale, area.height * scale)
    page.canvas.paint(painter, target, area)
    painter.restore()


def _paint_head(painter: QPainter, width: float, page: Page, paper: Paper, number: int) -> None:
    """Title and file at the left; the number of the sheet, its place and the day at the right."""
    flow = page.session.flow
    title = page.name if flow is None or not flow.title else flow.title
    part, parts = paper.parts[number - 1], len(paper.parts)
    day = datetime.now().astimezone().date()
    words = tr("page {n} of {all}", n=number, all=parts) + f" · {day.isoformat()}"
    line = QRectF(0, 0, width, 14)
    right = width - (_paint_grid(painter, width, paper, part) if parts > 1 else 0.0)
    painter.setFont(_font(8))
    painter.setPen(theme().colour("muted"))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(0, 0, right, 14), middle | Qt.AlignmentFlag.AlignRight, words)
    taken = QFontMetricsF(_font(8)).horizontalAdvance(words) + 60
    painter.setFont(_font(11, bold=True))
    painter.setPen(theme().colour("text"))
    metrics = QFontMetricsF(_font(11, bold=True))
    name = page.path.name if page.path is not None else ""
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, max(80.0, width - taken))
    painter.drawText(line, middle, shown)
    begin = metrics.horizontalAdvance(shown) + 8
    if name and begin + metrics.horizontalAdvance(name) < width - taken:
        painter.setFont(_font(8))
        painter.setPen(theme().colour("muted"))
        painter.drawText(line.adjusted(begin, 0, 0, 0), middle, name)
    painter.setPen(QPen(theme().colour("line"), 0.5))
    painter.drawLine(0, 18, round(width), 18)


def _paint_grid(painter: QPainter, width: float, paper: Paper, part: Part) -> float:
    """All sheets as a small grid with the present one filled; how much room that takes."""
    cell = min(6.0, 14.0 / paper.rows)
    left = width - paper.columns * cell
    painter.setPen(QPen(theme().colour("muted"), 0.4))
    for one in paper.parts:
        box = QRectF(left + one.column * cell, one.row * cell, cell, cell)
        painter.setBrush(theme().colour("accent" if one == part else "panel"))
        painter.drawRect(box)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return paper.columns * cell + 8


def _font(size: int, bold: bool = False) -> QFont:
    made = QFont(list(families()))
    made.setPixelSize(size)  # a unit is a point here
    made.setBold(bold)
    return made

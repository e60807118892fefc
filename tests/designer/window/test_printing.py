"""What comes out on paper and in files: opened again and looked at."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from designer.app import Program
from designer.look.i18n import choose_language
from designer.look.theme import theme
from designer.window.export import size_of
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer.window.printing import Printing, printer_for, sheets_of


def opened(path: Path) -> QPdfDocument:
    document = QPdfDocument(QApplication.instance())
    assert document.load(str(path)) == QPdfDocument.Error.None_
    return document


def words(document: QPdfDocument, page: int) -> str:
    return re.sub(r"\s+", " ", document.getAllText(page).text())


def pdf_printer(page: Page, path: Path) -> QPrinter:
    printer = printer_for(page)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def inked(image: QImage) -> float:
    """The share of pixels that are not white."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = [bytes(grey.constScanLine(y))[: grey.width()] for y in range(grey.height())]
    return sum(value < 250 for line in lines for value in line) / (grey.width() * grey.height())


def test_a_flow_is_printed_on_as_many_sheets_as_it_takes(
    window: MainWindow, page: Page, tmp_path: Path
) -> None:
    printer = pdf_printer(page, tmp_path / "print.pdf")
    paper = sheets_of(page, printer)
    assert len(paper.parts) > 1
    assert Printing(window).print(page, printer)
    document = opened(tmp_path / "print.pdf")
    assert document.pageCount() == len(paper.parts)
    assert document.pagePointSize(0).width() > document.pagePointSize(0).height()
    for number in range(document.pageCount()):
        said = words(document, number)
        assert f"page {number + 1} of {document.pageCount()}" in said
        assert "City Gas hotline" in said and "gas_hotline.flow" in said
        assert inked(document.render(number, QSize(700, 500))) > 0.005
    everything = " ".join(words(document, n) for n in range(document.pageCount()))
    for card in page.session.picture.cards:
        assert card.title in everything


def test_chosen_sheets_alone_are_printed(window: MainWindow, page: Page, tmp_path: Path) -> None:
    printer = pdf_printer(page, tmp_path / "one.pdf")
    printer.setFromTo(2, 2)
    assert Printing(window).print(page, printer)
    document = opened(tmp_path / "one.pdf")
    assert document.pageCount() == 1 and "page 2 of" in words(document, 0)


def test_a_small_flow_takes_one_sheet(window: MainWindow, tmp_path: Path) -> None:
    page = window.files.new()
    printer = pdf_printer(page, tmp_path / "small.pdf")
    assert Printing(window).print(page, printer)
    document = opened(tmp_path / "small.pdf")
    assert document.pageCount() == 1 and "page 1 of 1" in words(document, 0)


def test_paper_is_light_and_shows_no_selection_whatever_the_screen_does(
    window: MainWindow, page: Page, tmp_path: Path
) -> None:
    assert window.export.write(page, tmp_path / "before.png")
    theme().choose("dark")
    page.session.select(["menu"])
    assert window.export.write(page, tmp_path / "after.png")
    assert theme().choice == "dark" and page.canvas.selection() == (("menu",), ())
    assert QImage(str(tmp_path / "before.png")) == QImage(str(tmp_path / "after.png"))


def test_a_printer_that_takes_nothing_is_told(
    window: MainWindow, page: Page, tmp_path: Path
) -> None:
    assert not Printing(window).print(page, pdf_printer(page, tmp_path / "no" / "where.pdf"))


def test_the_preview_shows_the_sheets(
    window: MainWindow, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtPrintSupport import QPrintPreviewDialog, QPrintPreviewWidget

    shown: list[int] = []

    def look(dialog: QPrintPreviewDialog) -> int:
        dialog.show()
        QApplication.processEvents()
        shown.append(dialog.findChild(QPrintPreviewWidget).pageCount())
        dialog.close()
        return 0

    monkeypatch.setattr(QPrintPreviewDialog, "exec", look)
    window.actions_["print_preview"].trigger()
    assert shown == [len(sheets_of(page, printer_for(page)).parts)]


# --- files ----------------------------------------------------------------------------------------


def test_an_svg_has_words_fonts_and_the_size_of_the_drawing(
    window: MainWindow, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "out.svg"
    assert window.export.write(page, path)
    root = ET.parse(path).getroot()
    name = "{http://www.w3.org/2000/svg}"
    said = " ".join("".join(text.itertext()) for text in root.iter(f"{name}text"))
    assert all(card.title in said for card in page.session.picture.cards)
    families = {text.get("font-family", "") for text in root.iter(f"{name}text")}
    assert families and all(families), families
    assert not list(root.iter(f"{name}image")), "icons are drawn, not pixels"
    assert QSvgRenderer(str(path)).isValid()
    millimetres = float(root.get("width", "").removesuffix("mm"))
    assert abs(millimetres / 25.4 * 96 - size_of(page.session.picture).width()) <= 1


def test_a_png_has_two_pixels_for_one(window: MainWindow, page: Page, tmp_path: Path) -> None:
    assert window.export.write(page, tmp_path / "out.png")
    image, size = QImage(str(tmp_path / "out.png")), size_of(page.session.picture)
    assert (image.width(), image.height()) == (round(2 * size.width()), round(2 * size.height()))
    assert 0.02 < inked(image)


def test_a_pdf_can_be_searched(window: MainWindow, page: Page, tmp_path: Path) -> None:
    assert window.export.write(page, tmp_path / "out.pdf")
    document = opened(tmp_path / "out.pdf")
    assert document.pageCount() == 1
    said = _letters(document.getAllText(0).text())
    assert all(_letters(card.title) in said for card in page.session.picture.cards)


def _letters(text: str) -> str:
    """Without blanks: in a drawing this wide PDFium takes every letter for a line of its own."""
    return re.sub(r"\s", "", text)


def test_words_on_paper_are_chinese_in_a_chinese_program(
    program: Program, gas: Path, tmp_path: Path
) -> None:
    choose_language("zh_CN")
    window = program.new_window()
    page = window.files.open_path(gas)
    assert page is not None
    assert Printing(window).print(page, pdf_printer(page, tmp_path / "zh.pdf"))
    said = words(opened(tmp_path / "zh.pdf"), 0)
    assert "第 1 页" in said and "日历" in said and "下一步" in said

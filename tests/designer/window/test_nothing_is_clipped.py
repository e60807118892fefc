"""No word of the window is cut off, in both languages and themes, at 100 % and at 150 %."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from designer.app import Program
from designer.forms.editors.growing import GrowingText
from designer.look.theme import Choice
from designer.window.main_window import MainWindow
from designer_kit import settle

SIZE = (1440, 900)
_CHEVRON = 9 + 24
"""Pixels of a list beside its words."""
NODES = ("hours", "menu", "balance", "what", "owes", "save", "night_message", "tell_owed")
"""Nodes of different types and with long names."""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_panel_shows_all_of_its_words(
    program: Program, window: MainWindow, gas: Path, language: str, theme: Choice
) -> None:
    program.choose_theme(theme)
    program.choose_language(language)
    shown = program.windows[0]
    shown.resize(*SIZE)
    assert shown.devicePixelRatio() == float(os.environ.get("QT_SCALE_FACTOR", "1"))
    cut = [f"start page: {words}" for words in clipped(shown)]
    page = shown.files.open_path(gas)
    assert page is not None
    settle(page)
    QTest.qWait(100)  # what is seen for the first time is made a little later
    for dock in (shown.left, shown.right, shown.bottom):
        for name in dock.hosts:
            dock.show_panel(name)
            settle(page)
            cut += [f"{name}: {words}" for words in clipped(shown)]
    shown.right.show_panel("properties")
    for node in NODES:
        page.session.reveal(node)
        settle(page)
        cut += [f"{node}: {words}" for words in clipped(shown)]
    page.drawing.add("record_call", 0, 600)
    settle(page)
    shown.problems_panel(page).choose(page.session.problems[0])
    settle(page)
    cut += [f"problems: {words}" for words in clipped(shown)]
    assert not cut, "\n".join(dict.fromkeys(cut))


@pytest.mark.slow
def test_the_same_at_150_percent(tmp_path: Path) -> None:
    screen = {"name": "wide", "x": 0, "y": 0, "width": 2160, "height": 1350, "logicalDpi": 96}
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"screens": [screen]}), encoding="utf-8")
    platform = f"offscreen:configfile={config}"
    environment = {**os.environ, "QT_SCALE_FACTOR": "1.5", "QT_QPA_PLATFORM": platform}
    again = f"{__file__}::test_every_panel_shows_all_of_its_words"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", again],
        env=environment, capture_output=True, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    assert "4 passed" in run.stdout


def test_a_word_that_is_cut_off_is_noticed(window: MainWindow) -> None:
    label, button, bar = QLabel("Prompt"), QPushButton("Walk the path"), QTabBar()
    bar.addTab("Problems")
    bar.addTab("Simulator")
    for widget in (label, button, bar):
        widget.setParent(window)
        widget.show()
        widget.resize(widget.sizeHint())
    QApplication.processEvents()
    assert list(clipped(window)) == []
    text, words = GrowingText(), QLineEdit("Something else")
    text.setPlainText("欢迎致电城市燃气。\n查询余额请按1。")
    words.setProperty("role", "quiet")
    for widget in (text, words):
        widget.setParent(window)
        widget.show()
        widget.resize(200, widget.height())
    QApplication.processEvents()
    assert list(clipped(window)) == []
    for widget in (label, button, bar):
        widget.resize(widget.width() - 8, widget.height())
    text.setViewportMargins(0, 0, 0, 14)
    words.resize(60, words.height())
    QApplication.processEvents()
    assert len(list(clipped(window))) == 5


def clipped(window: QWidget) -> Iterator[str]:
    """The words in *window* for which there is too little room."""
    QApplication.processEvents()
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel) and widget.text():
            if _label_is_cut(widget):
                yield f"label {widget.text()!r} {_sizes(widget)}"
        elif isinstance(widget, QPushButton | QToolButton) and widget.text():
            if _button_is_cut(widget):
                yield f"button {widget.text()!r} {_sizes(widget)}"
        elif isinstance(widget, QTabBar) and widget.count():
            last = widget.tabRect(widget.count() - 1)
            if last.right() > widget.width():
                yield f"tabs up to {widget.tabText(widget.count() - 1)!r} {_sizes(widget)}"
        elif isinstance(widget, QComboBox) and widget.currentText():
            words = widget.fontMetrics().horizontalAdvance(widget.currentText())
            if words + _CHEVRON > widget.width():
                yield f"list {widget.currentText()!r} {_sizes(widget)}"

        elif isinstance(widget, GrowingText) and widget.toPlainText():
            if _text_is_cut(widget):
                yield f"text {widget.toPlainText()!r} {_sizes(widget)}"
        elif isinstance(widget, QLineEdit) and widget.property("role") == "quiet":
            words = widget.fontMetrics().horizontalAdvance(widget.text())
            if words + 10 > widget.width():
                yield f"words {widget.text()!r} {_sizes(widget)}"


def _text_is_cut(text: GrowingText) -> bool:
    """Whether the last line is below the edge, of a text that is not scrolled."""
    if text.document().size().height() > 6:
        return False
    last = text.blockBoundingGeometry(text.document().lastBlock())
    return last.translated(text.contentOffset()).bottom() > text.viewport().height() + 1


def _label_is_cut(label: QLabel) -> bool:
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height() + 1
    wanted = label.sizeHint()
    return wanted.width() > label.width() or wanted.height() > label.height() + 1


def _button_is_cut(button: QAbstractButton) -> bool:
    if button.property("role") == "link":  # shortens its words itself and tells all in its tip
        return button.fontMetrics().horizontalAdvance(button.text()) > button.width() - 20
    if button.property("counter"):  # its width is fixed, tighter than Qt's hint
        words = button.fontMetrics().horizontalAdvance(button.text())
        return words + button.iconSize().width() + 20 > button.width()
    return button.sizeHint().width() > button.width()


def _sizes(widget: QWidget) -> str:
    wanted, has = widget.sizeHint(), widget.size()
    return f"wants {wanted.width()}x{wanted.height()}, has {has.width()}x{has.height()}"

"""What is being typed counts when the flow is saved or closed, and is soon safe from a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from analyst_kit import Analyst
from designer.app import Program
from designer.canvas import in_place
from designer.forms import commit_line
from designer.prompts import card as prompt_card
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import LEFT, NONE, answer, canvas_of, point_of


@pytest.fixture
def me(window: MainWindow, page: Page, qtbot: QtBot) -> Analyst:
    return Analyst(window, qtbot)


def typing_in_title(me: Analyst, words: str) -> QLineEdit:
    """*words* at the end of a title, without Enter."""
    me.select("menu")
    title = me.field("Title")
    assert isinstance(title, QLineEdit)
    me.click(title)
    me.press("End")
    me.type(words)
    return title


def typing_in_note(me: Analyst, words: str) -> QPlainTextEdit:
    """*words* in a new note, typed over in place by F2."""
    me.press_on_canvas("Escape")
    me.window.actions_["add_note"].trigger()
    me.press("F2")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    me.type(words)
    return editor


def test_a_title_that_is_being_typed_is_asked_for_when_the_window_closes(
    me: Analyst, gas: Path
) -> None:
    typing_in_title(me, " of today")
    said = answer("Save")
    assert me.window.close()
    assert "changes that are not saved" in said[0]
    assert "of today" in gas.read_text(encoding="utf-8")


def test_a_note_that_is_being_typed_on_the_canvas_is_saved(me: Analyst, gas: Path) -> None:
    typing_in_note(me, "Ask the duty office first")
    me.press("Ctrl+S")
    assert "Ask the duty office first" in gas.read_text(encoding="utf-8")


def test_a_note_that_is_being_typed_is_asked_for_when_its_tab_closes(
    me: Analyst, gas: Path
) -> None:
    typing_in_note(me, "Ask the duty office first")
    answer("Save")
    assert me.window.files.close(me.page)
    assert "Ask the duty office first" in gas.read_text(encoding="utf-8")


def test_a_title_that_is_being_typed_survives_another_language(
    me: Analyst, program: Program
) -> None:
    typing_in_title(me, " of today")
    program.choose_language("zh_CN")
    (page,) = program.windows[0].documents.pages
    assert "of today" in page.session.document.text


def test_a_title_is_taken_while_it_is_typed_and_escape_brings_the_old_one_back(
    me: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit_line, "PART", 100)
    before = me.page.session.document.text
    title = typing_in_title(me, " of ")
    me.wait_for(lambda: me.page.session.document.text != before)
    me.type("today")
    me.wait_for(lambda: " of today" in me.page.session.document.text)
    assert title.hasFocus() and title.text().endswith(" of today")
    me.press("Escape")
    assert me.page.session.document.text == before


def test_a_note_is_taken_while_it_is_typed_and_escape_brings_the_old_one_back(
    me: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_place, "PART", 100)
    editor = typing_in_note(me, "Ask ")
    before = me.page.session.document.text
    me.wait_for(lambda: me.page.session.document.text != before)
    me.type("him")
    me.wait_for(lambda: "Ask him" in me.page.session.document.text)
    assert editor.hasFocus()
    me.press("Escape")
    assert 'note "Note"' in me.page.session.document.text


def test_a_prompt_that_is_typed_without_a_pause_is_written_all_the_same(
    me: Analyst, gas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_card, "LONGEST_MS", 300)
    me.select("goodbye")
    text = me.field("Text of the prompt")
    me.click(text)
    table = gas.parent / "prompts" / "en.toml"

    def written() -> bool:
        QTest.keyClicks(text, "x")
        return "xxx" in table.read_text(encoding="utf-8")

    me.wait_for(written)


def test_f2_types_over_the_frame_that_is_selected_and_no_card(me: Analyst) -> None:
    me.select("menu")
    me.window.actions_["add_frame"].trigger()
    me.press("F2")
    me.type("Office hours\n")
    assert 'frame "Office hours"' in me.page.session.document.text


def test_a_double_click_types_over_a_note(me: Analyst) -> None:
    me.window.actions_["add_note"].trigger()
    sheet = me.page.session.picture.sheets[-1]
    QTest.mouseDClick(
        canvas_of(me.page).view.viewport(),
        LEFT,
        NONE,
        point_of(me.page, sheet.rect.x + 20, sheet.rect.y + 20) + QPoint(1, 1),
    )
    assert isinstance(QApplication.focusWidget(), QPlainTextEdit)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)

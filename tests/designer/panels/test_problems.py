"""The list of problems: appears while one draws, leads to node, path and line, and goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from designer.panels.problems import Problems
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import press, settle


@pytest.fixture
def problems(window: MainWindow, page: Page) -> Problems:
    return window.problems_panel(page)


def break_flow(page: Page) -> None:
    """The report's number is used without having been looked up on one way."""
    text = page.session.document.text
    assert "  -> read_back\n" in text
    page.session.type_text(
        text.replace("node saved: say\n  text = t\"repair.saved\"",
                     'node saved: say\n  text = "Your number is {report.number}."')
        .replace("  -> read_back\n", "  -> saved\n"), "typing",
    )  # fmt: skip
    settle(page)


def test_none_says_when_it_was_checked(problems: Problems, window: MainWindow) -> None:
    assert problems.texts() == []
    assert window.toolbar.errors.action.isVisible() is False
    assert window.status.text().startswith("No problems")


def test_a_problem_has_text_node_place_and_path(
    problems: Problems, page: Page, window: MainWindow
) -> None:
    break_flow(page)
    wrong = next(p for p in problems.shown() if p.path)
    assert window.toolbar.errors.action.isVisible()
    problems.choose(wrong)
    assert page.session.selected == (wrong.subject,)
    numbers = {name: mark.number for name, mark in page.session.marks.cards.items() if mark.number}
    assert numbers[wrong.path[0].node] == 1 and len(numbers) == len({s.node for s in wrong.path})
    place = f"gas_hotline.flow:{wrong.place.line}"
    assert [text for text in problems.texts() if wrong.text in text and text.endswith(place)]
    row = problems.list.itemWidget(problems.list.currentItem())
    words = {label.text() for label in row.findChildren(QLabel)}
    assert "Example path" in words
    assert {"Walk the path", "Show in text"} <= {b.text() for b in row.findChildren(QPushButton)}


def test_show_in_text_goes_to_the_line_also_after_edits_on_the_canvas(
    problems: Problems, page: Page
) -> None:
    break_flow(page)
    page.drawing.add("hangup", 900, 900)  # canonical text now: lines have moved
    page.session.select(())
    page.drawing.renamed("hours", None, "Are we open?")
    settle(page)
    wrong = next(p for p in problems.shown() if p.path)
    problems.choose(wrong)
    row = problems.list.itemWidget(problems.list.currentItem())
    button = next(b for b in row.findChildren(QPushButton) if b.text() == "Show in text")
    button.click()
    assert page.text is not None
    cursor = page.text.textCursor()
    assert "report" in cursor.block().text()


def test_walking_goes_from_card_to_card(problems: Problems, page: Page, qtbot: QtBot) -> None:
    break_flow(page)
    wrong = next(p for p in problems.shown() if p.path)
    seen: list[str] = []
    page.session.revealed.connect(lambda node, _: seen.append(node))
    problems.walk(wrong)
    way = [step.node for step in wrong.path]
    qtbot.waitUntil(lambda: len(seen) >= 3, timeout=10_000)
    assert seen == way[: len(seen)]


def test_problems_go_when_they_are_mended(
    problems: Problems, page: Page, window: MainWindow
) -> None:
    break_flow(page)
    assert problems.texts()
    window.actions_["undo"].trigger()
    settle(page)
    assert problems.texts() == []
    assert not any(mark.badge for mark in page.session.marks.cards.values())


def test_f8_goes_through_them_and_round(page: Page, window: MainWindow) -> None:
    page.drawing.add("menu", 600, 600)
    settle(page)
    count = len(page.session.problems)
    assert count >= 2
    chosen = []
    for _ in range(count + 1):
        window.actions_["next_problem"].trigger()
        chosen.append(window.problems_panel(page).list.currentRow())
    assert chosen == [*range(count), 0]
    window.actions_["previous_problem"].trigger()
    assert window.problems_panel(page).list.currentRow() == count - 1


def test_only_errors_or_only_warnings(problems: Problems, page: Page) -> None:
    page.drawing.add("menu", 600, 600)
    settle(page)
    kinds = {problem.severity for problem in problems.shown()}
    assert kinds == {"error", "warning"}
    problems.show_severities(["warning"])
    assert {problem.severity for problem in problems.shown()} == {"warning"}


def test_enter_goes_to_the_node(problems: Problems, page: Page) -> None:
    break_flow(page)
    problems.list.setCurrentRow(0)
    page.session.select(())
    press(problems.list, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert page.session.selected == (problems.shown()[0].subject,)

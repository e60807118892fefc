"""The call tests beside a flow: run, failed, cancelled, their ways and their coverage shown."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from designer.panels.tests.panel import CallTestsPanel
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import settle

WAIT = 60_000


@pytest.fixture
def tests(window: MainWindow, page: Page) -> CallTestsPanel:
    panel = window.bottom.show_panel("tests").panel(page)
    assert isinstance(panel, CallTestsPanel)
    return panel


def run(tests: CallTestsPanel, qtbot: QtBot, numbers: list[int] | None = None) -> None:
    tests.run(numbers)
    qtbot.waitUntil(lambda: not tests.runner.running, timeout=WAIT)


def choose(tests: CallTestsPanel, number: int) -> None:
    item = tests.list.topLevelItem(number)
    assert item is not None
    tests.list.setCurrentItem(item)


def test_all_pass_and_cover_the_flow(tests: CallTestsPanel, page: Page, qtbot: QtBot) -> None:
    count = len(tests.found)
    assert count > 10
    assert tests.summary.text() == f"{count} call tests"
    run(tests, qtbot)
    assert tests.summary.text() == f"{count} passed, 0 failed"
    assert "nodes 100 %" in tests.coverage.text()
    tests.cover.setChecked(True)
    marks = page.session.marks
    assert marks.dim and marks.ports["menu", 1].covered is True
    choose(tests, 0)
    marks = page.session.marks
    assert marks.cards["hours"].number == 1 and marks.ports["menu", 1].path == "replay"
    assert "You owe 12.50" in tests.detail.toPlainText()


def test_one_that_fails_says_why_and_shows_its_way(
    tests: CallTestsPanel, page: Page, qtbot: QtBot
) -> None:
    text = page.session.document.text
    changed = text.replace('1 "Balance" -> balance', '1 "Balance" -> goodbye')
    assert changed != text
    page.session.type_text(changed, "typing")
    settle(page)
    run(tests, qtbot, [0])
    assert tests.texts()[0].endswith("failed")
    assert tests.texts()[1].endswith("not run")
    assert tests.summary.text() == "0 passed, 1 failed"
    assert "expected" in tests.detail.toPlainText()
    assert page.session.marks.ports["menu", 1].path == "counter-example"


def test_no_further_call_is_made_after_cancel(tests: CallTestsPanel, qtbot: QtBot) -> None:
    tests.run()
    tests.cancel.click()
    qtbot.waitUntil(lambda: not tests.runner.running, timeout=WAIT)
    assert len(tests.results) < len(tests.found)
    assert tests.all.isEnabled() and tests.cancel.isHidden()
    assert not any("waits" in text for text in tests.texts())


def test_files_that_cannot_be_read_say_so_and_others_are_left_out(
    tests: CallTestsPanel, gas: Path, qtbot: QtBot
) -> None:
    count = len(tests.found)
    gas.with_name("bad.call.yaml").write_text("flow: gas_hotline.flow\ncalls: 3\n")
    gas.with_name("other.call.yaml").write_text(
        "flow: other.flow\ncalls:\n  - name: not ours\n    steps: [{ends: normal}]\n"
    )
    tests.look()
    assert len(tests.found) == count + 1
    assert sum("cannot be read" in text for text in tests.texts()) == 1
    choose(tests, 0)
    assert "bad.call.yaml:2" in tests.detail.toPlainText()
    run(tests, qtbot)
    assert tests.summary.text() == f"{count} passed, 0 failed"


def test_a_flow_with_errors_is_not_tested(
    tests: CallTestsPanel, page: Page, window: MainWindow
) -> None:
    page.drawing.add("menu", 600, 600)
    settle(page)
    tests.run()
    assert not tests.runner.running
    assert "No call can be made" in tests.summary.text()
    assert window.bottom.tabs.currentWidget() is window.bottom.hosts["problems"]


def test_closing_while_tests_run_leaves_no_thread(
    tests: CallTestsPanel, page: Page, window: MainWindow
) -> None:
    tests.run()
    page.session.document.saved()
    window.close()
    assert not [t for t in threading.enumerate() if t.name == "call-tests"]

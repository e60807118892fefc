"""What once stood in an analyst's way, each as the analyst met it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from analyst_kit import Analyst
from designer.forms.editors.sound import SoundEditor
from designer.look.theme import theme
from designer.panels.simulator.saving import SaveDialog
from designer.panels.simulator.simulation import simulation_of
from designer.window.chooser import Chooser
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import settle
from flow_runtime.call_tests import load_call_file

NODES = ("hours", "menu", "balance", "leak", "leak_goes_on", "night_message", "end")


@pytest.fixture
def me(window: MainWindow, page: Page, qtbot: QtBot) -> Analyst:
    return Analyst(window, qtbot)


class Flashes(QObject):
    """Counts widgets that are shown as windows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        shown = event.type() == QEvent.Type.Show
        if shown and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


def test_no_form_flashes_up_as_a_window_while_it_is_made(me: Analyst, qapp: QApplication) -> None:
    flashes = Flashes()
    qapp.installEventFilter(flashes)
    for node in NODES:
        me.page.session.select([node])
        assert me.form.isVisible()
    me.page.session.select([])
    assert me.form.isVisible()
    qapp.removeEventFilter(flashes)
    assert flashes.seen == []
    assert me.window.isActiveWindow()


def test_the_keyboard_stays_in_the_form_when_a_name_makes_another_one(me: Analyst) -> None:
    me.select("owes")
    me.name_node("in_debt", "Any debt?")
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit) and line.accessibleName() == "Name"
    assert line.text() == "in_debt" and me.form.isAncestorOf(line)


def test_a_condition_is_typed_without_asking_for_an_expression_first(me: Analyst) -> None:
    me.select("owes")
    me.type_in_field("When", "account == none")
    assert "  when = account == none\n" in me.page.session.document.text


def test_the_kind_of_a_sound_is_chosen_in_its_menu(me: Analyst) -> None:
    me.select("tell_paid")
    me.choose_in_menu_of("What kind of sound it is", "A text")
    assert 'node tell_paid: say\n  text = "Nothing is owed.' in me.page.session.document.text
    me.choose_in_menu_of("What kind of sound it is", "Silence")
    assert "  text = silence(1s)\n" in me.page.session.document.text
    assert me.form.findChild(SoundEditor) is not None


def test_a_key_of_a_prompt_that_is_taken_from_the_list_is_closed(me: Analyst) -> None:
    me.select("tell_paid")
    me.type_in_field("Text", 't"balance.ow')
    me.press("Tab")
    assert 'node tell_paid: say\n  text = t"balance.owed"\n' in me.page.session.document.text


def test_a_statement_of_several_lines_gets_no_empty_line(me: Analyst) -> None:
    me.select("balance")
    me.type_in_field("SQL", "select name, owed\nfrom accounts\nwhere phone = :phone")
    wanted = '"""\n    select name, owed\n    from accounts\n    where phone = :phone\n  """\n'
    assert f"  sql = {wanted}" in me.page.session.document.text


def test_what_is_typed_anywhere_is_taken_when_the_flow_is_saved(me: Analyst) -> None:
    assert me.page.path is not None
    me.open_tab(me.window.bottom.tabs.tabBar(), "Text")
    me.click(me.window.bottom.hosts["text"].panel(me.page).findChildren(QWidget)[0])
    me.press("Ctrl+End")
    me.type("\n# typed at the last moment\n")
    me.press("Ctrl+S")
    assert me.page.path.read_text(encoding="utf-8").endswith("# typed at the last moment\n")
    me.select("goodbye")
    me.type_in_field("Text of the prompt", "Farewell.")
    me.press("Ctrl+S")
    prompts = me.page.path.parent / "prompts" / "en.toml"
    assert '"goodbye" = "Farewell."' in prompts.read_text(encoding="utf-8")


def test_a_new_flow_knows_the_prompts_and_calendars_of_the_one_in_front(me: Analyst) -> None:
    me.press("Ctrl+N")
    assert me.page.path is None
    me.click_palette("Business hours")
    me.type_in_field("Calendar", "office")
    me.click_palette("Say")
    me.choose_prompt("Nothing is owed")
    assert '  text = t"balance.paid"' in me.page.session.document.text
    assert all("not connected" in text for text in me.told_problems())


def test_simulate_is_lit_while_a_call_is_under_way(me: Analyst) -> None:
    button = me.window.toolbar.worded["simulate"]
    assert not button.live
    me.press("F10")
    me.wait_for(lambda: simulation_of(me.page.session).running)
    assert button.live
    ground = QColor(theme().tokens.accent_bg)
    assert button.grab().toImage().pixelColor(button.width() - 6, 4) == ground
    other = me.window.files.new()
    assert not button.live
    assert me.window.files.close(other)
    assert button.live
    me.press("Shift+F5")
    me.wait_for(lambda: not button.live)


def test_the_style_of_the_windows_lists_leaves_combo_boxes_alone(me: Analyst) -> None:
    """Both are called Chooser: only one of them is meant."""
    sheet = me.window.styleSheet()
    assert "#chooser {" in sheet and "\nChooser {" not in sheet
    me.press("Ctrl+K")
    chooser = QApplication.activePopupWidget()
    assert isinstance(chooser, Chooser)
    line = QColor(theme().tokens.line)
    assert chooser.grab().toImage().pixelColor(chooser.width() // 2, 0) == line
    me.press("Escape")


# --- the path of a problem as a test --------------------------------------------------------------


def save_the_path(me: Analyst, then: str = "") -> list[str]:
    """Press "Save as test…" of the open problem and save; what the dialog says at the end."""
    said: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, SaveDialog):
            QTimer.singleShot(20, answer)
        elif dialog.ok.isEnabled():
            if then:
                dialog.name.selectAll()
                QTest.keyClicks(dialog.name, then)
            QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
            QTimer.singleShot(20, answer)
        elif dialog.said.property("role") == "help":
            QTimer.singleShot(20, answer)
        else:
            said.extend([str(dialog.said.property("role")), dialog.said.text()])
            QTest.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, answer)
    row = me.problems.list.itemWidget(me.problems.list.currentItem())
    me.click(me.sees(row, QPushButton, "Save as test…"))
    me.wait_for(lambda: bool(said))
    return said


def test_the_path_to_an_error_is_kept_until_the_flow_can_be_called(me: Analyst) -> None:
    me.page.drawing.disconnected(("read_back", "not_found"))
    settle(me.page)
    me.choose_row(me.problems.list, "read_back")
    role, text = save_the_path(me)
    assert role == "ok" and "when the flow has no errors" in text
    assert me.page.path is not None
    file = me.page.path.with_name("gas_hotline.call.yaml")
    read = load_call_file(file).file
    assert read is not None
    test = read.calls[-1]
    assert [str(step) for step in test.steps][:4] == [
        "visits: hours", "visits: menu", 'press: "2"', "visits: meter",
    ]  # fmt: skip
    ports = {node: [one.port for one in given.answers] for node, given in test.answers.items()}
    assert ports["hours"] == ["open"] and ports["meter"] == ["next"]
    assert test.name.startswith("port not_found of read_back is not connected")


def test_the_path_of_a_warning_is_made_again_at_once(me: Analyst) -> None:
    """On the way by key 0 nobody has looked the report up, and its number is read out."""
    table = me.page.session.site.prompts_folder / "en.toml"
    words = table.read_text(encoding="utf-8")
    table.write_text(words.replace("report?.number", "report.number"), encoding="utf-8")
    text = me.page.session.document.text
    me.page.session.type_text(
        text.replace('0 "Operator" -> operator', '0 "Operator" -> saved'), "typing"
    )
    me.window.reload_site(me.page)
    settle(me.page)
    me.choose_row(me.problems.list, "may have no value yet")
    role, said = save_the_path(me, then="a report that is not there")
    assert (role, said) == (
        "ok",
        "Saved as “a report that is not there” in gas_hotline.call.yaml; the test passes.",
    )
    assert me.page.path is not None
    read = load_call_file(me.page.path.with_name("gas_hotline.call.yaml")).file
    assert read is not None
    steps = [str(step) for step in read.calls[-1].steps]
    assert steps == ["visits: hours", "visits: menu", 'press: "0"', "visits: saved"]
    assert list(read.calls[-1].answers) == ["hours"]


def test_rows_that_say_the_same_stay_while_others_come_and_go(me: Analyst, gas: Path) -> None:
    me.page.drawing.disconnected(("read_back", "not_found"))
    me.page.drawing.disconnected(("warn", "next"))
    settle(me.page)
    rows = me.problems.list
    me.choose_row(rows, "read_back")
    kept = rows.itemWidget(rows.currentItem())
    above = me.page.session.document.text.replace("schema 1\n", "schema 1\n\n\n# two lines\n")
    me.page.session.type_text(above, "typing")
    settle(me.page)
    assert rows.itemWidget(rows.currentItem()) is kept
    line = 1 + above[: above.index("node read_back")].count("\n")
    assert f"gas_hotline.flow:{line}" in me.problems.texts()[rows.currentRow()]
    me.page.drawing.connected(("warn", "next"), "save")
    settle(me.page)
    assert rows.count() == 1 and rows.itemWidget(rows.currentItem()) is kept
    assert me.page.session.marks.cards["read_back"].number is not None

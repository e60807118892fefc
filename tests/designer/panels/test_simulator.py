"""A person is the caller of the gas hotline: hears, presses keys, looks inside, saves a test."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cordboard.call_tests import CallTests
from designer.panels.simulator.answer_dialog import AnswerDialog
from designer.panels.simulator.panel import SimulatorPanel
from designer.panels.simulator.phone import Phone
from designer.panels.simulator.saving import dialog_for
from designer.panels.simulator.simulation import Simulation, simulation_of
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import settle
from flow_runtime.call_tests import ENDING
from flow_runtime.call_tests.model import Changed, Fails, Rows
from flow_runtime.call_tests.tree import Scalar, Table

LI_WEI = Rows((Table(((Scalar("name"), Scalar("Li Wei")), (Scalar("owed"), Scalar("128.50")))),))
WAIT = 20_000
"""Milliseconds for a loaded machine: nothing here is measured."""


@pytest.fixture
def phone(window: MainWindow, page: Page) -> Phone:
    panel = window.right.show_panel("phone").panel(page)
    assert isinstance(panel, Phone)
    return panel


@pytest.fixture
def panel(window: MainWindow, page: Page) -> SimulatorPanel:
    panel = window.bottom.show_panel("simulator").panel(page)
    assert isinstance(panel, SimulatorPanel)
    return panel


@pytest.fixture
def simulation(page: Page) -> Simulation:
    """On a Monday morning, with made-up data, as fast as possible."""
    made = simulation_of(page.session)
    made.be_fast(True)
    made.at = datetime(2026, 11, 23, 10, tzinfo=page.session.around.zone)
    made.plan_data({"gas": (LI_WEI, Rows(()))})
    return made


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda so: qtbot.waitUntil(so, timeout=WAIT)


Until = Callable[[Callable[[], bool]], None]


def asked_at(simulation: Simulation, node: str) -> Callable[[], bool]:
    """Whether the call stands at *node* and everybody waits for the caller."""

    def so() -> bool:
        state = simulation.state
        return (
            state.node == node and state.answered and not state.talking and state.waits is not None
        )

    return so


# --- hearing and pressing -------------------------------------------------------------------------


def test_f5_calls_and_keys_on_the_keyboard_press_keys(
    window: MainWindow, phone: Phone, simulation: Simulation, until: Until
) -> None:
    assert "Press F5 to call 100" in phone.empty.text()
    window.actions_["simulate"].trigger()
    until(asked_at(simulation, "menu"))
    until(lambda: any("For your balance, press 1" in text for text in phone.bubbles.texts()))
    QTest.keyClick(phone, Qt.Key.Key_1)
    until(lambda: any("You owe 128.50" in text for text in phone.bubbles.texts()))
    until(asked_at(simulation, "menu"))
    assert simulation.conversation is not None
    kinds = [(b.kind, b.text, b.label) for b in simulation.conversation.bubbles]
    assert ("pressed", "1", "Balance") in kinds
    assert ("note", "gas: 1 row · 0.0 s", "") in kinds
    assert simulation.conversation.bubbles[-1].times == 2
    window.actions_["hang_up"].trigger()
    until(lambda: not simulation.running)
    assert phone.under.text() == "The caller has hung up"
    assert phone.hang_up.isHidden()


def test_where_the_call_is_and_what_it_has_come_by_is_on_the_canvas(
    page: Page, phone: Phone, panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    QTest.mouseClick(phone.keypad.keys["2"], Qt.MouseButton.LeftButton)
    until(asked_at(simulation, "meter"))
    until(lambda: bool(page.session.marks.cards["meter"].flag))
    marks = page.session.marks
    assert (marks.cards["meter"].flag or "").startswith("caller is here")
    assert marks.cards["menu"].coverage == (1, 4)
    assert marks.ports["menu", 2].covered is True
    assert marks.ports["menu", 1].covered is False
    assert marks.dim
    assert panel.nodes.figure.text() == f"3 / {len(page.session.picture.cards)}"
    panel.cover.setChecked(False)
    assert not page.session.marks.dim
    panel.stop()
    until(lambda: not simulation.running)
    assert not any(mark.flag for mark in page.session.marks.cards.values())
    assert phone.under.text() == "Stopped"
    assert not panel.save.isEnabled()


def test_a_telephone_that_is_dialled_does_what_the_person_says(
    phone: Phone, panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    simulation.press("0")
    until(lambda: not phone.ringing.isHidden())
    assert phone.ringing.text.text() == "1001 is ringing"
    click(phone, "Pick up")
    until(lambda: phone.ringing.text.text() == "You are talking with 1001")
    click(phone, "The other side hangs up")
    until(lambda: not simulation.running)
    assert "1001 has hung up" in phone.bubbles.texts()
    assert phone.under.text() == "Ended by the flow (normal)"


def test_telephones_may_be_busy_by_themselves_and_speech_is_recorded(
    phone: Phone, panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.answers.telephones.setCurrentIndex(2)
    panel.answers.telephones.activated.emit(2)
    simulation.plan_data({"gas": (Changed(1),)})
    panel.run()
    until(asked_at(simulation, "menu"))
    simulation.press("0")
    until(lambda: simulation.state.recording and not simulation.state.talking)
    began = simulation.state.seconds
    phone.words.setText("4")
    QTest.keyClick(phone.words, Qt.Key.Key_Return)
    until(lambda: simulation.state.seconds >= began + 4)
    simulation.press("#")
    until(lambda: "recorded 4.0 s" in phone.bubbles.texts())
    assert {"1001 is busy", "(speaks for 4 s)"} <= set(phone.bubbles.texts())
    assert phone.microphone.isEnabled() is False
    assert "recogniser" in phone.microphone.toolTip()


def click(phone: Phone, words: str) -> None:
    button = next(b for b in phone.ringing.findChildren(QPushButton) if b.text() == words)
    button.click()


# --- looking inside -------------------------------------------------------------------------------


def test_a_breakpoint_holds_step_goes_on_and_changes_are_marked(
    window: MainWindow,
    page: Page,
    panel: SimulatorPanel,
    phone: Phone,
    simulation: Simulation,
    until: Until,
) -> None:
    page.session.select(["owes"])
    window.actions_["breakpoint"].trigger()
    panel.run()
    until(asked_at(simulation, "menu"))
    simulation.press("1")
    until(lambda: simulation.held)
    assert simulation.state.node == "owes"
    assert phone.under.text().startswith("held before Anything owed?")
    rows = variables(panel)
    assert rows["account"] == ("record?", '← {name: "Li Wei", owed: 128.5}')
    assert rows["call.caller"] == ("text", '"13800000001"')
    assert panel.go.isEnabled() and panel.go.text() == "Continue F5"
    window.actions_["step"].trigger()
    until(lambda: simulation.held and simulation.state.node == "tell_owed")
    assert "←" not in variables(panel)["account"][1]
    window.actions_["simulate"].trigger()
    until(asked_at(simulation, "menu"))
    assert not simulation.held and not panel.go.isEnabled()


def test_step_begins_before_the_first_node(
    panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.step()
    until(lambda: simulation.held)
    assert simulation.state.node == "hours" and simulation.state.seconds == 0


def variables(panel: SimulatorPanel) -> dict[str, tuple[str, str]]:
    shown = [panel.variables.topLevelItem(at) for at in range(panel.variables.topLevelItemCount())]
    return {row.text(0): (row.text(1), row.text(2)) for row in shown if row is not None}


def test_time_stands_still_is_skipped_or_passes_by_ten_seconds(
    panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    before = simulation.state
    assert panel.clock.text() == f"{before.now:%Y-%m-%d %H:%M:%S}"
    assert before.waits is not None and before.waits < 10
    panel.skip.click()
    until(lambda: simulation.state.seconds > before.seconds and asked_at(simulation, "menu")())
    second = simulation.state.seconds
    panel.ten.click()
    until(lambda: simulation.state.seconds >= second + 10)


def test_at_the_speed_of_life_time_goes_on_by_itself(
    panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    simulation.be_fast(False)
    panel.run()
    until(lambda: simulation.state.talking and simulation.state.seconds > 0.15)
    assert simulation.state.node == "menu"
    panel.skip.click()
    until(lambda: not simulation.state.talking and simulation.state.seconds > 5)


def test_time_zone_and_opening_hours_of_the_next_call(
    panel: SimulatorPanel, simulation: Simulation, phone: Phone, until: Until
) -> None:
    panel.clock.setText("2026-11-22 23:00")
    panel.clock.editingFinished.emit()
    assert "Sunday" in panel.zone.text() and "closed" in panel.zone.text()
    panel.clock.setText("tomorrow")
    panel.clock.editingFinished.emit()
    assert panel.clock.property("wrong") is True
    panel.run()
    until(lambda: simulation.state.recording or simulation.state.node == "night_message")
    assert not any("press 1" in text for text in phone.bubbles.texts())


# --- data -----------------------------------------------------------------------------------------


def test_made_up_data_is_listed_given_in_turn_and_may_fail(
    panel: SimulatorPanel, phone: Phone, simulation: Simulation, until: Until
) -> None:
    assert rows_of(panel) == [
        ("gas", "{name: Li Wei, owed: 128.50}"),
        ("gas", "then: nothing found"),
    ]
    panel.answers.put("gas", 1, Fails("database-timeout", "made up"))
    panel.run()
    until(asked_at(simulation, "menu"))
    simulation.press("1")
    until(lambda: any("You owe 128.50" in text for text in phone.bubbles.texts()))
    until(asked_at(simulation, "menu"))
    until(lambda: rows_of(panel)[0][1].startswith("✓"))
    simulation.press("1")
    until(lambda: not simulation.running)
    assert "gas: database-timeout" in phone.bubbles.texts()
    assert any("something does not work" in text for text in phone.bubbles.texts())
    panel.answers.be_real("gas")
    assert rows_of(panel) == [("gas", "the real source")]


def rows_of(panel: SimulatorPanel) -> list[tuple[str, str]]:
    rows = [
        panel.answers.list.topLevelItem(at) for at in range(panel.answers.list.topLevelItemCount())
    ]
    return [(row.text(0), row.text(1)) for row in rows if row is not None]


# --- what goes wrong ------------------------------------------------------------------------------


def test_errors_of_the_flow_are_told_in_place_with_a_link(
    window: MainWindow, page: Page, panel: SimulatorPanel, phone: Phone, simulation: Simulation
) -> None:
    page.drawing.add("menu", 600, 600)
    settle(page)
    panel.run()
    assert not simulation.running
    assert "The flow has" in phone.note.text.text() and not phone.note.isHidden()
    assert "No call can be made" in panel.note.text.text()
    (link,) = phone.note.findChildren(QPushButton)
    link.click()
    assert window.bottom.tabs.currentWidget() is window.bottom.hosts["problems"]
    page.session.undo()
    settle(page)
    assert phone.note.isHidden()


def test_a_flow_that_loops_says_so(
    page: Page, phone: Phone, panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    page.session.type_text(
        "flow gas_hotline\nschema 1\nvar n: number = 0\nstart -> a\n"
        "node a: set\n  n = n + 1\n  -> b\n"
        "node b: if\n  when = n > 1000000\n  true -> c\n  false -> a\nnode c: hangup\n",
        "typing",
    )
    settle(page)
    panel.run()
    until(lambda: not simulation.running)
    assert "step-budget" in simulation.ending()
    assert "step-budget" in phone.note.text.text() and not phone.note.isHidden()
    assert any("in a loop of" in text for text in phone.bubbles.texts())


def test_a_flow_that_is_changed_meanwhile_does_not_change_the_call(
    page: Page, phone: Phone, panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    page.drawing.deletion_wanted()
    page.session.select(["balance"])
    page.drawing.deletion_wanted()
    settle(page)
    assert "goes on with the flow as it was" in phone.note.text.text()
    simulation.press("1")
    until(lambda: any("You owe 128.50" in text for text in phone.bubbles.texts()))


# --- afterwards -----------------------------------------------------------------------------------


def test_a_call_that_was_saved_runs_green_as_a_test(
    gas: Path, phone: Phone, panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    assert not panel.save.isEnabled()
    simulation.press("1")
    until(lambda: any("You owe 128.50" in text for text in phone.bubbles.texts()))
    until(asked_at(simulation, "menu"))
    simulation.press("1")
    until(asked_at(simulation, "ask_account"))
    simulation.hang_up()
    until(lambda: panel.save.isEnabled())
    dialog = dialog_for(simulation, panel)
    dialog.name.setText("asks twice")
    file = gas.with_name("saved" + ENDING)
    dialog.file.setText(str(gas.with_name("saved.txt")))
    dialog.save()
    assert ENDING in dialog.said.text() and dialog.said.property("role") == "error"
    dialog.file.setText(str(file))
    dialog.save()
    until(lambda: dialog.said.property("role") == "ok")
    done = CallTests().run(file)
    assert (done.passed, done.failed, done.problems) == (1, 0, [])
    assert done.results[0].test.name == "asks twice"
    assert [visit.node for visit in done.results[0].path].count("balance") == 2
    dialog.deleteLater()


@pytest.mark.parametrize("held", [False, True])
def test_closing_in_mid_call_leaves_no_thread(
    held: bool,
    window: MainWindow,
    page: Page,
    panel: SimulatorPanel,
    simulation: Simulation,
    until: Until,
) -> None:
    before = {thread for thread in threading.enumerate() if thread.name != "simulated-call"}
    if held:
        panel.step()
        until(lambda: simulation.held)
    else:
        panel.run()
        until(asked_at(simulation, "menu"))
    assert any(thread.name == "simulated-call" for thread in threading.enumerate())
    page.session.document.saved()
    window.close()
    left = [t for t in threading.enumerate() if t not in before and t.name == "simulated-call"]
    assert left == []


def test_another_call_ends_the_one_before(
    panel: SimulatorPanel, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    first = simulation.call
    assert simulation.begin()
    assert first is not None and not first.running
    until(asked_at(simulation, "menu"))
    names = [t.name for t in threading.enumerate()]
    assert names.count("simulated-call") == 1


def test_an_answer_is_changed_from_its_row_while_the_call_goes_on(
    panel: SimulatorPanel, phone: Phone, simulation: Simulation, until: Until
) -> None:
    panel.run()
    until(asked_at(simulation, "menu"))
    row = panel.answers.list.topLevelItem(0)
    assert row is not None
    panel.answers.list.itemDoubleClicked.emit(row, 0)
    (dialog,) = panel.answers.findChildren(AnswerDialog)
    assert dialog.isVisible()
    simulation.press("1")
    until(lambda: any("You owe 128.50" in text for text in phone.bubbles.texts()))
    until(lambda: rows_of(panel)[0][1].startswith("✓"))
    dialog.kind.setCurrentIndex(1)
    dialog.accept()
    assert simulation.plan["gas"] == (Rows(()), Rows(()))
    until(lambda: rows_of(panel)[0][1] == "✓ nothing found")
    panel.answers.add("gas")
    (other,) = [d for d in panel.answers.findChildren(AnswerDialog) if d.isVisible()]
    other.reject()
    assert len(simulation.plan["gas"]) == 2

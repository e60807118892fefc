"""Made-up answers, the loudspeaker, other flows, and that all of it speaks Chinese."""

from __future__ import annotations

import ast
import asyncio
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QTableWidgetItem
from pytestqt.qtbot import QtBot

import designer
from cordboard.samples import samples
from designer.look.i18n import table
from designer.panels.simulator.answer_dialog import AnswerDialog
from designer.panels.simulator.answers import answer_words
from designer.panels.simulator.fake_data import FakeData
from designer.panels.simulator.phone import Phone
from designer.panels.simulator.saving import dialog_for
from designer.panels.simulator.simulation import simulation_of
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import settle
from flow_runtime.call_tests.model import Changed, DataAnswer, Fails, Rows
from flow_runtime.call_tests.tree import Scalar, Table
from flow_runtime.core.commands import NodeFailure

WAIT = 20_000
ROW = Table(((Scalar("name"), Scalar("Li Wei")), (Scalar("owed"), Scalar("12.5"))))
SECOND = timedelta(seconds=1)


# --- made-up answers ------------------------------------------------------------------------------


class Real:
    """Data sources that answer with what they were asked."""

    closed = False

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        return [{"source": source, "sql": sql}]

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        return 7

    async def close(self) -> None:
        self.closed = True


def test_answers_come_in_turn_and_the_last_one_stays() -> None:
    async def asked() -> None:
        real = Real()
        data = FakeData({"gas": (Rows((ROW, ROW)), Rows(())), "log": (Changed(3),)}, real, UTC)
        rows = [await data.lookup("gas", "q", {}, SECOND, 1) for _ in range(3)]
        assert [len(one) for one in rows] == [1, 0, 0]
        assert rows[0][0]["name"] == "Li Wei" and str(rows[0][0]["owed"]) == "12.5"
        assert await data.change("log", "q", {}, SECOND) == 3
        with pytest.raises(NodeFailure, match="change the fake data"):
            await data.lookup("log", "q", {}, SECOND, 1)
        assert await data.lookup("crm", "q", {}, SECOND, 1) == [{"source": "crm", "sql": "q"}]
        assert await data.change("crm", "q", {}, SECOND) == 7
        data.plan = {"gas": (Fails("database-timeout", "late"),)}
        with pytest.raises(NodeFailure, match="late"):
            await data.change("gas", "q", {}, SECOND)
        await data.close()
        assert real.closed and data.given["gas"] == 4

    asyncio.run(asked())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Rows((ROW,)), "{name: Li Wei, owed: 12.5}"),
        (Rows((ROW, ROW)), "2 rows: {name: Li Wei, owed: 12.5}, …"),
        (Rows(()), "nothing found"),
        (Changed(2), "2 rows changed"),
        (Fails("database-timeout", "the made-up data says so"), "fails: database-timeout"),
    ],
)
def test_an_answer_survives_its_dialog(answer: DataAnswer, words: str, page: Page) -> None:
    assert answer_words(answer) == words
    dialog = AnswerDialog({"gas": ("name", "owed")}, "gas", answer)
    assert dialog.answer() == ("gas", answer)
    dialog.deleteLater()


def test_a_new_answer_begins_with_the_columns_of_the_queries(page: Page) -> None:
    dialog = AnswerDialog({"gas": ("name", "owed"), "crm": ("level",)}, "gas", None)
    assert dialog.names() == ["name", "owed"]
    dialog.add_column("note")
    dialog.rows.setItem(0, 0, QTableWidgetItem('"0123"'))
    source, answer = dialog.answer()
    assert source == "gas" and isinstance(answer, Rows)
    assert answer.rows[0].get("name") == Scalar("0123", plain=False)
    assert answer.rows[0].get("owed") is None
    dialog.source.setCurrentText("crm")
    assert dialog.names()[-1] == "level"
    dialog.source.setCurrentText(" ")
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
    dialog.deleteLater()


# --- sound, and other flows -----------------------------------------------------------------------


def test_a_call_that_is_heard_goes_on_with_and_without_a_loudspeaker(
    window: MainWindow, page: Page, qtbot: QtBot
) -> None:
    phone = window.right.show_panel("phone").panel(page)
    assert isinstance(phone, Phone)
    simulation = simulation_of(page.session)
    simulation.be_fast(True)
    phone.aloud.setChecked(True)
    assert simulation.aloud
    simulation.begin()
    qtbot.waitUntil(lambda: bool(phone.bubbles.texts()), timeout=WAIT)
    phone.aloud.setChecked(False)
    qtbot.waitUntil(lambda: simulation.state.seconds > 1, timeout=WAIT)
    assert not simulation.aloud


@pytest.mark.parametrize("name", sorted(samples()))
def test_each_sample_can_be_called_and_saved_as_a_test(
    name: str, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    sample = samples()[name]
    shutil.copytree(sample.folder, tmp_path / "site")
    page = window.files.open_path(tmp_path / "site" / sample.flow.name)
    assert page is not None
    settle(page)
    simulation = simulation_of(page.session)
    simulation.be_fast(True)
    assert simulation.begin(), simulation.trouble
    qtbot.waitUntil(
        lambda: (
            not simulation.running
            or (simulation.state.answered and simulation.state.waits is not None)
        ),
        timeout=WAIT,
    )
    assert any(mark.flag for mark in page.session.marks.cards.values()) or not simulation.running
    simulation.hang_up()
    qtbot.waitUntil(lambda: not simulation.running, timeout=WAIT)
    dialog = dialog_for(simulation)
    dialog.file.setText(str(tmp_path / "site" / "saved.call.yaml"))
    dialog.save()
    qtbot.waitUntil(lambda: dialog.said.property("role") in ("ok", "warning"), timeout=WAIT)
    assert dialog.said.property("role") == "ok", dialog.said.text()
    dialog.deleteLater()


def test_a_flow_without_a_file_cannot_keep_tests(window: MainWindow, qtbot: QtBot) -> None:
    window.files.new()
    page = window.page
    assert page is not None
    page.session.type_text("flow f\nschema 1\nstart -> a\nnode a: hangup\n", "typing")
    settle(page)
    simulation = simulation_of(page.session)
    simulation.be_fast(True)
    assert simulation.begin(), simulation.trouble
    qtbot.waitUntil(lambda: not simulation.running, timeout=WAIT)
    dialog = dialog_for(simulation)
    assert not dialog.ok.isEnabled() and "Save the flow first" in dialog.said.text()
    dialog.deleteLater()


# --- words ----------------------------------------------------------------------------------------


def said_in(path: Path) -> set[str]:
    """The texts that a file gives to `tr` or to a core's ``say``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in ("tr", "say", "_say") and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def test_every_text_of_simulator_and_tests_is_chinese_too(qapp: QApplication) -> None:
    root = Path(designer.__file__).parent
    files = [*root.glob("panels/simulator/*.py"), *root.glob("panels/tests/*.py")]
    files.append(root / "core" / "simulation.py")
    texts = set[str]().union(*map(said_in, files))
    assert len(texts) > 100
    assert sorted(texts - table("zh_CN").keys()) == []

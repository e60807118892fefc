"""Statements, their values, and trying them against the real data source."""

import runpy
import sqlite3
import threading

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from designer.forms.editors.sql import sample
from flow_runtime.core.commands import NodeFailure


def make_database(bench) -> None:
    """The sample's own script makes its database."""
    folder = bench.path.parent
    runpy.run_path(str(folder / "make_database.py"))["make"](folder / "gas.db")


def trial_of(bench):
    return bench.field("sql").plain.trial


def test_a_parameter_of_the_statement_becomes_a_row_of_values(bench):
    bench.select("balance")
    sql = bench.field("sql").plain
    bench.focus(sql.text)
    cursor = sql.text.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    sql.text.setTextCursor(cursor)
    bench.qtbot.keyClicks(sql.text, " and name = :who")
    assert "and name = :who" in bench.text_of("balance")
    bind = bench.field("bind").plain
    assert [row.key.text() for row in bind.made] == ["phone", "who"]
    assert "who" not in bench.text_of("balance").partition("bind")[2]
    value = bind.made[1].value.text
    bench.focus(value)
    bench.qtbot.keyClicks(value, "meter")
    bench.qtbot.keyClick(value, Qt.Key.Key_Escape)
    assert "bind = {phone: call.caller, who: meter}" in bench.text_of("balance")


def test_a_statement_that_changes_data_is_told_below_it(bench):
    bench.select("balance")
    field = bench.field("sql")
    bench.type_into(field.plain.text, "delete from accounts where phone = :phone")
    assert field.message.kind == "error" and "changes data" in field.message.text.text()


def test_try_asks_for_samples_and_shows_the_rows(bench):
    make_database(bench)
    bench.session.reload_site()
    bench.select("balance")
    trial = trial_of(bench)
    with sqlite3.connect(bench.path.parent / "gas.db") as database:
        phone, name = database.execute("select phone, name from accounts").fetchone()
    button = next(b for b in bench.form.findChildren(QPushButton) if b.text() == "Try")
    bench.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    line = trial.samples["phone"]
    assert isinstance(line, QLineEdit) and line.isVisible()
    bench.type_into(line, f'"{phone}"')
    bench.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(trial.table.isVisible, timeout=15000)
    assert trial.table.item(0, 0).text() == name
    assert trial.message.text.text() == "1 row"


def test_a_failed_query_says_why(bench, monkeypatch):
    bench.select("balance")

    def fails(*_):
        raise NodeFailure("database", "gas: no such table: accounts")

    monkeypatch.setattr(bench.session.site, "try_query", fails)
    trial = trial_of(bench)
    trial.start()
    trial.start()
    bench.qtbot.waitUntil(lambda: trial.message.kind == "error")
    assert "no such table" in trial.message.text.text() and trial.run.isEnabled()


def test_a_slow_query_shows_progress_and_can_be_cancelled(bench, monkeypatch):
    bench.select("balance")
    answer = threading.Event()
    monkeypatch.setattr(bench.session.site, "try_query", lambda *_: answer.wait(20) and [])
    trial = trial_of(bench)
    trial.start()
    trial.start()
    assert not trial.progress.isVisible()
    bench.qtbot.waitUntil(trial.progress.isVisible, timeout=5000)
    bench.qtbot.mouseClick(trial.cancel, Qt.MouseButton.LeftButton)
    assert trial.message.text.text() == "Cancelled." and not trial.progress.isVisible()
    answer.set()
    bench.qtbot.wait(50)
    assert trial.message.text.text() == "Cancelled."


def test_samples_are_numbers_where_nothing_is_lost():
    from decimal import Decimal

    assert sample("12.5") == Decimal("12.5") and sample("013") == "013"
    assert sample('"12"') == "12" and sample("none") is None and sample("abc") == "abc"


def test_columns_of_a_query_are_offered_behind_the_variable(bench):
    bench.select("tell_owed")
    scope = bench.form.context.insight.scope("tell_owed")
    assert "owed" in scope.fields["account"]


def test_a_row_that_was_added_stays_until_it_is_written(bench):
    bench.select("balance")
    bind = bench.field("bind").plain
    bench.qtbot.mouseClick(bind.add, Qt.MouseButton.LeftButton)
    bench.type_into(bind.made[1].key, "extra")
    bench.qtbot.keyClick(bind.made[1].key, Qt.Key.Key_Return)
    bench.session.reload_site()
    assert [row.key.text() for row in bind.made] == ["phone", "extra"]
    bench.focus(bind.made[1].value.text)
    bench.qtbot.keyClicks(bind.made[1].value.text, "12")
    assert "extra: 12}" in bench.text_of("balance")
    bind.rows.focus_handle(1)
    bench.qtbot.keyClick(bind.rows.focusWidget(), Qt.Key.Key_Delete)
    assert "bind = {phone: call.caller}" in bench.text_of("balance")

"""What a person does in the fields of one node, by keyboard and mouse."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton

from designer.core import edits
from designer.forms.editors.literals import DurationEditor, NumberEditor
from flow_runtime.core.expr.tree import HalfTyped, Literal


def test_a_number_is_typed_and_undone(bench):
    bench.select("menu")
    field = bench.field("attempts")
    assert isinstance(field.plain, NumberEditor) and field.plain.line.text() == ""
    bench.type_into(field.plain.line, "5")
    assert "attempts = 5" in bench.text_of("menu")
    bench.session.undo()
    assert "attempts" not in bench.text_of("menu")
    assert field.plain.line.text() == ""


def test_keystrokes_in_one_field_are_one_step_of_undo(bench):
    bench.select("menu")
    before = bench.session.document.text
    bench.type_into(bench.field("timeout").plain.line, "250ms")
    assert "timeout = 250ms" in bench.text_of("menu")
    bench.session.undo()
    assert bench.session.document.text == before


def test_a_value_out_of_range_says_so_below_the_field(bench):
    bench.select("menu")
    field = bench.field("attempts")
    bench.type_into(field.plain.line, "99")
    assert field.message.kind == "error"
    assert "between 1 and 20" in field.message.text.text()
    bench.type_into(field.plain.line, "9")
    assert field.message.kind == "help"
    assert "Default 3." in field.message.text.text()


def test_what_does_not_parse_is_kept_to_the_letter(bench):
    bench.select("menu")
    bench.type_into(bench.field("attempts").plain.line, "three")
    assert bench.node("menu").parameter("attempts").value == HalfTyped("three")
    assert 'attempts = !"three"' in bench.text_of("menu")
    bench.select("hours")
    bench.select("menu")
    assert bench.field("attempts").plain.line.text() == "three"


def test_a_duration_shows_the_unit_it_is_written_in(bench):
    bench.select("menu")
    field = bench.field("timeout")
    assert isinstance(field.plain, DurationEditor)
    assert field.plain.unit.text() == "seconds" and field.plain.line.placeholderText() == "5"
    bench.type_into(field.plain.line, "2m")
    assert "timeout = 2m" in bench.text_of("menu")
    assert field.plain.unit.text() == "minutes"


def test_any_value_can_become_an_expression_and_plain_again(bench):
    bench.select("menu")
    field = bench.field("attempts")
    bench.focus(field.plain.line)
    toggle = field.findChildren(QToolButton)
    expression = next(b for b in toggle if b.accessibleName() == "An expression")
    bench.qtbot.mouseClick(expression, Qt.MouseButton.LeftButton)
    code = bench.named(type(field._editor.text), "Attempts")
    bench.type_into(code, "if meter == none then 2 else 3")
    assert "attempts = if meter == none then 2 else 3" in bench.text_of("menu")
    plain = next(b for b in toggle if b.accessibleName() == "A value")
    bench.qtbot.mouseClick(plain, Qt.MouseButton.LeftButton)
    assert "attempts" not in bench.text_of("menu")
    assert field.plain.isVisible()


def test_a_box_to_tick_writes_only_what_is_not_the_default(bench):
    bench.select("message_kept")
    box = bench.field("interruptible").plain.box
    assert box.isChecked()
    bench.focus(box)
    bench.qtbot.keyClick(box, Qt.Key.Key_Space)
    assert "interruptible = false" in bench.text_of("message_kept")
    bench.qtbot.keyClick(box, Qt.Key.Key_Space)
    assert "interruptible" not in bench.text_of("message_kept")


def test_an_enumeration_is_chosen_by_keyboard(bench):
    session = bench.session
    session.type_text(
        session.document.text.replace(
            "node end: hangup", 'node end: hangup\n\nnode rec: record_call\n  action = "start"'
        ),
        "type",
    )
    bench.select("rec")
    combo = bench.field("action").plain.combo
    assert combo.currentData() == "start"
    bench.focus(combo)
    bench.qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert 'action = "stop"' in bench.text_of("rec")


def test_a_calendar_is_picked_from_the_site(bench):
    bench.select("hours")
    editor = bench.field("calendar").plain
    names = [editor.combo.itemText(i) for i in range(editor.combo.count())]
    assert "office" in names
    bench.type_into(editor.line, "nowhere")
    field = bench.field("calendar")
    assert field.message.kind == "error"
    assert 'no calendar "nowhere"' in field.message.text.text()


def test_the_title_and_the_name_are_edited_in_the_head(bench):
    bench.select("menu")
    header = bench.form.body.header
    bench.type_into(header.title, "First choice")
    bench.qtbot.keyClick(header.title, Qt.Key.Key_Return)
    assert bench.node("menu").title == "First choice"
    bench.type_into(header.name, "choice")
    bench.qtbot.keyClick(header.name, Qt.Key.Key_Return)
    assert bench.session.flow.node("menu") is None
    assert bench.session.selected == ("choice",)
    assert "-> choice" in bench.text_of("hours")
    assert bench.form.body.header.name.text() == "choice"


def test_a_name_that_is_taken_is_not_taken_twice(bench):
    bench.select("menu")
    header = bench.form.body.header
    bench.type_into(header.name, "hours")
    bench.qtbot.keyClick(header.name, Qt.Key.Key_Return)
    assert bench.session.flow.node("menu") is not None
    assert header.name.property("wrong") and "already" in header.name.toolTip()


def test_help_of_the_node_is_its_docstring(bench):
    bench.select("menu")
    header = bench.form.body.header
    assert not header.about.isVisible()
    bench.qtbot.mouseClick(header.help, Qt.MouseButton.LeftButton)
    assert header.about.isVisible()
    assert "go by the key that is pressed" in header.about.text()


def test_a_title_that_is_being_typed_survives_another_selection(bench):
    bench.select("menu")
    bench.type_into(bench.form.body.header.title, "Half typed title")
    bench.session.select(["hours"])
    assert bench.node("menu").title == "Half typed title"


@pytest.mark.parametrize("node", ["menu", "balance", "save", "leak", "tell_owed", "hours"])
def test_every_field_can_be_reached_by_tab_and_has_a_name(bench, node):
    bench.select(node)
    bench.focus(bench.form.body.header.title)
    seen, first = [], QApplication.focusWidget()
    for _ in range(200):
        now = QApplication.focusWidget()
        assert now is not None
        seen.append(now)
        assert now.accessibleName() or getattr(now, "text", str)(), now
        bench.qtbot.keyClick(now, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
    for field in bench.form.body.fields.values():
        assert any(field.isAncestorOf(widget) for widget in seen), field.cell.label
        assert field.label.buddy() is not None


def test_undo_keys_in_a_field_are_the_windows(bench, qtbot):
    from PySide6.QtGui import QAction, QKeySequence
    from PySide6.QtWidgets import QMainWindow

    window = QMainWindow()
    undo = QAction("Undo", window)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    undo.triggered.connect(bench.session.undo)
    window.addAction(undo)
    window.setCentralWidget(bench.form)
    window.show()
    window.activateWindow()
    bench.select("menu")
    line = bench.field("attempts").plain.line
    bench.type_into(line, "7")
    qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "attempts" not in bench.text_of("menu")
    assert line.text() == ""
    window.takeCentralWidget()
    window.close()


def test_a_title_that_is_being_typed_counts_before_a_shortcut(bench, qtbot):
    from PySide6.QtGui import QAction, QKeySequence

    seen = []
    save = QAction("Save", bench.form)
    save.setShortcut(QKeySequence("Ctrl+S"))
    save.triggered.connect(lambda: seen.append(bench.node("menu").title))
    bench.form.addAction(save)
    bench.select("menu")
    title = bench.form.body.header.title
    bench.type_into(title, "Saved title")
    qtbot.keyClick(title, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert seen == ["Saved title"]


def test_a_broken_text_cannot_be_edited_in_the_form(bench):
    bench.select("menu")
    bench.session.type_text(bench.session.document.text + "\nnode (:\n", "type")
    assert not bench.form.isEnabled()
    bench.session.undo()
    assert bench.form.isEnabled()


def test_values_are_literals_again_after_a_round(bench):
    bench.select("menu")
    bench.type_into(bench.field("attempts").plain.line, "4")
    value = bench.node("menu").parameter("attempts").value
    assert isinstance(value, Literal) and value.source == "4"


def test_a_click_on_a_label_puts_the_keyboard_into_its_field(bench):
    bench.select("menu")
    field = bench.field("attempts")
    assert field.label.buddy() is field.plain.line
    bench.focus(bench.form.body.header.title)
    bench.qtbot.mouseClick(field.plain.line, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def test_showing_a_form_changes_nothing(bench, qtbot):
    before = bench.session.document.text
    for node in [node.name for node in bench.session.flow.nodes]:
        bench.select(node)
        qtbot.wait(5)
    bench.select("menu", "what")
    qtbot.wait(50)
    bench.session.select(())
    qtbot.wait(50)
    assert bench.session.document.text == before
    assert bench.session.document.undo_name is None


def test_a_form_that_was_shown_before_comes_back_with_what_has_changed_since(bench):
    bench.select("menu")
    first = bench.form.body
    bench.select("balance")
    assert bench.form.body is not first
    flow = bench.session.flow
    bench.session.edit("rename", edits.set_title(flow, "menu", "Other words"))
    bench.select("menu")
    assert bench.form.body is first and first.isVisible()
    assert first.header.title.text() == "Other words"


def test_a_form_is_not_kept_for_a_name_that_means_another_node_now(bench):
    bench.select("menu")
    name = bench.form.body.header.name
    name.setText("elsewhere")
    name.commit()
    assert bench.session.selected == ("elsewhere",)
    assert bench.form.body.node == "elsewhere"
    flow = edits.rename_node(bench.session.flow, "what", "menu")
    bench.session.edit("rename", flow)
    bench.select("menu")
    assert bench.form.body.node == "menu"
    assert bench.form.body.header.title.text() == "What is wrong?"


def test_running_through_cards_makes_the_form_of_the_last_one_only(bench):
    bench.select("menu")
    before = bench.form.body
    bench.session.select(["balance"])
    bench.session.select(["night"])
    assert before.isVisible()
    assert bench.form.body.node == "night"
    assert [body.node for body in bench.form._kept.values() if hasattr(body, "node")] == [
        "menu", "night",
    ]  # fmt: skip

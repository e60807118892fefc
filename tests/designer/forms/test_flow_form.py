"""The flow's own form, several nodes, frames and notes, and what nobody knows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from designer.core import edits
from designer.forms.flow_form import FlowForm
from designer.forms.others import SeveralForm, SheetForm, UnknownForm
from designer.forms.picker import Picker


def head(bench) -> list[str]:
    return bench.session.document.text.partition("\nnode ")[0].splitlines()


def test_nothing_selected_shows_the_flow_with_its_numbers(bench):
    form = bench.form.body
    assert isinstance(form, FlowForm)
    assert "100" in form.numbers.text()
    bench.type_into(form.header.title, "Gas, at last")
    bench.qtbot.keyClick(form.header.title, Qt.Key.Key_Return)
    assert bench.session.flow.title == "Gas, at last"


def test_a_variable_is_added_typed_and_given_a_first_value(bench):
    section = bench.form.body.sections["var"]
    bench.qtbot.mouseClick(section.add, Qt.MouseButton.LeftButton)
    row = section._made[-1]
    bench.type_into(row.line, "tries")
    bench.qtbot.keyClick(row.line, Qt.Key.Key_Return)
    row = section._made[-1]
    row.kind.setCurrentText("number")
    row.kind.activated.emit(row.kind.currentIndex())
    bench.focus(row.default.text)
    bench.qtbot.keyClicks(row.default.text, "3")
    assert "var tries: number = 3" in head(bench)


def test_renaming_a_variable_renames_its_uses(bench):
    section = bench.form.body.sections["var"]
    row = next(row for row in section._made if row.name == "kind")
    bench.type_into(row.line, "damage")
    bench.qtbot.keyClick(row.line, Qt.Key.Key_Return)
    assert 'damage = "leak"' in bench.text_of("leak")


def test_a_name_that_exists_is_refused(bench):
    section = bench.form.body.sections["var"]
    row = next(row for row in section._made if row.name == "kind")
    bench.type_into(row.line, "meter")
    bench.qtbot.keyClick(row.line, Qt.Key.Key_Return)
    assert row.line.property("wrong") and "already" in row.line.toolTip()
    assert any("kind" in line for line in head(bench))


def test_variables_are_removed_and_moved_by_keyboard(bench):
    section = bench.form.body.sections["var"]
    names = list(section._names)
    section.rows.focus_handle(0)
    bench.qtbot.keyClick(
        section.rows.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier
    )
    assert section._names[:2] == [names[1], names[0]]
    bench.qtbot.keyClick(section.rows.focusWidget(), Qt.Key.Key_Delete)
    assert names[0] not in section._names
    bench.session.undo()
    assert names[0] in section._names


def test_where_a_call_begins_is_chosen_by_name(bench):
    link = bench.form.body.jumps["start"]
    bench.focus(link.link)
    bench.qtbot.keyClick(link.link, Qt.Key.Key_F4)
    picker = link.findChild(Picker)
    bench.qtbot.keyClicks(picker.line, "Main menu")
    bench.qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert bench.session.flow.jump("start") == "menu"


def test_several_nodes_show_what_they_have_in_common(bench):
    bench.select("menu", "what")
    form = bench.form.body
    assert isinstance(form, SeveralForm) and "attempts" in form.fields
    prompt = form.fields["prompt"]
    assert prompt._mixed is not None and prompt._mixed.isVisible()
    bench.type_into(form.fields["attempts"].plain.line, "2")
    assert "attempts = 2" in bench.text_of("menu") and "attempts = 2" in bench.text_of("what")
    bench.session.undo()
    assert "attempts = 2" not in bench.text_of("menu")


def test_nodes_of_different_types_show_only_common_fields(bench):
    bench.select("balance", "save")
    assert set(bench.form.body.fields) >= {"sql", "bind", "timeout"}
    bench.select("balance", "leak")
    assert bench.form.body.fields == {}


def test_the_text_of_a_note_is_edited(bench):
    session = bench.session
    flow = edits.add_remark(session.flow, "note", "ask finance", 0, 0, 200, 100)
    session.edit("add note", flow)
    session.select((), (len(session.flow.layout.remarks) - 1,))
    form = bench.form.body
    assert isinstance(form, SheetForm)
    bench.type_into(form.text, "ask Lin")
    assert session.flow.layout.remarks[form.sheets[0]].text == "ask Lin"
    session.undo()
    assert form.text.toPlainText() == "ask finance"


def test_an_unknown_type_shows_its_text_read_only(bench):
    session = bench.session
    session.type_text(
        session.document.text.replace(
            "node end: hangup", 'node end: hangup\n\nnode odd: teleport "Beam"\n  to = "mars"'
        ),
        "type",
    )
    bench.select("odd")
    form = bench.form.body
    assert isinstance(form, UnknownForm)
    assert form.raw.isReadOnly() and 'to = "mars"' in form.raw.toPlainText()


def test_long_names_of_what_is_unknown_do_not_widen_the_form(bench):
    session = bench.session
    session.type_text(
        session.document.text
        + f'\nnode odd: teleport_{"far" * 20} "A title that goes on {"and on " * 12}"\n',
        "type",
    )
    bench.select("odd")
    assert isinstance(bench.form.body, UnknownForm)
    assert bench.form.body.minimumSizeHint().width() <= 280


def test_deleting_from_the_menu_of_the_head(bench):
    bench.select("keep")
    menu = bench.form.body.header.menu
    action = next(a for a in menu.actions() if a.text() == "Delete node")
    action.trigger()
    assert bench.session.flow.node("keep") is None
    assert isinstance(bench.form.body, FlowForm)


def test_a_sub_flow_is_asked_for_its_inputs_and_outputs(bench):
    folder = bench.path.parent
    (folder / "parts.flow").write_text(
        'flow parts\nschema 1\ninput tries: number\noutput grade: text = ""\n'
        "start -> done\n\nnode done: end\n",
        encoding="utf-8",
    )
    session = bench.session
    session.type_text(
        session.document.text.replace(
            "node end: hangup", 'node end: hangup\n\nnode sub: subflow\n  flow = "parts.flow"'
        ),
        "type",
    )
    session.reload_site()
    bench.select("sub")
    inputs = bench.field("inputs").plain
    assert [row.key.text() for row in inputs.made] == ["tries"]
    bench.focus(inputs.made[0].value.text)
    bench.qtbot.keyClicks(inputs.made[0].value.text, "2")
    assert "inputs = {tries: 2}" in bench.text_of("sub")
    outputs = bench.field("outputs").plain
    bench.qtbot.mouseClick(outputs.add, Qt.MouseButton.LeftButton)
    assert ": grade}" in bench.text_of("sub")
    assert "parts.flow" in [
        bench.field("flow").plain.combo.itemText(i)
        for i in range(bench.field("flow").plain.combo.count())
    ]


def test_another_theme_and_language_make_the_form_anew(bench):
    from designer.look.theme import theme

    bench.select("menu")
    old = bench.form.body
    theme().choose("dark")
    try:
        assert bench.form.body is not old
        assert bench.field("attempts").plain.line.placeholderText() == "3"
    finally:
        theme().choose("light")


def test_all_buttons_of_all_forms_have_names(bench):
    for node in bench.session.flow.nodes:
        bench.select(node.name)
        for button in bench.form.body.findChildren(QToolButton):
            assert button.accessibleName() or button.text(), (node.name, button)


def test_a_sub_flow_can_be_opened_from_its_field(bench):
    session = bench.session
    session.type_text(
        session.document.text.replace(
            "node end: hangup", 'node end: hangup\n\nnode on: jump_flow\n  flow = "other.flow"'
        ),
        "type",
    )
    bench.select("on")
    with bench.qtbot.waitSignal(bench.form.open_wanted) as wanted:
        bench.qtbot.mouseClick(bench.field("flow").plain.open, Qt.MouseButton.LeftButton)
    assert wanted.args == [(bench.path.parent / "other.flow").resolve()]

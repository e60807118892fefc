"""The expression editor: offers, help, what is still needed, what is wrong."""

from PySide6.QtCore import Qt

from designer.forms.editors.expression import ExpressionText


def code_of(bench, parameter: str) -> ExpressionText:
    field = bench.field(parameter)
    field._choose_mode(True)
    text = field._editor.text
    bench.focus(text)
    return text


def test_offers_come_while_a_word_is_typed_and_tab_takes_one(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    bench.qtbot.keyClicks(text, "le")
    assert text.offers.isVisible() and text.offers.labels()[0] == "len"
    bench.qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert text.toPlainText() == "len()" and text.textCursor().position() == 4
    bench.qtbot.keyClicks(text, "met")
    assert "meter" in text.offers.labels()
    bench.qtbot.keyClick(text, Qt.Key.Key_Return)
    assert text.toPlainText() == "len(meter)"
    assert "attempts = len(meter)" in bench.text_of("menu")


def test_arrows_choose_and_the_help_follows(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    bench.qtbot.keyClicks(text, "call.")
    offers = text.offers
    assert offers.isVisible()
    first = offers.current
    bench.qtbot.keyClick(text, Qt.Key.Key_Down)
    second = offers.current
    assert first is not None and second is not None and first.label != second.label
    assert second.help in offers.help.text()
    bench.qtbot.keyClick(text, Qt.Key.Key_Up)
    assert offers.current == first


def test_escape_closes_the_offers_and_leaves_the_text(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    bench.qtbot.keyClicks(text, "call.")
    bench.qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert not text.offers.isVisible() and text.toPlainText() == "call."


def test_without_offers_tab_goes_on(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    bench.qtbot.keyClicks(text, "2 ")
    bench.qtbot.keyClick(text, Qt.Key.Key_Escape)
    bench.qtbot.keyClick(text, Qt.Key.Key_Tab)
    assert not text.hasFocus() and text.toPlainText() == "2 "


def test_what_is_still_needed_is_grey_until_the_field_is_left(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    field = bench.field("attempts")
    bench.qtbot.keyClicks(text, "if meter == none ")
    bench.qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert field.message.kind == "needed"
    assert field.message.text.text().startswith("Still needed: ")
    assert "then" in field.message.text.text()
    bench.focus(bench.field("timeout").plain.line)
    assert field.message.kind == "error"
    assert 'attempts = !"if meter == none"' in bench.text_of("menu")


def test_a_wrong_type_is_told_while_it_is_typed(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    bench.qtbot.keyClicks(text, "call.caller")
    bench.qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert bench.field("attempts").message.kind == "error"
    assert "number" in bench.field("attempts").message.text.text()


def test_a_function_shows_its_signature_with_the_present_argument(bench):
    bench.select("menu")
    text = code_of(bench, "attempts")
    bench.qtbot.keyClicks(text, "max(1, ")
    assert text.offers.signature.isVisible()
    assert "max(" in text.offers.signature.text() and "<b>" in text.offers.signature.text()


def test_lines_of_set_are_written_moved_and_removed(bench):
    bench.select("leak")
    lines = bench.form.body.assignments
    bench.qtbot.mouseClick(lines.add, Qt.MouseButton.LeftButton)
    assert len(lines.lines) == 2
    bench.type_into(lines.lines[1].variable, "contact.note")
    bench.qtbot.keyClick(lines.lines[1].variable, Qt.Key.Key_Return)
    value = lines.lines[1].value.text
    bench.focus(value)
    bench.qtbot.keyClicks(value, '"smells of gas"')
    bench.qtbot.keyClick(value, Qt.Key.Key_Escape)
    assert bench.text_of("leak").splitlines()[1:3] == [
        '  kind = "leak"',
        '  contact.note = "smells of gas"',
    ]
    lines.rows.focus_handle(1)
    handle = lines.rows.focusWidget()
    bench.qtbot.keyClick(handle, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert bench.text_of("leak").splitlines()[1] == '  contact.note = "smells of gas"'
    bench.qtbot.keyClick(lines.rows.focusWidget(), Qt.Key.Key_Delete)
    assert [line.name for line in bench.form.body.assignments.lines] == ["kind"]
    bench.session.undo()
    assert len(lines.lines) == 2


def test_a_line_of_set_is_checked_where_it_stands(bench):
    bench.select("leak")
    line = bench.form.body.assignments.lines[0]
    bench.focus(line.value.text)
    line.value.text.selectAll()
    bench.qtbot.keyClicks(line.value.text, "1 + 1")
    assert line.message.kind == "error" and "text" in line.message.text.text()

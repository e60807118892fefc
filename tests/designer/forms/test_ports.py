"""Keys of a menu and other ways out, drawn and led on in the form."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from designer.forms.picker import Picker
from designer.forms.port_rows import typed_port
from designer.forms.rows import Handle
from nodes.menu import Menu
from nodes.switch import Switch


def keys_of(bench, node: str) -> list[object]:
    return [edge.port for edge in bench.node(node).edges]


def test_a_key_is_added_named_and_led_somewhere_by_keyboard(bench):
    bench.select("menu")
    ports = bench.form.body.ports
    bench.qtbot.mouseClick(ports.add, Qt.MouseButton.LeftButton)
    assert 3 in keys_of(bench, "menu")
    row = next(row for row in ports._rows if row.way.port == 3)
    bench.type_into(row.key, "9")
    bench.qtbot.keyClick(row.key, Qt.Key.Key_Return)
    row = next(row for row in ports._rows if row.way.port == 9)
    bench.type_into(row.words, "Opening hours")
    bench.focus(row.target.link)
    bench.qtbot.keyClick(row.target.link, Qt.Key.Key_F4)
    picker = row.target.findChild(Picker)
    assert picker is not None
    bench.qtbot.keyClicks(picker.line, "goodb")
    bench.qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert '  9 "Opening hours" -> goodbye' in bench.text_of("menu").splitlines()


def test_a_key_that_is_taken_is_refused_with_a_reason(bench):
    bench.select("menu")
    row = bench.form.body.ports._rows[0]
    bench.type_into(row.key, "2")
    bench.qtbot.keyClick(row.key, Qt.Key.Key_Return)
    assert row.key.property("wrong") and "already" in row.key.toolTip()
    assert keys_of(bench, "menu")[0] == 1


def test_a_row_is_moved_by_keyboard_and_by_dragging(bench):
    bench.select("menu")
    rows = bench.form.body.ports.rows
    before = keys_of(bench, "menu")
    bench.focus(bench.form.body.header.title)
    rows.focus_handle(0)
    bench.qtbot.keyClick(rows.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert keys_of(bench, "menu")[:2] == [before[1], before[0]]
    bench.qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), Handle))
    handle = rows._holders[0].findChild(Handle)
    start = handle.rect().center()
    below = handle.mapFromGlobal(
        rows._holders[2].mapToGlobal(QPoint(5, rows._holders[2].height() - 2))
    )
    left = Qt.MouseButton.LeftButton
    bench.qtbot.mousePress(handle, left, pos=start)
    bench.qtbot.mouseMove(handle, start + QPoint(0, 10))
    bench.qtbot.mouseMove(handle, below)
    bench.qtbot.mouseRelease(handle, left, pos=below)
    assert keys_of(bench, "menu")[:3] == [before[0], before[2], before[1]]


def test_a_key_is_removed_and_comes_back_by_undo(bench):
    bench.select("menu")
    rows = bench.form.body.ports.rows
    rows.focus_handle(1)
    bench.qtbot.keyClick(rows.focusWidget(), Qt.Key.Key_Delete)
    assert 2 not in keys_of(bench, "menu")
    bench.session.undo()
    assert 2 in keys_of(bench, "menu") and len(rows.rows) == 4


def test_a_link_goes_to_its_node(bench):
    bench.select("menu")
    row = bench.form.body.ports._rows[0]
    target = row.target.target
    bench.qtbot.mouseClick(row.target.link, Qt.MouseButton.LeftButton)
    assert bench.session.selected == (target,)


def test_a_required_way_that_leads_nowhere_is_told(bench):
    bench.select("menu")
    ports = bench.form.body.ports
    failed = next(row for row in ports._rows if row.way.port == "failed")
    bench.focus(failed.target.link)
    bench.qtbot.keyClick(failed.target.link, Qt.Key.Key_Delete)
    assert "failed" not in bench.text_of("menu") or "failed ->" not in bench.text_of("menu")
    said = [ports.message.text.text(), bench.form.body.whole.text.text()]
    assert any("failed" in words for words in said), said


def test_where_an_error_leads_is_folded_and_can_be_led_on(bench):
    bench.select("balance")
    errors = bench.form.body.errors
    assert not errors.target.isVisible()
    bench.qtbot.mouseClick(errors.fold, Qt.MouseButton.LeftButton)
    assert errors.target.isVisible()
    bench.focus(errors.target.link)
    bench.qtbot.keyClick(errors.target.link, Qt.Key.Key_F4)
    picker = errors.target.findChild(Picker)
    bench.qtbot.keyClicks(picker.line, "goodbye")
    bench.qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert "  error -> goodbye" in bench.text_of("balance")


def test_a_number_and_its_text_are_two_in_switch_and_one_in_menu():
    assert typed_port("1", Menu) == 1 == typed_port("1", Switch)
    assert typed_port('"1"', Switch) == "1"
    assert typed_port("#", Menu) == "#" and typed_port("01", Menu) == "01"
    assert typed_port(" ", Menu) is None

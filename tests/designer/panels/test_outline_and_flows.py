"""The outline does what the mouse does; the flows list leads to other files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from designer.panels.flows import Flows
from designer.panels.outline import Outline
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_fixtures import SAMPLES
from designer_kit import choose, press, settle


@pytest.fixture
def outline(window: MainWindow, page: Page) -> Outline:
    found = window.left.show_panel("outline").panel(page)
    assert isinstance(found, Outline)
    window.activateWindow()
    found.tree.setFocus()
    QApplication.processEvents()
    return found


def go_to(outline: Outline, text: str) -> None:
    """Press Down until the current row is *text*."""
    press(outline.tree, Qt.Key.Key_Home)
    for _ in range(200):
        row = outline.row()
        if row is not None and row.text == text:
            return
        press(outline.tree, Qt.Key.Key_Down)
    raise AssertionError(f"there is no row {text}: {outline.texts()}")


def test_the_outline_follows_the_flow_and_selects_with_the_arrow_keys(
    outline: Outline, page: Page
) -> None:
    assert outline.texts()[:3] == ["Start · 100", "  Open now?", "    open"]
    go_to(outline, "Main menu")
    assert page.session.selected == ("menu",)


def test_a_port_is_connected_without_the_mouse(outline: Outline, page: Page) -> None:
    go_to(outline, "0 Operator")
    press(outline.tree, Qt.Key.Key_C)
    choose("Safety first")
    flow = page.session.flow
    assert flow is not None
    edge = flow.node("menu").edge(0)  # type: ignore[union-attr]
    assert edge is not None and edge.target == "warn"


def test_delete_and_rename_work_from_the_outline(outline: Outline, page: Page) -> None:
    go_to(outline, "Safety first")
    press(outline.tree, Qt.Key.Key_Delete)
    assert page.session.picture.card("warn") is None
    assert not any("Safety first" in text for text in outline.texts())


def test_delete_on_a_port_takes_its_connection_off_and_no_node(
    outline: Outline, page: Page
) -> None:
    go_to(outline, "0 Operator")
    press(outline.tree, Qt.Key.Key_Delete)
    flow = page.session.flow
    assert flow is not None and flow.node("menu") is not None
    edge = flow.node("menu").edge(0)  # type: ignore[union-attr]
    assert edge is not None and edge.target is None
    row = outline.row()
    assert row is not None and (row.kind, row.port) == ("port", 0)


def test_whoever_deletes_a_node_in_the_outline_goes_on_where_it_was(
    outline: Outline, page: Page
) -> None:
    go_to(outline, "Safety first")
    at = outline.tree.currentIndex()
    above = outline.tree.indexAbove(at).data()
    press(outline.tree, Qt.Key.Key_Delete)
    assert outline.tree.currentIndex().isValid()
    assert outline.tree.indexAbove(outline.tree.currentIndex()).data() == above


def test_a_node_is_added_and_a_note_retyped_from_the_outline(outline: Outline, page: Page) -> None:
    go_to(outline, "Main menu")
    press(outline.tree, Qt.Key.Key_Slash)
    choose("Wait")
    assert page.session.selected == ("wait",)
    page.drawing.add_note()
    outline.tree.setFocus()
    press(outline.tree, Qt.Key.Key_End)
    row = outline.row()
    assert row is not None and row.kind == "sheet"
    press(outline.tree, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    editor.setPlainText("Ask first")
    press(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert 'note "Ask first"' in page.session.document.text


def test_a_selection_on_the_canvas_is_current_in_the_outline(
    window: MainWindow, page: Page
) -> None:
    panel = window.left.show_panel("outline").panel(page)
    assert isinstance(panel, Outline)
    page.canvas.widget.setFocus()
    page.session.select(["saved"])
    row = panel.row()
    assert row is not None and row.node == "saved"


def test_flows_shows_numbers_neighbours_and_called_flows(
    window: MainWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "parcel"
    shutil.copytree(SAMPLES / "parcel_pickup", folder)
    page = window.files.open_path(folder / "parcel_pickup.flow")
    assert page is not None
    settle(page)
    panel = window.left.show_panel("flows").panel(page)
    assert isinstance(panel, Flows)
    rows = {(section, text.split(" ")[-1]) for section, text, _ in panel.rows()}
    assert ("Numbers", "parcel_pickup") in rows
    assert ("Called by this flow", "address.flow") in rows
    head = panel.tree.findItems("Called by this flow", Qt.MatchFlag.MatchExactly)[0]
    panel.tree.setCurrentItem(head.child(0))
    press(panel.tree, Qt.Key.Key_Return)
    assert window.page is not None and window.page is not page
    assert window.page.path is not None and window.page.path.parent == folder

"""What an analyst does with mouse and keyboard to draw a small flow from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import (
    canvas_of,
    card_point,
    choose,
    drag,
    drop_type,
    point_of,
    popup,
    port_point,
    press,
    settle,
)
from flow_runtime.core.syntax import parse, print_flow
from nodes.catalogue import library


@pytest.fixture
def empty(window: MainWindow) -> Page:
    page = window.files.new()
    settle(page)
    page.canvas.zoom(1.0)
    return page


def codes(page: Page) -> set[str]:
    settle(page)
    return {problem.code for problem in page.session.problems}


def edges(page: Page) -> set[tuple[str, object, str | None]]:
    flow = page.session.flow
    assert flow is not None
    return {(node.name, edge.port, edge.target) for node in flow.nodes for edge in node.edges}


def rename(page: Page, node: str, title: str) -> None:
    """Select a card, press F2, type, press Enter."""
    QTest.mouseClick(
        canvas_of(page).view.viewport(), Qt.MouseButton.LeftButton, pos=card_point(page, node)
    )
    press(page.canvas.widget, Qt.Key.Key_F2)
    field = canvas_of(page).view.viewport().findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, title)
    press(field, Qt.Key.Key_Return)


def test_a_small_flow_is_drawn_from_nothing_and_saved(
    window: MainWindow, empty: Page, tmp_path: Path
) -> None:
    page = empty
    assert page.empty.isVisible()
    assert codes(page) == {"missing-start"}

    # the palette: drop a node, and it becomes the start
    assert drop_type(page, "say", 0, 0)
    assert page.session.selected == ("say",)
    assert not page.empty.isVisible()
    assert "missing-start" not in codes(page)
    assert "missing-parameter" in codes(page)

    # a name in place: the title, and the node's name follows
    rename(page, "say", "Welcome")
    flow = page.session.flow
    assert flow is not None
    assert [(node.name, node.title) for node in flow.nodes] == [("welcome", "Welcome")]
    assert flow.jump("start") == "welcome"

    # the key / at the keyboard
    press(page.canvas.widget, Qt.Key.Key_Slash)
    choose("hang")
    assert page.session.selected == ("hangup",)

    # from port to card with the mouse
    assert edges(page) == set()
    page.canvas.fit()
    drag(page, port_point(page, "welcome", "next"), card_point(page, "hangup"))
    assert edges(page) == {("welcome", "next", "hangup")}

    # undo and redo name what they do
    assert window.actions_["undo"].text() == "Undo connect"
    window.actions_["undo"].trigger()
    assert edges(page) == set()
    assert window.actions_["redo"].text() == "Redo connect"
    window.actions_["redo"].trigger()
    assert edges(page) == {("welcome", "next", "hangup")}

    # the missing text is a problem until it is written, here in the text beside the canvas
    assert codes(page) == {"missing-parameter"}
    window.actions_["text"].trigger()
    assert page.text is not None
    text = page.text.toPlainText().replace(
        'say "Welcome"\n', 'say "Welcome"\n  text = "Good day."\n'
    )
    page.text.setPlainText(text)
    page.text.take_now()
    assert codes(page) == set()

    # what is saved is canonical and clean
    path = tmp_path / "drawn.flow"
    assert window.files.save_to(page, path)
    saved = path.read_text(encoding="utf-8")
    parsed = parse(saved)
    assert parsed.flow is not None and not parsed.problems
    order = {word: tuple(cls.params) for word, cls in library().items()}
    assert print_flow(parsed.flow, lambda word: order[word]) == saved
    assert not page.dirty
    assert window.windowTitle().startswith("new_flow — drawn.flow")


def test_a_drop_on_an_empty_place_offers_nodes_and_connects_the_chosen_one(empty: Page) -> None:
    drop_type(empty, "menu", 0, 0)
    drag(empty, port_point(empty, "menu", "failed"), point_of(empty, 300, 120))
    choose("say")
    assert edges(empty) == {("menu", "failed", "say")}
    press(empty.canvas.widget, Qt.Key.Key_C)
    assert popup().field.placeholderText() == "Add a node, or the name of a card…"
    choose("menu")
    # "menu" is a node type first: a card is chosen by its own name
    flow = empty.session.flow
    assert flow is not None
    assert [node.name for node in flow.nodes] == ["menu", "say", "menu_2"]


def test_a_card_is_connected_by_typing_its_title(page: Page) -> None:
    page.connect_from("owes", "true")
    popup()
    choose("Safety first")
    assert ("owes", "true", "warn") in edges(page)


def test_double_click_in_the_palette_adds_after_the_selection_and_connects(
    window: MainWindow, empty: Page
) -> None:
    from designer.panels.palette import Palette

    drop_type(empty, "say", 0, 0)
    palette = window.left.hosts["nodes"].panel(empty)
    assert isinstance(palette, Palette)
    palette.wanted.emit("menu")
    assert edges(empty) == {("say", "next", "menu")}
    palette.wanted.emit("hangup")
    assert ("menu", "failed", "hangup") in edges(empty)
    cards = {card.name: card.rect for card in empty.session.picture.cards}
    assert cards["say"].right < cards["menu"].x < cards["menu"].right < cards["hangup"].x


def test_moving_one_card_of_a_flow_without_places_keeps_all_others_where_they_are(
    page: Page, window: MainWindow
) -> None:
    before = {card.name: (card.rect.x, card.rect.y) for card in page.session.picture.cards}
    flow = page.session.flow
    assert flow is not None and flow.layout.boxes == ()
    page.canvas.focus_node("menu")
    start = card_point(page, "menu")
    drag(page, start, start + point_of(page, 40, 60) - point_of(page, 0, 0))
    after = {card.name: (card.rect.x, card.rect.y) for card in page.session.picture.cards}
    x, y = before.pop("menu")
    assert after.pop("menu") == (x + 40, y + 60)
    assert after == before
    assert window.files.save(page)
    again = window.program.opening.file(page.path)  # type: ignore[arg-type]
    assert {c.name: (c.rect.x, c.rect.y) for c in again.session.picture.cards} == {
        **before,
        "menu": (x + 40, y + 60),
    }


def test_steps_of_the_arrow_keys_are_one_edit(page: Page) -> None:
    page.session.reveal("menu")
    card = page.session.picture.card("menu")
    assert card is not None
    for _ in range(3):
        press(page.canvas.widget, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    moved = page.session.picture.card("menu")
    assert moved is not None and moved.rect.x == card.rect.x + 60
    page.session.undo()
    back = page.session.picture.card("menu")
    assert back is not None and back.rect.x == card.rect.x
    assert page.session.document.undo_name is None


def test_delete_takes_nodes_and_leaves_ports_loose(page: Page, window: MainWindow) -> None:
    page.session.reveal("goodbye")
    press(page.canvas.widget, Qt.Key.Key_Delete)
    assert page.session.picture.card("goodbye") is None
    assert page.session.selected == ()
    assert ("menu", "failed", None) in edges(page)
    assert window.actions_["undo"].text() == "Undo delete goodbye"
    window.actions_["undo"].trigger()
    assert ("menu", "failed", "goodbye") in edges(page)


def test_a_connector_that_is_taken_off_leaves_the_key_of_a_menu_and_no_empty_line(
    page: Page,
) -> None:
    flow = page.session.flow
    assert flow is not None
    page.drawing.disconnected(("menu", 1))
    assert ("menu", 1, None) in edges(page)
    page.drawing.disconnected(("warn", "next"))
    assert not [edge for edge in edges(page) if edge[0] == "warn"]


def test_copy_cut_paste_and_duplicate_go_through_the_clipboard_as_text(
    page: Page, window: MainWindow
) -> None:
    page.session.select(["owes", "tell_paid"])
    window.edit.copy()
    text = QApplication.clipboard().text()
    assert "node owes: if" in text and "false -> tell_paid" in text
    window.edit.paste()
    assert page.session.selected == ("owes_2", "tell_paid_2")
    assert ("owes_2", "false", "tell_paid_2") in edges(page)
    window.edit.duplicate()
    assert page.session.selected == ("owes_3", "tell_paid_3")
    window.edit.cut()
    assert page.session.picture.card("owes_3") is None
    assert window.actions_["undo"].text() == "Undo cut"
    other = window.files.new()
    window.edit.paste()
    assert [card.name for card in other.session.picture.cards] == ["owes_3", "tell_paid_3"]


def test_pasting_nonsense_says_what_can_be_pasted(page: Page, window: MainWindow) -> None:
    QApplication.clipboard().setText("Dear Sir or Madam")
    before = page.session.document.text
    window.edit.paste()
    assert "node" in page.refusal.text
    assert page.session.document.text == before


def test_frame_note_and_tidy(page: Page, window: MainWindow) -> None:
    page.session.select(["owes", "tell_paid"])
    window.actions_["add_frame"].trigger()
    sheets = page.session.picture.sheets
    assert [sheet.kind for sheet in sheets] == ["frame"]
    for name in ("owes", "tell_paid"):
        card = page.session.picture.card(name)
        assert card is not None
        assert sheets[0].rect.x < card.rect.x and card.rect.bottom < sheets[0].rect.bottom
    page.session.select(["menu"])
    window.actions_["add_note"].trigger()
    assert [sheet.kind for sheet in page.session.picture.sheets] == ["frame", "note"]
    assert page.session.selected_sheets == (1,)
    window.actions_["tidy"].trigger()
    flow = page.session.flow
    assert flow is not None and len(flow.layout.boxes) == len(flow.nodes)
    assert window.actions_["undo"].text() == "Undo tidy"


def test_find_goes_to_cards_and_places(page: Page, window: MainWindow) -> None:
    window.actions_["find"].trigger()
    choose("Leave a message")
    assert page.session.selected == ("night_message",)
    window.actions_["find"].trigger()
    choose("insert into repairs")
    assert page.session.selected == ("save",)


def test_ctrl_k_finds_commands_and_cards(page: Page, window: MainWindow) -> None:
    window.actions_["commands"].trigger()
    choose("tidy")
    assert page.session.document.undo_name == "tidy"
    window.actions_["commands"].trigger()
    choose("Something failed")
    assert page.session.selected == ("trouble",)


def test_a_breakpoint_is_marked_and_goes_with_its_node(page: Page) -> None:
    page.session.reveal("menu")
    press(page.canvas.widget, Qt.Key.Key_F9)
    assert page.session.marks.cards["menu"].breakpoint
    page.session.reveal("menu")
    press(page.canvas.widget, Qt.Key.Key_Delete)
    assert page.drawing.breakpoints == frozenset()

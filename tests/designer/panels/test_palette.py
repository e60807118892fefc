"""The palette: groups with counts, search, Enter, double click, and what a drag carries."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeWidgetItem

from designer.canvas.protocol import NODE_TYPE
from designer.look.i18n import choose_language
from designer.panels.palette import Palette
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import press
from nodes.catalogue import library


def palette_of(window: MainWindow, page: Page) -> Palette:
    found = window.left.show_panel("nodes").panel(page)
    assert isinstance(found, Palette)
    return found


def row(palette: Palette, text: str) -> QTreeWidgetItem:
    flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    return palette.tree.findItems(text, flags)[0]


def test_every_node_type_stands_in_its_group(window: MainWindow, page: Page) -> None:
    palette = palette_of(window, page)
    assert sorted(palette.types()) == sorted(library())
    heads = [palette.tree.topLevelItem(n) for n in range(palette.tree.topLevelItemCount())]
    groups = ["Call", "Say", "Ask", "Logic", "Data", "Agents"]
    assert [head.text(0) for head in heads if head] == groups
    first = heads[1]
    assert first is not None and first.child(0).text(0) == "Say"


def test_typing_narrows_and_enter_adds_the_first(window: MainWindow, page: Page) -> None:
    palette = palette_of(window, page)
    wanted: list[str] = []
    palette.wanted.connect(wanted.append)
    QTest.keyClicks(palette.search, "dat")
    assert palette.types() == ["db_lookup", "db_change"]
    press(palette.search, Qt.Key.Key_Return)
    assert wanted == ["db_lookup"]
    assert palette.search.text() == "" and len(palette.types()) == len(library())
    QTest.keyClicks(palette.search, "wait")
    press(palette.search, Qt.Key.Key_Down)
    press(palette.tree, Qt.Key.Key_Return)
    assert wanted == ["db_lookup", "wait"]


def test_a_double_click_adds_once(window: MainWindow, page: Page) -> None:
    palette = palette_of(window, page)
    page.session.select(["message_kept"])
    item = row(palette, "Wait")
    palette.tree.scrollToItem(item)
    spot = palette.tree.visualItemRect(item).center()
    viewport = palette.tree.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=spot)
    QApplication.processEvents()
    flow = page.session.flow
    assert flow is not None
    assert [node.name for node in flow.nodes if node.type == "wait"] == ["wait"]


def test_a_click_closes_a_group_and_it_stays_closed(window: MainWindow, page: Page) -> None:
    palette = palette_of(window, page)
    head = row(palette, "Logic")
    spot = palette.tree.visualItemRect(head).center()
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert not head.isExpanded()
    QTest.keyClicks(palette.search, "set")
    assert row(palette, "Logic").isExpanded()
    palette.search.clear()
    assert not row(palette, "Logic").isExpanded() and row(palette, "Ask").isExpanded()


def test_a_drag_carries_the_type_and_a_group_nothing(window: MainWindow, page: Page) -> None:
    palette = palette_of(window, page)
    data = palette.tree.mimeData([row(palette, "Menu")])
    assert bytes(data.data(NODE_TYPE).data()) == b"menu"
    assert not palette.tree.mimeData([row(palette, "Ask")]).hasFormat(NODE_TYPE)


def test_chinese_search_finds_by_both_names(window: MainWindow, page: Page) -> None:
    choose_language("zh_CN")
    palette = Palette(page.session)
    palette.search.setText("按键菜单")
    assert palette.types() == ["menu"]
    palette.search.clear()
    QTest.keyClicks(palette.search, "menu")
    assert palette.types() == ["menu"]

"""Keyboard and screen reader: every control has a name, no shortcut means two things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from designer.app import Program
from designer.forms.playing import Player
from designer.panels.simulator.answer_dialog import AnswerDialog
from designer.prompts.sound_dialog import SoundDialog
from designer.window.about import About
from designer.window.connect_dialog import ConnectDialog
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import settle

NODES = ("hours", "menu", "balance", "what", "owes", "save", "night_message", "tell_owed", "leak")


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in (root, *root.findChildren(QWidget)):
        by_key = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if by_key and widget.isVisibleTo(root) and widget.focusProxy() is None:
            yield widget


def unnamed(root: QWidget) -> list[str]:
    """The controls that a screen reader would have no word for."""
    found = []
    for widget in focusable(root):
        interface = QAccessible.queryAccessibleInterface(widget)
        name = "" if interface is None else interface.text(QAccessible.Text.Name)
        if not name.strip():
            chain, above = [], widget
            while above is not None and above is not root:
                chain.append(f"{type(above).__name__}#{above.objectName()}")
                above = above.parentWidget()
            found.append(" < ".join(chain[:5]))
    return found


def test_every_control_of_the_window_has_a_name(window: MainWindow, page: Page) -> None:
    missing: Counter[str] = Counter()
    for dock in (window.left, window.right, window.bottom):
        for name in dock.hosts:
            dock.show_panel(name)
            settle(page)
            missing.update(f"{name}: {one}" for one in unnamed(window))
    window.right.show_panel("properties")
    for node in NODES:
        page.session.select([node] if page.session.picture.card(node) else [])
        settle(page)
        missing.update(f"{node}: {one}" for one in unnamed(window))
    page.session.select([])
    settle(page)
    missing.update(f"flow: {one}" for one in unnamed(window))
    assert not missing, "\n".join(missing)


def dialogs(program: Program, window: MainWindow, page: Page) -> Iterator[QWidget]:
    """Everything that is opened beside the window."""
    yield About(window)
    yield ConnectDialog(window, program.serving, program.settings)
    yield AnswerDialog({"gas": ("name", "owed"), "crm": ("level",)}, "gas", None, window)
    yield SoundDialog(window, "welcome", None, Player())
    yield window.show_commands()
    found = window.edit.find()
    assert found is not None
    yield found


def test_every_control_of_the_dialogs_has_a_name(
    program: Program, window: MainWindow, page: Page
) -> None:
    missing = []
    for dialog in dialogs(program, window, page):
        dialog.show()
        QApplication.processEvents()
        assert any(focusable(dialog)), type(dialog).__name__
        missing += [f"{type(dialog).__name__}: {one}" for one in unnamed(dialog)]
        dialog.close()
    assert not missing, "\n".join(missing)


def test_tab_goes_through_every_control_of_a_dialog_from_top_to_bottom(
    program: Program, window: MainWindow, page: Page
) -> None:
    for dialog in dialogs(program, window, page):
        if not isinstance(dialog, QDialog):
            continue
        dialog.show()
        QApplication.processEvents()
        wanted = [one for one in focusable(dialog) if one.isEnabled()]
        seen: list[QWidget] = []
        step = dialog
        for _ in range(200):
            step = step.nextInFocusChain()
            if step is dialog:
                break
            if step in wanted:
                seen.append(step)
        assert set(seen) == set(wanted)
        tops = [one.mapTo(dialog, one.rect().center()).y() for one in seen]
        backwards = sum(below < above - 20 for above, below in zip(tops, tops[1:], strict=False))
        assert backwards <= 1, [(type(one).__name__, y) for one, y in zip(seen, tops, strict=True)]
        dialog.close()


def test_no_shortcut_means_two_things(window: MainWindow, page: Page) -> None:
    used = Counter(
        key.toString() for name in window.actions_ for key in window.actions_[name].shortcuts()
    )
    used.update(
        key.toString() for one in window.findChildren(QShortcut) for key in one.keys()
        if one.context() == Qt.ShortcutContext.WindowShortcut
    )  # fmt: skip
    assert len(used) > 30
    assert [key for key, count in used.items() if count > 1] == []


def test_every_menu_shows_the_keys_of_its_actions(window: MainWindow, page: Page) -> None:
    shown: dict[str, str] = {}
    for menu in window.menuBar().findChildren(QMenu):
        for action in menu.actions():
            if action.shortcut().toString():
                shown[action.property("plain")] = action.shortcut().toString()
    for name in window.actions_:
        action = window.actions_[name]
        if action.shortcuts():
            assert action.property("plain") in shown, name
            assert action.property("keys") in action.toolTip()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_menu_has_the_same_words_twice(
    program: Program, window: MainWindow, language: str
) -> None:
    program.choose_language(language)
    menus = program.windows[0].menuBar().findChildren(QMenu)
    assert len(menus) >= 8
    for menu in menus:
        words = [action.text() for action in menu.actions() if action.text()]
        assert len(set(words)) == len(words), words

"""Whatever an analyst does in the window, in whatever order, is undone and redone to the letter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from shutil import copytree

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from analyst_kit import Analyst
from designer.core.scene import make_picture
from designer.look.fonts import measure
from designer.look.i18n import tr
from designer.window.chooser import Chooser
from designer.window.drawer import numbers_of
from designer.window.main_window import MainWindow
from designer_fixtures import SAMPLES
from designer_kit import canvas_of, settle

ACTIONS = 40


class Restless(Analyst):
    """Does one thing after the other, as chance has it."""

    def __init__(self, window: MainWindow, qtbot: QtBot, seed: int) -> None:
        super().__init__(window, qtbot)
        self.chance = Random(seed)

    def act(self) -> None:
        """One of the things that change a flow."""
        things: list[Callable[[], None]] = [
            self.add_some, self.delete_some, self.duplicate, self.copy, self.cut, self.move,
            self.tidy, self.frame, self.note, self.retitle, self.connect, self.begin_elsewhere,
            self.fill_in, self.type_text, self.back, self.forth,
        ]  # fmt: skip
        self.chance.choice(things)()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        QApplication.processEvents()

    def some(self) -> str:
        """Select a few cards; one of them."""
        names = [card.name for card in self.page.session.picture.cards]
        chosen = self.chance.sample(names, min(len(names), self.chance.choice([1, 1, 2, 3])))
        self.page.session.select(chosen)
        return chosen[0] if chosen else ""

    def do(self, action: str) -> None:
        self.window.actions_[action].trigger()
        QApplication.processEvents()

    def take(self, words: str) -> None:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, Chooser):
            QTest.keyClicks(popup.field, words)
            self.press("Return")

    def add_some(self) -> None:
        self.press_on_canvas("/")
        self.take(self.chance.choice(["say", "menu", "switch", "set", "hang", "web", "record"]))

    def delete_some(self) -> None:
        self.some()
        self.press_on_canvas("Del")

    def duplicate(self) -> None:
        self.some()
        self.do("duplicate")

    def copy(self) -> None:
        self.some()
        self.do("copy")
        self.do("paste")

    def cut(self) -> None:
        self.some()
        self.do("cut")
        if self.chance.random() < 0.7:
            self.do("paste")

    def move(self) -> None:
        self.some()
        self.press_on_canvas(self.chance.choice(["Alt+Left", "Alt+Down", "Alt+Right"]))

    def tidy(self) -> None:
        self.do("tidy")

    def frame(self) -> None:
        self.some()
        self.do("add_frame")

    def note(self) -> None:
        self.do("add_note")

    def retitle(self) -> None:
        if self.some():
            self.do("rename")
            if isinstance(QApplication.focusWidget(), QLineEdit):
                self.press("Ctrl+A")
                self.type(self.chance.choice(["Hello", "Another name"]) + "\n")

    def connect(self) -> None:
        node = self.some()
        if node:
            self.page.canvas.focus_node(node)
            self.press_on_canvas("Down")
            self.press_on_canvas("C")
            self.take(node)

    def begin_elsewhere(self) -> None:
        self.some()
        self.do("start_here")

    def fill_in(self) -> None:
        """Type something, right or wrong, into some field of the form."""
        self.some()
        fields = [
            one
            for one in [*self.form.findChildren(QPlainTextEdit), *self.form.findChildren(QLineEdit)]
            if one.isVisible() and one.isEnabled() and not one.isReadOnly()
            and one.accessibleName() not in ("", "Text of the prompt")
        ]  # fmt: skip
        if fields:
            self.chance.choice(fields).setFocus()
            self.type(self.chance.choice(["5", "abc", "3s", "a +", '"x"']))
            self.press("Tab")

    def type_text(self) -> None:
        text = self.page.show_text(True)
        assert text is not None
        text.setFocus()
        self.press("Ctrl+End")
        self.type(self.chance.choice(["# a comment\n", "\n"]))

    def back(self) -> None:
        self.do("undo")

    def forth(self) -> None:
        self.do("redo")


@pytest.mark.parametrize(("sample", "seed"), [("parcel_pickup", 1), ("city_hotline", 2)])
def test_undo_leads_back_to_the_first_text_and_redo_to_the_last(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, sample: str, seed: int
) -> None:
    copytree(SAMPLES / sample, tmp_path / sample)
    page = window.files.open_path(tmp_path / sample / f"{sample}.flow")
    assert page is not None
    settle(page)
    first = page.session.document.text
    me = Restless(window, qtbot, seed)
    for _ in range(ACTIONS):
        me.act()
    page.take_all()
    texts = [page.session.document.text]
    while page.session.document.undo_name is not None:
        me.back()
        texts.append(page.session.document.text)
    assert texts[-1] == first and len(texts) > ACTIONS / 3
    assert not page.dirty
    for text in texts[-2::-1]:
        me.forth()
        assert page.session.document.text == text
    assert page.session.document.redo_name is None
    flow = page.session.flow
    assert flow is not None
    numbers = numbers_of(page.session.site, page.path)
    fresh = make_picture(flow, page.session.around, tr, measure, numbers=numbers)
    assert page.session.picture == fresh
    assert set(canvas_of(page).cards) == {node.name for node in flow.nodes}

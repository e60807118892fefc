"""The guide's first chapter, done step by step in the real program."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from analyst_kit import Analyst
from designer.panels.simulator.phone import Phone
from designer.window.main_window import MainWindow
from designer_fixtures import program, qapp_cls, window
from designer_kit import settle
from docs_kit import DOCS

__all__ = ["program", "qapp_cls", "window"]


@pytest.fixture
def me(window: MainWindow, qtbot: QtBot) -> Analyst:
    window.resize(1440, 900)
    return Analyst(window, qtbot)


def test_a_bakery_is_drawn_checked_called_and_saved(me: Analyst, tmp_path: Path) -> None:
    chapter = (DOCS / "guide" / "first-flow.md").read_text(encoding="utf-8")
    me.press("Ctrl+N")
    me.wait_for(me.form.isVisible)
    me.type_in_field("Title", "Corner bakery\n")
    draw_menu(me)
    draw_branches(me)
    assert me.told_problems() == [], me.page.session.document.text
    text = me.page.session.document.text.partition("\nlayout\n")[0].strip()
    assert text in chapter
    call(me)
    file = tmp_path / "bakery.flow"
    assert me.window.files.save_to(me.page, file)
    assert file.read_text(encoding="utf-8") == me.page.session.document.text


def draw_menu(me: Analyst) -> None:
    me.click_palette("Menu")
    me.type_in_field("Title", "Welcome\n")
    me.type_in_field("Prompt", "Welcome to the corner bakery. For our opening hours, press 1. "
                     "To order a cake, press 2.")  # fmt: skip
    me.draw_key("1", "Hours")
    me.draw_key("2", "Cake")


def draw_branches(me: Analyst) -> None:
    me.click_palette("Say")
    me.type_in_field("Title", "Opening hours\n")
    me.type_in_field("Text", "We bake from six until two, every day but Monday.")
    me.lead("next", "welcome")
    me.select("menu")
    me.click_palette("Digits")
    me.type_in_field("Title", "How many people?\n")
    me.type_in_field("Prompt", "For how many people? Key in the number, then the hash key.")
    me.type_in_field("Into variable", "guests\n")
    me.click_palette("Say")
    me.type_in_field("Title", "Price\n")
    me.type_in_field("Text", "A cake for {guests} people costs {number(guests) * 2.5:money}.")
    me.click_palette("Hang up")
    me.type_in_field("Title", "Goodbye\n")
    me.drag_port("menu", "failed", "hangup")
    me.drag_port("digits", "failed", "hangup")


def call(me: Analyst) -> None:
    me.press("F5")
    phone = me.window.right.hosts["phone"].panel(me.page)
    assert isinstance(phone, Phone)
    simulation = phone.simulation
    simulation.be_fast(True)

    def heard(words: str) -> None:
        me.wait_for(lambda: any(words in text for text in phone.bubbles.texts()))

    heard("Welcome to the corner bakery")
    me.wait_for(lambda: simulation.state.waits is not None and not simulation.state.talking)
    me.click(phone.keypad.keys["2"])
    heard("For how many people?")
    me.wait_for(lambda: simulation.state.node == "digits" and not simulation.state.talking)
    for key in "12#":
        me.click(phone.keypad.keys[key])
    heard("A cake for 12 people costs 30.00.")
    me.wait_for(lambda: not simulation.running)
    settle(me.page)

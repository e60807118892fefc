"""Watching from the window: connect, open, follow, replay and heat map, as a person does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from designer.app import Program
from designer.core.picture import CardMark, PortMark
from designer.panels.watch.call import CallPanel
from designer.panels.watch.calls import CallList
from designer.panels.watch.heat import HeatPanel, LossRow
from designer.panels.watch.replay import ReplayPanel
from designer.server.address import Address
from designer.window.connect_dialog import ConnectDialog
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer_kit import LEFT, NONE, answer, canvas_of, choose, press, settle
from watch_kit import (
    PAY,
    SHOP,
    TOKEN,
    ApiThread,
    T,
    api,
    enter,
    event,
    incoming,
    leave,
    site,
    whole_call,
)


@pytest.fixture
def server() -> Iterator[ApiThread]:
    with api() as running:
        yield running


def connect(window: MainWindow, running: ApiThread, qtbot: QtBot, token: str = TOKEN) -> None:
    window.watching.serving.connect_to(Address.parse(running.address), token)
    qtbot.waitUntil(lambda: up(window), timeout=15_000)


def up(window: MainWindow) -> bool:
    return window.watching.server is not None and window.watching.server.state == "up"


def calls_panel(window: MainWindow) -> CallList:
    panel = window.bottom.show_panel("calls").panel(None)  # type: ignore[arg-type]
    assert isinstance(panel, CallList)
    return panel


def call_panel(window: MainWindow) -> CallPanel:
    panel = window.right.show_panel("call").panel(None)  # type: ignore[arg-type]
    assert isinstance(panel, CallPanel)
    return panel


def replay_panel(window: MainWindow) -> ReplayPanel:
    panel = window.bottom.show_panel("replay").panel(None)  # type: ignore[arg-type]
    assert isinstance(panel, ReplayPanel)
    return panel


def heat_panel(window: MainWindow) -> HeatPanel:
    panel = window.right.show_panel("heat").panel(None)  # type: ignore[arg-type]
    assert isinstance(panel, HeatPanel)
    return panel


def rows(panel: CallList) -> list[list[str]]:
    found = [panel.list.topLevelItem(at) for at in range(panel.list.topLevelItemCount())]
    return [[item.text(column) for column in range(7)] for item in found if item is not None]


def click_row(panel: CallList, at: int) -> None:
    item = panel.list.topLevelItem(at)
    assert isinstance(item, QTreeWidgetItem)
    spot = panel.list.visualItemRect(item).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, NONE, spot)
    QApplication.processEvents()


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, LEFT)
    QApplication.processEvents()


def offer(page: Page, words: str) -> QPushButton:
    """A button of the band that says what is watched."""
    return next(button for button in page.watch.buttons if button.text() == words)


def marks(page: Page) -> dict[str, CardMark]:
    return dict(page.session.marks.cards)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a draft of the shop and its sub-flow."""
    (tmp_path / "shop.flow").write_text(SHOP, encoding="utf-8")
    (tmp_path / "pay.flow").write_text(PAY, encoding="utf-8")
    return tmp_path / "shop.flow"


def traced(tmp_path: Path, *events: dict[str, object]) -> Path:
    path = tmp_path / "trace.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return path


def read_trace(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.watching.read_trace(path).opened, timeout=60_000):
        pass
    QApplication.processEvents()


# --- connecting and opening -----------------------------------------------------------------------


def dialog(window: MainWindow, program: Program) -> ConnectDialog:
    made = ConnectDialog(window, program.serving, program.settings)
    made.show()
    return made


def test_a_person_connects_and_is_told_what_is_wrong(
    window: MainWindow, program: Program, server: ApiThread, qtbot: QtBot
) -> None:
    asked = dialog(window, program)
    QTest.keyClicks(asked.address, "http://line.example.com")
    assert "everybody on the way can read the token" in asked.note.text()
    asked.address.clear()
    QTest.keyClicks(asked.address, "not an address")
    click(asked.connect_button)
    assert "is no address of a server" in asked.note.text()
    asked.address.clear()
    QTest.keyClicks(asked.address, server.address)
    click(asked.connect_button)
    assert "Without the token" in asked.note.text()
    QTest.keyClicks(asked.token, "wrong")
    click(asked.connect_button)
    qtbot.waitUntil(lambda: "does not accept the token" in asked.note.text())
    asked.token.clear()
    QTest.keyClicks(asked.token, TOKEN)
    with qtbot.waitSignal(asked.accepted, timeout=15_000):
        click(asked.connect_button)
    assert up(window) and window.actions_["disconnect"].isEnabled()
    assert program.settings.server == f"http://{server.address}"
    assert program.settings.token == ""
    window.actions_["disconnect"].trigger()
    assert window.watching.server is None and not window.actions_["disconnect"].isEnabled()


def test_the_token_is_remembered_only_when_asked_to(
    window: MainWindow, program: Program, server: ApiThread, qtbot: QtBot
) -> None:
    program.settings.server = f"http://{server.address}"
    asked = dialog(window, program)
    QTest.keyClicks(asked.token, TOKEN)
    asked.keep.setChecked(True)
    with qtbot.waitSignal(asked.accepted, timeout=15_000):
        press(asked.token, Qt.Key.Key_Return)
    assert program.settings.token == TOKEN
    elsewhere = ConnectDialog(window, program.serving, program.settings, "https://other.example")
    assert elsewhere.token.text() == ""
    elsewhere.done(0)


def test_giving_up_leaves_no_server(window: MainWindow, program: Program, qtbot: QtBot) -> None:
    asked = dialog(window, program)
    asked.address.setText("http://nobody.invalid")
    asked.token.setText("x")
    click(asked.connect_button)
    qtbot.waitUntil(lambda: "Trying again" in asked.note.text(), timeout=15_000)
    click(asked.cancel)
    assert window.watching.server is None


def test_what_a_server_runs_opens_read_only_and_can_be_made_ones_own(
    window: MainWindow, server: ApiThread, qtbot: QtBot, tmp_path: Path
) -> None:
    connect(window, server, qtbot)
    window.actions_["open_served"].trigger()
    choose("shop")
    page = window.page
    assert page is not None and page.name == "shop" and page.session.document.text == SHOP
    settle(page)
    assert page.watch.text == f"This is what {server.address} runs. Read-only."
    assert f"on {server.address}" in window.windowTitle()
    for name in ("tidy", "delete", "paste", "undo"):
        assert not window.actions_[name].isEnabled()
    page.drawing.add("say", 900, 900)
    assert page.session.document.text == SHOP and "Save it as a file" in page.refusal.text
    assert page.show_text(True) is not None and page.text is not None and page.text.isReadOnly()
    window.files.reveal_file(page.session.path.parent / "pay.flow")  # type: ignore[union-attr]
    inner = window.page
    assert inner is not None and inner.name == "pay" and inner.session.read_only
    assert window.files.save_to(page, tmp_path / "mine.flow")
    window.documents.bring(page)
    assert page.session.read_only == "" and page.watch.text == ""
    page.drawing.add("say", 900, 900)
    assert page.session.document.text != SHOP and not page.text.isReadOnly()


def test_a_served_flow_follows_what_the_server_runs_by_now(
    window: MainWindow, server: ApiThread, qtbot: QtBot
) -> None:
    connect(window, server, qtbot)
    page = window.watching.show_served("shop")
    assert page is not None
    changed = SHOP.replace('"Greeting"', '"Welcome"')
    server.facts.told = site(shop=changed)
    assert window.watching.server is not None
    window.watching.server.read_site()
    qtbot.waitUntil(lambda: page.session.document.text == changed)
    assert not page.dirty and page.session.read_only


@pytest.mark.parametrize(
    "path", ["../evil.flow", "/etc/evil.flow", "a/../../evil.flow", "C:x.flow"]
)
def test_a_server_writes_nowhere_but_into_its_own_folder(
    window: MainWindow, qtbot: QtBot, path: str
) -> None:
    told = site()
    told.files[0].path = path
    with api(told) as running:
        connect(window, running, qtbot)
        assert "outside of its site" in window.watching.serving.trouble
        said = answer("OK")
        window.watching.show_served("shop")
    assert said and "outside of its site" in said[0]


def test_the_command_line_opens_what_the_server_runs(
    window: MainWindow, server: ApiThread, qtbot: QtBot
) -> None:
    window.watching.begin(Address.parse(server.address), TOKEN)
    qtbot.waitUntil(lambda: window.page is not None, timeout=15_000)
    assert window.page is not None and window.page.session.document.text == SHOP


def test_the_command_line_with_a_wrong_token_says_so_in_the_list_of_calls(
    window: MainWindow, server: ApiThread, qtbot: QtBot
) -> None:
    window.watching.begin(Address.parse(server.address), "wrong")
    panel = calls_panel(window)
    qtbot.waitUntil(lambda: "does not accept the token" in panel.note.text.text(), timeout=15_000)
    assert window.page is None


def test_a_long_list_of_calls_is_shown_at_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    calls = [one for n in range(700) for one in whole_call(f"c{n}", n * 10.0, f"13{n:04}")]
    read_trace(window, traced(tmp_path, *calls), qtbot)
    panel = calls_panel(window)
    assert len(rows(panel)) == 500 and rows(panel)[0][0] == "130699"
    assert panel.list.columnWidth(0) > 40


# --- following a call -----------------------------------------------------------------------------


def test_a_call_is_followed_on_the_canvas_and_into_its_sub_flow(
    window: MainWindow, server: ApiThread, qtbot: QtBot
) -> None:
    story = whole_call("a")
    server.tell(*story[:4], incoming("b", 1, "139"), enter("b", "menu", 1))
    connect(window, server, qtbot)
    window.actions_["watch"].trigger()
    panel = calls_panel(window)
    assert [row[:4] for row in rows(panel)] == [
        ["138001", "100", "Shop", "Greeting"], ["139", "100", "Shop", "Main menu"]
    ]  # fmt: skip
    click_row(panel, 0)
    qtbot.waitUntil(lambda: window.page is not None and "hello" in marks(window.page))
    page = window.page
    assert page is not None and page.name == "shop"
    flag = marks(page)["hello"].flag
    assert flag is not None and flag.startswith("caller is here · ")
    assert f"Following the call from 138001 on {server.address}" in page.watch.text
    assert canvas_of(page).read_only
    server.tell(*story[4:9])
    qtbot.waitUntil(lambda: marks(page).get("menu") is None and "hello" not in marks(page))
    server.tell(*story[9:12])
    qtbot.waitUntil(lambda: window.page is not None and window.page.name == "pay")
    inner = window.page
    assert inner is not None and marks(inner)["ask"].flag is not None
    assert page.session.marks.ports[("menu", 1)] == PortMark(covered=True)
    assert marks(page)["pay"].flag is not None
    told = call_panel(window)
    assert told.bubbles.texts() == ["Hello.", "Press 1.", "1", "Your card."]
    assert told.title.text() == "138001 → 100" and "Card number" in told.under.text()
    server.tell(*story[12:])
    qtbot.waitUntil(lambda: window.page is page and "has ended" in page.watch.text)
    assert told.variables.topLevelItemCount() == 1
    item = told.variables.topLevelItem(0)
    assert item is not None and item.text(0) == "digits" and "••••" in item.text(2)
    click(told.end)
    assert marks(page) == {} and "Following" not in page.watch.text
    assert page.session.read_only


def test_a_server_that_goes_away_is_told_and_the_call_goes_on_when_it_is_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    story = whole_call("a")
    with api() as first:
        first.tell(*story[:6])
        connect(window, first, qtbot)
        window.watching.follow_call("a")
        qtbot.waitUntil(lambda: window.page is not None and "menu" in marks(window.page))
        page = window.page
        assert page is not None
    qtbot.waitUntil(lambda: "Trying again in" in page.watch.text, timeout=15_000)
    assert first.address in page.watch.text
    assert "menu" in marks(page)
    with api(port=first.port) as second:
        second.tell(*story[:11])
        click(offer(page, "Try now"))
        qtbot.waitUntil(
            lambda: window.page is not None and window.page.name == "pay", timeout=15_000
        )
        assert "Following" in page.watch.text


def test_a_call_that_a_restarted_server_does_not_know_is_told(
    window: MainWindow, qtbot: QtBot
) -> None:
    with api() as first:
        first.tell(incoming("a"), enter("a", "hello", 0))
        connect(window, first, qtbot)
        window.watching.follow_call("a")
        qtbot.waitUntil(lambda: window.page is not None and "hello" in marks(window.page))
        page = window.page
        assert page is not None
    qtbot.waitUntil(lambda: "Trying again in" in page.watch.text, timeout=15_000)
    with api(port=first.port):
        click(offer(page, "Try now"))
        qtbot.waitUntil(lambda: "does not know this call" in page.watch.text, timeout=15_000)


def test_who_disconnects_or_closes_the_page_follows_no_longer(
    window: MainWindow, server: ApiThread, qtbot: QtBot
) -> None:
    server.tell(incoming("a"), enter("a", "hello", 0))
    connect(window, server, qtbot)
    window.watching.follow_call("a")
    qtbot.waitUntil(lambda: window.page is not None and "hello" in marks(window.page))
    assert window.files.close()
    assert window.watching.calls.model.mode == ""
    window.watching.follow_call("a")
    qtbot.waitUntil(lambda: window.page is not None and "hello" in marks(window.page))
    page = window.page
    window.actions_["disconnect"].trigger()
    assert page is not None and marks(page) == {} and page.session.read_only


def test_the_language_can_be_switched_while_something_is_watched(
    window: MainWindow, program: Program, server: ApiThread, qtbot: QtBot
) -> None:
    server.tell(incoming("a"), enter("a", "hello", 0))
    connect(window, server, qtbot)
    window.watching.follow_call("a")
    qtbot.waitUntil(lambda: window.page is not None and "hello" in marks(window.page))
    program.choose_language("zh_CN")
    QApplication.processEvents()
    new = program.windows[0]
    page = new.page
    assert page is not None and page.name == "shop" and page.session.read_only
    assert "只读" in page.watch.text and marks(page) == {}
    new.watching.follow_call("a")
    qtbot.waitUntil(lambda: "hello" in marks(page))
    assert "来电者在此" in (marks(page)["hello"].flag or "") or marks(page)["hello"].flag


# --- replay ---------------------------------------------------------------------------------------


def test_a_past_call_of_the_server_is_replayed_step_by_step(
    window: MainWindow, server: ApiThread, qtbot: QtBot
) -> None:
    server.tell(*whole_call("a"))
    connect(window, server, qtbot)
    window.actions_["replay"].trigger()
    panel = calls_panel(window)
    qtbot.waitUntil(lambda: len(rows(panel)) == 1)
    assert rows(panel)[0][0] == "138001" and rows(panel)[0][5:] == ["0:09", "flow"]
    click_row(panel, 0)
    qtbot.waitUntil(lambda: window.watching.calls.model.mode == "past")
    page = window.page
    assert page is not None and page.name == "shop"
    replay = replay_panel(window)
    assert marks(page)["hello"] == CardMark(steps=(1,), here=True)
    click(replay.forth)
    assert marks(page)["menu"].here and page.session.marks.ports[("hello", "next")].path == "replay"
    click(replay.forth)
    assert window.page is not None and window.page.name == "pay"
    click(replay.back)
    assert window.page is page and marks(page)["menu"].here
    press(replay.strip, Qt.Key.Key_End)
    assert replay.time.text() == "0:09 / 0:09"
    assert {name: mark.steps for name, mark in marks(page).items()} == {
        "hello": (1,), "menu": (2,), "pay": (3,), "end": (4,)
    }  # fmt: skip
    middle = QPoint(round(replay.strip.x_of(3.0)), 40)
    QTest.mouseClick(replay.strip, LEFT, NONE, middle)
    assert replay.time.text() == "0:03 / 0:09" and marks(page)["menu"].here
    assert "Press 1." in replay.strip.told_at(
        replay.strip.mapFromGlobal(replay.strip.mapToGlobal(QPoint(middle.x(), 60))).toPointF()
    )
    assert call_panel(window).bubbles.texts() == ["Hello.", "Press 1."]
    assert replay.verdict.text() == "no draft of this flow is open"


def test_a_replay_plays_by_itself(window: MainWindow, server: ApiThread, qtbot: QtBot) -> None:
    server.tell(*whole_call("a"))
    connect(window, server, qtbot)
    window.watching.replay_call("a")
    qtbot.waitUntil(lambda: window.watching.calls.model.mode == "past")
    replay, model = replay_panel(window), window.watching.calls.model
    click(replay.speed)
    click(replay.speed)
    assert replay.speed.text() == "16×"
    click(replay.play)
    assert replay.play.toolTip() == "Pause"
    qtbot.waitUntil(lambda: model.at == model.line.length and not model.playing, timeout=10_000)
    click(replay.play)
    assert model.playing and model.at < model.line.length
    click(replay.play)
    assert not model.playing


def test_a_call_of_a_trace_file_parts_from_the_draft_and_leaving_brings_the_draft_back(
    window: MainWindow, shop: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    swapped = SHOP.replace('1 "Billing" -> pay', '1 "Billing" -> end')
    shop.write_text(swapped.replace('2 "Repairs" -> end', '2 "Repairs" -> pay'), encoding="utf-8")
    page = window.files.open_path(shop)
    assert page is not None
    settle(page)
    before = page.session.document.text
    read_trace(window, traced(tmp_path, *whole_call("a"), *whole_call("b", 60, "139")), qtbot)
    panel = calls_panel(window)
    assert [row[0] for row in rows(panel)] == ["139", "138001"]
    click_row(panel, 1)
    replay = replay_panel(window)
    assert "would part here: From menu the call went by 1 to pay" in replay.verdict.text()
    assert "menu" not in marks(page)
    press(replay.strip, Qt.Key.Key_End)
    badge = marks(page)["menu"].badge
    assert badge is not None and badge.text == "parts here"
    page.drawing.add("say", 900, 900)
    assert page.session.document.text == before and "end watching first" in page.refusal.text
    click(offer(page, "Back to the draft"))
    assert marks(page) == {} and page.watch.text == "" and not canvas_of(page).read_only
    page.drawing.add("say", 900, 900)
    assert page.session.document.text != before


def test_a_call_that_goes_where_nothing_is_open_says_so(
    window: MainWindow, shop: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    page = window.files.open_path(shop)
    assert page is not None
    read_trace(window, traced(tmp_path, *whole_call("a")), qtbot)
    window.watching.replay_traced("a")
    replay = replay_panel(window)
    assert replay.verdict.text() == "same path"
    window.watching.calls.model.go(6.0)
    assert "The flow pay is not open" in replay.verdict.text()
    inner = window.files.open_path(shop.parent / "pay.flow")
    window.watching.calls.model.go(6.5)
    assert inner is not None and marks(inner)["ask"].here and window.page is inner


def test_what_was_marked_before_is_there_again_afterwards(
    window: MainWindow, program: Program, shop: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    page = window.files.open_path(shop)
    assert page is not None
    settle(page)
    page.drawing.breakpoint_toggled("menu")
    read_trace(window, traced(tmp_path, *whole_call("a")), qtbot)
    window.watching.replay_traced("a")
    assert marks(page).get("menu") is None
    window.watching.leave(page)
    assert marks(page)["menu"] == CardMark(breakpoint=True)
    window.watching.replay_traced("a")
    program.choose_language("zh_CN")
    again = program.windows[0].page
    assert again is not None and again.drawing.breakpoints == {"menu"}
    assert marks(again)["menu"].breakpoint and again.session.read_only == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no call in"), (b"{}\nnonsense\n\x00\xff\n", "no call in"), (None, "cannot be read")],
)
def test_a_file_that_is_no_trace_is_told(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    said = answer("OK")
    with qtbot.waitSignal(window.watching.read_trace(path).ended, timeout=15_000):
        pass
    assert said and words in said[0]


def test_lines_that_are_no_events_are_counted_and_a_changed_file_is_noticed(
    window: MainWindow, shop: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window.files.open_path(shop)
    path = traced(tmp_path, *whole_call("a"))
    path.write_text("half a li\n\n" + path.read_text() + '{"t": 1, "call": "x"')
    read_trace(window, path, qtbot)
    assert calls_panel(window).source.text() == "trace.jsonl · 2 lines are no events"
    path.write_text("something else altogether\n" * 50)
    said = answer("OK")
    window.watching.replay_traced("a")
    assert said and "was changed" in said[0]


# --- heat map -------------------------------------------------------------------------------------


def many(count: int, lost: int) -> list[dict[str, object]]:
    """*count* calls to the menu, of which *lost* hang up there."""
    told: list[dict[str, object]] = []
    for number in range(count):
        call = f"m{number}"
        told += [incoming(call, number), enter(call, "menu", number)]
        if number < lost:
            told.append(event(call, "hangup", number + 3, by="caller", cause="normal"))
        else:
            told += [leave(call, "menu", 2, number + 6), enter(call, "end", number + 6)]
    return told


def test_the_heat_map_of_a_trace_file_is_shown_on_the_draft(
    window: MainWindow, shop: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    page = window.files.open_path(shop)
    assert page is not None
    settle(page)
    window.actions_["heat_map"].trigger()
    panel = heat_panel(window)
    assert "Connect to a server" in panel.note.text() and panel.open_button.isVisible()
    read_trace(window, traced(tmp_path, *many(40, 10)), qtbot)
    window.right.show_panel("heat")
    assert marks(page)["menu"].pill == "40" and marks(page)["menu"].heat == 5
    assert marks(page)["menu"].badge is not None and marks(page)["menu"].summary == "median 6.1 s"
    assert page.session.marks.ports[("menu", 2)].count == 30
    assert page.watch.text == "Heat map of trace.jsonl. Read-only." and canvas_of(page).read_only
    assert panel.calls.text() == "40 calls through this flow"
    (row,) = panel.findChildren(LossRow)
    press(row, Qt.Key.Key_Space)
    assert page.session.selected == ("menu",)
    assert panel.node.text() == "Main menu"
    click(panel.measure.buttons["drop"])
    assert marks(page)["menu"].pill == "25 %"
    window.actions_["heat_map"].trigger()
    assert marks(page) == {} and not canvas_of(page).read_only


def test_the_heat_map_follows_the_flow_in_front_and_the_period(
    window: MainWindow, shop: Path, server: ApiThread, qtbot: QtBot
) -> None:
    import time

    now = time.time() - T
    told = whole_call("a", now - 20)
    server.tell(*told)
    connect(window, server, qtbot)
    first = window.files.open_path(shop)
    window.actions_["heat_map"].trigger()
    assert first is not None
    qtbot.waitUntil(lambda: "menu" in marks(first))
    second = window.files.open_path(shop.parent / "pay.flow")
    assert second is not None
    qtbot.waitUntil(lambda: "ask" in marks(second))
    assert marks(first) == {} and first.session.read_only == "" and second.session.read_only
    panel = heat_panel(window)
    names = [panel.period.itemText(at) for at in range(panel.period.count())]
    at = names.index("Yesterday")
    panel.period.setCurrentIndex(at)
    panel.period.activated.emit(at)
    qtbot.waitUntil(lambda: "No calls in this period" in panel.note.text())
    assert marks(second)["ask"] == CardMark(summary="no calls")
    click(offer(second, "Back to the draft"))
    assert not window.actions_["heat_map"].isChecked() and marks(second) == {}

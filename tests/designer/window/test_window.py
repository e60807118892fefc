"""The window around the canvas: panels, languages, themes, state, tour, export, several windows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from designer.app import Program
from designer.look.i18n import choose_language, table, told
from designer.look.theme import theme
from designer.window.context_menus import make_menu
from designer.window.docks import made_by
from designer.window.main_window import MainWindow
from designer.window.menus import MENUS
from designer.window.page import Page
from designer.window.tour import Tour
from designer_kit import answer, press, settle
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import suggest


def test_every_action_but_those_of_lists_stands_in_a_menu(window: MainWindow) -> None:
    listed = {name for _, names in MENUS for name in names}
    inner = {n for n in window.actions_ if n.startswith(("theme_", "language_", "canvas_"))}
    assert set(window.actions_) - listed - inner == set()


def test_no_two_actions_have_the_same_keys(window: MainWindow) -> None:
    seen: dict[str, str] = {}
    for name in window.actions_:
        for keys in window.actions_[name].shortcuts():
            assert keys.toString() not in seen, f"{name} and {seen.get(keys.toString())}"
            seen[keys.toString()] = name


def test_a_panel_that_is_not_installed_says_so_and_a_broken_one_is_no_silence(page: Page) -> None:
    for module, factory in (("designer.nothing_there", "make"), ("designer.window", "no_such")):
        panel = made_by(module, factory, "This panel is not installed.")(page)
        assert [label.text() for label in panel.findChildren(QLabel)] == [
            "This panel is not installed."
        ]
    with pytest.raises(ModuleNotFoundError):
        made_by("nothing_there_at_all", "make", "")(page)


def test_without_a_flow_nothing_can_be_done_to_one(window: MainWindow, gas: Path) -> None:
    assert not window.actions_["save"].isEnabled()
    assert window.actions_["open"].isEnabled()
    page = window.files.open_path(gas)
    assert page is not None and window.actions_["save"].isEnabled()
    assert window.files.close(page)
    assert not window.actions_["save"].isEnabled()


def test_status_tells_problems_size_selection_and_what_is_saved(
    window: MainWindow, page: Page
) -> None:
    page.session.select(["menu"])
    assert window.status.text() == (
        "No problems | 27 nodes · 47 connections | menu selected | Opened · autosave on"
    )
    page.drawing.add("menu", 900, 900)
    settle(page)
    assert "28 nodes" in window.status.text() and "Not saved" in window.status.text()


def test_status_shows_a_new_selection_at_once_and_whole(window: MainWindow, page: Page) -> None:
    window.activateWindow()
    QApplication.processEvents()
    page.session.select(["menu"])
    (cell,) = [one for one in window.status.findChildren(QLabel) if "selected" in one.text()]
    assert cell.width() >= cell.sizeHint().width()


def test_text_and_canvas_follow_each_other(window: MainWindow, page: Page) -> None:
    window.actions_["text"].trigger()
    assert page.text is not None
    page.canvas.widget.setFocus()
    page.session.select(["save"])
    assert page.text.textCursor().block().text().startswith("node save:")
    page.text.setFocus()
    line = next(
        n for n, text in enumerate(page.text.toPlainText().splitlines(), 1)
        if text.startswith("node keep:")
    )  # fmt: skip
    page.text.go_to_line(line)
    page.text.moveCursor(page.text.textCursor().MoveOperation.Down)
    assert page.session.selected == ("keep",)
    window.actions_["text"].trigger()
    assert not page.text_shown


def test_undo_in_the_text_is_the_documents(window: MainWindow, page: Page) -> None:
    page.show_text(True)
    assert page.text is not None
    page.text.setFocus()
    before = page.session.document.text
    page.text.moveCursor(page.text.textCursor().MoveOperation.End)
    page.text.insertPlainText("# more\n")
    page.text.take_now()
    assert page.session.document.text == before + "# more\n"
    assert window.actions_["undo"].text() == "Undo typing"
    window.actions_["undo"].trigger()
    assert page.text.toPlainText() == before


def test_a_keystroke_just_before_saving_is_saved(window: MainWindow, page: Page, gas: Path) -> None:
    page.show_text(True)
    assert page.text is not None
    page.text.moveCursor(page.text.textCursor().MoveOperation.End)
    page.text.insertPlainText("# last\n")
    window.actions_["save"].trigger()
    assert gas.read_text(encoding="utf-8").endswith("# last\n")


def test_the_language_can_be_switched_with_work_undone_and_all(
    window: MainWindow, page: Page, program: Program
) -> None:
    page.session.select(["menu"])
    page.drawing.add_note()
    program.choose_language("zh_CN")
    QApplication.processEvents()
    new = program.windows[0]
    assert new is not window and len(program.windows) == 1
    assert [action.text() for action in new.menuBar().actions()][:2] == ["文件", "编辑"]
    again = new.page
    assert again is not None and again.session is page.session
    card = again.session.picture.card("hours")
    assert card is not None and [port.label for port in card.ports][:2] == ["营业", "休息"]
    new.actions_["undo"].trigger()
    assert again.session.picture.sheets == ()
    program.choose_language("en")


def test_every_text_of_the_window_has_its_chinese() -> None:
    import ast

    root = Path(__file__).parents[3] / "designer"
    files = [root / "app.py", *(root / "window").glob("*.py"), *(root / "panels").glob("*.py"),
             *(root / "panels" / "text").glob("*.py")]  # fmt: skip
    known, lacking = table("zh_CN"), []
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and text.value not in known:
                    lacking.append(f"{file.name}:{node.lineno}: {text.value}")
    assert lacking == []


def test_node_types_ports_and_samples_have_their_chinese(program: Program) -> None:
    from flow_runtime.core.binding import bind
    from flow_runtime.core.model import NodeDecl
    from nodes.catalogue import built_in

    wanted = set()
    for cls in built_in().values():
        wanted |= {cls.title, (cls.__doc__ or "").partition("\n")[0]}
        for port in bind(NodeDecl("x", cls.type), cls).ports.values():
            wanted |= {str(port.name).replace("_", " "), port.help}
    for template in program.opening.templates():
        wanted |= {template.title, template.about}
    assert wanted - {""} - set(table("zh_CN")) == set()


def test_every_problem_has_short_words_in_chinese_and_messages_are_translated(
    program: Program,
) -> None:
    from nodes.explanations import explanations

    lacking = {code.replace("-", " ") for code in explanations()} - set(table("zh_CN"))
    assert lacking == set()
    choose_language("zh_CN")
    text = phrase(
        "{leads} to {target}, but there is no such node{hint}",
        leads=phrase("port {port} of {name} leads", port="next", name="saved"),
        target="owess",
        hint=suggest("owess", ["owes"]),
    )
    assert text.endswith('leads to owess, but there is no such node (did you mean "owes"?)')
    assert told(text) == "saved 的出口 next 通向 owess，但没有这个节点（是不是“owes”？）"
    assert told("nobody has translated this") == "nobody has translated this"


def test_the_theme_can_be_switched_while_flows_are_open(
    window: MainWindow, page: Page, program: Program
) -> None:
    before = window.grab().toImage().pixelColor(5, 5).lightness()
    program.choose_theme("dark")
    QApplication.processEvents()
    assert theme().tokens.dark
    assert window.grab().toImage().pixelColor(5, 5).lightness() < 60 < before
    assert window.actions_["theme_dark"].isChecked()
    assert not window.actions_["theme_system"].isChecked()
    program.choose_theme("light")


def test_docks_hide_and_the_arrangement_is_remembered(program: Program, window: MainWindow) -> None:
    window.actions_["bottom"].trigger()
    assert window.bottom.isHidden() and not window.left.isHidden()
    window.resize(window.width(), 640)
    window.close()
    again = program.new_window()
    assert again.bottom.isHidden() and not again.left.isHidden()
    assert again.height() == 640
    assert not again.actions_["bottom"].isChecked()
    again.actions_["bottom"].trigger()
    assert not again.bottom.isHidden()


def test_closing_the_window_asks_for_each_flow_and_cancel_keeps_it(
    window: MainWindow, page: Page, program: Program
) -> None:
    page.session.select(["menu"])
    page.drawing.add_note()
    answer("Cancel")
    assert not window.close()
    assert program.windows == [window] and window.documents.pages == [page]
    answer("Don't save")
    assert window.close()
    assert program.windows == []


def test_f6_goes_round_the_areas(window: MainWindow, page: Page) -> None:
    window.activateWindow()
    page.canvas.widget.setFocus()
    seen = []
    for _ in range(5):
        press(window, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        area = next(
            (n for n, area in enumerate(window.areas())
             if focused is not None and (area is focused or area.isAncestorOf(focused))), None,
        )  # fmt: skip
        seen.append(area)
    assert None not in seen and len(set(seen)) >= 4


def test_the_tour_is_shown_once_and_can_be_skipped(program: Program, window: MainWindow) -> None:
    window.show_tour()
    tour = window.findChild(Tour)
    assert tour is not None
    titles = []
    for _ in range(4):
        titles.append(tour.title.text())
        tour.next.click()
    assert titles == ["Nodes", "Canvas", "Properties", "Problems"]
    assert tour.next.text() == "Done"
    tour.next.click()
    assert not tour.isVisible()
    assert program.settings.tour_seen


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_drawing_is_exported(window: MainWindow, page: Page, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out.{kind}"
    assert window.export.write(page, path)
    content = path.read_bytes()
    if kind == "svg":
        assert QSvgRenderer(str(path)).isValid() and b"Main menu" in content
    elif kind == "png":
        image = QImage(str(path))
        assert image.width() > 2000 and len({image.pixel(x, 200) for x in range(0, 2000, 7)}) > 3
    else:
        assert content.startswith(b"%PDF-") and len(content) > 5000


def test_an_export_that_cannot_be_written_says_so(
    window: MainWindow, page: Page, tmp_path: Path
) -> None:
    for path in (tmp_path / "none" / "a.svg", tmp_path / "a.bmp", tmp_path / "none" / "a.png"):
        said = answer("Close")
        assert not window.export.write(page, path)
        assert str(path) in said[0] and "Choose a folder" in said[0]


def test_the_context_menu_knows_cards_ports_and_empty_places(
    window: MainWindow, page: Page
) -> None:
    def texts(node: str | None, port: str | int | None) -> list[str]:
        menu = make_menu(window, page, node, port)
        return [action.text().partition("\t")[0] for action in menu.actions() if action.text()]

    page.session.select(["menu"])
    assert "Rename" in texts("menu", None) and "Disconnect" not in texts("menu", None)
    assert texts("menu", 1)[:2] == ["Connect…", "Disconnect"]
    assert "Paste" in texts(None, None) and "Tidy" in texts(None, None)


def test_a_window_opens_while_another_one_has_a_flow(
    program: Program, window: MainWindow, page: Page, qtbot: QtBot
) -> None:
    other = program.new_window()
    other.files.new()
    assert len(program.pages()) == 2
    program.autosave.keep_all()
    other.close()
    assert program.windows == [window]


def test_a_configuration_with_mistakes_is_told_and_the_flow_opens_all_the_same(
    window: MainWindow, gas: Path
) -> None:
    config = gas.parent / "cordboard.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[nonsense]\nx = 1\n", "utf-8")
    page = window.files.open_path(gas)
    assert page is not None
    assert "nonsense" in page.banner.text
    assert page.session.picture.card("menu") is not None


def test_while_a_configuration_has_mistakes_data_is_read_as_the_last_good_one_says(
    window: MainWindow, page: Page, gas: Path
) -> None:
    config = gas.parent / "cordboard.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[nonsense]\nx = 1\n", "utf-8")
    window.reload_site(page)
    assert "the last good one is used" in page.banner.text
    (gas.parent / "gas.db").touch()
    rows = page.session.site.try_query("gas", "select 1 as one", {}, timedelta(seconds=5), 1)
    assert [dict(row) for row in rows] == [{"one": 1}]


def test_a_button_of_a_banner_lives_until_what_it_offers_is_done(
    window: MainWindow, page: Page
) -> None:
    alive: list[bool] = []

    def ask() -> None:
        """As a question does, in whose event loop something else is told meanwhile."""
        page.banner.tell("Something else.", [("Other", ask)])
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        alive.append(isValid(button))

    page.banner.tell("Something.", [("Ask", ask)])
    button = page.banner.buttons[0]
    press(button, Qt.Key.Key_Space)
    assert alive == [True]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(button)
    assert [one.text() for one in page.banner.buttons] == ["Other"]

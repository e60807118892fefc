"""Which actions stand in which menu and on the toolbar, and the actions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from designer.canvas.engines import ENGINES, is_there
from designer.look.i18n import LANGUAGES, language, tr
from designer.look.theme import theme
from designer.window.printing import Printing

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

MENUS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("File", (
        "new", "template", "open", "recent", "-", "save", "save_as", "save_all", "-", "export_svg",
        "export_png", "export_pdf", "print_preview", "print", "-", "new_window", "close", "quit",
    )),
    ("Edit", (
        "undo", "redo", "-", "cut", "copy", "paste", "duplicate", "delete", "-", "select_all",
        "copy_text", "-", "find",
    )),
    ("View", (
        "commands", "-", "fit", "fit_selection", "actual_size", "zoom_in", "zoom_out", "-", "text",
        "left", "right", "bottom", "-", "next_area", "previous_area", "next_tab", "previous_tab",
        "-", "themes", "languages", "canvases",
    )),
    ("Flow", (
        "add", "add_frame", "add_note", "-", "rename", "form", "connect", "start_here", "-",
        "tidy",
    )),
    ("Check", ("check", "next_problem", "previous_problem")),
    ("Run", ("simulate", "step", "stop", "hang_up", "-", "breakpoint", "clear_breakpoints")),
    ("Server", (
        "connect_server", "disconnect", "-", "open_served", "-", "watch", "replay", "open_trace",
        "-", "heat_map",
    )),
    ("Help", ("tour", "keys", "-", "about")),
)  # fmt: skip
"""Menus with the names of their actions; ``-`` is a line, some names are menus of their own."""


def make_actions(window: MainWindow) -> None:
    """Make every action of *window*."""
    _file_actions(window)
    _edit_actions(window)
    _view_actions(window)
    _flow_actions(window)
    _run_actions(window)
    _server_actions(window)
    _help_actions(window)
    window.actions_.dress()


def _file_actions(window: MainWindow) -> None:
    add, files, export = window.actions_.add, window.files, window.export
    printing = Printing(window)
    add("new", tr("New"), files.new, "Ctrl+N", icon="ui-new")
    add("template", tr("New from template…"), window.choose_template)
    add("open", tr("Open…"), files.open, "Ctrl+O", icon="ui-open")
    add("save", tr("Save"), files.save, "Ctrl+S", icon="ui-save")
    add("save_as", tr("Save as…"), files.save_as, "Ctrl+Shift+S")
    add("save_all", tr("Save all"), files.save_all, "Ctrl+Alt+S")
    add("export_svg", tr("Export as SVG…"), lambda: export.ask("svg"))
    add("export_png", tr("Export as PNG…"), lambda: export.ask("png"))
    add("export_pdf", tr("Export as PDF…"), lambda: export.ask("pdf"))
    add("print_preview", tr("Print preview…"), printing.preview, "Ctrl+Shift+P")
    add("print", tr("Print…"), printing.ask, "Ctrl+P")
    add("new_window", tr("New window"), window.program.new_window, "Ctrl+Shift+W")
    add("close", tr("Close"), files.close, "Ctrl+W")
    add("quit", tr("Quit"), window.program.quit, "Ctrl+Q")


def _edit_actions(window: MainWindow) -> None:
    add, edit = window.actions_.add, window.edit
    add("undo", tr("Undo"), edit.undo, "Ctrl+Z", icon="ui-undo")
    add("redo", tr("Redo"), edit.redo, "Ctrl+Shift+Z Ctrl+Y", icon="ui-redo")
    add("cut", tr("Cut"), edit.cut, "Ctrl+X")
    add("copy", tr("Copy"), edit.copy, "Ctrl+C")
    add("paste", tr("Paste"), edit.paste, "Ctrl+V")
    add("duplicate", tr("Duplicate"), edit.duplicate, "Ctrl+D")
    delete = edit.with_drawing(lambda page: page.press(Qt.Key.Key_Delete))
    add("delete", tr("Delete"), delete, icon="ui-trash", canvas_key="Del")
    add("select_all", tr("Select all"), edit.select_all, "Ctrl+A")
    add("copy_text", tr("Copy the whole text"), edit.copy_text)
    add("find", tr("Find"), edit.find, "Ctrl+F", icon="ui-search")


def _view_actions(window: MainWindow) -> None:
    add, view = window.actions_.add, window.view
    add("commands", tr("Commands…"), window.show_commands, "Ctrl+K")
    add("fit", tr("Fit"), view.fit, "Ctrl+0", icon="ui-fit")
    add("fit_selection", tr("Fit the selection"), view.fit_selection, "Ctrl+Shift+0")
    add("actual_size", "100 %", lambda: view.zoom(1.0), "Ctrl+1")
    add("zoom_in", tr("Zoom in"), lambda: view.zoom_by(1), "Ctrl++ Ctrl+=", icon="ui-plus")
    add("zoom_out", tr("Zoom out"), lambda: view.zoom_by(-1), "Ctrl+-", icon="ui-minus")
    text = add("text", tr("Text beside the canvas"), view.toggle_text, "Ctrl+T")
    text.setCheckable(True)
    docks = (
        ("left", tr("Left panel"), window.left),
        ("right", tr("Right panel"), window.right),
        ("bottom", tr("Bottom panel"), window.bottom),
    )
    for number, (name, words, dock) in enumerate(docks, 1):
        action = add(name, words, keys=f"Ctrl+Alt+{number}", checks=dock.setVisible)
        action.setChecked(True)
        dock.visibilityChanged.connect(window.dock_hidden(dock, action))
    add("next_area", tr("Next area"), lambda: view.next_area(1), "F6")
    add("previous_area", tr("Previous area"), lambda: view.next_area(-1), "Shift+F6")
    add("next_tab", tr("Next flow"), lambda: window.documents.step(1), "Ctrl+Tab Ctrl+PgDown")
    add(
        "previous_tab", tr("Previous flow"), lambda: window.documents.step(-1),
        "Ctrl+Shift+Tab Ctrl+PgUp",
    )  # fmt: skip
    for choice, words in (
        ("system", tr("Theme of the desktop")),
        ("light", tr("Light theme")),
        ("dark", tr("Dark theme")),
    ):
        action = add(f"theme_{choice}", words, lambda choice=choice: view.theme(choice))  # type: ignore[misc]
        action.setCheckable(True)
        action.setChecked(theme().choice == choice)
    for engine in ENGINES:
        words = tr("Cordboard's own") if engine == "scene" else "NodeGraphQt"
        action = add(f"canvas_{engine}", words, lambda engine=engine: view.canvas(engine))  # type: ignore[misc]
        action.setCheckable(True)
        action.setChecked(window.program.canvas == engine)
        action.setEnabled(is_there(engine))
    for name, words in LANGUAGES.items():
        action = add(f"language_{name}", words, lambda name=name: view.language(name))  # type: ignore[misc]
        action.setCheckable(True)
        action.setChecked(language() == name)


def _flow_actions(window: MainWindow) -> None:
    add, edit = window.actions_.add, window.edit
    do = edit.with_drawing
    slash = do(lambda page: page.press(Qt.Key.Key_Slash, "/"))
    add("add", tr("Add a node…"), slash, icon="ui-plus", canvas_key="/")
    add("add_frame", tr("Frame around the selection"), do(lambda page: page.drawing.add_frame()),
        "Ctrl+G", icon="frame")  # fmt: skip
    add("add_note", tr("Note"), do(lambda page: page.drawing.add_note()),
        "Ctrl+Shift+N", icon="note")  # fmt: skip
    add("rename", tr("Rename"), do(lambda page: page.rename()), canvas_key="F2")
    add("form", tr("Properties"), window.open_form, canvas_key="Enter")
    add("connect", tr("Connect…"), do(lambda page: page.press(Qt.Key.Key_C, "c")), canvas_key="C")
    add("start_here", tr("Let calls start here"), do(lambda page: page.start_here()))
    tidy = do(lambda page: page.drawing.tidy())
    add("tidy", tr("Tidy"), tidy, "Ctrl+Shift+L", icon="ui-layout")
    check = window.check
    add("check", tr("Check"), check.check, "F7", icon="ui-check")
    add("next_problem", tr("Next problem"), lambda: check.step(1), "F8")
    add("previous_problem", tr("Previous problem"), lambda: check.step(-1), "Shift+F8")


def _run_actions(window: MainWindow) -> None:
    add, run = window.actions_.add, window.run
    add("simulate", tr("Simulate"), run.simulate, "F5", icon="ui-play-solid")
    add("step", tr("Step"), run.step, "F10", icon="ui-step")
    add("stop", tr("Stop"), run.stop, "Shift+F5", icon="ui-stop")
    add("hang_up", tr("Hang up"), run.hang_up, "Ctrl+Shift+H", icon="hangup")
    add("breakpoint", tr("Breakpoint"), run.toggle_breakpoint, "F9", icon="ui-pause")
    add("clear_breakpoints", tr("Remove all breakpoints"), run.clear_breakpoints)


def _server_actions(window: MainWindow) -> None:
    add, watching = window.actions_.add, window.watching
    add("connect_server", tr("Connect to a server…"), watching.connect_to)
    leave = add("disconnect", tr("Disconnect from the server"), watching.disconnect_from)
    leave.setEnabled(False)
    add("open_served", tr("Open from the server…"), watching.open_served)
    add("watch", tr("Watch live"), watching.watch, icon="ui-live")
    add("replay", tr("Replay"), watching.replay, icon="ui-replay")
    add("open_trace", tr("Open trace file…"), watching.open_trace)
    add("heat_map", tr("Heat map"), icon="ui-heat", checks=watching.show_heat)


def _help_actions(window: MainWindow) -> None:
    add = window.actions_.add
    add("tour", tr("Tour"), window.show_tour, icon="ui-help")
    add("keys", tr("Keyboard shortcuts"), window.show_commands, "F1")
    add("about", tr("About Cordboard"), window.show_about)


def fill_menus(bar: QMenuBar, window: MainWindow) -> None:
    """Put the actions into the menu bar."""
    titles = {
        "File": tr("File"), "Edit": tr("Edit"), "View": tr("View"), "Flow": tr("Flow"),
        "Check": tr("Check"), "Run": tr("Run"), "Server": tr("Server"), "Help": tr("Help"),
    }  # fmt: skip
    inner = {
        "recent": (tr("Open recent"), ()),
        "themes": (tr("Theme"), ("theme_system", "theme_light", "theme_dark")),
        "languages": (
            tr("Language of the interface"),
            tuple(f"language_{name}" for name in LANGUAGES),
        ),
        "canvases": (tr("Canvas engine"), tuple(f"canvas_{name}" for name in ENGINES)),
    }
    for name, names in MENUS:
        menu = bar.addMenu(titles[name])
        menu.setObjectName(f"menu_{name.lower()}")
        menu.setToolTipsVisible(True)
        for one in names:
            if one == "-":
                menu.addSeparator()
            elif one in inner:
                _inner_menu(menu, one, *inner[one], window)
            else:
                menu.addAction(window.actions_[one])
    bar.adjustSize()


def _inner_menu(
    menu: QMenu, name: str, title: str, names: Sequence[str], window: MainWindow
) -> None:
    inner = menu.addMenu(title)
    group = QActionGroup(inner)
    for one in names:
        inner.addAction(group.addAction(window.actions_[one]))
    if name == "recent":
        inner.aboutToShow.connect(lambda: _fill_recent(inner, window))


def _fill_recent(menu: QMenu, window: MainWindow) -> None:
    menu.clear()
    recent = window.program.settings.recent
    for path in recent:
        action = menu.addAction(f"{path.stem}  —  {path.parent}")
        action.triggered.connect(lambda _=False, path=path: window.files.open_path(path))
    if recent:
        menu.addSeparator()
        menu.addAction(tr("Empty this list"), window.program.settings.forget_recent)
    else:
        menu.addAction(tr("No flow was open yet")).setEnabled(False)

"""The menus under the right mouse button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from designer.look.i18n import tr
from designer.panels.flows import called_name
from designer.window.page import Page
from flow_runtime.core.model import PortValue

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_CARD = ("form", "rename", "connect", "-", "cut", "copy", "duplicate", "delete", "-",
         "start_here", "breakpoint", "add_frame")  # fmt: skip
_SELECTION = ("cut", "copy", "duplicate", "delete", "-", "add_frame")
_EMPTY = ("add", "add_note", "add_frame", "-", "paste", "select_all", "-", "fit", "tidy")


def show_menu(
    window: MainWindow, page: Page, node: str | None, port: PortValue | None, x: int, y: int
) -> None:
    """Show the menu of a card, a port, a sheet or an empty place at the global (x, y)."""
    menu = make_menu(window, page, node, port)
    menu.popup(QPoint(x, y))


def make_menu(window: MainWindow, page: Page, node: str | None, port: PortValue | None) -> QMenu:
    """The menu; it goes away when it is closed."""
    menu = QMenu(window)
    menu.aboutToHide.connect(menu.deleteLater)
    drawing = page.drawing
    if node is not None and port is not None:
        source = (node, port)
        menu.addAction(tr("Connect…"), lambda: page.connect_from(node, port))
        led = any(one.source == source for one in page.session.picture.connectors)
        action = menu.addAction(tr("Disconnect"))
        action.triggered.connect(lambda: drawing.disconnected(source))
        action.setEnabled(led)
        menu.addSeparator()
    names: Sequence[str] = _EMPTY
    if node is not None:
        names = _CARD if len(page.session.selected) == 1 else _SELECTION
        _add_called(menu, window, page, node)
    elif page.session.selected_sheets:
        names = ("cut", "copy", "duplicate", "delete")
    for name in names:
        if name == "-":
            menu.addSeparator()
        else:
            menu.addAction(window.actions_[name])
    return menu


def _add_called(menu: QMenu, window: MainWindow, page: Page, node: str) -> None:
    """Open the flow that a node calls."""
    flow = page.session.flow
    decl = None if flow is None else flow.node(node)
    name = None if decl is None else called_name(decl, page.session)
    if name is not None and page.path is not None:
        path = page.path.parent / name
        menu.addAction(tr("Open {name}", name=name), lambda: window.files.reveal_file(path))
        menu.addSeparator()

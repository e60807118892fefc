"""The window: menus, toolbar, document tabs, docks and status line around the canvas."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from designer.look.i18n import tr
from designer.look.theme import theme
from designer.panels.problems import Problems
from designer.window.actions import Actions
from designer.window.check_commands import CheckCommands
from designer.window.chooser import Choice, Chooser
from designer.window.collector import look_at_all
from designer.window.context_menus import show_menu
from designer.window.docks import TabDock, arrange
from designer.window.edit_commands import EditCommands
from designer.window.export import Exports
from designer.window.file_commands import FileCommands
from designer.window.menus import fill_menus, make_actions
from designer.window.page import Page
from designer.window.panels import Panels
from designer.window.run_commands import RunCommands
from designer.window.sheet import window_sheet
from designer.window.start_page import StartPage
from designer.window.status import Status
from designer.window.tabs import Documents
from designer.window.toolbar import Toolbar
from designer.window.view_commands import ViewCommands
from designer.window.watching import Watching

if TYPE_CHECKING:
    from designer.app import Program

_SIZE: Final = QSize(1600, 1000)
_TITLE: Final = 480
"""The width of the title: a menu bar does not follow a corner widget that grows."""
_LAYOUT: Final = 1
"""Counts up when docks change so much that a remembered arrangement fits no more."""


class MainWindow(QMainWindow):
    """One window of the program, with any number of flows."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self._left = False
        self.setStyleSheet(window_sheet())
        self.resize(_SIZE.boundedTo(self.screen().availableGeometry().size()))
        self.setDockNestingEnabled(True)
        self.actions_ = Actions(self)
        self.files, self.edit = FileCommands(self), EditCommands(self)
        self.view, self.check = ViewCommands(self), CheckCommands(self)
        self.run, self.export = RunCommands(self), Exports(self)
        self.documents = Documents(self._start_page())
        self.setCentralWidget(self.documents)
        self.left = TabDock("left", tr("Left panel"), self)
        self.right = TabDock("right", tr("Right panel"), self)
        self.bottom = TabDock("bottom", tr("Bottom panel"), self)
        self.watching = Watching(self)
        self.panels = Panels(self)
        arrange(self, self.left, self.right, self.bottom)
        make_actions(self)
        fill_menus(self.menuBar(), self)
        self._title = QLabel()
        self._title.setProperty("role", "window-title")
        self._title.setFixedSize(_TITLE, 27)
        self._title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.menuBar().setCornerWidget(self._title)
        self.toolbar = Toolbar(self)
        self.addToolBar(self.toolbar)
        self.status = Status()
        self.setStatusBar(self.status)
        self._listen()
        self._restore()
        self._switched()

    def _listen(self) -> None:
        self.documents.switched.connect(self._switched)
        self.documents.close_wanted.connect(self.files.close)
        self.documents.new_wanted.connect(self.files.new)
        self.status.commands_wanted.connect(self.show_commands)
        self.status.language_wanted.connect(self._next_language)
        self.status.zoom_wanted.connect(self.view.fit)
        self.status.problems_wanted.connect(lambda: self.bottom.show_panel("problems"))
        theme().changed.connect(self._dress)

    # --- pages ----------------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        """The flow in front."""
        return self.documents.page

    def show_page(self, page: Page) -> None:
        """Open *page* in a tab, in front."""
        session = page.session
        session.changed.connect(self._edited)
        session.problems_changed.connect(self._counted)
        session.read_only_changed.connect(self._edited)
        session.selection_changed.connect(self.watching.selection_changed)
        page.title_changed.connect(self._titled)
        page.seen_changed.connect(self.status.refresh)
        page.running_changed.connect(self._counted)
        page.drawing.nodes_wanted.connect(partial(self._offer_nodes, page))
        page.drawing.form_wanted.connect(lambda _: self.open_form())
        page.drawing.menu_wanted_at.connect(partial(show_menu, self, page))
        page.empty.template_wanted.connect(self.choose_template)
        self.watching.adopt(page)
        self.documents.add(page)
        page.canvas.widget.setFocus()
        self.program.watch.add(page)

    def drop_page(self, page: Page) -> None:
        """Close its tab; nothing of it is saved here."""
        self.program.watch.remove(page)
        self.watching.dropped(page)
        self.documents.remove(page)
        for dock in (self.left, self.right, self.bottom):
            dock.forget(page)
        page.deleteLater()
        look_at_all()

    def _switched(self) -> None:
        page = self.page
        for dock in (self.left, self.right, self.bottom):
            dock.show_page(page)
        self.status.show_page(page)
        for name in self.actions_:
            if name in _NEEDS_PAGE:
                self.actions_[name].setEnabled(page is not None)
        self.actions_["text"].setChecked(page is not None and page.text_shown)
        self._edited()
        self._counted()
        self._titled()
        self.watching.switched()
        if page is not None:
            self.files.look_at_disk(page)

    def _edited(self) -> None:
        """Undo and redo say what they would do; nothing edits what is only looked at."""
        session = None if self.page is None else self.page.session
        may = session is not None and not session.read_only
        for name in _EDITS:
            self.actions_[name].setEnabled(may)
        document = session.document if session is not None and may else None
        for name, plain, what in (
            ("undo", tr("Undo"), None if document is None else document.undo_name),
            ("redo", tr("Redo"), None if document is None else document.redo_name),
        ):
            action = self.actions_[name]
            action.setEnabled(what is not None)
            action.setText(plain if what is None else f"{plain} {what}")
            action.setToolTip(f"{action.text()}  {action.property('keys')}")

    def _counted(self) -> None:
        self.toolbar.show_page(self.page)
        self.panels.count_problems(self.page)

    def _titled(self) -> None:
        page = self.page
        if page is None:
            self.setWindowTitle("Cordboard")
            self._title.setText("")
            return
        flow = page.session.flow
        title = page.name if flow is None else flow.title or flow.name
        file = tr("not saved yet") if page.path is None else page.path.name
        if page.session.origin:
            file = tr("on {server}", server=page.session.origin)
        self._title.setText(f"{title} — {file}")
        dot = "● " if page.session.document.dirty else ""
        self.setWindowTitle(f"{dot}{title} — {file} — Cordboard")
        self.status.refresh_saved()

    # --- panels ---------------------------------------------------------------------------------

    def open_form(self) -> None:
        """Show the properties of what is selected, and put the focus there."""
        panel = self.right.show_panel("properties")
        if self.page is not None:
            self.panels.focus(panel.panel(self.page))

    def problems_panel(self, page: Page) -> Problems:
        """The list of problems of *page*, in front."""
        panel = self.bottom.show_panel("problems").panel(page)
        assert isinstance(panel, Problems)
        return panel

    def reload_site(self, page: Page) -> None:
        """Read configuration and prompts of *page* anew; mistakes in them are told."""
        try:
            page.session.reload_site()
            if page.path is not None:
                page.drawer.move(page.session.site, page.path)
        except ValueError as error:
            page.banner.tell(
                tr("The configuration has mistakes, the last good one is used: {what}", what=error),
                [(tr("Close"), page.banner.hide)],
            )

    def compare_with_disk(self, page: Page) -> None:
        """Show how the open flow differs from its file."""
        self.panels.compare_with_disk(page)

    def areas(self) -> list[QWidget]:
        """What F6 goes through."""
        page = self.page
        centre: QWidget = self.documents if page is None else page.canvas.widget
        return [self.toolbar, self.left, centre, self.right, self.bottom, self.status]

    def dock_hidden(self, dock: QDockWidget, action: QAction) -> Callable[[bool], None]:
        """Keep the View menu in step with what is hidden by other ways."""

        def follow(_: bool) -> None:
            action.blockSignals(True)
            action.setChecked(not dock.isHidden())
            action.blockSignals(False)

        return follow

    # --- popups ---------------------------------------------------------------------------------

    def show_commands(self) -> Chooser:
        """Ctrl+K: every action, and every card."""
        choices = [
            Choice(
                action.property("plain") if name not in ("undo", "redo") else action.text(),
                action.trigger,
                action.property("keys"),
                self.actions_.icon_of(name),
                words=name,
            )
            for name in self.actions_
            if (action := self.actions_[name]).isEnabled() and name != "commands"
        ]
        page = self.page
        for card in () if page is None else page.session.picture.cards:
            assert page is not None
            go = partial(page.session.reveal, card.name)
            token = theme().tokens.group(card.group)
            choices.append(Choice(card.title, go, card.name, card.icon, token, card.type))
        chooser = Chooser(self, tr("Type a command, or the name of a card…"), choices)
        chooser.open_at(self.mapToGlobal(QPoint((self.width() - 480) // 2, 80)), 480)
        return chooser

    def _offer_nodes(self, page: Page, x: float, y: float, source: object) -> None:
        at = page.pointer() if source is None else None
        spot = (x, y) if at is None else (at.x(), at.y())
        self.edit.quick_add(page, *spot, source)  # type: ignore[arg-type]

    def choose_template(self) -> None:
        """Offer the samples to begin with."""
        choices = [
            Choice(
                tr(one.title),
                lambda one=one: self.program.begin_template(self, one),  # type: ignore[misc]
                tr(one.about),
                "subflow",
                words=one.name,
            )
            for one in self.program.opening.templates()
        ]
        chooser = Chooser(self, tr("Choose a template…"), choices)
        chooser.open_at(self.mapToGlobal(QPoint((self.width() - 640) // 2, 80)), 640)

    def show_tour(self) -> None:
        """Show what is where."""
        from designer.window.tour import Tour

        self.program.settings.see_tour()
        Tour(self, self.panels.tour_stops())

    def show_about(self) -> None:
        """Version and licences."""
        from designer.window.about import About

        About(self).exec()

    def _start_page(self) -> StartPage:
        start = StartPage(self.program.settings.recent, self.program.opening.templates())
        start.new_wanted.connect(self.files.new)
        start.open_wanted.connect(self.files.open)
        start.path_wanted.connect(self.files.open_path)
        start.template_wanted.connect(partial(self.program.begin_template, self))
        return start

    def _next_language(self) -> None:
        from designer.look.i18n import LANGUAGES, language

        names = list(LANGUAGES)
        following = names[(names.index(language()) + 1) % len(names)]
        QTimer.singleShot(0, lambda: self.program.choose_language(following))

    # --- Qt -------------------------------------------------------------------------------------

    def _dress(self) -> None:
        self.setStyleSheet(window_sheet())
        self.actions_.dress()
        self.toolbar.dress()
        self.documents.dress()
        self.panels.dress()

    def _restore(self) -> None:
        geometry = self.program.settings.bytes_of("window/geometry")
        state = self.program.settings.bytes_of("window/state")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if state is not None:
            self.restoreState(state, _LAYOUT)

    def keep_state(self) -> None:
        """Remember size and docks."""
        self.program.settings.keep_bytes("window/geometry", self.saveGeometry())
        self.program.settings.keep_bytes("window/state", self.saveState(_LAYOUT))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Coming back to the window: files may have changed meanwhile."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            if self.page is not None:
                self.files.look_at_disk(self.page)

    def leave(self) -> None:
        """Close without a question: another window has taken over the flows."""
        self._left = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for what is not saved; Cancel keeps the window."""
        if not self._left and not self.files.close_all():
            event.ignore()
            return
        self.keep_state()
        self.watching.end()
        theme().changed.disconnect(self._dress)
        if not self._left:
            self.program.closed(self)
        self.deleteLater()
        event.accept()


_NEEDS_PAGE: Final = frozenset({
    "save", "save_as", "save_all", "export_svg", "export_png", "export_pdf", "print_preview",
    "print", "close", "cut", "copy", "paste", "duplicate", "delete", "select_all", "copy_text",
    "find", "fit", "fit_selection", "actual_size", "zoom_in", "zoom_out", "text", "add",
    "add_frame", "add_note", "rename", "form", "connect", "start_here", "tidy", "check",
    "next_problem", "previous_problem", "simulate", "step", "stop", "hang_up", "breakpoint",
    "clear_breakpoints",
})  # fmt: skip
"""The actions that do something to the flow in front."""
_EDITS: Final = frozenset({
    "cut", "paste", "duplicate", "delete", "add", "add_frame", "add_note", "rename", "connect",
    "start_here", "tidy",
})  # fmt: skip
"""Those that change it."""

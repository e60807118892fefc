"""The designer as a program: its windows, what they share, and how it begins and ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QStandardPaths, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QFileDialog

from designer.canvas.engines import Engine, make_canvas
from designer.look.i18n import choose_language, tr
from designer.look.icons import pixmap
from designer.look.style import apply_style
from designer.look.theme import Choice, theme
from designer.site import OpenSite, Template
from designer.window import asking
from designer.window.autosave import Autosave
from designer.window.main_window import MainWindow
from designer.window.opening import Opening
from designer.window.page import Page
from designer.window.recovery import Recovery
from designer.window.serving import OpenServed, Serving
from designer.window.settings import Settings
from designer.window.watch import Watch

if TYPE_CHECKING:
    from designer.server.address import Address


class Program(QObject):
    """What all windows share."""

    _copied = Signal(MainWindow, str, str)
    """A template was copied: for whom, the flow in it, and what went wrong, if anything."""

    def __init__(
        self,
        open_site: OpenSite,
        settings: Settings,
        recovery: Recovery,
        canvas: Engine | None = None,
        open_served: OpenServed | None = None,
    ) -> None:
        super().__init__()
        self.settings, self.recovery = settings, recovery
        self._open_site = open_site
        self.serving = Serving(open_served)
        self.canvas: Engine = canvas or settings.canvas
        self.opening = Opening(open_site, recovery, lambda: make_canvas(self.canvas))
        self.windows: list[MainWindow] = []
        self.autosave = Autosave(recovery, self.pages)
        self.watch = Watch(self._flow_changed, self._site_changed)
        self._worker = ThreadPoolExecutor(1, "files")
        self._copied.connect(self._open_copy)

    # --- windows and pages ----------------------------------------------------------------------

    def new_window(self) -> MainWindow:
        """Open another window."""
        window = MainWindow(self)
        self.windows.append(window)
        window.show()
        return window

    def pages(self) -> Sequence[Page]:
        """The open flows of all windows."""
        return [page for window in self.windows for page in window.documents.pages]

    def page_of(self, path: Path) -> tuple[MainWindow, Page] | None:
        """Where *path* is open already."""
        here = path.resolve()
        for window in self.windows:
            for page in window.documents.pages:
                if page.path is not None and page.path.resolve() == here:
                    return window, page
        return None

    def moved(self, page: Page, path: Path) -> None:
        """*page* lives in *path* now, perhaps of another site."""
        try:
            site = self._open_site(path)
        except ValueError as error:
            page.banner.tell(tr("The configuration there has mistakes: {what}", what=error))
            site = page.session.site
        page.drawer.move(site, path)
        page.session.move_to(path, site)

    def closed(self, window: MainWindow) -> None:
        """*window* is gone."""
        self.windows.remove(window)

    def quit(self) -> None:
        """Close every window; the first Cancel stops it."""
        for window in list(self.windows):
            if not window.close():
                return

    def close(self) -> None:
        """The program ends."""
        self.autosave.close()
        self.serving.close()
        self._worker.shutdown()

    # --- looks ----------------------------------------------------------------------------------

    def choose_theme(self, choice: Choice) -> None:
        """Use another theme from now on."""
        self.settings.theme = choice
        theme().choose(choice)
        for window in self.windows:
            for name in ("system", "light", "dark"):
                window.actions_[f"theme_{name}"].setChecked(name == choice)

    def choose_language(self, name: str) -> None:
        """Speak another language from now on."""
        self.settings.language = name
        choose_language(name)
        self._renew_windows()

    def choose_canvas(self, engine: Engine) -> None:
        """Draw flows with another view from now on."""
        if engine != self.canvas:
            self.settings.canvas = self.canvas = engine
            self._renew_windows()

    def _renew_windows(self) -> None:
        """Make the windows anew around their flows."""
        for old in list(self.windows):
            old.keep_state()
            old.watching.end()
            new = MainWindow(self)
            at = old.documents.bar.currentIndex()
            for page in old.documents.pages:
                page.take_all()
                again = self.opening.again(page)
                old.drop_page(page)
                new.show_page(again)
                new.reload_site(again)
            new.documents.bar.setCurrentIndex(at)
            self.windows[self.windows.index(old)] = new
            new.show()
            old.leave()

    # --- files ----------------------------------------------------------------------------------

    def offer_recovery(self, window: MainWindow) -> None:
        """Ask about work that a designer which ended badly had not saved."""
        lost = list(self.recovery.lost())
        if not lost:
            return
        names = ", ".join(tr("new flow") if one.path is None else one.path.name for one in lost)
        answer = asking.ask_to_recover(window, names)
        for one in lost:
            if answer == "later":
                continue
            if answer == "open":
                page = window.files.recover(one)
                self.autosave.settle()
                if not self.recovery.keeps(page.keep):
                    continue  # the disk is full, perhaps: what was kept before stays
            self.recovery.forget(one)

    def begin_template(self, window: MainWindow, template: Template) -> None:
        """Ask for a folder and copy *template* there."""
        start = Path(QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        ))  # fmt: skip
        name = QFileDialog.getExistingDirectory(
            window, tr("A folder to put “{name}” in", name=template.title), str(start)
        )
        if name:
            self.copy_template(window, template, Path(name) / template.name)

    def copy_template(self, window: MainWindow, template: Template, folder: Path) -> None:
        """Copy *template* to *folder* in the background, then open it."""
        if folder.exists() and any(folder.iterdir()):
            asking.tell(
                window,
                tr("Cannot copy"),
                tr("{path} is not empty; choose another folder.", path=folder),
            )
            return
        window.status.showMessage(tr("Copying the template…"))

        def copy() -> None:
            try:
                self._copied.emit(window, str(self.opening.template(template, folder)), "")
            except OSError as error:
                self._copied.emit(window, "", str(error))

        self._worker.submit(copy)

    def _open_copy(self, window: MainWindow, flow: str, trouble: str) -> None:
        window.status.clearMessage()
        if trouble:
            asking.tell(window, tr("Cannot copy"), trouble)
        else:
            window.files.open_path(Path(flow))

    def _flow_changed(self, page: Page) -> None:
        window = self._window_of(page)
        if window is not None:
            window.files.look_at_disk(page)

    def _site_changed(self, page: Page) -> None:
        window = self._window_of(page)
        if window is not None:
            window.reload_site(page)

    def _window_of(self, page: Page) -> MainWindow | None:
        return next((one for one in self.windows if page in one.documents.pages), None)


def default_settings() -> Settings:
    """Those of the person at this computer."""
    return Settings(QSettings("Cordboard", "Designer"))


def default_recovery() -> Recovery:
    """The folder of unsaved work of the person at this computer."""
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Recovery(Path(QStandardPaths.writableLocation(kind)) / "unsaved")


def make_application(arguments: Sequence[str]) -> QApplication:
    """Qt's application, named and with its icon."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(arguments))
    app.setApplicationName("Cordboard")
    app.setOrganizationName("Cordboard")
    app.setDesktopFileName("cordboard")
    return app


def run(
    open_site: OpenSite,
    flow: Path | None,
    ready: Callable[[], None] | None = None,
    canvas: Engine | None = None,
    open_served: OpenServed | None = None,
    server: tuple[Address, str] | None = None,
) -> int:
    """Show the designer with *flow* until the last window is closed; *ready* when it is usable.

    *canvas* is the view for this time; without one it is the one that was chosen last. *server*,
    an address and a token, is connected to, and its flows are offered, as sites of *open_served*.
    """
    app = make_application(["cordboard"])
    settings = default_settings()
    theme().choose(settings.theme)
    theme().follow_desktop()
    choose_language(settings.language)
    apply_style(app)
    app.setWindowIcon(QIcon(pixmap("switch", "accent", 64)))
    program = Program(open_site, settings, default_recovery(), canvas, open_served)
    window = program.new_window()
    if flow is not None:
        window.files.open_path(flow)
    signal.signal(signal.SIGINT, lambda *_: app.quit())

    def begun() -> None:
        program.offer_recovery(window)
        if not settings.tour_seen:
            window.show_tour()
        if server is not None:
            window.watching.begin(*server)
        if ready is not None:
            ready()

    QTimer.singleShot(0, begun)
    code = app.exec()
    program.close()
    return code

"""The real designer on an X server, brought into a state and photographed."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final, TypeVar

import small_png
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from cordboard.design_site import DesignSite, Voices, site_of
from cordboard.samples import make_site, samples
from cordboard.served_site import RemoteSite
from designer.app import Program, make_application
from designer.canvas.scene_canvas import SceneCanvas
from designer.look.i18n import choose_language
from designer.look.style import apply_style
from designer.look.theme import Choice, theme
from designer.server.answers import ServedSite
from designer.window.main_window import MainWindow
from designer.window.page import Page
from designer.window.recovery import Recovery
from designer.window.settings import Settings

NOW: Final = datetime.fromisoformat("2026-11-23T10:42:00+08:00")
"""What every clock of the program shows: a Monday morning in the samples' time zone."""
_PATIENCE: Final = 60.0
_SETTLE: Final = 60
"""Milliseconds in which a window has painted, and made what is seen first afterwards."""
_STILL: Final = 500
"""The same before a photograph, also on a machine that is busy."""
T = TypeVar("T", bound=QWidget)


class Studio:
    """One program after another, each with a window and files of its own."""

    def __init__(self, into: Path) -> None:
        self.into = into
        self.app = make_application(["cordboard"])
        self.app.setCursorFlashTime(0)
        apply_style(self.app)
        stop_clocks()
        self.voices = Voices()
        self.folder = Path()
        self.chinese = False
        self._kept: QImage | None = None
        self.program: Program
        self.window: MainWindow

    def make(
        self, name: str, scene: Callable[[Studio], QRect | QImage | None], language: str
    ) -> Path:
        """Let *scene* bring a fresh program into its state; the picture's file."""
        file = self.into / f"{name}.png"
        self.folder = Path(tempfile.mkdtemp(prefix="cordboard-picture-"))
        self.chinese = language.startswith("zh")
        self._kept = None
        try:
            self._begin(language)
            shot = scene(self) or self._kept
            self.settle(_STILL)
            if not isinstance(shot, QImage):
                whole = self._screen()
                shot = whole if shot is None else whole.copy(shot)
            small_png.save(shot, file)
        finally:
            self._end()
            shutil.rmtree(self.folder, ignore_errors=True)
        return file

    def close(self) -> None:
        """End what speaks."""
        self.voices.close()

    def keep(self) -> None:
        """Photograph the screen now: what is shown will not last until the scene is over."""
        self.settle(_STILL)
        self._kept = self._screen()

    def _screen(self) -> QImage:
        return self.app.primaryScreen().grabWindow(0).toImage()

    # --- what scenes do -------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The flow in front."""
        assert self.window.page is not None
        return self.window.page

    def look(self, choice: Choice) -> None:
        """Another theme from here on."""
        self.program.choose_theme(choice)
        self.settle()

    def sample(self, name: str) -> Path:
        """A copy of a sample with its database; its flow."""
        folder = self.folder / name
        make_site(samples()[name], folder)
        return folder / f"{name}.flow"

    def open(self, flow: Path) -> Page:
        """Open *flow* in the window, all of it in view."""
        page = self.window.files.open_path(flow)
        assert page is not None
        self.settle()
        page.session.check_now()
        self.settle()
        return page

    def rewrite(self, file: Path, old: str, new: str) -> None:
        """Put *new* where *old* stands in *file*, once."""
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file.name}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def widen(self, dock: QDockWidget, width: int) -> None:
        """Drag the edge of *dock*."""
        self.window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        self.settle()

    def show(self, page: Page, node: str, zoom: float) -> None:
        """Show *node* and what follows it, *node* at the left."""
        card = page.session.picture.card(node)
        assert card is not None and isinstance(page.canvas, SceneCanvas)
        page.canvas.zoom(zoom)
        view = page.canvas.view
        x = card.rect.x - 60 / zoom + view.viewport().width() / 2 / zoom
        view.centerOn(x, card.rect.y + 0.3 * view.viewport().height() / zoom)
        self.settle()

    def do(self, action: str) -> None:
        """Choose an entry of the menus by the name of its action."""
        self.window.actions_[action].trigger()
        self.settle()

    def panel(self, kind: type[T]) -> T:
        """The one visible widget of *kind*."""
        self.until(lambda: bool(self._visible(kind)))
        found = self._visible(kind)
        assert len(found) == 1, f"{len(found)} of {kind.__name__} are visible"
        return found[0]

    def _visible(self, kind: type[T]) -> list[T]:
        return [one for one in self.app.allWidgets() if isinstance(one, kind) and one.isVisible()]

    def focus(self) -> QWidget:
        """The widget that has the keyboard."""
        focused = self.app.focusWidget()
        assert focused is not None
        return focused

    def right_part(self, height: int) -> QRect:
        """The right panel's upper *height* pixels."""
        dock = self.window.right
        return QRect(dock.mapToGlobal(QPoint(0, 0)), dock.size()) & QRect(
            0, 0, 9999, dock.y() + height
        )

    def left_part(self) -> QRect:
        """The left panel, and as much of the canvas."""
        dock = self.window.left
        corner = dock.mapToGlobal(QPoint(0, 0))
        return QRect(corner.x(), corner.y(), 720, dock.height())

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press and let go the left button."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())
        self.settle()

    def type(self, widget: QWidget, words: str) -> None:
        """Type *words* key by key."""
        QTest.keyClicks(widget, words)
        self.settle()

    def until(self, so: Callable[[], bool]) -> None:
        """Wait until *so*."""
        end = time.monotonic() + _PATIENCE
        while not so():
            if time.monotonic() > end:
                raise TimeoutError("the program did not come into the state that is wanted")
            self.settle()
            time.sleep(0.01)

    def settle(self, milliseconds: int = _SETTLE) -> None:
        """Let everything happen that waits."""
        QTest.qWait(milliseconds)

    # --- inside ---------------------------------------------------------------------------------

    def _begin(self, language: str) -> None:
        choose_language(language)
        theme().choose("light")
        store = QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)
        settings = Settings(store)
        settings.see_tour()
        settings.language = language

        def open_site(flow: Path | None) -> DesignSite:
            return site_of(flow, None, self.voices)

        def open_served(told: ServedSite, folder: Path) -> RemoteSite:
            return RemoteSite(told, folder, self.voices)

        recovery = Recovery(self.folder / "unsaved")
        self.program = Program(open_site, settings, recovery, "scene", open_served)
        self.window = self.program.new_window()
        area = self.app.primaryScreen().geometry()
        self.window.setGeometry(area)
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    def _end(self) -> None:
        for window in list(self.program.windows):
            for page in window.documents.pages:
                page.take_typing()
                page.session.document.saved()
            window.close()
        self.program.close()
        self.settle()
        QApplication.sendPostedEvents(QObject(), QEvent.Type.DeferredDelete.value)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class StoppedClock(datetime):
    """A `datetime` whose now is `NOW`, so that the same picture is made on any day."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """`NOW` in the zone that is asked for."""
        return NOW.astimezone(tz) if tz is not None else NOW.replace(tzinfo=None)


def stop_clocks() -> None:
    """Let every module of the designer that reads the date read `NOW`."""
    for name, module in list(sys.modules.items()):
        if name.startswith("designer.") and getattr(module, "datetime", None) is datetime:
            module.datetime = StoppedClock  # type: ignore[attr-defined]

"""Shows the heat map on the page in front, read-only meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from designer.core.heat import heat_marks
from designer.core.marks import ports_of
from designer.core.picture import NO_MARKS
from designer.look.i18n import tr
from designer.panels.watch.heat_model import HeatModel, Sources
from designer.window.page import Page

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow


class HeatWatch(QObject):
    """One window's. *dress* is called for a page that begins or ends to show the heat map."""

    def __init__(self, window: MainWindow, sources: Sources, dress: Callable[[Page], None]) -> None:
        super().__init__(window)
        self._window, self._dress = window, dress
        self.model = HeatModel(sources)
        self.page: Page | None = None
        """The page that shows it."""
        self.model.changed.connect(self._follow)

    def switched(self) -> None:
        """Another page is in front."""
        page = self._window.page
        flow = None if page is None else page.session.flow
        self.model.show("" if flow is None else flow.name, "" if flow is None else flow.title or "")
        self._follow()

    def forget(self, page: Page) -> None:
        """*page* is closed; its flow may go on in another window."""
        if page is self.page:
            self.page = None
            page.session.set_marks("traffic", NO_MARKS)

    def _follow(self) -> None:
        wanted = self._window.page if self.model.on and self.model.traffic is not None else None
        before, self.page = self.page, wanted
        if before is not None and before is not wanted:
            before.session.set_marks("traffic", NO_MARKS)
            self._dress(before)
        if wanted is not None and self.model.traffic is not None:
            ports = ports_of(wanted.session.picture)
            marks = heat_marks(self.model.traffic, ports, self.model.measure, tr)
            wanted.session.set_marks("traffic", marks)
            if before is not wanted:
                self._dress(wanted)

"""The docks around the canvas, each with tabs; a tab shows the panel of the flow in front."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from designer.look.i18n import tr
from designer.session import Session
from designer.window.page import Page

_AFTER_PAINT: Final = 20
"""Milliseconds in which a window paints what it was shown."""

MakePanel = Callable[[Page], QWidget]


class PanelHost(QStackedWidget):
    """One tab: the panel of each open flow, made when it is seen for the first time."""

    def __init__(self, make: MakePanel) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._make = make
        self._made: dict[Page, QWidget] = {}
        self._page: Page | None = None
        self._nothing = hint(tr("Open a flow, or begin a new one."))
        self._blank = QWidget()
        self.addWidget(self._nothing)
        self.addWidget(self._blank)

    def show_page(self, page: Page | None) -> None:
        """The flow of *page* is in front."""
        self._page = page
        if page is None:
            self.setCurrentWidget(self._nothing)
        elif page in self._made:
            self.setCurrentWidget(self._made[page])
        elif self.isVisible():
            self.setCurrentWidget(self._blank)
            QTimer.singleShot(0, self, self._wait)

    def _wait(self) -> None:
        """Opening is over: let the canvas be painted, then make the panel."""
        QTimer.singleShot(_AFTER_PAINT, self, self._make_seen)

    def _make_seen(self) -> None:
        if self._page is not None and self.isVisible():
            self.setCurrentWidget(self.panel(self._page))

    def panel(self, page: Page) -> QWidget:
        """The panel of *page*."""
        if page not in self._made:
            self._made[page] = self._make(page)
            self.addWidget(self._made[page])
        return self._made[page]

    def forget(self, page: Page) -> None:
        """*page* was closed."""
        panel = self._made.pop(page, None)
        if panel is not None:
            self.removeWidget(panel)
            panel.close()
            panel.deleteLater()

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """The tab is looked at."""
        if self._page is not None:
            self.setCurrentWidget(self.panel(self._page))


class SharedHost(PanelHost):
    """One tab that is the same whichever flow is in front; made when it is seen first."""

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__(lambda _: self.shared)
        self._make_shared = make

    @cached_property
    def shared(self) -> QWidget:
        """The panel."""
        panel = self._make_shared()
        self.addWidget(panel)
        self.setCurrentWidget(panel)
        return panel

    def show_page(self, page: Page | None) -> None:
        """It stays as it is."""

    def panel(self, page: Page | None = None) -> QWidget:
        """The panel."""
        return self.shared

    def forget(self, page: Page) -> None:
        """It stays."""

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """The tab is looked at."""
        self.setCurrentWidget(self.shared)


class TabDock(QDockWidget):
    """A dock without a title whose tabs are panels."""

    def __init__(self, name: str, title: str, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(QWidget())
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setObjectName("dock-tabs")
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.tabBar().setAccessibleName(title)
        self.setWidget(self.tabs)
        self.hosts: dict[str, PanelHost] = {}

    def add_panel(self, name: str, title: str, make: MakePanel) -> None:
        """Add a tab."""
        self._add(name, title, PanelHost(make))

    def add_shared(self, name: str, title: str, make: Callable[[], QWidget]) -> None:
        """Add a tab that does not depend on the flow in front."""
        self._add(name, title, SharedHost(make))

    def _add(self, name: str, title: str, host: PanelHost) -> None:
        self.hosts[name] = host
        self.tabs.addTab(host, title)

    def show_panel(self, name: str) -> PanelHost:
        """Bring a tab to the front, and the dock with it."""
        self.show()
        host = self.hosts[name]
        self.tabs.setCurrentWidget(host)
        return host

    def show_page(self, page: Page | None) -> None:
        """Another flow is in front."""
        for host in self.hosts.values():
            host.show_page(page)

    def forget(self, page: Page) -> None:
        """*page* was closed."""
        for host in self.hosts.values():
            host.forget(page)


def hint(text: str) -> QWidget:
    """An empty panel: one sentence in its middle."""
    made = QWidget()
    made.setObjectName("panel")
    label = QLabel(text)
    label.setProperty("role", "help")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    column = QVBoxLayout(made)
    column.setContentsMargins(20, 20, 20, 20)
    column.addWidget(label)
    return made


def made_by(module: str, factory: str, missing: str) -> MakePanel:
    """Panels that *factory* of *module* makes of a session; *missing* where it is not installed."""

    def make(page: Page) -> QWidget:
        try:
            found: Callable[[Session], QWidget] | None
            found = getattr(import_module(module), factory, None)
            return hint(missing) if found is None else found(page.session)
        except ModuleNotFoundError as error:
            if error.name is None or not error.name.startswith("designer."):
                raise
            return hint(missing)

    return make


def arrange(window: QMainWindow, left: TabDock, right: TabDock, bottom: TabDock) -> None:
    """Put the docks where they belong: left and right own the corners."""
    window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, left)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, right)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, bottom)
    window.resizeDocks([left, right], [188, 320], Qt.Orientation.Horizontal)
    window.resizeDocks([bottom], [200], Qt.Orientation.Vertical)

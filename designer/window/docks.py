"""The docks around the canvas, each with tabs; a tab shows the panel of the flow in front."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import Qt
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
        self.addWidget(self._nothing)

    def show_page(self, page: Page | None) -> None:
        """The flow of *page* is in front."""
        self._page = page
        if page is None:
            self.setCurrentWidget(self._nothing)
        elif page in self._made or self.isVisible():
            self.setCurrentWidget(self.panel(page))

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
        self.setWidget(self.tabs)
        self.hosts: dict[str, PanelHost] = {}

    def add_panel(self, name: str, title: str, make: MakePanel) -> None:
        """Add a tab."""
        host = self.hosts[name] = PanelHost(make)
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

"""The strip of document tabs: an icon, a name, a dot for what is not saved."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from designer.look.i18n import tr
from designer.look.icons import icon, pixmap
from designer.look.theme import theme
from designer.window.page import Page


class Documents(QWidget):
    """The open flows, one in front."""

    switched = Signal()
    close_wanted = Signal(object)
    new_wanted = Signal()

    def __init__(self, nothing: QWidget) -> None:
        super().__init__()
        self.bar = QTabBar()
        self.bar.setObjectName("documents")
        self.bar.setMovable(True)
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setIconSize(QSize(16, 16))
        self.bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.bar.setAccessibleName(tr("Open flows"))
        self.bar.hide()
        self._plus = QToolButton()
        self._plus.setToolTip(tr("New flow"))
        self._plus.setAccessibleName(tr("New flow"))
        self._plus.clicked.connect(self.new_wanted)
        strip = QWidget()
        strip.setObjectName("strip")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.bar)
        row.addWidget(self._plus)
        row.addStretch(1)
        strip.setFixedHeight(32)
        self._stack = QStackedWidget()
        self._nothing = nothing
        self._stack.addWidget(nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._stack, 1)
        self._pages: list[Page] = []
        self.bar.currentChanged.connect(self._switch)
        self.bar.tabMoved.connect(self._moved)
        self.dress()

    @property
    def pages(self) -> list[Page]:
        """The open flows in the order of their tabs."""
        return list(self._pages)

    @property
    def page(self) -> Page | None:
        """The one in front."""
        at = self.bar.currentIndex()
        return self._pages[at] if 0 <= at < len(self._pages) else None

    def add(self, page: Page) -> None:
        """Open *page* in a tab of its own, in front."""
        self._pages.append(page)
        self._stack.addWidget(page)
        self.bar.blockSignals(True)
        at = self.bar.addTab(page.name)
        self.bar.setCurrentIndex(at)
        self.bar.blockSignals(False)
        button = _TabButton()
        button.clicked.connect(lambda: self.close_wanted.emit(page))
        self.bar.show()
        self.bar.setTabButton(at, QTabBar.ButtonPosition.RightSide, button)
        page.title_changed.connect(lambda: self.refresh(page))
        self.refresh(page)
        self._switch()

    def remove(self, page: Page) -> None:
        """Take its tab away."""
        at = self._pages.index(page)
        self._pages.pop(at)
        self.bar.blockSignals(True)
        self.bar.removeTab(at)
        self.bar.blockSignals(False)
        self.bar.setVisible(bool(self._pages))
        self._stack.removeWidget(page)
        self._switch()

    def bring(self, page: Page) -> None:
        """Bring it to the front."""
        self.bar.setCurrentIndex(self._pages.index(page))

    def step(self, by: int) -> None:
        """Go to the next tab, or the one before."""
        if self._pages:
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % len(self._pages))

    def refresh(self, page: Page) -> None:
        """Its name, or whether it is saved, may be another."""
        if page not in self._pages:
            return
        at = self._pages.index(page)
        self.bar.setTabText(at, page.name)
        self.bar.setTabToolTip(at, str(page.path or tr("not saved yet")))
        button = self.bar.tabButton(at, QTabBar.ButtonPosition.RightSide)
        if isinstance(button, _TabButton):
            button.show_dirty(page.session.document.dirty)
        numbered = bool(page.session.picture.pills) and bool(page.session.site.numbers)
        self.bar.setTabIcon(at, icon("start" if numbered else "subflow", "muted", 16))

    def dress(self) -> None:
        """Icons in the colours of the theme."""
        self._plus.setIcon(icon("ui-plus", "muted", 16))
        for page in self._pages:
            self.refresh(page)

    def _switch(self) -> None:
        page = self.page
        self._stack.setCurrentWidget(self._nothing if page is None else page)
        self.switched.emit()

    def _moved(self, start: int, end: int) -> None:
        self._pages.insert(end, self._pages.pop(start))


class _TabButton(QAbstractButton):
    """A dot while something is not saved, a cross under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(18, 18)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(tr("Close"))
        self.setAccessibleName(tr("Close"))
        self._dirty = self._hovered = False

    def show_dirty(self, dirty: bool) -> None:
        """Whether there is something to save."""
        self._dirty = dirty
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the cross."""
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the dot again."""
        self._hovered = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Dot or cross."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hovered:
            painter.drawPixmap(2, 2, pixmap("ui-close", "text", 14))
        elif self._dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("muted"))
            painter.drawEllipse(QPointF(9, 9), 4, 4)
        else:
            painter.drawPixmap(2, 2, pixmap("ui-close", "faint", 14))
        painter.end()

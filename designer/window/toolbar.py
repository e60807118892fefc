"""The toolbar: icons with words, shortcuts in grey, counters of problems at the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolBar, QToolButton, QWidget

from designer.look.fonts import width
from designer.look.i18n import tr
from designer.look.icons import icon, pixmap
from designer.window.page import Page

if TYPE_CHECKING:
    from designer.window.main_window import MainWindow

_BARE: Final = ("new", "open", "save", "-", "undo", "redo", "-")
_WORDED: Final = ("tidy", "fit", "find", "-", "check")
_RUNNING: Final = ("-", "simulate", "watch", "heat_map", "replay")
_WITH_KEYS: Final = ("find", "check", "simulate")


class Toolbar(QToolBar):
    """See the module."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(tr("Toolbar"), window)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(18, 18))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions = window.actions_
        self.errors, self.warnings = Counter("error"), Counter("warning")
        self.worded: dict[str, Worded] = {}
        for name in (*_BARE, *_WORDED):
            self._add(name)
        for counter in (self.errors, self.warnings):
            counter.clicked.connect(lambda: window.bottom.show_panel("problems"))
            counter.action = self.addWidget(counter)
        for name in _RUNNING:
            self._add(name)

    def show_page(self, page: Page | None) -> None:
        """Count the problems of *page*, and tell whether a simulated call is under way."""
        found = () if page is None else page.session.problems
        errors = sum(problem.severity == "error" for problem in found)
        self.errors.show_count(errors)
        self.warnings.show_count(len(found) - errors)
        drawn = self._actions.icon_of("simulate")
        self.worded["simulate"].show_live(page is not None and page.running, drawn)

    def dress(self) -> None:
        """Icons in the colours of the theme."""
        self.errors.dress()
        self.warnings.dress()

    def _add(self, name: str) -> None:
        if name == "-":
            self.addSeparator()
            return
        action = self._actions[name]
        if name in _BARE:
            self.addAction(action)
            return
        self.worded[name] = Worded(action, with_keys=name in _WITH_KEYS)
        self.addWidget(self.worded[name])


class Worded(QWidget):
    """A button with icon and word, and its shortcut in grey where that is wanted."""

    def __init__(self, action: QAction, with_keys: bool) -> None:
        super().__init__()
        self._action = action
        self.live = False
        self.button = QToolButton()
        self.button.setDefaultAction(action)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setProperty("keyed", with_keys)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4 if with_keys else 0, 0)
        row.setSpacing(0)
        row.addWidget(self.button)
        self.keys = QLabel(action.property("keys"))
        self.keys.setProperty("role", "faint")
        if with_keys:
            row.addWidget(self.keys)
        action.changed.connect(self._dress)
        self._dress()

    def show_live(self, live: bool, drawn: str) -> None:
        """It is under way; *drawn* is its icon."""
        if live == self.live:
            return
        self.live = live
        for part in (self, self.button, self.keys):
            part.setProperty("live", live)
            part.style().unpolish(part)
            part.style().polish(part)
        self.button.setIcon(icon(drawn, "accent", 18) if live else self._action.icon())

    def _dress(self) -> None:
        self.button.setText(self._action.property("plain"))


class Counter(QToolButton):
    """How many errors, or warnings: hidden at none."""

    action: QAction

    def __init__(self, severity: str) -> None:
        super().__init__()
        self._severity = severity
        self.setProperty("counter", severity)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(14, 14))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dress()

    def show_count(self, count: int) -> None:
        """Show *count*."""
        self.setText(str(count))
        self.setFixedWidth(42 + round(width(str(count), "counter")))
        self.action.setVisible(count > 0)
        words = (
            tr("{n} errors", n=count) if self._severity == "error" else tr("{n} warnings", n=count)
        )
        self.setToolTip(words)
        self.setAccessibleName(words)

    def dress(self) -> None:
        """The glyph in the colours of the theme."""
        self.setIcon(pixmap(f"ui-problem-{self._severity}", self._severity, 14))

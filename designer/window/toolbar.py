"""The toolbar: icons with words, shortcuts in grey, counters of problems at the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolBar, QToolButton, QWidget

from designer.look.fonts import width
from designer.look.i18n import tr
from designer.look.icons import pixmap
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
        for name in (*_BARE, *_WORDED):
            self._add(name)
        for counter in (self.errors, self.warnings):
            counter.clicked.connect(lambda: window.bottom.show_panel("problems"))
            counter.action = self.addWidget(counter)
        for name in _RUNNING:
            self._add(name)

    def show_page(self, page: Page | None) -> None:
        """Count the problems of *page*."""
        found = () if page is None else page.session.problems
        errors = sum(problem.severity == "error" for problem in found)
        self.errors.show_count(errors)
        self.warnings.show_count(len(found) - errors)

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
        self.addWidget(_worded(action, with_keys=name in _WITH_KEYS))


def _worded(action: QAction, with_keys: bool) -> QWidget:
    """A button with icon and word, and its shortcut in grey."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setText(action.property("plain"))
    action.changed.connect(lambda: button.setText(action.property("plain")))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if not with_keys:
        return button
    button.setProperty("keyed", True)
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 4, 0)
    row.setSpacing(0)
    keys = QLabel(action.property("keys"))
    keys.setProperty("role", "faint")
    row.addWidget(button)
    row.addWidget(keys)
    return both


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
        self.setFixedWidth(34 + round(width(str(count), "counter")))
        self.action.setVisible(count > 0)
        words = (
            tr("{n} errors", n=count) if self._severity == "error" else tr("{n} warnings", n=count)
        )
        self.setToolTip(words)
        self.setAccessibleName(words)

    def dress(self) -> None:
        """The glyph in the colours of the theme."""
        self.setIcon(pixmap(f"ui-problem-{self._severity}", self._severity, 14))

"""The style of what only a window has, beside that of the whole program."""

from __future__ import annotations

from string import Template
from typing import Final

from designer.look.theme import theme
from designer.look.tokens import COLOURS

_SHEET: Final = Template("""
QMenuBar { min-height: 0; padding: 0 2px; border: none; }
QMenuBar::item { padding: 5px 8px 4px 8px; }
QLabel[role="window-title"] { color: $muted; font-size: 12px; padding: 0 14px; }

QToolBar { min-height: 41px; max-height: 41px; padding: 0 7px; spacing: 1px; }
QToolBar::separator { width: 1px; background: $line; margin: 4px 7px; }
QToolBar QToolButton { padding: 4px 5px; min-height: 18px; }
QToolBar QToolButton[keyed="true"] { padding-right: 0; }
QToolBar QLabel[role="faint"] { font-size: 11px; padding: 0 4px 0 0; }
QToolBar Worded[live="true"] { background: $accent_bg; border-radius: 5px; }
QToolButton[live="true"] { color: $accent; font-weight: 600; }
QLabel[live="true"] { color: $accent; }
QToolButton[counter="error"] { background: $error_bg; color: $error; font-size: 12px;
  font-weight: 600; padding: 0 6px 0 4px; margin: 0 3px; border-radius: 4px; }
QToolButton[counter="warning"] { background: $warning_bg; color: $warning; font-size: 12px;
  font-weight: 600; padding: 0 6px 0 4px; margin: 0 3px; border-radius: 4px; }

QDockWidget QTabWidget::pane { border: none; border-top: 1px solid $line; }
QDockWidget QTabWidget, QDockWidget QTabBar, QDockWidget QStackedWidget { background: $panel; }
#dock-tabs { background: $panel; }
#dock-tabs > QTabBar::tab { padding: 0 4px; margin: 0 6px; height: 30px; }
#dock-corner { background: $panel; }
#dock-tabs::tab-bar { left: 4px; }
#strip { background: $window; border-bottom: 1px solid $line; }
#documents::tab { height: 29px; padding: 0 2px 0 2px; margin: 0 10px; }
#strip QToolButton { padding: 3px 6px; }

QLabel[role="count"] { background: $chip; color: $chip_text; font-size: 11px; font-weight: 700;
  border-radius: 4px; padding: 1px 6px; margin-right: 8px; }

FlowText, FlowText:focus { border: none; border-radius: 0; padding: 0; }
QTreeView { show-decoration-selected: 1; selection-background-color: $accent_bg;
  selection-color: $text; }

QListWidget[role="rows"]::item { border-radius: 0; padding: 0; }
QListWidget[role="rows"]::item:selected { background: $accent_bg; border-radius: 5px; }
QToolButton[role="link"] { padding: 0 2px; border: none; }
QToolButton[role="link"]:hover { color: $accent; background: transparent; }
QToolButton[role="status"] { color: $muted; font-size: 12px; padding: 0 8px; border: none;
  min-height: 18px; }
QToolButton[role="status"]:hover { background: $hover; }

QFrame[role="banner"][kind="live"] { background: $accent_bg; border-bottom: 1px solid $accent; }
QFrame[role="banner"][kind="live"] QLabel { color: $text; }
#bubble { background: $panel; border: 1px solid $accent; border-radius: 8px; }
#chooser { background: $panel; border: 1px solid $line; border-radius: 6px; }
""")


def window_sheet() -> str:
    """The style sheet of a window, in the theme in use."""
    tokens = theme().tokens
    return _SHEET.substitute({name: getattr(tokens, name) for name in COLOURS})

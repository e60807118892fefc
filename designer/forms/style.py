"""The style sheet of the forms: what is theirs alone, on top of the program's."""

from __future__ import annotations

from string import Template
from typing import Final

from designer.look.theme import theme
from designer.look.tokens import COLOURS

_SHEET: Final = Template("""
QFrame[role="rule"] { background: $line; border: none; min-height: 1px; max-height: 1px; }
QFrame[role="box"] { background: $panel; border: 1px solid $input; border-radius: 5px; }
QFrame[role="box"][lit="true"] { border: 2px solid $accent; }
QFrame[role="box"][wrong="true"] { border: 1px solid $error; }
QFrame[role="box"] QLineEdit, QFrame[role="box"] QPlainTextEdit, QFrame[role="box"] QComboBox {
  border: none; background: transparent; padding: 0 8px; min-height: 26px; }
QFrame[role="box"] QPlainTextEdit { padding: 2px 4px; min-height: 0; }
QFrame[role="box"] QToolButton { min-height: 18px; padding: 2px 4px; }
QFrame[role="card"] { background: $panel; border: 1px solid $input; border-radius: 5px; }
QFrame[role="card"] QPlainTextEdit { border: none; padding: 4px 5px; background: transparent; }
QFrame[role="card"] QPlainTextEdit:focus { border: 2px solid $accent; border-radius: 4px;
  padding: 2px 3px; }
QFrame[role="card"] QTabBar::tab { height: 26px; padding: 0 8px; font-size: 12px;
  border-bottom: 2px solid transparent; }
QFrame[role="card"] QTabBar::tab:selected { border-bottom: 2px solid $accent; }
QFrame[role="card"] QToolButton { color: $muted; font-size: 12px; padding: 2px 5px; }
QFrame[role="card"] QToolButton:disabled { color: $off; }
QFrame[role="badge"] { background: $warning_bg; border-radius: 4px; }
QLabel[role="badge"] { color: $warning; font-size: 11px; font-weight: 500; }
QLabel[role="chip"] { background: $chip; color: $chip_text; border-radius: 4px; font-size: 11px;
  font-weight: 500; padding: 1px 6px; }
QLabel[role="required"] { color: $error; font-size: 12px; font-weight: 600; }
QLabel[role="needed"] { font-size: 12px; color: $muted; }
QLabel[role="unit"] { font-size: 12px; color: $faint; padding-right: 8px; }
QLineEdit[role="keycap"] { border: 1px solid $input; border-radius: 4px; font-size: 11px;
  font-weight: 700; padding: 0 2px; min-height: 18px; max-height: 18px; }
QLineEdit[role="keycap"]:focus { border: 2px solid $accent; padding: 0 1px; }
QLineEdit[role="quiet"] { border: 1px solid transparent; padding: 0 4px; min-height: 22px;
  background: transparent; }
QLineEdit[role="quiet"]:hover { border: 1px solid $line; }
QLineEdit[role="quiet"]:focus { border: 2px solid $accent; padding: 0 3px; background: $panel; }
QLineEdit[role="title"] { border: 1px solid transparent; padding: 0 3px; min-height: 20px;
  font-size: 15px; font-weight: 600; background: transparent; }
QLineEdit[role="title"]:hover { border: 1px solid $line; }
QLineEdit[role="title"]:focus { border: 2px solid $accent; padding: 0 2px; }
QLineEdit[role="name"] { border: 1px solid transparent; padding: 0 2px; min-height: 16px;
  font-size: 12px; background: transparent; }
QLineEdit[role="name"]:hover { border: 1px solid $line; }
QLineEdit[role="name"]:focus { border: 2px solid $accent; padding: 0 1px; }
QLineEdit[wrong="true"] { border: 1px solid $error; }
QToolButton[role="mode"] { border: 1px solid $input; font-size: 11px; font-weight: 500;
  color: $muted; padding: 0 6px; min-height: 16px; max-height: 16px; border-radius: 0; }
QToolButton[role="mode"][end="left"] { border-top-left-radius: 4px;
  border-bottom-left-radius: 4px; }
QToolButton[role="mode"][end="right"] { border-top-right-radius: 4px; margin-left: -1px;
  border-bottom-right-radius: 4px; }
QToolButton[role="mode"]:checked { background: $accent_bg; color: $accent; font-weight: 700;
  border-color: $accent; }
QToolButton[role="mode"]:focus { border: 2px solid $accent; padding: 0 5px; min-height: 14px;
  max-height: 14px; }
QToolButton[role="square"] { border: 1px solid $input; padding: 0; min-width: 26px;
  max-width: 26px; min-height: 26px; max-height: 26px; }
QToolButton[role="square"]:focus { border: 2px solid $accent; min-width: 24px; max-width: 24px;
  min-height: 24px; max-height: 24px; }
QToolButton[role="tiny"] { padding: 0; border: 1px solid transparent; min-height: 20px;
  min-width: 16px; }
QToolButton[role="tiny"]:focus { border: 1px solid $accent; }
QToolButton[role="link"] { padding: 0 4px; min-height: 20px; text-align: left; }
QToolButton[role="link"][wrong="true"] { color: $error; }
QToolButton[role="add"] { padding: 0 4px; min-height: 20px; color: $muted; }
QToolButton[role="fold"] { padding: 0 2px; min-height: 22px; font-size: 12px; font-weight: 600;
  text-align: left; }
QListView[role="completions"] { background: $panel; border: none; font-size: 12px; padding: 0; }
QTableWidget { font-size: 12px; }
""")


def form_sheet() -> str:
    """The sheet in the theme in use."""
    tokens = theme().tokens
    return _SHEET.substitute({name: getattr(tokens, name) for name in COLOURS})

"""The style sheet of phone and simulator, on top of the program's."""

from __future__ import annotations

from string import Template
from typing import Final

from designer.look.theme import theme
from designer.look.tokens import COLOURS

_SHEET: Final = Template("""
QComboBox { border: 1px solid $input; border-radius: 5px; }
QComboBox:focus { border: 2px solid $accent; }
QComboBox:disabled { border-color: $line; }
#phone-head, #phone-foot { background: $panel; }
#phone-head { border-bottom: 1px solid $line; }
#phone-foot { border-top: 1px solid $line; }
QLabel[role="round"] { background: $chip; border-radius: 16px; }
QLabel[role="round"][live="true"] { background: $ok_bg; }
QLabel[bubble="heard"] { background: $chip; border-radius: 8px; padding: 6px 10px; }
QLabel[bubble="now"] { background: $accent_bg; border-radius: 8px; padding: 6px 10px; }
QLabel[bubble="pressed"] { background: $accent; color: $on_accent; border-radius: 8px;
  padding: 6px 10px; font-weight: 600; }
QLabel[bubble="trouble"] { background: $error_bg; color: $error; border-radius: 8px;
  padding: 6px 10px; }
QLabel[bubble="caption"] { color: $muted; font-size: 11px; font-weight: 500; }
QLabel[bubble="note"] { color: $muted; font-size: 12px; }
#pressed { background: $accent; border-radius: 8px; }
#pressed QLabel { color: $on_accent; font-weight: 600; background: transparent; }
#pressed QLabel[cap="true"] { border: 1px solid $on_accent; border-radius: 4px;
  padding: 1px 6px; font-size: 12px; font-weight: 700; }
QFrame[role="strip"] { background: $accent_bg; border-radius: 6px; }
QFrame[role="strip"][kind="warning"] { background: $warning_bg; }
QFrame[role="strip"][kind="error"] { background: $error_bg; }
QFrame[role="strip"] QLabel { font-size: 12px; }
QFrame[role="strip"][kind="warning"] QLabel { color: $warning; }
QFrame[role="strip"][kind="error"] QLabel { color: $error; }
QPushButton[key="true"] { border-radius: 5px; padding: 0; min-height: 42px; max-height: 42px; }
QPushButton[key="true"]:pressed, QPushButton[key="true"][lit="true"] { background: $accent_bg;
  border: 2px solid $accent; }
QPushButton[danger="true"] { padding: 4px 8px; }
QPushButton[danger="true"]:focus { padding: 3px 7px; }
QPushButton[small="true"] { padding: 2px 10px; min-height: 16px; font-size: 12px; }
QPushButton[small="true"]:focus { padding: 1px 9px; }
QPushButton[square="true"] { padding: 0; min-width: 26px; max-width: 26px; min-height: 26px;
  max-height: 26px; }
QPushButton[square="true"]:checked { border-color: $accent; }
QFrame[role="column"] { background: $panel; border-right: 1px solid $line; }
QFrame[role="column"][last="true"] { border-right: none; }
#variables, #answers { background: $panel; font-size: 12px; }
#variables::item, #answers::item { min-height: 22px; padding: 0 2px; border-radius: 4px; }
QLabel[role="live"] { color: $accent; font-size: 12px; font-weight: 600; }
QToolButton[role="head"] { background: transparent; border: none; border-radius: 0; padding: 0;
  border-bottom: 2px solid transparent; margin-right: 10px; min-height: 16px; color: $muted;
  font-size: 12px; font-weight: 600; }
QToolButton[role="head"]:checked { background: transparent; color: $text;
  border-bottom-color: $accent; }
QToolButton[role="head"][alone="true"] { border-bottom-color: transparent; }
QToolButton[role="head"]:focus { color: $accent; }
QLabel[role="figure"] { font-size: 12px; font-weight: 600; }
QToolButton[role="plus"] { padding: 2px; min-height: 14px; }
""")


def simulator_sheet() -> str:
    """The style sheet, in the theme in use."""
    tokens = theme().tokens
    return _SHEET.substitute({name: getattr(tokens, name) for name in COLOURS})

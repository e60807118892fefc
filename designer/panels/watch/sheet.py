"""The style sheet of the watch panels, on top of the program's and the simulator's."""

from __future__ import annotations

from string import Template
from typing import Final

from designer.look.theme import theme
from designer.look.tokens import COLOURS
from designer.panels.simulator.sheet import simulator_sheet

_SHEET: Final = Template("""
QPushButton[segment="true"] { border-radius: 0; padding: 3px 10px; min-height: 18px;
  font-size: 12px; margin-left: -1px; }
QPushButton[segment="true"]:checked { font-weight: 600; }
QTreeWidget#calls { font-size: 12px; }
QTreeWidget#calls::item { min-height: 28px; }
QLabel[role="same"] { background: $ok_bg; color: $ok; border-radius: 4px; padding: 2px 8px;
  font-size: 12px; font-weight: 600; }
QLabel[role="parts"] { background: $warning_bg; color: $warning; border-radius: 4px;
  padding: 2px 8px; font-size: 12px; font-weight: 600; }
QLabel[role="time"] { font-family: "DejaVu Sans Mono"; font-weight: 600; }
QLabel[role="amount"] { font-weight: 600; }
QFrame[role="rule"] { background: $line; min-height: 1px; max-height: 1px; border: none; }
""")


def watch_sheet() -> str:
    """The style sheet, in the theme in use."""
    tokens = theme().tokens
    ours = _SHEET.substitute({name: getattr(tokens, name) for name in COLOURS})
    return simulator_sheet() + ours

"""The few icons that a style sheet wants as files: the arrow of a list, the tick of a box."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTemporaryDir

from designer.look.icons import drawn
from designer.look.theme import theme

GLYPHS: Final = {
    "arrow_down": ("ui-chevron-down", "muted"), "arrow_down_off": ("ui-chevron-down", "off"),
    "tick": ("ui-check", "on_accent"), "tick_off": ("ui-check", "off"),
}  # fmt: skip
"""What the sheet calls them, the icon, and the token of its colour."""


def glyph_files() -> dict[str, str]:
    """The files in the colours of the theme in use, by the names of the sheet."""
    return {
        name: _file(icon, theme().colour(token).name()) for name, (icon, token) in GLYPHS.items()
    }


@cache
def _folder() -> QTemporaryDir:
    """Goes with the program."""
    return QTemporaryDir()


@cache
def _file(icon: str, colour: str) -> str:
    path = Path(_folder().filePath(f"{icon}-{colour.removeprefix('#')}.svg"))
    path.write_text(drawn(icon, colour), encoding="utf-8")
    return path.as_posix()

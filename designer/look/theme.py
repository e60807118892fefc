"""The theme in use: tokens as Qt colours, and a signal when another one is chosen."""

from __future__ import annotations

from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication

from designer.look.tokens import DARK, LIGHT, Tokens

Choice = Literal["system", "light", "dark"]


class Theme(QObject):
    """What is painted with. ``system`` follows the desktop, also when it changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: Choice = "light"
        self.tokens: Tokens = LIGHT
        self._colours: dict[str, QColor] = {}

    def choose(self, choice: Choice) -> None:
        """Use another theme from now on."""
        self.choice = choice
        dark = choice == "dark" or (choice == "system" and _desktop_is_dark())
        tokens = DARK if dark else LIGHT
        if tokens is not self.tokens:
            self.tokens = tokens
            self._colours.clear()
            self.changed.emit()

    def follow_desktop(self) -> None:
        """From now on ``system`` notices when the desktop turns dark or light."""
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self.choose(self.choice))

    def colour(self, token: str) -> QColor:
        """The colour of a token, or of a literal ``#RRGGBB``."""
        colour = self._colours.get(token)
        if colour is None:
            value = token if token.startswith("#") else getattr(self.tokens, token)
            colour = self._colours[token] = QColor(value)
        return colour

    def group(self, name: str) -> QColor:
        """The colour of a node group."""
        return self.colour(self.tokens.group(name))


def _desktop_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


@cache
def theme() -> Theme:
    """The one theme of the program."""
    return Theme()

"""Fonts by role, in whole pixels: nothing is smaller than 11, but letters on the keypad."""

from __future__ import annotations

import sys
from functools import cache
from typing import Final, Literal

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

Role = Literal[
    "panel", "body", "card", "label", "label-strong", "small", "small-strong", "counter", "code",
    "keypad",
]  # fmt: skip

_SIZES: Final[dict[Role, tuple[int, QFont.Weight]]] = {
    "panel": (15, QFont.Weight.DemiBold),
    "body": (13, QFont.Weight.Normal),
    "card": (13, QFont.Weight.DemiBold),
    "label": (12, QFont.Weight.Normal),
    "label-strong": (12, QFont.Weight.DemiBold),
    "small": (11, QFont.Weight.Medium),
    "small-strong": (11, QFont.Weight.Bold),
    "counter": (11, QFont.Weight.Bold),
    "code": (12, QFont.Weight.Normal),
    "keypad": (10, QFont.Weight.Medium),
}
_TEXT: Final = (
    "Inter", "Noto Sans", "PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC",
)  # fmt: skip
CODE_FAMILIES: Final = (
    "Cascadia Mono", "Consolas", "Menlo", "DejaVu Sans Mono", "Noto Sans Mono CJK SC",
)  # fmt: skip


@cache
def families() -> tuple[str, ...]:
    """The families of all text, the first that is installed counts for each character."""
    if sys.platform == "win32":
        return ("Segoe UI", *_TEXT)
    if sys.platform == "darwin":
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
        return (system, *_TEXT)
    return _TEXT


@cache
def font(role: Role) -> QFont:
    """The font of *role*; do not change it."""
    size, weight = _SIZES[role]
    made = QFont()
    made.setFamilies(list(CODE_FAMILIES if role == "code" else families()))
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


@cache
def metrics(role: Role) -> QFontMetricsF:
    """The measures of `font`."""
    return QFontMetricsF(font(role))


def width(text: str, role: Role) -> float:
    """How many pixels *text* is wide: the ``measure`` of `designer.core.scene`."""
    return metrics(role).horizontalAdvance(text)


_MEASURED: Final[dict[str, Role]] = {
    "chip": "small",
    "label": "small",
    "pill": "label",
    "title": "card",
}


def measure(text: str, what: str) -> float:
    """How wide a text on the canvas is, by what it is there: for `designer.core.scene`."""
    return width(text, _MEASURED[what])

"""The words of the interface: English in the source, other languages in tables beside this file.

The files ``zh_CN*.toml`` map English texts to Chinese ones; ``{name}`` stands for a value in both.
The tables serve Qt's own translation, so that Qt's dialogs and ours change together. Texts that
come ready made from other parts, such as the checker's, are phrases: `told` says their templates
in the other language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from flow_runtime.core.phrase import Phrase

CONTEXT: Final = "cordboard"
LANGUAGES: Final = {"en": "English", "zh_CN": "中文"}
_installed: list[QTranslator] = []
_current = "en"


@cache
def table(language: str) -> Mapping[str, str]:
    """The texts of *language* by their English ones; empty for English."""
    found: dict[str, str] = {}
    for file in sorted((files("designer.look") / "words").iterdir(), key=lambda f: f.name):
        if file.name.startswith(language) and file.name.endswith(".toml"):
            found.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


class _TableTranslator(QTranslator):
    """Lets Qt find our texts in a table."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> Any:
        """See QTranslator; None when the table does not know *text*."""
        return self._words.get(text) if context == CONTEXT else None

    def isEmpty(self) -> bool:  # noqa: N802 (Qt's name)
        """Qt asks before it installs a translator."""
        return not self._words


def tr(text: str, /, **values: Any) -> str:
    """*text* in the language of the interface, with *values* for its ``{name}`` places.

    Phrases among the values are told as well.
    """
    said = QCoreApplication.translate(CONTEXT, text) if _installed else text
    if not values:
        return said
    shown = {key: told(v) if isinstance(v, Phrase) else v for key, v in values.items()}
    return said.format(**shown)


def told(text: str) -> str:
    """A text that another part has made, such as a problem's, in the interface's language.

    What the table does not know stays English.
    """
    if _current == "en":
        return text
    words = table(_current)
    if isinstance(text, Phrase):
        return text.said(lambda template: words.get(template, template))
    return words.get(text, text)


def group_name(group: str) -> str:
    """What a group of node types is called, where that is not what a type of the name is called."""
    apart = f"{group} group"
    said = tr(apart)
    return tr(group) if said == apart else said


def language() -> str:
    """The language of the interface: ``en`` or ``zh_CN``."""
    return _current


def system_language() -> str:
    """What the desktop speaks, if the interface does too; else English."""
    return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"


def choose_language(name: str) -> None:
    """Speak *name* from now on; windows that are open have to be made anew."""
    global _current
    for translator in _installed:
        QCoreApplication.removeTranslator(translator)
    _installed.clear()
    _current = name if name in LANGUAGES else "en"
    if _current == "en":
        return
    ours = _TableTranslator(table(_current))
    qts = QTranslator()
    qts.load(f"qtbase_{_current}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for translator in (qts, ours):
        QCoreApplication.installTranslator(translator)
        _installed.append(translator)

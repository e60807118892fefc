"""The words of the interface: English in the source, other languages in tables beside this file.

``zh_CN.toml`` maps English texts to Chinese ones; ``{name}`` stands for a value in both. The
tables serve Qt's own translation, so that Qt's dialogs and ours change together. A few messages
come ready made from other parts (the checker's): `told` finds the table's text with the same
words around the values.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

CONTEXT: Final = "cordboard"
LANGUAGES: Final = {"en": "English", "zh_CN": "中文"}
_installed: list[QTranslator] = []
_current = "en"


@cache
def table(language: str) -> Mapping[str, str]:
    """The texts of *language* by their English ones; empty for English."""
    return _table(language, "")


def _table(language: str, part: str) -> Mapping[str, str]:
    """What the files of *language* with *part* in their names say."""
    folder = files("designer.look") / "words"
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        name = file.name
        if name.startswith(language) and part in name and name.endswith(".toml"):
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


def tr(text: str, **values: Any) -> str:
    """*text* in the language of the interface, with *values* for its ``{name}`` places."""
    said = QCoreApplication.translate(CONTEXT, text) if _installed else text
    return said.format(**values) if values else said


def told(text: str) -> str:
    """A message that another part has made, such as a problem's text, in the interface's language.

    It stays as it is where the table has no pattern for it.
    """
    if _current == "en":
        return text
    exact = table(_current).get(text)
    if exact is not None:
        return exact
    for pattern, translated in _patterns(_current):
        match = pattern.fullmatch(text)
        if match is not None:
            return translated.format(**match.groupdict())
    return text


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Messages with places, as patterns; those with more words of their own come first.

    Only those of the ``problems`` tables count: the interface's own texts, such as ``{port} leads
    to {target}``, would fit into sentences that they do not mean.
    """
    made = []
    for english, other in _table(language, "problems").items():
        parts = re.split(r"\{(\w+)\}", english)
        if len(parts) > 1:
            pattern, known = "", set[str]()
            for index, part in enumerate(parts):
                if index % 2 == 0:
                    pattern += re.escape(part)
                else:
                    pattern += f"(?P={part})" if part in known else f"(?P<{part}>.+?)"
                    known.add(part)
            fixed = sum(len(part) for part in parts[::2])
            made.append((fixed, re.compile(pattern, re.DOTALL), other))
    made.sort(key=lambda item: -item[0])
    return tuple((pattern, other) for _, pattern, other in made)


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

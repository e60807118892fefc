"""Values as words: numbers, money, digits, dates, times and durations in English and Chinese."""

from __future__ import annotations

from types import ModuleType

from speech.spoken import chinese, english, plain

KINDS = tuple(english.SPEAKERS)
"""The formats of the flow language."""

_LANGUAGES = {"en": english, "zh": chinese, "cmn": chinese}


def _module(language: str) -> ModuleType:
    return _LANGUAGES.get(language.replace("_", "-").split("-", 1)[0].lower(), plain)


def words(kind: str, value: object, language: str, currency: str = "") -> list[str]:
    """How *value* is said, in pieces that come from a small set (`parts`).

    *kind* is one of `KINDS`, *language* a BCP 47 tag, *currency* an ISO 4217 code for money.
    Languages other than English and Chinese get plain digits, which their voice reads itself.
    Raises ValueError when the value does not fit the kind.
    """
    speaker = _module(language).SPEAKERS.get(kind)
    if speaker is None:
        raise ValueError(f"{kind!r} is no format; formats are {', '.join(KINDS)}")
    said: list[str] = speaker(value, currency)
    return said


def phrase(pieces: list[str], language: str) -> str:
    """*pieces* written as the language writes them."""
    text: str = _module(language).phrase(pieces)
    return text


def parts(kind: str, language: str, currency: str = "") -> list[str]:
    """All pieces that `words` gives for *kind* in *language*, rare signs and early years apart."""
    all_parts: list[str] = _module(language).parts(kind, currency)
    return all_parts

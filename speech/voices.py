"""Which voice speaks a language, at which rate, and how the engines call it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

ESPEAK = {"en": "gmw/en-us", "zh": "sit/cmn", "zh-CN": "sit/cmn", "cmn": "sit/cmn"}
"""Voices of espeak-ng, and of pyttsx3 on Linux, where the configuration names none."""
_RATES = {"en": 165, "zh": 230, "cmn": 230}
"""Words a minute; Mandarin needs more, for espeak counts each character as a word."""
_RATE = 170

_BROKEN_MANDARIN = re.compile(r"(?:sit/)?(?:cmn|zh|zh-cmn|zh-cn)(?=\+|$)", re.I)


class Voice(NamedTuple):
    """A voice by its engine's name, and words a minute."""

    name: str
    rate: int


def base(language: str) -> str:
    """``zh`` of ``zh-CN``."""
    return language.replace("_", "-").split("-", 1)[0].lower()


def choose(language: str, voices: Mapping[str, str], wanted: str | None = None) -> Voice:
    """The voice for *language*: *wanted* by a node, or that of its tag or base language.

    A language without any gets its tag as the voice's name: espeak's voices are called so. A name
    may end in ``@`` and a rate: ``gmw/en-us@150``.
    """
    tag, short = language.replace("_", "-"), base(language)
    name = wanted or voices.get(tag) or voices.get(short) or tag.lower()
    name, _, rate = name.partition("@")
    return Voice(name, int(rate) if rate.isdecimal() and int(rate) else _RATES.get(short, _RATE))


def espeak_names(voice: str) -> tuple[str, ...]:
    """The names to try, in turn, for espeak-ng to speak with *voice*.

    Its Mandarin voice of version 1.51 (Debian 12) takes the pinyin it makes of each character for
    English, and says "hao two" (espeak-ng issues 1044 and 1236); the voice that reads Latin
    letters as pinyin does not.
    """
    return tuple(dict.fromkeys((_BROKEN_MANDARIN.sub("sit/cmn-latn-pinyin", voice), voice)))

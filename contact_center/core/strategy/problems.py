"""What is wrong with a strategy or a rule table, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span of the text: lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Place(1, 1, 1, 1)
"""The place of what was made by a program, or concerns the whole."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: *code* is stable kebab-case, *text* says what is wrong and what to do."""

    severity: Literal["error", "warning"]
    code: str
    text: str
    place: Place = NOWHERE

    def line(self, name: str) -> str:
        """One line as ``cordboard check`` prints them: ``NAME:LINE:COL: severity CODE: text``."""
        at = f"{name}:{self.place.line}:{self.place.column}"
        return f"{at}: {self.severity} {self.code}: {self.text}"


class Said(str):
    """A text that knows the *template* and the *values* it was made of, for other languages."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str]


def said(template: str, /, **values: object) -> Said:
    """*template* with *values* at its ``{name}`` places; without values it is taken as it is."""
    kept = {name: v if isinstance(v, str) else str(v) for name, v in values.items()}
    made = Said(template.format(**kept) if kept else template)
    made.template, made.values = template, kept
    return made


def listed(words: Iterable[str]) -> str:
    """The words with commas between them."""
    first, *rest = words
    for word in rest:
        first = said("{before}, {after}", before=first, after=word)
    return first


def suggest(word: str, known: Iterable[str], most: int = 8) -> str:
    """`` (did you mean "x"?)``, or the names there are when they are few; else nothing."""
    names = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    if near:
        return said(' (did you mean "{near}"?)', near=names[near[0]])
    if 0 < len(names) <= most:
        return said(" (known: {known})", known=", ".join(sorted(names.values())))
    return ""

"""What is wrong with a strategy or a rule table, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
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


def suggest(word: str, known: Iterable[str], most: int = 8) -> str:
    """`` (did you mean "x"?)``, or the names there are when they are few; else nothing."""
    names = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    if near:
        return f' (did you mean "{names[near[0]]}"?)'
    if 0 < len(names) <= most:
        return f" (known: {', '.join(sorted(names.values()))})"
    return ""

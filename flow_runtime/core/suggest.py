"""The nearest known name, for every message about an unknown one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from flow_runtime.core.phrase import phrase


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The name in *known* that *word* most probably meant, None when nothing is near."""
    return _nearest(word, tuple(sorted(known, reverse=True)))


@lru_cache(maxsize=64)  # an editor asks for the same again and again, and it takes milliseconds
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    names = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def suggest(word: str, known: Iterable[str], most: int = 8) -> str:
    """What to append to an error about *word*: `` (did you mean "x"?)``, or the few there are.

    Empty when nothing is near and there are none, or more than *most*, names to list.
    """
    names = sorted(set(known))
    near = nearest(word, names)
    if near is not None:
        return phrase(' (did you mean "{near}"?)', near=near)
    if 0 < len(names) <= most:
        return phrase(" (known: {names})", names=", ".join(names))
    return ""

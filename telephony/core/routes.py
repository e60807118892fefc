"""Where a dialled number goes, and whether it may be dialled at all."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from telephony.settings import Route

_NUMBER = re.compile(r"[+]?[0-9A-Za-z*#._-]{1,64}")
_SEPARATORS = re.compile(r"[ ()/-]")
_NAME = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Destination:
    """The number to dial at a trunk, or the name of a registered phone: then *trunk* is ""."""

    number: str
    trunk: str


class NotRouted(Exception):
    """The number may not be dialled, or leads nowhere; the message says which and why."""


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    # only ? and * are special: a "[" of fnmatch is a plain character here
    return re.compile(fnmatch.translate(text.replace("[", "[[]")))


def matches(number: str, pattern: str) -> bool:
    """Whether *number* fits *pattern*: ``?`` is one character, ``*`` any number of them."""
    return _pattern(pattern).match(number) is not None


def normalised(number: str) -> str:
    """*number* without the spaces, dashes, slashes and brackets people write; raises `NotRouted`.

    What is left must be an address a telephone could dial: no host, no parameters, no header.
    A name, such as ``front-desk``, keeps its dashes.
    """
    bare = number.strip()
    if not _NAME.search(bare):
        bare = _SEPARATORS.sub("", bare)
    if not _NUMBER.fullmatch(bare):
        raise NotRouted(f"{number!r} is no number that can be dialled")
    return bare


def route(number: str, allowed: Iterable[str], routes: Sequence[Route]) -> Destination:
    """The destination of *number*: allowed by one of *allowed*, the first match of *routes*.

    Raises `NotRouted`.
    """
    bare = normalised(number)
    if not any(matches(bare, pattern) for pattern in allowed):
        raise NotRouted(f"{bare} is not allowed by sip.dial_allow")
    for entry in routes:
        if matches(bare, entry.match):
            dialled = entry.prefix + bare[entry.strip :]
            if not dialled:
                raise NotRouted(f"the route {entry.match!r} strips all of {bare}")
            return Destination(dialled, entry.to.partition(":")[2])
    raise NotRouted(f"no [[routes]] entry matches {bare}")

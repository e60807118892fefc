"""Prepared prompts in memory, the least recently used leave first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from telephony.core.g711_tables import SUFFIX, Law, translation
from telephony.media.files import Files

BOUND = 64 << 20
"""Bytes of prompts kept in memory."""
_OTHER: dict[Law, Law] = {"PCMU": "PCMA", "PCMA": "PCMU"}
Key = tuple[str, Law]


def read(stem: str, law: Law) -> bytes:
    """The sound of *stem* in *law*, translated from the other law if only that is there."""
    try:
        return Path(stem + SUFFIX[law]).read_bytes()
    except FileNotFoundError:
        other = _OTHER[law]
        table = translation(other, law)
        return Path(stem + SUFFIX[other]).read_bytes().translate(table)


class Clips:
    """A cache over `read`. What a stem names never changes, so nothing is read twice."""

    def __init__(self, files: Files, bound: int = BOUND) -> None:
        self._files = files
        self._bound = bound
        self._size = 0
        self._held: OrderedDict[Key, bytes] = OrderedDict()
        self._waiting: dict[Key, list[Callable[[bytes | OSError], None]]] = {}

    def get(self, stem: str, law: Law) -> bytes | None:
        """The sound if it is in memory."""
        sound = self._held.get((stem, law))
        if sound is not None:
            self._held.move_to_end((stem, law))
        return sound

    def fetch(self, stem: str, law: Law, then: Callable[[bytes | OSError], None]) -> None:
        """Read a clip, then call *then* with it, or with what went wrong."""
        waiting = self._waiting.setdefault((stem, law), [])
        waiting.append(then)
        if len(waiting) == 1:
            self._files.submit(
                lambda: read(stem, law), lambda outcome: self._arrived((stem, law), outcome)
            )

    def prefetch(self, stems: Iterable[str]) -> None:
        """Have clips in memory before they are played, in both laws."""
        for stem in stems:
            for law in SUFFIX:
                if (stem, law) not in self._held:
                    self.fetch(stem, law, _ignore)

    def _arrived(self, key: Key, outcome: Any) -> None:
        if isinstance(outcome, bytes):
            self._held[key] = outcome
            self._size += len(outcome)
            while self._size > self._bound and len(self._held) > 1:
                self._size -= len(self._held.popitem(last=False)[1])
        for then in self._waiting.pop(key):
            then(outcome)


def _ignore(_: bytes | OSError) -> None:
    """A clip that was only prefetched: whoever plays it hears of trouble."""

"""The prompt cache on disk: pairs of G.711 files named by what they say and how."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from speech.g711 import RATE

LAWS = ("ulaw", "alaw")
FORMAT = "g711-8k-3"
"""Part of every key: a change of `speech.shape`, or of how texts are read out, takes a new one."""

_YOUNG = 600.0
"""Seconds since its last use within which a file is never removed: somebody may be playing it."""
_ABANDONED = 3600.0
"""Seconds after which a temporary file has no writer any more."""


class Rendered(NamedTuple):
    """A sound in the cache: *stem* as in `telephony.line.Clip` (None: nothing to be heard)."""

    stem: str | None
    seconds: float


def key(*parts: object) -> str:
    """The name of the sound that *parts* (engine, version, voice, rate, text...) determine."""
    joined = "\0".join(str(part) for part in (*parts, FORMAT))
    return hashlib.sha256(joined.encode()).hexdigest()


def write_whole(path: str, data: bytes) -> None:
    """Write *data* under *path* so that nobody ever sees half of it; raises OSError."""
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        remove(temporary)
        raise


def remove(*paths: str) -> None:
    """Delete files that may be gone already."""
    for path in paths:
        try:
            os.unlink(path)
        except OSError:
            pass


class Store:
    """Two folders under *folder*: ``kept`` for fixed prompts, ``recent`` for all that came once.

    What is kept stays; of the recent, the longest unused goes when there are more than *limit*
    bytes. Several processes may share it: files appear whole, and a name means one sound only.
    """

    def __init__(self, folder: Path, limit: int = 256 << 20) -> None:
        self._kept = os.path.join(folder, "kept")
        self._recent = os.path.join(folder, "recent")
        self._limit = limit

    def make_folders(self) -> None:
        """Create what is missing, for this user alone: callers' messages pass through here.

        Raises OSError.
        """
        for folder in (self._kept, self._recent):
            os.makedirs(folder, mode=0o700, exist_ok=True)

    def stem(self, name: str, keep: bool) -> str:
        """Where the sound called *name* belongs."""
        return os.path.join(self._kept if keep else self._recent, name)

    def find(self, name: str, keep: bool) -> Rendered | None:
        """The sound called *name* if it is here whole; *keep* saves it from being thrown away."""
        kept = self._look(self.stem(name, True))
        if kept is not None:
            return kept
        recent = self._look(self.stem(name, False))
        if recent is None:
            return None
        if keep:
            return self._promote(name) or recent
        self.touch(recent)
        return recent

    def _look(self, stem: str) -> Rendered | None:
        try:
            sizes = {os.stat(f"{stem}.{law}").st_size for law in LAWS}
        except OSError:
            return None
        size = sizes.pop()
        return Rendered(stem, size / RATE) if not sizes and size else None

    def _promote(self, name: str) -> Rendered | None:
        """A second name for the files: whoever plays the first is not disturbed."""
        old, new = self.stem(name, False), self.stem(name, True)
        for law in LAWS:
            try:
                os.link(f"{old}.{law}", f"{new}.{law}")
            except FileExistsError:
                continue
            except OSError:
                return None
        return self._look(new)

    def touch(self, rendered: Rendered) -> bool:
        """Note that a sound is used now; False when it is gone."""
        try:
            for law in LAWS:
                os.utime(f"{rendered.stem}.{law}")
        except OSError:
            return False
        return True

    def is_kept(self, rendered: Rendered) -> bool:
        """Whether a sound stays for good."""
        return rendered.stem is None or os.path.dirname(rendered.stem) == self._kept

    def write(self, stem: str, sounds: Iterable[tuple[str, bytes]]) -> None:
        """Write the pair of files; raises OSError and then leaves nothing behind."""
        written: list[str] = []
        try:
            for law, data in sounds:
                written.append(f"{stem}.{law}")
                write_whole(written[-1], data)
        except OSError:
            remove(*written)
            raise

    def trim(self) -> int:
        """Remove the longest unused of ``recent`` down to the limit; returns the bytes freed."""
        now, files, total = time.time(), [], 0
        for entry in os.scandir(self._recent):
            try:
                facts = entry.stat()
            except OSError:
                continue
            age = now - facts.st_mtime
            if entry.name.endswith(".part"):
                if age > _ABANDONED:
                    remove(entry.path)
                continue
            total += facts.st_size
            files.append((age, facts.st_size, entry.path))
        freed = 0
        for age, size, path in sorted(files, reverse=True):
            if total - freed <= self._limit or age < _YOUNG:
                break
            remove(path)
            freed += size
        return freed

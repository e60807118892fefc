"""Unsaved work on disk, so that a crash loses no more than a few seconds of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Lost:
    """Work that a designer which ended badly had not saved.

    *path* is the file it belongs to, None for a new flow; *saved_at* is in seconds since the
    epoch.
    """

    keep: Path
    path: Path | None
    text: str
    saved_at: float


class Recovery:
    """A folder with one small file for each open document that differs from its own file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_name(self) -> str:
        """A name for an open document."""
        return uuid4().hex

    def keep(self, name: str, path: Path | None, text: str, now: float) -> None:
        """Write down what document *name* is now; raises OSError."""
        what = {
            "path": None if path is None else str(path.resolve()),
            "text": text,
            "time": now,
            "process": os.getpid(),
            "begun": _begun(os.getpid()),
        }
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._file(name), json.dumps(what, ensure_ascii=False))

    def keeps(self, name: str) -> bool:
        """Whether document *name* is written down."""
        return self._file(name).exists()

    def drop(self, name: str) -> None:
        """The document was saved, or closed on purpose."""
        with suppress(FileNotFoundError):
            self._file(name).unlink()

    def lost(self) -> Iterator[Lost]:
        """What no running designer keeps, the latest first; unreadable files are passed over."""
        found = []
        for file in self._folder.glob("*.json"):
            try:
                what = json.loads(file.read_text(encoding="utf-8"))
                path = None if what["path"] is None else Path(what["path"])
                if not _runs(int(what["process"]), what["begun"]):
                    found.append(Lost(file, path, str(what["text"]), float(what["time"])))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        yield from sorted(found, key=lambda one: -one.saved_at)

    def forget(self, one: Lost) -> None:
        """It was taken over, or is not wanted."""
        with suppress(FileNotFoundError):
            one.keep.unlink()

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def write_whole(path: Path, text: str) -> None:
    """Write *text* to *path* so that nobody ever sees half of it; raises OSError.

    The file keeps its permissions; a link stays a link.
    """
    target = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _begun(process: int) -> str | None:
    """When *process* began: its number may be another's by now. None where that cannot be told."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _runs(process: int, begun: str | None) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return begun is None or _begun(process) == begun

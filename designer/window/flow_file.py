"""The file of an open flow: read whole, written whole, and whether another program changed it."""

from __future__ import annotations

import hashlib
import os
import stat
from codecs import BOM_UTF8
from contextlib import suppress
from pathlib import Path

from designer.look.i18n import tr
from designer.window.recovery import write_whole
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax import decode


class CannotOpen(Exception):
    """A file that cannot be read; the text says why, and what to do."""


class CannotSave(Exception):
    """A file that cannot be written; the text says why, and that nothing is lost."""


class FlowFile:
    """What is known of the file at *path*: its content as it was read or written last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: bytes | None = None
        self._mark = ""
        """The byte order mark, in a file that has one."""
        self._crlf = False
        """Whether every line ends as they do on Windows."""

    def read(self) -> str:
        """The text of the file; raises `CannotOpen`."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise CannotOpen(_cannot_read(self.path, error)) from None
        text = decode(content)
        if isinstance(text, Problem):
            raise CannotOpen(
                tr(
                    "{path}, line {line}: {what}",
                    path=self.path,
                    line=text.place.line,
                    what=text.text,
                )
            )
        self._known = _digest(content)
        self._mark = "\ufeff" if content.startswith(BOM_UTF8) else ""
        self._crlf = 0 < content.count(b"\n") == content.count(b"\r\n")
        return text

    def write(self, text: str) -> None:
        """Write *text*; raises `CannotSave`, and the old file is then as it was.

        Byte order mark and line ends stay those of the file.
        """
        if self._crlf:
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        if _is_protected(self.path):
            raise CannotSave(
                tr(
                    "{path} is protected against writing. Your work is still here; save it under "
                    "another name, or allow writing and save again.",
                    path=self.path,
                )
            )
        try:
            write_whole(self.path, self._mark + text)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotSave(
                tr(
                    "{path} cannot be written: {reason}. Your work is still here; save it under "
                    "another name, or mend this and save again.",
                    path=self.path,
                    reason=reason,
                )
            ) from None
        except UnicodeEncodeError as error:
            raise CannotSave(
                tr(
                    "{path} cannot be written: character {number} of the text is not a character "
                    "of Unicode. Take it out of the text and save again.",
                    path=self.path,
                    number=error.start + 1,
                )
            ) from None
        self._known = _digest((self._mark + text).encode("utf-8"))

    def changed_outside(self) -> bool:
        """Whether it is not as it was read or written last; a file that is gone counts too."""
        if self._known is None:
            return self.path.exists()
        content = b""
        with suppress(OSError):
            content = self.path.read_bytes()
        return _digest(content) != self._known

    def written_after(self, moment: float) -> bool:
        """Whether somebody wrote it after *moment*, in seconds since the epoch."""
        try:
            return self.path.stat().st_mtime > moment
        except OSError:
            return False

    def distrust(self) -> None:
        """What is in it now is not what one's own text came from: it counts as changed."""
        self._known = b""

    def keep_mine(self) -> None:
        """What is in the file now is known, and may be written over."""
        with suppress(OSError):
            self._known = _digest(self.path.read_bytes())


def _is_protected(path: Path) -> bool:
    """Whether somebody wants that the file stays: replacing it would ask its folder only."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and not (mode & 0o222 and os.access(path, os.W_OK))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _cannot_read(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return tr("{path} is not there any more.", path=path)
    if isinstance(error, IsADirectoryError):
        return tr("{path} is a folder; choose the .flow file in it.", path=path)
    if isinstance(error, PermissionError):
        return tr("{path} may not be read by you; ask its owner for the right to.", path=path)
    return tr("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)

"""A recording of a leg: what `Recorder` decides, written by the `Files` thread."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

from telephony.core.recorder import Recorder
from telephony.media.files import Files, SoundFile

WRITE_EACH = 0.5
"""Seconds between writes; a crash loses no more."""
_BACKLOG = 16
"""Writes that may wait for the disk: at two a second, a disk that hangs for 8 s."""
_NAMES = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EFBIG: "disk-full",
    errno.EACCES: "not-writable",
    errno.EPERM: "not-writable",
    errno.EROFS: "not-writable",
}

Done = Callable[["Recording"], None]


def failure(path: str, error: OSError) -> tuple[str, str]:
    """A short name and a sentence for what went wrong with *path*."""
    name = _NAMES.get(error.errno or 0, "no-file")
    advice = {
        "disk-full": "make room on the disk",
        "not-writable": "let the service write to that folder",
    }.get(name, "check [recordings].folder")
    return name, f"cannot record to {path}: {error.strerror or error}; {advice}"


class Recording:
    """Feeds a `SoundFile`. When it is closed, or failed, *done* is called once with it."""

    def __init__(
        self,
        files: Files,
        recorder: Recorder,
        path: str,
        done: Done,
        *,
        number: int = 0,
        end_keys: str = "",
    ) -> None:
        self.recorder = recorder
        self.path = path
        self.number = number
        self.end_keys = end_keys
        self.by = ""
        """Why it ended; "" while it runs."""
        self.error: OSError | None = None
        self._done = done
        self._files = files
        self._file = SoundFile(path, recorder.law, recorder.channels)
        self._sound = bytearray()
        self._write_at = 0.0
        self._writes = 0
        files.submit(self._file.open, self._checked)

    def pull(self, now: float) -> None:
        """Take what was heard; called some times a second."""
        if self.by:
            return
        self._sound += self.recorder.pull(now)
        if self.recorder.end is not None:
            self.end(self.recorder.end, now)
        elif now >= self._write_at and self._sound:
            self._write_at = now + WRITE_EACH
            if self._writes >= _BACKLOG:
                self._fail(OSError(errno.EIO, "the disk does not answer"))
            else:
                self._write()

    def _write(self) -> None:
        sound = bytes(self._sound)
        self._sound.clear()
        self._writes += 1
        self._files.submit(lambda: self._file.append(sound), self._written)

    def _written(self, outcome: Any) -> None:
        self._writes -= 1
        self._checked(outcome)

    def _checked(self, outcome: Any) -> None:
        if isinstance(outcome, OSError):
            self._fail(outcome)

    def _fail(self, error: OSError) -> None:
        self.error = self.error or error
        if not self.by:
            self.by = "failed"
            self._files.submit(self._file.close, self._closed)

    def end(self, by: str, now: float) -> None:
        """Keep all that was heard and close the file."""
        if self.by:
            return
        self.by = by
        self._sound += self.recorder.pull(now, last=True)
        if self._sound:
            self._write()
        self._files.submit(self._file.close, self._closed)

    def _closed(self, outcome: Any) -> None:
        self._checked(outcome)
        self._done(self)

"""The file of a SQLite database, made so that nobody else can read it."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def make_private(path: Path) -> None:
    """Make *path*, and its folder, unless it is there; raises `OSError` when it is of no use.

    A file that is there is not opened. Closing it would end all locks that this process has on
    it, SQLite's among them (https://sqlite.org/howtocorrupt.html, section 2.2): the next program
    that looked into the database would take its write-ahead log away while we write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path)) from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)) from None

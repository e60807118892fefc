"""Writes what a translation made, and nothing over files that are there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class CannotWrite(Exception):
    """A file cannot be written; the text names it and says what to do."""


def write_files(files: Mapping[Path, str], force: bool) -> None:
    """Write all of *files*, or none where one of them exists and *force* is not given.

    Raises `CannotWrite`.
    """
    for path in files:
        if path.exists() and not force:
            raise CannotWrite(f"{path}: is there already; name another with --output, or --force")
        if not path.parent.is_dir():
            raise CannotWrite(f"{path}: there is no folder {path.parent}")
    for path, text in files.items():
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CannotWrite(f"{path}: cannot be written: {error.strerror}") from None

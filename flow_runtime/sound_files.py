"""Finds the sound files that flows name."""

from __future__ import annotations

import os
from pathlib import Path


class SoundFiles:
    """Looks for the sound files of ``file("x.wav")`` in *folders*, in their order."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders

    def __call__(self, name: str) -> str | None:
        """The absolute path of the first file called *name*, None when there is none."""
        for folder in self.folders:
            path = folder / name
            if os.path.isfile(path):  # a name that no file can have is False, not an error
                return str(path.resolve())
        return None

    def beside(self, folder: Path) -> SoundFiles:
        """The same for another flow, which lies in *folder*."""
        return SoundFiles(folder, *self.folders[1:])


def find_files(*folders: Path) -> SoundFiles:
    """What looks for sound files in *folders*, the first of which lies beside the flow."""
    return SoundFiles(*folders)

"""The text files of a server's site, laid down in a folder here so that flows find one another."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from designer.look.i18n import tr

if TYPE_CHECKING:
    from designer.server.answers import ServedSite

_FLOW: Final = re.compile(r"^flow\s+([A-Za-z_]\w*)", re.M)


class Mirror:
    """What is laid down in *folder*; `lay` does it, again whenever the site was read anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: dict[Path, str] = {}
        """The flows by their files."""
        self.by_name: dict[str, Path] = {}
        """The files of the flows by the flows' names; of two with one name the first."""

    def lay(self, site: ServedSite) -> None:
        """Write what *site* has; raises OSError, and ValueError for a path that leads elsewhere."""
        found = {self.place(file.path): file.text for file in site.files}
        for path, text in found.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for gone in self.texts.keys() - found.keys():
            gone.unlink(missing_ok=True)
        self.texts = {path: text for path, text in found.items() if path.suffix == ".flow"}
        self.by_name = {}
        for path, text in self.texts.items():
            name = _FLOW.search(text)
            if name is not None:
                self.by_name.setdefault(name[1], path)

    def place(self, told: str) -> Path:
        """Where the file that the server calls *told* lies here; raises ValueError."""
        path = PurePosixPath(told)
        strange = not told or path.is_absolute() or ".." in path.parts
        if strange or any(mark in told for mark in ("\\", ":", "\0")):
            raise ValueError(tr("it names a file outside of its site: {path}", path=told))
        return self.folder / path

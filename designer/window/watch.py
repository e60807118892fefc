"""Notices when files of open flows, their prompts or their configuration change on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from designer.window.page import Page

_SETTLE: Final = 250
"""Milliseconds: programs write in several steps."""


class Watch(QObject):
    """Tells *flow_changed* of a page whose file, *site_changed* of one whose site changed."""

    def __init__(
        self, flow_changed: Callable[[Page], None], site_changed: Callable[[Page], None]
    ) -> None:
        super().__init__()
        self._flow_changed, self._site_changed = flow_changed, site_changed
        self._pages: list[Page] = []
        self._seen: dict[Page, dict[Path, float]] = {}
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self.look)
        self._watcher.fileChanged.connect(lambda _: self._settle.start())
        self._watcher.directoryChanged.connect(lambda _: self._settle.start())

    def add(self, page: Page) -> None:
        """Look after *page* from now on."""
        self._pages.append(page)
        self._seen[page] = _times(page)
        page.session.path_changed.connect(self._arm)
        self._arm()

    def remove(self, page: Page) -> None:
        """*page* was closed."""
        if page in self._pages:
            self._pages.remove(page)
            del self._seen[page]
            page.session.path_changed.disconnect(self._arm)

    def look(self) -> None:
        """Find out what has changed."""
        for page in list(self._pages):
            self._flow_changed(page)
            times = _times(page)
            if times != self._seen[page]:
                self._seen[page] = times
                self._site_changed(page)
        self._arm()

    def _arm(self) -> None:
        """Watch what there is now: a file that was replaced is not watched any more."""
        wanted = {str(path) for page in self._pages for path in _places(page) if path.exists()}
        known = {*self._watcher.files(), *self._watcher.directories()}
        if wanted - known:
            self._watcher.addPaths(sorted(wanted - known))
        if known - wanted:
            self._watcher.removePaths(sorted(known - wanted))


def _places(page: Page) -> list[Path]:
    """The files and folders to watch for *page*."""
    site = page.session.site
    places = [site.prompts_folder] if page.path is not None else []
    if page.path is not None:
        places += [page.path, page.path.parent]
    return places + [path for path in _site_files(page) if path.exists()]


def _site_files(page: Page) -> list[Path]:
    """What the surroundings of *page* are read from."""
    site, files = page.session.site, []
    if site.config is not None:
        files.append(site.config)
    if page.path is not None:
        files += sorted(site.prompts_folder.glob("*.toml"))
        files += [one for one in sorted(page.path.parent.glob("*.flow")) if one != page.path]
    return files


def _times(page: Page) -> dict[Path, float]:
    times = {}
    for path in _site_files(page):
        try:
            times[path] = path.stat().st_mtime
        except OSError:
            continue
    return times

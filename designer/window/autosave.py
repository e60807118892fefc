"""Keeps unsaved work on disk every few seconds, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from designer.look.i18n import tr
from designer.window.page import Page
from designer.window.recovery import Recovery

EVERY: Final = 5000
"""Milliseconds; a crash loses at most twice as much."""


class Autosave(QObject):
    """Looks after the pages that *pages* names."""

    kept = Signal(str, str)
    """A document's name in the recovery folder, and what went wrong, if anything."""

    def __init__(self, recovery: Recovery, pages: Callable[[], Sequence[Page]]) -> None:
        super().__init__()
        self._recovery, self._pages = recovery, pages
        self._last: dict[str, str] = {}
        self._worker = ThreadPoolExecutor(1, "autosave")
        self.kept.connect(self._told)
        self._timer = QTimer(self, interval=EVERY)
        self._timer.timeout.connect(self.keep_all)
        self._timer.start()

    def keep_all(self) -> None:
        """Write down what is not saved; drop what is."""
        for page in self._pages():
            self.keep(page)

    def keep(self, page: Page) -> None:
        """Write *page* down if it has changed since, in the background."""
        if not page.dirty:
            self.drop(page)
            return
        text = page.session.document.text
        if self._last.get(page.keep) == text:
            return
        self._last[page.keep] = text
        work = partial(self._write, page.keep, page.path, text)
        self._worker.submit(work)

    def drop(self, page: Page) -> None:
        """*page* was saved, or is closed on purpose."""
        if self._last.pop(page.keep, None) is not None:
            page.kept_at, page.keep_trouble = None, ""
            self._worker.submit(self._recovery.drop, page.keep)

    def close(self) -> None:
        """Wait for what is being written."""
        self._timer.stop()
        self._worker.shutdown()

    def settle(self) -> None:
        """Wait until all that was begun is on disk."""
        done: Future[None] = self._worker.submit(lambda: None)
        done.result()

    def _write(self, name: str, path: Path | None, text: str) -> None:
        trouble = ""
        try:
            self._recovery.keep(name, path, text, time.time())
        except OSError as error:
            trouble = tr("autosave failed: {reason}", reason=error.strerror or error)
        self.kept.emit(name, trouble)

    def _told(self, name: str, trouble: str) -> None:
        for page in self._pages():
            if page.keep == name:
                page.keep_trouble = trouble
                if trouble:
                    self._last.pop(name, None)
                else:
                    page.kept_at = datetime.now().astimezone()
                page.seen_changed.emit()

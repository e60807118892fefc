"""Reads a trace file in a thread, with a bar that tells how far it is, and Cancel."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from designer.look.i18n import tr
from designer.server.trace_file import Cancelled, TraceFile, read_trace
from designer.window import asking

_SOON: Final = 400
"""Milliseconds before the bar is shown: most files are read by then."""
_LOOK: Final = 40
"""Milliseconds between two looks at the thread, which itself knows nothing of Qt."""


class TraceOpening(QObject):
    """One file. Ends with `opened`, or with a message to the person, or without a word."""

    opened = Signal(object)
    """The `TraceFile`."""
    ended = Signal()

    def __init__(self, parent: QWidget, path: Path) -> None:
        super().__init__(parent)
        self._parent, self.path = parent, path
        self._cancelled = threading.Event()
        self._share = 0.0
        self._found: TraceFile | str | None = None
        self.bar = QProgressDialog(
            tr("Reading {name}…", name=path.name), tr("Cancel"), 0, 100, parent
        )
        self.bar.setWindowModality(Qt.WindowModality.NonModal)  # a modal one handles events itself
        self.bar.setMinimumDuration(_SOON)
        self.bar.canceled.connect(self._cancelled.set)
        self._look = QTimer(self, interval=_LOOK)
        self._look.timeout.connect(self._follow)
        self._thread = threading.Thread(target=self._read, name="trace", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._look.start()

    def cancel(self) -> None:
        """Nobody wants it any more: give up at once."""
        self._cancelled.set()
        self._thread.join()
        self._finish()

    def _read(self) -> None:
        """Runs in the thread."""
        try:
            self._found = read_trace(self.path, self._note, lambda: not self._cancelled.is_set())
        except Cancelled:
            pass
        except OSError as error:
            self._found = tr("{path} cannot be read: {reason}.", path=self.path,
                             reason=error.strerror or error)  # fmt: skip
        except ValueError as reason:
            self._found = str(reason)

    def _note(self, share: float) -> None:
        self._share = share

    def _follow(self) -> None:
        if self._thread.is_alive():
            self.bar.setValue(round(99 * self._share))
        else:
            self._finish()

    def _finish(self) -> None:
        self._look.stop()
        self.bar.canceled.disconnect(self._cancelled.set)
        self.bar.reset()
        self.bar.deleteLater()
        self.deleteLater()
        self.ended.emit()
        if self._cancelled.is_set():
            return
        if isinstance(self._found, TraceFile):
            self.opened.emit(self._found)
        elif self._found is not None:
            asking.tell(self._parent, tr("Cannot open"), self._found)

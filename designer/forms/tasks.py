"""Work that takes long, in worker threads; the answer comes back on the Qt thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Task(QObject):
    """One piece of work. `cancel` means that nobody waits for its answer any more."""

    done = Signal(object)
    failed = Signal(object)
    ended = Signal()
    _answer = Signal(bool, object)

    def __init__(self, work: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = False
        self._answer.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin, in a thread that does not keep the program from ending."""
        threading.Thread(target=self._run, name="form-task", daemon=True).start()

    def cancel(self) -> None:
        """Forget the answer."""
        if not self._cancelled:
            self._cancelled = True
            self.ended.emit()

    def _run(self) -> None:
        try:
            answer, good = self._work(), True
        except Exception as error:  # told to the person who asked
            answer, good = error, False
        try:
            self._answer.emit(good, answer)
        except RuntimeError:
            return  # the form, and this with it, is gone: nobody waits

    def _tell(self, good: bool, answer: object) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        (self.done if good else self.failed).emit(answer)
        self.ended.emit()


class Tasks(QObject):
    """The pieces of work of one form."""

    def start(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Any], None],
    ) -> Task:
        """Do *work* elsewhere; *done* gets its answer, or *failed* what it raised."""
        task = Task(work, self)
        task.done.connect(done)
        task.failed.connect(failed)
        task.ended.connect(task.deleteLater)
        task.start()
        return task

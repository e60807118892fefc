"""Makes the calls of call tests in a thread, one after the other, until told to stop."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from flow_runtime.call_tests import CallTest, OpenData
from flow_runtime.call_tests.runner import run_test
from flow_runtime.core.program import Program


class Runner(QObject):
    """Tells each result as it comes; `cancel` lets the call that is being made be the last."""

    came = Signal(int, object)
    """The result of the test with this index."""
    ended = Signal(str)
    """All is done; why it could not be, if so."""
    _told = Signal(int, object, int)
    _over = Signal(str, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._number = 0
        queued = Qt.ConnectionType.QueuedConnection
        self._told.connect(self._tell, queued)
        self._over.connect(self._end, queued)

    @property
    def running(self) -> bool:
        """Whether calls are being made."""
        return self._thread is not None

    def start(
        self,
        program: Program,
        tests: Sequence[tuple[int, CallTest]],
        open_data: Callable[[], OpenData],
    ) -> None:
        """Make the calls of *tests*, which are told by their index."""
        self.close(0)
        self._number += 1
        cancelled = self._cancelled = threading.Event()
        self._thread = threading.Thread(
            target=self._run,
            args=(program, tests, open_data, cancelled, self._number),
            name="call-tests",
            daemon=True,
        )
        self._thread.start()

    def cancel(self) -> None:
        """Make no further call."""
        self._cancelled.set()

    def close(self, seconds: float) -> None:
        """Make no further call, and wait for the thread to end."""
        self.cancel()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(seconds)

    # --- inside ---------------------------------------------------------------------------------

    def _run(
        self,
        program: Program,
        tests: Sequence[tuple[int, CallTest]],
        open_data: Callable[[], OpenData],
        cancelled: threading.Event,
        number: int,
    ) -> None:
        trouble = ""
        try:
            with tempfile.TemporaryDirectory(prefix="cordboard-") as folder:
                for index, test in tests:
                    if cancelled.is_set():
                        break
                    result = run_test(program, test, open_data, Path(folder))
                    self._told.emit(index, result, number)
        except Exception as error:  # told to the person who let them run
            trouble = f"{type(error).__name__}: {error}"
        try:
            self._over.emit(trouble, number)
        except RuntimeError:
            return  # the panel is gone: nobody waits

    def _tell(self, index: int, result: object, number: int) -> None:
        if number == self._number:
            self.came.emit(index, result)

    def _end(self, trouble: str, number: int) -> None:
        if number == self._number:
            self._thread = None
            self.ended.emit(trouble)

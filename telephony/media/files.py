"""Disk access of a media process: one thread that does nothing but read and write files.

The thread never computes, so that the packets' thread has the interpreter for itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from telephony.core import wav
from telephony.core.g711_tables import Law

Job = Callable[[], Any]
Then = Callable[[Any], None]


class Files:
    """Runs jobs one after the other beside the packets' thread.

    A job's result, or the OSError it raised, is handed to its *then* when `finish` is called,
    which the owner does when `wake` (an eventfd) becomes readable.
    """

    def __init__(self) -> None:
        self.wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._jobs: SimpleQueue[tuple[Job, Then] | None] = SimpleQueue()
        self._done: deque[tuple[Then, Any]] = deque()
        self._thread = Thread(target=self._run, name="files", daemon=True)
        self._thread.start()

    def submit(self, job: Job, then: Then) -> None:
        """Run *job* in the thread, then *then* with its outcome in the caller's thread."""
        self._jobs.put((job, then))

    def _run(self) -> None:
        while (work := self._jobs.get()) is not None:
            job, then = work
            try:
                outcome = job()
            except OSError as error:
                outcome = error
            self._done.append((then, outcome))
            os.eventfd_write(self.wake, 1)

    def finish(self) -> None:
        """Hand out what was done meanwhile."""
        try:
            os.eventfd_read(self.wake)
        except BlockingIOError:
            return
        while self._done:
            then, outcome = self._done.popleft()
            then(outcome)

    def close(self) -> None:
        """Finish all jobs and end the thread; outcomes are still handed out."""
        self._jobs.put(None)
        self._thread.join()
        self.finish()


class SoundFile:
    """A growing WAV file. Its methods run in the `Files` thread and raise OSError."""

    def __init__(self, path: str, law: Law, channels: int) -> None:
        self._path, self._law, self._channels = path, law, channels
        self._file = -1
        self._size = 0

    def open(self) -> None:
        """Make the file, and its folder if need be, with a header that says it is empty."""
        Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o640)
        self._write_header()

    def append(self, sound: bytes) -> None:
        """Write *sound* and a header that includes it, so that a crash leaves a whole file."""
        if self._file < 0:
            return
        at = wav.HEADER_SIZE + self._size
        while sound:
            written = os.pwrite(self._file, sound, at)
            sound = sound[written:]
            at += written
            self._size += written
        self._write_header()

    def _write_header(self) -> None:
        os.pwrite(self._file, wav.header(self._law, self._channels, self._size), 0)

    def close(self) -> None:
        """Pad the file to an even size, as RIFF wants, and close it."""
        if self._file < 0:
            return
        try:
            if self._size & 1:
                os.pwrite(self._file, b"\0", wav.HEADER_SIZE + self._size)
        finally:
            os.close(self._file)
            self._file = -1

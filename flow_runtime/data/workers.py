"""A bounded pool of threads for calls that may hang, each of which can be given up.

`concurrent.futures.ThreadPoolExecutor` will not do: its threads are joined when the program ends,
so that one database that hangs would keep the whole server from ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Any, TypeVar

T = TypeVar("T")

_GRACE = 0.25
"""Seconds after which work that was given up is interrupted; a database that keeps a time limit
itself has ended it by then, and its connection can be used again."""


class GivenUp(Exception):
    """Raised inside of work that nobody waits for any more."""


class Stuck(Exception):
    """All workers hang in work that was given up."""


class Overdue(Exception):
    """The time limit has passed. *decided* says that the work had passed its point of no return."""

    def __init__(self, decided: bool) -> None:
        super().__init__("the time limit has passed")
        self.decided = decided


class Job:
    """The link between work in a thread and the event loop that waits for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._given_up = False
        self._decided = False
        self._interrupt: Callable[[], None] | None = None

    # --- in the thread ----------------------------------------------------------------------------

    @contextmanager
    def interruptible(self, how: Callable[[], None]) -> Iterator[None]:
        """While inside, *how* may be called, from another thread, to make a blocking call fail."""
        with self._lock:
            self.go_on()
            self._interrupt = how
        try:
            yield
        finally:
            with self._lock:
                self._interrupt = None

    def decide(self) -> None:
        """The point of no return: raises `GivenUp` when the work must not take effect any more."""
        with self._lock:
            self.go_on()
            self._decided = True

    def go_on(self) -> None:
        """Raise `GivenUp` when nobody waits any more."""
        if self._given_up:
            raise GivenUp

    # --- on the event loop ------------------------------------------------------------------------

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._given_up

    def give_up(self) -> bool:
        """Wait no longer; whether the work had passed its point of no return."""
        with self._lock:
            self._given_up = True
            return self._decided

    def interrupt(self) -> None:
        """Make the blocking call fail, if there is one."""
        with self._lock:
            if self._interrupt is not None:
                self._interrupt()


class Workers(Executor):
    """At most *size* daemon threads, started as they are needed."""

    def __init__(self, name: str, size: int) -> None:
        self._name, self._size = name, size
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._idle = Semaphore(0)
        self._threads = 0
        self._lock = Lock()
        self._running: set[Job] = set()

    async def run(self, work: Callable[[Job], T], timeout: float) -> T:
        """Do *work* in a thread; *timeout* (seconds) bounds the wait for a free one as well.

        Raises `Overdue`, and `Stuck` at once when no thread will come free by itself. Work that
        was given up while it waited never starts.
        """
        with self._lock:
            if sum(job.given_up for job in self._running) >= self._size:
                raise Stuck
        job, loop = Job(), asyncio.get_running_loop()
        future = loop.run_in_executor(self, self._tracked, work, job)
        try:
            async with asyncio.timeout(timeout):
                return await future
        except TimeoutError:
            raise Overdue(job.give_up()) from None
        finally:
            if future.cancelled():
                job.give_up()
                loop.call_later(_GRACE, self._interrupt, loop, job)

    def _interrupt(self, loop: asyncio.AbstractEventLoop, job: Job) -> None:
        """Interrupt *job*, and again later: what has not yet begun to block cannot be."""
        with self._lock:
            running = job in self._running
        if running:
            job.interrupt()
            loop.call_later(_GRACE, self._interrupt, loop, job)

    def _tracked(self, work: Callable[[Job], T], job: Job) -> T:
        with self._lock:
            self._running.add(job)
        try:
            return work(job)
        finally:
            with self._lock:
                self._running.discard(job)

    # --- concurrent.futures.Executor --------------------------------------------------------------

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """As in concurrent.futures."""
        future: Future[T] = Future()
        self._waiting.put((future, lambda: fn(*args, **kwargs)))
        if not self._idle.acquire(blocking=False) and self._threads < self._size:
            self._threads += 1
            Thread(target=self._work, name=f"{self._name}-{self._threads}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Let each thread end after its present work; waits for none.

        Work that was given up is interrupted now: the loop that would do so may be about to end.
        """
        with self._lock:
            abandoned = [job for job in self._running if job.given_up]
        for job in abandoned:
            job.interrupt()
        for _ in range(self._threads):
            self._waiting.put(None)

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            future, call = item
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as error:
                    future.set_exception(error)
            del item, future, call  # or the last result would stay in memory until the next call
            self._idle.release()

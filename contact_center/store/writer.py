"""The thread that writes: a batch is whatever was handed in during the last commit.

A batch is tried until its outcome is known. A database that stalls, is away or is full therefore
loses nothing: works wait in memory, in their order, and `Writer.status` says since when.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from contact_center.store.batch import Batches, TakenOver, Work, is_outage
from contact_center.store.errors import reason_of

log = logging.getLogger("store")

BATCH: Final = 1000
"""Works of one transaction at most: after a stall the first commits come soon."""
LIMIT: Final = 100_000
"""Works that may wait; with more, no new work is begun (see `durable`)."""
LINGER: Final = 0.003
"""Seconds that works which nobody waits for may wait for others, to be written together: so an
offer seldom finds the database busy with what could have gone along with it."""
BEHIND_AFTER: Final = 1.0
"""Seconds that the oldest work may wait before the database counts as behind."""
_PAUSES: Final = (0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Status:
    """How far the database is. *since* is when the oldest work was handed in that still waits."""

    waiting: int = 0
    since: float | None = None
    error: str = ""
    full: bool = False
    taken_over: bool = False

    @property
    def behind(self) -> bool:
        """Whether the database does not keep up."""
        return self.since is not None

    def __str__(self) -> str:
        if self.since is None:
            return "the database is up to date"
        since = datetime.fromtimestamp(self.since).astimezone()
        because = f" ({self.error})" if self.error else ""
        more = "; no new calls are taken" if self.full else ""
        return f"database behind: {self.waiting} events, since {since:%H:%M:%S}{because}{more}"


class Writer:
    """One thread and its queue. *clock* gives seconds since the epoch.

    *committed* is called in the writer's thread with the works of each commit, in their order;
    *lost* once, with the reason, when another server has taken the database over.
    """

    def __init__(
        self,
        engine: Engine,
        batches: Batches,
        committed: Callable[[Sequence[Work]], None],
        clock: Callable[[], float],
        *,
        lost: Callable[[str], None] = log.critical,
        limit: int = LIMIT,
    ) -> None:
        self._engine, self._batches, self._clock = engine, batches, clock
        self._committed, self._lost, self._limit = committed, lost, limit
        self._waiting: deque[Work] = deque()
        self._in_hand: Sequence[Work] = ()
        self._urgent = False
        """Whether somebody waits for one of the works that wait."""
        self._number = 0
        self._error = ""
        self._taken_over = False
        self._closing = threading.Event()
        self._give_up = 0.0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)

    def start(self) -> None:
        """Begin to write; the batches have been claimed."""
        self._thread.start()

    def put(self, work: Work) -> None:
        """Hand in *work*. Never blocks, and never refuses: see `full`."""
        work.put = self._clock()
        with self._changed:
            self._waiting.append(work)
            if work.urgent:
                self._urgent = True
            if self._urgent or len(self._waiting) == 1:
                self._changed.notify()

    @property
    def full(self) -> bool:
        """Whether so much waits that no new work should be begun."""
        return len(self._waiting) >= self._limit or self._taken_over

    def status(self) -> Status:
        """How far the database is."""
        with self._changed:
            waiting = len(self._in_hand) + len(self._waiting)
            oldest = next(iter(self._in_hand or self._waiting), None)
        since = oldest.put if oldest is not None else None
        if since is not None and not self._error and self._clock() - since < BEHIND_AFTER:
            since = None
        return Status(waiting, since, self._error, self.full, self._taken_over)

    def close(self, timeout: float = 10.0) -> int:
        """Write what waits, and end; gives how many works could not be written in *timeout*."""
        self._give_up = time.monotonic() + timeout
        with self._changed:
            self._closing.set()
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout + 1.0)
        return len(self._in_hand) + len(self._waiting)

    # --- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while self._take():
            try:
                written = self._write_until_known()
            except TakenOver as taken:
                self._give_way(str(taken))
                return
            if not written:
                return
            works, self._in_hand = self._in_hand, ()
            self._committed(works)

    def _take(self) -> bool:
        """Wait for works, and take them in hand; False: closed, and all is written."""
        with self._changed:
            while not self._waiting:
                if self._closing.is_set():
                    return False
                self._changed.wait()
            if not self._urgent and not self._closing.is_set():
                self._changed.wait(LINGER)
            count = min(len(self._waiting), BATCH)
            self._in_hand = [self._waiting.popleft() for _ in range(count)]
            self._urgent = self._urgent and bool(self._waiting)
            return True

    def _write_until_known(self) -> bool:
        """False: given up, for the server ends."""
        self._number += 1
        write = self._batches.write
        tries = 0
        while True:
            try:
                with self._engine.connect() as connection, connection.begin():
                    write(connection, self._number, self._in_hand)
            except TakenOver:
                raise
            except Exception as error:
                if not is_outage(error) and write != self._batches.write_with_care:
                    log.error("the database refuses a batch: %s", reason_of(error))
                    write = self._batches.write_with_care
                    continue
                self._error = reason_of(error)
                if tries == 1:  # at first it may only be a connection that had lain idle
                    log.error("%s; nothing is lost, it is tried again", self.status())
                if self._closing.is_set() and time.monotonic() >= self._give_up:
                    return False
                self._pause(_PAUSES[min(tries, len(_PAUSES) - 1)])
                tries += 1
            else:
                if tries > 1:
                    log.warning("the database writes again after %d tries", tries + 1)
                self._error = ""
                return True

    def _pause(self, seconds: float) -> None:
        if self._closing.wait(seconds):
            time.sleep(_PAUSES[0])

    def _give_way(self, place: str) -> None:
        self._taken_over = True
        self._error = (
            f"another server ({place}) has taken this database over; this one must be stopped"
        )
        self._lost(self._error)

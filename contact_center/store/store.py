"""The contact centre's store, from opening the database to closing it.

`open` blocks and belongs into a worker thread; the rest lives on the event loop::

    store = Store(url, plans, declared)
    recovered = await asyncio.to_thread(store.open)
    acd, actions = store.start(committed)
    await acd.flushed()                   # durable: now do the actions, and send the BYEs
    ...
    await store.close()
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from sqlalchemy.exc import SQLAlchemyError

from contact_center.core.actions import Action
from contact_center.core.state import Plans
from contact_center.store.batch import Batches, Work
from contact_center.store.database import Database, migrate, sole_use
from contact_center.store.directory import (
    FILE,
    Directory,
    directory_events,
    file_ops,
    merged,
    names_made,
    read_directory,
)
from contact_center.store.durable import Beside, DurableEngine
from contact_center.store.errors import StoreError, reason_of
from contact_center.store.recovery import Recovered, bury_dialogs, load, lost_contacts
from contact_center.store.retention import Retention, old_rows
from contact_center.store.settings import Declared
from contact_center.store.statements import Op
from contact_center.store.strategies import in_force, publish
from contact_center.store.writer import LIMIT, Status, Writer

log = logging.getLogger("store")

SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread lets another one go on."""
MOST_PORTIONS = 10_000
"""Of old rows that are deleted in one go; the rest follows with the next."""


class Store:
    """One database, one writer, one engine. *clock* gives seconds since the epoch.

    *busy* is how long SQLite waits for a lock of somebody else before it says so.
    """

    def __init__(
        self,
        url: str,
        plans: Plans,
        declared: Declared | None = None,
        *,
        clock: Callable[[], float] = time.time,
        limit: int = LIMIT,
        busy: float = 1.0,
        lost: Callable[[str], None] = log.critical,
    ) -> None:
        self.boot = uuid.uuid4().hex[:12]
        self.database = Database(url, busy)
        self.dialect = self.database.writing.dialect.name
        self._plans, self._declared = plans, declared or Declared()
        self._clock, self._lost = clock, lost
        self._held = ExitStack()
        batches = Batches(self.boot, self.dialect)
        self._batches = batches
        self._writer = Writer(
            self.database.writing, batches, self._on_commit, clock, lost=self._say_lost, limit=limit
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._acd: DurableEngine | None = None
        self._recovered: Recovered | None = None
        self._lost_contacts: list[str] = []
        self._changes: list[Op] = []
        self.directory = Directory({}, {})

    # --- opening ------------------------------------------------------------------------------

    def open(self) -> Recovered:
        """Bring the tables up to date and read the state; nothing else is changed.

        Raises `StoreError` with advice: no such database, in use, of a newer version.
        """
        try:
            self._held.enter_context(sole_use(self.database))
            migrate(self.database)
            now = self._clock()
            with self.database.writing.begin() as connection:
                self._batches.claim(connection, now)
            with self.database.reading.begin() as connection:
                recovered = load(connection, self._plans)
                self._lost_contacts = lost_contacts(connection, recovered.engine)
                before = read_directory(connection)
                self.directory = merged(before, self._declared)
                self._changes = file_ops(before, self.directory, self._declared, self.dialect, now)
                for queue in self._declared.queues:
                    known = in_force(connection, queue.name, now)
                    if known is not None and queue.name in self._declared.undecided:
                        continue
                    if known is None or known.text != queue.strategy:
                        self._changes.append(publish(queue.name, queue.strategy, now, now, FILE))
        except BaseException:
            self._held.close()
            self.database.close()
            raise
        self._recovered = recovered
        return recovered

    def names_made(self) -> tuple[list[str], list[str]]:
        """Queues and agents that the API has made; may be asked before `open`, and blocks.

        None of them where there is no database yet, or none that answers: `open` tells why.
        """
        path = self.database.path
        if path is not None and not path.exists():
            return [], []
        try:
            with self.database.reading.begin() as connection:
                return names_made(connection)
        except SQLAlchemyError:
            return [], []

    def start(
        self, committed: Callable[[Sequence[int]], None], beside: Sequence[Beside] = ()
    ) -> tuple[DurableEngine, list[Action]]:
        """End what the crash has left, load what the file declares, and begin to write.

        *beside* is asked about each event from now on: see `DurableEngine`.

        Gives the engine, and what the shell is to do when `flushed` says that all is durable: a
        crash before that finds everything as it was, one after it has nothing to end again.
        """
        recovered = self._recovered
        assert recovered is not None, "open it first"
        self._loop = asyncio.get_running_loop()
        acd = self._acd = DurableEngine(
            recovered.engine,
            self._plans,
            self.boot,
            recovered.mark,
            self._writer.put,
            lambda: self._writer.full,
            committed,
            beside,
        )
        now = self._clock()
        actions = acd.restart(now, self._lost_contacts, [bury_dialogs(), *self._changes])
        for event in directory_events(self.directory, recovered.engine):
            actions += acd.handle(event, now)
        # the writer computes beside the event loop, which must not wait for it for 5 ms at a time
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_INTERVAL))
        self._writer.start()
        return acd, actions

    async def close(self, timeout: float = 10.0) -> None:
        """Write what waits and a last snapshot, then give the database back."""
        acd = self._acd
        if acd is not None:
            acd.write_snapshot()
            left = await asyncio.to_thread(self._writer.close, timeout)
            if left:
                log.error("%s; %d events are lost with the server", self._writer.status(), left)
        self._held.close()
        self.database.close()

    # --- running ------------------------------------------------------------------------------

    def status(self) -> Status:
        """How far the database is."""
        return self._writer.status()

    async def forget(self, keep: Retention) -> int:
        """Delete what is older than *keep*; gives how many portions that took.

        Raises `StoreError` when the database cannot be asked.
        """
        acd = self._acd
        assert acd is not None, "start it first"
        for portions in range(MOST_PORTIONS):
            ops = await asyncio.to_thread(self._old, keep)
            if not ops:
                return portions
            await acd.write(ops)
        return MOST_PORTIONS

    def _old(self, keep: Retention) -> list[Op]:
        try:
            with self.database.reading.begin() as connection:
                return list(old_rows(connection, keep, self._clock()))
        except SQLAlchemyError as error:
            raise StoreError(reason_of(error)) from None

    def _on_commit(self, works: Sequence[Work]) -> None:
        """In the writer's thread."""
        acd = self._acd
        assert acd is not None
        self._on_loop(lambda: acd.committed(works))

    def _say_lost(self, reason: str) -> None:
        self._on_loop(lambda: self._lost(reason))

    def _on_loop(self, call: Callable[[], None]) -> None:
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            pass  # the loop is closed: nobody waits for this commit any more

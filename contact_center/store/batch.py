"""One transaction of the writer: events, facts, projections and the writer's mark, or nothing.

The mark makes the outcome of a commit known when the connection was lost in the middle of it: it
names the server and counts its batches. A batch is written only on top of the one before it, and
so never twice, and never after another server has taken the database over.
"""

from __future__ import annotations

import logging
import os
import socket
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from contact_center.core.actions import Persist
from contact_center.core.events import Event
from contact_center.core.model import Data
from contact_center.store.codec import dumps, fact_data
from contact_center.store.projections import Projector
from contact_center.store.statements import Op, run, table_of
from contact_center.store.tables import Fact, Input, Snapshot, Voicemail, WriterMark

log = logging.getLogger("store")

SNAPSHOTS_KEPT: Final = 2
_INPUT, _FACT, _MARK = table_of(Input), table_of(Fact), table_of(WriterMark)


class TakenOver(Exception):
    """Another server writes to this database now; this one must not any more."""


@dataclass(slots=True, eq=False)
class Work:
    """What must be written together.

    *seq* numbers the event, *first_fact* the first of its facts; *written* is the event as the
    codec has it. *refused*: the event itself changed nothing, though what was due before it may
    have. *ops* are statements of others.
    """

    at: float
    event: Event | None = None
    written: tuple[str, str] = ("", "")
    seq: int = 0
    first_fact: int = 0
    facts: Sequence[Persist] = ()
    refused: bool = False
    ops: Sequence[Op] = ()
    snapshot: Data | None = None
    done: Callable[[], None] | None = None
    """Called when it is durable, on the event loop."""
    put: float = 0.0
    """When it was handed in, by the writer's clock."""

    @property
    def urgent(self) -> bool:
        """Whether somebody waits until it is durable: a phone is to ring, a booking confirmed."""
        return self.done is not None or any(fact.ticket for fact in self.facts)


class Batches:
    """Writes batches for the server *boot*, and reads which of them the database has."""

    def __init__(self, boot: str, dialect: str) -> None:
        self._boot = boot
        self._projector = Projector(dialect)

    def claim(self, connection: Connection, now: float) -> None:
        """Make the database this server's: any other one's next batch is refused."""
        place = f"{socket.gethostname()}, process {os.getpid()}"
        values = {"boot": self._boot, "batch": 0, "since": now, "place": place}
        if not connection.execute(update(_MARK).where(_MARK.c.id == 1).values(values)).rowcount:
            connection.execute(insert(_MARK).values(id=1, **values))
        messages = connection.execute(select(Voicemail.contact).where(Voicemail.ended.is_(None)))
        self._projector.messages.update(messages.scalars())

    def write(self, connection: Connection, number: int, works: Sequence[Work]) -> bool:
        """Write batch *number*, inside a transaction; False: it is there already.

        Raises `TakenOver`.
        """
        if not self._mark(connection, number):
            return False
        self._write_log(connection, works)
        run(connection, (op for work in works for op in self._changes(work)))
        self._write_snapshots(connection, works)
        return True

    def write_with_care(self, connection: Connection, number: int, works: Sequence[Work]) -> bool:
        """As `write`, when the database refuses something of the batch itself.

        Events and facts are written all the same: recovery needs nothing else. A change of the
        other tables that is refused is left out, and the log says which.
        """
        if not self._mark(connection, number):
            return False
        self._write_log(connection, works)
        for work in works:
            try:
                with connection.begin_nested():
                    run(connection, self._changes(work))
            except Exception as error:
                if is_outage(error):
                    raise
                name = type(work.event).__name__ if work.event is not None else "a change"
                log.exception(
                    "%s (event %d) could not be shown in the tables; it is in the event log and"
                    " nothing else is affected. Please report this",
                    name,
                    work.seq,
                )
        self._write_snapshots(connection, works)
        return True

    def _mark(self, connection: Connection, number: int) -> bool:
        """Compare and set: whether the batch is the next one."""
        ours = (_MARK.c.id == 1, _MARK.c.boot == self._boot, _MARK.c.batch == number - 1)
        if connection.execute(update(_MARK).where(*ours).values(batch=number)).rowcount:
            return True
        row = connection.execute(select(_MARK.c.boot, _MARK.c.batch, _MARK.c.place)).one()
        if row.boot == self._boot and row.batch == number:
            return False
        raise TakenOver(row.place)

    def _write_log(self, connection: Connection, works: Sequence[Work]) -> None:
        inputs = [self._input(work) for work in works if work.event is not None]
        facts = [fact for work in works for fact in self._fact_rows(work)]
        if inputs:
            connection.execute(insert(_INPUT), inputs)
        if facts:
            connection.execute(insert(_FACT), facts)

    def _input(self, work: Work) -> dict[str, Any]:
        kind, data = work.written
        return {
            "seq": work.seq,
            "id": f"{self._boot}.{work.seq}",
            "at": work.at,
            "kind": kind,
            "data": data,
        }

    def _fact_rows(self, work: Work) -> Iterator[dict[str, Any]]:
        for number, fact in enumerate(work.facts, work.first_fact):
            yield {
                "seq": number,
                "id": f"{self._boot}-{number}",
                "input": work.seq,
                "at": work.at,
                "what": fact.what,
                "contact": fact.contact,
                "agent": fact.agent,
                "queue": fact.queue,
                "epoch": fact.epoch,
                "data": fact_data(fact),
            }

    def _changes(self, work: Work) -> Iterator[Op]:
        if work.event is not None and not work.refused:
            yield from self._projector.event(work.event, work.at)
        for fact in work.facts:
            yield from self._projector.fact(fact, work.at)
        yield from work.ops

    def _write_snapshots(self, connection: Connection, works: Sequence[Work]) -> None:
        for work in works:
            if work.snapshot is not None:
                connection.execute(delete(Snapshot).where(Snapshot.seq == work.seq))
                values = {"seq": work.seq, "at": work.at, "data": packed(work.snapshot)}
                connection.execute(insert(Snapshot), values)
                forget_inputs(connection)


def packed(data: Data) -> bytes:
    """A snapshot as it is stored."""
    return zlib.compress(dumps(data).encode("ascii"))


def forget_inputs(connection: Connection) -> None:
    """Keep the newest snapshots, and the events after the oldest of those."""
    kept = (
        connection.execute(select(Snapshot.seq).order_by(Snapshot.seq.desc()).limit(SNAPSHOTS_KEPT))
        .scalars()
        .all()
    )
    if len(kept) == SNAPSHOTS_KEPT:
        connection.execute(delete(Snapshot).where(Snapshot.seq < kept[-1]))
        connection.execute(delete(_INPUT).where(_INPUT.c.seq <= kept[-1]))


def is_outage(error: BaseException) -> bool:
    """Whether waiting may help: the database is away, locked, or full; the batch is in order."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | InternalError | OSError)

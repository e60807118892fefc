"""What each queue has done since local midnight: the log so far, then every fact as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import Final

from sqlalchemy import Connection, select

from contact_center.core.actions import Persist
from contact_center.core.statistics.intervals import Calendar, Intervals, QueueTally
from contact_center.core.statistics.records import Queued
from contact_center.store.statements import table_of
from contact_center.store.statistics import Tracker, stored_fact
from contact_center.store.tables import Fact

_PORTION: Final = 2000
Facts = Iterable[tuple[Persist, float]]


class Today:
    """Tallies of the day in *zone*; `touched` is told the queues whose figures have changed."""

    def __init__(self, zone: tzinfo, touched: Callable[[Iterable[str]], None]) -> None:
        self._calendar = Calendar("day", zone)
        self._counted, self._tracker = Intervals(self._calendar), Tracker()
        self._touched = touched
        self._day = 0.0
        self._early: list[tuple[Persist, float]] | None = []
        """Facts that came before the log had been read."""

    def take(self, facts: Facts) -> None:
        """Count what has just happened."""
        if self._early is not None:
            self._early += facts
        else:
            self._count(facts)

    def go_on(self, counted: Intervals, tracker: Tracker) -> None:
        """*counted* has the log so far, which *tracker* has followed."""
        self._counted, self._tracker = counted, tracker
        early, self._early = self._early or [], None
        self._count(early)
        self._touched({name for tally in counted.tallies.values() for name in tally.queues})

    def begin(self) -> None:
        """Nothing is known of the day so far."""
        self.go_on(Intervals(self._calendar), Tracker())

    def read_log(self, connection: Connection, last: int, now: float) -> tuple[Intervals, Tracker]:
        """Count the log of the day as far as fact *last*; blocks: for a worker thread."""
        counted, tracker = Intervals(self._calendar), Tracker()
        for fact, at in _facts(connection, self.midnight(now), last):
            for record in tracker.add(fact, at):
                counted.add(record)
        return counted, tracker

    def _count(self, facts: Facts) -> None:
        queues = set()
        for fact, at in facts:
            for record in self._tracker.add(fact, at):
                if isinstance(record, Queued) and record.at >= self._calendar.end(self._day):
                    self._begin(record.at)
                self._counted.add(record)
                queues.add(getattr(record, "queue", ""))
        queues.discard("")
        if queues:
            self._touched(queues)

    def _begin(self, at: float) -> None:
        self._day = self._calendar.start(at)
        for day in [day for day in self._counted.tallies if day < self._day]:
            del self._counted.tallies[day]

    def of(self, queue: str, now: float) -> QueueTally | None:
        """The queue's tally of the day that *now* is in."""
        tally = self._counted.tallies.get(self._calendar.start(now))
        return None if tally is None else tally.queues.get(queue)

    def midnight(self, now: float) -> float:
        """When the day began."""
        return self._calendar.start(now)


def _facts(connection: Connection, since: float, last: int) -> Iterator[tuple[Persist, float]]:
    table, seq = table_of(Fact), 0
    wanted = select(table).where(table.c.at >= since, table.c.seq <= last).order_by(table.c.seq)
    while rows := connection.execute(wanted.where(table.c.seq > seq).limit(_PORTION)).all():
        for row in rows:
            yield stored_fact(row)
        seq = rows[-1].seq

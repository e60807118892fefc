"""A recorded day out of the database, for replaying it through another strategy.

Every function blocks and takes a connection of `Database.reading`. What a caller told the line
(language, customer) is not in the log; the number is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, select

from contact_center.core.simulation.calls import Duty
from contact_center.core.simulation.recorded import RecordedCall
from contact_center.core.statistics.records import Handled, Left, Record, Span
from contact_center.store.reading import LOOKED_BACK, log_between
from contact_center.store.statements import table_of
from contact_center.store.statistics import records, stored_fact
from contact_center.store.tables import Contact, Entry

LOOKED_ON: Final = 6 * 3600.0
"""Seconds after the day in which calls that began in it have ended, wrap-up and all."""


@dataclass(frozen=True, slots=True)
class StoredDay:
    """Callers and agents of one day; seconds from its beginning."""

    calls: tuple[RecordedCall, ...]
    duties: tuple[Duty, ...]


def stored_day(connection: Connection, start: float, end: float) -> StoredDay:
    """What was queued from *start* on and before *end*, and when agents were there."""
    rows = log_between(connection, start - LOOKED_BACK, end + LOOKED_ON)
    facts = [stored_fact(row) for row in rows]
    known = facts[-1][1] if facts else start
    found = list(records(facts, known))
    return StoredDay(
        tuple(_calls(connection, found, start, end)), tuple(_duties(found, start, end))
    )


def _calls(
    connection: Connection, found: Iterable[Record], start: float, end: float
) -> Iterator[RecordedCall]:
    left = [r for r in found if isinstance(r, Left) and start <= r.queued_at < end]
    handled: dict[tuple[str, str], float] = {}
    for one in found:
        if isinstance(one, Handled):
            key = one.contact, one.queue
            handled[key] = handled.get(key, 0.0) + one.talk + one.hold + one.wrap_up
    numbers, priorities = _known_of(connection, start, end)
    for stay in left:
        key = stay.contact, stay.queue
        yield RecordedCall(
            at=stay.queued_at - start,
            queue=stay.queue,
            handling=handled.get(key),
            waited=stay.waited,
            outcome="abandoned" if stay.outcome == "abandoned" else "answered",
            priority=priorities.get(key, 0.0),
            caller=numbers.get(stay.contact, ""),
        )


def _known_of(
    connection: Connection, start: float, end: float
) -> tuple[dict[str, str], dict[tuple[str, str], float]]:
    entry, contact = table_of(Entry), table_of(Contact)
    rows = connection.execute(
        select(entry.c.contact, entry.c.queue, entry.c.priority, contact.c.number)
        .join(contact, contact.c.id == entry.c.contact)
        .where(entry.c.entered >= start, entry.c.entered < end)
    ).all()
    return (
        {row.contact: row.number for row in rows},
        {(row.contact, row.queue): row.priority for row in rows},
    )


def _duties(found: Iterable[Record], start: float, end: float) -> Iterator[Duty]:
    """When each agent was ready (or at work), not ready, and signed out; changes alone."""
    by_agent: dict[str, list[Span]] = {}
    for one in found:
        if isinstance(one, Span) and one.end > start and one.start < end:
            by_agent.setdefault(one.agent, []).append(one)
    for agent, spans in by_agent.items():
        spans.sort(key=lambda span: span.start)
        before: Span | None = None
        for span in spans:
            if before is not None and span.start > before.end:
                yield Duty(before.end - start, agent, "signed out")
                before = None
            state = _there(span)
            if before is None or _there(before) != state:
                yield Duty(max(0.0, span.start - start), agent, state)
            before = span
        if before is not None and before.end < end:
            yield Duty(before.end - start, agent, "signed out")


def _there(span: Span) -> Literal["ready", "not ready"]:
    return "not ready" if span.state == "not ready" else "ready"

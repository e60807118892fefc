"""What programs and people ask the database: contacts, the log, intervals, work that is open.

Every function takes a connection of `Database.reading` and blocks: it belongs into a worker
thread. What goes on at the moment is in the engine, not here (`DurableEngine.position`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, and_, func, or_, select

from contact_center.core.statistics.intervals import Calendar, Intervals
from contact_center.store.statements import table_of
from contact_center.store.statistics import Tracker, stored_fact
from contact_center.store.tables import (
    Audit,
    Base,
    Callback,
    Contact,
    Entry,
    Fact,
    Offer,
    Session,
    Voicemail,
)

LOOKED_BACK: Final = 86_400.0
"""Seconds before an interval from which the log is read: shifts and calls that began earlier."""
_PORTION: Final = 2000
Told = Mapping[str, Any]
"""A row by the names of its columns; JSON columns are read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts: those that began in a span of time, and all else that is given."""

    since: float = 0.0
    until: float = float("inf")
    number: str = ""
    queue: str = ""
    agent: str = ""
    kind: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """A contact whole: its stays in queues, its offers with the reason for each, and the log."""

    contact: Told
    entries: Sequence[Told]
    offers: Sequence[Told]
    callback: Told | None = None
    voicemail: Told | None = None
    facts: Sequence[Told] = field(default=())


def contacts(
    connection: Connection, wanted: Wanted, most: int = 100, before: tuple[float, str] | None = None
) -> list[Told]:
    """Contacts, the newest first; *before* (began, id) is the last one of the page before."""
    c = table_of(Contact).c
    asked = {"number": c.number, "queue": c.queue, "agent": c.agent, "kind": c.kind}
    conditions = [column == getattr(wanted, n) for n, column in asked.items() if getattr(wanted, n)]
    conditions += [c.began >= wanted.since, c.began < wanted.until]
    if wanted.cause:
        conditions.append(c.cause == wanted.cause)
    if before is not None:
        began, name = before
        conditions.append(or_(c.began < began, and_(c.began == began, c.id < name)))
    statement = select(table_of(Contact)).where(*conditions)
    rows = connection.execute(statement.order_by(c.began.desc(), c.id.desc()).limit(most))
    return [_told(row) for row in rows]


def history(connection: Connection, name: str) -> History | None:
    """All there is of one contact."""
    found = _of(connection, Contact, "id", name)
    if not found:
        return None
    callbacks = _of(connection, Callback, "contact", name)
    messages = _of(connection, Voicemail, "contact", name)
    return History(
        found[0],
        _of(connection, Entry, "contact", name),
        _of(connection, Offer, "contact", name),
        callbacks[0] if callbacks else None,
        messages[0] if messages else None,
        _of(connection, Fact, "contact", name),
    )


def _of(connection: Connection, model: type[Base], column: str, value: str) -> list[Told]:
    table = table_of(model)
    statement = select(table).where(table.c[column] == value).order_by(*table.primary_key)
    return [_told(row) for row in connection.execute(statement)]


def _told(row: Row[Any]) -> Told:
    told = dict(row._mapping)
    for name in ("data", "why"):
        if isinstance(told.get(name), str):
            told[name] = json.loads(told[name])
    return told


# --- work that is open ----------------------------------------------------------------------------


def open_callbacks(connection: Connection, queue: str = "") -> list[Told]:
    """Callbacks that are still to be made, in the order of their place."""
    return _open(connection, table_of(Callback), table_of(Callback).c.place, queue)


def open_voicemails(connection: Connection, queue: str = "") -> list[Told]:
    """Messages that no agent is done with, the oldest first."""
    return _open(connection, table_of(Voicemail), table_of(Voicemail).c.made, queue)


def _open(connection: Connection, table: Table, order: Any, queue: str) -> list[Told]:
    contact = table_of(Contact)
    statement = (
        select(table, contact.c.queue.label("queue_now"))
        .join(contact, contact.c.id == table.c.contact)
        .where(table.c.ended.is_(None), contact.c.ended.is_(None))
        .order_by(order, table.c.contact)
    )
    if queue:
        statement = statement.where(contact.c.queue == queue)
    return [_told(row) for row in connection.execute(statement)]


# --- agents ---------------------------------------------------------------------------------------


def calls_of(connection: Connection, agent: str, since: float, most: int = 100) -> list[Told]:
    """An agent's call log, the newest first: offers answered and not, with number and queue."""
    offer, contact = table_of(Offer), table_of(Contact)
    statement = (
        select(offer, contact.c.number, contact.c.kind, contact.c.ended.label("contact_ended"))
        .join(contact, contact.c.id == offer.c.contact)
        .where(offer.c.agent == agent, offer.c.at >= since)
        .order_by(offer.c.id.desc())
        .limit(most)
    )
    return [_told(row) for row in connection.execute(statement)]


def sessions(connection: Connection, since: float, until: float) -> list[Told]:
    """Sign-ins that touch a span of time, by agent."""
    c = table_of(Session).c
    touching = and_(c.began < until, or_(c.ended.is_(None), c.ended >= since))
    statement = select(table_of(Session)).where(touching).order_by(c.agent, c.began)
    return [_told(row) for row in connection.execute(statement)]


def last_agent(connection: Connection, number: str, before: float) -> tuple[str, float] | None:
    """Who spoke to this number last, and how many seconds ago: for `last_agent` of strategies."""
    c = table_of(Contact).c
    row = connection.execute(
        select(c.agent, c.answered)
        .where(c.number == number, c.agent != "", c.answered.is_not(None), c.answered < before)
        .order_by(c.answered.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.agent, before - row.answered)


def audit(connection: Connection, since: float, until: float, most: int = 1000) -> list[Told]:
    """Who did what, the newest first."""
    c = table_of(Audit).c
    within = and_(c.at >= since, c.at < until)
    rows = connection.execute(
        select(table_of(Audit)).where(within).order_by(c.id.desc()).limit(most)
    )
    return [_told(row) for row in rows]


# --- the log --------------------------------------------------------------------------------------


def facts_after(connection: Connection, seq: int, most: int = 1000) -> list[Told]:
    """The event log after number *seq*, in its order."""
    c = table_of(Fact).c
    rows = connection.execute(select(table_of(Fact)).where(c.seq > seq).order_by(c.seq).limit(most))
    return [_told(row) for row in rows]


def intervals(connection: Connection, calendar: Calendar, since: float, until: float) -> Intervals:
    """The log from *since* on, and before *until*, counted into the intervals of *calendar*.

    It is read from some time before: a call that was queued earlier is counted where it was
    queued. Of agents who are signed in, states count as far as *until*.
    """
    counted = Intervals(calendar)
    tracker = Tracker()
    for row in log_between(connection, since - LOOKED_BACK, until):
        fact, at = stored_fact(row)
        for record in tracker.add(fact, at):
            counted.add(record)
    for record in tracker.close(until):
        counted.add(record)
    first = calendar.start(since)
    counted.tallies = {
        at: tally for at, tally in sorted(counted.tallies.items()) if first <= at < until
    }
    return counted


def log_between(connection: Connection, since: float, until: float) -> Iterator[Row[Any]]:
    """Facts by their number, a portion at a time."""
    c = table_of(Fact).c
    start = select(func.min(c.seq)).where(c.at >= since)
    seq = connection.execute(start).scalar()
    seq = None if seq is None else seq - 1
    while seq is not None:
        portion = connection.execute(
            select(table_of(Fact)).where(c.seq > seq, c.at < until).order_by(c.seq).limit(_PORTION)
        ).all()
        yield from portion
        seq = portion[-1].seq if len(portion) == _PORTION else None

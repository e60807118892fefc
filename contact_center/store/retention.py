"""Forgetting: what is older than the site keeps is deleted, a little at a time.

What is still going on is never touched, nor what recovery needs (`batch.forget_inputs`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from contact_center.store.statements import Op, table_of
from contact_center.store.tables import Audit, Contact, Fact, Outbox, RuleDecision, Session

DAY: Final = 86_400.0
AUDIT_DAYS: Final = 3 * 365.0
AT_ONCE: Final = 500
"""Rows deleted in one transaction: offers wait for it."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days are kept. *contacts* takes their stays, offers, callbacks and messages along.

    Recordings are files of their own, and not deleted here.
    """

    contacts: float = 400.0
    events: float = 400.0
    audit: float = AUDIT_DAYS
    webhooks: float = 30.0


def old_rows(connection: Connection, keep: Retention, now: float) -> Iterator[Op]:
    """What deletes the oldest rows of each table; hand it to `DurableEngine.write`.

    Nothing is given when nothing is old; after a full portion, ask again.
    """
    for table, key, old in _limits(keep, now):
        names = connection.execute(select(key).where(old).order_by(key).limit(AT_ONCE)).scalars()
        found = list(names)
        if found:
            yield delete(table).where(key.in_(found)), _NOTHING


_NOTHING: Final[Mapping[str, Any]] = {}


def _limits(
    keep: Retention, now: float
) -> Iterator[tuple[Table, ColumnElement[Any], ColumnElement[bool]]]:
    contacts, facts, audit = table_of(Contact).c, table_of(Fact).c, table_of(Audit).c
    sessions, outbox = table_of(Session).c, table_of(Outbox).c
    yield table_of(Contact), contacts.id, contacts.ended < now - keep.contacts * DAY
    decisions = table_of(RuleDecision).c
    yield table_of(RuleDecision), decisions.id, decisions.at < now - keep.contacts * DAY
    yield table_of(Session), sessions.id, sessions.ended < now - keep.contacts * DAY
    last = select(func.max(facts.seq)).scalar_subquery()  # numbering goes on from it
    yield (
        table_of(Fact), facts.seq, (facts.at < now - keep.events * DAY) & (facts.seq < last),
    )  # fmt: skip
    yield table_of(Audit), audit.id, audit.at < now - keep.audit * DAY
    limit = now - keep.webhooks * DAY
    yield table_of(Outbox), outbox.id, outbox.done < limit
    yield table_of(Outbox), outbox.id, outbox.given_up < limit

"""The engine's state out of the database: the last snapshot, and the events after it replayed.

Nothing is changed here, so a crash in the middle of it changes nothing either. What becomes of the
calls of before is the engine's own rule (`Restarted`), written like any other event.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Insert, bindparam, delete, func, select

from contact_center.core.actions import Persist
from contact_center.core.engine import Engine
from contact_center.core.events import Event
from contact_center.core.state import Plans, restore
from contact_center.store.codec import decode
from contact_center.store.durable import RESTARTED, Mark
from contact_center.store.errors import StoreError
from contact_center.store.statements import Op, change, insert_or_change, table_of
from contact_center.store.tables import Contact, Dialog, Fact, Input, Snapshot

log = logging.getLogger("store")

_GAP: Final = (
    "the database has lost the events from {} to {}, and no snapshot from after them can be read;"
    " restore a backup, or name a new database in [database] url"
)
AFTER_CRASH: Final = 1000
"""By how much the CSeq of a BYE after a crash exceeds the last one stored (RFC 3261, 12.2.1.1:
it only has to rise; requests after the last stored one must not have used it)."""


@dataclass(frozen=True, slots=True)
class StoredDialog:
    """An answered leg. *data* is the telephony's own; *agent* is "" for a customer's leg."""

    leg: str
    contact: str
    cseq: int
    data: dict[str, Any] = field(default_factory=dict)
    agent: str = ""
    epoch: int = 0


@dataclass(slots=True)
class Recovered:
    """What the database knew. *dialogs* have the CSeq that their BYE is to carry."""

    engine: Engine
    mark: Mark
    dialogs: Sequence[StoredDialog] = ()
    replayed: int = 0
    strangers: int = 0
    """Facts that replay gave otherwise than they were written."""


def load(connection: Connection, plans: Plans) -> Recovered:
    """The state as of the last commit. Raises `StoreError` for events of a newer version."""
    engine, seq, at = _newest_snapshot(connection, plans)
    recovered = Recovered(engine, Mark(seq, 0, at))
    told = _facts_after(connection, seq)
    for row in _inputs_after(connection, seq):
        if row.seq != seq + 1:
            raise StoreError(_GAP.format(seq + 1, row.seq - 1))
        event = decode(row.kind, row.data, plans)
        recovered.strangers += _differ(_again(engine, event, row), told.get(row.seq, []))
        recovered.replayed += 1
        seq, at = row.seq, row.at
    last = connection.execute(select(func.max(Fact.seq))).scalar() or 0
    recovered.mark = Mark(seq, last, at)
    recovered.dialogs = tuple(_dialogs(connection))
    if recovered.strangers:
        log.warning(
            "%d decisions of before are made otherwise by this version of Cordboard; calls,"
            " callbacks and messages are compared with what was written",
            recovered.strangers,
        )
    return recovered


def _again(engine: Engine, event: Event, row: Any) -> Sequence[Any]:
    """Replay one event; one that this version of the engine fails at is passed over."""
    try:
        return engine.handle(event, row.at)
    except Exception:
        log.exception("event %d (%s) cannot be replayed; please report this", row.seq, row.kind)
        engine.actions.clear()
        return ()


def _newest_snapshot(connection: Connection, plans: Plans) -> tuple[Engine, int, float]:
    rows = connection.execute(select(Snapshot.seq, Snapshot.at, Snapshot.data).order_by(
        Snapshot.seq.desc()
    )).all()  # fmt: skip
    for row in rows:
        try:
            data = json.loads(zlib.decompress(row.data))
            return restore(data, plans), row.seq, row.at
        except (zlib.error, ValueError, KeyError, TypeError):
            log.exception("the snapshot of event %d cannot be read; an older one is taken", row.seq)
    return Engine(), 0, 0.0


def _inputs_after(connection: Connection, seq: int) -> Iterator[Any]:
    columns = select(Input.seq, Input.at, Input.kind, Input.data)
    yield from connection.execute(columns.where(Input.seq > seq).order_by(Input.seq))


def _facts_after(connection: Connection, seq: int) -> dict[int, list[tuple[str, str, str]]]:
    found: dict[int, list[tuple[str, str, str]]] = {}
    columns = select(Fact.input, Fact.what, Fact.contact, Fact.agent)
    for row in connection.execute(columns.where(Fact.input > seq).order_by(Fact.seq)):
        found.setdefault(row.input, []).append((row.what, row.contact, row.agent))
    return found


def _differ(actions: Sequence[Any], told: list[tuple[str, str, str]]) -> int:
    """How many facts of one event are not those that were written of it."""
    facts = [(a.what, a.contact, a.agent) for a in actions if type(a) is Persist]
    ours = [one for one in told if one[0] != RESTARTED]
    return 0 if facts == ours else max(len(facts), len(ours))


# --- dialogs --------------------------------------------------------------------------------------


def keep_dialog(dialog: StoredDialog, dialect: str) -> Op:
    """Store an answered leg's dialog, or what has changed of it."""
    values = {
        "leg": dialog.leg,
        "contact": dialog.contact,
        "agent": dialog.agent,
        "epoch": dialog.epoch,
        "cseq": dialog.cseq,
        "data": json.dumps(dialog.data),
    }
    return _kept(dialect), values


@cache
def _kept(dialect: str) -> Insert:
    return insert_or_change(Dialog, dialect)


_DROPPED: Final = delete(Dialog).where(table_of(Dialog).c.leg == bindparam("w_leg"))


def drop_dialog(leg: str) -> Op:
    """The leg is gone: its BYE was answered."""
    return _DROPPED, {"w_leg": leg}


def bury_dialogs() -> Op:
    """Let each stored CSeq be that of the BYE: a second crash then goes on from there."""
    raised = change(Dialog, (), ()).values(cseq=table_of(Dialog).c.cseq + AFTER_CRASH)
    return raised, {}


def _dialogs(connection: Connection) -> Iterator[StoredDialog]:
    for row in connection.execute(select(table_of(Dialog)).order_by(Dialog.leg)):
        data = json.loads(row.data)
        cseq = row.cseq + AFTER_CRASH
        yield StoredDialog(row.leg, row.contact, cseq, data, row.agent, row.epoch)


# --- what replay has lost -------------------------------------------------------------------------


def lost_contacts(connection: Connection, engine: Engine) -> list[str]:
    """Contacts that the tables have as going on, and the engine does not know (any more)."""
    going_on = connection.execute(select(Contact.id).where(Contact.ended.is_(None))).scalars()
    return [name for name in going_on if name not in engine.contacts]

"""Webhooks to be delivered: written with the event that they tell of, and tried until done.

A delivery may come twice (the receiver's answer was lost), never not at all; *event* is the id by
which the receiver knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, func, insert, select

from contact_center.store.statements import Op, change, table_of
from contact_center.store.tables import Outbox

FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 3600.0
GIVEN_UP_AFTER: Final = 3 * 86_400.0
"""Seconds after which a delivery is not tried any more; it stays in the table, with the reason."""
_TABLE: Final = table_of(Outbox)
_NEW: Final = insert(_TABLE)
_DONE: Final = change(Outbox, ("id",), ("done", "attempts"))
_FAILED: Final = change(Outbox, ("id",), ("attempts", "due", "last_error", "given_up"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one webhook."""

    id: int
    hook: str
    event: str
    body: str
    made: float
    attempts: int


def post(hook: str, event: str, body: str, now: float) -> Op:
    """What puts a message into the outbox: hand it in with the event."""
    return _NEW, {
        "hook": hook,
        "event": event,
        "body": body,
        "made": now,
        "due": now,
        "attempts": 0,
        "last_error": "",
        "done": None,
        "given_up": None,
    }


_OPEN: Final = and_(_TABLE.c.done.is_(None), _TABLE.c.given_up.is_(None))


def due(connection: Connection, now: float, most: int = 100) -> list[Delivery]:
    """Open messages whose time has come, the oldest first.

    One that its receiver does not take keeps no other from being delivered: programs that care
    for the order go by the events' own numbers.
    """
    rows = connection.execute(
        select(_TABLE).where(_OPEN, _TABLE.c.due <= now).order_by(_TABLE.c.id).limit(most)
    )
    return [Delivery(r.id, r.hook, r.event, r.body, r.made, r.attempts) for r in rows]


def next_due(connection: Connection) -> float | None:
    """When to look again; None: nothing is open."""
    found: float | None = connection.execute(select(func.min(_TABLE.c.due)).where(_OPEN)).scalar()
    return found


def delivered(delivery: Delivery, now: float) -> Op:
    """The receiver has it."""
    return _DONE, {"w_id": delivery.id, "done": now, "attempts": delivery.attempts + 1}


def failed(delivery: Delivery, error: str, now: float) -> Op:
    """It is tried again, later each time, and given up after three days."""
    wait = min(FIRST_WAIT * 2.0 ** min(delivery.attempts, 20), LONGEST_WAIT)
    over = now + wait - delivery.made > GIVEN_UP_AFTER
    return _FAILED, {
        "w_id": delivery.id,
        "attempts": delivery.attempts + 1,
        "due": now + wait,
        "last_error": error[:500],
        "given_up": now if over else None,
    }

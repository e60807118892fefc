"""Webhooks to be delivered: written with the event that they tell of, and tried until done.

A delivery may come twice (the receiver's answer was lost), never not at all; *event* is the id by
which the receiver knows it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, true, update

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


def due(
    connection: Connection, now: float, most: int = 100, hook: str | None = None
) -> list[Delivery]:
    """Open messages whose time has come, of all webhooks or of one, the oldest first.

    One that its receiver does not take keeps no other from being delivered: programs that care
    for the order go by the events' own numbers.
    """
    wanted = select(_TABLE).where(_OPEN, _TABLE.c.due <= now, _of(hook))
    rows = connection.execute(wanted.order_by(_TABLE.c.id).limit(most))
    return [Delivery(r.id, r.hook, r.event, r.body, r.made, r.attempts) for r in rows]


def next_due(connection: Connection, hook: str | None = None) -> float | None:
    """When to look again; None: nothing is open."""
    wanted = select(func.min(_TABLE.c.due)).where(_OPEN, _of(hook))
    found: float | None = connection.execute(wanted).scalar()
    return found


def _of(hook: str | None) -> ColumnElement[bool]:
    return true() if hook is None else _TABLE.c.hook == hook


def given_up_without(hooks: Collection[str], now: float) -> Op:
    """Messages for webhooks that are configured no longer are given up."""
    gone = update(_TABLE).where(_OPEN, _TABLE.c.hook.not_in(list(hooks)))
    return gone.values(given_up=now, last_error="the webhook is configured no longer"), {}


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far a webhook is: messages open and given up, and the newest error of those."""

    open: int
    given_up: int
    oldest: float | None
    last_error: str


def backlog(connection: Connection, hook: str) -> Backlog:
    """What is still to be delivered to a webhook, and what never will be."""
    mine = _TABLE.c.hook == hook
    row = connection.execute(select(func.count(), func.min(_TABLE.c.made)).where(_OPEN, mine)).one()
    lost = select(func.count()).where(mine, _TABLE.c.given_up.is_not(None))
    error = (
        select(_TABLE.c.last_error)
        .where(mine, _TABLE.c.last_error != "", _TABLE.c.done.is_(None))
        .order_by(_TABLE.c.id.desc())
        .limit(1)
    )
    return Backlog(
        row[0],
        connection.execute(lost).scalar() or 0,
        row[1],
        connection.execute(error).scalar() or "",
    )


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

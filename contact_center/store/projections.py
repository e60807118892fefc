"""What each event and fact changes in the tables that people and programs read.

Rows follow from events and facts alone, in their order; the store writes them in the transaction
of the events themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sqlalchemy import Double, Executable, bindparam, func, insert, null, select

from contact_center.core import events as ev
from contact_center.core.actions import Persist
from contact_center.store.codec import dumps, fact_data
from contact_center.store.statements import Op, change, insert_or_change, table_of
from contact_center.store.tables import (
    Audit,
    Callback,
    Contact,
    Entry,
    Offer,
    Session,
    Voicemail,
)

BOOKED: Final = "/callback"
"""What the ids of callbacks have after the id of the contact that booked them."""


class Projector:
    """Makes the changes for a database of the given dialect.

    *messages* are the ids of voicemails: all that came, and those that were open at the start.
    """

    def __init__(self, dialect: str) -> None:
        self.messages: set[str] = set()
        # a call that arrives and later waits is one contact; an id that has ended begins again
        self._new_contact = insert_or_change(Contact, dialect, if_set="ended")
        self._new_callback = insert_or_change(Callback, dialect, if_set="ended")
        self._facts: Mapping[str, Callable[[Persist, float], Iterator[Op]]] = {
            "signed in": _signed_in,
            "state": _state,
            "audit": _audit,
            "queued": _queued,
            "offered": _offered,
            "answered": self._answered,
            "missed": _offer_over,
            "withdrawn": _offer_over,
            "parked": _moved("held"),
            "retrieved": _moved("talking"),
            "left": _left,
            "suspended": _suspended,
            "booked": self._booked,
            "dialled": _dialled,
            "not reached": _not_reached,
            "joined": _joined,
            "after agent": _moved("in flow"),
            "ended": self._ended,
        }

    def event(self, event: ev.Event, at: float) -> Iterator[Op]:
        """What the event itself says: contacts begin, callbacks are answered, all stops."""
        match event:
            case ev.Arrived(contact=name, number=number):
                yield self._contact(name, "call", number, at)
            case ev.Enter(contact=name, number=number) | ev.EnterAgent(contact=name, number=number):
                yield self._contact(name, "call", number, at)
            case ev.Voicemail(contact=name, number=number):
                self.messages.add(name)
                yield self._contact(name, "voicemail", number, at)
            case ev.Call(contact=name, to_number=number):
                yield self._contact(name, "internal", number or "", at)
            case ev.Consult(contact=name, to_number=number):
                yield self._contact(name, "consult", number or "", at)
            case ev.CustomerAnswered(contact=name) if BOOKED in name:
                yield _REACHED, {"w_contact": name, "w_state": "dialling", "state": "reached"}
            case ev.Restarted():
                yield _OFFERS_CUT, {"outcome": "system", "ended": at, "w_outcome": ""}
                yield _MESSAGES_AGAIN, {}
                yield _CALLBACKS_AGAIN, {"w_state": "dialling", "state": "pending"}

    def fact(self, fact: Persist, at: float) -> Iterator[Op]:
        """What one fact changes."""
        make = self._facts.get(fact.what)
        if make is not None:
            yield from make(fact, at)

    def _contact(self, name: str, kind: str, number: str, at: float) -> Op:
        return self._new_contact, {
            "id": name,
            "kind": kind,
            "number": number,
            "state": "in flow",
            "queue": "",
            "agent": "",
            "began": at,
            "answered": None,
            "ended": None,
            "cause": "",
        }

    def _booked(self, fact: Persist, at: float) -> Iterator[Op]:
        number, due, place, priority, _ = fact.data
        yield self._contact(fact.contact, "callback", number, at)
        yield _MOVED_QUEUE, {
            "w_id": fact.contact, "state": "callback pending", "queue": fact.queue,
        }  # fmt: skip
        yield (
            self._new_callback,
            {
                "contact": fact.contact,
                "number": number,
                "queue": fact.queue,
                "place": place,
                "priority": priority,
                "due": due,
                "booked": at,
                "state": "pending",
                "attempts": 0,
                "last_status": None,
                "ended": None,
            },
        )
        called_back = {
            "w_contact": fact.contact.rpartition(BOOKED)[0], "left": at, "outcome": "called back",
        }  # fmt: skip
        yield _SUSPENDED_OVER, {**called_back, "w_outcome": ""}
        yield _ENTRY_ENDED, {**called_back, "w_outcome": "system"}  # rescued after a crash

    def _answered(self, fact: Persist, at: float) -> Iterator[Op]:
        name = fact.contact
        yield _close_offer(fact, "answered", at)
        yield _ENTRY_ENDED, {
            "w_contact": name, "w_outcome": "", "left": at, "outcome": "answered",
        }  # fmt: skip
        yield _TALKING, {"w_id": name, "state": "talking", "agent": fact.agent, "at": at}
        if name in self.messages:
            yield _MESSAGE_HEARD, {"w_contact": name, "heard_by": fact.agent}
        yield _agent_state("talking", fact, at)

    def _ended(self, fact: Persist, at: float) -> Iterator[Op]:
        name, cause = fact.contact, fact.data
        yield _OVER, {"w_id": name, "state": "ended", "ended": at, "cause": cause}
        yield _ENTRY_ENDED, {"w_contact": name, "w_outcome": "", "left": at, "outcome": cause}
        if BOOKED in name:
            yield _CALLBACK_OVER, {"w_contact": name, "state": "ended", "ended": at}
        if name in self.messages:
            yield _MESSAGE_OVER, {"w_contact": name, "ended": at}


# --- statements -----------------------------------------------------------------------------------

_NEW_SESSION: Final = insert(Session)
_SESSION_OVER: Final = change(Session, ("agent",), ("ended",)).where(
    table_of(Session).c.ended.is_(None)
)
_SESSION_STATE: Final = change(Session, ("agent",), ("state", "reason", "since")).where(
    table_of(Session).c.ended.is_(None)
)
_NEW_AUDIT: Final = insert(Audit)
_NEW_ENTRY: Final = insert(Entry)
_ENTRY_ENDED: Final = change(Entry, ("contact", "outcome"), ("left", "outcome"))
_SUSPENDED_OVER: Final = _ENTRY_ENDED.where(table_of(Entry).c.suspended.is_not(None))
_ENTRY_LEFT: Final = change(Entry, ("contact", "outcome"), ("left", "outcome", "port"))
_ENTRY_SUSPENDED: Final = change(Entry, ("contact", "outcome"), ("suspended",))
_NEW_OFFER: Final = insert(Offer)
_OFFER_OVER: Final = change(Offer, ("agent", "epoch", "outcome"), ("outcome", "ended", "reason"))
_OFFERS_CUT: Final = change(Offer, ("outcome",), ("outcome", "ended"))
_MOVED: Final = change(Contact, ("id",), ("state",))
_MOVED_QUEUE: Final = change(Contact, ("id",), ("state", "queue"))
_TALKING: Final = change(Contact, ("id",), ("state", "agent")).values(
    answered=func.coalesce(table_of(Contact).c.answered, bindparam("at", type_=Double))
)
_OUTBOUND: Final = change(Contact, ("id", "kind"), ("kind", "number"))
_OVER: Final = change(Contact, ("id",), ("state", "ended", "cause")).where(
    table_of(Contact).c.ended.is_(None)
)
_REACHED: Final = change(Callback, ("contact", "state"), ("state",))
_CALLBACK_DIALLED: Final = change(Callback, ("contact",), ("state",)).values(
    attempts=table_of(Callback).c.attempts + 1
)
_CALLBACKS_AGAIN: Final = change(Callback, ("state",), ("state",)).values(
    attempts=table_of(Callback).c.attempts - 1
)
_CALLBACK_AGAIN: Final = change(Callback, ("contact",), ("state", "last_status"))
_CALLBACK_OVER: Final = change(Callback, ("contact",), ("state", "ended")).where(
    table_of(Callback).c.ended.is_(None)
)
_MESSAGE_HEARD: Final = change(Voicemail, ("contact",), ("heard_by",))
_MESSAGE_OVER: Final = change(Voicemail, ("contact",), ("ended",)).where(
    table_of(Voicemail).c.ended.is_(None)
)
_MESSAGES_AGAIN: Final[Executable] = (
    table_of(Entry)
    .update()
    .values(left=null(), outcome="")
    .where(
        table_of(Entry).c.contact.in_(
            select(Contact.id).where(Contact.kind == "voicemail", Contact.ended.is_(None))
        )
    )
)


# --- agents ---------------------------------------------------------------------------------------


def _signed_in(fact: Persist, at: float) -> Iterator[Op]:
    yield _SESSION_OVER, {"w_agent": fact.agent, "ended": at}  # none is open, unless it was lost
    yield (
        _NEW_SESSION,
        {
            "agent": fact.agent,
            "began": at,
            "ended": None,
            "state": "not ready",
            "reason": "",
            "since": at,
        },
    )


def _state(fact: Persist, at: float) -> Iterator[Op]:
    state, reason = fact.data
    yield _SESSION_STATE, {"w_agent": fact.agent, "state": state, "reason": reason, "since": at}
    if state == "signed out":
        yield _SESSION_OVER, {"w_agent": fact.agent, "ended": at}


def _audit(fact: Persist, at: float) -> Iterator[Op]:
    action, by, *more = fact.data
    yield (
        _NEW_AUDIT,
        {
            "at": at,
            "by": by,
            "action": action,
            "target": fact.agent or fact.contact,
            "data": dumps(more),
        },
    )


# --- offers ---------------------------------------------------------------------------------------


def _offered(fact: Persist, at: float) -> Iterator[Op]:
    yield (
        _NEW_OFFER,
        {
            "contact": fact.contact,
            "agent": fact.agent,
            "queue": fact.queue,
            "epoch": fact.epoch,
            "at": at,
            "ended": None,
            "outcome": "",
            "reason": "",
            "why": None if fact.data is None else fact_data(fact),
        },
    )
    yield _agent_state("ringing", fact, at)


def _offer_over(fact: Persist, at: float) -> Iterator[Op]:
    yield _close_offer(fact, fact.what, at, str(fact.data or ""))


def _close_offer(fact: Persist, outcome: str, at: float, reason: str = "") -> Op:
    return _OFFER_OVER, {
        "w_agent": fact.agent, "w_epoch": fact.epoch, "w_outcome": "",
        "outcome": outcome, "ended": at, "reason": reason,
    }  # fmt: skip


def _agent_state(state: str, fact: Persist, at: float) -> Op:
    return _SESSION_STATE, {"w_agent": fact.agent, "state": state, "reason": "", "since": at}


# --- contacts -------------------------------------------------------------------------------------


def _moved(state: str) -> Callable[[Persist, float], Iterator[Op]]:
    def move(fact: Persist, at: float) -> Iterator[Op]:
        yield _MOVED, {"w_id": fact.contact, "state": state}

    return move


def _queued(fact: Persist, at: float) -> Iterator[Op]:
    place, priority, plan = fact.data
    yield _SUSPENDED_OVER, {  # the caller has booked no callback after all
        "w_contact": fact.contact, "w_outcome": "", "left": at, "outcome": "left",
    }  # fmt: skip
    yield _MOVED_QUEUE, {"w_id": fact.contact, "state": "waiting", "queue": fact.queue}
    yield (
        _NEW_ENTRY,
        {
            "contact": fact.contact,
            "queue": fact.queue,
            "entered": at,
            "place": place,
            "priority": priority,
            "strategy": plan.strategy,
            "suspended": None,
            "left": None,
            "outcome": "",
            "port": "",
        },
    )


def _left(fact: Persist, at: float) -> Iterator[Op]:
    yield _MOVED, {"w_id": fact.contact, "state": "in flow"}
    yield _ENTRY_LEFT, {
        "w_contact": fact.contact, "w_outcome": "",
        "left": at, "outcome": "left", "port": fact.data,
    }  # fmt: skip


def _suspended(fact: Persist, at: float) -> Iterator[Op]:
    yield _MOVED, {"w_id": fact.contact, "state": "in flow"}
    yield _ENTRY_SUSPENDED, {"w_contact": fact.contact, "w_outcome": "", "suspended": at}


def _dialled(fact: Persist, at: float) -> Iterator[Op]:
    if BOOKED in fact.contact:
        yield _CALLBACK_DIALLED, {"w_contact": fact.contact, "state": "dialling"}


def _not_reached(fact: Persist, at: float) -> Iterator[Op]:
    yield _CALLBACK_AGAIN, {
        "w_contact": fact.contact, "state": "pending", "last_status": fact.data,
    }  # fmt: skip


def _joined(fact: Persist, at: float) -> Iterator[Op]:
    """An internal call whose other side is an outside number is an outbound one."""
    yield _OUTBOUND, {
        "w_id": fact.contact, "w_kind": "internal", "kind": "outbound", "number": fact.data,
    }  # fmt: skip

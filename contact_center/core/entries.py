"""The queue node's rules: entering, announcements, leaving keys, callbacks, messages.

Each rule names its row of the queue node's table. A key and a 200 that cross are compared and set
on the entry: the first one takes it, and the other finds it gone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from contact_center.core import estimate
from contact_center.core.actions import Leave, Music, Persist, Say, StopSound
from contact_center.core.base import Acd
from contact_center.core.events import (
    AskCallback,
    BookCallback,
    Enter,
    EnterAgent,
    LeaveByKey,
    Voicemail,
)
from contact_center.core.model import (
    BOOKED,
    CALLBACK_PENDING,
    CUSTOMERS,
    DIRECT,
    IN_FLOW,
    NO_WISHES,
    OFFERED,
    SUSPENDED,
    WAITING,
    Contact,
    Entry,
    Queue,
    Wishes,
)
from contact_center.core.offers import (
    cancel_rings,
    include,
    join_line,
    leave_line,
    place,
    release,
    widen,
)
from contact_center.core.ranks import Ranks
from contact_center.core.refusals import Refusal
from contact_center.core.strategy.plan import Person, Plan

IN_LINE = (WAITING, OFFERED)


# --- entering -------------------------------------------------------------------------------------


def enter(acd: Acd, event: Enter, now: float) -> None:
    """Row "enter": closed, then full, are looked at first; then place = now."""
    queue = acd.queue(event.queue)
    contact = _caller(acd, event.contact, event.number)
    if not queue.open:
        acd.actions.append(Leave(contact.name, "closed"))
    elif is_full(queue):
        acd.actions.append(Leave(contact.name, "full"))
    else:
        wait_in(acd, contact, queue, event.plan, event.priority, event.wishes, now)


def is_full(queue: Queue) -> bool:
    """Whether nobody more may wait."""
    most = queue.setup.max_waiting
    return most is not None and queue.waiting >= most


def enter_agent(acd: Acd, event: EnterAgent, now: float) -> None:
    """The agent node: the same, for one person."""
    contact = _caller(acd, event.contact, event.number)
    plan = Plan("agent node", (), (), (Person(event.agent, event.wait, "preferred"),))
    wishes = Wishes(max_wait=event.wait, timeout_port="unavailable")
    wait_in(acd, contact, acd.queues[DIRECT], plan, 0.0, wishes, now)


def _caller(acd: Acd, name: str, number: str) -> Contact:
    contact = acd.contacts.get(name)
    if contact is None:
        return acd.new_contact(name, number, "call", flow=True)
    entry = contact.entry
    if entry is not None and entry.live and entry.state == SUSPENDED:
        entry.live = False  # no callback was booked after all
        entry.queue.overflowed += 1
    elif contact.state != IN_FLOW or (entry is not None and entry.live):
        raise Refusal("already waiting")
    contact.number = contact.number or number
    return contact


def wait_in(
    acd: Acd,
    contact: Contact,
    queue: Queue,
    plan: Plan,
    priority: float,
    wishes: Wishes,
    now: float,
) -> None:
    """Let *contact* wait; in a queue that it was in before, at its old place."""
    acd.count += 1
    kept = contact.places.setdefault(queue.name, now)
    entry = Entry(contact, queue, plan, priority, kept, now, acd.count, wishes)
    contact.entry = entry
    queue.queued += 1
    acd.actions.append(
        Persist("queued", contact.name, "", queue.name, 0, 0, (kept, priority, plan))
    )
    if wishes.max_wait is not None:
        acd.at(now + wishes.max_wait, "expire", contact.name, entry.seq)
    if wishes.announce != "off":
        acd.at(now + wishes.announce_every, "announce", contact.name, entry.seq)
    if contact.kind in CUSTOMERS:
        acd.actions.append(Music(contact.name, queue.name))
    join_line(entry)
    if not place(acd, entry, now):
        leave_by(acd, entry, wishes.timeout_port, now)


# --- while waiting --------------------------------------------------------------------------------


def announce(acd: Acd, entry: Entry, now: float) -> None:
    """Rows "announcement due while ringing" (left out) and "figures announced" (never grow)."""
    wishes, contact = entry.wishes, entry.contact
    acd.at(now + wishes.announce_every, "announce", contact.name, entry.seq)
    if contact.rings:
        return
    queue = entry.queue
    if queue.ranks is None:
        queue.ranks = ranks_of(acd, queue)
    place_, wait = estimate.figures(entry, queue.ranks)
    position = place_ if wishes.announce != "wait" else None
    acd.actions.append(Say(contact.name, position, wait if wishes.announce != "position" else None))


def ranks_of(acd: Acd, queue: Queue) -> Ranks:
    """Places are kept only in queues that announce them, from the first announcement on."""
    ranks = Ranks()
    for contact in acd.contacts.values():
        entry = contact.entry
        if entry and entry.live and entry.queue is queue and entry.state in IN_LINE:
            ranks.add((entry.score, entry.seq))
    return ranks


def expire(acd: Acd, entry: Entry, now: float) -> None:
    """Row "max_wait while ringing": that ring ends first."""
    if entry.contact.rings:
        entry.expired = True
    else:
        leave_by(acd, entry, entry.wishes.timeout_port, now)


def next_step(acd: Acd, entry: Entry, now: float) -> None:
    """The plan's next ring or person."""
    if not widen(acd, entry, now):
        leave_by(acd, entry, entry.wishes.timeout_port, now)


def offer_again(acd: Acd, entry: Entry, now: float) -> None:
    """An offer came to nothing: the entry keeps its place, or leaves if its time is over."""
    if not entry.live or entry.contact.rings:
        return
    if entry.expired or (entry.cls is None and not place(acd, entry, now)):
        leave_by(acd, entry, entry.wishes.timeout_port, now)
    elif entry.cls is not None:
        entry.state = entry.contact.state = WAITING  # of a ring-all entry the last phone gave up


# --- leaving --------------------------------------------------------------------------------------


def leave_by(acd: Acd, entry: Entry, port: str, now: float) -> None:
    """The contact leaves the queue for its flow; a ring is cancelled."""
    contact = entry.contact
    leave_line(entry)
    entry.live = False
    contact.state = IN_FLOW
    entry.queue.overflowed += 1
    acd.actions += (
        Persist("left", contact.name, "", entry.queue.name, data=port),
        StopSound(contact.name),
        Leave(contact.name, port),
    )
    cancel_rings(acd, contact, "caller leaves", now)


def key_pressed(acd: Acd, event: LeaveByKey, now: float) -> None:
    """Rows "leaving key" and "key against 200": compare and set the entry."""
    leave_by(acd, _in_line(acd, event.contact), event.port, now)


def ask_callback(acd: Acd, event: AskCallback, now: float) -> None:
    """Row "callback key": the entry is suspended, its place kept."""
    entry = _in_line(acd, event.contact)
    contact = entry.contact
    leave_line(entry)
    entry.state, contact.state = SUSPENDED, IN_FLOW
    acd.actions += (
        Persist("suspended", contact.name, "", entry.queue.name),
        StopSound(contact.name),
        Leave(contact.name, "callback"),
    )
    cancel_rings(acd, contact, "caller leaves", now)


def _in_line(acd: Acd, name: str) -> Entry:
    contact = acd.contact(name)
    entry = contact.entry
    in_line = entry is not None and entry.live and entry.state in IN_LINE
    if entry is None or not in_line or not contact.flow:
        raise Refusal("not waiting")
    return entry


# --- callbacks and messages -----------------------------------------------------------------------


CALLBACK_SUFFIX = "/callback"


def callback_of(name: str, booking: int = 1) -> str:
    """The id of a callback that a contact has booked, for it is a contact of its own."""
    return f"{name}{CALLBACK_SUFFIX}" if booking == 1 else f"{name}{CALLBACK_SUFFIX}{booking}"


def book(acd: Acd, event: BookCallback, now: float) -> None:
    """A callback is booked and, when that is durable, confirmed; hang-up before: abandoned."""
    queue = acd.queue(event.queue)
    asking = acd.contacts.get(event.contact)
    booking = asking.bookings + 1 if asking is not None else 1
    name = callback_of(event.contact, booking)
    contact = acd.new_contact(name, event.number, "callback", flow=False)
    kept = max(now, event.at or now)
    if asking is not None:
        asking.bookings = booking
        if event.keep_place:
            kept = asking.places.get(queue.name, kept)
        if asking.entry is not None and asking.entry.state == SUSPENDED:
            asking.entry.live = False
    book_at(acd, contact, queue, event.plan, event.priority, kept, event.at, now)


def book_at(
    acd: Acd,
    contact: Contact,
    queue: Queue,
    plan: Plan,
    priority: float,
    kept: float,
    due: float | None,
    now: float,
) -> None:
    """Keep a place for a customer who is not on the line."""
    acd.count += 1
    contact.places[queue.name] = kept
    entry = contact.entry = Entry(contact, queue, plan, priority, kept, now, acd.count)
    entry.state, contact.state, entry.due = BOOKED, CALLBACK_PENDING, due
    ticket = acd.await_commit("booked", contact.name, 0)
    data = (contact.number, due, kept, priority, plan)
    acd.actions.append(Persist("booked", contact.name, "", queue.name, 0, ticket, data))
    if due is not None and due > now:
        acd.at(due, "due", contact.name, entry.seq)
    else:
        callback_due(acd, entry, now)


def callback_due(acd: Acd, entry: Entry, now: float) -> None:
    """A callback joins the line when its time has come and the call that booked it is over."""
    if not _is_due(acd, entry, now):
        return
    entry.entered, entry.step, entry.until = now, 0, None
    join_line(entry)
    if not place(acd, entry, now):
        raise AssertionError("a queue with a name always has a step")


def _is_due(acd: Acd, entry: Entry, now: float) -> bool:
    calling = acd.contacts.get(entry.contact.name.rpartition(CALLBACK_SUFFIX)[0])
    booked = entry.live and entry.state == BOOKED
    return booked and calling is None and (entry.due or now) <= now


def release_callbacks(acd: Acd, now: float) -> None:
    """After an event: see `offers.release`."""
    release(acd, lambda entry: _is_due(acd, entry, now), now)


def call_ended(acd: Acd, contact: Contact, now: float) -> None:
    """The call is over: callbacks it has booked may be made from now on."""
    for booking in range(1, contact.bookings + 1):
        booked = acd.contacts.get(callback_of(contact.name, booking))
        if booked is not None and booked.entry is not None:
            callback_due(acd, booked.entry, now)


def customer_answered(acd: Acd, entry: Entry, now: float) -> None:
    """The callback's customer is on the line: an ordinary caller at the kept place."""
    contact = entry.contact
    contact.kind, contact.target = "call", None
    entry.entered, entry.step, entry.until = now, 0, None
    acd.actions.append(Music(contact.name, entry.queue.name))
    join_line(entry)
    place(acd, entry, now)


def customer_failed(acd: Acd, entry: Entry, status: int, now: float) -> None:
    """The callback's customer was not reached: tried again as often as the queue says."""
    contact, setup = entry.contact, entry.queue.setup
    contact.target = None
    acd.actions.append(Persist("not reached", contact.name, "", setup.name, data=status))
    if entry.attempts >= setup.callback_attempts:
        entry.live = False
        acd.end(contact, "not reached")
        return
    entry.state, entry.due = BOOKED, now + setup.callback_retry
    acd.at(entry.due, "due", contact.name, entry.seq)


def voicemail(acd: Acd, event: Voicemail, now: float) -> None:
    """A message becomes work of its queue, whether or not that is open or full."""
    queue = acd.queue(event.queue)
    contact = acd.new_contact(event.contact, event.number, "voicemail", flow=False)
    wait_in(acd, contact, queue, event.plan, event.priority, NO_WISHES, now)


Timed: TypeAlias = Callable[[Acd, Entry, float], None]
TIMED: dict[str, tuple[tuple[str, ...], Timed]] = {
    "widen": ((WAITING, OFFERED), next_step),
    "include": ((WAITING, OFFERED), include),
    "announce": ((WAITING, OFFERED), announce),
    "expire": ((WAITING, OFFERED), expire),
    "due": ((BOOKED,), callback_due),
}
"""Timers of entries: the states in which they mean anything, and what they do."""

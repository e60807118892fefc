"""After the server was killed: what becomes of agents and contacts, each ended or kept once."""

from __future__ import annotations

from contact_center.core import entries
from contact_center.core.actions import HangUp, HangUpAgent
from contact_center.core.base import Acd
from contact_center.core.events import Restarted
from contact_center.core.home import clear_phone
from contact_center.core.model import (
    BOOKED,
    CALLBACK_PENDING,
    CUSTOMERS,
    DIALLING,
    OFFERED,
    READY,
    RINGING,
    SUSPENDED,
    TALKING,
    WAITING,
    Agent,
    Contact,
)
from contact_center.core.offers import join_line, leave_line, place, seek, take_back

RESCUED = (WAITING, OFFERED, SUSPENDED)


def restarted(acd: Acd, event: Restarted, now: float) -> None:
    """Calls are gone; sessions, counters, callbacks, messages and the round robin's place stand.

    Nothing is matched until all is in its place.
    """
    acd.awaited.clear()
    for agent in acd.agents.values():
        if agent.free:
            acd.matcher.drop(agent)
        _settle_agent(acd, agent, now)
    for contact in list(acd.contacts.values()):
        if contact.kind == "callback":
            _keep_callback(contact)
        elif contact.kind == "voicemail":
            _keep_message(acd, contact, now)
        else:
            _end_call(acd, contact, now)
    for contact in list(acd.contacts.values()):
        entry = contact.entry
        if entry is not None and entry.state == BOOKED:
            entries.callback_due(acd, entry, now)
    for agent in acd.agents.values():
        seek(acd, agent, now)


def _settle_agent(acd: Acd, agent: Agent, now: float) -> None:
    """Rows "offered, ringing: restart" and "talking: restart"."""
    agent.consult = None
    agent.held.clear()
    if agent.state in (OFFERED, RINGING):
        take_back(agent)
        agent.leg = "none"
        home = agent.pending or agent.home
        agent.reason = agent.pending_reason if agent.pending else agent.reason
        agent.pending = None
        if home == READY and agent.home != READY:
            agent.since = now
        acd.move(agent, home, now)
        acd.record(agent)
    elif agent.state == TALKING:
        acd.actions.append(HangUpAgent(agent.name, agent.leg_epoch))
        agent.contact, agent.leg = None, "none"
        clear_phone(acd, agent, now)
    elif agent.leg == "up":  # one that stays up between calls
        acd.actions.append(HangUpAgent(agent.name, agent.leg_epoch))
        agent.leg = "none"


def _keep_callback(contact: Contact) -> None:
    """One whose customer was being rung is due again, at its place."""
    entry = contact.entry
    assert entry is not None
    if entry.state == DIALLING:
        contact.target = None
        entry.state, contact.state = BOOKED, CALLBACK_PENDING
        entry.attempts -= 1


def _keep_message(acd: Acd, contact: Contact, now: float) -> None:
    """A message that somebody was offered, or listened to, is work again."""
    entry = contact.entry
    assert entry is not None
    contact.agents.clear()
    if entry.live and entry.cls is not None:
        entry.state = contact.state = WAITING
        return
    if entry.live:
        leave_line(entry)
    entry.live = True
    join_line(entry)
    place(acd, entry, now)


def _end_call(acd: Acd, contact: Contact, now: float) -> None:
    """Ended with the cause "system"; a waiting caller gets a callback at the old place."""
    entry = contact.entry
    contact.agents.clear()
    contact.holder = None
    if contact.kind in CUSTOMERS:
        acd.actions.append(HangUp(contact.name))
    waiting = entry is not None and entry.live
    if entry is not None and entry.live:
        entry.live = False
        if entry.state != SUSPENDED:
            leave_line(entry)
    acd.end(contact, "system")
    if entry is None or not waiting or entry.state not in RESCUED:
        return
    if contact.number and entry.queue.setup.rescue == "callback":
        name = entries.callback_of(contact.name, contact.bookings + 1)
        again = acd.new_contact(name, contact.number, "callback", flow=False)
        entries.book_at(acd, again, entry.queue, entry.plan, entry.priority, entry.place, None, now)

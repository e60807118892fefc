"""Conversations: how they begin, change and end.

An agent's leg is the telephone, a contact the conversation it is connected with. A customer whose
last agent has left goes back into the flow at `after_agent`; an internal agent is dropped.
"""

from __future__ import annotations

from contact_center.core import entries, estimate
from contact_center.core.actions import (
    Bridge,
    BridgeOther,
    CancelDial,
    HangUp,
    HangUpAgent,
    Leave,
    Music,
    Persist,
    PlayMessage,
    Say,
    StopSound,
)
from contact_center.core.base import Acd
from contact_center.core.home import leave_call
from contact_center.core.model import (
    CUSTOMERS,
    IN_FLOW,
    NO_WISHES,
    SUSPENDED,
    TALKING,
    Agent,
    Contact,
    Entry,
    Offer,
)
from contact_center.core.offers import cancel_rings, dial, leave_line, offer_personally, take_back

# --- an offer's end -------------------------------------------------------------------------------


def answered(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: the agent's 200. Who rings for the same contact besides stops."""
    offer = take_back(agent)
    contact = offer.contact
    agent.leg, agent.misses, agent.contact = "up", 0, contact
    if offer.kind == "originate":
        contact.agents.append(agent)
        contact.state = TALKING
        acd.actions.append(Persist("answered", contact.name, agent.name, "", agent.epoch))
        reach(acd, contact, now)
        return
    entry = offer.entry
    waited = 0.0
    if entry is not None and entry.live:
        entry.live = False
        leave_line(entry)
        _count_answer(entry, now)
        contact.queue = entry.queue if entry.queue.name else None
        waited = now - entry.entered
        agent.answered += 1
    leaving = contact.agents[:] if offer.kind == "take-over" else []
    contact.agents.append(agent)
    contact.state = TALKING
    acd.actions.append(
        Persist("answered", contact.name, agent.name, _queue_of(entry), agent.epoch, 0, waited)
    )
    _connect(acd, contact, agent, entry)
    if contact.rings:
        cancel_rings(acd, contact, "elsewhere", now)
    for other in leaving:
        drop_consult(acd, other, now)
        acd.run(other, "transfer done", None, now)


def _count_answer(entry: Entry, now: float) -> None:
    entry.queue.answered += 1
    estimate.answered(entry.queue, now)


def _queue_of(entry: Entry | None) -> str:
    return entry.queue.name if entry is not None else ""


def _connect(acd: Acd, contact: Contact, agent: Agent, entry: Entry | None) -> None:
    """Row "agent answers": sound is cut, the agent announced, then the bridge."""
    if contact.kind == "voicemail":
        acd.actions.append(PlayMessage(contact.name, agent.name))
        return
    acd.actions.append(StopSound(contact.name))
    if entry is not None and entry.wishes.announce_agent:
        acd.actions.append(Say(contact.name, agent=agent.name))
    both = contact.agents if contact.kind == "internal" else (agent,)
    acd.actions += [Bridge(contact.name, one.name) for one in both]


def reach(acd: Acd, contact: Contact, now: float) -> None:
    """The caller of an internal or outbound call is there: ring the other side."""
    if contact.target is not None:
        dial(acd, contact, contact.target)
        return
    other = acd.agents.get(contact.callee)
    if other is None or not other.reachable or not acd.can(other, "called"):
        end_conversation(acd, contact, "not reached", now)
    else:
        offer_personally(acd, other, contact, "internal", now)


def other_answered(acd: Acd, contact: Contact, number: str, now: float) -> None:
    """The outside number that was dialled into this contact is on the line."""
    contact.target = None
    if contact.kind == "internal":  # an outbound call: the number is the customer
        contact.kind = "outbound"
        acd.actions += [Bridge(contact.name, agent.name) for agent in contact.agents]
    else:
        contact.others.append(number)
        acd.actions += (StopSound(contact.name), BridgeOther(contact.name, number))
    contact.state = TALKING
    acd.actions.append(Persist("joined", contact.name, data=number))


def other_failed(acd: Acd, contact: Contact, now: float) -> None:
    """That number did not answer."""
    if contact.kind == "consult" and contact.owner is not None:
        drop_consult(acd, contact.owner, now)
    elif contact.kind in CUSTOMERS:
        customer_alone(acd, contact, now)
    else:
        end_conversation(acd, contact, "not reached", now)


def failed(acd: Acd, offer: Offer, now: float) -> None:
    """An offer came to nothing: what becomes of its contact."""
    contact, kind = offer.contact, offer.kind
    if contact.name not in acd.contacts:
        return
    if offer.entry is not None:
        entries.offer_again(acd, offer.entry, now)
    elif kind in ("transfer", "take-over"):
        after_leaving(acd, contact, now)
    elif kind in ("originate", "internal"):
        end_conversation(acd, contact, "not reached", now)
    elif kind == "consult" and contact.owner is not None:
        drop_consult(acd, contact.owner, now)


# --- ends -----------------------------------------------------------------------------------------


def hung_up(acd: Acd, contact: Contact, now: float, cause: str = "hung up") -> None:
    """The customer's leg is gone."""
    entry = contact.entry
    if entry is not None and entry.live and contact.kind in CUSTOMERS:
        entry.live = False
        entry.queue.abandoned += 1
        if entry.state != SUSPENDED:
            leave_line(entry)
        cause = "abandoned" if cause == "hung up" else cause
    end_conversation(acd, contact, cause, now)


def end_conversation(acd: Acd, contact: Contact, cause: str, now: float) -> None:
    """Everybody who is in it, or rung for it, is released; it is ended once."""
    if contact.holder is not None:
        contact.holder.held.remove(contact)
        contact.holder = None
    if contact.target is not None:
        acd.actions.append(CancelDial(contact.name, contact.target))
    acd.actions += [CancelDial(contact.name, number) for number in contact.others]
    contact.others.clear()
    acd.end(contact, cause)
    cancel_rings(acd, contact, "caller leaves", now)
    asking: Agent | None = None
    for agent in contact.agents[:]:
        if agent.consult is not None and agent.contact is contact:
            contact.agents.remove(agent)
            _keep_consulted(agent)
        elif agent.contact is contact:
            acd.run(agent, "other side ends", None, now)
        elif agent.consult is contact:
            contact.agents.remove(agent)
            agent.consult, asking = None, agent
    if asking is not None:
        _back_to_customer(acd, asking)
    entries.call_ended(acd, contact, now)


def _keep_consulted(agent: Agent) -> None:
    """The customer left during a consultation: the two go on as in an internal call."""
    agent.contact, agent.consult = agent.consult, None
    if agent.contact is not None:
        agent.contact.kind = "internal"


def agent_hung_up(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: the agent ended. The customer is never left on the line with nobody."""
    contact = agent.contact
    assert contact is not None
    agent.leg = "none"
    drop_consult(acd, agent, now)
    contact.agents.remove(agent)
    after_leaving(acd, contact, now)
    leave_call(acd, agent, now)


def after_leaving(acd: Acd, contact: Contact, now: float) -> None:
    """Somebody has left the conversation: it goes on, or is over for those who are left."""
    left = len(contact.agents) + len(contact.others)
    if left or contact.rings or contact.target is not None:
        internal = contact.kind not in CUSTOMERS and contact.kind != "voicemail"
        if internal and left <= 1:
            if contact.kind == "consult" and contact.owner is not None:
                drop_consult(acd, contact.owner, now)
            else:
                end_conversation(acd, contact, "ended", now)
        elif not contact.others and all(agent.consult is not None for agent in contact.agents):
            acd.actions.append(Music(contact.name))  # whoever is left asks somebody
    elif contact.kind in CUSTOMERS:
        customer_alone(acd, contact, now)
    elif contact.name in acd.contacts:
        acd.end(contact, "ended")


def customer_alone(acd: Acd, contact: Contact, now: float) -> None:
    """Back into the flow at `after_agent`; a call that no flow began is over."""
    if contact.flow:
        contact.state = IN_FLOW
        acd.actions += (Persist("after agent", contact.name), Leave(contact.name, "after_agent"))
    else:
        acd.actions.append(HangUp(contact.name))
        end_conversation(acd, contact, "agent ended", now)


def drop_consult(acd: Acd, agent: Agent, now: float) -> None:
    """The consultation ends; the agent is back with the customer."""
    if agent.consult is not None:
        end_conversation(acd, agent.consult, "ended", now)


def _back_to_customer(acd: Acd, agent: Agent) -> None:
    if agent.contact is not None and agent.state == TALKING and agent.leg == "up":
        acd.actions += (
            StopSound(agent.contact.name),
            Bridge(agent.contact.name, agent.name),
        )


def gone(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: nobody waits for this agent any longer; parked customers go back to their queues."""
    agent.locked = False
    agent.misses = 0
    if agent.leg == "up":  # one that stays up between calls
        acd.actions.append(HangUpAgent(agent.name, agent.leg_epoch))
        agent.leg = "none"
    for contact in agent.held[:]:
        agent.held.remove(contact)
        contact.holder = None
        requeue(acd, contact, now)
    if agent.own is not None:
        for entry in list(agent.own):
            agent.own.remove(entry)
            entries.offer_again(acd, entry, now)


def requeue(acd: Acd, contact: Contact, now: float) -> None:
    """Back to the queue it came from, at the old place; without one, to its flow or its end."""
    last = contact.entry
    if last is None or not last.queue.name:
        customer_alone(acd, contact, now)
        return
    entries.wait_in(acd, contact, last.queue, last.plan, last.priority, NO_WISHES, now)

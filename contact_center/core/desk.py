"""What agents and supervisors ask for: looked at first, and refused before anything changes."""

from __future__ import annotations

from contact_center.core import calls, entries
from contact_center.core.actions import (
    Bridge,
    BridgeOther,
    HangUp,
    Music,
    Part,
    Persist,
    StopSound,
)
from contact_center.core.base import Acd
from contact_center.core.events import (
    Call,
    Consult,
    Disconnect,
    EndConsult,
    Force,
    Intercept,
    Park,
    Pick,
    Reject,
    Retrieve,
    Supervised,
    TakeOver,
    Transfer,
)
from contact_center.core.model import (
    CUSTOMERS,
    DIALLING,
    NO_WISHES,
    NOT_READY,
    OFFERED,
    READY,
    SIGNED_OUT,
    TALKING,
    WAITING,
    Agent,
    Contact,
    Entry,
)
from contact_center.core.offers import cancel_rings, dial, leave_line, offer_personally
from contact_center.core.refusals import Refusal

OWN_EVENTS = {READY: "ready", NOT_READY: "not ready", SIGNED_OUT: "sign out"}
"""The agent's own event that a forced state stands for."""


# --- states ---------------------------------------------------------------------------------------


def sign_out(acd: Acd, agent: Agent, now: float) -> None:
    """The agent's own sign-out: refused while somebody is parked."""
    if agent.held:
        raise Refusal("holding")
    acd.run(agent, "sign out", "", now)


def ready(acd: Acd, agent: Agent, now: float) -> None:
    """The agent's own: a supervisor's lock stands against it."""
    if agent.locked:
        raise Refusal("locked")
    acd.run(agent, "ready", "", now)


def reject(acd: Acd, agent: Agent, event: Reject, now: float) -> None:
    """Decline, and become not ready in the same action where asked for."""
    if not acd.can(agent, "reject"):
        raise Refusal("not now", state=agent.state)
    if event.busy:
        agent.pending, agent.pending_reason = NOT_READY, event.reason
    acd.run(agent, "reject", "rejected", now)


def force(acd: Acd, event: Force, now: float) -> None:
    """A supervisor's ready, not ready or sign-out: the agent's own event, and an audit record."""
    agent = acd.agent(event.agent)
    own = OWN_EVENTS[event.state]
    if not acd.can(agent, own):
        raise Refusal("not now", state=agent.state)
    acd.actions.append(
        Persist("audit", "", agent.name, data=(event.state, event.by, event.reason, event.locked))
    )
    agent.locked = event.locked and event.state == NOT_READY
    acd.run(agent, own, event.reason, now)


def supervised(acd: Acd, event: Supervised, now: float) -> None:
    """An audit record and nothing else: who listens to whom is not the engine's matter."""
    agent = acd.agent(event.agent)
    acd.actions.append(Persist("audit", "", agent.name, data=(event.what, event.by, event.detail)))


def intercept(acd: Acd, event: Intercept, now: float) -> None:
    """From the next call on: what rings already goes on ringing where it does."""
    agent = acd.agent(event.agent)
    if event.to and acd.agent(event.to) is agent:
        raise Refusal("whom")
    agent.diverted = event.to
    what = "intercept" if event.to else "intercept ended"
    acd.actions.append(Persist("audit", "", agent.name, data=(what, event.by, event.to)))


# --- parked customers -----------------------------------------------------------------------------


def park(acd: Acd, agent: Agent, event: Park, now: float) -> None:
    """Refused when it would be too many, or when nobody would be there to take them back."""
    with_customer(acd, agent, "park")
    if agent.pending == SIGNED_OUT:
        raise Refusal("leaving")
    if len(agent.held) >= agent.setup.max_held:
        raise Refusal("hold is full")
    acd.run(agent, "park", None, now)


def retrieve(acd: Acd, agent: Agent, event: Retrieve, now: float) -> None:
    """Take back one of the agent's own; a swap with the present customer is always allowed."""
    contact = acd.contact(event.contact)
    if contact.holder is not agent:
        raise Refusal("not parked here")
    if agent.state == TALKING:
        with_customer(acd, agent, "retrieve")
    acd.run(agent, "retrieve", contact, now)


def with_customer(acd: Acd, agent: Agent, event: str) -> Contact:
    """The customer whom the agent alone is talking to, or a refusal."""
    if not acd.can(agent, event) or agent.leg != "up":
        raise Refusal("not now", state=agent.state)
    contact = agent.contact
    if contact is None or contact.kind not in CUSTOMERS:
        raise Refusal("not a customer")
    if agent.consult is not None:
        raise Refusal("consulting")
    if contact.rings:  # a supervisor is taking it over
        raise Refusal("taken")
    if contact.agents != [agent] or contact.others:
        raise Refusal("not now", state="conference")
    return contact


# --- picking, taking over -------------------------------------------------------------------------


def pick(acd: Acd, agent: Agent, event: Pick, now: float) -> None:
    """Compare and set on the contact: an offer in progress, or somebody faster, wins."""
    contact = acd.contact(event.contact)
    entry = _waiting(contact)
    if entry.queue.name not in agent.setup.queues:
        raise Refusal("not your queue")
    _take_waiting(acd, agent, contact, entry, now)


def take_over(acd: Acd, agent: Agent, event: TakeOver, now: float) -> None:
    """From agents, who are released when the supervisor answers; or from the queue."""
    contact = acd.contact(event.contact)
    if contact.state == TALKING and contact.agents and contact.kind in CUSTOMERS:
        if contact.rings or agent in contact.agents:
            raise Refusal("taken")
        if any(one.leg != "up" for one in contact.agents):  # who may still have to park it again
            raise Refusal("taken")
        _may_be_called(acd, agent)
        offer_personally(acd, agent, contact, "take-over", now)
    else:
        _take_waiting(acd, agent, contact, _waiting(contact), now)


def _waiting(contact: Contact) -> Entry:
    entry = contact.entry
    if entry is None or not entry.live or entry.state != WAITING or contact.kind == "callback":
        raise Refusal("taken")
    return entry


def _take_waiting(acd: Acd, agent: Agent, contact: Contact, entry: Entry, now: float) -> None:
    _may_be_called(acd, agent)
    if entry.cls is not None:
        entry.cls.remove(entry)
    entry.state = contact.state = OFFERED
    offer_personally(acd, agent, contact, "pick", now, entry.queue.setup.ring)


def _may_be_called(acd: Acd, agent: Agent) -> None:
    if not acd.can(agent, "called") or not agent.reachable:
        raise Refusal("not now", state=agent.state if agent.reachable else "unreachable")


# --- calling --------------------------------------------------------------------------------------


def call(acd: Acd, agent: Agent, event: Call, now: float) -> None:
    """Internal or outbound; the agent's own phone rings first unless it is off the hook."""
    _may_be_called(acd, agent)
    other = _other_side(acd, agent, event.to_agent, event.to_number)
    contact = acd.new_contact(event.contact, event.to_number or "", "internal", flow=False)
    contact.owner, contact.target, contact.state = agent, event.to_number, TALKING
    contact.callee = other.name if other is not None else ""
    if event.phone_up:
        acd.run(agent, "called out", contact, now)
    else:
        offer_personally(acd, agent, contact, "originate", now)


def _other_side(acd: Acd, agent: Agent, name: str | None, number: str | None) -> Agent | None:
    """The agent to be called, None for a number; neither side may be in a call."""
    if (name is None) == (number is None):
        raise Refusal("whom")
    if name is None:
        return None
    other = acd.agent(name)
    if other is agent or not acd.can(other, "called") or not other.reachable:
        raise Refusal("other side in a call")
    return other


def transfer(acd: Acd, agent: Agent, event: Transfer, now: float) -> None:
    """Blind: the agent is released at once, the customer hears music until somebody answers."""
    contact = with_customer(acd, agent, "transfer done")
    if event.to_queue is not None:
        queue = acd.queue(event.to_queue)
        if event.plan is None or event.to_agent is not None or event.to_number is not None:
            raise Refusal("whom")
        if not queue.open:
            raise Refusal("queue is closed")
        if entries.is_full(queue):
            raise Refusal("queue is full")
        target = queue.name
    else:
        other = _other_side(acd, agent, event.to_agent, event.to_number)
        target = event.to_agent or event.to_number or ""
    contact.agents.remove(agent)
    acd.actions.append(Persist("transferred", contact.name, agent.name, data=target))
    if event.to_queue is not None and event.plan is not None:
        entries.wait_in(acd, contact, queue, event.plan, event.priority, NO_WISHES, now)
    else:
        acd.actions.append(Music(contact.name))
        if other is not None:
            offer_personally(acd, other, contact, "transfer", now)
        else:
            dial(acd, contact, target)
    acd.run(agent, "transfer done", None, now)


def consult(acd: Acd, agent: Agent, event: Consult, now: float) -> None:
    """The customer hears music while the agent asks somebody."""
    contact = agent.contact
    if not acd.can(agent, "consult") or agent.leg != "up" or contact is None:
        raise Refusal("not now", state=agent.state)
    if contact.kind not in CUSTOMERS:
        raise Refusal("not a customer")
    if agent.consult is not None:
        raise Refusal("consulting")
    other = _other_side(acd, agent, event.to_agent, event.to_number)
    asking = acd.new_contact(event.contact, "", "consult", flow=False)
    asking.owner, asking.state = agent, TALKING
    asking.agents.append(agent)
    agent.consult = asking
    acd.actions.append(Part(contact.name, agent.name))
    if contact.agents == [agent] and not contact.others:
        acd.actions.append(Music(contact.name))  # else the others talk with the customer
    acd.actions.append(Bridge(asking.name, agent.name))
    if other is not None:
        offer_personally(acd, other, asking, "consult", now)
    else:
        dial(acd, asking, event.to_number or "")


def end_consult(acd: Acd, agent: Agent, event: EndConsult, now: float) -> None:
    """Return, or let the one who was asked take the customer or join."""
    asking = agent.consult
    if asking is None:
        raise Refusal("no consultation")
    if event.how == "return":
        calls.drop_consult(acd, agent, now)
        return
    if len(asking.agents) + len(asking.others) < 2:
        raise Refusal("no consultation")
    contact = _join(acd, agent)
    if event.how == "conference":
        acd.actions.append(Bridge(contact.name, agent.name))
        return
    acd.actions.append(Persist("transferred", contact.name, agent.name, data=asking.name))
    contact.agents.remove(agent)
    acd.run(agent, "transfer done", None, now)


def _join(acd: Acd, agent: Agent) -> Contact:
    """Those who were consulted come into the customer's conversation."""
    contact, asking = agent.contact, agent.consult
    assert contact is not None and asking is not None
    agent.consult = None
    asking.agents.remove(agent)
    acd.actions += (Part(asking.name, agent.name), StopSound(contact.name))
    for other in asking.agents:
        other.contact = contact
        contact.agents.append(other)
        acd.actions.append(Bridge(contact.name, other.name))
    contact.others += asking.others
    acd.actions += [BridgeOther(contact.name, number, asking.name) for number in asking.others]
    asking.agents.clear()
    asking.others.clear()
    acd.end(asking, "joined")
    return contact


# --- ending ---------------------------------------------------------------------------------------


def disconnect(acd: Acd, event: Disconnect, now: float) -> None:
    """A supervisor ends a contact, a callback that has not been made too."""
    contact = acd.contact(event.contact)
    acd.actions.append(Persist("audit", contact.name, data=("disconnect", event.by)))
    entry = contact.entry
    if contact.kind in ("callback", "voicemail") and entry is not None and entry.live:
        entry.live = False
        if entry.state in entries.IN_LINE:
            leave_line(entry)
        elif entry.state == DIALLING and contact.target is None:
            contact.target = contact.number
        cancel_rings(acd, contact, "caller leaves", now)
        calls.end_conversation(acd, contact, "supervisor", now)
        return
    if contact.kind in CUSTOMERS:
        acd.actions.append(HangUp(contact.name))
    calls.hung_up(acd, contact, now, "supervisor")

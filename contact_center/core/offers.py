"""Bringing contacts and agents together: steps of a plan, offers, and what is left of them.

The matcher's index is complete at any time: whoever becomes free looks for a contact at once, and
a contact that may be offered to more agents than before looks for an agent at once.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable

from contact_center.core import estimate
from contact_center.core.actions import CancelRing, Dial, Persist, Ring
from contact_center.core.base import Acd
from contact_center.core.matching import Choice
from contact_center.core.model import (
    BOOKED,
    CALLBACK_PENDING,
    CUSTOMERS,
    DIALLING,
    OFFERED,
    READY,
    SIGNED_OUT,
    WAITING,
    Agent,
    Contact,
    Entry,
    Offer,
    OfferKind,
    Queue,
)
from contact_center.core.strategy.plan import Requirement
from contact_center.core.waiting import WaitingClass
from contact_center.core.why import Why

_GONE = 64
"""Callers who have gone and are still in the list, besides as many as are waiting."""
ELSEWHERE = "Call completed elsewhere"
"""The text of the Reason header that keeps a call out of a phone's list of missed ones."""


# --- the line -------------------------------------------------------------------------------------


def join_line(entry: Entry) -> None:
    """Count *entry* among those that wait."""
    queue = entry.queue
    queue.line += 1
    if entry.contact.kind in CUSTOMERS:
        queue.waiting += 1
        queue.callers.append(entry)
        if len(queue.callers) > 2 * queue.waiting + _GONE:
            queue.callers = deque(one for one in queue.callers if _waits(one))
    if queue.ranks is not None:
        queue.ranks.add((entry.score, entry.seq))


def leave_line(entry: Entry) -> None:
    """Take *entry* out of the line and out of its class."""
    queue = entry.queue
    queue.line -= 1
    if entry.contact.kind in CUSTOMERS:
        queue.waiting -= 1
    if queue.ranks is not None:
        queue.ranks.remove((entry.score, entry.seq))
    if entry.cls is not None:
        entry.cls.remove(entry)
    if not queue.line:
        queue.gap_from = None


def first_caller(queue: Queue) -> Entry | None:
    """The caller who has been in the queue longest."""
    callers = queue.callers
    while callers and not _waits(callers[0]):
        callers.popleft()
    return callers[0] if callers else None


def _waits(entry: Entry) -> bool:
    return entry.live and entry.state in (WAITING, OFFERED)


# --- steps ----------------------------------------------------------------------------------------


def place(acd: Acd, entry: Entry, now: float) -> bool:
    """Let *entry* wait in the class of its step, and look for an agent; False: no step is left."""
    before = entry.step, entry.until
    cls = _class_of(acd, entry, now)
    if cls is None:
        return False
    entry.state = entry.contact.state = WAITING
    cls.push(entry)
    if (entry.step, entry.until) != before or entry.until is not None or entry.entered == now:
        _time_next_step(acd, entry)
    look(acd, entry, now)
    return True


def _class_of(acd: Acd, entry: Entry, now: float) -> WaitingClass | None:
    plan = entry.plan
    while entry.step < len(plan.persons):
        person = plan.persons[entry.step]
        if entry.until is None:
            entry.until = now + person.wait
        agent = acd.agents.get(person.agent)
        if agent is not None and now < entry.until and _may_wait_for(agent, entry):
            return acd.matcher.own_class(agent)
        entry.step, entry.until = entry.step + 1, None
    queue = entry.queue
    if not queue.name:
        return None
    wanted: Requirement | None = None
    waited = now - entry.entered
    for number, ring in enumerate(plan.rings):
        if ring.after > waited:
            break
        wanted, entry.step = ring.wanted, len(plan.persons) + number
    rule = plan.reserve
    if rule is not None and rule not in queue.reserves:
        queue.reserves[rule] = False
        if queue not in acd.reserving:
            acd.reserving.append(queue)
    called = rule is not None and queue.reserves[rule]
    return acd.matcher.class_for(queue.name, wanted, rule, called)


def _may_wait_for(agent: Agent, entry: Entry) -> bool:
    """A person is waited for unless nothing can come of it."""
    return agent.state != SIGNED_OUT and not (entry.excluded and agent.name in entry.excluded)


def _time_next_step(acd: Acd, entry: Entry) -> None:
    when = entry.until
    if when is None:
        number = entry.step - len(entry.plan.persons) + 1
        if number >= len(entry.plan.rings):
            return
        when = entry.entered + entry.plan.rings[number].after
    acd.at(when, "widen", entry.contact.name, entry.seq)


def widen(acd: Acd, entry: Entry, now: float) -> bool:
    """The time of the entry's next step has come; False: no step is left."""
    if entry.cls is None:
        return True
    entry.cls.remove(entry)
    return place(acd, entry, now)


def include(acd: Acd, entry: Entry, now: float) -> None:
    """An exclusion is over."""
    if entry.excluded:
        entry.excluded = {n: until for n, until in entry.excluded.items() if until > now} or None
    if entry.cls is not None:
        look(acd, entry, now)


# --- decisions ------------------------------------------------------------------------------------


def look(acd: Acd, entry: Entry, now: float) -> None:
    """Offer a waiting entry to the best free agent, or to all of them."""
    best_agent = acd.matcher.best_agent
    while (choice := best_agent(entry, acd.day, now)) is not None:
        if entry.contact.kind == "callback":
            call_back(acd, entry)
            return
        _offer_entry(acd, choice.agents[0], entry, choice, now)
        if not entry.plan.everybody:
            return
    if not entry.contact.rings:
        estimate.began_to_wait(entry.queue, now)


def seek(acd: Acd, agent: Agent, now: float) -> None:
    """An agent may be free: the first contact in turn is offered, or the index takes the agent."""
    if agent.free or agent.state != READY or not agent.reachable or agent.paused > now:
        return
    matcher = acd.matcher
    while (entry := matcher.best_entry(agent)) is not None:
        if entry.contact.kind == "callback":
            call_back(acd, entry)
            continue
        _offer_entry(acd, agent, entry, None, now)
        return
    matcher.add(agent)


def _offer_entry(acd: Acd, agent: Agent, entry: Entry, choice: Choice | None, now: float) -> None:
    queue, contact = entry.queue, entry.contact
    why = _why(acd, agent, entry, choice, now)
    if not entry.plan.everybody and entry.cls is not None:
        entry.cls.remove(entry)
    entry.state = contact.state = OFFERED
    queue.last_offered = agent.name
    acd.run(
        agent, "matched", Offer(agent, contact, "queue", now, queue.setup.ring, entry, why), now
    )


def _why(acd: Acd, agent: Agent, entry: Entry, choice: Choice | None, now: float) -> Why:
    cls, plan, name = entry.cls, entry.plan, entry.contact.name
    order = acd.matcher.order(entry)
    if cls is None or cls.person is not None:
        step = "" if entry.step >= len(plan.persons) else str(plan.persons[entry.step].why)
    else:
        step = cls.key[1].text if cls.key[1] is not None else "any agent of the queue"
    agents = (agent,) if choice is None else choice.agents
    return Why(
        "contact" if choice is None else "agent",
        plan.strategy,
        step,
        order.names,
        tuple([(a.name, order.figures(a, name, acd.day, now)) for a in agents]),
        1 if choice is None else choice.eligible,
        now - entry.entered,
        entry.score,
    )


def offer_personally(
    acd: Acd, agent: Agent, contact: Contact, kind: OfferKind, now: float, ring: float = 20.0
) -> None:
    """Offer a contact to one agent because a person wants it, not the matcher."""
    entry = contact.entry if contact.entry is not None and contact.entry.live else None
    why = None
    if kind in ("pick", "take-over", "transfer"):
        waited = now - entry.entered if entry else 0.0
        why = Why(kind, "", "", (), ((agent.name, ()),), 1, waited)
    acd.run(agent, "called", Offer(agent, contact, kind, now, ring, entry, why), now)


# --- callbacks ------------------------------------------------------------------------------------


def call_back(acd: Acd, entry: Entry) -> None:
    """A callback's turn has come: its customer is rung, unless enough are for those who are free.

    Else one free agent would have the customers of all callbacks rung, and they would wait.
    """
    queue = entry.queue
    if _may_dial(acd, queue):
        queue.calling.append(entry)
        dial_back(acd, entry)
        return
    leave_line(entry)
    entry.state, entry.contact.state = BOOKED, CALLBACK_PENDING
    hold_back(acd, entry)


def hold_back(acd: Acd, entry: Entry) -> None:
    """Keep a booked callback until `release` looks at it."""
    held = acd.held_back.setdefault(entry.queue.name, [])
    heapq.heappush(held, (entry.score, entry.seq, entry))


def release(acd: Acd, due: Callable[[Entry], bool], now: float) -> None:
    """After an event: let callbacks that were held back into the line as long as one may be made.

    *due* says whether one is still booked, and its time has come.
    """
    for name in list(acd.held_back):
        held, queue = acd.held_back[name], acd.queues.get(name)
        while queue is not None and held and _may_dial(acd, queue):
            entry = heapq.heappop(held)[2]
            if due(entry):
                join_line(entry)
                place(acd, entry, now)
        if queue is None or not held:
            del acd.held_back[name]


def _may_dial(acd: Acd, queue: Queue) -> bool:
    """Whether fewer customers are rung, or wait, than agents are free; one always may be."""
    if queue.calling:
        queue.calling = [entry for entry in queue.calling if _is_under_way(entry)]
    return len(queue.calling) < max(1, acd.matcher.free_in(queue.name))


def _is_under_way(entry: Entry) -> bool:
    """Whether a callback's customer is rung, or on the line and no agent's telephone rings."""
    waits = entry.contact.kind in CUSTOMERS and entry.state == WAITING
    return entry.live and (waits or entry.state == DIALLING)


def dial_back(acd: Acd, entry: Entry) -> None:
    """A callback's customer is rung first, then it is offered."""
    leave_line(entry)
    entry.state, entry.contact.state = DIALLING, CALLBACK_PENDING
    entry.attempts += 1
    dial(acd, entry.contact, entry.contact.number)


def dial(acd: Acd, contact: Contact, number: str) -> None:
    """Ring an outside number for this contact, when that is durable."""
    contact.target = number
    ticket = acd.await_commit("dial", contact.name, 0)
    acd.actions.append(Persist("dialled", contact.name, ticket=ticket, data=number))


def dial_now(acd: Acd, contact: Contact) -> None:
    """The record of `dial` is durable."""
    if contact.target is not None:
        acd.actions.append(Dial(contact.name, contact.target))


# --- an offer's way -------------------------------------------------------------------------------


def begin(acd: Acd, agent: Agent, offer: Offer, now: float) -> None:
    """Effect: a fresh epoch, written before the phone rings."""
    agent.epoch += 1
    agent.offer, offer.epoch = offer, agent.epoch
    contact = offer.contact
    contact.rings.append(agent)
    ticket = acd.await_commit("ring", agent.name, agent.epoch)
    queue = offer.entry.queue.name if offer.entry is not None else ""
    acd.actions.append(
        Persist("offered", contact.name, agent.name, queue, agent.epoch, ticket, offer.why)
    )


def ring(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: the offer is durable, so the phone rings."""
    offer = agent.offer
    assert offer is not None
    kind = offer.kind
    auto = kind in ("originate", "retrieve", "pick", "take-over")
    if agent.leg != "up":  # a persistent leg is alerted, not rung
        agent.leg, agent.leg_epoch = "ringing", agent.epoch
    acd.actions.append(Ring(agent.name, offer.contact.name, agent.epoch, kind, auto))
    acd.at(now + offer.ring, "ring", agent.name, agent.epoch)


def cancel(acd: Acd, agent: Agent, reason: str, now: float) -> None:
    """Effect: the phone stops ringing; it is clear when its final answer is here, or in 5 s."""
    acd.actions.append(CancelRing(agent.name, agent.epoch, reason or ""))


def take_back(agent: Agent) -> Offer:
    """The agent holds the offer no longer."""
    offer = agent.offer
    assert offer is not None
    agent.offer = None
    offer.contact.rings.remove(agent)
    return offer


def exclude(acd: Acd, agent: Agent, now: float) -> None:
    """The agent is not offered the contact of its present offer again for a while."""
    entry = agent.offer.entry if agent.offer is not None else None
    if entry is None:
        return
    until = now + entry.queue.setup.exclude
    entry.excluded = {**(entry.excluded or {}), agent.name: until}
    acd.at(until, "include", entry.contact.name, entry.seq)


def cancel_rings(acd: Acd, contact: Contact, event: str, now: float) -> None:
    """End every offer of *contact*: the caller has left, or another agent was faster."""
    for agent in contact.rings[:]:
        acd.run(agent, event, None, now)

"""The engine's whole state as plain data, back from it, and by replay of the event log.

The index of who waits and who is free is not stored: it follows from the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any, Protocol, TypeAlias

from contact_center.core.base import Acd
from contact_center.core.engine import Engine
from contact_center.core.entries import CALLBACK_SUFFIX, ranks_of
from contact_center.core.events import Event
from contact_center.core.model import (
    BOOKED,
    CUSTOMERS,
    OFFERED,
    WAITING,
    Agent,
    AgentSetup,
    Contact,
    Data,
    Entry,
    Offer,
    Queue,
    QueueSetup,
    Wishes,
)
from contact_center.core.offers import hold_back
from contact_center.core.strategy.plan import Plan, Reserve
from contact_center.core.waiting import WaitingClass
from contact_center.core.why import Why

_AGENT = (
    "state reason since mark epoch reachable locked paused pending pending_reason home misses leg "
    "leg_epoch idle talk wrap ring login answered free serial"
).split()
_QUEUE = (
    "open waiting line queued answered abandoned overflowed staffed last_offered effort gap_from"
).split()
_CONTACT = "number kind flow state cause target callee bookings".split()
_ENTRY = (
    "priority place entered seq score state live step until excluded expired said_position "
    "said_wait due attempts"
).split()
_WISHES = [field.name for field in fields(Wishes)]
_ENGINE = "day ticket count".split()


class Plans(Protocol):
    """How plans are written and read: they hold requirements, which only their strategy knows."""

    def encode(self, plan: Plan) -> Any:
        """Plain data for *plan*."""

    def decode(self, data: Any) -> Plan:
        """The plan again, equal to the one encoded."""


def replay(engine: Engine, log: Iterable[tuple[Event, float]]) -> Engine:
    """Bring *engine* to where the log's events lead; what it wanted done then is done or gone.

    The log holds every event that was handed in, `Wake` too: time passes by events alone.
    """
    for event, now in log:
        engine.handle(event, now)
    return engine


# --- to data --------------------------------------------------------------------------------------

Numbered: TypeAlias = dict[Plan, int]
"""The plans met so far: many contacts have equal ones, and each is written once."""


def snapshot(acd: Acd, plans: Plans) -> Data:
    """All there is, as text, numbers, lists and mappings."""
    numbered: Numbered = {}
    return {
        **_take_engine(acd),
        "timers": [list(timer) for timer in sorted(acd.timers)],
        "awaited": {str(ticket): list(what) for ticket, what in acd.awaited.items()},
        "reserving": [queue.name for queue in acd.reserving],
        "queues": {queue.name: _queue_data(queue) for queue in acd.queues.values()},
        "agents": {agent.name: _agent_data(agent) for agent in acd.agents.values()},
        "contacts": {c.name: _contact_data(c, numbered) for c in acd.contacts.values()},
        "plans": [plans.encode(plan) for plan in numbered],
    }


def _taker(names: list[str]) -> Callable[[Any], Data]:
    """What takes these fields of a thing; their values do not change, but are replaced."""
    values = attrgetter(*names)
    return lambda thing: dict(zip(names, values(thing), strict=True))


_take_engine = _taker(_ENGINE)
_take_queue = _taker(_QUEUE)
_take_agent = _taker(_AGENT)
_take_contact = _taker(_CONTACT)
_take_entry = _taker(_ENTRY)
_take_wishes = _taker(_WISHES)


def _name(thing: Agent | Contact | Queue | None) -> str | None:
    return thing.name if thing is not None else None


def _queue_data(queue: Queue) -> Data:
    setup = asdict(queue.setup)
    setup["agents"] = list(queue.setup.agents)
    return {
        **_take_queue(queue),
        "setup": setup,
        "ranked": queue.ranks is not None,
        "reserves": [[rule.above, rule.below, on] for rule, on in queue.reserves.items()],
    }


def _agent_data(agent: Agent) -> Data:
    setup = agent.setup
    offer = agent.offer
    return {
        **_take_agent(agent),
        "setup": {
            "name": setup.name,
            "queues": dict(setup.queues),
            "skills": dict(setup.skills),
            "reserve": sorted(setup.reserve),
            "max_held": setup.max_held,
            "persistent_leg": setup.persistent_leg,
        },
        "diverted": agent.diverted,
        "held": [contact.name for contact in agent.held],
        "contact": _name(agent.contact),
        "consult": _name(agent.consult),
        "offer": None if offer is None else _offer_data(offer),
    }


def _offer_data(offer: Offer) -> Data:
    return {
        "contact": offer.contact.name,
        "kind": offer.kind,
        "at": offer.at,
        "ring": offer.ring,
        "epoch": offer.epoch,
        "entry": offer.entry is not None,
        "why": None if offer.why is None else _why_data(offer.why),
    }


def _why_data(why: Why) -> Data:
    candidates = [[name, list(values)] for name, values in why.candidates]
    return {**asdict(why), "terms": list(why.terms), "candidates": candidates}


def _contact_data(contact: Contact, numbered: Numbered) -> Data:
    data = _take_contact(contact)
    data["places"] = dict(contact.places)
    data["others"] = contact.others[:]
    data["agents"] = [agent.name for agent in contact.agents]
    data["rings"] = [agent.name for agent in contact.rings]
    data["holder"] = _name(contact.holder)
    data["owner"] = _name(contact.owner)
    data["queue"] = _name(contact.queue)
    data["entry"] = None if contact.entry is None else _entry_data(contact.entry, numbered)
    return data


def _entry_data(entry: Entry, numbered: Numbered) -> Data:
    data = _take_entry(entry)
    data["queue"] = entry.queue.name
    data["plan"] = numbered.setdefault(entry.plan, len(numbered))
    data["wishes"] = _take_wishes(entry.wishes)
    data["classed"] = entry.cls is not None
    return data


# --- from data ------------------------------------------------------------------------------------


def restore(data: Data, plans: Plans) -> Engine:
    """The engine whose `snapshot` is *data*."""
    engine = Engine()
    _put(engine, data, _ENGINE)
    engine.timers = [(t[0], t[1], t[2], t[3], t[4]) for t in data["timers"]]
    engine.awaited = {int(k): (w[0], w[1], w[2]) for k, w in data["awaited"].items()}
    for name, kept in data["queues"].items():
        engine.queues[name] = _queue(kept)
    for name, kept in data["agents"].items():
        setup = kept["setup"]
        agent = Agent(AgentSetup(**{**setup, "reserve": frozenset(setup["reserve"])}), 0, 0.0)
        _put(agent, kept, _AGENT)
        agent.diverted = kept.get("diverted", "")  # snapshots of before there was such a thing
        agent.free = False
        engine.agents[name] = agent
        engine.matcher.join(agent)
    made = [plans.decode(plan) for plan in data["plans"]]
    for name, kept in data["contacts"].items():
        engine.contacts[name] = _contact(engine, name, kept, made)
    _line_up(engine)
    for name, kept in data["agents"].items():
        _connect(engine, engine.agents[name], kept)
    engine.reserving = [engine.queues[name] for name in data["reserving"]]
    for name, kept in data["queues"].items():
        if kept["ranked"]:
            engine.queues[name].ranks = ranks_of(engine, engine.queues[name])
    return engine


def _put(thing: Any, data: Data, names: list[str]) -> None:
    for name in names:
        setattr(thing, name, data[name])


def _queue(data: Data) -> Queue:
    setup = {**data["setup"], "agents": tuple(data["setup"]["agents"])}
    queue = Queue(QueueSetup(**setup))
    _put(queue, data, _QUEUE)
    queue.positions = {name: place for place, name in enumerate(queue.setup.agents)}
    queue.reserves = {Reserve(above, below): on for above, below, on in data["reserves"]}
    return queue


def _contact(engine: Engine, name: str, data: Data, plans: list[Plan]) -> Contact:
    contact = Contact(name, data["number"], data["kind"], data["flow"])
    _put(contact, data, _CONTACT)
    contact.places, contact.others = dict(data["places"]), data["others"][:]
    agents = engine.agents
    contact.agents = [agents[a] for a in data["agents"]]
    contact.rings = [agents[a] for a in data["rings"]]
    contact.holder = agents[data["holder"]] if data["holder"] is not None else None
    contact.owner = agents[data["owner"]] if data["owner"] is not None else None
    contact.queue = engine.queues[data["queue"]] if data["queue"] is not None else None
    kept = data["entry"]
    if kept is None:
        return contact
    queue, plan = engine.queues[kept["queue"]], plans[kept["plan"]]
    wishes = Wishes(**kept["wishes"])
    entry = Entry(contact, queue, plan, kept["priority"], kept["place"], 0.0, 0, wishes)
    _put(entry, kept, _ENTRY)
    contact.entry = entry
    if kept["classed"]:
        _class_of(engine, entry).push(entry)
    if entry.state == BOOKED:
        hold_back(engine, entry)
    elif CALLBACK_SUFFIX in contact.name:
        queue.calling.append(entry)
    return contact


def _line_up(engine: Engine) -> None:
    """Let callers stand in the order in which they came."""
    entries = [c.entry for c in engine.contacts.values() if c.kind in CUSTOMERS and c.entry]
    for entry in sorted(entries, key=lambda entry: (entry.entered, entry.seq)):
        if entry.live and entry.state in (WAITING, OFFERED):
            entry.queue.callers.append(entry)


def _class_of(engine: Engine, entry: Entry) -> WaitingClass:
    """The class of the step that the entry has come to."""
    plan = entry.plan
    if entry.step < len(plan.persons):
        return engine.matcher.own_class(engine.agents[plan.persons[entry.step].agent])
    number = entry.step - len(plan.persons)
    wanted = plan.rings[number].wanted if plan.rings else None
    rule = plan.reserve
    called = rule is not None and entry.queue.reserves[rule]
    return engine.matcher.class_for(entry.queue.name, wanted, rule, called)


def _connect(engine: Engine, agent: Agent, data: Data) -> None:
    contacts = engine.contacts
    agent.held = [contacts[name] for name in data["held"]]
    agent.contact = contacts[data["contact"]] if data["contact"] is not None else None
    agent.consult = contacts[data["consult"]] if data["consult"] is not None else None
    kept = data["offer"]
    if kept is not None:
        contact = contacts[kept["contact"]]
        why = None if kept["why"] is None else _why(kept["why"])
        entry = contact.entry if kept["entry"] else None
        offer = Offer(agent, contact, kept["kind"], kept["at"], kept["ring"], entry, why)
        offer.epoch = kept["epoch"]
        agent.offer = offer
    if data["free"]:
        engine.matcher.add(agent)


def _why(data: Data) -> Why:
    """Lists that came from a file are tuples again."""
    candidates = tuple((name, tuple(values)) for name, values in data["candidates"])
    return Why(**{**data, "terms": tuple(data["terms"]), "candidates": candidates})

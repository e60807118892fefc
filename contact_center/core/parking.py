"""Parking: customers in an agent's own list, while the agent is ready for others."""

from __future__ import annotations

from contact_center.core.actions import (
    Bridge,
    CancelRing,
    Music,
    Part,
    Persist,
    Ring,
    StopSound,
)
from contact_center.core.base import Acd
from contact_center.core.home import clear_phone, go_home, release_leg
from contact_center.core.model import HELD, READY, TALKING, Agent, Contact

RING_LEG = 20.0
"""Seconds that the phone of one who takes a customer back may ring."""


def park(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: the customer hears music in the agent's list; the agent is ready."""
    contact = agent.contact
    assert contact is not None
    hold(acd, agent, contact)
    agent.contact = None
    release_leg(acd, agent, contact)
    agent.home = READY
    go_home(acd, agent, now)


def hold(acd: Acd, agent: Agent, contact: Contact) -> None:
    """Put the customer into the agent's list."""
    contact.agents.remove(agent)
    contact.state, contact.holder = HELD, agent
    agent.held.append(contact)
    acd.actions += (
        Persist("parked", contact.name, agent.name, "", agent.epoch),
        Music(contact.name),
    )


def retrieve(acd: Acd, agent: Agent, contact: Contact, now: float) -> None:
    """Effect: take a parked customer back, or swap."""
    agent.held.remove(contact)
    current = agent.contact
    if current is not None:
        acd.actions.append(Part(current.name, agent.name))
        hold(acd, agent, current)
    contact.holder, contact.state = None, TALKING
    contact.agents.append(agent)
    agent.contact = contact
    ticket = 0
    if agent.leg != "up":
        agent.epoch += 1
        agent.leg, agent.leg_epoch = "asked", agent.epoch
        ticket = acd.await_commit("ring leg", agent.name, agent.epoch)
    acd.actions.append(Persist("retrieved", contact.name, agent.name, "", agent.epoch, ticket))
    if not ticket:
        acd.actions += (StopSound(contact.name), Bridge(contact.name, agent.name))


def ring_leg(acd: Acd, agent: Agent, now: float) -> None:
    """The record of `retrieve` is durable: the phone rings and is to answer by itself."""
    if agent.leg == "asked" and agent.contact is not None:
        agent.leg = "ringing"
        acd.actions.append(Ring(agent.name, agent.contact.name, agent.epoch, "retrieve", True))
        acd.at(now + RING_LEG, "ring", agent.name, agent.epoch)


def leg_answered(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: the phone of one who takes a customer back is up."""
    contact = agent.contact
    assert contact is not None
    agent.leg = "up"
    acd.actions += (StopSound(contact.name), Bridge(contact.name, agent.name))


def leg_failed(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """Effect: that phone did not answer; the customer stays in the agent's list."""
    contact = agent.contact
    assert contact is not None
    hold(acd, agent, contact)
    agent.contact = None
    if argument == "time-out":
        acd.actions.append(CancelRing(agent.name, agent.leg_epoch))
        clear_phone(acd, agent, now)
    else:
        agent.leg = "none"
        go_home(acd, agent, now, rested=False)

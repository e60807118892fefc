"""Coming home: what becomes of an agent whose part in a call is over."""

from __future__ import annotations

from contact_center.core.actions import CancelRing, HangUpAgent, Part
from contact_center.core.base import Acd
from contact_center.core.model import CLEARING, READY, SIGNED_OUT, WRAP_UP, Agent, Contact
from contact_center.core.offers import seek

CLEAR_WITHIN = 5.0
"""Seconds after which a phone that gave no final answer is taken to be clear."""


def go_home(acd: Acd, agent: Agent, now: float, *, rested: bool = True) -> None:
    """To what was asked for meanwhile, else to the state before the call.

    *rested*: the idle time begins anew; it does anyway for one who was not ready before.
    """
    target = agent.pending or agent.home
    if agent.pending is not None:
        agent.reason, agent.pending, agent.pending_reason = agent.pending_reason, None, ""
        rested = rested or agent.home != READY
    if target == READY and rested:
        agent.since = now
    settle(acd, agent, target, now)


def settle(acd: Acd, agent: Agent, state: str, now: float) -> None:
    """Come to rest in *state*; whoever is ready looks for the next contact."""
    acd.move(agent, state, now)
    if state == READY:
        agent.reason = ""
        seek(acd, agent, now)
        if agent.state != READY:
            return  # the offer's record says as much
    acd.record(agent)
    if state == SIGNED_OUT:
        acd.run(agent, "gone", None, now)


def leave_call(acd: Acd, agent: Agent, now: float) -> None:
    """The agent's part in the call is over: leg down, wrap-up or home."""
    contact = agent.contact
    agent.contact = None
    wrap = 0.0
    if contact is not None:
        if agent in contact.agents:
            contact.agents.remove(agent)
        if contact.queue is not None:
            wrap = contact.queue.setup.wrap_up
    if agent.leg == "ringing":  # a parked customer that was being taken back
        acd.actions.append(CancelRing(agent.name, agent.leg_epoch))
        clear_phone(acd, agent, now)
        return
    release_leg(acd, agent, contact)
    if wrap > 0:
        acd.move(agent, WRAP_UP, now)
        agent.epoch += 1
        acd.record(agent)
        acd.at(now + wrap, "wrap-up", agent.name, agent.epoch)
    else:
        go_home(acd, agent, now)


def clear_phone(acd: Acd, agent: Agent, now: float) -> None:
    """Wait until the phone is clear, five seconds at most."""
    if agent.leg != "up":
        agent.leg = "none"
    acd.move(agent, CLEARING, now)
    acd.at(now + CLEAR_WITHIN, "clear", agent.name, agent.epoch)


def release_leg(acd: Acd, agent: Agent, contact: Contact | None) -> None:
    """Hang the agent's phone up, or only take it out of the conversation."""
    if agent.leg != "up":
        agent.leg = "none"
    elif agent.setup.persistent_leg and contact is not None:
        acd.actions.append(Part(contact.name, agent.name))
    else:
        acd.actions.append(HangUpAgent(agent.name, agent.leg_epoch))
        agent.leg = "none"

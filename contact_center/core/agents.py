"""The agent's state table.

A row is ``(state, event) -> (next state, effects)``. The next state is entered first, then the
effects run. "home" and "wrap-up or home" are reached by the last effect, because whoever comes
home ready looks for the next contact at once. A pair that is not listed is refused, and nothing
changes. Flags beside the state: `pending`, `held`, `epoch`, `reachable`.
"""

from __future__ import annotations

from contact_center.core import calls, offers, parking
from contact_center.core.actions import Persist
from contact_center.core.base import Acd, Table
from contact_center.core.home import clear_phone, go_home, leave_call, settle
from contact_center.core.model import (
    CLEARING,
    NOT_READY,
    OFFERED,
    READY,
    RINGING,
    SIGNED_OUT,
    TALKING,
    WRAP_UP,
    Agent,
    Contact,
    Offer,
)

PAUSE = 10.0
"""Seconds that an agent is left alone whose phone said 486: else every waiting call tries it."""

SAME = "same"
HOME = "home"
WRAP_UP_OR_HOME = "wrap-up or home"


# --- effects: sessions ----------------------------------------------------------------------------


def _sign_in(acd: Acd, agent: Agent, reachable: bool, now: float) -> None:
    agent.epoch += 1
    agent.reachable, agent.reason, agent.home = reachable, "", NOT_READY
    agent.pending, agent.misses, agent.paused = None, 0, 0.0
    ticket = acd.await_commit("signed in", agent.name, agent.epoch)
    acd.actions.append(Persist("signed in", "", agent.name, "", agent.epoch, ticket))


def _set_reason(acd: Acd, agent: Agent, reason: str, now: float) -> None:
    agent.reason = reason
    acd.record(agent)


def _ready(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    agent.since, agent.locked = now, False
    settle(acd, agent, READY, now)


def _sign_out(acd: Acd, agent: Agent, reason: str, now: float) -> None:
    agent.reason = reason
    settle(acd, agent, SIGNED_OUT, now)


def _pend_ready(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    agent.pending, agent.pending_reason, agent.locked = READY, "", False


def _pend_not_ready(acd: Acd, agent: Agent, reason: str, now: float) -> None:
    agent.pending, agent.pending_reason = NOT_READY, reason


def _pend_sign_out(acd: Acd, agent: Agent, reason: str, now: float) -> None:
    agent.pending, agent.pending_reason = SIGNED_OUT, reason


# --- effects: offers ------------------------------------------------------------------------------


def _rested(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    agent.since = now


def _miss(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """One more contact was not answered; after k in a row the agent becomes not ready."""
    offer = agent.offer
    if offer is None or offer.kind != "queue" or offer.entry is None:
        return
    agent.misses += 1
    most = offer.entry.queue.setup.misses
    if most and agent.misses >= most and agent.pending is None:
        agent.pending, agent.pending_reason, agent.misses = NOT_READY, "missed calls", 0


def _pause(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    agent.paused = now + PAUSE
    acd.at(agent.paused, "pause", agent.name, 0)


def _cancel(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    offers.cancel(acd, agent, "", now)


def _cancel_elsewhere(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    offers.cancel(acd, agent, offers.ELSEWHERE, now)


def _exclude(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    offers.exclude(acd, agent, now)


def _clear_within(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    clear_phone(acd, agent, now)


def _give_back(acd: Acd, agent: Agent, why: str | None, now: float) -> None:
    """The offer is over; its contact goes on without this agent."""
    offer = offers.take_back(agent)
    _record(acd, agent, offer, "missed" if why else "withdrawn", why)
    calls.failed(acd, offer, now)


def _withdraw(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """As `_give_back`, without anybody's fault."""
    _give_back(acd, agent, None, now)


def _drop_offer(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """The offer is over because its contact has gone elsewhere."""
    _record(acd, agent, offers.take_back(agent), "withdrawn", None)


def _record(acd: Acd, agent: Agent, offer: Offer, what: str, why: str | None) -> None:
    acd.actions.append(
        Persist(what, offer.contact.name, agent.name, "", offer.epoch, 0, why or offer.kind)
    )


def _cleared(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    """The phone gave its final answer with the refusal itself."""
    acd.run(agent, "clear", None, now)


def _home_keeping_rank(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    agent.leg = "none" if agent.leg != "up" else agent.leg
    go_home(acd, agent, now, rested=False)


def _leave_call(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    leave_call(acd, agent, now)


def _home(acd: Acd, agent: Agent, argument: object, now: float) -> None:
    go_home(acd, agent, now)


def _called_out(acd: Acd, agent: Agent, contact: Contact, now: float) -> None:
    agent.epoch += 1
    agent.leg, agent.leg_epoch, agent.contact = "up", agent.epoch, contact
    contact.agents.append(agent)
    contact.state = TALKING
    acd.actions.append(Persist("answered", contact.name, agent.name, "", agent.epoch))
    calls.reach(acd, contact, now)


# --- the table ------------------------------------------------------------------------------------

_UNANSWERED = (_miss, _exclude)

AGENT_TABLE: Table = {
    (SIGNED_OUT, "sign in"): (NOT_READY, (_sign_in,)),
    (SIGNED_OUT, "gone"): (SAME, (calls.gone,)),
    (NOT_READY, "ready"): (READY, (_ready,)),
    (NOT_READY, "not ready"): (NOT_READY, (_set_reason,)),
    (NOT_READY, "sign out"): (SIGNED_OUT, (_sign_out,)),
    (NOT_READY, "called"): (OFFERED, (offers.begin,)),
    (NOT_READY, "called out"): (TALKING, (_called_out,)),
    (NOT_READY, "retrieve"): (TALKING, (parking.retrieve,)),
    (READY, "not ready"): (NOT_READY, (_set_reason,)),
    (READY, "sign out"): (SIGNED_OUT, (_sign_out,)),
    (READY, "matched"): (OFFERED, (offers.begin,)),
    (READY, "called"): (OFFERED, (offers.begin,)),
    (READY, "called out"): (TALKING, (_called_out,)),
    (READY, "retrieve"): (TALKING, (parking.retrieve,)),
    (OFFERED, "committed"): (RINGING, (offers.ring,)),
    (OFFERED, "withdrawn"): (HOME, (_withdraw, _home_keeping_rank)),
    (OFFERED, "caller leaves"): (HOME, (_drop_offer, _home_keeping_rank)),
    (OFFERED, "elsewhere"): (HOME, (_drop_offer, _home_keeping_rank)),
    (OFFERED, "ready"): (SAME, (_pend_ready,)),
    (OFFERED, "not ready"): (SAME, (_pend_not_ready,)),
    (OFFERED, "sign out"): (SAME, (_pend_sign_out,)),
    (RINGING, "answered"): (TALKING, (calls.answered,)),
    (RINGING, "time-out"): (CLEARING, (_clear_within, _cancel, *_UNANSWERED, _give_back)),
    (RINGING, "no answer"): (CLEARING, (*_UNANSWERED, _give_back, _cleared)),
    (RINGING, "reject"): (CLEARING, (_clear_within, _cancel, _rested, _exclude, _give_back)),
    (RINGING, "declined"): (CLEARING, (_rested, _exclude, _give_back, _cleared)),
    (RINGING, "busy"): (CLEARING, (_exclude, _pause, _give_back, _cleared)),
    (RINGING, "caller leaves"): (CLEARING, (_clear_within, _cancel, _drop_offer)),
    (RINGING, "elsewhere"): (CLEARING, (_clear_within, _cancel_elsewhere, _drop_offer)),
    (RINGING, "phone lost"): (CLEARING, (_clear_within, _cancel, _withdraw)),
    (RINGING, "ready"): (SAME, (_pend_ready,)),
    (RINGING, "not ready"): (CLEARING, (_pend_not_ready, _clear_within, _cancel, _withdraw)),
    (RINGING, "sign out"): (CLEARING, (_pend_sign_out, _clear_within, _cancel, _withdraw)),
    (CLEARING, "clear"): (HOME, (_home_keeping_rank,)),
    (CLEARING, "ready"): (SAME, (_pend_ready,)),
    (CLEARING, "not ready"): (SAME, (_pend_not_ready,)),
    (CLEARING, "sign out"): (SAME, (_pend_sign_out,)),
    (TALKING, "agent ended"): (WRAP_UP_OR_HOME, (calls.agent_hung_up,)),
    (TALKING, "other side ends"): (WRAP_UP_OR_HOME, (_leave_call,)),
    (TALKING, "transfer done"): (WRAP_UP_OR_HOME, (_leave_call,)),
    (TALKING, "park"): (HOME, (parking.park,)),
    (TALKING, "retrieve"): (TALKING, (parking.retrieve,)),
    (TALKING, "leg answered"): (TALKING, (parking.leg_answered,)),
    (TALKING, "leg failed"): (HOME, (parking.leg_failed,)),
    (TALKING, "consult"): (TALKING, ()),
    (TALKING, "ready"): (SAME, (_pend_ready,)),
    (TALKING, "not ready"): (SAME, (_pend_not_ready,)),
    (TALKING, "sign out"): (SAME, (_pend_sign_out,)),
    (WRAP_UP, "wrap-up over"): (HOME, (_home,)),
    (WRAP_UP, "ready"): (HOME, (_pend_ready, _home)),
    (WRAP_UP, "not ready"): (SAME, (_pend_not_ready,)),
    (WRAP_UP, "sign out"): (SAME, (_pend_sign_out,)),
}

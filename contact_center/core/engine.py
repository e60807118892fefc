"""The ACD engine: `handle(event, now) -> actions` and `next_wakeup()`.

*now* is seconds since the epoch, and never goes back. One engine serves one routing domain: all
queues that share agents.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heappop
from typing import Any, NamedTuple

from contact_center.core import (
    calls,
    configure,
    desk,
    entries,
    estimate,
    events,
    offers,
    parking,
    restart,
)
from contact_center.core.actions import (
    Action,
    Confirmed,
    HangUpAgent,
    Persist,
    Refused,
)
from contact_center.core.agents import AGENT_TABLE
from contact_center.core.base import Acd
from contact_center.core.model import (
    CLEARING,
    CUSTOMERS,
    DIALLING,
    NOT_READY,
    OFFERED,
    RINGING,
    SIGNED_OUT,
    TALKING,
    WRAP_UP,
    Agent,
)
from contact_center.core.refusals import Refusal

FINAL = {486: "busy", 600: "busy", 603: "declined"}
"""Final answers of a phone that are neither 2xx nor taken as no answer."""


class QueueInfo(NamedTuple):
    """What a flow may read of a queue; *wait_estimate* is None while nobody works."""

    waiting: int
    wait_estimate: float | None
    agents_ready: int
    longest: float


class Engine(Acd):
    """Agents, queues and contacts of one routing domain."""

    def __init__(self) -> None:
        super().__init__(AGENT_TABLE)
        self._handlers: dict[type, Callable[[Any, float], None]] = {
            kind: partial(handler, self) for kind, handler in HANDLERS.items()
        }

    def handle(self, event: events.Event, now: float) -> list[Action]:
        """Take one event. What is due by *now* is done first; a refused event changes nothing."""
        timers = self.timers
        if timers and timers[0][0] <= now and type(event) is not events.Restarted:
            self._wake(now)  # not after a restart: nobody was there to miss anything
        try:
            self._handlers[type(event)](event, now)
        except Refusal as refusal:
            text = str(refusal)
            self.actions.append(Refused(event, refusal.reason, text, refusal.chinese))
        if self.held_back:
            entries.release_callbacks(self, now)
        if self.reserving:
            configure.weigh_reserves(self, now)
        actions, self.actions = self.actions, []
        return actions

    def next_wakeup(self) -> float | None:
        """When `Wake` is due."""
        return self.timers[0][0] if self.timers else None

    def info(self, name: str, now: float) -> QueueInfo:
        """What the queue node's neighbours may ask."""
        queue = self.queue(name)
        free = self.matcher.free_in(queue.name)
        wait = estimate.estimate(queue, queue.line, free)
        first = offers.first_caller(queue)
        longest = 0.0 if first is None else now - first.entered
        return QueueInfo(queue.waiting, wait, free, longest)

    def _wake(self, now: float) -> None:
        timers = self.timers
        while timers and timers[0][0] <= now:
            _, _, what, whose, number = heappop(timers)
            if what in entries.TIMED:
                self._entry_timer(what, whose, number, now)
            else:
                self._agent_timer(what, whose, number, now)

    def _entry_timer(self, what: str, whose: str, number: int, now: float) -> None:
        contact = self.contacts.get(whose)
        entry = contact.entry if contact is not None else None
        if entry is not None and entry.live and entry.seq == number:
            states, effect = entries.TIMED[what]
            if entry.state in states:
                effect(self, entry, now)

    def _agent_timer(self, what: str, whose: str, number: int, now: float) -> None:
        agent = self.agents.get(whose)
        if agent is None:
            return
        if what == "pause":
            offers.seek(self, agent, now)
        elif number != agent.epoch:
            return
        elif what == "ring" and agent.state == RINGING:
            self.run(agent, "time-out", "time-out", now)
        elif what == "ring" and agent.state == TALKING and agent.leg == "ringing":
            self.run(agent, "leg failed", "time-out", now)
        elif what == "clear" and agent.state == CLEARING:
            self.run(agent, "clear", None, now)
        elif what == "wrap-up" and agent.state == WRAP_UP:
            self.run(agent, "wrap-up over", None, now)


# --- agents ---------------------------------------------------------------------------------------


def _sign_in(acd: Acd, event: events.SignIn, now: float) -> None:
    acd.run(acd.agent(event.agent), "sign in", event.reachable, now)


def _own(act: Callable[[Acd, Agent, Any, float], None]) -> Callable[[Acd, Any, float], None]:
    """An agent's own event: refused when its button belongs to an earlier epoch."""

    def handle(acd: Acd, event: Any, now: float) -> None:
        agent = acd.agent(event.agent)
        if event.epoch is not None and event.epoch != agent.epoch:
            raise Refusal("stale")
        act(acd, agent, event, now)

    return handle


def _done(acd: Acd, agent: Agent, event: events.Done, now: float) -> None:
    acd.run(agent, "wrap-up over", None, now)


def _sign_out(acd: Acd, agent: Agent, event: events.SignOut, now: float) -> None:
    desk.sign_out(acd, agent, now)


def _ready(acd: Acd, agent: Agent, event: events.Ready, now: float) -> None:
    desk.ready(acd, agent, now)


def _not_ready(acd: Acd, agent: Agent, event: events.NotReady, now: float) -> None:
    acd.run(agent, "not ready", event.reason, now)


# --- telephones -----------------------------------------------------------------------------------


def _answered(acd: Acd, event: events.Answered, now: float) -> None:
    """A 200 is good for one epoch only; any other is acknowledged and ended."""
    agent = acd.agent(event.agent)
    if event.epoch == agent.epoch and agent.state == RINGING:
        acd.run(agent, "answered", None, now)
    elif event.epoch == agent.epoch and agent.state == TALKING and agent.leg == "ringing":
        acd.run(agent, "leg answered", None, now)
    elif agent.leg != "up" or event.epoch != agent.leg_epoch:
        acd.actions.append(HangUpAgent(agent.name, event.epoch))


def _failed(acd: Acd, event: events.Failed, now: float) -> None:
    agent = acd.agent(event.agent)
    if event.epoch != agent.epoch:
        return
    if agent.state == RINGING:
        acd.run(agent, FINAL.get(event.status, "no answer"), str(event.status), now)
    elif agent.state == CLEARING:
        acd.run(agent, "clear", None, now)
    elif agent.state == TALKING and agent.leg == "ringing":
        acd.run(agent, "leg failed", str(event.status), now)


def _leg_ended(acd: Acd, event: events.LegEnded, now: float) -> None:
    agent = acd.agent(event.agent)
    if agent.state == CLEARING and event.epoch == agent.epoch:
        acd.run(agent, "clear", None, now)
    elif agent.leg == "up" and event.epoch == agent.leg_epoch:
        if agent.state == TALKING:
            acd.run(agent, "agent ended", None, now)
        else:
            agent.leg = "none"


def _hold_key(acd: Acd, event: events.HoldKey, now: float) -> None:
    """No state of the agent's: it is written for the statistics."""
    agent = acd.agent(event.agent)
    contact = agent.contact
    if agent.leg == "up" and event.epoch == agent.leg_epoch and contact is not None:
        what = "on hold" if event.on else "off hold"
        acd.actions.append(Persist(what, contact.name, agent.name, "", event.epoch))


def _phone_found(acd: Acd, event: events.PhoneFound, now: float) -> None:
    agent = acd.agent(event.agent)
    agent.reachable = True
    offers.seek(acd, agent, now)


def _phone_lost(acd: Acd, event: events.PhoneLost, now: float) -> None:
    agent = acd.agent(event.agent)
    agent.reachable = False
    if agent.free:
        acd.matcher.drop(agent)
    if agent.state == RINGING:
        acd.run(agent, "phone lost", None, now)


# --- contacts -------------------------------------------------------------------------------------


def _arrived(acd: Acd, event: events.Arrived, now: float) -> None:
    acd.new_contact(event.contact, event.number, "call", flow=True)
    acd.actions.append(Persist("arrived", event.contact, data=event.number))


def _hung_up(acd: Acd, event: events.HungUp, now: float) -> None:
    """A BYE may cross the end that we have made ourselves: then there is nothing to do."""
    contact = acd.contacts.get(event.contact)
    if contact is not None and contact.kind in CUSTOMERS:
        calls.hung_up(acd, contact, now)


def _customer_answered(acd: Acd, event: events.CustomerAnswered, now: float) -> None:
    contact = acd.contact(event.contact)
    entry, number = contact.entry, contact.target
    if entry is not None and entry.live and entry.state == DIALLING:
        entries.customer_answered(acd, entry, now)
    elif number is not None:
        calls.other_answered(acd, contact, number, now)


def _customer_failed(acd: Acd, event: events.CustomerFailed, now: float) -> None:
    contact = acd.contact(event.contact)
    entry = contact.entry
    if entry is not None and entry.live and entry.state == DIALLING:
        entries.customer_failed(acd, entry, event.status, now)
    elif contact.target is not None:
        contact.target = None
        calls.other_failed(acd, contact, now)


def _other_left(acd: Acd, event: events.OtherLeft, now: float) -> None:
    contact = acd.contacts.get(event.contact)
    if contact is not None and event.number in contact.others:
        contact.others.remove(event.number)
        calls.after_leaving(acd, contact, now)


# --- store, time ----------------------------------------------------------------------------------


def _committed(acd: Acd, event: events.Committed, now: float) -> None:
    """A ticket comes back once; a second time, or after a change of mind, it means nothing."""
    what, name, epoch = acd.awaited.pop(event.ticket, ("", "", 0))
    if what in ("ring", "ring leg"):
        agent = acd.agents.get(name)
        if agent is None or agent.epoch != epoch:
            return
        if what == "ring leg":
            parking.ring_leg(acd, agent, now)
        elif agent.state == OFFERED:
            gone = agent.pending in (NOT_READY, SIGNED_OUT) or not agent.reachable
            acd.run(agent, "withdrawn" if gone else "committed", None, now)
    elif what == "dial":
        contact = acd.contacts.get(name)
        if contact is not None:
            offers.dial_now(acd, contact)
    elif what == "signed in":
        acd.actions.append(Confirmed("signed in", name))
    elif what == "booked":
        acd.actions.append(Confirmed("booked", name))


def _woken(acd: Acd, event: events.Wake, now: float) -> None:
    """What was due is done before any event."""


HANDLERS: dict[type, Callable[[Any, Any, float], None]] = {
    events.SetAgent: configure.set_agent,
    events.RemoveAgent: configure.remove_agent,
    events.SetQueue: configure.set_queue,
    events.QueueHours: configure.queue_hours,
    events.DayBegan: configure.day_began,
    events.SignIn: _sign_in,
    events.SignOut: _own(_sign_out),
    events.Ready: _own(_ready),
    events.NotReady: _own(_not_ready),
    events.Reject: _own(desk.reject),
    events.Done: _own(_done),
    events.Park: _own(desk.park),
    events.Retrieve: _own(desk.retrieve),
    events.Pick: _own(desk.pick),
    events.Call: _own(desk.call),
    events.Transfer: _own(desk.transfer),
    events.Consult: _own(desk.consult),
    events.EndConsult: _own(desk.end_consult),
    events.Force: desk.force,
    events.TakeOver: _own(desk.take_over),
    events.Disconnect: desk.disconnect,
    events.Supervised: desk.supervised,
    events.Intercept: desk.intercept,
    events.Answered: _answered,
    events.Failed: _failed,
    events.LegEnded: _leg_ended,
    events.HoldKey: _hold_key,
    events.PhoneFound: _phone_found,
    events.PhoneLost: _phone_lost,
    events.Arrived: _arrived,
    events.Enter: entries.enter,
    events.EnterAgent: entries.enter_agent,
    events.LeaveByKey: entries.key_pressed,
    events.AskCallback: entries.ask_callback,
    events.BookCallback: entries.book,
    events.Voicemail: entries.voicemail,
    events.HungUp: _hung_up,
    events.CustomerAnswered: _customer_answered,
    events.CustomerFailed: _customer_failed,
    events.OtherLeft: _other_left,
    events.Committed: _committed,
    events.Wake: _woken,
    events.Restarted: restart.restarted,
}

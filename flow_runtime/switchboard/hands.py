"""Does what the engine wants done: on agents' telephones, for callers, in conversations."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from contact_center.core import actions as act
from contact_center.core.engine import Engine
from contact_center.core.model import HELD, TALKING, Contact
from contact_center.store.settings import AgentSettings
from flow_runtime.switchboard.callbacks import Callbacks
from flow_runtime.switchboard.callers import Callers
from flow_runtime.switchboard.confirmations import Confirmations
from flow_runtime.switchboard.conversations import Conversations
from flow_runtime.switchboard.dialled import Dialled
from flow_runtime.switchboard.messages import Messages
from flow_runtime.switchboard.phones import Phones
from flow_runtime.switchboard.supervision import Supervision
from flow_runtime.switchboard.tasks import Tasks
from flow_runtime.switchboard.visit import Visit
from telephony.line import Call, RingOptions

log = logging.getLogger("queues")

_BETWEEN_US: Final = ("internal", "consult")


class Hands:
    """One action after the other, each at once; what takes time goes on by itself."""

    def __init__(
        self,
        engine: Engine,
        agents: Mapping[str, AgentSettings],
        phones: Phones,
        dialled: Dialled,
        callers: Callers,
        conversations: Conversations,
        callbacks: Callbacks,
        messages: Messages,
        supervision: Supervision,
        confirmations: Confirmations,
    ) -> None:
        self._engine, self._agents, self._phones = engine, agents, phones
        self._dialled, self._callers, self._conversations = dialled, callers, conversations
        self._callbacks, self._messages = callbacks, messages
        self._supervision = supervision
        self._confirmations = confirmations
        self._tasks = Tasks("an action")

    async def stop(self) -> None:
        """Leave off whatever takes time."""
        await self._tasks.stop()

    def do(self, action: act.Action) -> None:
        """Do it, or begin it."""
        match action:
            case act.Ring():
                self._ring(action)
            case act.CancelRing(agent, epoch, reason):
                self._phones.cancel((agent, epoch), elsewhere=bool(reason))
            case act.HangUpAgent(agent, epoch):
                self._phones.hang_up((agent, epoch))
            case act.Dial(contact, number):
                self._dial(contact, number)
            case act.CancelDial(contact, number):
                self._dialled.cancel(contact, number)
            case act.HangUp(contact):
                leg = self._callers.call(contact)
                if leg is not None:
                    self._tasks.begin(leg.hangup())
            case act.Confirmed(what, name):
                self._confirmations.come(what, name)
            case act.PlayMessage(contact, agent):
                self._play_message(contact, agent)
            case _:
                self._connect(action)

    # --- who hears whom -------------------------------------------------------------------------

    def _connect(self, action: act.Action) -> None:
        match action:
            case act.Bridge(contact, agent):
                self._bridge(contact, agent)
            case act.BridgeOther():
                self._bridge_other(action)
            case act.Part(contact, agent):
                leg = self._phones.leg(agent)
                if leg is not None:
                    self._conversations.part(leg, contact)
            case act.StopSound(contact) if self._callers.visit(contact) is None:
                self._conversations.rings(contact, on=False)
            case _:
                visit = self._callers.visit(getattr(action, "contact", ""))
                if visit is not None:
                    self._do_for(visit, action)

    def _do_for(self, visit: Visit, action: act.Action) -> None:
        match action:
            case act.Music(contact, queue):
                known = self._engine.contacts.get(contact)
                if known is not None and known.state in (HELD, TALKING):
                    visit.hold()
                else:
                    visit.wait(queue)
            case act.StopSound():
                visit.hush()
            case act.Say(agent=str()):
                visit.announce_agent()
            case act.Say(_, position, wait):
                visit.announce(position, wait)
            case act.Leave(_, port):
                call = visit.session.call
                visit.leave(port, lambda: self._conversations.parted(call))
            case _:
                log.error("nobody here can do this: %r", action)

    def _bridge(self, contact: str, agent: str) -> None:
        leg = self._phones.leg(agent)
        if leg is None:
            return  # it ended in this moment; that brings the caller back into the flow
        self._conversations.join(contact, leg)
        visit = self._callers.visit(contact)
        if visit is not None:
            self._callers.talks_with(visit, agent)
            self._let_talk(contact, visit, agent, leg)

    def _bridge_other(self, action: act.BridgeOther) -> None:
        party = self._dialled.find(action.of or action.contact, action.number)
        if party is None or party.leg is None:
            return  # as above
        party.contact = action.contact
        self._conversations.join(action.contact, party.leg)
        visit = self._callers.visit(action.contact)
        if visit is not None:
            self._let_talk(action.contact, visit, action.number, party.leg, agent=False)

    def _let_talk(
        self, contact: str, visit: Visit, to: str, leg: Call, *, agent: bool = True
    ) -> None:
        call = visit.session.call
        visit.connect(to, leg, lambda: self._conversations.joined(contact, call), agent=agent)

    def _play_message(self, contact: str, agent: str) -> None:
        leg = self._phones.leg(agent)
        if leg is None:
            return
        epoch = self._engine.agents[agent].leg_epoch
        self._messages.play(contact, leg, lambda: self._phones.hang_up((agent, epoch)))

    # --- telephones -----------------------------------------------------------------------------

    def _ring(self, ring: act.Ring) -> None:
        contact, visit = self._engine.contacts[ring.contact], self._callers.visit(ring.contact)
        if visit is not None:
            visit.session.tracer.event("offered", agent=ring.agent)
        elif ring.kind != "originate":
            self._let_wait(contact)
        of = ring.agent, ring.epoch
        if self._engine.agents[ring.agent].leg == "up":
            self._phones.alert(of)
            return
        near = visit.session.call if visit is not None else None
        shown, name = self._shown(ring, contact, visit)
        options = RingOptions(caller_id=shown, caller_name=name, auto_answer=ring.auto_answer)
        phone = self._supervision.phone_of(ring.agent, ring.kind)
        self._phones.ring(of, phone, options, near)

    def _shown(self, ring: act.Ring, contact: Contact, visit: Visit | None) -> tuple[str, str]:
        """The number and the name that the telephone shows: who is at the other side."""
        if visit is not None:
            return visit.number, ""
        if contact.kind == "voicemail":
            return self._messages.number(contact.name), ""
        if contact.owner is not None and ring.kind != "originate":
            return contact.owner.name, self._title(contact.owner.name)
        if contact.callee:
            return contact.callee, self._title(contact.callee)
        return contact.target or "", ""

    def _title(self, agent: str) -> str:
        settings = self._agents.get(agent)
        return settings.title if settings is not None else ""

    def _let_wait(self, contact: Contact) -> None:
        """Whoever has called hears that it rings."""
        if contact.kind in _BETWEEN_US:
            for agent in contact.agents:
                leg = self._phones.leg(agent.name)
                if leg is not None:
                    self._conversations.join(contact.name, leg)
            self._conversations.rings(contact.name, on=True)

    def _dial(self, name: str, number: str) -> None:
        contact, visit = self._engine.contacts[name], self._callers.visit(name)
        self._let_wait(contact)
        near = next(iter(self._conversations.legs(name)), None)
        if contact.kind == "callback":
            shown = self._callbacks.caller_id(name)
        elif visit is not None:
            shown, near = visit.number, visit.session.call
        else:
            caller = self._agents.get(contact.owner.name) if contact.owner is not None else None
            shown = caller.caller_id if caller is not None else ""
        self._dialled.dial(name, number, shown or None, near)

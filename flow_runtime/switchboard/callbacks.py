"""Callbacks: booked by callers, kept by the engine, confirmed when they are durable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.engine import Engine
from contact_center.core.entries import callback_of
from contact_center.core.strategy.plan import Plan
from contact_center.store.settings import QueueSettings
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.last_words import find_prompt
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import CALLBACK_GREETING, PromptBook
from flow_runtime.core.queue_commands import BookCallback, Booking, EnterQueue
from flow_runtime.core.suggest import suggest
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.switchboard.confirmations import Confirmations
from flow_runtime.switchboard.dialogue import frame_of
from telephony.line import Clip, Line

log = logging.getLogger("queues")

PlanOf: TypeAlias = Callable[[Session, EnterQueue], Plan]
"""How the caller of a session finds an agent of a queue."""


class Callbacks:
    """Books callbacks. *tell* gives events to the engine."""

    def __init__(
        self,
        line: Line,
        queues: Mapping[str, QueueSettings],
        engine: Engine,
        tell: Callable[[ev.Event], act.Refused | None],
        plan: PlanOf,
        confirmations: Confirmations,
        services: Services,
        prompts: PromptBook,
    ) -> None:
        self._line, self._queues, self._engine = line, queues, engine
        self._tell, self._plan, self._confirmations = tell, plan, confirmations
        self._services, self._prompts = services, prompts

    async def book(self, session: Session, command: BookCallback) -> Booking:
        """See `flow_runtime.services.Switchboard`."""
        if "dial" not in self._line.can:
            text = f"the {self._line.name} line cannot call back; use the sip line for callbacks"
            raise NodeFailure("unsupported", text)
        refusal = self._refusal(command)
        if not refusal:
            await self._booked(session, command)
        if session.tracer.on:
            at = command.at.isoformat() if command.at is not None else ""
            number, queue = command.number, command.queue
            session.tracer.event("callback", queue=queue, number=number, at=at, refused=refusal)
        return Booking(not refusal, refusal)

    def caller_id(self, name: str) -> str | None:
        """The number that the customer of the callback *name* sees; None: that of the trunk."""
        contact = self._engine.contacts.get(name)
        entry = contact.entry if contact is not None else None
        queue = self._queues.get(entry.queue.name) if entry is not None else None
        return (queue.caller_id or None) if queue is not None else None

    async def greeting(self, name: str) -> Sequence[Clip]:
        """What the customer of the callback *name* hears first; nothing for other contacts."""
        contact = self._engine.contacts.get(name)
        if contact is None or contact.kind != "callback":
            return ()
        try:
            words = find_prompt(frame_of(self._services, self._prompts), CALLBACK_GREETING, {})
            return await self._services.speaker.clips(words)
        except NodeFailure as failure:  # no reason not to call back
            log.warning("a customer who is called back is not greeted: %s", failure)
            return ()

    def _refusal(self, command: BookCallback) -> str:
        """Why there can be no such callback."""
        queue = self._queues.get(command.queue)
        if queue is None:
            text = phrase('there is no {kind} "{name}"', kind=phrase("queue"), name=command.queue)
            return text + suggest(command.queue, self._queues)
        if not queue.callback_attempts:
            return phrase(
                'queue "{name}" has no callbacks: its callback_attempts is 0', name=queue.name
            )
        if not command.number:
            return phrase("there is no number to call back")
        return self._line.refusal(command.number)

    async def _booked(self, session: Session, command: BookCallback) -> None:
        """Book, and wait until it is durable."""
        name = session.call.facts.id
        if name not in self._engine.contacts:  # so that it is not made while this call goes on
            self._must(ev.Arrived(name, session.call.facts.caller))
        contact = self._engine.contacts[name]
        plan, priority = self._plan_of(session, command.queue)
        at = command.at.timestamp() if command.at is not None else None
        booking = ev.BookCallback(
            name, command.queue, command.number, plan, priority, at, command.keep_place
        )
        durable = self._confirmations.expect("booked", callback_of(name, contact.bookings + 1))
        try:
            self._must(booking)
            await durable
        finally:
            durable.cancel()

    def _plan_of(self, session: Session, queue: str) -> tuple[Plan, float]:
        """Of somebody who has waited in the queue, as it was there; else as it would be."""
        entry = self._engine.contacts[session.call.facts.id].entry
        if entry is not None and entry.queue.name == queue:
            return entry.plan, entry.priority
        return self._plan(session, EnterQueue(queue)), 0.0

    def _must(self, event: ev.Event) -> None:
        if refused := self._tell(event):
            raise NodeFailure("queue-refused", refused.text)

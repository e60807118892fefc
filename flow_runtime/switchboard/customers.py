"""Customers whom we call: rung for a callback or an agent's call, then callers like any others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.queue_commands import QueueLeft
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.switchboard.dialled import Party, Tell, has_answered
from flow_runtime.switchboard.visit import Visit
from flow_runtime.tracing import Tracer
from telephony.line import Call, Clip, Ender, KeySource, LineError

log = logging.getLogger("queues")


class Customers:
    """Calls that no flow serves. *joined* is told of each visit, *left* when it is over.

    *greeting* is what is heard first in a contact.
    """

    def __init__(
        self,
        services: Services,
        tell: Tell,
        joined: Callable[[str, Visit], None],
        left: Callable[[str], None],
        greeting: Callable[[str], Awaitable[Sequence[Clip]]],
    ) -> None:
        self._services, self._tell = services, tell
        self._joined, self._left, self._greeting = joined, left, greeting

    async def serve(self, party: Party, leg: Call) -> None:
        """See `flow_runtime.switchboard.dialled.Server`."""
        services = self._services
        tracer = Tracer(leg.facts.id, services.clock, services.trace)
        facts = {"caller": party.number, "called": leg.facts.caller, "answered": True}
        session = Session(leg, services, tracer, KeyBuffer(tracer), facts, {})
        greeting = await self._greeting(party.contact)
        visit = Visit(session, party.number, (), greeting, lambda key: False)
        serving = asyncio.current_task()
        assert serving is not None
        leg.listener = _CustomerLeg(serving)
        self._joined(party.contact, visit)
        if not has_answered(party, leg, self._tell):
            return
        try:
            while not isinstance(await visit.next(), QueueLeft):
                pass  # there is no flow that would announce anything
        except (LineError, NodeFailure) as error:
            log.warning("a customer's call ended: %s", error, extra={"call": leg.facts.id})

    def over(self, party: Party, leg: Call) -> None:
        """See `flow_runtime.switchboard.dialled.Server`."""
        self._left(party.contact)


class _CustomerLeg:
    """Listens to a customer's leg."""

    def __init__(self, serving: asyncio.Task[Any]) -> None:
        self._serving = serving

    def key(self, key: str, source: KeySource) -> None:
        """Keys are for the agent, who hears them."""

    def hung_up(self, by: Ender, cause: str) -> None:
        self._serving.cancel()

    def media_lost(self, reason: str) -> None:
        log.warning("no sound from a customer: %s", reason)

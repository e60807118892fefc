"""Customers whom we call back: rung when their turn comes, then callers like any others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from contact_center.core.events import CustomerAnswered, CustomerFailed, Event
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.queue_commands import QueueLeft
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.switchboard.visit import Visit
from flow_runtime.tracing import Tracer
from telephony.line import Call, DialFailed, Ender, KeySource, LineError

log = logging.getLogger("queues")

RING: Final = 30.0
"""Seconds that a customer's telephone rings."""
_UNAVAILABLE: Final = 480


class Customers:
    """Calls that no flow serves. *joined* is told of each visit, *left* when it is over."""

    def __init__(
        self,
        services: Services,
        tell: Callable[[Event], object],
        joined: Callable[[str, Visit], None],
        left: Callable[[str], None],
    ) -> None:
        self._services, self._tell = services, tell
        self._joined, self._left = joined, left
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def dial(self, contact: str, number: str) -> None:
        """Ring *number*; what comes of it is told."""
        task = asyncio.get_running_loop().create_task(self._serve(contact, number))
        self._tasks[contact] = task
        task.add_done_callback(lambda task: self._done(contact, task))

    def cancel(self, contact: str) -> None:
        """Give the call up, or end it."""
        task = self._tasks.get(contact)
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """End all calls."""
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def _serve(self, contact: str, number: str) -> None:
        try:
            leg = await self._services.line.dial(number, caller_id=None, timeout=RING)
        except (DialFailed, LineError) as error:
            log.info("callback to %s: %s", number, error)
            code = error.code if isinstance(error, DialFailed) else 0
            self._tell(CustomerFailed(contact, code or _UNAVAILABLE))
            return
        try:
            await self._stay(contact, leg)
        finally:
            self._left(contact)
            await leg.hangup()

    async def _stay(self, contact: str, leg: Call) -> None:
        services = self._services
        tracer = Tracer(leg.facts.id, services.clock, services.trace)
        session = Session(leg, services, tracer, KeyBuffer(tracer), {}, {})
        visit = Visit(session, services.speaker.ringback(), (), lambda key: False)
        leg.listener = _CustomerLeg(contact, self)
        if leg.ended:
            return
        self._joined(contact, visit)
        self._tell(CustomerAnswered(contact))
        try:
            while not isinstance(await visit.next(), QueueLeft):
                pass  # there is no flow that would announce anything
        except (LineError, NodeFailure) as error:
            log.warning("a callback ended: %s", error, extra={"call": leg.facts.id})

    def _done(self, contact: str, task: asyncio.Task[None]) -> None:
        del self._tasks[contact]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a callback: an error of ours", exc_info=error)


class _CustomerLeg:
    """Listens to a customer's leg."""

    def __init__(self, contact: str, customers: Customers) -> None:
        self._contact, self._customers = contact, customers

    def key(self, key: str, source: KeySource) -> None:
        """Keys are for the agent, who hears them."""

    def hung_up(self, by: Ender, cause: str) -> None:
        self._customers.cancel(self._contact)

    def media_lost(self, reason: str) -> None:
        log.warning("no sound from a customer: %s", reason)

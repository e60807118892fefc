"""Callers whom a flow sends to a queue or an agent: from the node's command to its answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.engine import Engine
from contact_center.core.model import Wishes
from contact_center.core.strategy.plan import Plan
from contact_center.store.settings import QueueSettings
from flow_runtime.clock import Clock
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import EnterAgent, EnterQueue, QueueEvent, QueueLeft
from flow_runtime.core.sound import Sound
from flow_runtime.core.suggest import suggest
from flow_runtime.core.surroundings import OpeningHours
from flow_runtime.perform.session import Session
from flow_runtime.switchboard.plans import Plans
from flow_runtime.switchboard.rules import RuleBook
from flow_runtime.switchboard.views import QueueView
from flow_runtime.switchboard.visit import Visit
from telephony.line import Call, Clip

_REMEMBERED: Final = 10_000
"""Callers whose last agent is known."""


class Callers:
    """Everybody who waits or talks, by contact; *tell* takes events for the engine.

    *over* is told of each leg that has ended.
    """

    def __init__(
        self,
        engine: Engine,
        queues: Mapping[str, QueueSettings],
        calendars: Mapping[str, OpeningHours],
        plans: Plans,
        view: QueueView,
        clock: Clock,
        tell: Callable[[ev.Event], act.Refused | None],
        over: Callable[[Call], None],
        rules: RuleBook,
    ) -> None:
        self._over, self._rules = over, rules
        self._engine, self._queues, self._calendars = engine, queues, calendars
        self._plans, self._view, self._clock, self._tell = plans, view, clock, tell
        self._visits: dict[str, Visit] = {}
        self._calls: dict[str, Call] = {}
        self._last_agents: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def visit(self, contact: str) -> Visit | None:
        """The stay of *contact*, if its caller waits or talks."""
        return self._visits.get(contact)

    def call(self, contact: str) -> Call | None:
        """The leg of a customer whom the engine knows, in a flow again or not."""
        return self._calls.get(contact)

    def join(self, contact: str, visit: Visit) -> None:
        """A customer whom no flow serves is on the line."""
        self._visits[contact], self._calls[contact] = visit, visit.session.call

    # --- what flows ask for ---------------------------------------------------------------------

    async def enter(self, session: Session, command: EnterQueue | EnterAgent) -> QueueEvent:
        """See `flow_runtime.services.Switchboard`."""
        if isinstance(command, EnterQueue):
            command = self._rules.route(session, command)
        music, greeting = await self._sounds(session, command)
        name = session.call.facts.id
        event: ev.Enter | ev.EnterAgent
        if isinstance(command, EnterQueue):
            event = self._entering(session, command)
        else:
            event = _asking(session, command)
        caller = session.call.facts.caller
        visit = Visit(
            session, caller, music, greeting, lambda key: self._pressed(name, command, key)
        )
        self._visits[name], self._calls[name] = visit, session.call
        try:
            if refused := self._tell(event):
                raise NodeFailure("queue-refused", refused.text)
            return await self._next(visit)
        except BaseException:
            self.hung_up(name)
            raise

    async def stay(self, session: Session, sound: Sound) -> QueueEvent:
        """See `flow_runtime.services.Switchboard`."""
        name = session.call.facts.id
        visit = self._visits[name]
        try:
            await visit.say(sound)
            return await self._next(visit)
        except BaseException:
            self.hung_up(name)
            raise

    def hung_up(self, call: str) -> None:
        """See `flow_runtime.services.Switchboard`."""
        visit = self._visits.pop(call, None)
        if visit is not None:
            visit.close()
        leg = self._calls.pop(call, None)
        if leg is not None:
            self._over(leg)
        if call in self._engine.contacts:
            self._tell(ev.HungUp(call))

    async def _next(self, visit: Visit) -> QueueEvent:
        event = await visit.next()
        if isinstance(event, QueueLeft):
            del self._visits[visit.session.call.facts.id]
        return event

    async def _sounds(
        self, session: Session, command: EnterQueue | EnterAgent
    ) -> tuple[Sequence[Clip], Sequence[Clip]]:
        """Music, and the greeting before it."""
        if isinstance(command, EnterAgent):
            return (), ()
        speaker = session.services.speaker
        return await speaker.clips(command.music), await speaker.clips(command.greeting)

    def _pressed(self, name: str, command: EnterQueue | EnterAgent, key: str) -> bool:
        """The caller pressed a key while waiting; False: it means nothing."""
        if isinstance(command, EnterAgent):
            return False
        if key == command.callback_key:
            return self._tell(ev.AskCallback(name)) is None
        port = command.keys.get(key)
        return port is not None and self._tell(ev.LeaveByKey(name, port)) is None

    # --- how a caller finds an agent ------------------------------------------------------------

    def _entering(self, session: Session, command: EnterQueue) -> ev.Enter:
        plan = self.plan(session, command)
        longest = self._queues[command.queue].max_wait
        if command.longest is not None:
            longest = command.longest.total_seconds()
        return ev.Enter(
            session.call.facts.id,
            command.queue,
            plan,
            command.priority,
            Wishes(
                longest,
                command.announce,
                command.announce_every.total_seconds(),
                command.announce_agent,
            ),
            session.call.facts.caller,
        )

    def plan(self, session: Session | None, command: EnterQueue) -> Plan:
        """How the caller of *session* finds an agent; whether the queue is open is looked at.

        `NodeFailure` as `EnterQueue` names them.
        """
        settings = self._queues.get(command.queue)
        if settings is None:
            text = phrase('there is no {kind} "{name}"', kind=phrase("queue"), name=command.queue)
            raise NodeFailure("unknown-queue", text + suggest(command.queue, self._queues))
        self._look_at_hours(settings.name, settings.calendar)
        return self._plans.plan(command, self._facts(session, command.queue))

    def _look_at_hours(self, queue: str, calendar: str) -> None:
        """Whether a queue is open matters only to those who enter: it is looked at then."""
        hours = self._calendars.get(calendar)
        if hours is None:
            return
        is_open = hours.state(self._clock.now()) == "open"
        if is_open != self._engine.queues[queue].open:
            self._tell(ev.QueueHours(queue, is_open))

    def _facts(self, session: Session | None, queue: str) -> dict[str, Any]:
        call: dict[str, Any] = {}
        contact: dict[str, Any] = {}
        if session is not None:
            call, contact = session.facts, dict(session.contact)
            agent, when = self._last_agents.get(session.call.facts.caller, ("", 0.0))
            if agent:
                ago = timedelta(seconds=max(0.0, self._now() - when))
                contact = {"last_agent": agent, "last_agent_ago": ago, **contact}
        figures = self._view.get(queue) or {}
        return {"call": call, "contact": contact, "queue": {"name": queue, **figures}}

    def talks_with(self, visit: Visit, agent: str) -> None:
        """Remember who talked with this caller last."""
        if not visit.number:
            return
        self._last_agents[visit.number] = agent, self._now()
        self._last_agents.move_to_end(visit.number)
        if len(self._last_agents) > _REMEMBERED:
            self._last_agents.popitem(last=False)


def _asking(session: Session, command: EnterAgent) -> ev.EnterAgent:
    facts = session.call.facts
    return ev.EnterAgent(facts.id, command.agent, command.wait.total_seconds(), facts.caller)

"""Brings callers and agents together: feeds the engine, and does what it wants done."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.model import SIGNED_OUT, Wishes
from contact_center.core.strategy.expressions import Expressions
from contact_center.store.settings import Declared
from flow_runtime.clock import Clock
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.frame import View
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import EnterAgent, EnterQueue, QueueEvent, QueueLeft
from flow_runtime.core.sound import Sound
from flow_runtime.core.suggest import suggest
from flow_runtime.core.surroundings import OpeningHours
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.switchboard.customers import Customers
from flow_runtime.switchboard.journal import Journal
from flow_runtime.switchboard.phones import Phones
from flow_runtime.switchboard.plans import Plans
from flow_runtime.switchboard.views import AgentView, QueueView, told
from flow_runtime.switchboard.visit import Visit
from telephony.line import Clip, Line, RingOptions, Unsupported

log = logging.getLogger("queues")

NEEDED: Final = frozenset({"ring", "bridge", "music"})
"""What a line must be able to do."""
_SOON: Final = 0.001
"""Seconds that a timer waits at least: clocks tell microseconds, the engine may want less."""
_REMEMBERED: Final = 10_000
"""Callers whose last agent is known."""


class Switchboard:
    """See `flow_runtime.services.Switchboard`; `begin` with a journal, `open`, and `stop`.

    Raises `StrategyError` for a queue's strategy that is wrong. *calendars* are those that the
    queues name.
    """

    def __init__(
        self,
        declared: Declared,
        line: Line,
        clock: Clock,
        expressions: Expressions,
        calendars: Mapping[str, OpeningHours],
    ) -> None:
        self._line, self._clock = line, clock
        self._queues = {queue.name: queue for queue in declared.queues}
        self._agents = {agent.name: agent for agent in declared.agents}
        self._calendars = calendars
        strategies = {queue.name: queue.strategy for queue in declared.queues}
        self._plans = Plans(strategies, expressions)
        self._phones = Phones(line, self.tell)
        self._visits: dict[str, Visit] = {}
        self._last_agents: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._last = 0.0
        self._stopped = False
        self._timer: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._midnight: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._early: list[int] | None = []
        """Tickets that came before `open`."""
        self._journal: Journal
        self._customers: Customers
        self._queue_view: QueueView
        self._agent_view: AgentView

    # --- beginning and end ----------------------------------------------------------------------

    def begin(
        self, journal: Journal, services: Services, actions: Sequence[act.Action] = ()
    ) -> None:
        """Tell the engine of *journal* what is declared and what it does not know yet.

        Callers may come from then on, but nobody is rung before `open`. *services* are for calls
        that no flow serves. *actions* are what is to be done first, of a state that was read from
        a store.
        """
        self._journal, engine = journal, journal.engine
        self._queue_view, self._agent_view = QueueView(engine, self._now), AgentView(engine)
        self._customers = Customers(
            services, self.tell, self._visits.__setitem__, lambda contact: self.hung_up(contact)
        )
        for action in actions:
            self._do(action)
        self._new_day()
        self._declare()
        try:
            self._line.watch_phones(self._phone)
        except Unsupported as error:
            log.warning("queues have no telephones: %s", error)

    def open(self) -> None:
        """Telephones may ring from now on: the line has been started."""
        early, self._early = self._early or [], None
        self.committed(early)

    def _declare(self) -> None:
        engine = self._journal.engine
        for queue in self._queues.values():
            if queue.name not in engine.queues:
                self.tell(ev.SetQueue(queue.setup()))
        for agent in self._agents.values():
            if agent.name not in engine.agents:
                self.tell(ev.SetAgent(agent.setup()))
            elif not agent.contact and not self._line.reachable(agent.name):
                self.tell(ev.PhoneLost(agent.name))
            if agent.ready and engine.agents[agent.name].state == SIGNED_OUT:
                self.tell(ev.SignIn(agent.name, reachable=bool(agent.contact)))
                self.tell(ev.Ready(agent.name))

    async def stop(self) -> None:
        """Leave everything; calls are over by now."""
        self._stopped = True
        for timer in (self._timer, self._midnight):
            if timer is not None:
                timer.cancel()
        await self._phones.stop()
        await self._customers.stop()
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    # --- events ---------------------------------------------------------------------------------

    def tell(self, event: ev.Event) -> act.Refused | None:
        """Give an event to the engine and do what it wants; the refusal, if it was refused."""
        refused: act.Refused | None = None
        for action in self._journal.handle(event, self._now()):
            if isinstance(action, act.Refused):
                refused = action
            else:
                self._do(action)
        self._rearm()
        return refused

    def committed(self, tickets: Sequence[int]) -> None:
        """The journal says that the records with these tickets are durable."""
        if self._early is not None:
            self._early += tickets
            return
        for ticket in tickets:
            self.tell(ev.Committed(ticket))

    def _now(self) -> float:
        self._last = max(self._last, self._clock.now().timestamp())
        return self._last

    def _rearm(self) -> None:
        due = self._journal.engine.next_wakeup()
        if due == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due = due
        if due is not None:
            wait = max(_SOON, due - self._now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake)

    def _wake(self) -> None:
        self._timer = self._due = None
        self.tell(ev.Wake())

    def _new_day(self) -> None:
        """Totals begin anew at local midnight; a clock that was set back is waited for."""
        now = self._clock.now()
        day = now.date().isoformat()
        if day != self._journal.engine.day:
            self.tell(ev.DayBegan(day))
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
        wait = max(_SOON, midnight.timestamp() - now.timestamp())
        self._midnight = asyncio.get_running_loop().call_later(wait, self._new_day)

    def _phone(self, name: str, here: bool) -> None:
        """A telephone that registers has come or gone; static ones are always there."""
        agent = self._agents.get(name)
        if agent is not None and not agent.contact and not self._stopped:
            self.tell(ev.PhoneFound(name) if here else ev.PhoneLost(name))

    # --- callers --------------------------------------------------------------------------------

    @property
    def queues(self) -> View:
        """See `flow_runtime.services.Switchboard`."""
        return self._queue_view

    @property
    def agents(self) -> View:
        """See `flow_runtime.services.Switchboard`."""
        return self._agent_view

    async def enter(self, session: Session, command: EnterQueue | EnterAgent) -> QueueEvent:
        """See `flow_runtime.services.Switchboard`."""
        if not self._line.can >= NEEDED:
            raise NodeFailure(
                "unsupported",
                f"the {self._line.name} line cannot ring agents; use the sip line for queues",
            )
        music, greeting = await self._sounds(session, command)
        name = session.call.facts.id
        event: ev.Enter | ev.EnterAgent
        if isinstance(command, EnterQueue):
            event = self._entering(session, command)
        else:
            event = self._asking(session, command)
        visit = Visit(session, music, greeting, lambda key: self._pressed(name, command, key))
        self._visits[name] = visit
        try:
            if refused := self.tell(event):
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

    async def _next(self, visit: Visit) -> QueueEvent:
        event = await visit.next()
        if isinstance(event, QueueLeft):
            del self._visits[visit.session.call.facts.id]
        return event

    async def _sounds(
        self, session: Session, command: EnterQueue | EnterAgent
    ) -> tuple[Sequence[Clip], Sequence[Clip]]:
        """Music, and the greeting before it."""
        speaker = session.services.speaker
        if isinstance(command, EnterAgent):
            return speaker.ringback(), ()
        music = await speaker.clips(command.music)
        return music or speaker.ringback(), await speaker.clips(command.greeting)

    def hung_up(self, call: str) -> None:
        """See `flow_runtime.services.Switchboard`."""
        visit = self._visits.pop(call, None)
        if visit is not None:
            visit.close()
        if call in self._journal.engine.contacts:
            self.tell(ev.HungUp(call))

    def _entering(self, session: Session, command: EnterQueue) -> ev.Enter:
        settings = self._queues.get(command.queue)
        if settings is None:
            text = phrase('there is no {kind} "{name}"', kind=phrase("queue"), name=command.queue)
            raise NodeFailure("unknown-queue", text + suggest(command.queue, self._queues))
        self._look_at_hours(settings.name, settings.calendar)
        longest = settings.max_wait
        if command.longest is not None:
            longest = command.longest.total_seconds()
        return ev.Enter(
            session.call.facts.id,
            command.queue,
            self._plans.plan(command, self._facts(session, command.queue)),
            command.priority,
            Wishes(
                longest,
                command.announce,
                command.announce_every.total_seconds(),
                command.announce_agent,
            ),
            session.call.facts.caller,
        )

    def _asking(self, session: Session, command: EnterAgent) -> ev.EnterAgent:
        facts = session.call.facts
        return ev.EnterAgent(facts.id, command.agent, command.wait.total_seconds(), facts.caller)

    def _look_at_hours(self, queue: str, calendar: str) -> None:
        """Whether a queue is open matters only to those who enter: it is looked at then."""
        hours = self._calendars.get(calendar)
        if hours is None:
            return
        is_open = hours.state(self._clock.now()) == "open"
        if is_open != self._journal.engine.queues[queue].open:
            self.tell(ev.QueueHours(queue, is_open))

    def _facts(self, session: Session, queue: str) -> dict[str, Any]:
        contact = dict(session.contact)
        agent, when = self._last_agents.get(session.call.facts.caller, ("", 0.0))
        if agent:
            ago = timedelta(seconds=self._now() - when)
            contact = {"last_agent": agent, "last_agent_ago": ago, **contact}
        figures = self._queue_view.get(queue) or {}
        return {"call": session.facts, "contact": contact, "queue": {"name": queue, **figures}}

    def _pressed(self, name: str, command: EnterQueue | EnterAgent, key: str) -> bool:
        """The caller pressed a key while waiting; False: it means nothing."""
        if isinstance(command, EnterAgent):
            return False
        if key == command.callback_key:
            return self.tell(ev.AskCallback(name)) is None
        port = command.keys.get(key)
        return port is not None and self.tell(ev.LeaveByKey(name, port)) is None

    # --- actions --------------------------------------------------------------------------------

    def _do(self, action: act.Action) -> None:
        match action:
            case act.Ring():
                self._ring(action)
            case act.CancelRing(agent, epoch, reason):
                self._phones.cancel((agent, epoch), elsewhere=bool(reason))
            case act.HangUpAgent(agent, epoch):
                self._phones.hang_up((agent, epoch))
            case act.Dial(contact, number):
                self._customers.dial(contact, number)
            case act.CancelDial(contact, _):
                self._customers.cancel(contact)
            case act.Confirmed(what, name):
                log.info("%s: %s", name, what)
            case _:
                visit = self._visits.get(getattr(action, "contact", ""))
                if visit is not None:
                    self._do_for(visit, action)

    def _do_for(self, visit: Visit, action: act.Action) -> None:
        match action:
            case act.Music(_, queue):
                visit.wait(queue)
            case act.StopSound():
                visit.hush()
            case act.Say(agent=str()):
                visit.announce_agent()
            case act.Say(_, position, wait):
                visit.announce(position, wait)
            case act.Bridge(_, agent):
                self._bridge(visit, agent)
            case act.Leave(_, port):
                visit.leave(port)
            case act.HangUp():
                self._begin(visit.session.call.hangup())
            case _:
                log.error("nobody here can do this: %r", action)

    def _ring(self, ring: act.Ring) -> None:
        visit, agent = self._visits.get(ring.contact), self._agents.get(ring.agent)
        near = visit.session.call if visit is not None else None
        number = near.facts.caller if near is not None else ""
        options = RingOptions(caller_id=number, auto_answer=ring.auto_answer)
        if visit is not None:
            visit.session.tracer.event("offered", agent=ring.agent)
        phone = agent.contact if agent is not None and agent.contact else ring.agent
        self._phones.ring((ring.agent, ring.epoch), phone, options, near)

    def _bridge(self, visit: Visit, agent: str) -> None:
        leg = self._phones.leg(agent)
        if leg is None:
            return  # it ended in this moment; that brings the caller back into the flow
        number = visit.session.call.facts.caller
        if number:
            self._last_agents[number] = agent, self._now()
            self._last_agents.move_to_end(number)
            if len(self._last_agents) > _REMEMBERED:
                self._last_agents.popitem(last=False)
        visit.connect(agent, leg)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what is going on -----------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Queues and agents in plain figures."""
        return told(self._journal.engine, self._now())

"""Brings callers and agents together: feeds the engine, and does what it wants done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.engine import Engine
from contact_center.core.model import SIGNED_OUT
from contact_center.core.strategy.expressions import Expressions
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from flow_runtime.clock import Clock
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.frame import View
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
from flow_runtime.core.queue_commands import (
    BookCallback,
    Booking,
    EnterAgent,
    EnterQueue,
    LeaveMessage,
    QueueEvent,
)
from flow_runtime.core.sound import Recording, Sound
from flow_runtime.core.surroundings import OpeningHours
from flow_runtime.perform.session import Session
from flow_runtime.services import Services, Speaker
from flow_runtime.switchboard.callbacks import Callbacks
from flow_runtime.switchboard.callers import Callers
from flow_runtime.switchboard.confirmations import Confirmations
from flow_runtime.switchboard.conversations import Conversations
from flow_runtime.switchboard.customers import Customers
from flow_runtime.switchboard.desk import Desk
from flow_runtime.switchboard.dialled import Dialled, Server
from flow_runtime.switchboard.hands import Hands
from flow_runtime.switchboard.journal import Journal
from flow_runtime.switchboard.messages import MEMORY, Messages, Shelf
from flow_runtime.switchboard.parties import Parties
from flow_runtime.switchboard.phones import Phones
from flow_runtime.switchboard.plans import Plans
from flow_runtime.switchboard.rules import RuleBook
from flow_runtime.switchboard.supervision import Supervision
from flow_runtime.switchboard.timers import Timers
from flow_runtime.switchboard.views import AgentView, QueueView, told
from flow_runtime.switchboard.visit import hold_tone
from telephony.line import Clip, Line, Unsupported

log = logging.getLogger("queues")

NEEDED: Final = frozenset({"ring", "bridge", "music"})
"""What a line must be able to do."""
Observer: TypeAlias = Callable[[ev.Event, Sequence[act.Action], float], None]
"""Told an event, what came of it (but for the records), and when."""


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
        self._boxes = declared.boxes
        self._calendars = calendars
        strategies = {queue.name: queue.strategy for queue in declared.queues}
        self._plans = Plans(strategies, expressions)
        self._timers = Timers(clock, self.tell)
        self._stopped = False
        self._observers: list[Observer] = []
        self.confirmations = Confirmations()
        self.pressed: Callable[[str, str], None] = lambda agent, key: None
        """Told each key that an agent presses while talking."""
        self.desk: Desk
        self.rules = RuleBook(clock, self._queues, self._agents)
        self.supervision: Supervision
        self._early: list[int] | None = []
        """Tickets that came before `open`."""
        self._journal: Journal
        self._dialled: Dialled
        self._conversations: Conversations
        self._phones: Phones
        self._callers: Callers
        self._callbacks: Callbacks
        self._messages: Messages
        self._hands: Hands
        self._queue_view: QueueView
        self._agent_view: AgentView

    # --- beginning and end ----------------------------------------------------------------------

    def begin(
        self,
        journal: Journal,
        services: Services,
        actions: Sequence[act.Action] = (),
        *,
        prompts: PromptBook = NO_PROMPTS,
        shelf: Shelf = MEMORY,
    ) -> None:
        """Tell the engine of *journal* what is declared and what it does not know yet.

        Callers may come from then on, but nobody is rung before `open`. *services* are for calls
        that no flow serves. *actions* are what is to be done first, of a state that was read from
        a store. *prompts* are spoken to agents; messages are kept on the *shelf*.
        """
        self._journal = journal
        self._connect(services)
        self._seat(services, prompts, shelf)
        for action in actions:
            self._hands.do(action)
        self._timers.follow_days(journal.engine)
        self._declare()
        try:
            self._line.watch_phones(self._phone)
        except Unsupported as error:
            log.warning("queues have no telephones: %s", error)

    def _connect(self, services: Services) -> None:
        """Everything about who is on the line."""
        engine, speaker = self._journal.engine, services.speaker
        self._queue_view, self._agent_view = QueueView(engine, self._timers.now), AgentView(engine)
        self._conversations = Conversations(
            self._line, speaker.ringback(), lambda contact: self._hold_music(contact, speaker)
        )
        over, held = self._conversations.part, self._conversations.held
        self._phones = Phones(
            self._line,
            engine,
            speaker.beep(),
            self.tell,
            over,
            held,
            lambda agent, key: self.pressed(agent, key),
        )
        self._callers = Callers(
            engine,
            self._queues,
            self._calendars,
            self._plans,
            self._queue_view,
            self._clock,
            self.tell,
            over,
            self.rules,
        )
        self._dialled = self._dialling(services, engine)

    def _seat(self, services: Services, prompts: PromptBook, shelf: Shelf) -> None:
        """Everything about agents and supervisors, and what is kept for them."""
        engine, plan = self._journal.engine, self._callers.plan
        self._callbacks = Callbacks(
            self._line,
            self._queues,
            engine,
            self.tell,
            plan,
            self.confirmations,
            services,
            prompts,
        )
        self._messages = Messages(self._boxes, services, prompts, engine, self.tell, plan, shelf)
        self.desk = Desk(
            self._line,
            engine,
            self._agents,
            self._phones,
            self._callers,
            self.confirmations,
            self.tell,
        )
        self.supervision = Supervision(
            engine, self._agents, self._line, self._phones, self.desk, self.tell
        )
        self.observe(self.supervision.observe)
        self._hands = Hands(
            engine,
            self._agents,
            self._phones,
            self._dialled,
            self._callers,
            self._conversations,
            self._callbacks,
            self._messages,
            self.supervision,
            self.confirmations,
        )

    def _dialling(self, services: Services, engine: Engine) -> Dialled:
        """Who is dialled for a callback or by an agent is a customer, all others are parties."""
        customers = Customers(
            services,
            self.tell,
            self._callers.join,
            self.hung_up,
            lambda contact: self._callbacks.greeting(contact),
        )
        parties = Parties(self.tell, self._conversations)

        def server_of(contact: str) -> Server:
            known = engine.contacts.get(contact)
            to_customer = known is not None and known.kind in ("callback", "internal")
            return customers if to_customer else parties

        return Dialled(self._line, self.tell, server_of)

    def open(self) -> None:
        """Telephones may ring from now on: the line has been started."""
        early, self._early = self._early or [], None
        self.committed(early)
        self._rearm()  # a state that was read has timers, and nothing else need happen for long

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
        self._timers.stop()
        await self._messages.stop()
        await self.supervision.stop()
        await self._phones.stop()
        await self._dialled.stop()
        await self._hands.stop()
        await self._conversations.stop()
        self.confirmations.stop()

    # --- events ---------------------------------------------------------------------------------

    def tell(self, event: ev.Event, ops: Sequence[Any] = ()) -> act.Refused | None:
        """Give an event to the engine and do what it wants; the refusal, if it was refused.

        *ops* go into the transaction of the event.
        """
        now = self._timers.now()
        actions = self._journal.handle(event, now, ops)
        refused: act.Refused | None = None
        for action in actions:
            if isinstance(action, act.Refused):
                refused = action
            else:
                _by_itself(self._hands.do, action)
        self._rearm()
        if refused is None:
            for observer in self._observers:
                _by_itself(observer, event, actions, now)
        return refused

    def committed(self, tickets: Sequence[int]) -> None:
        """The journal says that the records with these tickets are durable."""
        if self._early is not None:
            self._early += tickets
            return
        for ticket in tickets:
            self.tell(ev.Committed(ticket))

    def _rearm(self) -> None:
        self._timers.arm(self._journal.engine.next_wakeup())

    def _phone(self, name: str, here: bool) -> None:
        """A telephone that registers has come or gone; static ones are always there."""
        agent = self._agents.get(name)
        if agent is not None and not agent.contact and not self._stopped:
            self.tell(ev.PhoneFound(name) if here else ev.PhoneLost(name))

    def _hold_music(self, contact: str, speaker: Speaker) -> Sequence[Clip]:
        """What is heard by somebody whose agent presses the hold key."""
        visit = self._callers.visit(contact)
        return hold_tone(speaker) if visit is None else visit.hold_music

    def use_strategy(self, queue: str, text: str) -> None:
        """Callers who come from now on are routed by *text*; raises `StrategyError`.

        Those who wait keep the strategy with which they came.
        """
        self._plans.use(queue, text)

    # --- who there is ---------------------------------------------------------------------------

    @property
    def known_queues(self) -> Mapping[str, QueueSettings]:
        """The queues as they are now."""
        return self._queues

    @property
    def known_agents(self) -> Mapping[str, AgentSettings]:
        """The agents as they are now."""
        return self._agents

    def know_queue(self, queue: QueueSettings) -> None:
        """There is a queue, or it has changed; the engine is told by whoever asks for that."""
        self.use_strategy(queue.name, queue.strategy)
        self._queues[queue.name] = queue

    def forget_queue(self, name: str) -> None:
        """No flow can send callers there any more."""
        self._queues.pop(name, None)

    def know_agent(self, agent: AgentSettings) -> None:
        """There is an agent, or something has changed; see `know_queue`."""
        self._agents[agent.name] = agent

    def forget_agent(self, name: str) -> None:
        """There is no such agent any more."""
        self._agents.pop(name, None)

    # --- what flows ask for ---------------------------------------------------------------------

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
        return await self._callers.enter(session, command)

    async def stay(self, session: Session, sound: Sound) -> QueueEvent:
        """See `flow_runtime.services.Switchboard`."""
        return await self._callers.stay(session, sound)

    async def book(self, session: Session, command: BookCallback) -> Booking:
        """See `flow_runtime.services.Switchboard`."""
        return await self._callbacks.book(session, command)

    def check_box(self, box: str) -> None:
        """See `flow_runtime.services.Switchboard`."""
        self._messages.check(box)

    async def keep(self, session: Session, command: LeaveMessage, recording: Recording) -> None:
        """See `flow_runtime.services.Switchboard`."""
        await self._messages.keep(session, command, recording)

    def hung_up(self, call: str) -> None:
        """See `flow_runtime.services.Switchboard`."""
        self._callers.hung_up(call)

    # --- what is going on -----------------------------------------------------------------------

    def observe(self, callback: Observer) -> None:
        """Call *callback* after each event that was not refused, when it has been dealt with."""
        self._observers.append(callback)

    def status(self) -> dict[str, Any]:
        """Queues and agents in plain figures, and who listens to whom."""
        figures = told(self._journal.engine, self._timers.now())
        return {**figures, "supervision": self.supervision.status()}


def _by_itself(do: Callable[..., object], *arguments: object) -> None:
    """Do one thing of several: the engine takes nothing back, so the others are done too."""
    try:
        do(*arguments)
    except Exception:
        log.exception("an error of ours, in %r", arguments[0])

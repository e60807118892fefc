"""What agents and supervisors do, by name: looked at, refused in words, or told to the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal
from uuid import uuid4

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.engine import Engine
from contact_center.core.model import RINGING, TALKING, Agent
from contact_center.core.refusals import Refusal
from contact_center.store.settings import AgentSettings
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.phrase import Phrase
from flow_runtime.core.queue_commands import EnterQueue
from flow_runtime.core.suggest import suggest
from flow_runtime.switchboard.callers import Callers
from flow_runtime.switchboard.confirmations import Confirmations
from flow_runtime.switchboard.phones import Phones
from flow_runtime.switchboard.target import Target
from telephony.core.routes import NotRouted, matches, normalised
from telephony.line import Call, Line

__all__ = ["Desk", "Refused", "Target"]

State = Literal["ready", "not ready", "signed out"]
How = Literal["transfer", "conference", "return"]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "no such agent": (
        'there is no agent "{name}"{near}',
        "没有坐席“{name}”{near}",
    ),
    "no such queue": (
        'there is no queue "{name}"{near}',
        "没有队列“{name}”{near}",
    ),
    "no number": (
        "{name!r} is no number that can be dialled; write digits, with + in front if need be",
        "{name!r} 不是可拨打的号码；请只写数字，必要时前面加 +",
    ),
    "may not dial": (
        "{agent} may not dial {name}; add a pattern that fits it to may_dial in [agents.{agent}]",
        "{agent} 无权拨打 {name}；请在 [agents.{agent}] 的 may_dial 中添加匹配的号码模式",
    ),
    "not dialled": (
        "{name} cannot be dialled: {near}",
        "{name} 无法拨打：{near}",
    ),
    "a queue": (
        "a queue cannot be called, only be given a customer; name an agent or a number",
        "不能呼叫队列，只能把客户转给队列；请指定坐席或号码",
    ),
    "bad strategy": (
        "the strategy of the queue cannot be used: {name}",
        "该队列的策略无法使用：{name}",
    ),
    "no call": (
        "{agent} is in no call",
        "{agent} 没有通话",
    ),
}
"""By reason: English and Chinese; the engine's own are in `refusals.TEXTS`."""
_HINTS: Final = {
    ' (did you mean "{near}"?)': "（是不是“{near}”？）",
    " (known: {names})": "（已知：{names}）",
}
"""What `suggest` says, in Chinese."""


class Refused(Exception):
    """What was asked for is not done, and nothing has changed; *reason* is short and fixed."""

    def __init__(self, reason: str, text: str, chinese: str) -> None:
        super().__init__(text)
        self.reason, self.text, self.chinese = reason, text, chinese


def _refused(reason: str, **values: str) -> Refused:
    english, chinese = TEXTS[reason]
    return Refused(reason, english.format(**values), chinese.format(**_in_chinese(values)))


def _in_chinese(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value.said(lambda text: _HINTS.get(text, text))
        if isinstance(value, Phrase)
        else value
        for name, value in values.items()
    }


class Desk:
    """All buttons of agents and supervisors. Every method raises `Refused`.

    *epoch* is that of the offer or call for which a button was drawn; another one is refused.
    """

    def __init__(
        self,
        line: Line,
        engine: Engine,
        agents: Mapping[str, AgentSettings],
        phones: Phones,
        callers: Callers,
        confirmations: Confirmations,
        tell: Callable[[ev.Event], act.Refused | None],
    ) -> None:
        self._line, self._engine, self._agents = line, engine, agents
        self._phones, self._callers = phones, callers
        self._confirmations, self._give = confirmations, tell

    # --- states ---------------------------------------------------------------------------------

    async def sign_in(self, agent: str) -> None:
        """Begin a session; returns when it is durable. Whoever calls has checked the password."""
        settings = self._agents.get(agent)
        static = settings is not None and bool(settings.contact)
        reachable = static or self._line.reachable(agent)
        done = self._confirmations.expect("signed in", agent)
        try:
            self._tell(ev.SignIn(agent, reachable))
            await done
        finally:
            done.cancel()

    def sign_out(self, agent: str, *, epoch: int | None = None) -> None:
        """End the session, when the present call is over."""
        self._tell(ev.SignOut(agent, epoch))

    def ready(self, agent: str, *, epoch: int | None = None) -> None:
        """Take calls, when the present one is over."""
        self._tell(ev.Ready(agent, epoch))

    def not_ready(self, agent: str, reason: str = "", *, epoch: int | None = None) -> None:
        """Take no calls of queues, when the present one is over."""
        self._tell(ev.NotReady(agent, reason, epoch))

    def reject(
        self, agent: str, *, busy: bool = False, reason: str = "", epoch: int | None = None
    ) -> None:
        """Decline what rings; *busy*: and become not ready, for *reason*."""
        self._tell(ev.Reject(agent, busy, reason, epoch))

    def done(self, agent: str, *, epoch: int | None = None) -> None:
        """Wrap-up is finished."""
        self._tell(ev.Done(agent, epoch))

    # --- customers ------------------------------------------------------------------------------

    def park(self, agent: str, *, epoch: int | None = None) -> None:
        """Put the customer into the agent's own list, and take calls again."""
        self._tell(ev.Park(agent, epoch))

    def retrieve(self, agent: str, contact: str, *, epoch: int | None = None) -> None:
        """Take a parked customer back; the one of the present call is parked instead."""
        self._tell(ev.Retrieve(agent, contact, epoch))

    def pick(self, agent: str, contact: str, *, epoch: int | None = None) -> None:
        """Take a caller who waits, whoever's turn it is."""
        self._tell(ev.Pick(agent, contact, epoch))

    def hang_up(self, agent: str) -> None:
        """End the agent's part in the present call; a call that he began is given up."""
        known = self._known(agent)
        own = known.offer is not None and known.offer.kind == "originate"
        if known.state == TALKING and known.leg == "up":
            self._phones.hang_up((agent, known.leg_epoch))
        elif (known.state == TALKING and known.leg == "ringing") or (
            known.state == RINGING and own
        ):
            self._phones.cancel((agent, known.epoch), elsewhere=False)
        else:
            raise _refused("no call", agent=agent)

    # --- calls ----------------------------------------------------------------------------------

    def call(
        self,
        agent: str,
        to: Target,
        *,
        phone_up: Call | None = None,
        epoch: int | None = None,
    ) -> str:
        """Call an agent or a number: the agent's own phone rings first; the contact's name.

        *phone_up* is the leg of a call that the agent has dialled on that phone, answered.
        """
        whom = self._whom(agent, to)
        if whom.queue:
            raise _refused("a queue")
        contact = _fresh()
        event = ev.Call(
            agent, contact, whom.agent or None, whom.number or None, phone_up is not None, epoch
        )
        if phone_up is None:
            self._tell(event)
            return contact
        of = agent, self._known(agent).epoch + 1
        listener = phone_up.listener
        self._phones.take(of, phone_up)
        try:
            self._tell(event)
        except Refused:
            self._phones.give_back(of, listener)
            raise
        return contact

    def transfer(self, agent: str, to: Target, *, epoch: int | None = None) -> None:
        """Hand the customer over, and be released at once."""
        whom = self._whom(agent, to)
        if not whom.queue:
            event = ev.Transfer(agent, whom.agent or None, whom.number or None, epoch=epoch)
        else:
            event = self._to_queue(agent, whom.queue, epoch)
        self._tell(event)

    def consult(self, agent: str, to: Target, *, epoch: int | None = None) -> str:
        """Ask an agent or a number while the customer hears music; the contact's name."""
        whom = self._whom(agent, to)
        if whom.queue:
            raise _refused("a queue")
        contact = _fresh()
        self._tell(ev.Consult(agent, contact, whom.agent or None, whom.number or None, epoch))
        return contact

    def end_consult(self, agent: str, how: How, *, epoch: int | None = None) -> None:
        """The asked one takes the customer, joins, or is dropped."""
        self._tell(ev.EndConsult(agent, how, epoch))

    # --- supervisors ----------------------------------------------------------------------------

    def force(
        self, agent: str, state: State, *, by: str, reason: str = "", locked: bool = False
    ) -> None:
        """Press an agent's button; *locked*: only a supervisor makes ready again."""
        self._tell(ev.Force(agent, state, by, reason, locked))

    def take_over(self, agent: str, contact: str, *, epoch: int | None = None) -> None:
        """Take a contact from its agents, or from its queue."""
        self._tell(ev.TakeOver(agent, contact, epoch))

    def disconnect(self, contact: str, *, by: str) -> None:
        """End a contact."""
        self._tell(ev.Disconnect(contact, by))

    # --- inside ---------------------------------------------------------------------------------

    def _tell(self, event: ev.Event) -> None:
        refused = self._give(event)
        if refused is not None:
            raise Refused(refused.reason, refused.text, refused.chinese)

    def _known(self, name: str) -> Agent:
        found = self._engine.agents.get(name)
        if found is None:
            refusal = Refusal("unknown agent")
            raise Refused(refusal.reason, str(refusal), refusal.chinese)
        return found

    def _whom(self, agent: str, to: Target) -> Target:
        """Whom *to* means; refused where the agent may not call that."""
        engine = self._engine
        whom = to.among(engine.agents, engine.queues)
        if whom.agent and whom.agent not in engine.agents:
            raise _missing("no such agent", whom.agent, engine.agents)
        if whom.queue and whom.queue not in engine.queues:
            raise _missing("no such queue", whom.queue, [name for name in engine.queues if name])
        if not whom.number:
            return whom
        try:
            number = normalised(whom.number)
        except NotRouted:
            raise _refused("no number", name=whom.number) from None
        self._known(agent)
        settings = self._agents.get(agent)
        if not any(matches(number, one) for one in (settings.may_dial if settings else ())):
            raise _refused("may not dial", agent=agent, name=number)
        if why := self._line.refusal(number):
            raise _refused("not dialled", name=number, near=why)
        return Target(number=number)

    def _to_queue(self, agent: str, queue: str, epoch: int | None) -> ev.Transfer:
        contact = self._known(agent).contact
        visit = self._callers.visit(contact.name) if contact is not None else None
        session = visit.session if visit is not None else None
        try:
            plan = self._callers.plan(session, EnterQueue(queue))
        except NodeFailure as failure:
            raise _refused("bad strategy", name=str(failure)) from None
        entry = contact.entry if contact is not None else None
        priority = entry.priority if entry is not None else 0.0
        return ev.Transfer(agent, to_queue=queue, plan=plan, priority=priority, epoch=epoch)


def _missing(reason: str, name: str, known: Iterable[str]) -> Refused:
    return _refused(reason, name=name, near=suggest(name, known))


def _fresh() -> str:
    """A contact's name of its own."""
    return uuid4().hex[:12]

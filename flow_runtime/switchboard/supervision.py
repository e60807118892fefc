"""Supervisors' ears: hearing agents unnoticed, speaking to them, and diverting their calls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.engine import Engine
from contact_center.core.model import NOT_READY, READY, RINGING, SIGNED_OUT, OfferKind
from contact_center.core.refusals import Refusal
from contact_center.store.settings import AgentSettings
from flow_runtime.switchboard.desk import Desk, Refused
from flow_runtime.switchboard.phones import Phones
from flow_runtime.switchboard.target import Target
from flow_runtime.switchboard.tasks import Tasks
from telephony.core.hearing import TapMode
from telephony.line import Call, Ender, KeySource, Line, LineError, RingOptions

log = logging.getLogger("queues")

RING: Final = 20.0
"""Seconds that a supervisor's telephone may ring."""
LISTENING: Final = "listening"
"""Why a supervisor who was ready is not, as long as the telephone listens."""
MODE_KEYS: Final[Mapping[str, TapMode]] = {"4": "monitor", "5": "whisper", "6": "barge"}
"""Keys of a telephone that listens, as on Asterisk."""
OWN: Final = frozenset({"originate", "retrieve", "pick", "take-over"})
"""Offers that the agent has asked for: these ring at the agent's own telephone in any case."""

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "not a supervisor": (
        "{name} is no supervisor; write supervisor = true in [agents.{name}]",
        "{name} 不是班长；请在 [agents.{name}] 中写 supervisor = true",
    ),
    "oneself": (
        "nobody can listen to their own calls; name another agent",
        "不能监听自己的通话；请指定其他坐席",
    ),
    "no such mode": (
        "{name!r} is no way to listen; use monitor, whisper or barge",
        "{name!r} 不是监听方式；请用 monitor、whisper 或 barge",
    ),
    "line cannot": (
        "the {name} line cannot let anybody listen; use the sip line",
        "{name} 线路不支持监听；请使用 sip 线路",
    ),
    "phone does not answer": (
        "the telephone of {name} does not answer; look whether it is registered and free",
        "{name} 的话机没有应答；请检查话机是否已注册且空闲",
    ),
    "not listening": (
        "{name} listens to nobody; begin to listen first",
        "{name} 没有在监听；请先开始监听",
    ),
    "not intercepted": (
        "calls for {name} are not intercepted; look at the agent's present state",
        "{name} 的来电没有被拦截；请查看该坐席的当前状态",
    ),
}
"""By reason: English and Chinese."""


def refused(reason: str, name: str) -> Refused:
    """The refusal for one of `TEXTS`."""
    english, chinese = TEXTS[reason]
    return Refused(reason, english.format(name=name), chinese.format(name=name))


@dataclass(eq=False)
class _Ear:
    """A supervisor's telephone that listens. *heard* is the leg it is laid on now."""

    supervisor: str
    agent: str
    mode: TapMode
    leg: Call
    was_ready: bool
    heard: Call | None = None


class Supervision:
    """Who listens to whom. The one place that knows who is a supervisor.

    A tap follows its agent from one call to the next until the supervisor hangs up. Several may
    listen to one agent. Every method raises `Refused`.
    """

    def __init__(
        self,
        engine: Engine,
        agents: Mapping[str, AgentSettings],
        line: Line,
        phones: Phones,
        desk: Desk,
        tell: Callable[[ev.Event], act.Refused | None],
    ) -> None:
        self._engine, self._agents, self._line = engine, agents, line
        self._phones, self._desk, self._give = phones, desk, tell
        self._ears: dict[str, _Ear] = {}
        self._rings: set[str] = set()
        """Supervisors whose telephones ring."""
        self._tasks = Tasks("a supervisor")

    # --- listening ------------------------------------------------------------------------------

    async def listen(
        self, supervisor: str, agent: str, mode: TapMode, *, leg: Call | None = None
    ) -> None:
        """Let *supervisor* hear *agent*, or change how; returns when the telephone is up.

        It is rung with auto-answer, unless *leg* is what the supervisor has dialled on. To barge
        in on an agent who is in no call is to call that agent.
        """
        self.allowed(supervisor, agent, mode)
        ear = self._ears.get(supervisor)
        if ear is not None:
            if leg is not None:
                self._move(ear, leg)
            self._turn(ear, agent, mode)
            return
        self._at_rest(supervisor)
        if mode == "barge" and self._phones.leg(agent) is None:
            self._desk.call(supervisor, Target(agent=agent), phone_up=leg)
            self._note(agent, mode, supervisor)
            return
        was_ready = self._engine.agents[supervisor].state == READY
        if was_ready:
            self._tell(ev.NotReady(supervisor, LISTENING))
        try:
            up = leg if leg is not None else await self._rung(supervisor, agent, mode)
            if up.ended:
                raise refused("phone does not answer", supervisor)
        except BaseException:
            self._back(supervisor, was_ready)
            raise
        ear = self._ears[supervisor] = _Ear(supervisor, agent, mode, up, was_ready)
        up.listener = _EarLeg(ear, up, self)
        self._note(agent, mode, supervisor)
        self._follow(ear)

    def leave(self, supervisor: str) -> None:
        """Hang the supervisor's telephone up."""
        ear = self._ears.get(supervisor)
        if ear is None:
            raise refused("not listening", supervisor)
        self._tasks.begin(ear.leg.hangup())

    def status(self) -> dict[str, dict[str, str]]:
        """Whom each supervisor hears, and how."""
        return {ear.supervisor: {"agent": ear.agent, "mode": ear.mode} for ear in self._all()}

    def observe(self, event: ev.Event, actions: Sequence[act.Action], now: float) -> None:
        """Something has happened: an agent's leg may have come or gone."""
        for ear in self._all():
            if self._phones.leg(ear.agent) is not ear.heard:
                self._follow(ear)

    def key(self, ear: _Ear, key: str) -> None:
        """The supervisor pressed a key."""
        mode = MODE_KEYS.get(key)
        if mode is not None:
            self._turn(ear, ear.agent, mode)

    def gone(self, ear: _Ear, leg: Call) -> None:
        """A leg of the supervisor has ended."""
        if ear.leg is not leg:  # another one listens instead
            return
        del self._ears[ear.supervisor]
        self._note(ear.agent, "stopped listening", ear.supervisor)
        self._back(ear.supervisor, ear.was_ready)

    async def stop(self) -> None:
        """End all taps."""
        for ear in self._all():
            await ear.leg.hangup()
        await self._tasks.stop()

    # --- intercepting ---------------------------------------------------------------------------

    def intercept(self, agent: str, *, by: str, to: str = "") -> None:
        """Let calls for *agent* ring at *to*, an agent too, or at the supervisor's own telephone.

        It lasts until `stop_intercept`, beyond the end of the server too.
        """
        self._supervisor(by)
        self._tell(ev.Intercept(agent, to or by, by))

    def stop_intercept(self, agent: str, *, by: str) -> None:
        """Let calls for *agent* ring there again."""
        self._supervisor(by)
        known = self._engine.agents.get(agent)
        if known is not None and not known.diverted:
            raise refused("not intercepted", agent)
        self._tell(ev.Intercept(agent, "", by))

    def phone_of(self, agent: str, kind: OfferKind) -> str:
        """Which telephone rings for an offer to *agent*: a name, or a fixed address."""
        known = self._engine.agents.get(agent)
        if known is not None and kind not in OWN and known.diverted in self._engine.agents:
            agent = known.diverted
        settings = self._agents.get(agent)
        return settings.contact if settings is not None and settings.contact else agent

    # --- inside ---------------------------------------------------------------------------------

    def _all(self) -> list[_Ear]:
        return list(self._ears.values())

    def _supervisor(self, name: str) -> None:
        settings = self._agents.get(name)
        if settings is None or not settings.supervisor:
            raise refused("not a supervisor", name)

    def allowed(self, supervisor: str, agent: str, mode: str) -> None:
        """Refuse what `listen` would refuse before any telephone rings."""
        self._supervisor(supervisor)
        if mode not in get_args(TapMode):
            raise refused("no such mode", mode)
        if agent not in self._engine.agents:
            unknown = Refusal("unknown agent")
            raise Refused(unknown.reason, str(unknown), unknown.chinese)
        if agent == supervisor:
            raise refused("oneself", agent)
        if "tap" not in self._line.can:
            raise refused("line cannot", self._line.name)

    def _at_rest(self, supervisor: str) -> None:
        state = self._engine.agents[supervisor].state
        if supervisor in self._rings:
            state = RINGING
        if state not in (READY, NOT_READY, SIGNED_OUT):
            busy = Refusal("not now", state=state)
            raise Refused(busy.reason, str(busy), busy.chinese)

    async def _rung(self, supervisor: str, agent: str, mode: str) -> Call:
        """The supervisor's telephone, answered."""
        phone = self._agents[supervisor].contact or supervisor
        options = RingOptions(caller_id=agent, caller_name=mode, auto_answer=True)
        near = self._phones.leg(agent)
        self._rings.add(supervisor)
        try:
            return await self._line.ring(phone, options, timeout=RING, near=near).answered()
        except LineError as error:
            log.info("supervisor %s: %s", supervisor, error)
            raise refused("phone does not answer", supervisor) from None
        finally:
            self._rings.discard(supervisor)

    def _move(self, ear: _Ear, leg: Call) -> None:
        """The supervisor has dialled anew: perhaps the telephone had lost its power."""
        before, ear.leg = ear.leg, leg
        leg.listener = _EarLeg(ear, leg, self)
        self._tasks.begin(before.hangup())
        self._follow(ear)

    def _turn(self, ear: _Ear, agent: str, mode: TapMode) -> None:
        """Hear another agent, or in another way: the telephone stays up."""
        if (ear.agent, ear.mode) == (agent, mode):
            return
        ear.agent, ear.mode = agent, mode
        self._note(agent, mode, ear.supervisor)
        self._follow(ear)

    def _follow(self, ear: _Ear) -> None:
        """Lay the tap on the leg that the agent has now, or on none."""
        ear.heard = self._phones.leg(ear.agent)
        self._tasks.begin(_lay(ear, ear.heard))

    def _back(self, supervisor: str, was_ready: bool) -> None:
        """Who was ready before is ready again, unless something else was wanted meanwhile.

        In a call that has come besides, that holds when the call is over.
        """
        known = self._engine.agents.get(supervisor)
        if known is None or known.state == SIGNED_OUT or known.pending is not None:
            return
        if was_ready and known.reason == LISTENING:
            self._give(ev.Ready(supervisor))

    def _note(self, agent: str, what: str, by: str) -> None:
        self._give(ev.Supervised(agent, what, by))

    def _tell(self, event: ev.Event) -> None:
        answer = self._give(event)
        if answer is not None:
            raise Refused(answer.reason, answer.text, answer.chinese)


async def _lay(ear: _Ear, agent: Call | None) -> None:
    try:
        if agent is None:
            await ear.leg.untap()
        else:
            await ear.leg.tap(agent, ear.mode)
    except LineError as error:  # one of the two has ended in this moment
        log.info("supervisor %s does not hear %s: %s", ear.supervisor, ear.agent, error)


class _EarLeg:
    """Listens to a supervisor's leg."""

    def __init__(self, ear: _Ear, leg: Call, supervision: Supervision) -> None:
        self._ear, self._leg, self._supervision = ear, leg, supervision

    def key(self, key: str, source: KeySource) -> None:
        self._supervision.key(self._ear, key)

    def hung_up(self, by: Ender, cause: str) -> None:
        self._supervision.gone(self._ear, self._leg)

    def media_lost(self, reason: str) -> None:
        log.warning("no sound from supervisor %s: %s", self._ear.supervisor, reason)

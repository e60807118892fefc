"""Calls that agents dial on their own telephones: feature codes, other agents, numbers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from contact_center.core.engine import Engine
from contact_center.core.model import CUSTOMERS, SIGNED_OUT, WAITING
from contact_center.store.settings import AgentSettings
from flow_runtime.core import feature_prompts as say
from flow_runtime.core.commands import FindPrompt, NodeFailure, Play, ReadKeys
from flow_runtime.core.prompts import PromptBook, base_language
from flow_runtime.core.sound import Utterance
from flow_runtime.services import Services
from flow_runtime.switchboard.desk import Desk, Refused
from flow_runtime.switchboard.dialogue import converse
from flow_runtime.switchboard.feature_codes import (
    LOOKS_LIKE_ONE,
    SUPERVISING,
    Dialled,
    FeatureCodes,
    KeysInCall,
)
from flow_runtime.switchboard.supervision import Supervision
from flow_runtime.switchboard.target import Target
from flow_runtime.switchboard.tasks import Tasks
from telephony.core.guard import LockOut
from telephony.core.hearing import TapMode
from telephony.core.routes import NotRouted, matches, normalised
from telephony.core.uri import UriError, parse_uri
from telephony.line import Call, CallFacts, Ender, KeySource, LineError

log = logging.getLogger("queues")

PASSWORDS: Final = 3
"""How often a password may be entered in one call."""
_FIRST, _BETWEEN = timedelta(seconds=10), timedelta(seconds=5)
_LONGEST: Final = 32
Flow: TypeAlias = Literal["", "own", "any"]
"""Which flow serves a number: none, one of its own, the one for all numbers."""
Check: TypeAlias = Callable[[str, str], Awaitable[bool]]
"""Whether a password is an agent's."""


class Owner(NamedTuple):
    """Whose telephone a call comes from. *proved*: it has registered with that agent's password."""

    agent: str
    proved: bool


class AgentCalls:
    """Serves them, each in a task of its own. *prompts* are the words of the site.

    A telephone is an agent's when it has registered by the agent's name, or when the call comes
    from the agent's fixed address and says so. Whoever merely writes an agent's name into From
    is not believed.
    """

    def __init__(
        self,
        engine: Engine,
        agents: Mapping[str, AgentSettings],
        desk: Desk,
        supervision: Supervision,
        codes: FeatureCodes,
        services: Services,
        prompts: PromptBook,
        check: Check,
    ) -> None:
        self._engine, self._agents = engine, agents
        self._desk, self._supervision, self._codes = desk, supervision, codes
        self._services, self._prompts = services, say.with_feature_prompts(prompts)
        self._check = check
        self._wrong = LockOut()
        self._keys: dict[str, KeysInCall] = {}
        self._tasks = Tasks("an agent's call")

    def takes(self, call: Call, flow: Flow) -> bool:
        """Serve *call* if it comes from an agent's telephone and is not for a flow.

        Codes and agents come before a *flow* of that number, that one before numbers that the
        agent may dial, and these before the flow for all numbers.
        """
        owner = self.owner(call.facts)
        if owner is None:
            return False
        called = call.facts.called
        known = self._codes.read(called) is not None or called in self._engine.agents
        if not known and (flow == "own" or (flow and not self._may_dial(owner.agent, called))):
            return False
        call.listener = _Nobody()
        log.info("agent %s dialled %s", owner.agent, called, extra={"call": call.facts.id})
        self._tasks.begin(self._serve(call, owner))
        return True

    def owner(self, facts: CallFacts) -> Owner | None:
        """The agent whose telephone calls, None when it is nobody's."""
        settings = self._agents.get(facts.phone)
        if settings is not None and not settings.contact:
            return Owner(facts.phone, True)
        if facts.trunk or facts.phone or not facts.caller:
            return None
        for agent in self._agents.values():
            if agent.contact and _is_from(facts, agent):
                return Owner(agent.name, False)
        return None

    def _may_dial(self, agent: str, number: str) -> bool:
        try:
            dialled = normalised(number)
        except NotRouted:
            return False
        return any(matches(dialled, pattern) for pattern in self._agents[agent].may_dial)

    async def stop(self) -> None:
        """Leave off; the line ends the calls."""
        await self._tasks.stop()

    def pressed(self, agent: str, key: str) -> None:
        """An agent who talks has pressed a key."""
        keys = self._keys.setdefault(agent, KeysInCall(self._codes))
        feature = keys.press(key, asyncio.get_running_loop().time())
        try:
            if feature == "park":
                self._desk.park(agent)
            elif feature == "retrieve" and (contact := self._parked(agent)):
                self._desk.retrieve(agent, contact)
        except Refused as refused:
            log.info("agent %s, by keys: %s", agent, refused.text)

    # --- a call ---------------------------------------------------------------------------------

    async def _serve(self, call: Call, owner: Owner) -> None:
        handed_over = False
        try:
            await call.answer()
            if not call.ended:
                handed_over = await self._try(call, owner)
        except LineError as error:
            log.info("%s", error, extra={"call": call.facts.id})
        finally:
            if not handed_over:
                await call.hangup()

    async def _try(self, call: Call, owner: Owner) -> bool:
        """Do what was dialled, or say why not; True when the leg is somebody else's now."""
        dialled = self._codes.read(call.facts.called)
        try:
            if dialled is not None:
                return await self._code(call, owner, dialled)
            if LOOKS_LIKE_ONE.match(call.facts.called):
                await self._say(call, say.UNKNOWN_CODE)
                return False
            self._desk.call(owner.agent, Target(name=call.facts.called), phone_up=call)
            return True
        except Refused as refused:
            log.info("%s", refused.text, extra={"call": call.facts.id})
            await self._tell(call, refused)
            return False

    async def _code(self, call: Call, owner: Owner, dialled: Dialled) -> bool:
        agent, desk, other = owner.agent, self._desk, dialled.rest
        if dialled.feature in SUPERVISING and not await self._is_oneself(call, owner):
            return False
        match dialled.feature:
            case "sign_in":
                if owner.proved or await self._proves(call, agent):
                    await desk.sign_in(agent)
                    await self._say(call, say.SIGNED_IN)
            case "sign_out":
                desk.sign_out(agent)
                await self._say(call, say.SIGNED_OUT)
            case "ready":
                await self._free(call, agent, desk.ready, "ready", say.READY)
            case "not_ready":
                desk.not_ready(agent, self._codes.reason(dialled.rest))
                await self._say(call, say.NOT_READY)
            case "done":
                await self._free(call, agent, desk.done, "wrap-up over", say.DONE)
            case "park":
                desk.park(agent)  # refused, with the reason: it is for the keys of a call
            case "retrieve":
                await self._take(call, agent, self._parked(agent), desk.retrieve, say.NOBODY_PARKED)
            case "pick":
                await self._take(call, agent, self._waiting(agent), desk.pick, say.NOBODY_WAITS)
            case "intercept":
                self._supervision.intercept(other, by=agent)
                await self._say(call, say.INTERCEPTED, agent=other)
            case "stop_intercept":
                self._supervision.stop_intercept(other, by=agent)
                await self._say(call, say.NOT_INTERCEPTED, agent=other)
            case mode:
                return await self._listen(call, agent, other, mode)
        return False

    async def _is_oneself(self, call: Call, owner: Owner) -> bool:
        """An address can be forged: who has shown no password yet is asked for it."""
        signed_in = self._engine.agents[owner.agent].state != SIGNED_OUT
        return owner.proved or signed_in or await self._proves(call, owner.agent)

    async def _free(
        self, call: Call, agent: str, act: Callable[[str], None], event: str, key: str
    ) -> None:
        """Say it, hang up, and only then do it: the telephone may ring in the same moment."""
        known = self._engine.agents[agent]
        if (event == "ready" and known.locked) or not self._engine.can(known, event):
            act(agent)  # refused, with the reason
        await self._say(call, key)
        await call.hangup()
        act(agent)

    async def _take(
        self, call: Call, agent: str, contact: str, take: Callable[[str, str], None], none: str
    ) -> None:
        """Have *contact* brought to the agent's telephone, which is rung: so this call ends."""
        if not contact:
            await self._say(call, none)
            return
        await call.hangup()
        take(agent, contact)

    async def _listen(self, call: Call, agent: str, other: str, mode: TapMode) -> bool:
        self._supervision.allowed(agent, other, mode)
        await self._say(call, say.LISTENING, agent=other)
        if call.ended:
            return False
        await self._supervision.listen(agent, other, mode, leg=call)
        return True

    def _parked(self, agent: str) -> str:
        """The customer who was parked last, "" when there is none."""
        held = self._engine.agents[agent].held
        return held[-1].name if held else ""

    def _waiting(self, agent: str) -> str:
        """Who waits longest in the agent's queues, "" when nobody does."""
        queues = self._engine.agents[agent].setup.queues
        entries = [
            contact.entry
            for contact in self._engine.contacts.values()
            if contact.entry is not None and contact.kind in CUSTOMERS
        ]
        waiting = [
            entry
            for entry in entries
            if entry.live and entry.state == WAITING and entry.queue.name in queues
        ]
        first = min(waiting, key=lambda entry: (entry.place, entry.seq), default=None)
        return first.contact.name if first is not None else ""

    # --- words ----------------------------------------------------------------------------------

    async def _proves(self, call: Call, agent: str) -> bool:
        """Ask for the password; wrong ones are counted by agent and address."""
        host, now = call.facts.source[0], asyncio.get_running_loop().time
        for attempt in range(PASSWORDS):
            if self._wrong.locked(host, agent, now()):
                await self._say(call, say.TOO_MANY_PASSWORDS)
                return False
            typed: list[str] = []
            await self._converse(call, _ask_password(typed, again=attempt > 0))
            if call.ended or not typed:
                return False
            if await self._check(agent, typed[0]):
                self._wrong.right(host, agent)
                return True
            if self._wrong.wrong(host, agent, now()):
                log.warning("%s at %s is locked out: too many wrong passwords", agent, host)
        await self._say(call, say.WRONG_PASSWORD)
        return False

    async def _say(self, call: Call, key: str, **values: str) -> None:
        await self._converse(call, _speak(key, values))

    async def _tell(self, call: Call, refused: Refused) -> None:
        """Say why not, in the site's language or in English."""
        languages = self._prompts.languages
        language = languages[0] if languages else "en"
        if base_language(language) == "zh":
            said = Utterance((refused.chinese,), language)
        else:
            said = Utterance((refused.text,), "en")
        await self._converse(call, _speak_as_it_is(said))

    async def _converse(self, call: Call, words: Coroutine[Any, Any, None]) -> None:
        try:
            await converse(call, self._services, self._prompts, words)
        except NodeFailure as failure:  # it was done all the same
            log.warning("an agent heard nothing: %s", failure, extra={"call": call.facts.id})


def _is_from(facts: CallFacts, agent: AgentSettings) -> bool:
    """Whether a call comes from the agent's fixed address, and From names the agent."""
    try:
        uri = parse_uri(agent.contact)
    except UriError:
        return False
    return uri.address == facts.source and facts.caller in (agent.name, uri.number)


async def _speak(key: str, values: Mapping[str, str]) -> None:
    await Play(await FindPrompt(key, values), interruptible=False)


async def _speak_as_it_is(said: Utterance) -> None:
    await Play((said,), interruptible=False)


async def _ask_password(typed: list[str], *, again: bool) -> None:
    """Put what was typed into *typed*; nothing when no key was pressed."""
    wrong = await FindPrompt(say.WRONG_PASSWORD) if again else ()
    await Play(wrong + await FindPrompt(say.ASK_PASSWORD), secret=True)
    keys = await ReadKeys(_LONGEST, _FIRST, _BETWEEN, "#", secret=True)
    if keys.keys:
        typed.append(keys.keys)


class _Nobody:
    """Listens to a leg between two conversations."""

    def key(self, key: str, source: KeySource) -> None:
        """Nothing was asked."""

    def hung_up(self, by: Ender, cause: str) -> None:
        """The next thing that is done with the leg fails."""

    def media_lost(self, reason: str) -> None:
        """The line ends the call when it is lost for good."""

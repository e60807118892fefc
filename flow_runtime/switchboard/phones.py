"""Agents' telephones: rung, answered, given up and hung up, each by agent and epoch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from contact_center.core.engine import Engine
from contact_center.core.events import Answered, Event, Failed, HoldKey, LegEnded
from flow_runtime.switchboard.tasks import Tasks
from telephony.line import (
    Call,
    CallEnded,
    CallListener,
    Clip,
    DialFailed,
    Ender,
    KeySource,
    Line,
    LineError,
    Ringing,
    RingOptions,
)

log = logging.getLogger("queues")

LONGEST_RING: Final = 3600.0
"""Seconds; the engine ends a ring long before."""
_UNAVAILABLE: Final = 480
"""Stands for a telephone that could not even be asked."""
Epoch: TypeAlias = tuple[str, int]


class Phones:
    """The telephones of all agents. *tell* takes events for the engine, never from within a call.

    A ring that was given up is over for the engine when the telephone has said its last word.
    *over* is told of each leg that ends, before the engine is, *held* of each that is put on hold
    by the telephone's own key, or taken back, *pressed* of each key of an agent. *beep* tells an
    agent whose leg stays up that somebody is put through.
    """

    def __init__(
        self,
        line: Line,
        engine: Engine,
        beep: Sequence[Clip],
        tell: Callable[[Event], object],
        over: Callable[[Call], None],
        held: Callable[[Call, bool], None],
        pressed: Callable[[str, str], None],
    ) -> None:
        self._line, self._engine, self._beep = line, engine, beep
        self._tell, self._over, self._held, self.pressed = tell, over, held, pressed
        self._rings: dict[Epoch, Ringing] = {}
        self._legs: dict[Epoch, Call] = {}
        self._tasks = Tasks("an agent's telephone")

    def leg(self, agent: str) -> Call | None:
        """The leg that the agent talks on."""
        known = self._engine.agents.get(agent)
        return self._legs.get((agent, known.leg_epoch)) if known is not None else None

    def take(self, of: Epoch, leg: Call) -> None:
        """The agent has dialled on this leg, which is up: it is the one of that epoch."""
        self._keep(of, leg)

    def give_back(self, of: Epoch, listener: CallListener | None) -> None:
        """What was dialled on that leg was refused: it is the business of *listener* again."""
        leg = self._legs.pop(of)
        leg.listener, leg.on_held = listener, None

    def ring(self, of: Epoch, phone: str, options: RingOptions, near: Call | None) -> None:
        """Begin to ring *phone*."""
        try:
            ringing = self._line.ring(phone, options, timeout=LONGEST_RING, near=near)
        except LineError as error:
            log.warning("agent %s cannot be rung: %s", of[0], error)
            failed = Failed(*of, _UNAVAILABLE)
            asyncio.get_running_loop().call_soon(self._tell, failed)
            return
        self._rings[of] = ringing
        self._tasks.begin(self._ringing(of, ringing))

    def alert(self, of: Epoch) -> None:
        """Put somebody through to an agent whose leg is up: a tone, and they talk."""
        self._tasks.begin(self._alerted(of, self.leg(of[0])))

    def _keep(self, of: Epoch, leg: Call) -> None:
        self._legs[of] = leg
        leg.listener = _AgentLeg(of, self)
        leg.on_held = partial(self._hold_key, of, leg)
        if leg.held:  # from the first moment on
            self._held(leg, True)

    def _hold_key(self, of: Epoch, leg: Call, on: bool) -> None:
        self._held(leg, on)
        self._tell(HoldKey(*of, on))

    async def _alerted(self, of: Epoch, leg: Call | None) -> None:
        try:
            if leg is None:
                raise CallEnded
            await leg.play(self._beep, interruptible=False)
        except CallEnded:
            self._tell(Failed(*of, _UNAVAILABLE))
            return
        except LineError as error:
            log.warning("agent %s heard no tone: %s", of[0], error)
        self._tell(Answered(*of))

    def cancel(self, of: Epoch, *, elsewhere: bool) -> None:
        """Stop ringing."""
        ringing = self._rings.get(of)
        if ringing is not None:
            ringing.give_up("elsewhere" if elsewhere else "")

    def hang_up(self, of: Epoch) -> None:
        """End the leg, if there is one."""
        leg = self._legs.get(of)
        if leg is not None:
            self._over(leg)
            self._tasks.begin(leg.hangup())

    async def stop(self) -> None:
        """End all rings and legs."""
        for ringing in self._rings.values():
            ringing.give_up()
        for leg in list(self._legs.values()):
            await leg.hangup()
        await self._tasks.stop()

    async def _ringing(self, of: Epoch, ringing: Ringing) -> None:
        try:
            leg = await ringing.answered()
        except LineError as failed:  # `CallEnded`, when it is hung up in the same moment
            log.info("agent %s: %s", of[0], failed)
            await ringing.cleared()
            code = failed.code if isinstance(failed, DialFailed) else 0
            self._tell(Failed(*of, code or _UNAVAILABLE))
            return
        finally:
            del self._rings[of]
        self._keep(of, leg)
        self._tell(Answered(*of))
        if leg.ended:  # in that very moment: nobody was told
            self.ended(of)

    def ended(self, of: Epoch) -> None:
        """The leg is gone."""
        leg = self._legs.pop(of)
        self._over(leg)
        self._tell(LegEnded(*of))


class _AgentLeg:
    """Listens to an agent's leg."""

    def __init__(self, of: Epoch, phones: Phones) -> None:
        self._of, self._phones = of, phones

    def key(self, key: str, source: KeySource) -> None:
        """Keys of the agent are for the caller, who hears them, unless they are a code."""
        self._phones.pressed(self._of[0], key)

    def hung_up(self, by: Ender, cause: str) -> None:
        self._phones.ended(self._of)

    def media_lost(self, reason: str) -> None:
        log.warning("no sound from agent %s: %s", self._of[0], reason)

"""Calls that we place: numbers that flows dial, and the telephones of agents that are rung."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from telephony.core.agent import Agent, Place
from telephony.core.ring_headers import ELSEWHERE, further
from telephony.core.session_types import Session
from telephony.core.transaction_types import Hop
from telephony.line import DialFailed, GiveUp, LineError, RingOptions
from telephony.media.plane import Leg
from telephony.ringing import TaskRinging
from telephony.sip.call import SipCall
from telephony.sip.dialling import Dialling
from telephony.sip.early import EarlySound
from telephony.sip.places import Places, Target

_REASONS: dict[GiveUp, str] = {"": "", "elsewhere": ELSEWHERE}


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a call that we place is with: the number it is known by, its trunk, the caller shown."""

    number: str
    trunk: str
    caller: str


class Owner(Protocol):
    """What placing a call needs of the line."""

    agent: Agent

    def lease(self, near: Leg | None, ipv6: bool) -> Leg | None:
        """A leg, None when there is none or the line is stopping."""

    def handle(self, place: Place) -> None:
        """Send an INVITE."""

    def command(self, session: Session, name: str) -> None:
        """Give a command to a session now."""

    def media_host(self, hop: Hop) -> str:
        """Our address for sound as *hop* can reach it."""

    def session_id(self) -> int:
        """A fresh id of a session description."""

    def dialled(self, whom: Whom, session: Session, leg: Leg) -> SipCall:
        """The call that was answered."""


async def place(
    owner: Owner,
    whom: Whom,
    targets: Sequence[Target],
    near: Leg | None,
    timeout: float,
    dialling: Dialling,
    hearing: Callable[[Leg], EarlySound] | None = None,
) -> SipCall:
    """Ring all *targets*; the answered call. Raises `DialFailed`; cancelled, it gives up."""
    leg = owner.lease(near, ":" in targets[0].hop.host)
    if leg is None:
        raise DialFailed(
            "failed", "no port for sound is free, the media process is busy, or all is stopping"
        )
    early = hearing(leg) if hearing is not None else None
    if early is not None:
        dialling.early = early.begin
    sessions = dialling.invite(owner.agent, targets, leg, owner.media_host, owner.session_id())
    try:
        for session in sessions:
            owner.handle(Place(session))
        async with asyncio.timeout(timeout):
            session = await dialling.winner
    except BaseException as error:
        dialling.give_up()
        dialling.take_back()
        if early is not None:
            early.end()
        leg.close()
        if isinstance(error, TimeoutError):
            raise DialFailed("no_answer", f"not answered within {timeout:g} s") from None
        raise
    call = owner.dialled(whom, session, leg)
    call.taken()
    for told in dialling.missed:
        call.told(told)
    return call


class SipRinging(TaskRinging[SipCall]):
    """See `telephony.line.Ringing`."""

    def __init__(
        self,
        owner: Owner,
        places: Places,
        phone: str,
        options: RingOptions,
        timeout: float,
        near: Leg | None,
    ) -> None:
        try:
            further(options.headers)
        except ValueError as error:
            raise LineError(f"the telephone {phone} cannot be rung: {error}") from None
        self._owner, self._places = owner, places
        self._dialling = Dialling(owner.command)
        self.rang = self._dialling.rang
        super().__init__(self._ring(phone, options, timeout, near))
        self._work.add_done_callback(self._over)

    async def _ring(
        self, phone: str, options: RingOptions, timeout: float, near: Leg | None
    ) -> SipCall:
        targets = await self._places.phone(phone, options)
        whom = Whom(phone, "", options.caller_id)
        return await place(self._owner, whom, targets, near, timeout, self._dialling)

    def _stop(self, why: GiveUp) -> None:
        reason = _REASONS[why]
        if late := self._dialling.answered():  # nobody has taken note of it yet
            late.reason = reason
        self._dialling.give_up(reason)
        if not self._work.done():
            self._work.cancel()
        elif late is not None and not self._work.result().ended:
            self._owner.command(late, "hangup")

    async def cleared(self) -> None:
        """See `Ringing.cleared`."""
        await self._dialling.cleared.wait()

    def _over(self, work: asyncio.Task[SipCall]) -> None:
        """Nobody need wait for a telephone that was given up: its failure is no error then."""
        if work.cancelled() or work.exception() is not None:
            self._dialling.clear()

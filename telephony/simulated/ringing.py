"""A simulated telephone that is rung for an agent: answered, given up, and told why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from telephony.line import Call, DialFailed, GiveUp, Ringing, RingOptions
from telephony.simulated.call import SimulatedCall
from telephony.simulated.far_end import FarEnd

Told = Callable[[FarEnd], None] | None
"""Called with the telephone when it begins to ring."""


class Owner(Protocol):
    """The line."""

    async def rung(
        self, to: str, options: RingOptions, timeout: float, told: Told
    ) -> SimulatedCall:
        """The answered leg."""


class SimulatedRinging(Ringing):
    """See `telephony.line.Ringing`. What is given up is clear at once."""

    def __init__(self, owner: Owner, phone: str, options: RingOptions, timeout: float) -> None:
        self.rang = asyncio.Event()
        self._far: FarEnd | None = None
        self._given_up = self._handed_over = False
        work = owner.rung(phone, options, timeout, self._told)
        self._work = asyncio.get_running_loop().create_task(work)
        self._work.add_done_callback(lambda work: work.cancelled() or work.exception())

    def _told(self, far: FarEnd) -> None:
        self._far = far
        self.rang.set()

    async def answered(self) -> Call:
        """See `Ringing.answered`."""
        try:
            await asyncio.wait((self._work,))
        except asyncio.CancelledError:
            self.give_up()
            raise
        if self._given_up or self._work.cancelled():
            raise DialFailed("no_answer", "we gave up before it answered")
        self._handed_over = True
        return self._work.result()

    def give_up(self, why: GiveUp = "") -> None:
        """See `Ringing.give_up`."""
        if self._given_up or self._handed_over:
            return
        self._given_up = True
        if self._far is not None:
            self._far.given_up = why
        if not self._work.done():
            self._work.cancel()
        elif not self._work.cancelled() and self._work.exception() is None:
            self._work.result().end("us", "cancelled")

    async def cleared(self) -> None:
        """See `Ringing.cleared`."""
        await asyncio.wait((self._work,))

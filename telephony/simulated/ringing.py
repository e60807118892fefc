"""A simulated telephone that is rung for an agent: answered, given up, and told why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from telephony.line import GiveUp, RingOptions
from telephony.ringing import TaskRinging
from telephony.simulated.call import SimulatedCall
from telephony.simulated.far_end import FarEnd

Told = Callable[[FarEnd], None] | None
"""Called with the telephone when it begins to ring."""


class Owner(Protocol):
    """The line."""

    def rung(
        self, to: str, options: RingOptions, timeout: float, told: Told
    ) -> Coroutine[Any, Any, SimulatedCall]:
        """The answered leg."""


class SimulatedRinging(TaskRinging[SimulatedCall]):
    """See `telephony.line.Ringing`. What is given up is clear at once."""

    def __init__(self, owner: Owner, phone: str, options: RingOptions, timeout: float) -> None:
        self.rang = asyncio.Event()
        self._far: FarEnd | None = None
        super().__init__(owner.rung(phone, options, timeout, self._told))
        self._work.add_done_callback(lambda work: work.cancelled() or work.exception())

    def _told(self, far: FarEnd) -> None:
        self._far = far
        self.rang.set()

    def _stop(self, why: GiveUp) -> None:
        if self._far is not None:
            self._far.given_up = why
        if not self._work.done():
            self._work.cancel()
        elif not self._work.cancelled() and self._work.exception() is None:
            self._work.result().end("us", "cancelled")

    async def cleared(self) -> None:
        """See `Ringing.cleared`."""
        await asyncio.wait((self._work,))

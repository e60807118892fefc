"""A telephone that is rung by a task: who may still stop it, and how its answer is handed over."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

from telephony.line import Call, DialFailed, GiveUp, Ringing

C = TypeVar("C", bound=Call)


class TaskRinging(Ringing, Generic[C]):
    """*work* rings and returns the answered leg. Backends say how it is stopped."""

    def __init__(self, work: Coroutine[Any, Any, C]) -> None:
        self._given_up = self._handed_over = False
        self._work: asyncio.Task[C] = asyncio.get_running_loop().create_task(work)

    async def answered(self) -> C:
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
        if not self._given_up and not self._handed_over:
            self._given_up = True
            self._stop(why)

    @abstractmethod
    def _stop(self, why: GiveUp) -> None:
        """End the task, or the leg that has answered and that nobody has been given."""

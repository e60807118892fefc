"""Actions that are done once, however often they are sent."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from desk.api.problems import Problem

T = TypeVar("T")
LASTS: Final = 3600.0
"""Seconds that an answer is remembered."""
_MOST: Final = 10_000


@dataclass(slots=True)
class _Action:
    what: str
    at: float
    answer: asyncio.Task[Any]


class Once:
    """Remembers the answer of each account's actions by the id that their sender chose."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], _Action] = OrderedDict()

    async def do(
        self, account: str, action_id: str | None, what: str, act: Callable[[], Awaitable[T]]
    ) -> T:
        """Do *act*, or give the answer of the one that had this id.

        *what* tells actions apart: 409 for an id that was used for another one. Two that come at
        the same time are one.
        """
        if action_id is None:
            return await act()
        self._forget()
        key = account, action_id
        known = self._known.get(key)
        if known is None:
            task = asyncio.ensure_future(_done(act))
            known = self._known[key] = _Action(what, self._clock(), task)
        elif known.what != what:
            raise Problem(409, "action id", id=action_id)
        answer: T = await asyncio.shield(known.answer)
        return answer

    def _forget(self) -> None:
        limit = self._clock() - LASTS
        while self._known:
            oldest = next(iter(self._known.values()))
            if oldest.at >= limit and len(self._known) < _MOST:
                return
            self._known.popitem(last=False)


def _done(act: Callable[[], Awaitable[T]]) -> Coroutine[Any, Any, T]:
    async def doing() -> T:
        return await act()

    return doing()

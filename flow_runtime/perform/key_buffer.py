"""Type-ahead: the keys a caller pressed that no node has read yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from flow_runtime.core.outcome import MASK
from flow_runtime.tracing import Tracer
from telephony.line import KeySource


@dataclass(frozen=True, slots=True)
class Pressed:
    """One key, how it came, and when (seconds since the epoch; 0 without a trace)."""

    key: str
    source: KeySource
    at: float


@dataclass(frozen=True, slots=True)
class Belated:
    """An end key that is dropped when it comes *until* the loop's time as the very next key."""

    key: str
    until: float
    secret: bool

    def is_it(self, key: str) -> bool:
        """Whether *key*, pressed now, is the one."""
        return key == self.key and asyncio.get_running_loop().time() <= self.until


class KeyBuffer:
    """Keys in the order they were pressed; one reader at a time may wait for the next.

    A key enters the trace when it is read or dropped, with the time at which it was pressed:
    only then is it known whether it belongs to a secret. A key nobody read might have, so it
    is masked.
    """

    __slots__ = ("_belated", "_pressed", "_taker", "_tracer", "_waiter")

    def __init__(self, tracer: Tracer) -> None:
        self._pressed: deque[Pressed] = deque()
        self._tracer = tracer
        self._waiter: asyncio.Future[bool] | None = None
        self._belated: Belated | None = None
        self._taker: Callable[[str], bool] | None = None

    def __bool__(self) -> bool:
        """Whether a key waits."""
        return bool(self._pressed)

    def push(self, key: str, source: KeySource) -> None:
        """A key was pressed."""
        at = self._tracer.time() if self._tracer.on else 0.0
        pressed, belated, self._belated = Pressed(key, source, at), self._belated, None
        if belated is not None and belated.is_it(key):
            self._trace(pressed, belated.secret)
            return
        self._pressed.append(pressed)
        if self._taker is not None:
            self._give()
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    async def next(self, within: float, secret: bool = False) -> str | None:
        """The next key, None when none is pressed *within* as many seconds."""
        if not self._pressed and not await self._wait(within):
            return None
        pressed = self._pressed.popleft()
        self._trace(pressed, secret)
        return pressed.key

    def hand_over(self, taker: Callable[[str], bool] | None) -> None:
        """Give each key to *taker* at once, those that wait first; None: keep them again.

        It says whether the key meant anything to it; one that did not is forgotten.
        """
        self._taker = taker
        self._give()

    def _give(self) -> None:
        while self._taker is not None and self._pressed:
            pressed = self._pressed.popleft()
            self._trace(pressed, secret=not self._taker(pressed.key))

    def ignore(self, end_key: str, within: float, secret: bool = False) -> None:
        """Drop *end_key* if it is the next key, typed ahead or pressed *within* as many seconds.

        Many callers press it even behind the last possible digit, when nothing waits for it.
        """
        if not self._pressed:
            until = asyncio.get_running_loop().time() + within
            self._belated = Belated(end_key, until, secret)
        elif self._pressed[0].key == end_key:
            self._trace(self._pressed.popleft(), secret)

    def clear(self) -> None:
        """Forget the keys that wait."""
        while self._pressed:
            self._trace(self._pressed.popleft(), secret=True)

    async def _wait(self, within: float) -> bool:
        if within <= 0:
            return False
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        timer = loop.call_later(within, _give_up, waiter)
        try:
            pressed: bool = await waiter
            return pressed
        finally:
            timer.cancel()
            self._waiter = None

    def _trace(self, pressed: Pressed, secret: bool) -> None:
        if self._tracer.on:
            key = MASK if secret else pressed.key
            self._tracer.event("key", t=pressed.at, key=key, source=pressed.source)


def _give_up(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)

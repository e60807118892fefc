"""Keeps the desk's rows up to date while events come, and wakes those who watch."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Final

from desk.core.floor import Change, Floor
from desk.core.views import View
from flow_runtime.trace_lines import encoded

GAP: Final = 0.05
"""Seconds between two looks at what has changed, so that a storm of events costs no more."""
_ENCODED: Final = 256


class Feed:
    """One `Floor` on the event loop. *clock* gives seconds since the epoch.

    *boot* tells the numbers of this server from those of the one before.
    """

    def __init__(self, floor: Floor, clock: Callable[[], float]) -> None:
        self.floor, self.clock = floor, clock
        self.boot = uuid.uuid4().hex[:12]
        self._waiting: set[asyncio.Event] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0.0
        self._encoded: dict[int, str] = {}
        self._whole: tuple[int, str] = (-1, "")

    def note(self, things: Iterable[Any]) -> None:
        """Events, actions or facts have come; they are looked at soon."""
        self.floor.note(things)
        self.soon()

    def soon(self) -> None:
        """Have the rows looked at, at once when that was not done just now."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            when = max(loop.time(), self._last + GAP)
            self._timer = loop.call_at(when, self._look)

    def look(self) -> None:
        """Bring the rows up to date now."""
        if self._timer is not None:
            self._timer.cancel()
            self._look()

    def _look(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        if self.floor.flush(self.clock()) is not None:
            for waiting in self._waiting:
                waiting.set()

    def stop(self) -> None:
        """The server ends."""
        if self._timer is not None:
            self._timer.cancel()

    # --- those who watch ------------------------------------------------------------------------

    def join(self) -> asyncio.Event:
        """Set after every change from now on, until `leave`."""
        event = asyncio.Event()
        self._waiting.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        """It is set no more."""
        self._waiting.discard(event)

    async def snapshot(self, view: View) -> tuple[int, str]:
        """All that *view* shows: its number, and the message. The whole is made once."""
        self.look()
        number = self.floor.number
        if view.whole and self._whole[0] == number:
            return self._whole
        told = view.snapshot(self.clock())
        # with ten thousand contacts this takes some hundredths of a second
        text = await asyncio.to_thread(self._message, "snapshot", told)
        if view.whole:
            self._whole = number, text
        return number, text

    def change(self, view: View, change: Change) -> str | None:
        """What *view* shows of *change*, as a message; None: nothing. The whole is made once."""
        if not view.whole:
            told = view.change(change)
            return None if told is None else self._message("change", told)
        text = self._encoded.get(change.number)
        if text is None:
            text = self._encoded[change.number] = self._message("change", view.change(change) or {})
            if len(self._encoded) > _ENCODED:
                del self._encoded[next(iter(self._encoded))]
        return text

    def _message(self, kind: str, told: dict[str, Any]) -> str:
        return encoded({"type": kind, "boot": self.boot, **told}).decode()

"""Watches what comes of a caller in queues, as scripts that make it happen again in a test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from flow_runtime.call_tests.model import QueueScript
from flow_runtime.core.frame import View
from flow_runtime.core.queue_commands import (
    AgentAnswers,
    EnterAgent,
    EnterQueue,
    QueueEvent,
    QueueLeft,
)
from flow_runtime.core.sound import Sound
from flow_runtime.perform.session import Session
from flow_runtime.services import Switchboard

_LATER: Final = timedelta(minutes=5)
"""So long after callers left a queue an agent would have answered them. Less than the time in
which nothing may happen in a call test."""


@dataclass(slots=True)
class Stay:
    """One stay in a queue; *seen* is when it last went on, *port* is empty until it is over."""

    queue: str
    since: float
    seen: float
    answered: float | None = None
    agent: str = ""
    port: str = ""

    def script(self) -> QueueScript:
        """What has to be said of the queue for the same to happen again."""
        match self.port:
            case "timeout" | "full" | "closed":
                return QueueScript(refuses=self.port)
        if self.answered is None:
            return QueueScript(timedelta(seconds=round(self.seen - self.since)) + _LATER)
        waited = timedelta(seconds=round(self.answered - self.since))
        return QueueScript(waited, self.agent or None)

    @property
    def by_caller(self) -> bool:
        """Whether the caller has left by a key, or hung up, before anybody answered."""
        return self.answered is None and self.port not in ("timeout", "full", "closed")


class RecordedSwitchboard:
    """Passes everything on. *stays* is told a stay when it begins; it is filled in as it goes on.

    *other* is told that the node needs something of queues and agents that a test cannot play.
    """

    def __init__(
        self, real: Switchboard, stays: Callable[[Stay], object], other: Callable[[], object]
    ) -> None:
        self._real, self._stays, self._other = real, stays, other
        self._stay: Stay | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @property
    def queues(self) -> View:
        """See `flow_runtime.services.Switchboard`."""
        return _Asked(self._real.queues, self._other)

    @property
    def agents(self) -> View:
        """See `flow_runtime.services.Switchboard`."""
        return _Asked(self._real.agents, self._other)

    async def enter(self, session: Session, command: EnterQueue | EnterAgent) -> QueueEvent:
        """See `flow_runtime.services.Switchboard`."""
        if isinstance(command, EnterAgent):
            self._stay = None
            self._other()
            return await self._real.enter(session, command)
        self._stay = Stay(command.queue, _now(), _now())
        self._stays(self._stay)
        return await self._noted(self._real.enter(session, command))

    async def stay(self, session: Session, sound: Sound) -> QueueEvent:
        """See `flow_runtime.services.Switchboard`."""
        return await self._noted(self._real.stay(session, sound))

    def bridged(self, agent: str) -> None:
        """The trace tells that the caller talks with *agent*."""
        if self._stay is not None and self._stay.answered is None:
            self._stay.answered, self._stay.agent = _now(), agent

    async def _noted(self, happens: Awaitable[QueueEvent]) -> QueueEvent:
        stay = self._stay
        try:
            event = await happens
        finally:  # a caller who hangs up cancels it
            if stay is not None:
                stay.seen = _now()
        if stay is not None and isinstance(event, AgentAnswers):
            self.bridged(event.agent)
        elif stay is not None and isinstance(event, QueueLeft):
            stay.port, self._stay = event.port, None
        return event


class _Asked:
    """A table that tells when it is asked."""

    def __init__(self, real: View, asked: Callable[[], object]) -> None:
        self._real, self._tell = real, asked

    def get(self, name: str, /) -> Mapping[str, Any] | None:
        """See `flow_runtime.core.frame.View`."""
        self._tell()
        return self._real.get(name)


def _now() -> float:
    return asyncio.get_running_loop().time()


def recorded(
    real: Switchboard, stays: Callable[[Stay], object], other: Callable[[], object]
) -> tuple[Switchboard, Callable[[str], None]]:
    """*real* with a witness, and what is to be told whom the caller talks with."""
    made = RecordedSwitchboard(real, stays, other)
    return cast(Switchboard, made), made.bridged

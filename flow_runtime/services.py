"""What the driver needs of the world to serve calls: the ports that others fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from flow_runtime.clock import Clock
from flow_runtime.core.sound import Sound
from telephony.line import Clip, Line

Trace = Callable[[Mapping[str, Any]], None]
"""Takes one event of docs/traces.md; returns at once."""


class Speaker(Protocol):
    """Turns what a caller shall hear into clips."""

    async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
        """The clips of *sound*; `NodeFailure` when it cannot be spoken or found.

        Does not suspend when all of them are in the cache.
        """

    def ringback(self) -> Sequence[Clip]:
        """The tone a caller hears while a dialled telephone rings, to be repeated."""

    def beep(self) -> Sequence[Clip]:
        """The tone after which a caller speaks."""


class Data(Protocol):
    """Asks data sources; every method raises `NodeFailure` and keeps the time limit."""

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of a query, at most *most*."""

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """Run a changing statement in one transaction; how many rows changed."""


@dataclass(frozen=True)
class Services:
    """The world of all calls. *recordings* is the folder for what callers record.

    *trace* takes the events of all calls, None for no trace.
    """

    line: Line
    speaker: Speaker
    data: Data
    clock: Clock
    recordings: Path
    trace: Trace | None = None

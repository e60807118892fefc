"""A media plane without sound, for signalling tests: its legs keep what they were told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from telephony.line import Clip, PlayEnd, RecordDone
from telephony.media.plane import Leg, LegListener, Remote
from telephony.settings import Media


@dataclass(eq=False)
class SilentLeg:
    """A leg that keeps what it was told."""

    port: int
    plane: SilentPlane
    listener: LegListener | None = None
    remotes: list[Remote] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    closed: bool = False
    partner: Any = None
    bridged: asyncio.Event = field(default_factory=asyncio.Event)

    def connect(self, remote: Remote) -> None:
        self.remotes.append(remote)

    def answered(self) -> None:
        self.orders.append("answered")

    async def play(
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        self.orders.append(("play", len(clips)))
        return PlayEnd("end", sum(clip.seconds for clip in clips))

    def stop(self) -> None:
        self.orders.append("stop")

    async def record(self, path: str, *, most: float, silence: float, end_keys: str) -> RecordDone:
        self.orders.append("record")
        return RecordDone(path, 0.0, "stopped")

    def record_both(self, path: str) -> None:
        self.orders.append("record both")

    def secret(self, on: bool) -> None:
        self.orders.append(("secret", on))

    def key(self, key: str) -> bool:
        return key == self.plane.swallows

    def send_keys(self, keys: str) -> None:
        self.orders.append(("keys", keys))

    def bridge(self, other: Leg, *, once_heard: bool = False) -> None:
        self.partner = other
        self.orders.append("bridge once heard" if once_heard else "bridge")
        self.bridged.set()

    def join(self, room: object) -> None:
        self.orders.append("join")

    def tap(self, other: Leg, mode: str) -> None:
        self.orders.append(mode)

    def part(self) -> None:
        self.partner = None
        self.orders.append("part")

    def music(self, clips: Sequence[Clip]) -> None:
        self.orders.append(("music", len(clips)))

    def signal(self, name: str) -> None:
        self.orders.append(name)

    def quality(self) -> dict[str, float]:
        return {"packets": 1.0}

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.plane.open.remove(self)


class SilentPlane:
    """Leases ports and nothing else. *most* legs at a time."""

    def __init__(self, most: int = 1000) -> None:
        self.most, self.swallows = most, ""
        self.open: list[SilentLeg] = []
        self.legs: list[SilentLeg] = []
        self.running = False
        self._port = 30000

    async def start(self, settings: Media, max_calls: int) -> None:
        self.running = True

    def lease(self, near: Leg | None = None, *, ipv6: bool = False) -> SilentLeg | None:
        if len(self.open) >= self.most:
            return None
        self._port += 2
        leg = SilentLeg(self._port, self)
        self.open.append(leg)
        self.legs.append(leg)
        return leg

    def prefetch(self, stems: Sequence[str]) -> None:
        raise AssertionError("signalling prefetches nothing")

    def on_restart(self, told: Callable[[str], None]) -> None:
        raise AssertionError("signalling hears of restarts by its legs")

    async def stop(self) -> None:
        self.running = False

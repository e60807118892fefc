"""The media plane on asyncio: starts media processes, leases their ports, outlives their death."""

from __future__ import annotations

import asyncio
import logging
import resource
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from telephony.line import Clip, MediaFailed
from telephony.media import protocol, tone_clips
from telephony.media.client_leg import ClientLeg
from telephony.media.link import Link
from telephony.media.plane import Leg
from telephony.media.switchboard import Switchboard
from telephony.settings import Media

log = logging.getLogger(__name__)
STOCK = 64
"""Pairs of ports each process holds bound beyond those in use."""
READY = 15.0
"""Seconds a process may take to start."""
_PER_LEG = 4
"""Descriptors of a leg: RTP, RTCP and up to two recordings."""
_SPARE = 100
"""Descriptors for everything else."""
_LOAD = {True: "busy: no more calls are taken", False: "not busy any more: calls are taken"}
_SOON, _LATEST = 0.0, 5.0
"""Seconds before a process is started again: at once; at most, when it keeps dying."""


class _Process:
    """One media process with its ports and legs, started again when it dies."""

    def __init__(self, plane: Plane, start: protocol.Start, limit: int, numbers: Iterator[int]):
        self.legs: dict[int, ClientLeg] = {}
        self.free: deque[int] = deque()
        self.ready = asyncio.Event()
        self._busy = False
        self._plane, self._start, self._limit, self._numbers = plane, start, limit, numbers
        self._link: Link | None = None
        self._pause = _SOON
        self._born = 0.0
        self._again: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the process; `ready` is set when its ports are there."""
        self._link = Link(self._on_event, self._on_end)
        self._born = asyncio.get_running_loop().time()
        self._link.start(self._start)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._link.pid if self._link else 0

    def send(self, order: protocol.Order) -> None:
        """Give an order."""
        if self._link is not None:
            self._link.send(order)

    def lease(self, ipv6: bool = False) -> ClientLeg | None:
        """A leg on the port that has been free the longest."""
        full = len(self.legs) >= self._limit or not self.free or self._busy
        if full or self._link is None or self._link.congested:
            return None
        plane = self._plane
        leg = ClientLeg(self, next(self._numbers), self.free.popleft(), plane.tones, plane.board)
        self.legs[leg.id] = leg
        self.send(protocol.Open(leg.id, leg.port, ipv6))
        return leg

    def _on_event(self, event: protocol.Event) -> None:
        if isinstance(event, protocol.Ports):
            self.free.extend(event.ports)
            self.ready.set()
        elif isinstance(event, protocol.Qualities):
            for figures in event.legs:
                if (leg := self.legs.get(figures.leg)) is not None:
                    leg.on_quality(figures)
        elif isinstance(event, protocol.Closed):
            self.legs.pop(event.leg, None)
            if event.port:
                self.free.append(event.port)
        elif isinstance(event, protocol.Busy):
            self._busy = event.on
            log.warning("the media process (pid %d) is %s", self.pid, _LOAD[event.on])
        elif (leg := self.legs.get(event.leg)) is not None:
            leg.on_event(event)

    def _on_end(self) -> None:
        """The process died: its legs are lost; start it again."""
        loop = asyncio.get_running_loop()
        log.error("the media process (pid %d) died with %d legs", self.pid, len(self.legs))
        self.ready.clear()
        self.free.clear()
        self._busy = False
        lost, self.legs = list(self.legs.values()), {}
        old, self._link = self._link, None
        short_lived = loop.time() - self._born < 1.0
        self._pause = min(_LATEST, self._pause * 2 + 0.1) if short_lived else _SOON
        self._again = loop.create_task(self._restart(old))
        for leg in lost:
            leg.on_lost("the media process died")

    async def _restart(self, old: Link | None) -> None:
        if old is not None:
            await old.stop(patience=0.5)
        await asyncio.sleep(self._pause)
        self.start()
        await self.ready.wait()
        self._plane.restarted(f"a media process died and was started again (pid {self.pid})")

    async def stop(self) -> None:
        """End the process; recordings are made whole first."""
        if self._again is not None:
            self._again.cancel()
        if self._link is not None:
            await self._link.stop()


class Plane:
    """See `telephony.media.plane.MediaPlane`."""

    def __init__(self) -> None:
        self._processes: list[_Process] = []
        self._told: list[Callable[[str], None]] = []
        self._stems: dict[str, None] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.board = Switchboard()
        self.tones: Mapping[str, Clip] = {}
        """``ring-back``, ``busy``, ``beep``, ``join``, ``leave`` and each key (`tone_clips`)."""

    async def start(self, settings: Media, max_calls: int) -> None:
        """Start the processes and bind ports.

        Raises `MediaFailed`: ``descriptors``, ``no-ports``, ``no-start``.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="cordboard-tones-")
        self.tones = tone_clips.write(Path(self._folder.name))
        processes = max(1, settings.processes)
        limit = _leg_limit(max_calls, processes)
        first = settings.ports[0] + settings.ports[0] % 2
        numbers = count(1)
        for index in range(processes):
            start = protocol.Start(
                first=first + 2 * index,
                last=settings.ports[1],
                step=2 * processes,
                stock=min(STOCK, limit),
                silence=settings.silence,
                missed_after=settings.missed_after,
            )
            self._processes.append(_Process(self, start, limit, numbers))
        for process in self._processes:
            process.start()
        try:
            async with asyncio.timeout(READY):
                await asyncio.gather(*(process.ready.wait() for process in self._processes))
        except TimeoutError:
            await self.stop()
            raise MediaFailed(
                "no-start", f"a media process did not start within {READY:g} s; see its output"
            ) from None
        if not all(process.free for process in self._processes):
            await self.stop()
            low, high = settings.ports
            raise MediaFailed(
                "no-ports",
                f"no pair of UDP ports is free in {low}-{high}; change [sip].media_ports",
            )

    @property
    def pids(self) -> list[int]:
        """The processes, for ``cordboard status`` and measurements."""
        return [process.pid for process in self._processes]

    def lease(self, near: Leg | None = None, *, ipv6: bool = False) -> ClientLeg | None:
        """See `MediaPlane.lease`."""
        processes = sorted(self._processes, key=lambda process: len(process.legs))
        if isinstance(near, ClientLeg):
            processes.sort(key=lambda process: process is not near.owner)
        for process in processes:
            if (leg := process.lease(ipv6)) is not None:
                return leg
        return None

    def prefetch(self, stems: Sequence[str]) -> None:
        """See `MediaPlane.prefetch`; kept for a process that must be started again."""
        self._stems.update(dict.fromkeys(stems))
        for process in self._processes:
            self._prefetch(process, stems)

    def _prefetch(self, process: _Process, stems: Sequence[str]) -> None:
        for begin in range(0, len(stems), 100):
            process.send(protocol.Prefetch(list(stems[begin : begin + 100])))

    def on_restart(self, told: Callable[[str], None]) -> None:
        """See `MediaPlane.on_restart`."""
        self._told.append(told)

    def restarted(self, text: str) -> None:
        """A process was started again."""
        for process in self._processes:
            self._prefetch(process, list(self._stems))
        for told in self._told:
            told(text)

    async def stop(self) -> None:
        """See `MediaPlane.stop`."""
        await asyncio.gather(*(process.stop() for process in self._processes))
        self._processes.clear()
        if self._folder is not None:
            self._folder.cleanup()


def _leg_limit(max_calls: int, processes: int) -> int:
    """How many legs one process may have: two for each call, as far as descriptors reach."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return 2 * max_calls
    most = (hard - _SPARE) // _PER_LEG
    if most * processes < max_calls:
        raise MediaFailed(
            "descriptors",
            f"max_calls = {max_calls} needs {max_calls * _PER_LEG // processes + _SPARE} open "
            f"files in a media process, the limit is {hard}; raise LimitNOFILE (systemd) or "
            "ulimit -Hn, or lower [sip].max_calls",
        )
    return min(2 * max_calls, most)

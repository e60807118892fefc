"""What calls did lately: their events, kept within bounds, and told to those who watch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flow_runtime.core.traffic import FlowTraffic, Traffic
from flow_runtime.trace_lines import encoded

HOUR: Final = 3600
KEPT_HOURS: Final = 24 * 31
"""How long traffic figures are kept."""
_WAITING: Final = 2_000
"""Events that a watcher may be behind before it has to begin anew."""


@dataclass(slots=True)
class CallRecord:
    """One call: what a list shows of it, and its events as JSON lines, the oldest first.

    Times are seconds since the epoch. *dropped* counts events of a very long call that are no
    longer kept.
    """

    id: str
    flow: str = ""
    node: str = ""
    caller: str = ""
    called: str = ""
    trunk: str = ""
    channel: str = ""
    started: float = 0.0
    answered: float | None = None
    ended: float | None = None
    by: str | None = None
    cause: str | None = None
    dropped: int = 0
    lines: deque[bytes] = field(default_factory=deque)

    def take(self, event: Mapping[str, Any]) -> None:
        """Keep up with *event*."""
        match event["event"]:
            case "incoming":
                self.started = event["t"]
                self.flow = str(event.get("flow", ""))
                self.caller, self.called = str(event["caller"]), str(event["called"])
                self.trunk, self.channel = str(event["trunk"] or ""), str(event["channel"])
            case "answered":
                self.answered = event["t"]
            case "enter":
                self.flow, self.node = event["flow"], event["node"]
            case "hangup" if self.ended is None:
                self.ended = event["t"]
                self.by, self.cause = str(event["by"]), str(event["cause"])


class Watcher:
    """Gets every event from its snapshot on; `lines` ends when it is closed.

    One that does not keep up is not sent part of what happened: it is told so, and its next
    snapshot is whole.
    """

    def __init__(self, wanted: Callable[[CallRecord], bool]) -> None:
        self.wanted = wanted
        self.lagged = False
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._arrived = asyncio.Event()

    def begin(self) -> None:
        """What has happened so far is known."""
        self.lagged = False
        self._waiting.clear()

    def push(self, number: int, line: bytes) -> None:
        """An event has happened."""
        if len(self._waiting) >= _WAITING:
            self.lagged = True
            self._waiting.clear()
        if not self.lagged:
            self._waiting.append((number, line))
        self._arrived.set()

    async def next(self) -> list[tuple[int, bytes]]:
        """The events since the last answer, with their numbers; none when some were missed."""
        await self._arrived.wait()
        self._arrived.clear()
        events = list(self._waiting)
        self._waiting.clear()
        return events


class Journal:
    """Takes the events of all calls (it is a trace), and forgets the oldest calls in time.

    At most *calls* ended calls are kept, *events* events in all of them together, and *longest*
    of one call. `number` counts events, so that a watcher can tell whether it missed one.
    """

    def __init__(self, calls: int = 1_000, events: int = 100_000, longest: int = 5_000) -> None:
        self.number = 0
        self._most_calls, self._most_events, self._longest = calls, events, longest
        self._kept = 0
        self._running: dict[str, CallRecord] = {}
        self._past: dict[str, CallRecord] = {}
        self._watchers: set[Watcher] = set()
        self._traffic = Traffic()
        self._hours: dict[int, dict[str, FlowTraffic]] = {}

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Take one event; those of a call that is forgotten already are passed over."""
        call = str(event["call"])
        if event["event"] == "incoming":
            self._running[call] = CallRecord(call)
        record = self.call(call)
        if record is None:
            return
        self.number += 1
        record.take(event)
        line = encoded(event)
        self._keep(record, line)
        self._count(event)
        for watcher in self._watchers:
            if watcher.wanted(record):
                watcher.push(self.number, line)
        if record.ended is not None and call in self._running:
            self._past[call] = self._running.pop(call)
            self._forget_oldest()

    # --- calls ----------------------------------------------------------------------------------

    def running(self) -> list[CallRecord]:
        """The calls in progress, the oldest first."""
        return list(self._running.values())

    def past(self) -> list[CallRecord]:
        """The calls that have ended and are still kept, the latest first."""
        return list(reversed(self._past.values()))

    def call(self, call: str) -> CallRecord | None:
        """The call with this id, if it is still kept."""
        return self._running.get(call) or self._past.get(call)

    def _keep(self, record: CallRecord, line: bytes) -> None:
        record.lines.append(line)
        self._kept += 1
        if len(record.lines) > self._longest:
            record.lines.popleft()
            record.dropped += 1
            self._kept -= 1

    def _forget_oldest(self) -> None:
        while self._past and (len(self._past) > self._most_calls or self._kept > self._most_events):
            record = self._past.pop(next(iter(self._past)))
            self._kept -= len(record.lines)
            self._traffic.forget(record.id)

    # --- watching -------------------------------------------------------------------------------

    def watch(self, wanted: Callable[[CallRecord], bool] = lambda record: True) -> Watcher:
        """From now on the events of *wanted* calls are told to the watcher."""
        watcher = Watcher(wanted)
        self._watchers.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """The watcher is told nothing more."""
        self._watchers.discard(watcher)

    # --- traffic --------------------------------------------------------------------------------

    def _count(self, event: Mapping[str, Any]) -> None:
        hour = int(event["t"]) // HOUR
        if hour not in self._hours:
            self._hours[hour] = {}
            for old in [kept for kept in self._hours if kept <= hour - KEPT_HOURS]:
                del self._hours[old]
        self._traffic.flows = self._hours[hour]
        self._traffic.add(event)

    def traffic(self, flow: str, since: float, until: float) -> FlowTraffic:
        """The figures of *flow* in the hours that *since* to *until* touch."""
        whole = FlowTraffic()
        for flows in self._between(since, until):
            if flow in flows:
                whole.join(flows[flow])
        return whole

    def _between(self, since: float, until: float) -> Iterator[dict[str, FlowTraffic]]:
        for hour, flows in sorted(self._hours.items()):
            if hour * HOUR < until and (hour + 1) * HOUR > since:
                yield flows

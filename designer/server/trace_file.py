"""A trace file on disk (docs/traces.md): its calls, the events of one of them, and its traffic."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from designer.look.i18n import tr
from designer.server.answers import PastCall
from flow_runtime.core.traffic import FlowTraffic, Traffic

_REPORT: Final = 2_000
"""Lines between two reports of how far it is."""
_LONGEST: Final = 4 << 20
"""Bytes of a line: a longer one is no event."""


class Cancelled(Exception):
    """Nobody wants the file any more."""


@dataclass(slots=True)
class TracedCall:
    """A call of the file, and where its lines begin."""

    told: PastCall
    lines: array[int] = field(default_factory=lambda: array("Q"))


@dataclass(slots=True)
class TraceFile:
    """What a look through the file at *path* has found. *passed_over* lines are no events."""

    path: Path
    calls: dict[str, TracedCall] = field(default_factory=dict)
    hours: dict[int, dict[str, FlowTraffic]] = field(default_factory=dict)
    """Figures of the flows by the hour, in hours since the epoch."""
    passed_over: int = 0

    def events(self, call: str) -> list[dict[str, Any]]:
        """All events of *call*; raises OSError, or ValueError when the file was changed."""
        found = []
        with self.path.open("rb") as file:
            for at in self.calls[call].lines:
                file.seek(at)
                event = _event(file.readline(_LONGEST))
                if event is None or str(event["call"]) != call:
                    raise ValueError(tr("{path} was changed since it was opened; open it again.",
                                        path=self.path))  # fmt: skip
                found.append(event)
        return found

    def traffic(self, flow: str, first: int | None = None, last: int | None = None) -> FlowTraffic:
        """The figures of *flow*, of all hours or of those from *first* to *last*."""
        whole = FlowTraffic()
        for hour, flows in self.hours.items():
            inside = (first is None or hour >= first) and (last is None or hour <= last)
            if inside and flow in flows:
                whole.join(flows[flow])
        return whole


def read_trace(
    path: Path, progress: Callable[[float], None], wanted: Callable[[], bool]
) -> TraceFile:
    """Look through *path*; takes long.

    *progress* is told the share that is done, *wanted* asked whether to go on. Raises OSError,
    ValueError with a sentence when there is no event in it, and `Cancelled`.
    """
    made, traffic = TraceFile(path), Traffic()
    size = max(1, path.stat().st_size)
    at = 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b"")):
            if number % _REPORT == 0:
                if not wanted():
                    raise Cancelled
                progress(at / size)
            event = _event(line)
            if event is None:
                made.passed_over += bool(line.strip())
            else:
                _take(made, traffic, event, at)
            at += len(line)
    if not made.calls:
        raise ValueError(tr("There is no call in {path}. A trace is what serve --trace FILE "
                            "writes: one JSON object a line.", path=path))  # fmt: skip
    return made


def _event(line: bytes) -> dict[str, Any] | None:
    """The event of a line; None for a line that is none."""
    try:
        event = msgspec.json.decode(line)
        if isinstance(event["t"], int | float) and isinstance(event["event"], str):
            str(event["call"])
            return dict(event)
    except (msgspec.DecodeError, TypeError, KeyError, UnicodeDecodeError):
        pass
    return None


def _take(made: TraceFile, traffic: Traffic, event: Mapping[str, Any], at: int) -> None:
    call = str(event["call"])
    known = made.calls.get(call)
    if known is None:
        known = made.calls[call] = TracedCall(PastCall(call, "", "", "", "", float(event["t"])))
    known.lines.append(at)
    told = known.told
    match event:
        case {"event": "incoming"}:
            told.caller, told.called = str(event.get("caller", "")), str(event.get("called", ""))
            told.flow = str(event.get("flow", ""))
        case {"event": "enter", "flow": str(flow), "node": str(node)}:
            told.flow, told.node = flow, node
        case {"event": "hangup"} if told.ended is None:
            told.ended, told.by = float(event["t"]), str(event.get("by", ""))
    traffic.flows = made.hours.setdefault(int(event["t"]) // 3600, {})
    try:
        traffic.add(event)
    except (KeyError, TypeError):
        made.passed_over += 1

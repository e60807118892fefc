"""What happened on a call, along its time: nodes, what was heard, keys and data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Lane: TypeAlias = Literal["nodes", "heard", "done"]
LANES: Final[tuple[Lane, ...]] = ("nodes", "heard", "done")

_SHOWN: Final = frozenset({
    "query", "dial", "record", "http", "send", "pin", "bridged", "error", "rule", "queued", "held",
    "offered", "callback", "message", "conference",
})  # fmt: skip
_TICKS: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took from *start* to *end*, in seconds of the call."""

    lane: Lane
    start: float
    end: float
    text: str
    flow: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened at once: a key, or what the flow asked or did besides."""

    at: float
    kind: Literal["key", "data", "trouble"]
    text: str


@dataclass(slots=True)
class Timeline:
    """*steps* are the moments at which a node was entered, and the end."""

    length: float = 0.0
    spans: list[Span] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)

    def step_after(self, at: float) -> float:
        """The next of the steps behind *at*, or the end."""
        return next((step for step in self.steps if step > at + 1e-3), self.length)

    def step_before(self, at: float) -> float:
        """The last of the steps before *at*, or the beginning."""
        return next((step for step in reversed(self.steps) if step < at - 1e-3), 0.0)


def timeline(events: Iterable[Mapping[str, Any]]) -> Timeline:
    """The time-line of a call, from its events in order."""
    made = Timeline()
    start: float | None = None
    open_nodes: list[tuple[str, str, float]] = []
    heard: tuple[str, float] | None = None
    for event in events:
        start = float(event["t"]) if start is None else start
        at = made.length = max(made.length, float(event["t"]) - start)
        kind = event.get("event")
        if kind in ("say", "key", "leave", "hangup"):
            if heard is not None:
                made.spans.append(Span("heard", heard[1], at, heard[0]))
            heard = (str(event.get("text", "")), at) if kind == "say" else None
        if kind == "enter":
            _close_jumped(made, open_nodes, str(event.get("flow")), at)
            open_nodes.append((str(event.get("flow")), str(event.get("node")), at))
            made.steps.append(at)
        elif kind == "leave":
            _leave(made, open_nodes, str(event.get("flow")), str(event.get("node")), at)
        elif kind == "key":
            made.moments.append(Moment(at, "key", str(event.get("key", ""))))
        elif kind in _SHOWN:
            trouble = kind == "error" or "error" in event
            made.moments.append(Moment(at, "trouble" if trouble else "data", _words(event)))
        elif kind == "hangup":
            made.steps.append(at)
    if heard is not None:
        made.spans.append(Span("heard", heard[1], made.length, heard[0]))
    for flow, node, since in open_nodes:
        made.spans.append(Span("nodes", since, made.length, node, flow, node))
    return made


def _close_jumped(
    made: Timeline, open_nodes: list[tuple[str, str, float]], flow: str, at: float
) -> None:
    """A call that has hung up goes on with the clean-up: what it was in then is over."""
    if any(inside[0] == flow for inside in open_nodes):
        while open_nodes:
            inside, node, since = open_nodes.pop()
            made.spans.append(Span("nodes", since, at, node, inside, node))
            if inside == flow:
                return


def _leave(
    made: Timeline, open_nodes: list[tuple[str, str, float]], flow: str, node: str, at: float
) -> None:
    while open_nodes:
        inside, name, since = open_nodes.pop()
        made.spans.append(Span("nodes", since, at, name, inside, name))
        if (inside, name) == (flow, node):
            return


def _words(event: Mapping[str, Any]) -> str:
    """An event besides the way, in a few of its own words."""
    told = ("source", "to", "url", "path", "account", "name", "via", "text", "error", "outcome",
            "result", "status", "rule", "target", "queue", "agent", "number", "box", "room",
            "refused")  # fmt: skip
    kind = str(event["event"])
    return " · ".join([kind, *(str(event[name]) for name in told if event.get(name))])


def ticks(length: float, room: float) -> list[float]:
    """Where a ruler of *length* seconds in *room* pixels has its marks, 70 pixels apart or more."""
    if length <= 0 or room <= 0:
        return [0.0]
    least = 70 * length / room
    step = next((one for one in _TICKS if one >= least), math.ceil(least / 3600) * 3600)
    return [float(step * number) for number in range(int(length // step) + 1)]

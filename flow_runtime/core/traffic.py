"""What calls did in the flows: how many came by each node and port, how long, who hung up where.

Figures are gathered from trace events (docs/traces.md), live or from a file, one by one; they can
be joined, and so kept by the hour. Times are kept in classes 5 % wide, which is what the median is
true to.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flow_runtime.core.model import PortValue

_WIDTH: Final = math.log(1.05)
_SHORTEST: Final = 0.001


@dataclass(slots=True)
class NodeTraffic:
    """One node: visits, calls that ended in it by the caller's hang-up, ways out, and times."""

    visits: int = 0
    hangups: int = 0
    ports: Counter[PortValue] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)

    @property
    def median_seconds(self) -> float | None:
        """How long half of the visits took at most; None when none has ended."""
        half, passed = self.times.total() / 2, 0
        for width_class in sorted(self.times):
            passed += self.times[width_class]
            if passed >= half:
                return _SHORTEST * math.exp((width_class + 0.5) * _WIDTH)
        return None

    @property
    def drop_off(self) -> float:
        """The share of visits that the caller ended by hanging up, 0 to 1."""
        return self.hangups / self.visits if self.visits else 0.0

    def stayed(self, seconds: float) -> None:
        """A visit has taken *seconds*."""
        longer = max(seconds, _SHORTEST) / _SHORTEST
        self.times[math.floor(math.log(longer) / _WIDTH)] += 1

    def join(self, other: NodeTraffic) -> None:
        """Add the figures of *other*."""
        self.visits += other.visits
        self.hangups += other.hangups
        self.ports.update(other.ports)
        self.times.update(other.times)


@dataclass(slots=True)
class FlowTraffic:
    """One flow: calls that came through it, and its nodes by name."""

    calls: int = 0
    nodes: dict[str, NodeTraffic] = field(default_factory=dict)

    def node(self, name: str) -> NodeTraffic:
        """The figures of the node called *name*."""
        return self.nodes.setdefault(name, NodeTraffic())

    def join(self, other: FlowTraffic) -> None:
        """Add the figures of *other*."""
        self.calls += other.calls
        for name, node in other.nodes.items():
            self.node(name).join(node)


@dataclass(slots=True)
class _Way:
    """Where a call is: the nodes it is in, the calling flows' first, and since when."""

    inside: list[tuple[str, str, float]] = field(default_factory=list)
    flows: set[str] = field(default_factory=set)
    gone: bool = False


class Traffic:
    """Gathers figures from trace events, which come in the order of each call."""

    def __init__(self) -> None:
        self.flows: dict[str, FlowTraffic] = {}
        self._ways: dict[str, _Way] = {}

    def flow(self, name: str) -> FlowTraffic:
        """The figures of the flow called *name*."""
        return self.flows.setdefault(name, FlowTraffic())

    def add(self, event: Mapping[str, Any]) -> None:
        """Take one trace event; those that say nothing of the way are passed over."""
        call, at = str(event.get("call")), float(event.get("t", 0.0))
        match event.get("event"):
            case "incoming":
                self._ways[call] = _Way()
            case "enter":
                self._enter(self._ways.setdefault(call, _Way()), event, at)
            case "leave":
                self._leave(self._ways.setdefault(call, _Way()), event, at)
            case "hangup":
                self._hung_up(self._ways.setdefault(call, _Way()), event, at)

    def forget(self, call: str) -> None:
        """The call is over: nothing more will come of it."""
        self._ways.pop(call, None)

    def _enter(self, way: _Way, event: Mapping[str, Any], at: float) -> None:
        name, node = str(event["flow"]), str(event["node"])
        flow = self.flow(name)
        if name not in way.flows:
            way.flows.add(name)
            flow.calls += 1
        flow.node(node).visits += 1
        way.inside.append((name, node, at))

    def _leave(self, way: _Way, event: Mapping[str, Any], at: float) -> None:
        name, node = str(event["flow"]), str(event["node"])
        figures = self.flow(name).node(node)
        figures.ports[event["port"]] += 1
        while way.inside:
            inside = way.inside.pop()
            if inside[:2] == (name, node):
                figures.stayed(at - inside[2])
                return

    def _hung_up(self, way: _Way, event: Mapping[str, Any], at: float) -> None:
        """The innermost node is where the call ended; what called it is only left behind.

        (Nor could a node that waits for a flow it called be told from one that jumped there.)
        """
        if way.gone or not way.inside:
            return
        name, node, since = way.inside[-1]
        way.gone = True
        way.inside.clear()
        figures = self.flow(name).node(node)
        figures.stayed(at - since)
        if event.get("by") == "caller":
            figures.hangups += 1

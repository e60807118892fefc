"""Where a call is and which way it went, from its trace events one by one; live or simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from designer.core.compare.told import Say, english
from designer.core.marks import Ports, port_of
from designer.core.picture import CardMark, Marks, PortKey, PortMark
from flow_runtime.core.model import PortValue


@dataclass(slots=True)
class Visit:
    """The call was in a node from *since* to *until* (None: it is still there).

    Moments are seconds since the epoch. *port* is the way out, None while there is none; *error*
    the stable word of a failure in the node. *after_hangup*: the caller had gone already.
    """

    node: str
    since: float
    until: float | None = None
    port: PortValue | None = None
    error: str = ""
    after_hangup: bool = False


@dataclass(slots=True)
class Way:
    """One passage of a call through one flow. A flow that is called twice is passed twice."""

    flow: str
    visits: list[Visit] = field(default_factory=list)


class CallTrail:
    """Follows one call through all its flows."""

    def __init__(self) -> None:
        self.ways: list[Way] = []
        """The passages in the order in which they began."""
        self.hung_up: float | None = None
        """When the call ended."""
        self.hung_up_by = ""
        """``caller``, ``us`` or ``network``."""
        self._levels: list[Way] = []

    def add(self, event: Mapping[str, Any]) -> None:
        """Take one event of the call; those that say nothing of the way are passed over."""
        at = float(event.get("t", 0.0))
        match event:
            case {"event": "enter", "flow": str(flow), "node": str(node)}:
                self._enter(flow, Visit(node, at, after_hangup=self.hung_up is not None))
            case {"event": "leave", "flow": str(flow), "node": str(node), "port": port}:
                self._leave(flow, node, port, at)
            case {"event": "error", "flow": str(flow), "node": str(node), "name": name}:
                if (visit := self._inside(flow, node)) is not None:
                    visit.error = str(name)
            case {"event": "hangup"} if self.hung_up is None:
                self.hung_up, self.hung_up_by = at, str(event.get("by", ""))
                for visit in self._waiting():
                    visit.until = at

    def place(self, flow: str) -> Visit | None:
        """The node of *flow* that the call is in now, be it in a flow that this node called."""
        for way in reversed(self._levels):
            if way.flow == flow and way.visits[-1].until is None:
                return way.visits[-1]
        return None

    def of_flow(self, flow: str) -> list[Way]:
        """The passages through *flow*."""
        return [way for way in self.ways if way.flow == flow]

    # --- inside ---------------------------------------------------------------------------------

    def _enter(self, flow: str, visit: Visit) -> None:
        """Go on where the last node of the flow was left, else a flow begins: it was called.

        After a hang-up each flow goes on with its clean-up, the one called last first.
        """
        for way in reversed(self._levels):
            if way.flow == flow and way.visits[-1].until is not None:
                while self._levels[-1] is not way:
                    self._levels.pop()
                way.visits.append(visit)
                return
            if way.visits[-1].until is None:
                break
        way = Way(flow, [visit])
        self.ways.append(way)
        self._levels.append(way)

    def _leave(self, flow: str, node: str, port: PortValue, at: float) -> None:
        visit = self._inside(flow, node)
        if visit is None:
            return
        visit.port, visit.until = port, at
        while self._levels[-1].visits[-1] is not visit:
            self._levels.pop()

    def _inside(self, flow: str, node: str) -> Visit | None:
        for way in reversed(self._levels):
            visit = way.visits[-1]
            if way.flow == flow and visit.node == node and visit.port is None:
                return visit
        return None

    def _waiting(self) -> list[Visit]:
        return [way.visits[-1] for way in self._levels if way.visits[-1].until is None]


def call_trail(events: Iterable[Mapping[str, Any]]) -> CallTrail:
    """The trail of a call that is over, from all its events in order."""
    trail = CallTrail()
    for event in events:
        trail.add(event)
    return trail


def call_marks(
    trail: CallTrail, flow: str, now: float, ports: Ports | None = None, say: Say = english
) -> Marks:
    """Where the call is in *flow* at the moment *now*, and the ways it has taken."""
    cards: dict[str, CardMark] = {}
    marks: dict[PortKey, PortMark] = {}
    taken = PortMark(covered=True)
    for way in trail.of_flow(flow):
        for visit in way.visits:
            if visit.port is not None:
                marks[visit.node, port_of(ports, visit.node, visit.port)] = taken
    here = trail.place(flow)
    if here is not None:
        text = "after the call · {time}" if here.after_hangup else "caller is here · {time}"
        cards[here.node] = CardMark(flag=say(text, time=clock_time(now - here.since)))
    return Marks(cards, marks)


def clock_time(seconds: float) -> str:
    """``0:12``, ``1:02:05``."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

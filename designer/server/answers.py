"""What a server answers (docs/api.md), checked as it is read; times are seconds since the epoch."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from flow_runtime.core.model import PortValue
from flow_runtime.core.traffic import FlowTraffic, NodeTraffic


class Status(msgspec.Struct):
    """The server as a whole; that it has these fields tells it from other servers."""

    version: str
    calls_now: int
    calls_served: int


class PastCall(msgspec.Struct):
    """A call in a list."""

    id: str
    flow: str
    node: str
    caller: str
    called: str
    started: float
    ended: float | None = None
    by: str | None = None
    cause: str | None = None


class CallEvents(msgspec.Struct):
    """A call with its events; *dropped* of the first ones are no longer kept."""

    call: PastCall
    dropped: int
    events: list[dict[str, Any]]


class SiteFile(msgspec.Struct):
    """A text file of the site."""

    path: str
    text: str


class SiteQueue(msgspec.Struct):
    """A queue as flows may use it."""

    name: str
    strategy: str
    max_wait: float | None = None
    max_waiting: int | None = None
    calendar: str = ""


class SiteAgent(msgspec.Struct):
    """An agent as flows may name one."""

    name: str
    title: str = ""
    queues: dict[str, int] = {}
    skills: dict[str, int | str] = {}


class ServedSite(msgspec.Struct):
    """All that is needed to draw and check the flows of a server."""

    name: str
    numbers: dict[str, str]
    files: list[SiteFile]
    prompts_folder: str
    languages: list[str]
    currency: str
    calendars: dict[str, dict[str, Any]]
    sources: dict[str, bool]
    queues: list[SiteQueue] = []
    agents: list[SiteAgent] = []
    boxes: dict[str, str] = {}


class ServedFlow(msgspec.Struct):
    """A flow that is served."""

    name: str
    path: str
    numbers: list[str]
    title: str | None = None


class NodeFigures(msgspec.Struct):
    """What calls did in one node."""

    visits: int
    hangups: int
    ports: list[tuple[str | int, int]]
    median_seconds: float | None = None


class FlowFigures(msgspec.Struct):
    """What calls did in one flow."""

    flow: str
    since: float
    until: float
    calls: int
    nodes: dict[str, NodeFigures]


def traffic_of(told: FlowFigures) -> FlowTraffic:
    """The figures as those that are counted here; of the times there is the median alone."""
    traffic = FlowTraffic(told.calls)
    for name, figures in told.nodes.items():
        ports: Counter[PortValue] = Counter()
        for port, times in figures.ports:
            ports[port] += times
        node = NodeTraffic(figures.visits, figures.hangups, ports)
        if figures.median_seconds is not None:
            node.stayed(figures.median_seconds)
        traffic.nodes[name] = node
    return traffic

"""The shape of a flow: where calls can go, where they end, and where they go in circles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from flow_runtime.core.check.graph import Graph, Link, steps_back
from flow_runtime.core.model import ERROR
from flow_runtime.core.problems import Step


@dataclass(frozen=True, slots=True)
class Loop:
    """A circle, from its first node back to that; *way_out* says whether a call can leave it."""

    circle: tuple[Step, ...]
    way_out: bool

    @property
    def node(self) -> str:
        """Its first node."""
        return self.circle[0].node


@dataclass(frozen=True, eq=False)
class Shape:
    """The graph of a flow and what matters of its nodes. What follows from it is found out once.

    *start*, *on_error* and *on_hangup* are nodes that exist. At nodes of *ends* the flow may end
    other than by a failure, visits of those of *waits* take time.
    """

    graph: Graph
    start: str | None
    on_error: str | None
    on_hangup: str | None
    ends: frozenset[str]
    waits: frozenset[str]

    @cached_property
    def from_start(self) -> Mapping[str, Link | None]:
        """Every node that a call can come to, with the link by which it comes there first."""
        return {} if self.start is None else self.graph.reachable([self.start])

    def way_to(self, node: str) -> tuple[Step, ...]:
        """A shortest way from the start to *node*; empty when there is none."""
        return steps_back(self.from_start, node) if node in self.from_start else ()

    @cached_property
    def met(self) -> Collection[str]:
        """Every node that runs at some time, also after a failure or a hang-up."""
        others = [node for node in (self.on_error, self.on_hangup) if node is not None]
        if all(node in self.from_start for node in others):
            return self.from_start.keys()
        return self.from_start.keys() | self.graph.reachable(others).keys()

    @cached_property
    def only_tidied(self) -> frozenset[str]:
        """The nodes that run only after the caller has gone."""
        if self.on_hangup is None:
            return frozenset()
        handling = () if self.on_error is None else self.graph.reachable([self.on_error])
        found = self.graph.reachable([self.on_hangup])
        return frozenset(found) - frozenset(self.from_start) - frozenset(handling)

    @cached_property
    def hot_loops(self) -> tuple[Loop, ...]:
        """Circles in which nothing takes time."""
        hot = {name for name in self.met if name not in self.waits}
        return tuple(map(self._loop, self.graph.knots(hot, _is_drawn)))

    @cached_property
    def endless_loops(self) -> tuple[Loop, ...]:
        """Circles that take time, but that a call can leave only by a hang-up or a failure."""
        lost = {*self.met} - {*self.graph.leading_to(self.ends, _is_normal)}
        knots = (knot for knot in self.graph.knots(lost, _is_drawn) if self.waits & {*knot})
        return tuple(loop for loop in map(self._loop, knots) if not loop.way_out)

    def _loop(self, knot: tuple[str, ...]) -> Loop:
        within = set(knot)
        circle = self.graph.circle(knot[0], within, _is_drawn)
        return Loop(circle, any(self._leads_out(name, within) for name in knot))

    def _leads_out(self, name: str, within: Collection[str]) -> bool:
        ways = self.graph.links(name)
        return name in self.ends or any(_is_normal(w) and w.target not in within for w in ways)


def _is_drawn(way: Link) -> bool:
    """A failure leads to ``on_error`` once in a call, so that no circle goes through it."""
    return way.drawn


def _is_normal(way: Link) -> bool:
    return way.port != ERROR

"""Counter-examples: a shortest way by which a call comes to a node with something being so."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.values import HANG_UP, Values
from flow_runtime.core.model import PortValue
from flow_runtime.core.problems import Step

_MOST: Final = 8
"""What depends on more variables is followed without asking what those depend on in turn."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """A call has come to *node*; *state* is what matters of it there, *after* where it was."""

    node: str
    tidying: bool
    state: State
    after: _Visit | None = None
    port: PortValue = ""


class Witness:
    """Finds ways through the flow of *values*."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._searches: dict[State, _Search] = {}

    def way(self, node: str, among: State, *wanted: State) -> tuple[Step, ...]:
        """A shortest way to *node* on which at least one bit of each of *wanted* holds in the end.

        *among* are the bits to be followed: those of all variables that *wanted* is about. Empty
        when no way is found.
        """
        search = self._searches.get(among)
        if search is None:
            search = self._searches[among] = _Search(self._values, among)
        visit = search.find(node, wanted)
        return () if visit is None else _steps(visit)


class _Search:
    """A breadth-first search, which goes on from question to question."""

    def __init__(self, values: Values, among: State) -> None:
        self._values = values
        self._follow = _decided_by(values, among)
        self._met: dict[tuple[str, bool, State], None] = {}
        self._at: dict[str, list[_Visit]] = {}
        self._queue: deque[_Visit] = deque()
        if values.first is not None:
            self._come(_Visit(values.first, False, values.start & self._follow))

    def find(self, node: str, wanted: tuple[State, ...]) -> _Visit | None:
        """The first visit of *node* with a bit of each of *wanted*."""
        for visit in self._at.get(node, ()):
            if all(visit.state & mask for mask in wanted):
                return visit
        while self._queue:
            found = None
            for visit in self._next(self._queue.popleft()):
                new = self._come(visit) and visit.node == node and found is None
                if new and all(visit.state & mask for mask in wanted):
                    found = visit
            if found is not None:
                return found
        return None

    def _come(self, visit: _Visit) -> bool:
        key = (visit.node, visit.tidying, visit.state)
        if key in self._met:
            return False
        self._met[key] = None
        self._at.setdefault(visit.node, []).append(visit)
        self._queue.append(visit)
        return True

    def _next(self, visit: _Visit) -> Iterator[_Visit]:
        values, node = self._values, visit.node
        entry = values.tidying if visit.tidying else values.calls
        state = entry[node] & ~self._follow | visit.state
        ways = values.tidying_ways(node) if visit.tidying else values.graph.links(node)
        for way in ways:
            after = values.behind(node, way.port, state)
            if after is not None:
                yield _Visit(way.target, visit.tidying, after & self._follow, visit, way.port)
        if not visit.tidying and values.last is not None and values.may_be_left(node):
            after = values.behind(node, HANG_UP, state)
            if after is not None:
                yield _Visit(values.last, True, after & self._follow, visit, HANG_UP)


def _decided_by(values: Values, among: State) -> State:
    """*among* and all bits that decide, somewhere in the flow, what becomes of them."""
    todo = True
    while todo and values.variables_in(among) <= _MOST:
        before = among
        for passage in values.all_passages():
            if passage.touches & among:
                among |= passage.asks(among)
        todo = among != before
    return among


def _steps(visit: _Visit) -> tuple[Step, ...]:
    steps = [Step(visit.node, None)]
    while visit.after is not None:
        steps.append(Step(visit.after.node, str(visit.port)))
        visit = visit.after
    return tuple(reversed(steps))

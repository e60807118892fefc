"""What is known of a flow's values when a call comes to a node, whatever way it came."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flow_runtime.core.binding import Beyond, BoundNode
from flow_runtime.core.check.dataflow import State, solve
from flow_runtime.core.check.effects import Effect, Passage
from flow_runtime.core.check.graph import Graph, Link
from flow_runtime.core.check.lines import Computed, Lines, line
from flow_runtime.core.check.sight import Sight
from flow_runtime.core.check.slots import BLANK, NONE, OFF, THERE, UNSET, Slots
from flow_runtime.core.expr.env import VIEWS
from flow_runtime.core.model import ERROR, Declaration, Flow, PortValue
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import Type

HANG_UP = "hangs up"
"""Stands for a port where a call comes to ``on_hangup``."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a flow is entered with: secrets, and whether the call is recorded.

    *secrets* are bits of inputs and of ``contact.NAME``.
    """

    secrets: frozenset[tuple[str, int]] = frozenset()
    recording: int = OFF


@dataclass(frozen=True)
class Scene:
    """A flow as its values move through it."""

    flow: Flow
    graph: Graph
    nodes: Mapping[str, BoundNode]
    types: Mapping[str, Type]
    slots: Slots


class Start:
    """The state in which a flow begins, and what its declarations compute."""

    def __init__(
        self,
        declarations: Sequence[Declaration],
        types: Mapping[str, Type],
        slots: Slots,
        book: PromptBook | None,
    ) -> None:
        self._slots = slots
        self._declarations = tuple(declarations)
        self._lines: list[tuple[Declaration, Lines | None]] = []
        above: dict[str, Type] = {}
        for item in declarations:
            if item.name in above:
                continue
            lines = None
            if item.default is not None:
                first = line(item.name, item.default, types[item.name], book)
                lines = Lines([first], Sight(dict(above), slots, book))
            self._lines.append((item, lines))
            above[item.name] = types[item.name]
        self.types = types

    def is_for(self, declarations: Sequence[Declaration], types: Mapping[str, Type]) -> bool:
        """Whether it was made for these very declarations."""
        same = len(declarations) == len(self._declarations) and self.types is types
        return same and all(a is b for a, b in zip(declarations, self._declarations, strict=True))

    def state(self, given: Given) -> tuple[State, tuple[Computed, ...]]:
        """What holds at the start of a call, and the first values as they were looked at."""
        slots = self._slots
        computed: list[Computed] = []
        declared = {item.name for item, _ in self._lines}
        state: State = given.recording
        for path in slots.names():
            if path not in declared:
                state |= slots.mask(path, self._undeclared(path))
        secrets = dict(given.secrets)
        for item, lines in self._lines:
            if lines is None:
                state |= slots.mask(item.name, _without_value(item, self.types[item.name]))
            else:
                computed += lines.carry_out(state)
                state = lines.after(state)
            state |= slots.mask(item.name, secrets.pop(item.name, 0))
        for path, bits in secrets.items():
            state |= slots.mask(path, bits)
        return state, tuple(computed)

    def _undeclared(self, path: str) -> int:
        """What is known of a field, a view, or a variable that a node declares by naming it."""
        view = None if path in self.types else VIEWS.get(path)
        if "." in path or (view is not None and view.optional):
            return NONE | THERE
        return UNSET if view is None else THERE


def _without_value(item: Declaration, kind: Type) -> int:
    """An input without a default is given by whoever calls the flow; an ``any`` may be none."""
    if item.kind == "input":
        return NONE | THERE if kind.optional else THERE
    return BLANK if kind.optional or kind.name == "any" else UNSET


class Values:
    """What holds on entry to each node of a flow.

    *calls* is that of the calls, *tidying* that of the way behind ``on_hangup``: a caller may hang
    up in any node that is not instant. *entry* joins the two. *first* and *last* are the nodes that
    ``start`` and ``on_hangup`` lead to.
    """

    def __init__(self, scene: Scene, effects: Mapping[str, Effect], start: State) -> None:
        self.graph, self.slots, self.types = scene.graph, scene.slots, scene.types
        self._effects = {name: effect for name, effect in effects.items() if not effect.idle}
        self._behind = {name: effect.behind for name, effect in self._effects.items()}
        self._instant = {name for name, node in scene.nodes.items() if node.cls.instant}
        self._instant -= _apologising(scene, self._instant)
        self.first = _existing(scene.flow.jump("start"), self.graph)
        self.last = _existing(scene.flow.jump("on_hangup"), self.graph)
        self.start = start
        roots = {} if self.first is None else {self.first: start}
        self.calls = solve(roots, self.graph.links, self._behind.get)
        self.tidying: dict[str, State] = {}
        hung_up = 0 if self.last is None else self._hung_up()
        if self.last is not None and hung_up:
            self.tidying = solve({self.last: hung_up}, self.tidying_ways, self._behind.get)
        self.entry = dict(self.calls)
        for name, state in self.tidying.items():
            self.entry[name] = self.entry.get(name, 0) | state

    def tidying_ways(self, node: str) -> Sequence[Link]:
        """Where a call can go after the hang-up, when ``on_error`` is not taken any more."""
        return [link for link in self.graph.links(node) if link.drawn]

    def behind(self, node: str, port: PortValue, state: State) -> State | None:
        """What holds behind a port; that of a hang-up is like that of a failure."""
        effect = self._effects.get(node)
        return state if effect is None else effect.behind(_real(port), state)

    def all_passages(self) -> Iterator[Passage]:
        """All that happens anywhere in the flow to what is known."""
        return (passage for effect in self._effects.values() for passage in effect.passages())

    def variables_in(self, state: State) -> int:
        """How many of the flow's variables have bits in *state*."""
        return sum(1 for name in self.types if self.slots.bits(state, name))

    def may_be_left(self, node: str) -> bool:
        """Whether a caller can hang up in *node*."""
        return node not in self._instant

    def _hung_up(self) -> State:
        found = 0
        for node, state in self.calls.items():
            if self.may_be_left(node):
                found |= self.behind(node, ERROR, state) or 0
        return found


def _apologising(scene: Scene, instant: Collection[str]) -> set[str]:
    """Those of *instant* after whose failure the caller hears an apology, and can hang up in it.

    That is where nothing handles failures, and where one is being handled already.
    """
    on_error = _existing(scene.flow.jump("on_error"), scene.graph)
    handling = scene.graph.nodes if on_error is None else scene.graph.reachable([on_error])
    return {
        name
        for name in instant
        if name in handling and scene.nodes[name].exit(ERROR) is Beyond.ON_ERROR
    }


def _existing(name: str | None, graph: Graph) -> str | None:
    return name if name in graph.nodes else None


def _real(port: PortValue) -> PortValue:
    return ERROR if port == HANG_UP else port

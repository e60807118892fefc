"""A flow that another flow calls or jumps to, and what can be told of it from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from flow_runtime.core.interface import Input, Interface
from flow_runtime.core.model import Flow
from flow_runtime.core.phrase import phrase
from flow_runtime.core.types import ANY, declared

if TYPE_CHECKING:
    from flow_runtime.core.binding import BoundNode
    from flow_runtime.core.surroundings import Surroundings


class CalledFlow:
    """The flow in the file *path*, which tells it from others.

    *flow* is None when nothing could be read there. *around* are its own surroundings: what it
    names is relative to its own file.
    """

    def __init__(self, path: str, flow: Flow | None, around: Surroundings) -> None:
        self.path, self.flow, self.around = path, flow, around
        self._in_progress = False

    def trouble(self) -> str:
        """What is wrong with it, as the end of a sentence; empty when it can be run."""
        return "" if self.flow is not None else phrase("it holds no flow")

    @property
    def interface(self) -> Interface | None:
        """What its callers see, None when there is no flow.

        While a flow that calls itself is being looked at, it counts as one that never waits.
        """
        if self.flow is None:
            return None
        return _face(self.flow, self.nodes) if self._in_progress else self._interface

    @cached_property
    def nodes(self) -> Mapping[str, BoundNode]:
        """Its nodes of known types, by name, as far as they can be told without their callees."""
        from flow_runtime.core.binding import bind_all

        return {} if self.flow is None else bind_all(self.flow, self.around.nodes)

    @cached_property
    def whole(self) -> Mapping[str, BoundNode]:
        """Its nodes of known types, by name, each with the flow that it calls."""
        from flow_runtime.core.binding import bind_all

        if self.flow is None:
            return {}
        return bind_all(self.flow, self.around.nodes, self.around.flows)

    @cached_property
    def _interface(self) -> Interface:
        assert self.flow is not None
        self._in_progress = True
        try:
            waits = not _passes_without_waiting(self.flow, self.whole)
            speaks = any(
                node.cls.speaks for called in reached_from(self) for node in called.nodes.values()
            )
        finally:
            self._in_progress = False
        return _face(self.flow, self.nodes, waits, speaks)


def reached_from(called: CalledFlow) -> Iterator[CalledFlow]:
    """*called* and every flow that it leads to, each once."""
    met = {called.path: called}
    todo = [called]
    while todo:
        flow = todo.pop()
        yield flow
        for node in flow.whole.values():
            if node.called is not None and node.called.path not in met:
                met[node.called.path] = node.called
                todo.append(node.called)


def _face(
    flow: Flow, nodes: Mapping[str, BoundNode], waits: bool = False, speaks: bool = False
) -> Interface:
    kinds = {d.name: declared(d.type) or ANY for d in flow.declarations}
    ends = (
        str(node.draft.constants["outcome"])
        for node in nodes.values()
        if node.cls.returns and "outcome" in node.draft.constants
    )
    return Interface(
        name=flow.name,
        inputs={
            d.name: Input(kinds[d.name], d.default is None and not kinds[d.name].optional)
            for d in flow.declarations
            if d.kind == "input"
        },
        outputs={d.name: kinds[d.name] for d in flow.declarations if d.kind == "output"},
        outcomes=tuple(dict.fromkeys(ends)),
        waits=waits,
        speaks=speaks,
    )


def _passes_without_waiting(flow: Flow, nodes: Mapping[str, BoundNode]) -> bool:
    """Whether a call can come from the start of *flow* to one of its ends without waiting."""
    todo = [flow.jump("start")]
    seen = set(todo)
    while todo:
        node = nodes.get(todo.pop() or "")
        if node is None or node.waits:
            continue
        if node.cls.returns:
            return True
        for _, way in node.exits():
            target = way if isinstance(way, str) else flow.jump("on_error")
            if way is not None and target not in seen:
                seen.add(target)
                todo.append(target)
    return False

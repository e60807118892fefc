"""A node of the file joined with its class: its draft, its ports, and where each of them leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from flow_runtime.core.called import CalledFlow
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.compile import NOT_CONSTANT, constant_value
from flow_runtime.core.expr.tree import Expr, Name, RecordOf, Text
from flow_runtime.core.expr.values import plain_duration
from flow_runtime.core.interface import Interface
from flow_runtime.core.model import Edge, Flow, NodeDecl, PortValue
from flow_runtime.core.node import Draft, Node, ParamSpec, Port, error_port
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import nearest
from flow_runtime.core.surroundings import FindFlow


class Beyond(Enum):
    """Where a port leads when it leads to no node."""

    ON_ERROR = "on_error"
    """To the flow's ``on_error``."""
    GOODBYE = "goodbye"
    """To a few polite words and the end of the call."""


Exit: TypeAlias = str | Beyond | None
"""A node's name, something beyond the nodes, or None: the port is not connected."""


@dataclass(frozen=True, slots=True)
class BoundNode:
    """A node declaration and what its class makes of it.

    *ports* and *edges* are keyed by `Node.port_key`; of an edge written twice the first counts.
    *fault* is set when the class itself failed over this draft (a bug in a plug-in). *called* is
    the flow that it calls or jumps to, if it was found.
    """

    decl: NodeDecl
    cls: type[Node]
    draft: Draft
    ports: Mapping[PortValue, Port]
    edges: Mapping[PortValue, Edge]
    fault: Exception | None = None
    called: CalledFlow | None = None

    @property
    def waits(self) -> bool:
        """Whether each visit takes time, be it in the flow that is called."""
        face = self.draft.called
        return self.cls.waits or (face is not None and face.waits)

    @property
    def speaks(self) -> bool:
        """Whether it plays or hears sound, be it in a flow that it leads to."""
        face = self.draft.called
        return self.cls.speaks or (face is not None and face.speaks)

    def exits(self) -> Iterator[tuple[PortValue, Exit]]:
        """Each port with where it leads, be it by its own arrow or by one it stands for."""
        for key in {**self.ports, **self.edges}:
            yield key, self.exit(key)

    def exit(self, key: PortValue) -> Exit:
        """Where the port *key* leads."""
        seen: set[PortValue] = set()
        while key not in seen:
            seen.add(key)
            edge, port = self.edges.get(key), self.ports.get(key)
            if edge is not None and edge.target is not None:
                return edge.target
            if port is None or port.stands_for is None:
                return None
            if port.stands_for in _BEYOND:
                return _BEYOND[port.stands_for]
            key = self.cls.port_key(port.stands_for)
        return None


_BEYOND: Final = {way.value: way for way in Beyond}


def bind(decl: NodeDecl, cls: type[Node], flows: FindFlow | None = None) -> BoundNode:
    """Join *decl* with its class *cls*; *flows* finds the flow that it names."""
    edges: dict[PortValue, Edge] = {}
    for edge in decl.edges:
        edges.setdefault(cls.port_key(edge.port), edge)
    called = _called(decl, cls, flows)
    draft, fault = draft_of(decl, cls, called.interface if called is not None else None), None
    try:
        named = [*cls.ports(draft), error_port()]
    except Exception as error:  # a plug-in's bug must not take the checker down
        named, fault = [error_port()], error
    ports = {cls.port_key(port.name): port for port in named}
    return BoundNode(decl, cls, draft, ports, edges, fault, called)


def bind_all(
    flow: Flow, library: Mapping[str, type[Node]], flows: FindFlow | None = None
) -> dict[str, BoundNode]:
    """All nodes of known types by name; of a name used twice the first node counts."""
    bound: dict[str, BoundNode] = {}
    for decl in flow.nodes:
        if decl.name not in bound and decl.type in library:
            bound[decl.name] = bind(decl, library[decl.type], flows)
    return bound


def _called(decl: NodeDecl, cls: type[Node], flows: FindFlow | None) -> CalledFlow | None:
    """The flow that a parameter of *decl* names."""
    if flows is None:
        return None
    for spec in cls.params.values():
        if spec.names in ("flow", "sub-flow"):
            written = decl.parameter(spec.name)
            name = NOT_CONSTANT if written is None else parameter_constant(spec, written.value)
            if isinstance(name, str):
                return flows(name)
    return None


# --- drafts -------------------------------------------------------------------------------------


def draft_of(decl: NodeDecl, cls: type[Node], called: Interface | None = None) -> Draft:
    """The node as drawn, with the constants that can be told without a call."""
    written = {p.name: p.value for p in reversed(decl.parameters)}
    constants: dict[str, Any] = {}
    for spec in cls.params.values():
        if spec.name not in written:
            if not spec.required:
                constants[spec.name] = spec.default
            continue
        value = parameter_constant(spec, written[spec.name])
        if value is not NOT_CONSTANT:
            constants[spec.name] = value
    return Draft(
        name=decl.name,
        written=MappingProxyType({p.name: written[p.name] for p in decl.parameters}),
        constants=MappingProxyType(constants),
        drawn=tuple(dict.fromkeys(cls.port_key(edge.port) for edge in decl.edges)),
        labels=MappingProxyType(
            {cls.port_key(e.port): e.label for e in decl.edges if e.label is not None}
        ),
        called=called,
    )


def parameter_constant(spec: ParamSpec, expr: Expr) -> Any:
    """The constant value of parameter *spec* as `run` would see it, else `NOT_CONSTANT`.

    What a caller hears depends on the caller's language and is never a constant.
    """
    if spec.variable:
        return expr.name if isinstance(expr, Name) else NOT_CONSTANT
    if spec.outputs:
        return _outputs(expr)
    if spec.type.name == "sound":
        return NOT_CONSTANT
    try:
        value = constant_value(expr, spec.type)
    except NodeFailure:
        return NOT_CONSTANT  # the check of types says more
    if spec.whole and isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


def _outputs(expr: Expr) -> Any:
    """``{level: grade}`` as names alone: no value of the calling flow is meant."""
    if not isinstance(expr, RecordOf):
        return NOT_CONSTANT
    names: dict[str, str] = {}
    for pair in expr.pairs:
        name = pair.value.constant if isinstance(pair.value, Text) else None
        name = pair.value.name if isinstance(pair.value, Name) else name
        if name is None:
            return NOT_CONSTANT
        names[pair.key] = name
    return names


def refusal(spec: ParamSpec, value: Any) -> str | None:
    """Why *value*, of the right type, is not allowed for *spec* (a text to go after its name)."""
    if value is None:
        return None if spec.optional else phrase("is none, but it needs a value")
    if spec.choices and value not in spec.choices:
        allowed = ", ".join(f'"{choice}"' for choice in spec.choices)
        near = nearest(str(value), spec.choices)
        hint = "" if near is None else phrase(' (did you mean "{near}"?)', near=near)
        return phrase(
            'is "{value}", but it must be one of {allowed}{hint}',
            value=value,
            allowed=allowed,
            hint=hint,
        )
    if spec.whole and value != int(value):
        return phrase("is {value}, but it must be a whole number", value=value)
    if spec.low is not None and value < spec.low or spec.high is not None and value > spec.high:
        return phrase(
            "is {value}, but it must be {bounds}", value=shown(value), bounds=_bounds(spec)
        )
    return None


def _bounds(spec: ParamSpec) -> str:
    if spec.high is None:
        return phrase("at least {low}", low=shown(spec.low))
    if spec.low is None:
        return phrase("at most {high}", high=shown(spec.high))
    return phrase("between {low} and {high}", low=shown(spec.low), high=shown(spec.high))


def shown(value: Any) -> str:
    """*value* as it is written in a flow: durations as ``300ms`` or ``5s``."""
    return plain_duration(value) if isinstance(value, timedelta) else str(value)

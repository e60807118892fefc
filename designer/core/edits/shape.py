"""Edits of the drawing's shape: a node put into an arrow, and a node made one of another type."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from designer.core.edits.items import (
    JUMPS,
    JumpKind,
    add_node,
    change_node,
    node_of,
    set_jump,
)
from designer.core.edits.ports import connect, merged_edges
from flow_runtime.core.binding import bind, parameter_constant, refusal
from flow_runtime.core.expr.compile import NOT_CONSTANT
from flow_runtime.core.expr.tree import Expr, Name
from flow_runtime.core.model import ERROR, NEXT, Edge, Flow, NodeDecl, Parameter, PortValue
from flow_runtime.core.node import Node, ParamSpec
from flow_runtime.core.surroundings import FindFlow

Way = tuple[str, PortValue] | JumpKind
"""An arrow: a node's port, or one of the ways into the flow."""


def insert_node(
    flow: Flow, way: Way, node: NodeDecl, x: int, y: int, out: PortValue | None = NEXT
) -> Flow:
    """Put *node*, whose name is free, into the arrow *way*, standing at (x, y).

    The arrow, with its label, leads to *node* then, and the port *out* of it to where the arrow
    led before; None for a node without a way out.
    """
    if isinstance(way, str):
        led = flow.jump(way)
        grown = set_jump(add_node(flow, node, x, y), way, node.name)
    else:
        source, port = way
        edge = node_of(flow, source).edge(port)
        led = None if edge is None else edge.target
        grown = connect(add_node(flow, node, x, y, after=source), source, port, node.name)
    if led is None or out is None:
        return grown
    return connect(grown, node.name, out, led)


def arrows_to(flow: Flow, name: str) -> list[Way]:
    """All arrows that lead to the node called *name*, the ways into the flow first."""
    ways: list[Way] = [kind for kind in JUMPS if flow.jump(kind) == name]
    ways += [(n.name, e.port) for n in flow.nodes for e in n.edges if e.target == name]
    return ways


# --- another type ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replaced:
    """A flow in which a node has got another type, and what of the node did not fit."""

    flow: Flow
    parameters: tuple[Parameter, ...] = ()
    edges: tuple[Edge, ...] = ()


def replace_type(
    flow: Flow,
    name: str,
    cls: type[Node],
    old: type[Node] | None = None,
    flows: FindFlow | None = None,
) -> Replaced:
    """Make the node called *name* one of type *cls*, and keep what fits it.

    Name, title, comments and what leads to it stay. A parameter stays when *cls* has one of its
    name that takes its value; else the value goes to the one required parameter of the same type,
    if *old*, the class it had, tells the type. An arrow stays when *cls* has its port; the first
    of the others goes to the first port that wants one.
    """
    decl = node_of(flow, name)
    parameters, unfit = _parameters(decl, cls, old)
    bare = replace(decl, type=cls.type, parameters=parameters, edges=())
    bound = bind(replace(bare, edges=decl.edges), cls, flows)
    fits = [edge for edge in decl.edges if cls.port_key(edge.port) in bound.ports]
    left = [edge for edge in decl.edges if edge not in fits]
    made = replace(bare, edges=tuple(fits))
    main = next((edge for edge in left if edge.target is not None), None)
    wanting = _wanting(made, cls, flows)
    if main is not None and wanting is not None:
        made = replace(made, edges=merged_edges(made.edges, replace(main, port=wanting)))
        left.remove(main)
    lost = [line.comments.above for line in unfit] + [edge.comments.above for edge in left]
    made = replace(made, tail=(*made.tail, *chain.from_iterable(lost)))
    return Replaced(change_node(flow, name, made), tuple(unfit), tuple(left))


def _wanting(decl: NodeDecl, cls: type[Node], flows: FindFlow | None) -> PortValue | None:
    """The first port of *decl* that has to lead somewhere and does not."""
    bound = bind(decl, cls, flows)
    for key, port in bound.ports.items():
        if key != ERROR and port.required and key not in bound.edges:
            return port.name
    return None


def _parameters(
    decl: NodeDecl, cls: type[Node], old: type[Node] | None
) -> tuple[tuple[Parameter, ...], list[Parameter]]:
    """The lines of *decl* that a *cls* takes, some by other names; and those that it does not."""
    if cls.free_lines:
        if old is not None and old.free_lines:
            return decl.parameters, []
        return (), list(decl.parameters)
    kept: list[Parameter] = []
    unfit: list[Parameter] = []
    for line in decl.parameters:
        spec = cls.params.get(line.name)
        fits = spec is not None and _takes(spec, line.value, _spec(old, line))
        (kept if fits else unfit).append(line)
    taken = {line.name for line in kept}
    for spec in cls.params.values():
        if spec.required and spec.name not in taken:
            found = _only(x for x in unfit if _same_kind(spec, x.value, _spec(old, x)))
            if found is not None:
                kept.append(replace(found, name=spec.name))
                unfit.remove(found)
    return tuple(kept), unfit


def _spec(cls: type[Node] | None, line: Parameter) -> ParamSpec | None:
    return None if cls is None else cls.params.get(line.name)


def _only(lines: Iterable[Parameter]) -> Parameter | None:
    """The line, if there is just one."""
    found = list(lines)
    return found[0] if len(found) == 1 else None


def _same_kind(spec: ParamSpec, value: Expr, was: ParamSpec | None) -> bool:
    """Whether *spec* is for the same as *was*, under another name."""
    return (
        was is not None
        and was.required
        and was.type.name == spec.type.name
        and was.type.item == spec.type.item
        and was.names == spec.names
        and _takes(spec, value, was)
    )


def _takes(spec: ParamSpec, value: Expr, was: ParamSpec | None) -> bool:
    """Whether *spec* is one for *value*, which was that of *was*."""
    if spec.variable or spec.outputs:
        same = was is None or (was.variable, was.outputs) == (spec.variable, spec.outputs)
        return same and (isinstance(value, Name) or spec.outputs)
    if was is not None and (was.variable or was.outputs or was.type.name != spec.type.name):
        return False
    constant = parameter_constant(spec, value)
    return constant is NOT_CONSTANT or refusal(spec, constant) is None

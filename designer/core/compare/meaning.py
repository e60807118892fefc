"""What a node says, without how it is spelled: two spellings of one meaning are equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from designer.core.edits.trees import changed_within
from designer.core.edits.variables import Library, is_free_line
from flow_runtime.core.binding import parameter_constant
from flow_runtime.core.expr.compile import NOT_CONSTANT
from flow_runtime.core.expr.tree import Expr, Literal, Pair, RecordOf, Text
from flow_runtime.core.model import Edge, NodeDecl, Parameter, PortValue
from flow_runtime.core.node import Node


@dataclass(frozen=True, slots=True)
class Meaning:
    """What counts of a node: parameters and arrows by name; free lines in their order.

    An arrow is its target and its label; an unconnected port that is only written down counts
    where writing it down makes it (a menu's key).
    """

    decl: NodeDecl
    cls: type[Node] | None
    parameters: Mapping[str, Parameter]
    lines: tuple[Parameter, ...]
    edges: Mapping[PortValue, Edge]


def meaning_of(decl: NodeDecl, library: Library) -> Meaning:
    """The meaning of *decl*; of what is written twice the first counts."""
    cls = library.get(decl.type)
    parameters: dict[str, Parameter] = {}
    lines = []
    for line in decl.parameters:
        if is_free_line(line, cls):
            lines.append(line)
        elif not _is_default(line, cls):
            parameters.setdefault(line.name, line)
    key: Callable[[PortValue], PortValue] = (lambda port: port) if cls is None else cls.port_key
    edges: dict[PortValue, Edge] = {}
    for edge in decl.edges:
        edges.setdefault(key(edge.port), edge)
    return Meaning(decl, cls, parameters, tuple(lines), edges)


def _is_default(line: Parameter, cls: type[Node] | None) -> bool:
    """Whether *line* says what is so without it."""
    spec = None if cls is None else cls.params.get(line.name)
    if spec is None or spec.required:
        return False
    value = parameter_constant(spec, line.value)
    return value is not NOT_CONSTANT and (value, type(value)) == (spec.default, type(spec.default))


def same_value(one: Expr | None, other: Expr | None) -> bool:
    """Whether two expressions are the same but for their spelling."""
    if one is None or other is None:
        return one is other
    return one == other or plain(one) == plain(other)


def plain(expr: Expr) -> Expr:
    """*expr* in one of its spellings: ``"..."`` for any text, ``60s`` as ``1m``."""
    return changed_within(expr, _plain)


def _plain(part: Expr) -> Expr:
    match part:
        case Literal(value):
            return Literal(value, type(value).__name__)  # for 1 == True
        case Text():
            return replace(part, style="plain")
        case RecordOf(pairs):
            return RecordOf(tuple(Pair(pair.key, pair.value) for pair in pairs))
    return part


def same_lines(one: tuple[Parameter, ...], other: tuple[Parameter, ...]) -> bool:
    """Whether two lists of assignments do the same."""
    return len(one) == len(other) and all(
        a.name == b.name and same_value(a.value, b.value) for a, b in zip(one, other, strict=True)
    )

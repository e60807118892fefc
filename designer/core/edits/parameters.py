"""Edits of a node's parameters. A value is given as it is typed, half-typed if need be.

Which ports a node has may follow from its parameters. An edge whose port vanishes stays written,
is shown, and counts again when the port comes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from designer.core.edits.items import change_node, change_nodes, node_of
from designer.core.edits.remains import above, without
from flow_runtime.core.expr.tree import Expr, HalfTyped
from flow_runtime.core.model import Flow, NodeDecl, Parameter
from flow_runtime.core.syntax import ExpressionError, parse_expression, print_expression


def read_value(text: str) -> Expr:
    """The expression that *text* is; what does not parse is kept to the letter."""
    try:
        return parse_expression(text)
    except ExpressionError:
        return HalfTyped(text)


def written_value(value: Expr) -> str:
    """*value* as a person would type it: `read_value` gives it back."""
    return value.raw if isinstance(value, HalfTyped) else print_expression(value)


def set_parameter(flow: Flow, node: str, parameter: str, value: Expr | str) -> Flow:
    """Write ``parameter = value``, in its place when it is written already."""
    return set_parameters(flow, [node], parameter, value)


def set_parameters(flow: Flow, nodes: Iterable[str], parameter: str, value: Expr | str) -> Flow:
    """Write ``parameter = value`` on several nodes."""
    expr = read_value(value) if isinstance(value, str) else value
    changed = {name: _with_value(node_of(flow, name), parameter, expr) for name in nodes}
    return change_nodes(flow, changed)


def remove_parameter(flow: Flow, node: str, parameter: str) -> Flow:
    """Leave the parameter out."""
    return remove_parameters(flow, [node], parameter)


def remove_parameters(flow: Flow, nodes: Iterable[str], parameter: str) -> Flow:
    """Leave the parameter out on several nodes."""
    return change_nodes(flow, {name: _left_out(node_of(flow, name), parameter) for name in nodes})


def rename_parameter(flow: Flow, node: str, old: str, new: str) -> Flow:
    """Call a free line (of `set`) otherwise."""
    decl = node_of(flow, node)
    written = tuple(replace(p, name=new) if p.name == old else p for p in decl.parameters)
    return change_node(flow, node, replace(decl, parameters=written))


def move_line(flow: Flow, node: str, index: int, to: int) -> Flow:
    """Move the line at *index* of a node with free lines to the place *to*: order counts."""
    decl = node_of(flow, node)
    lines = list(decl.parameters)
    lines.insert(to, lines.pop(index))
    return change_node(flow, node, replace(decl, parameters=tuple(lines)))


def _with_value(decl: NodeDecl, parameter: str, expr: Expr) -> NodeDecl:
    written = list(decl.parameters)
    for index, one in enumerate(written):
        if one.name == parameter:
            written[index] = replace(one, value=expr)
            break
    else:
        written.append(Parameter(parameter, expr))
    return replace(decl, parameters=tuple(written))


def _left_out(decl: NodeDecl, parameter: str) -> NodeDecl:
    gone = [index for index, one in enumerate(decl.parameters) if one.name == parameter]
    if not gone:
        return decl
    written, strays = without(decl.parameters, gone)
    if not decl.edges:
        return replace(decl, parameters=written, tail=strays + decl.tail)
    edges = (above(decl.edges[0], strays), *decl.edges[1:])
    return replace(decl, parameters=written, edges=edges)

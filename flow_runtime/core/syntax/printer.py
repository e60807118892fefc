"""Writes a flow in its one canonical form, comments and all.

The order is: ``flow``, ``schema``, declarations, jumps, nodes, ``layout``; inside a node the
parameters in the order of its class, then the ports. Blank lines stand between these groups and
around nodes. Nothing is aligned in columns. Reading the result gives the same flow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from flow_runtime.core.model import (
    NEXT,
    Box,
    Comments,
    Declaration,
    Edge,
    Flow,
    Jump,
    Layout,
    NodeDecl,
    Parameter,
    PortValue,
    Remark,
    TypeName,
)
from flow_runtime.core.syntax.expressions import print_expression, print_value
from flow_runtime.core.syntax.words import is_name, quoted

__all__ = ["print_expression", "print_flow", "print_node"]

_INDENTATION = "  "


Printed: TypeAlias = dict[int, tuple[NodeDecl, list[str]]]
"""The blocks that were printed last, by the identity of their nodes."""


def print_flow(
    flow: Flow,
    order: Callable[[str], Sequence[str]] | None = None,
    printed: Printed | None = None,
) -> str:
    """The whole file. *order* gives the names of a node type's parameters in their order.

    Parameters it does not name (or of a type unknown to it: it then gives nothing) keep their
    written order behind the others. *printed* is a memory for a flow that is printed again and
    again as it is edited: what has not changed is taken from there.
    """
    title = "" if flow.title is None else " " + quoted(flow.title)
    head = _line("", f"flow {flow.name}{title}", flow.comments)
    head += _line("", f"schema {flow.schema}", flow.schema_comments)
    for declaration in flow.declarations:
        head += _line("", _declaration(declaration), declaration.comments)
    groups = [head, [row for jump in flow.jumps for row in _jump(jump)]]
    groups += _nodes(flow, order, {} if printed is None else printed)
    groups += [_layout(flow.layout), _whole_comments("", flow.tail)]
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _nodes(
    flow: Flow, order: Callable[[str], Sequence[str]] | None, printed: Printed
) -> list[list[str]]:
    known = dict(printed)
    printed.clear()
    blocks = []
    for node in flow.nodes:
        same = known.get(id(node))  # it is alive as long as it is remembered, so the id is its own
        lines = same[1] if same is not None else print_node(node, order)
        printed[id(node)] = node, lines
        blocks.append(lines)
    return blocks


def print_node(node: NodeDecl, order: Callable[[str], Sequence[str]] | None = None) -> list[str]:
    """The lines of one node block, as in `print_flow`."""
    title = "" if node.title is None else " " + quoted(node.title)
    lines = _line("", f"node {node.name}: {node.type}{title}", node.comments)
    parameters: Iterable[Parameter] = node.parameters
    if order is not None:
        rank = {name: number for number, name in enumerate(order(node.type))}
        parameters = sorted(parameters, key=lambda p: rank.get(p.name, len(rank)))
    for parameter in parameters:
        start = f"{parameter.name} = "
        value = print_value(parameter.value, _INDENTATION, len(_INDENTATION + start))
        lines += _line(_INDENTATION, start + value, parameter.comments)
    for edge in node.edges:
        lines += _line(_INDENTATION, print_edge(edge), edge.comments)
    return lines + _whole_comments(_INDENTATION, node.tail)


def _line(indentation: str, text: str, comments: Comments) -> list[str]:
    behind = "" if comments.behind is None else "  " + _comment(" ".join(_split(comments.behind)))
    return [*_whole_comments(indentation, comments.above), indentation + text + behind]


def _whole_comments(indentation: str, comments: Iterable[str]) -> list[str]:
    return [indentation + _comment(line) for text in comments for line in _split(text)]


def _split(comment: str) -> list[str]:
    """A comment made by a program may hold line ends, which would end it in the file."""
    return re.split(r"\r\n|\r|\n", comment)


def _comment(text: str) -> str:
    text = text.rstrip()
    return f"#{text}" if not text or text.startswith("#") else f"# {text}"


def _declaration(declaration: Declaration) -> str:
    text = f"{declaration.kind} {declaration.name}: {_type(declaration.type)}"
    if declaration.default is None:
        return text
    text += " = "
    return text + print_value(declaration.default, "", len(text))


def _type(name: TypeName) -> str:
    return ("list of " if name.is_list else "") + name.name + ("?" if name.optional else "")


def _jump(jump: Jump) -> list[str]:
    return _line("", f"{jump.kind} -> {jump.target}", jump.comments)


def print_edge(edge: Edge) -> str:
    """``port "label" -> target``, on one line."""
    if edge.port == NEXT and edge.label is None and edge.target is not None:
        return f"-> {edge.target}"
    label = "" if edge.label is None else " " + quoted(edge.label)
    target = "" if edge.target is None else f" -> {edge.target}"
    return print_port(edge.port) + label + target


def print_port(port: PortValue) -> str:
    """A port as it is written: ``open``, ``1``, ``"#"``."""
    if isinstance(port, int):
        return str(port)
    return port if is_name(port) else quoted(port)


def _layout(layout: Layout) -> list[str]:
    if layout == Layout():
        return []
    lines = _line("", "layout", layout.comments)
    for box in sorted(layout.boxes, key=lambda box: (box.name, box.x, box.y)):
        lines += _line(_INDENTATION, _box(box), box.comments)
    for remark in sorted(layout.remarks, key=_remark_order):
        lines += _line(_INDENTATION, _remark(remark), remark.comments)
    return lines + _whole_comments(_INDENTATION, layout.tail)


def _box(box: Box) -> str:
    return f"{box.name} {box.x},{box.y}"


def _remark(remark: Remark) -> str:
    size = f"{remark.x},{remark.y} {remark.width},{remark.height}"
    return f"{remark.kind} {quoted(remark.text)} {size}"


def _remark_order(remark: Remark) -> tuple[bool, str, int, int, int, int]:
    """Notes, then frames, each by what they say."""
    frame = remark.kind == "frame"
    return frame, remark.text, remark.x, remark.y, remark.width, remark.height

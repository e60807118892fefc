"""Edits of the flow's head: its name and title, inputs, outputs and variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from designer.core.edits.remains import above, without
from designer.core.edits.trees import changed_within
from flow_runtime.core.expr.tree import Expr, Name, RecordOf
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.model import Declaration, Flow, NodeDecl, Parameter
from flow_runtime.core.node import Node

Library = Mapping[str, type[Node]]
"""The node classes by the word of their type."""


def set_flow_header(flow: Flow, name: str, title: str | None) -> Flow:
    """Give the flow its name and title."""
    return replace(flow, name=name, title=title or None)


def declare(flow: Flow, declaration: Declaration) -> Flow:
    """Add an input, output or variable behind those of its kind."""
    order = ("input", "output", "var")
    rank = order.index(declaration.kind)
    at = len(flow.declarations)
    for index, other in enumerate(flow.declarations):
        if order.index(other.kind) > rank:
            at = index
            break
    written = (*flow.declarations[:at], declaration, *flow.declarations[at:])
    return replace(flow, declarations=written)


def replace_declaration(flow: Flow, index: int, declaration: Declaration) -> Flow:
    """Put *declaration* in place of the one at *index*; a new name is not followed by its uses."""
    written = list(flow.declarations)
    written[index] = declaration
    return replace(flow, declarations=tuple(written))


def remove_declaration(flow: Flow, index: int) -> Flow:
    """Leave out the declaration at *index*."""
    written, strays = without(flow.declarations, [index])
    shorter = replace(flow, declarations=written)
    if not strays:
        return shorter
    if flow.jumps:
        return replace(shorter, jumps=(above(flow.jumps[0], strays), *flow.jumps[1:]))
    if flow.nodes:
        return replace(shorter, nodes=(above(flow.nodes[0], strays), *flow.nodes[1:]))
    return replace(shorter, tail=strays + flow.tail)


def rename_variable(flow: Flow, old: str, new: str, library: Library) -> Flow:
    """Call the variable *old* otherwise, in its declaration and wherever it is used or set.

    Prompt tables and flows that this one calls, or is called by, are other files and stay as they
    are; so do half-typed expressions.
    """
    declarations = tuple(
        replace(
            one,
            name=new if one.name == old else one.name,
            default=None if one.default is None else _renamed(one.default, old, new),
        )
        for one in flow.declarations
    )
    nodes = tuple([_in_node(node, old, new, library.get(node.type)) for node in flow.nodes])
    return replace(flow, declarations=declarations, nodes=nodes)


def _in_node(node: NodeDecl, old: str, new: str, cls: type[Node] | None) -> NodeDecl:
    written = [_in_line(line, old, new, cls) for line in node.parameters]
    if all(a is b for a, b in zip(written, node.parameters, strict=True)):
        return node
    return replace(node, parameters=tuple(written))


def _in_line(line: Parameter, old: str, new: str, cls: type[Node] | None) -> Parameter:
    name = new if line.name == old and is_free_line(line, cls) else line.name
    if _maps_outputs(line, cls):
        value = _with_key(line.value, old, new)
    else:
        value = _renamed(line.value, old, new)
    if name == line.name and value is line.value:
        return line
    return replace(line, name=name, value=value)


def is_free_line(line: Parameter, cls: type[Node] | None) -> bool:
    """Whether *line* of a node of the class *cls* is an assignment, not a parameter."""
    return cls is not None and cls.free_lines and line.name not in cls.params


def _maps_outputs(line: Parameter, cls: type[Node] | None) -> bool:
    """Whether the record's keys are variables of this flow, and its values those of another."""
    spec = None if cls is None else cls.params.get(line.name)
    return spec is not None and spec.outputs


def _renamed(expr: Expr, old: str, new: str) -> Expr:
    """*expr* with the variable *old* called *new*. Field names and record keys are no variables."""

    def change(part: Expr) -> Expr:
        return replace(part, name=new) if isinstance(part, Name) and part.name == old else part

    return changed_within(expr, change)


def _with_key(expr: Expr, old: str, new: str) -> Expr:
    """The record *expr* with the key *old* called *new*."""
    if not isinstance(expr, RecordOf) or all(pair.key != old for pair in expr.pairs):
        return expr
    pairs = [replace(pair, key=new) if pair.key == old else pair for pair in expr.pairs]
    return replace(expr, pairs=tuple(pairs))


# --- who uses a variable --------------------------------------------------------------------------


def variables_of(node: NodeDecl, cls: type[Node] | None) -> Iterator[tuple[Parameter, str]]:
    """Each name that a line of *node* reads or sets, with the line; views (``call``) among them."""
    for line in node.parameters:
        if is_free_line(line, cls):
            yield line, line.name
        if _maps_outputs(line, cls) and isinstance(line.value, RecordOf):
            yield from ((line, pair.key) for pair in line.value.pairs)
        else:
            yield from ((line, name) for name in names_in(line.value))


def names_in(expr: Expr) -> Iterator[str]:
    """The names that *expr* reads, as often as it does."""
    return (part.name for part in walk(expr) if isinstance(part, Name))


def variables_made(flow: Flow, library: Library) -> set[str]:
    """The variables that nodes of *flow* declare by ``into = name`` and the like."""
    made: set[str] = set()
    for node in flow.nodes:
        cls = library.get(node.type)
        for line in node.parameters if cls is not None else ():
            spec = None if cls is None else cls.params.get(line.name)
            if spec is not None and spec.variable and isinstance(line.value, Name):
                made.add(line.value.name)
    return made

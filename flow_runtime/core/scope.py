"""The variables of a flow and their types, as expressions of that flow see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.tree import Name
from flow_runtime.core.model import Flow
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import ANY, Type, declared


def variables_of(flow: Flow, nodes: Mapping[str, BoundNode]) -> dict[str, Type]:
    """All variables: those declared, and those that a node's ``into`` declares by naming them.

    The latter are optional, for they are none until their node was passed. A variable of an
    unknown type may hold anything.
    """
    types: dict[str, Type] = {}
    for declaration in flow.declarations:
        types.setdefault(declaration.name, declared(declaration.type) or ANY)
    for node in nodes.values():
        for name, made in made_by(node):
            types.setdefault(name, made if made == ANY else replace(made, optional=True))
    return types


def made_by(node: BoundNode) -> list[tuple[str, Type]]:
    """The variables that *node* makes when it runs, with the types of their values."""
    return [
        (value.name, spec.makes)
        for spec in node.cls.params.values()
        if spec.variable and spec.makes is not None
        for value in (node.draft.written.get(spec.name),)
        if isinstance(value, Name)
    ]


def environment(
    flow: Flow, nodes: Mapping[str, BoundNode], prompts: PromptBook | None = None
) -> TypeEnv:
    """What expressions of *flow* know of names; prompts are checked when a book is given."""
    return TypeEnv(variables=variables_of(flow, nodes), prompts=prompts)

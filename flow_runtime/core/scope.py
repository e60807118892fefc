"""The variables of a flow and their types, as expressions of that flow see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.tree import Name
from flow_runtime.core.model import Declaration, Flow
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import ANY, Type, declared


def variables_of(flow: Flow, nodes: Mapping[str, BoundNode]) -> dict[str, Type]:
    """All variables: those declared, and those that a node's ``into`` declares by naming them.

    The latter are optional, for they are none until their node was passed. A variable of an
    unknown type may hold anything.
    """
    return variables_from(flow.declarations, (made_by(node) for node in nodes.values()))


def variables_from(
    declarations: Iterable[Declaration], made: Iterable[Iterable[tuple[str, Type]]]
) -> dict[str, Type]:
    """The same, from what each node makes (`made_by`)."""
    types: dict[str, Type] = {}
    for declaration in declarations:
        types.setdefault(declaration.name, declared(declaration.type) or ANY)
    for name, kind in (one for of_node in made for one in of_node):
        types.setdefault(name, kind if kind == ANY else replace(kind, optional=True))
    return types


def made_by(node: BoundNode) -> list[tuple[str, Type]]:
    """The variables that *node* makes when it runs, with the types of their values."""
    made: list[tuple[str, Type]] = []
    for spec in node.cls.params.values():
        written = node.draft.written.get(spec.name)
        if spec.variable and spec.makes is not None and isinstance(written, Name):
            made.append((written.name, spec.makes))
        elif spec.outputs:
            made += outputs_of(node, spec.name)
    return made


def outputs_of(node: BoundNode, parameter: str) -> list[tuple[str, Type]]:
    """The variables that get outputs of a called flow, ``any`` where that is not known."""
    face = node.draft.called
    types = {} if face is None else face.outputs
    names = node.draft.constants.get(parameter) or {}
    return [(variable, types.get(output, ANY)) for variable, output in names.items()]


def environment(
    flow: Flow, nodes: Mapping[str, BoundNode], prompts: PromptBook | None = None
) -> TypeEnv:
    """What expressions of *flow* know of names; prompts are checked when a book is given."""
    return TypeEnv(variables=variables_of(flow, nodes), prompts=prompts)

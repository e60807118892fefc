"""What is surely not none when a call comes to a node, whatever way it came.

A forward analysis over the graph: what a node's port tells (``found``, the ``true`` of an `if`)
is added behind it, what a node assigns is forgotten, and where ways meet only what all of them
know is kept. The sets only shrink, so it ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.subject import Subject
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.infer import infer, narrow
from flow_runtime.core.expr.tree import Expr, Name
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.scope import outputs_of
from flow_runtime.core.types import ANY

Known = frozenset[str]
NOTHING: Known = frozenset()


def knowledge(subject: Subject) -> Mapping[str, TypeEnv]:
    """For each node that can be reached, what is known on entry.

    ``on_error`` and ``on_hangup`` know nothing: they may come from anywhere.
    """
    on_entry: dict[str, Known] = {}
    todo: deque[str] = deque()

    def arrive(node: str, known: Known) -> None:
        before = on_entry.get(node)
        after = known if before is None else before & known
        if after != before:
            on_entry[node] = after
            todo.append(node)

    for kind in ("start", "on_error", "on_hangup"):
        root = subject.jump(kind)
        if root is not None:
            arrive(root, _at_start(subject) if kind == "start" else NOTHING)
    while todo:
        name = todo.popleft()
        env = replace(subject.env, known=on_entry[name])
        for link in subject.graph.links(name):
            arrive(link.target, _behind(subject.nodes.get(name), link.port, env))
    return {name: replace(subject.env, known=known) for name, known in on_entry.items()}


def assignments(node: BoundNode, env: TypeEnv) -> Iterator[tuple[str, Expr, TypeEnv]]:
    """The lines of a node with free lines, each with what is known when it is computed."""
    for line in node.decl.parameters:
        if line.name not in node.cls.params:
            yield line.name, line.value, env
            env = _assigned(env, line.name, line.value)


def _at_start(subject: Subject) -> Known:
    """Optional variables whose first value is not none."""
    env = subject.env
    for declaration in subject.flow.declarations:
        if declaration.default is not None:
            env = _assigned(env, declaration.name, declaration.default)
    return env.known


def _assigned(env: TypeEnv, name: str, value: Expr) -> TypeEnv:
    kind = infer(value, env)[0]
    env = env.forgetting(name)
    sure = not kind.optional and kind.name not in ("none", "any")
    return env.knowing([name]) if sure else env


def _behind(node: BoundNode | None, port: PortValue, env: TypeEnv) -> Known:
    """What is known behind *port* when *env* was known on entry."""
    if node is None:
        return env.known
    if node.cls.free_lines:
        for name, value, before in assignments(node, env):
            env = _assigned(before, name, value)
            if port == ERROR:
                env = env.forgetting(name)
    way = node.ports.get(port)
    for spec in node.cls.params.values():
        variable = node.draft.written.get(spec.name)
        if spec.variable and isinstance(variable, Name):
            env = env.forgetting(variable.name)
            if way is not None and spec.name in way.sets:
                env = env.knowing([variable.name])
        elif spec.outputs:
            for name, made in outputs_of(node, spec.name):
                env = env.forgetting(name)
                if way is not None and spec.name in way.sets and not made.optional:
                    env = env.knowing([name] if made != ANY else [])
    condition = node.draft.written.get("when")
    if condition is not None and port in ("true", "false") and "when" in node.cls.params:
        env = narrow(condition, env, port == "true")
    return env.known

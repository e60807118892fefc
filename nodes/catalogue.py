"""The node library: every node type of this package, and those that plug-ins bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

import nodes
from flow_runtime.core.node import Node, nodes_by_type
from flow_runtime.plugins import label, plugins

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PLUGINS = "cordboard.nodes"
"""The entry-point group of node types: ``fraud = "acme_nodes:FraudCheck"``."""

GROUPS = ("Call", "Say", "Ask", "Logic", "Data", "Agents")
_NEEDED = ("type", "title", "group", "icon")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Node types by word, and a sentence for each plug-in that was left out."""

    types: Mapping[str, type[Node]]
    problems: tuple[str, ...]


def library() -> dict[str, type[Node]]:
    """All node types by their word, the built-in ones first. Read once in a process."""
    return dict(_loaded().types)


def library_problems() -> tuple[str, ...]:
    """One sentence for each plug-in that was left out of `library`: which, and why."""
    return _loaded().problems


@cache
def _loaded() -> Loaded:
    return merge(built_in(), plugins(PLUGINS))


def built_in() -> dict[str, type[Node]]:
    """The node types of this package: every module in it is looked through for them."""
    found = (
        cls
        for module in iter_modules(nodes.__path__, "nodes.")
        if module.name != __name__
        for cls in node_types(import_module(module.name))
    )
    return nodes_by_type(list(found))


def node_types(module: ModuleType) -> Iterator[type[Node]]:
    """The node types that *module* defines itself."""
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and issubclass(value, Node)
            and value.__module__ == module.__name__
        ):
            yield value


def merge(types: Mapping[str, type[Node]], found: Iterable[EntryPoint]) -> Loaded:
    """*types* and what the entry points *found* bring, in their order."""
    merged, problems = dict(types), []
    for plugin in found:
        try:
            cls = _node_of(plugin, merged)
        except Exception as error:  # whatever a plug-in does, the others load
            problems.append(f"node {label(plugin)} was left out: {_reason(error)}")
        else:
            merged[cls.type] = cls
    return Loaded(MappingProxyType(merged), tuple(problems))


class _Refused(Exception):
    """A plug-in that loads, but is no node type that can be used."""


def _node_of(plugin: EntryPoint, taken: Mapping[str, type[Node]]) -> type[Node]:
    cls = plugin.load()
    if not (isinstance(cls, type) and issubclass(cls, Node)):
        raise _Refused("it is not a class made from flow_runtime.core.node.Node")
    missing = [word for word in _NEEDED if not isinstance(getattr(cls, word, None), str)]
    if missing:
        raise _Refused(f"its class has no {' and no '.join(missing)}")
    if cls.group not in GROUPS:
        raise _Refused(f'its group "{cls.group}" is none of {", ".join(GROUPS)}')
    if cls.type in taken:
        raise _Refused(f'there is a node type "{cls.type}" already')
    return cls


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _Refused) else f"{type(error).__name__}: {error}"

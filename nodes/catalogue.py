"""The node library: every node type of this package, and those that plug-ins bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import iscoroutinefunction
from pkgutil import iter_modules
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

import nodes
from flow_runtime.core.node import Draft, Node, Port, nodes_by_type
from flow_runtime.plugins import PluginFailed, announced, label, load

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
    found = announced(PLUGINS)
    loaded = merge(built_in(), found.plugins)
    return Loaded(loaded.types, found.problems + loaded.problems)


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
        except PluginFailed as failed:
            problems.append(f"node {label(plugin)} was left out: {failed}")
        else:
            merged[cls.type] = cls
    return Loaded(MappingProxyType(merged), tuple(problems))


def _node_of(plugin: EntryPoint, taken: Mapping[str, type[Node]]) -> type[Node]:
    """The node type that *plugin* brings; `PluginFailed` when it is none that can be used."""
    cls = load(plugin)
    if not (isinstance(cls, type) and issubclass(cls, Node)):
        raise PluginFailed("it is not a class made from flow_runtime.core.node.Node")
    missing = [word for word in _NEEDED if not isinstance(getattr(cls, word, None), str)]
    if missing:
        raise PluginFailed(f"its class has no {' and no '.join(missing)}")
    if cls.group not in GROUPS:
        raise PluginFailed(f'its group "{cls.group}" is none of {", ".join(GROUPS)}')
    if not cls.type.isidentifier():
        raise PluginFailed(f'its type "{cls.type}" is no word: use letters, digits and _')
    if cls.type in taken:
        raise PluginFailed(f'there is a node type "{cls.type}" already')
    if not iscoroutinefunction(cls.run) or cls.run is Node.run:
        raise PluginFailed("its class has no  async def run(self)")
    _try_ports(cls)
    return cls


def _try_ports(cls: type[Node]) -> None:
    """A node that was just placed has no parameters yet, but ports it must have."""
    defaults = {name: spec.default for name, spec in cls.params.items() if not spec.required}
    try:
        ports = list(cls.ports(Draft("", {}, defaults)))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise PluginFailed(f"its ports() fails for a node without parameters: {reason}") from error
    if not all(isinstance(port, Port) for port in ports):
        raise PluginFailed("its ports() gives something else than Port(...)")

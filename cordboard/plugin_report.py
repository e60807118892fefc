"""Every plug-in that is installed, tried, whether a flow or a configuration names it or not."""

from __future__ import annotations

from collections.abc import Iterator

from cordboard.speaking import PLUGINS as SPEECH
from flow_runtime.data.sources import PLUGINS as DATA
from flow_runtime.plugins import PluginFailed, announced, label, load
from nodes.catalogue import PLUGINS as NODES
from nodes.catalogue import library_problems

_LATER = {"data": DATA, "speech": SPEECH}
"""The groups whose plug-ins are loaded when a configuration names them."""


def plugin_report() -> Iterator[tuple[str, bool]]:
    """A line for each plug-in: how it is called and, if it cannot be used, why; and whether it can.

    They are imported for it, so one that is slow to import takes its time here.
    """
    problems = library_problems()
    for plugin in announced(NODES).plugins:
        if not any(label(plugin) in problem for problem in problems):
            yield f"node {label(plugin)}", True
    yield from ((problem, False) for problem in problems)
    for kind, group in _LATER.items():
        found = announced(group)
        yield from ((problem, False) for problem in found.problems)
        for plugin in found.plugins:
            try:
                if not callable(load(plugin)):
                    raise PluginFailed("it is nothing that can be called to make one")
            except PluginFailed as failed:
                yield f"{kind} {label(plugin)} was left out: {failed}", False
            else:
                yield f"{kind} {label(plugin)}", True

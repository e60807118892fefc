"""Checks of the prompt tables of a whole site: prompts that no flow of it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flow_runtime.core import feature_prompts
from flow_runtime.core.expr.tree import Expr, PromptKey
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.model import Flow
from flow_runtime.core.prompts import BUILT_IN, Prompt, PromptBook


def unused_prompts(book: PromptBook, flows: Iterable[Flow]) -> Iterator[Prompt]:
    """The prompts of *book* that none of *flows*, which are all flows of the site, uses.

    Those that Cordboard itself needs are always used.
    """
    used = {key for flow in flows for key in _used(flow)}
    for built_in in (BUILT_IN, feature_prompts.BUILT_IN):
        used |= {key for table in built_in.values() for key in table}
    for table in book.tables.values():
        yield from (prompt for key, prompt in table.items() if key not in used)


def _used(flow: Flow) -> Iterator[str]:
    for value in _values(flow):
        for part in walk(value):
            if isinstance(part, PromptKey):
                yield part.key


def _values(flow: Flow) -> Iterator[Expr]:
    yield from (item.default for item in flow.declarations if item.default is not None)
    yield from (parameter.value for node in flow.nodes for parameter in node.parameters)

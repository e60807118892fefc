"""How a run names what went wrong: bugs in nodes, and loops without end."""

from __future__ import annotations

from typing import Final

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.phrase import phrase

BUDGET: Final = 10_000
"""Nodes that a run may enter without waiting in between."""


class BudgetSpent(NodeFailure):
    """The step budget is used up: an ``error`` edge would only lead back into the loop."""


def as_failure(error: Exception) -> tuple[NodeFailure, str]:
    """*error* as a named failure, with the traceback if it is a fault of the node's code."""
    if isinstance(error, NodeFailure):
        return error, ""
    from traceback import format_exception  # not needed by a flow that runs well

    return (
        NodeFailure("internal-error", f"{type(error).__name__}: {error}"),
        "".join(format_exception(error)),
    )


def last_circle(trail: list[str]) -> str:
    """The names of the last loop in *trail*, as text."""
    *before, last = trail
    start = len(before) - before[::-1].index(last) if last in before else 0
    names = list(dict.fromkeys(trail[start:]))
    more = phrase(" and {names} more", names=len(names) - 10) if len(names) > 10 else ""
    return ", ".join(names[:10]) + more

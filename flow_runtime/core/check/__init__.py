"""Everything that can be told about a flow before a call comes in.

`check_text` reads and checks a file's text, `check_flow` checks a model, `FlowChecker` does it
again and again for an editor. One file per group of checks; each is a function from a `Spot` (one
node) or a `Subject` (the flow) to problems, and knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from flow_runtime.core.check.incremental import FlowChecker
from flow_runtime.core.model import Flow
from flow_runtime.core.problems import Problem
from flow_runtime.core.surroundings import Surroundings

__all__ = ["FlowChecker", "check_flow", "check_text", "has_errors"]


def check_flow(flow: Flow, surroundings: Surroundings, numbered: bool = False) -> list[Problem]:
    """All problems of *flow*, in the order of the file.

    *numbered*: callers reach it by a number, so that its inputs need defaults.
    """
    return FlowChecker(surroundings, numbered).check(flow)


def check_text(
    text: str, surroundings: Surroundings, numbered: bool = False
) -> tuple[Flow | None, list[Problem]]:
    """Parse and check the *text* of a flow file.

    The flow is None when the text holds none. What does not parse is reported, and the rest is
    checked all the same.
    """
    parsed, problems = FlowChecker(surroundings, numbered).check_text(text)
    return parsed.flow, problems


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of *problems* keeps a flow from being served."""
    return any(problem.severity == "error" for problem in problems)

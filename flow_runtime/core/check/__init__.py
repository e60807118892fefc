"""Everything that can be told about a flow before a call comes in.

`check_text` reads and checks a file's text, `check_flow` checks a model. One file per group of
checks; each is a function from a `Subject` to problems, and knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from flow_runtime.core.check.consequences import without_consequences
from flow_runtime.core.check.expressions import check_expressions
from flow_runtime.core.check.names import check_names
from flow_runtime.core.check.outside import check_outside
from flow_runtime.core.check.parameters import check_parameters
from flow_runtime.core.check.paths import check_paths
from flow_runtime.core.check.ports import check_ports
from flow_runtime.core.check.subflows import check_subflows
from flow_runtime.core.check.subject import Subject, subject_of
from flow_runtime.core.model import Flow
from flow_runtime.core.problems import Problem
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse

__all__ = ["check_flow", "check_text", "has_errors"]

_CHECKS: Final[tuple[Callable[[Subject], Iterable[Problem]], ...]] = (
    check_names,
    check_parameters,
    check_expressions,
    check_ports,
    check_outside,
    check_subflows,
    check_paths,
)


def check_flow(flow: Flow, surroundings: Surroundings, numbered: bool = False) -> list[Problem]:
    """All problems of *flow*, in the order of the file.

    *numbered*: callers reach it by a number, so that its inputs need defaults.
    """
    subject = subject_of(flow, surroundings, numbered)
    found = {problem: None for check in _CHECKS for problem in check(subject)}
    return sorted(found, key=_by_place)


def check_text(
    text: str, surroundings: Surroundings, numbered: bool = False
) -> tuple[Flow | None, list[Problem]]:
    """Parse and check the *text* of a flow file.

    The flow is None when the text holds none. What does not parse is reported, and the rest is
    checked all the same.
    """
    parsed = parse(text)
    problems = list(parsed.problems)
    if parsed.flow is not None:
        found = check_flow(parsed.flow, surroundings, numbered)
        problems += without_consequences(found, text, parsed.problems)
    return parsed.flow, sorted(problems, key=_by_place)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of *problems* keeps a flow from being served."""
    return any(problem.severity == "error" for problem in problems)


def _by_place(problem: Problem) -> tuple[int, int, str]:
    return problem.place.line, problem.place.column, problem.severity

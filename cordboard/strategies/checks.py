"""What the checker says of the routing strategies that flows name or write out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from contact_center.core.strategy.advice import find_spec_problems, skill_kinds
from contact_center.core.strategy.problems import NOWHERE, Problem, Said
from cordboard.strategies.expressions import FlowExpressions
from flow_runtime.core.phrase import phrase

if TYPE_CHECKING:
    from contact_center.store.settings import Declared
    from flow_runtime.core.surroundings import CheckStrategy


_REMEMBERED: Final = 256
"""Texts whose mistakes are kept: a flow is checked after every letter that is typed into it."""


def strategy_check(centre: Declared | None, zone: tzinfo) -> CheckStrategy:
    """Tells of a strategy's mistakes; of unknown skills only where a *centre* is declared."""
    expressions = FlowExpressions(zone)
    kinds = None if centre is None else skill_kinds(centre.agents)

    @lru_cache(_REMEMBERED)
    def check(text: str) -> Sequence[tuple[Literal["error", "warning"], str]]:
        return tuple(_told(find_spec_problems(text, expressions, kinds), text))

    return check


def _told(
    problems: Sequence[Problem], text: str
) -> Iterator[tuple[Literal["error", "warning"], str]]:
    """Each with the piece of *text* that it is about: the checker marks the whole parameter."""
    lines = text.split("\n")
    for problem in problems:
        place = problem.place
        said: str = as_phrase(problem.text)
        if place != NOWHERE and place.line == place.end_line <= len(lines):
            part = lines[place.line - 1][place.column - 1 : place.end_column - 1]
            said = phrase("{part}: {text}", part=part, text=said) if part.strip() else said
        yield problem.severity, said


def as_phrase(text: str) -> str:
    """A text about a strategy as the flow's own texts are, which other languages can say."""
    if not isinstance(text, Said):
        return text
    return phrase(text.template, **{name: as_phrase(value) for name, value in text.values.items()})

"""What the agents of a configuration and the strategies of its queues make of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from contact_center.core.strategy.choose import load
from contact_center.core.strategy.expressions import Facts
from contact_center.core.strategy.plan import Requirement
from contact_center.core.strategy.problems import Place, Problem
from contact_center.core.strategy.roster import RosterAgent, check_roster
from contact_center.core.strategy.strategy import Conditions, Strategy
from contact_center.store.settings import Declared
from cordboard.strategies.expressions import FlowExpressions


def roster_problems(centre: Declared, file: Path) -> Iterator[Problem]:
    """Queues that nobody serves, steps that add nobody, a reserve that would come and go.

    Whom a strategy serves is told only where that does not depend on the caller: nobody knows here
    who will call. `cordboard replay` knows, for the callers of a day.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    for queue in centre.queues:
        roster = [
            RosterAgent(agent.name, {**agent.queues, **agent.skills}, queue.name in agent.reserve)
            for agent in centre.agents
            if queue.name in agent.queues
        ]
        strategy = load(queue.strategy, FlowExpressions())
        classes: dict[str, Facts] = {} if _asks_the_caller(strategy) else {"any caller": {}}
        found = [*strategy.warnings, *check_roster(strategy, roster, classes)]
        place = _heading(lines, queue.name)
        for problem in found:
            text = f"[queues.{queue.name}] {problem.text}"
            yield Problem(problem.severity, problem.code, text, place)


def _asks_the_caller(strategy: Strategy) -> bool:
    """Whether some requirement has values of the contact in it."""
    return any(_has_values(ring.wanted) for ring in strategy.bind({}).rings)


def _has_values(wanted: Requirement | None) -> bool:
    return isinstance(wanted, Conditions) and any(
        bound.values for group in wanted.groups for bound in group
    )


def _heading(lines: list[str], queue: str) -> Place:
    """Where the queue's table begins."""
    heading = re.compile(rf"""\s*\[\s*queues\s*\.\s*["']?{re.escape(queue)}["']?\s*\]""")
    number = next((n for n, line in enumerate(lines, 1) if heading.match(line)), 1)
    return Place(number, 1, number, 1)

"""Plans as plain data, and back: what a contact waits for survives a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from contact_center.core.strategy.expressions import Bound, Condition, Expressions
from contact_center.core.strategy.plan import Person, Plan, Requirement, Reserve, Ring, Term
from contact_center.core.strategy.problems import Problem
from contact_center.core.strategy.strategy import Conditions, StrategyError


class PlanData:
    """Writes and reads plans; conditions are compiled again by *expressions*, each once."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions
        self._conditions: dict[str, Condition] = {}

    def encode(self, plan: Plan) -> dict[str, Any]:
        """Plain data for *plan*, as JSON has it."""
        return {
            "strategy": plan.strategy,
            "rings": [[ring.after, _groups(ring.wanted)] for ring in plan.rings],
            "order": [asdict(term) for term in plan.order],
            "persons": [asdict(person) for person in plan.persons],
            "everybody": plan.everybody,
            "reserve": None if plan.reserve is None else asdict(plan.reserve),
        }

    def decode(self, data: Mapping[str, Any]) -> Plan:
        """The plan again, equal to the one encoded.

        Raises `StrategyError` when a condition of it is none of the language any more.
        """
        name, reserve = data["strategy"], data["reserve"]
        return Plan(
            strategy=name,
            rings=tuple(
                Ring(after, self._requirement(name, groups)) for after, groups in data["rings"]
            ),
            order=tuple(Term(**term) for term in data["order"]),
            persons=tuple(Person(**person) for person in data["persons"]),
            everybody=data["everybody"],
            reserve=None if reserve is None else Reserve(**reserve),
        )

    def _requirement(self, strategy: str, groups: Any) -> Requirement | None:
        if groups is None:
            return None
        return Conditions(
            [[self._bound(strategy, *condition) for condition in group] for group in groups]
        )

    def _bound(self, strategy: str, text: str, values: Mapping[str, Any]) -> Bound:
        known = self._conditions.get(text)
        if known is None:
            known, problems = self._expressions.condition(text, 1, 1, None)
            if known is None:
                raise StrategyError(strategy, problems)
            self._conditions[text] = known
        return known.again(values)


def _groups(wanted: Requirement | None) -> list[list[list[Any]]] | None:
    if wanted is None:
        return None
    if not isinstance(wanted, Conditions):
        text = f"{wanted.text}: a requirement that no strategy made cannot be written"
        raise StrategyError("plan", [Problem("error", "foreign-requirement", text)])
    return [[[one.condition, dict(one.values)] for one in group] for group in wanted.groups]

"""A strategy compiled once, and bound to each contact that enters a queue."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final, TypeAlias

from contact_center.core.strategy.checks import check_script
from contact_center.core.strategy.expressions import Bound, Expressions, Facts, SkillKinds
from contact_center.core.strategy.model import (
    Agent,
    Asked,
    LastAgent,
    Order,
    OrderTerm,
    Owner,
    Prefer,
    Require,
    ReserveWhen,
    RingAll,
    Script,
)
from contact_center.core.strategy.parser import Parsed, parse
from contact_center.core.strategy.plan import Person, Plan, Requirement, Reserve, Ring, Skills, Term
from contact_center.core.strategy.printer import one_line, print_script
from contact_center.core.strategy.problems import Problem
from contact_center.core.strategy.widening import Alternatives, is_wider

LONGEST_IDLE: Final = Term("idle", most_first=True)
"""The order of a strategy that names none."""


_ENDLESS: Final = 1e11
"""Seconds that no duration can hold."""
_REMEMBERED: Final = 1000
"""Requirements of a strategy that are kept: contacts mostly ask for the same few."""


class StrategyError(ValueError):
    """A strategy with errors; *problems* say which, *name* whose."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        errors = [p for p in problems if p.severity == "error"]
        super().__init__("\n".join(problem.line(name) for problem in errors))
        self.problems = tuple(problems)


def compile_strategy(
    text: str, expressions: Expressions, *, name: str = "", skills: SkillKinds | None = None
) -> Strategy:
    """The strategy that *text* describes. Raises `StrategyError`; warnings stay with it."""
    parsed = parse(text, expressions, skills)
    problems = _all_problems(parsed)
    if any(problem.severity == "error" for problem in problems):
        raise StrategyError(name or "strategy", problems)
    return Strategy(name, parsed.script, problems)


def find_problems(
    text: str, expressions: Expressions, skills: SkillKinds | None = None
) -> tuple[Problem, ...]:
    """All that is wrong with *text*, in its order."""
    return _all_problems(parse(text, expressions, skills))


def _all_problems(parsed: Parsed) -> tuple[Problem, ...]:
    found = list(parsed.problems)
    if parsed.script.lines or not found:
        found += check_script(parsed.script)
    return tuple(sorted(found, key=lambda problem: problem.place))


class Strategy:
    """How a queue finds an agent. `bind` gives the plan of one contact."""

    def __init__(self, name: str, script: Script, warnings: tuple[Problem, ...] = ()) -> None:
        self.script = script
        self.warnings = warnings
        self.text = print_script(script)
        self.name = name or one_line(script)
        self._steps = _stages(script)
        self._persons = [_PERSONS[type(s)](s) for s in script.statements() if type(s) in _PERSONS]
        self._made: dict[Hashable, Conditions] = {}
        self._plans: dict[Hashable, Plan] = {}
        self._everybody = any(isinstance(s, RingAll) for s in script.statements())
        self._order = next((s.terms for s in script.statements() if isinstance(s, Order)), None)
        self._reserve = next(
            (
                Reserve(s.above.total_seconds(), s.below.total_seconds())
                for s in script.statements()
                if isinstance(s, ReserveWhen)
            ),
            None,
        )

    def bind(self, facts: Facts) -> Plan:
        """The plan of a contact of which *facts* are known. Never raises for what is missing.

        A condition that cannot be computed does not hold; a person who is not known is not
        waited for; a term of an unknown skill is left out.
        """
        found = [person for find in self._persons if (person := find(facts)) is not None]
        persons = tuple({person.agent: person for person in reversed(found)}.values())[::-1]
        rings, order = self._rings(facts), self._terms(facts)
        key = (rings, order, persons)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _REMEMBERED:
                self._plans.clear()
            plan = Plan(self.name, rings, order, persons, self._everybody, self._reserve)
            self._plans[key] = plan
        return plan

    def _rings(self, facts: Facts) -> tuple[Ring, ...]:
        bound: dict[str, Bound] = {}
        rings: list[Ring] = []
        for after, groups in self._steps:
            for one in (wanted for group in groups for wanted in group):
                if one.text not in bound:
                    bound[one.text] = one.condition.bind(facts)
            wanted = self._together([[bound[one.text] for one in group] for group in groups])
            if not rings or rings[-1].wanted != wanted:
                rings.append(Ring(after, wanted))
        return tuple(rings)

    def _together(self, groups: list[list[Bound]]) -> Requirement | None:
        """All *groups* at once, each of them once; None when there is none."""
        distinct = {tuple(one.key for one in group): group for group in groups}
        if not distinct:
            return None
        key = tuple(distinct)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            found = self._made[key] = Conditions(list(distinct.values()))
        return found

    def _terms(self, facts: Facts) -> tuple[Term, ...]:
        if self._order is None:
            return () if self._everybody else (LONGEST_IDLE,)
        terms = (_term(term, facts) for term in self._order)
        return tuple(dict.fromkeys(term for term in terms if term is not None))


# --- rings ----------------------------------------------------------------------------------------

_Groups: TypeAlias = tuple[Alternatives, ...]


def _stages(script: Script) -> tuple[tuple[float, _Groups], ...]:
    """What is wanted from each second on: of every group, one of its conditions.

    A later step never takes back what an earlier one allowed: it is added to it.
    """
    required = tuple((s.wanted,) for s in script.statements() if isinstance(s, Require))
    widening = [_widening(s) for s in script.statements() if isinstance(s, Prefer)]
    moments = sorted({0.0, *(after for steps in widening for after, _ in steps)})
    stages = []
    for moment in moments:
        preferred = (
            [wanted for after, wanted in steps if after <= moment][-1] for steps in widening
        )
        stages.append((moment, required + tuple(w for w in preferred if w is not None)))
    return tuple(stages)


def _widening(statement: Prefer) -> list[tuple[float, Alternatives | None]]:
    """When each step of a ``prefer`` begins, and what is enough then (None: any agent)."""
    found: list[tuple[float, Alternatives | None]] = []
    after, enough = timedelta(0), Alternatives(())
    for step in statement.steps:
        if step.wanted is None:
            found.append((after.total_seconds(), None))
            break
        kept = tuple(one for one in enough if not is_wider(step.wanted.text, one.text))
        enough = (*kept, step.wanted)
        found.append((after.total_seconds(), enough))
        after += step.lasts or timedelta(0)
    return found


class Conditions:
    """A requirement: of each group of conditions, one has to hold."""

    __slots__ = ("_hash", "_key", "fits", "groups", "text")

    fits: Callable[[Skills], bool]

    def __init__(self, groups: Sequence[Sequence[Bound]]) -> None:
        self.groups = tuple(tuple(group) for group in groups)
        self._key = tuple(tuple(one.key for one in group) for group in groups)
        self._hash = hash(self._key)
        parts = [" or ".join(one.text for one in group) for group in groups]
        several = len(groups) > 1
        wrapped = zip(parts, groups, strict=True)
        self.text = " and ".join(
            f"({part})" if several and (len(group) > 1 or " or " in part) else part
            for part, group in wrapped
        )
        self.fits = _fitting([[one.holds for one in group] for group in groups])

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Conditions) and self._key == other._key)

    def __repr__(self) -> str:
        return f"<{self.text}>"


def _fitting(groups: list[list[Callable[[Skills], bool]]]) -> Callable[[Skills], bool]:
    if all(len(group) == 1 for group in groups):
        tests = [group[0] for group in groups]
        if len(tests) == 1:
            return tests[0]
        return lambda skills: all([test(skills) for test in tests])
    return lambda skills: all(any(test(skills) for test in group) for group in groups)


# --- order, persons -------------------------------------------------------------------------------


def _term(term: OrderTerm, facts: Facts) -> Term | None:
    if term.by != "skill":
        return Term(term.by, term.most_first)
    match term.skill:
        case Asked(value=value):
            skill = value.of(facts)
            return None if skill is None else Term("skill", term.most_first, skill)
        case _:
            return Term("skill", term.most_first, term.skill)


_Finder: TypeAlias = Callable[[Facts], Person | None]


def _owner(statement: Owner) -> _Finder:
    wait = statement.wait.total_seconds()

    def find(facts: Facts) -> Person | None:
        agent = _text(_field(facts, "customer", "owner"))
        return None if agent is None else Person(agent, wait, "owner")

    return find


def _last_agent(statement: LastAgent) -> _Finder:
    within, wait = statement.within, statement.wait.total_seconds()

    def find(facts: Facts) -> Person | None:
        agent = _text(_field(facts, "contact", "last_agent"))
        ago = _time(_field(facts, "contact", "last_agent_ago"))
        if agent is None or ago is None or ago > within:
            return None
        return Person(agent, wait, "last agent")

    return find


def _agent(statement: Agent) -> _Finder:
    value, wait = statement.who.value, statement.wait.total_seconds()

    def find(facts: Facts) -> Person | None:
        agent = _text(value.of(facts))
        return None if agent is None else Person(agent, wait, "preferred")

    return find


_PERSONS: Final[Mapping[type, Callable[[Any], _Finder]]] = {
    Owner: _owner, LastAgent: _last_agent, Agent: _agent,
}  # fmt: skip


def _field(facts: Facts, record: str, name: str) -> Any:
    found = facts.get(record)
    return found.get(name) if isinstance(found, Mapping) else None


def _text(value: Any) -> str | None:
    """An agent's number: databases give a number for it, too."""
    if isinstance(value, Decimal | float) and isfinite(value) and value == int(value):
        value = int(value)
    return None if value in (None, "") or isinstance(value, bool) else str(value)


def _time(value: Any) -> timedelta | None:
    """A duration, or seconds."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, int | float | Decimal):
        return None
    seconds = float(value)
    return timedelta(seconds=seconds) if abs(seconds) < _ENDLESS else None  # or not-a-number

"""Static checks of a strategy against the agents there are: who could ever serve whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from contact_center.core.strategy.expressions import Facts, SkillKinds
from contact_center.core.strategy.model import Prefer, ReserveWhen
from contact_center.core.strategy.plan import Plan, Requirement, Skills
from contact_center.core.strategy.printer import duration_text
from contact_center.core.strategy.problems import NOWHERE, Place, Problem, suggest
from contact_center.core.strategy.strategy import Strategy


@dataclass(frozen=True, slots=True)
class RosterAgent:
    """An agent of the queue: *skills* with the level in the queue under the queue's name."""

    number: str
    skills: Skills
    reserve: bool = False


def skill_kinds(roster: Sequence[RosterAgent]) -> SkillKinds:
    """The skills that the agents of *roster* have, for the checks of the text."""
    return {
        name: "word" if isinstance(value, str) else "level"
        for agent in roster
        for name, value in agent.skills.items()
    }


def check_roster(
    strategy: Strategy, roster: Sequence[RosterAgent], classes: Mapping[str, Facts]
) -> tuple[Problem, ...]:
    """What *strategy* would do to the contacts of *classes*, by name, with these agents.

    Codes: ``no-agents``, ``starvation`` (nobody can ever serve a class), ``nobody-at-first``,
    ``unreachable-ring`` (a step adds nobody to any class), ``only-reserve``, ``unknown-agent``,
    ``reserve-oscillates``, ``no-reserve``.
    """
    if not roster:
        text = "the queue has no agents, so nobody is ever offered a contact; give it some"
        return (Problem("error", "no-agents", text),)
    plans = {name: strategy.bind(facts) for name, facts in classes.items()}
    problems = [
        problem for name, plan in plans.items() for problem in _of_class(name, plan, roster)
    ]
    problems += _unreachable(strategy, plans, roster)
    problems += _reserve(strategy, roster)
    return tuple(problems)


def _fitting(wanted: Requirement | None, roster: Sequence[RosterAgent]) -> list[RosterAgent]:
    return [agent for agent in roster if wanted is None or wanted.fits(agent.skills)]


def _of_class(name: str, plan: Plan, roster: Sequence[RosterAgent]) -> Iterator[Problem]:
    eligible = [(ring, _fitting(ring.wanted, roster)) for ring in plan.rings]
    ever = {agent.number: agent for _, found in eligible for agent in found}
    known = {agent.number for agent in roster}
    for person in plan.persons:
        if person.agent not in known:
            text = (
                f"contacts of {name} wait {person.wait:g} s for {person.agent}, who is no agent of"
                f" this queue{suggest(person.agent, known)}"
            )
            yield Problem("warning", "unknown-agent", text)
    if not ever:
        wanted = plan.rings[-1].wanted
        asked = "" if wanted is None else f": nobody has {wanted.text}"
        text = (
            f"no agent can ever serve {name}{asked}; let the last step be any, ask for less, or"
            " give an agent that skill"
        )
        yield Problem("error", "starvation", text)
        return
    first = next(ring.after for ring, found in eligible if found)
    if first > 0:
        text = (
            f"for the first {first:g} s nobody can be offered {name}, whoever is ready: no agent"
            f" has {plan.rings[0].wanted.text if plan.rings[0].wanted else 'it'}"
        )
        yield Problem("warning", "nobody-at-first", text)
    if all(agent.reserve for agent in ever.values()):
        joins = "joins only at peaks" if plan.reserve else "never joins: there is no reserve when"
        severity = "warning" if plan.reserve else "error"
        text = f"only reserve agents can serve {name}, and the reserve {joins}; add other agents"
        yield Problem(severity, "only-reserve", text)  # type: ignore[arg-type]


def _unreachable(
    strategy: Strategy, plans: Mapping[str, Plan], roster: Sequence[RosterAgent]
) -> Iterator[Problem]:
    """Moments at which the circle is widened but nobody is added, whatever the class."""
    moments: dict[float, bool] = {}
    for plan in plans.values():
        before: set[str] = set()
        for number, ring in enumerate(plan.rings):
            now = {agent.number for agent in _fitting(ring.wanted, roster)}
            if number:
                moments[ring.after] = moments.get(ring.after, False) or now != before
            before = now
    for after, adds in sorted(moments.items()):
        if not adds:
            text = (
                f"the step that begins after {after:g} s adds none of the agents to any class; ask"
                " for less in it, or take it away"
            )
            yield Problem("warning", "unreachable-ring", text, _step_at(strategy, after))


def _step_at(strategy: Strategy, after: float) -> Place:
    for statement in strategy.script.statements():
        begins = timedelta(0)
        for step in statement.steps if isinstance(statement, Prefer) else ():
            if begins.total_seconds() == after:
                return step.place
            begins += step.lasts or timedelta(0)
    return NOWHERE


def _reserve(strategy: Strategy, roster: Sequence[RosterAgent]) -> Iterator[Problem]:
    """Whether there is a reserve on both sides, and whether it would come to rest."""
    reserve = sum(agent.reserve for agent in roster)
    for line in strategy.script.lines:
        match line.statement:
            case ReserveWhen() if not reserve:
                text = "none of the agents is a reserve agent, so nobody joins; take the line away"
                yield Problem("warning", "no-reserve", text, line.place)
                return
            case ReserveWhen(above, below):
                yield from _oscillating(above, below, len(roster) - reserve, reserve, line.place)
                return
    if reserve:
        text = (
            f"{reserve} reserve agents never join; write reserve when wait_estimate > 90s until"
            " < 40s"
        )
        yield Problem("warning", "no-reserve", text)


def _oscillating(
    above: timedelta, below: timedelta, regular: int, reserve: int, place: Place
) -> Iterator[Problem]:
    """A reserve whose coming alone brings the wait below the mark at which it goes again.

    The estimated wait shrinks to regular / (regular + reserve) when it comes and grows back when
    it goes, so the lower mark must lie below that share of the upper one.
    """
    then = above * regular / (regular + reserve)
    if below > then:
        text = (
            f"the reserve would come and go all the time: {reserve} agents beside {regular} bring"
            f" a wait of {duration_text(above)} down to some {then.total_seconds():.0f} s at once,"
            f" which is below {duration_text(below)}; write a shorter time behind until"
        )
        yield Problem("warning", "reserve-oscillates", text, place)

"""What ``cordboard replay`` works on: callers, agents and strategies, from wherever they come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from random import Random
from typing import Any, Final

from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.simulation.calls import Duty
from contact_center.core.simulation.compare import Run, Site, replayed
from contact_center.core.simulation.recorded import Callers, CannotReplay, Recorded, RecordedCall
from contact_center.core.strategy.choose import load
from contact_center.core.strategy.expressions import Expressions, Facts
from contact_center.core.strategy.problems import Problem, suggest
from contact_center.core.strategy.roster import RosterAgent, check_roster, skill_kinds
from contact_center.core.strategy.strategy import Strategy
from contact_center.store.settings import QueueSettings
from cordboard.replay.day_file import BadDay

PLAIN: Final = "calls"
"""The queue of callers for whom nobody names one."""
_MOST_CLASSES: Final = 12
_FILE: Final = re.compile(r"\S*[/\\]\S*|\S+\.\w+")
"""How a file is written: no strategy is one word with a slash, or with a full stop in it."""


@dataclass(frozen=True, slots=True)
class Centre:
    """Queues with the strategies in force, and agents."""

    queues: Mapping[str, QueueSettings]
    agents: Sequence[AgentSetup]
    duties: Sequence[Duty] = ()

    def site(self, ringing: float) -> Site:
        """What the simulation needs of it. Handling times hold wrap-up."""
        return Site(
            self.agents,
            [_setup(queue.setup()) for queue in self.queues.values()],
            self.duties,
            {queue.name: queue.service_seconds for queue in self.queues.values()},
            {queue.name: queue.max_wait for queue in self.queues.values()},
            ringing,
        )


def _setup(setup: QueueSetup) -> QueueSetup:
    return replace(setup, wrap_up=0.0, misses=0, rescue="none")


def alike(number: int, queues: Sequence[str]) -> list[AgentSetup]:
    """So many agents who all serve all queues."""
    return [AgentSetup(f"agent {n}", dict.fromkeys(queues, 50)) for n in range(1, number + 1)]


# --- a server's day -------------------------------------------------------------------------------


def day_of_server(url: str, day: date, zone: tzinfo) -> tuple[list[RecordedCall], Centre]:
    """The callers and agents of *day*, and the strategies that were in force at its end.

    Raises `StoreError`, `CannotReplay`.
    """
    from contact_center.store.database import Database
    from contact_center.store.days import stored_day
    from contact_center.store.directory import read_directory
    from contact_center.store.strategies import in_force

    start = datetime.combine(day, time.min, zone).timestamp()
    end = datetime.combine(day + timedelta(days=1), time.min, zone).timestamp()
    database = Database(url)
    try:
        with database.reading.begin() as connection:
            found = stored_day(connection, start, end)
            known = read_directory(connection)
            texts = {
                name: version.text
                for name in known.queues
                if (version := in_force(connection, name, end - 1)) is not None
            }
    finally:
        database.close()
    calls = [call for call in found.calls if call.queue in known.queues]
    if not calls:
        raise CannotReplay(f"nobody called on {day:%Y-%m-%d}; name another --date")
    queues = {
        name: replace(queue, strategy=texts.get(name, queue.strategy))
        for name, queue in known.queues.items()
    }
    there = {duty.agent for duty in found.duties}
    agents = [agent.setup() for agent in known.agents.values() if agent.name in there]
    here = {agent.name for agent in agents}
    return calls, Centre(queues, agents, [duty for duty in found.duties if duty.agent in here])


# --- strategies -----------------------------------------------------------------------------------


def read_strategy(given: str) -> str:
    """A name of the fourteen, a text, or what the file of that name says.

    Raises OSError, and `BadDay` for a file that is no text.
    """
    if not _FILE.fullmatch(given):
        return given
    try:
        return Path(given).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadDay(f"{given}: is not UTF-8 text; save it as UTF-8") from None


@dataclass(frozen=True, slots=True)
class Rivals:
    """The strategies of the queues as proposed, and those they are compared with."""

    proposed: Mapping[str, Strategy]
    against: Mapping[str, Strategy]


def rivals(
    centre: Centre, proposed: str, against: str, queue: str, expressions: Expressions
) -> Rivals:
    """*proposed* in *queue* ("": in all). *against* "" is what is in force.

    Raises `StrategyError`; `CannotReplay` for an unknown queue.
    """
    if queue and queue not in centre.queues:
        near = suggest(queue, centre.queues)
        raise CannotReplay(f'--queue: there is no queue "{queue}"{near}')
    now: dict[str, Strategy] = {}
    then: dict[str, Strategy] = {}
    for name, settings in centre.queues.items():
        kinds = skill_kinds(roster(centre.agents, name))
        changed = queue in ("", name)
        then[name] = load((against if changed else "") or settings.strategy, expressions)
        now[name] = load(proposed, expressions, kinds) if changed else then[name]
    return Rivals(now, then)


def roster(agents: Sequence[AgentSetup], queue: str) -> list[RosterAgent]:
    """The agents of a queue, as the checks of a strategy see them."""
    return [
        RosterAgent(agent.name, {**agent.queues, **agent.skills}, queue in agent.reserve)
        for agent in agents
        if queue in agent.queues
    ]


def warnings(
    centre: Centre, strategies: Mapping[str, Strategy], calls: Mapping[str, Mapping[str, Facts]]
) -> Iterator[tuple[str, Problem]]:
    """What the checks say before anything is tried: by queue, which classes nobody serves, ..."""
    for name, classes in calls.items():
        strategy = strategies[name]
        found = [*strategy.warnings, *check_roster(strategy, roster(centre.agents, name), classes)]
        yield from ((name, problem) for problem in found)


def classes_of(callers: Callers) -> dict[str, dict[str, Facts]]:
    """By queue, the commonest kinds of callers of a day; facts tell kinds apart, not numbers."""
    seen: dict[str, Counter[str]] = {}
    facts: dict[str, Facts] = {}
    for call in callers.draw(Random(0).random):
        said = ", ".join(
            f"{view}.{name} = {value}"
            for view, values in sorted(call.facts.items())
            for name, value in sorted(values.items())
        )
        label = f"callers with {said}" if said else "callers"
        facts[label] = call.facts
        seen.setdefault(call.queue, Counter())[label] += 1
    return {
        queue: {label: facts[label] for label, _ in counted.most_common(_MOST_CLASSES)}
        for queue, counted in seen.items()
    }


# --- the days -------------------------------------------------------------------------------------


def seeds_for(callers: Callers, wanted: int) -> range:
    """One for a day of which everything is known."""
    return range(1 if callers.certain else wanted)


def runs(
    site: Site,
    callers: Callers,
    strategies: Mapping[str, Strategy],
    seeds: range,
    tell: Callable[[], Any] = lambda: None,
) -> list[Run]:
    """A run for each seed; equal seeds give equal callers."""
    found = []
    for seed in seeds:
        found.append(replayed(site, callers, strategies, Random(seed).random))
        tell()
    return found


def recorded(calls: Sequence[RecordedCall], centre: Centre) -> Recorded:
    """Raises `CannotReplay` for queues that nobody knows."""
    unknown = sorted({call.queue for call in calls} - set(centre.queues))
    if unknown:
        near = suggest(unknown[0], centre.queues)
        raise CannotReplay(f'the day has calls of a queue "{unknown[0]}" that is not there{near}')
    return Recorded(calls)

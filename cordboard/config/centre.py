"""The sections of cordboard.toml about the contact centre: queues, voicemail, agents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

from contact_center.core.strategy.advice import find_spec_problems
from contact_center.core.strategy.expressions import SkillKinds
from contact_center.core.strategy.names import find
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from cordboard.config.tables import ConfigError, Table, seconds
from cordboard.strategies.expressions import FlowExpressions
from flow_runtime.core.suggest import suggest

_SERVICE_LEVEL = re.compile(r"(\d{1,3}(?:\.\d+)?) ?% in (\S+)")
NO_PASSWORD = "is missing: a sign-in without one could be anybody's"


def read_centre(top: Table) -> Declared:
    """``[queues]``, ``[voicemail]`` and ``[agents]``; names are checked against each other.

    Linear order and round robin follow the agents as they are written.
    """
    tables = top.tables("agents")
    declared = [
        (read_agent(name, table), table.secret("password")) for name, table in tables.items()
    ]
    for table in tables.values():
        if not table.secret("password"):
            raise table.fail("password", NO_PASSWORD)
        table.done()
    agents = tuple(agent for agent, _ in declared)
    kinds = kinds_of(agents)
    calendars = top.table("calendars").keys()
    written = top.tables("queues")
    queues = tuple(read_queue(name, table, kinds, calendars) for name, table in written.items())
    undecided = frozenset(name for name, table in written.items() if not table.has("strategy"))
    ordered = tuple(
        replace(queue, agents=tuple(a.name for a in agents if queue.name in a.queues))
        for queue in queues
    )
    names = [queue.name for queue in queues]
    boxes = {name: _box(table, names) for name, table in top.tables("voicemail").items()}
    for agent in agents:
        check_queues(tables[agent.name], agent, names)
    passwords = {agent.name: password for agent, password in declared}
    return Declared(ordered, agents, boxes, passwords, undecided)


# --- queues ---------------------------------------------------------------------------------------


def read_queue(
    name: str, table: Table, kinds: SkillKinds, calendars: Collection[str]
) -> QueueSettings:
    """A section ``[queues.NAME]``; *calendars* are those it may name."""
    share, within = _service_level(table)
    limited = table.has("max_waiting")
    plain = QueueSettings(name)
    queue = QueueSettings(
        name=name,
        strategy=_strategy(table, kinds),
        max_wait=table.duration("max_wait", 0.0) or None,
        service_share=share,
        service_seconds=within,
        wrap_up=table.duration("wrap_up", plain.wrap_up),
        max_waiting=table.whole("max_waiting", 0, 1, 1_000_000) if limited else None,
        calendar=table.text("calendar"),
        ring=table.duration("ring", plain.ring),
        exclude=table.duration("exclude", plain.exclude),
        misses=table.whole("misses", plain.misses, 0, 1000),
        age_rate=_rate(table, plain.age_rate),
        rescue=cast(Any, table.choice("rescue", ["callback", "none"], plain.rescue)),
        callback_attempts=table.whole("callback_attempts", plain.callback_attempts, 0, 100),
        callback_retry=table.duration("callback_retry", plain.callback_retry),
        caller_id=table.text("caller_id"),
    )
    if queue.calendar and queue.calendar not in calendars:
        near = suggest(queue.calendar, calendars)
        raise table.fail("calendar", f"there is no [calendars.{queue.calendar}]{near}")
    table.done()
    return queue


def _service_level(table: Table) -> tuple[float, float]:
    text = table.text("service_level", "80% in 20s")
    found = _SERVICE_LEVEL.fullmatch(text)
    within = seconds(found[2]) if found else None
    if found is None or within is None or not 0 < float(found[1]) <= 100:
        raise table.fail("service_level", f'{text!r} is not understood; write "80% in 20s"')
    return float(found[1]) / 100, within


def _strategy(table: Table, kinds: SkillKinds) -> str:
    """A name of the fourteen in either language, or a text without errors."""
    text = table.text("strategy", QueueSettings("").strategy)
    named = find(text)
    if named is not None:
        return named.name
    problems = find_spec_problems(text, FlowExpressions(), kinds)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise table.fail("strategy", errors[0].line("strategy"))
    return text


def _rate(table: Table, default: float) -> float:
    value = table.raw("age_rate", default)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise table.fail(
            "age_rate", f"must be a number of points a second, 0 or more, not {value!r}"
        )
    return float(value)


def _box(table: Table, queues: list[str]) -> str:
    queue = table.required("queue")
    if queue not in queues:
        raise table.fail("queue", f"there is no [queues.{queue}]{suggest(queue, queues)}")
    table.done()
    return queue


# --- agents ---------------------------------------------------------------------------------------


def read_agent(name: str, table: Table) -> AgentSettings:
    """A section ``[agents.NAME]``, but for the password."""
    queues, skills = table.table("queues"), table.table("skills")
    return AgentSettings(
        name=name,
        title=table.text("name", name),
        contact=table.text("contact"),
        queues={queue: queues.whole(queue, 0, 1, 100) for queue in queues.keys()},
        skills=dict(_skills(skills)),
        reserve=frozenset(table.texts("reserve")),
        max_held=table.whole("max_held", 1, 0, 100),
        persistent_leg=table.flag("persistent_leg", False),
        ready=table.flag("ready", False),
        may_dial=table.texts("may_dial"),
        caller_id=table.text("caller_id"),
        supervisor=table.flag("supervisor", False),
    )


def _skills(table: Table) -> Iterator[tuple[str, int | str]]:
    for skill in table.keys():
        value = table.raw(skill)
        yield skill, value if isinstance(value, str) else table.whole(skill, 0, 1, 100)


def kinds_of(agents: Iterable[AgentSettings]) -> SkillKinds:
    """What each skill is: a level, or a word; agents must agree."""
    kinds: dict[str, Any] = {}
    for agent in agents:
        for skill, value in agent.skills.items():
            kind = "word" if isinstance(value, str) else "level"
            if kinds.setdefault(skill, kind) != kind:
                raise ConfigError(
                    f"[agents.{agent.name}.skills] {skill}: is a {kind} here and a {kinds[skill]}"
                    " with another agent; give it one meaning"
                )
        for queue in agent.queues:
            kinds.setdefault(queue, "level")
    return cast(SkillKinds, kinds)


def check_queues(table: Table, agent: AgentSettings, queues: Collection[str]) -> None:
    """Refuse an agent that serves a queue which is none of *queues*."""
    for queue in [*agent.queues, *agent.reserve]:
        if queue not in queues:
            raise table.fail("queues", f"there is no [queues.{queue}]{suggest(queue, queues)}")
    for queue in agent.reserve:
        if queue not in agent.queues:
            raise table.fail("reserve", f'"{queue}" is not among the queues of this agent')

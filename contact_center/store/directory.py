"""Queues and agents in the database: read, changed, and brought in line with cordboard.toml.

The file wins for what it names. What it named before and names no longer is removed; what was made
by the API stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Connection, bindparam, delete, insert, select

from contact_center.core.engine import Engine
from contact_center.core.events import (
    Event,
    Force,
    QueueHours,
    Ready,
    RemoveAgent,
    SetAgent,
    SetQueue,
    SignIn,
)
from contact_center.core.model import SIGNED_OUT
from contact_center.core.strategy.problems import suggest
from contact_center.store.codec import dumps
from contact_center.store.errors import StoreError
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from contact_center.store.statements import Op, change, insert_new, insert_or_change, table_of
from contact_center.store.tables import Agent, AgentSkill, Queue, QueueMember, Skill

Source: TypeAlias = Literal["file", "api"]
FILE: Final = "cordboard.toml"
"""Who did what the file asks for, in the audit log."""
_QUEUE_FIELDS: Final = (
    "name", "strategy", "max_wait", "service_share", "service_seconds", "wrap_up", "max_waiting",
    "calendar", "ring", "exclude", "misses", "age_rate", "rescue", "callback_attempts",
    "callback_retry", "caller_id",
)  # fmt: skip
_AGENT_FIELDS: Final = (
    "name", "title", "contact", "max_held", "persistent_leg", "ready", "caller_id", "supervisor",
)  # fmt: skip


@dataclass(frozen=True)
class Directory:
    """All queues and agents by name; those the file has named, and names that are removed."""

    queues: Mapping[str, QueueSettings]
    agents: Mapping[str, AgentSettings]
    file_queues: frozenset[str] = frozenset()
    file_agents: frozenset[str] = frozenset()
    removed_queues: frozenset[str] = frozenset()
    removed_agents: frozenset[str] = frozenset()


# --- reading --------------------------------------------------------------------------------------


def read_directory(connection: Connection) -> Directory:
    """What the tables have."""
    queue_rows = connection.execute(select(table_of(Queue))).all()
    agent_rows = connection.execute(select(table_of(Agent))).all()
    members = connection.execute(
        select(table_of(QueueMember)).order_by(QueueMember.queue, QueueMember.position)
    ).all()
    by_queue, by_agent = _grouped(members, "queue"), _grouped(members, "agent")
    skills = _grouped(connection.execute(select(table_of(AgentSkill))).all(), "agent")
    return Directory(
        {r.name: _queue(r, by_queue.get(r.name, [])) for r in queue_rows if r.removed is None},
        {
            r.name: _agent(r, by_agent.get(r.name, []), skills.get(r.name, []))
            for r in agent_rows
            if r.removed is None
        },
        *(_named(rows, "file", removed=False) for rows in (queue_rows, agent_rows)),
        *(_named(rows, None, removed=True) for rows in (queue_rows, agent_rows)),
    )


def names_made(connection: Connection) -> tuple[list[str], list[str]]:
    """Queues and agents that the API has made; in tables of any version."""

    def of(model: type[Queue | Agent]) -> list[str]:
        here = model.source == "api", model.removed.is_(None)
        return list(connection.scalars(select(model.name).where(*here)))

    return of(Queue), of(Agent)


def _named(rows: Sequence[Any], source: str | None, *, removed: bool) -> frozenset[str]:
    return frozenset(
        row.name
        for row in rows
        if (row.removed is not None) == removed and source in (None, row.source)
    )


def _queue(row: Any, members: Sequence[Any]) -> QueueSettings:
    order = tuple(member.agent for member in members if member.position is not None)
    return QueueSettings(**{name: getattr(row, name) for name in _QUEUE_FIELDS}, agents=order)


def _agent(row: Any, members: Sequence[Any], skills: Sequence[Any]) -> AgentSettings:
    return AgentSettings(
        **{name: getattr(row, name) for name in _AGENT_FIELDS},
        queues={member.queue: member.level for member in members},
        skills={s.skill: s.word if s.level is None else s.level for s in skills},
        reserve=frozenset(member.queue for member in members if member.reserve),
        may_dial=tuple(json.loads(row.may_dial)),
    )


def _grouped(rows: Sequence[Any], by: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, by), []).append(row)
    return found


# --- changing -------------------------------------------------------------------------------------

_NO_MEMBERS: Final = delete(QueueMember).where(QueueMember.agent == bindparam("w_agent"))
_NO_SKILLS: Final = delete(AgentSkill).where(AgentSkill.agent == bindparam("w_agent"))
_NO_POSITIONS: Final = change(QueueMember, ("queue",), ("position",))
_POSITION: Final = change(QueueMember, ("queue", "agent"), ("position",))
_QUEUE_REMOVED: Final = change(Queue, ("name",), ("removed",))
_AGENT_REMOVED: Final = change(Agent, ("name",), ("removed",))


def queue_ops(queue: QueueSettings, source: Source, dialect: str) -> Iterator[Op]:
    """Write a queue, new or changed."""
    values = {name: getattr(queue, name) for name in _QUEUE_FIELDS}
    yield insert_or_change(Queue, dialect), {**values, "source": source, "removed": None}
    yield _NO_POSITIONS, {"w_queue": queue.name, "position": None}
    for position, agent in enumerate(queue.agents):
        yield _POSITION, {"w_queue": queue.name, "w_agent": agent, "position": position}


def agent_ops(
    agent: AgentSettings, queues: Mapping[str, QueueSettings], source: Source, dialect: str
) -> Iterator[Op]:
    """Write an agent, new or changed, with skills and membership; *queues* must be written."""
    values = {name: getattr(agent, name) for name in _AGENT_FIELDS}
    values["may_dial"] = dumps(agent.may_dial)
    yield insert_or_change(Agent, dialect), {**values, "source": source, "removed": None}
    yield _NO_MEMBERS, {"w_agent": agent.name}
    yield _NO_SKILLS, {"w_agent": agent.name}
    for queue, level in agent.queues.items():
        order = queues[queue].agents
        position = order.index(agent.name) if agent.name in order else None
        yield insert(QueueMember), {
            "queue": queue, "agent": agent.name, "level": level, "position": position,
            "reserve": queue in agent.reserve,
        }  # fmt: skip
    for skill, value in agent.skills.items():
        word = value if isinstance(value, str) else None
        kind = "level" if word is None else "word"
        yield insert_new(Skill, dialect), {"name": skill, "kind": kind}
        yield insert(AgentSkill), {
            "agent": agent.name, "skill": skill, "word": word,
            "level": value if word is None else None,
        }  # fmt: skip


def queue_removed(name: str, now: float) -> Op:
    """Take a queue out that nobody serves."""
    return _QUEUE_REMOVED, {"w_name": name, "removed": now}


def agent_removed(name: str, now: float) -> Iterator[Op]:
    """Take an agent out."""
    yield _AGENT_REMOVED, {"w_name": name, "removed": now}
    yield _NO_MEMBERS, {"w_agent": name}


def removal_ops(before: Directory, after: Directory, now: float) -> Iterator[Op]:
    """Take out what is no longer there."""
    for name in sorted(after.removed_queues - before.removed_queues):
        yield queue_removed(name, now)
    for name in sorted(after.removed_agents - before.removed_agents):
        yield from agent_removed(name, now)


# --- the file -------------------------------------------------------------------------------------


def merged(directory: Directory, declared: Declared) -> Directory:
    """What is there when the file has won. Raises `StoreError` where it names unknown queues."""
    queues = {
        **{n: q for n, q in directory.queues.items() if n not in directory.file_queues},
        **{queue.name: queue for queue in declared.queues},
    }
    agents = {
        **{
            n: _within(a, queues)
            for n, a in directory.agents.items()
            if n not in directory.file_agents
        },
        **{agent.name: agent for agent in declared.agents},
    }
    for agent in declared.agents:
        for queue in agent.queues:
            if queue not in queues:
                raise StoreError(
                    f'[agents.{agent.name}] queues: there is no queue "{queue}"'
                    f"{suggest(queue, list(queues))}; declare it as [queues.{queue}]"
                )
    for box, queue in declared.boxes.items():
        if queue not in queues:
            raise StoreError(
                f'[voicemail.{box}] queue: there is no queue "{queue}"'
                f"{suggest(queue, list(queues))}; declare it as [queues.{queue}]"
            )
    return Directory(
        queues,
        agents,
        frozenset(queue.name for queue in declared.queues),
        frozenset(agent.name for agent in declared.agents),
        (directory.removed_queues | directory.file_queues) - queues.keys(),
        (directory.removed_agents | directory.file_agents) - agents.keys(),
    )


def _within(agent: AgentSettings, queues: Mapping[str, QueueSettings]) -> AgentSettings:
    """An agent of the API, without the queues that the file names no longer."""
    served = {queue: level for queue, level in agent.queues.items() if queue in queues}
    return replace(agent, queues=served, reserve=agent.reserve.intersection(served))


def file_ops(
    before: Directory, after: Directory, declared: Declared, dialect: str, now: float
) -> list[Op]:
    """What brings the tables from *before* to *after*."""
    ops: list[Op] = list(removal_ops(before, after, now))
    for queue in declared.queues:
        if queue.name not in before.file_queues or before.queues[queue.name] != queue:
            ops += queue_ops(queue, "file", dialect)
    for agent in declared.agents:
        if agent.name not in before.file_agents or before.agents[agent.name] != agent:
            ops += agent_ops(agent, after.queues, "file", dialect)
    return ops


def directory_events(directory: Directory, engine: Engine) -> Iterator[Event]:
    """What tells the engine what has changed; one at a time, for each may change the next."""
    for queue in directory.queues.values():
        known = engine.queues.get(queue.name)
        if known is None or known.setup != queue.setup():
            yield SetQueue(queue.setup())
        if known is not None and not known.open and not queue.calendar:
            yield QueueHours(queue.name, open=True)
    for name in sorted(directory.removed_queues & engine.queues.keys()):
        if engine.queues[name].open:
            yield QueueHours(name, open=False)
    for agent in directory.agents.values():
        there = engine.agents.get(agent.name)
        if there is None or there.setup != agent.setup():
            yield SetAgent(agent.setup())
        if agent.ready and engine.agents[agent.name].state == SIGNED_OUT:
            yield SignIn(agent.name, reachable=bool(agent.contact))
            yield Ready(agent.name)
    for name in sorted(directory.removed_agents & engine.agents.keys()):
        if engine.agents[name].state != SIGNED_OUT:
            yield Force(name, "signed out", FILE)
        yield RemoveAgent(name)

"""What the API asks of the contact centre of a running server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from contact_center.core.strategy.problems import Problem
from contact_center.store.audit import audited
from contact_center.store.durable import DurableEngine
from contact_center.store.rules import RulesVersion
from contact_center.store.settings import AgentSettings, QueueSettings
from contact_center.store.statements import Op
from desk.api.feed import Feed
from desk.api.today import Today
from flow_runtime.switchboard.desk import Desk

T = TypeVar("T")


class Supervision(Protocol):
    """A supervisor's ears; raises `flow_runtime.switchboard.desk.Refused`."""

    async def listen(self, supervisor: str, agent: str, mode: Any) -> None:
        """Monitor, whisper or barge: the supervisor's telephone rings first."""

    def leave(self, supervisor: str) -> None:
        """Listen no more."""

    def intercept(self, agent: str, *, by: str, to: str) -> None:
        """Calls for *agent* ring the telephone of *to*."""

    def stop_intercept(self, agent: str, *, by: str) -> None:
        """No longer."""


class Strategies(Protocol):
    """Versions of the strategies of queues."""

    def open_for(self, queue: str) -> bool:
        """Whether versions may be published: cordboard.toml names no strategy."""

    def problems(self, text: str) -> Sequence[Problem]:
        """What is wrong with a text, and what is doubtful."""

    async def publish(self, queue: str, text: str, activates: float, by: str) -> None:
        """The queue's next version, from *activates* on."""


class Rules(Protocol):
    """The live rule table and its versions."""

    @property
    def versions(self) -> Sequence[RulesVersion]:
        """All of them, the newest first."""

    def get(self) -> RulesVersion | None:
        """The one in force."""

    async def put(
        self, records: Sequence[Mapping[str, Any]], by: str, activates: float = 0.0
    ) -> Sequence[Problem]:
        """The next version of the whole table; with an error among the problems, nothing."""


class Roster(Protocol):
    """Queues and agents made while the server runs; durable when a method returns.

    Raises `desk.api.problems.Problem` and `flow_runtime.switchboard.desk.Refused`.
    """

    async def put_queue(self, name: str, values: Mapping[str, Any], by: str) -> None:
        """Make or change a queue; *values* are as in cordboard.toml."""

    async def remove_queue(self, name: str, by: str) -> None:
        """Take a queue away that nobody serves and nothing waits in."""

    async def put_agent(
        self, name: str, values: Mapping[str, Any], password: str | None, by: str
    ) -> bool:
        """Make or change an agent; gives whether the agent's sessions end."""

    async def remove_agent(self, name: str, by: str) -> None:
        """Take an agent away who is signed out."""


@dataclass(frozen=True)
class Centre:
    """Queues and agents of the server. *recordings* is the folder that messages lie in."""

    acd: DurableEngine
    desk: Desk
    supervision: Supervision
    feed: Feed
    names: SettingsOf
    today: Today
    strategies: Strategies
    rules: Rules
    roster: Roster
    database: Database
    dialect: str
    recordings: Path

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Ask the database, in a worker thread."""

        def asked() -> T:
            with self.database.begin() as connection:
                return query(connection)

        return await asyncio.to_thread(asked)

    async def write(self, *ops: Op) -> None:
        """Have *ops* written; returns when they are durable."""
        await self.acd.write(ops)

    async def audit(self, by: str, action: str, target: str, data: Any = ()) -> None:
        """Write down who did what to whom; durable when it returns."""
        await self.write(audited(by, action, target, data, self.now()))

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.feed.clock()


class SettingsOf:
    """Titles and settings of queues and agents as they are now; it satisfies `floor.Names`."""

    def __init__(
        self, queues: Mapping[str, QueueSettings], agents: Mapping[str, AgentSettings]
    ) -> None:
        self.queues, self.agents = queues, agents

    def title(self, agent: str) -> str:
        """See `Names`."""
        settings = self.agents.get(agent)
        return settings.title or agent if settings is not None else agent

    def queue(self, name: str) -> QueueSettings:
        """See `Names`."""
        return self.queues.get(name) or QueueSettings(name)

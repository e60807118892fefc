"""A contact centre on a real database for tests: events in, actions out, a clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select, text

from contact_center.core import events as ev
from contact_center.core.actions import Action
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.state import snapshot
from contact_center.core.strategy.plan_data import PlanData
from contact_center.store.statements import table_of
from contact_center.store.store import Store
from contact_center.store.tables import Base
from cordboard.strategies.expressions import FlowExpressions

PLANS = PlanData(FlowExpressions())
START = 1_000_000.0


class Centre:
    """A store that runs. Phones do what the test says; commits come back by themselves."""

    def __init__(self, url: str, **more: Any) -> None:
        more.setdefault("busy", 0.2)
        self.now = START
        self.store = Store(url, PLANS, clock=lambda: self.now, **more)
        self.done: list[Action] = []

    async def start(self) -> None:
        self.recovered = await asyncio.to_thread(self.store.open)
        self.now = max(self.now, self.recovered.mark.at)
        self.acd, actions = self.store.start(self.committed)
        await self.acd.flushed()
        self.done += actions

    def committed(self, tickets: Sequence[int]) -> None:
        for ticket in tickets:
            self.feed(ev.Committed(ticket))

    def feed(self, event: ev.Event, ops: Any = ()) -> list[Action]:
        actions = self.acd.handle(event, self.now, ops)
        self.done += actions
        return actions

    async def settled(self) -> None:
        """Until all is durable, and all that followed from commits too."""
        seq = -1
        while seq != self.acd.position.seq:
            seq = self.acd.position.seq
            await self.acd.flushed()
        await self.acd.flushed()

    async def staff(self, *agents: str, queue: str = "help", **setup: Any) -> None:
        """A queue, and agents who are ready."""
        self.feed(ev.DayBegan("2026-11-28"))
        self.feed(ev.SetQueue(QueueSetup(queue, **setup)))
        for agent in agents:
            self.feed(ev.SetAgent(AgentSetup(agent, {queue: 50})))
            self.feed(ev.SignIn(agent))
            self.feed(ev.Ready(agent))
            self.now += 1.0
        await self.settled()

    def answer(self, agent: str) -> None:
        self.feed(ev.Answered(agent, self.acd.engine.agents[agent].epoch))

    def hang_up(self, agent: str) -> None:
        self.feed(ev.LegEnded(agent, self.acd.engine.agents[agent].leg_epoch))

    def state(self) -> Any:
        """The whole state, as data."""
        return snapshot(self.acd.engine, PLANS)

    def rows(self, model: type[Base], **where: Any) -> list[Any]:
        """Rows of a table, in the order of its key."""
        table = table_of(model)
        statement = select(table).order_by(*table.primary_key)
        for name, value in where.items():
            statement = statement.where(table.c[name] == value)
        with self.store.database.reading.begin() as connection:
            return list(connection.execute(statement))

    def count(self, sql: str) -> int:
        with self.store.database.reading.begin() as connection:
            return int(connection.execute(text(sql)).scalar() or 0)


@asynccontextmanager
async def running(url: str, **more: Any) -> AsyncIterator[Centre]:
    """A centre that is stopped cleanly at the end."""
    centre = Centre(url, **more)
    await centre.start()
    try:
        yield centre
    finally:
        await centre.store.close()

"""How fast the contact centre's store is: offers a second that ring only when they are durable.

Three figures. *Offers*: agents become free at a steady rate, and it is measured how long it takes
from the event that frees one until the next phone may ring, which is after the commit. *Commits*:
events without a pause, as many as the engine is given. *Recovery*: how long a killed server takes
to know the state again.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contact_center.core import events as ev
from contact_center.core.actions import Action, Ring
from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.strategy.plan import Plan, Term
from contact_center.core.strategy.plan import Ring as Step
from contact_center.core.strategy.plan_data import PlanData
from contact_center.store.store import Store
from cordboard.strategies.expressions import FlowExpressions

AGENTS, WAITING, RATE = 200, 1000, 100
_PLAN = Plan("longest idle", (Step(0.0, None),), (Term("idle", True),))


def acd_store(seconds: float = 6.0, url: str = "") -> Mapping[str, Any]:
    """Figures on an SQLite file of its own, or on the database at *url*, which should be empty."""
    with tempfile.TemporaryDirectory(prefix="cordboard-bench-") as folder:
        place = url or f"sqlite:///{Path(folder) / 'centre.db'}"
        try:
            return asyncio.run(_figures(place, seconds))
        finally:
            gc.unfreeze()


async def _figures(url: str, seconds: float) -> Mapping[str, Any]:
    day = _Day(url)
    await day.start()
    gc.collect()
    gc.freeze()  # as the server does once it runs
    offers = await day.offers(seconds)
    commits = await day.commits(seconds)
    empty = await day.empty_commits()
    began = time.perf_counter()
    day.acd.write_snapshot()
    took = time.perf_counter() - began
    await day.acd.flushed()
    await day.commits(seconds / 2)
    await day.store.close()
    return {
        "database": day.store.dialect,
        "agents": AGENTS,
        "waiting": WAITING,
        **offers,
        **commits,
        **empty,
        "snapshot_blocks_ms": round(took * 1e3, 2),
        **_recovery(url),
    }


class _Day:
    """A centre in which contacts wait all the time."""

    def __init__(self, url: str) -> None:
        self.store = Store(url, PlanData(FlowExpressions()))
        self._count = 0
        self._asked: dict[str, float] = {}
        self._took: list[float] = []

    async def start(self) -> None:
        """Agents who talk, and callers who wait."""
        await asyncio.to_thread(self.store.open)
        self.acd, _ = self.store.start(self._committed)
        self._feed(ev.SetQueue(QueueSetup("q", misses=0)))
        for number in range(AGENTS):
            self._feed(ev.SetAgent(AgentSetup(f"a{number}", {"q": 50})))
            self._feed(ev.SignIn(f"a{number}"))
            self._feed(ev.Ready(f"a{number}"))
        for _ in range(WAITING + AGENTS):
            self._enter()
        await self._quiet()
        self._took.clear()

    def _feed(self, event: ev.Event) -> None:
        self._do(self.acd.handle(event, time.time()))

    def _committed(self, tickets: Sequence[int]) -> None:
        for ticket in tickets:
            self._feed(ev.Committed(ticket))

    def _do(self, actions: list[Action]) -> None:
        """Every phone is picked up as soon as it rings."""
        for action in actions:
            if isinstance(action, Ring):
                asked = self._asked.pop(action.agent, None)
                if asked is not None:
                    self._took.append(time.perf_counter() - asked)
                self._feed(ev.Answered(action.agent, action.epoch))

    def _enter(self) -> None:
        self._count += 1
        self._feed(ev.Enter(f"c{self._count}", "q", _PLAN, number=f"{self._count}"))

    def _free(self, number: int) -> None:
        """The agent hangs up, and somebody else is waiting; the caller goes, another one comes."""
        agent = self.acd.engine.agents[f"a{number % AGENTS}"]
        contact = agent.contact
        self._asked[agent.name] = time.perf_counter()
        self._feed(ev.LegEnded(agent.name, agent.leg_epoch))
        if contact is not None:
            self._feed(ev.HungUp(contact.name))
        self._enter()

    async def _quiet(self) -> None:
        position = -1
        while position != self.acd.position.seq:
            position = self.acd.position.seq
            await self.acd.flushed()

    async def offers(self, seconds: float) -> dict[str, float]:
        """An agent becomes free a hundred times a second."""
        start = time.perf_counter()
        for number in range(int(seconds * RATE)):
            await asyncio.sleep(max(0.0, start + number / RATE - time.perf_counter()))
            self._free(number)
        await self._quiet()
        rate = {"offers_per_second": round(len(self._took) / seconds, 1)}
        return {**rate, **_spread("free_to_ring", self._took)}

    async def commits(self, seconds: float) -> dict[str, float]:
        """One round after another, without a pause, each waited for."""
        times: list[float] = []
        first, start = self.acd.position.seq, time.perf_counter()
        number = 0
        while time.perf_counter() - start < seconds:
            began = time.perf_counter()
            self._free(number)
            number += 1
            await self.acd.flushed()
            times.append(time.perf_counter() - began)
        spent = time.perf_counter() - start
        return {
            **_spread("commit", times),
            "facts_per_second": round((self.acd.position.seq - first) / spent, 1),
        }

    async def empty_commits(self, count: int = 300) -> dict[str, float]:
        """Transactions that change one row: what the disk, or the other server, takes at least."""
        times: list[float] = []
        for _ in range(count):
            began = time.perf_counter()
            await self.acd.flushed()
            times.append(time.perf_counter() - began)
        return _spread("empty_commit", times)


def _spread(name: str, times: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=1000, method="inclusive")
    return {
        f"{name}_p50_ms": round(cuts[499] * 1e3, 3),
        f"{name}_p99_ms": round(cuts[989] * 1e3, 3),
    }


def _recovery(url: str) -> dict[str, float]:
    """Without the clean stop's snapshot, as after a kill."""
    from sqlalchemy import text

    from contact_center.store.database import Database
    from contact_center.store.recovery import load

    database = Database(url)
    with database.writing.begin() as connection:
        connection.execute(
            text("delete from snapshots where seq = (select max(seq) from snapshots)")
        )
    began = time.perf_counter()
    with database.reading.begin() as connection:
        found = load(connection, PlanData(FlowExpressions()))
    took = time.perf_counter() - began
    database.close()
    return {"recovery_events": found.replayed, "recovery_s": round(took, 3)}

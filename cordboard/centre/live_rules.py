"""The rule table of a running server: read, changed and in force without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine as Database

from contact_center.core.rule_reading import read_rules
from contact_center.core.rules import Decision, check_rules
from contact_center.core.strategy.problems import Problem
from contact_center.store.audit import audited
from contact_center.store.durable import DurableEngine
from contact_center.store.rules import (
    RulesVersion,
    decided,
    publish_rules,
    rules_in_force,
    rules_versions,
)
from flow_runtime.switchboard.rules import RuleBook, RuleTable


class LiveRules:
    """`get` and `put`, for whoever offers the table to supervisors."""

    def __init__(
        self,
        reading: Database,
        acd: DurableEngine,
        book: RuleBook,
        now: Callable[[], float],
    ) -> None:
        self._reading, self._acd, self._book, self._now = reading, acd, book, now
        self._versions: Sequence[RulesVersion] = ()
        book.told = self._decided

    async def start(self) -> None:
        """Bring what is stored into force."""
        self._versions = await asyncio.to_thread(self._read)
        self._book.tables = [
            RuleTable(v.version, v.activates, read_rules(v.records)[0]) for v in self._versions
        ]

    def _read(self) -> list[RulesVersion]:
        with self._reading.begin() as connection:
            return rules_versions(connection)

    @property
    def versions(self) -> Sequence[RulesVersion]:
        """All versions, the newest first; some may not be in force yet."""
        return self._versions

    def get(self) -> RulesVersion | None:
        """The table in force; None before there was one."""
        return rules_in_force(self._versions, self._now())

    def problems(self, records: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
        """All that is wrong with *records*, and what is doubtful."""
        rules, problems = read_rules(records)
        return (*problems, *check_rules(rules, list(self._book.queues), list(self._book.agents)))

    async def put(
        self, records: Sequence[Mapping[str, Any]], by: str, activates: float = 0.0
    ) -> tuple[Problem, ...]:
        """Publish *records* as the whole table, from *activates* on, or now; durable on return.

        Gives the problems; with an error among them nothing has changed.
        """
        problems = self.problems(records)
        if any(problem.severity == "error" for problem in problems):
            return problems
        now = self._now()
        published = publish_rules(records, max(activates, now), now, by)
        noted = audited(by, "rules", "", [record.get("name", "") for record in records], now)
        await self._acd.write([published, noted])
        await self.start()
        return problems

    def _decided(self, contact: str, decision: Decision, version: int) -> None:
        self._acd.write([decided(contact, decision, version, self._now())])

"""Data sources of a simulated call: answers that a person has made up, else the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import Any, TypeAlias

from flow_runtime.call_tests import OpenData
from flow_runtime.call_tests.model import Changed, DataAnswer, Fails, Rows
from flow_runtime.call_tests.values import by_looks
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import from_outside
from flow_runtime.core.phrase import phrase

Plan: TypeAlias = Mapping[str, tuple[DataAnswer, ...]]
"""The answers of each source in turn; a source without any is the real one."""


class FakeData:
    """Answers by *plan*, which may be replaced while the call runs; the last answer stays."""

    def __init__(self, plan: Plan, real: OpenData, zone: tzinfo) -> None:
        self.plan = plan
        self.given: Counter[str] = Counter()
        """How many answers each source has given."""
        self._real, self._zone = real, zone

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """The next answer as rows."""
        match self._next(source):
            case None:
                return await self._real.lookup(source, sql, bind, timeout, most)
            case Rows(rows):
                values = [by_looks(row, self._zone) for row in rows[:most]]
                return [from_outside(value, self._zone) for value in values]
            case Changed():
                text = phrase(
                    "{source} is asked for rows, but its fake answer is a number of rows:"
                    " change the fake data",
                    source=source,
                )
                raise NodeFailure("fake-answer", text)
            case Fails(name, text):
                raise NodeFailure(name, text)

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """The next answer as a number of rows."""
        match self._next(source):
            case None:
                return await self._real.change(source, sql, bind, timeout)
            case Rows(rows):
                return len(rows)
            case Changed(count):
                return count
            case Fails(name, text):
                raise NodeFailure(name, text)

    async def close(self) -> None:
        """Close the real ones."""
        await self._real.close()

    def _next(self, source: str) -> DataAnswer | None:
        answers = self.plan.get(source, ())
        if not answers:
            return None
        number = self.given[source]
        self.given[source] += 1
        return answers[min(number, len(answers) - 1)]

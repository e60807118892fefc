"""Shared by the tests of call tests: one call, written as YAML, to a flow, written as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from textwrap import dedent, indent
from typing import Any
from zoneinfo import ZoneInfo

from flow_runtime.call_tests import CallTest, OpenData, Result, read_call_file, run_tests
from flow_runtime.core.calendar import Calendar
from flow_runtime.core.check import check_text
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.program import Program, compile_program
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.surroundings import Surroundings
from nodes.catalogue import library

PROMPTS, _ = PromptBook.build(
    {
        "en": {"hello": "Good morning.", "owe": "You owe {account?.owed:money}.", "bye": "Bye."},
        "zh-CN": {"hello": "早上好。", "owe": "您欠费{account?.owed:money}。", "bye": "再见。"},
    },
    currency="CNY",
)
OFFICE = Calendar.from_settings("office", {"zone": "Asia/Shanghai", "mon-fri": "09:00-18:00"})


def program(text: str, **around: Any) -> Program:
    """The flow *text* ready to run; an AssertionError names its errors."""
    surroundings = Surroundings(
        library(),
        PROMPTS,
        calendars={"office": OFFICE},
        sources={"billing": True, "shop": True},
        zone=ZoneInfo("Asia/Shanghai"),
        **around,
    )
    flow, problems = check_text(dedent(text), surroundings)
    errors = [problem for problem in problems if problem.severity == "error"]
    assert flow is not None and not errors, errors
    return compile_program(flow, surroundings)


class RealData:
    """The real data sources, at the edge: each question gets the same answer."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []
        self.closed = False

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        self.asked.append((source, sql))
        return await self._answer() or [{"owed": Decimal(3)}]

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        self.asked.append((source, sql))
        return await self._answer() or 1

    async def _answer(self) -> Any:
        if isinstance(self.answer, NodeFailure):
            raise self.answer
        return self.answer

    async def close(self) -> None:
        self.closed = True


def call(text: str) -> CallTest:
    """The only call of a file, of which *text* is all but its name and the file's flow."""
    body = indent(dedent(text).strip("\n"), "    ")
    file, problems = read_call_file(f"flow: a.flow\ncalls:\n  - name: a call\n{body}\n")
    assert file is not None, problems
    (only,) = file.calls
    return only


def made(flow: str | Program, text: str, data: OpenData | None = None) -> Result:
    """What comes of the call *text*."""
    ready = program(flow) if isinstance(flow, str) else flow
    (result,) = run_tests(ready, [call(text)], lambda: data or RealData())
    return result


def steps(flow: str | Program, *written: str) -> Result:
    """What comes of a call with these steps."""
    return made(flow, "steps:\n" + "\n".join(f"  - {step}" for step in written))


def failure(result: Result) -> str:
    """How a failed call is told."""
    assert result.failure is not None, "it passed"
    return f"line {result.failure.place.line}\n" + "\n".join(result.lines())


__all__ = ["RealData", "call", "failure", "made", "program", "steps"]

"""A day of calls, and the agents who are there, out of CSV files: for ``cordboard replay``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from math import isfinite
from pathlib import Path
from typing import Any, Final

from contact_center.core.model import AgentSetup
from contact_center.core.simulation.calls import Duty
from contact_center.core.simulation.recorded import RecordedCall
from contact_center.core.strategy.problems import suggest
from flow_runtime.core.expr.scan import read_duration

CALLS: Final = (
    "time", "queue", "handling", "waited", "outcome", "patience", "priority", "caller",
)  # fmt: skip
"""Columns of calls; beside them facts: ``call.language``, ``contact.NAME``, ``customer.NAME``,
with ``:number`` behind the name where it is one."""
AGENTS: Final = ("agent", "queues", "skills", "reserve", "from", "until")
_VIEWS: Final = ("call.", "contact.", "customer.")
_DAY: Final = 86_400.0


class BadDay(Exception):
    """A file that cannot be used: which, where in it, what is wrong and what to write."""


def read_calls(path: Path, queue: str) -> list[RecordedCall]:
    """The calls in *path*; *queue* is that of calls without one. Raises `BadDay`, OSError."""
    day: list[date] = []

    def call(row: Mapping[str, str]) -> RecordedCall:
        outcome = row.get("outcome", "") or "answered"
        if outcome not in ("answered", "abandoned"):
            raise ValueError(f'outcome is answered or abandoned, not "{outcome}"')
        name = row.get("queue", "") or queue
        if not name:
            raise ValueError("no queue: fill the column, or name one with --queue")
        return RecordedCall(
            at=_moment(row["time"], day),
            queue=name,
            handling=_seconds(row, "handling"),
            waited=_seconds(row, "waited") or 0.0,
            outcome="abandoned" if outcome == "abandoned" else "answered",
            patience=_seconds(row, "patience"),
            priority=float(_number(row.get("priority") or "0", "priority")),
            caller=row.get("caller", ""),
            facts=_facts(row),
        )

    calls = list(_rows(path, CALLS, "time", call, _VIEWS))
    if not calls:
        raise BadDay(f"{path}: has no calls; write a line for each behind the first, with its time")
    return calls


def read_agents(path: Path) -> tuple[list[AgentSetup], list[Duty]]:
    """The agents in *path*, and when they are there. Raises `BadDay`, OSError."""
    duties: list[Duty] = []

    def agent(row: Mapping[str, str]) -> AgentSetup:
        name = row["agent"]
        if row.get("from") or row.get("until"):
            start, end = _clock(row.get("from") or "0:00"), _clock(row.get("until") or "24:00")
            if end <= start:
                end += _DAY
            duties.append(Duty(start, name, "ready"))
            duties.append(Duty(end, name, "signed out"))
        queues = {n: _level(n, v) for n, v in _pairs(row.get("queues", ""), "50")}
        if not queues:
            raise ValueError(f'agent {name} serves no queue; write "repairs=80 sales=20"')
        skills = {n: int(v) if v.isdigit() else v for n, v in _pairs(row.get("skills", ""), "100")}
        return AgentSetup(name, queues, skills, frozenset((row.get("reserve") or "").split()))

    agents = list(_rows(path, AGENTS, "agent", agent, ()))
    if not agents:
        raise BadDay(f"{path}: has no agents; write a line for each behind the first")
    return agents, duties


def _rows(
    path: Path,
    known: tuple[str, ...],
    needed: str,
    make: Callable[[Mapping[str, str]], Any],
    views: tuple[str, ...],
) -> Iterator[Any]:
    """What *make* makes of each row that has something in its column *needed*."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadDay(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from None
    reader = csv.DictReader(lines)
    columns = [name.strip() for name in reader.fieldnames or ()]
    if needed not in columns:
        advice = f"its first line names the columns: {', '.join(known)}"
        raise BadDay(f'{path}:1: there is no column "{needed}"; {advice}')
    for name in columns:
        if name not in known and not name.startswith(views or ("\0",)):
            raise BadDay(f'{path}:1: there is no column "{name}"{suggest(name, known, len(known))}')
    reader.fieldnames = columns
    for row in reader:
        filled = {name: (value or "").strip() for name, value in row.items() if name}
        if not filled[needed]:
            continue
        try:
            yield make(filled)
        except ValueError as error:
            raise BadDay(f"{path}:{reader.line_num}: {error}") from None


# --- values ---------------------------------------------------------------------------------------


def _moment(text: str, day: list[date]) -> float:
    """Seconds of the day: ``9:30``, ``09:30:15.5``, seconds, or a date with a time.

    With dates the day is that of the first row; a day more is 86,400 seconds more.
    """
    if "-" in text:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f'time: "{text}" is no date and time; write 2026-11-27 09:30'
            ) from None
        day.append(moment.date())
        return (moment.date() - day[0]).days * _DAY + _of_day(moment.time())
    return _clock(text) if ":" in text else float(_number(text, "time"))


def _clock(text: str) -> float:
    if text in ("24:00", "24:00:00"):
        return _DAY
    try:
        return _of_day(time.fromisoformat(text if len(text.split(":")[0]) == 2 else f"0{text}"))
    except ValueError:
        raise ValueError(f'"{text}" is no time of the day; write 09:30 or 09:30:15') from None


def _of_day(clock: time) -> float:
    return clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6


def _seconds(row: Mapping[str, str], name: str) -> float | None:
    """``185``, ``185.5``, ``3m5s``; None where nothing is written."""
    text = row.get(name, "")
    if not text:
        return None
    found = read_duration(text)
    value = found.total_seconds() if found is not None else float(_number(text, name))
    if value < 0:
        raise ValueError(f"{name}: {text} is less than nothing")
    return value


def _number(text: str, name: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f'{name}: "{text}" is no number; write 185 or 3m5s') from None
    if not isfinite(value):
        raise ValueError(f'{name}: "{text}" is no number that can be reckoned with')
    return value


def _facts(row: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The columns with dots: what is known of the caller. Empty: not known."""
    facts: dict[str, dict[str, Any]] = {}
    for column, text in row.items():
        view, dot, name = column.partition(".")
        if not dot or not text:
            continue
        name, _, kind = name.partition(":")
        facts.setdefault(view, {})[name] = _number(text, column) if kind == "number" else text
    return facts


def _pairs(text: str, default: str) -> Iterator[tuple[str, str]]:
    """``repairs=80 sales``: names with values."""
    for word in text.replace(";", " ").split():
        name, _, value = word.partition("=")
        yield name, value or default


def _level(name: str, text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise ValueError(f'{name}: a level is a whole number from 1 to 100, not "{text}"')
    return int(text)

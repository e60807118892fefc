"""Strategies side by side: the same callers, the same agents, what each would have made of the day.

The figures are those of the statistics, and percentiles of waits beside them. With several seeds
each figure is a mean with the half width of its 95 % interval; differences are taken day by day,
so that what chance does to both sides falls out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from math import ceil, sqrt
from statistics import fmean, stdev
from typing import Any, Final, TypeAlias

from contact_center.core.model import AgentSetup, QueueSetup
from contact_center.core.simulation.calls import Chance, Duty, SimulatedCall
from contact_center.core.simulation.day import Day, Outcome, Served
from contact_center.core.simulation.recorded import Callers, answering
from contact_center.core.statistics.figures import FIGURES, jain
from contact_center.core.statistics.intervals import QueueTally
from contact_center.core.statistics.records import Handled, Left
from contact_center.core.strategy.plan import Plan
from contact_center.core.strategy.strategy import Strategy

ALL: Final = "all queues"
COUNTED: Final = (
    "queued", "answered", "abandoned", "overflowed", "asa", "longest_wait",
    "service_level_offered", "abandon_rate",
)  # fmt: skip
"""Figures of the statistics that are compared, by their names there."""
PERCENTILES: Final = {"wait_p50": 0.5, "wait_p90": 0.9, "wait_p99": 0.99}
"""Of the waits of those who were answered; the nearest rank."""
Figures: TypeAlias = Mapping[str, float | None]

_STUDENT: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's t for 95 % with 1, 2, ... degrees of freedom (two-sided)."""
_NORMAL: Final = 1.96
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Site:
    """What does not depend on the strategy: agents with their duties, and queues.

    *levels* gives the seconds of each queue's service level. Handling times hold wrap-up, so the
    queues have none of their own.
    """

    agents: Sequence[AgentSetup]
    queues: Sequence[QueueSetup]
    duties: Sequence[Duty] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    longest: Mapping[str, float | None] = field(default_factory=dict)
    ringing: float = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """One day with one set of strategies: figures by queue, and by agent."""

    queues: Mapping[str, Figures]
    agents: Mapping[str, Figures]


def replayed(
    site: Site, callers: Callers, strategies: Mapping[str, Strategy], chance: Chance
) -> Run:
    """The day of *callers* through the engine; *strategies* are those of the queues, by name."""
    calls = answering(callers.draw(chance), site.ringing, site.longest)
    day = Day(
        site.agents, site.queues, duties=site.duties,
        planner=lambda call, day, now: _plan(strategies[call.queue], call, day, now),
    )  # fmt: skip
    return _figures(site, day.run(calls))


def _plan(strategy: Strategy, call: SimulatedCall, day: Day, now: float) -> Plan:
    """As the switchboard does it: the facts of the call, and the queue's figures of the moment."""
    contact = dict(call.facts.get("contact") or {})
    agent, when = day.last_agents.get(call.caller, ("", 0.0))
    if agent:
        last = {"last_agent": agent, "last_agent_ago": timedelta(seconds=now - when)}
        contact = {**last, **contact}
    queue = day.engine.queues[call.queue]
    info = day.engine.info(call.queue, now)
    wait = info.wait_estimate
    if wait is None:
        wait = (queue.line + 1) * queue.effort
    figures = {
        "name": call.queue,
        "waiting": Decimal(info.waiting),
        "wait_estimate": timedelta(seconds=round(wait)),
        "agents_ready": Decimal(info.agents_ready),
        "longest": timedelta(seconds=round(info.longest)),
    }
    spoken = {"caller": call.caller, **(call.facts.get("call") or {})}
    return strategy.bind({**call.facts, "call": spoken, "contact": contact, "queue": figures})


# --- figures --------------------------------------------------------------------------------------


def _figures(site: Site, outcome: Outcome) -> Run:
    by_queue: dict[str, list[Served]] = {queue.name: [] for queue in site.queues}
    for served in outcome.calls:
        if served.answered is None and served.left is None and served.led_out is None:
            served.left = outcome.ended  # nobody comes to work any more
        by_queue[served.call.queue].append(served)
    queues: dict[str, Figures] = {
        name: _of_calls(calls, site.levels.get(name, 20.0)) for name, calls in by_queue.items()
    }
    working = {name: work for name, work in outcome.worked.items() if work.available}
    shares = {name: work.busy / work.available for name, work in working.items()}
    busy, available = (
        sum(getattr(work, what) for work in working.values()) for what in ("busy", "available")
    )
    whole = _of_all(by_queue, queues, site)
    queues[ALL] = {
        **whole,
        "occupancy": busy / available if available else None,
        "fairness": jain(shares.values()),
    }
    agents = {
        name: {"answered": float(work.answered), "occupancy": shares.get(name)}
        for name, work in outcome.worked.items()
    }
    return Run(queues, agents)


def _of_all(
    by_queue: Mapping[str, list[Served]], queues: Mapping[str, Figures], site: Site
) -> dict[str, float | None]:
    """All queues together; each call counts against the service level of its own queue."""
    whole = _of_calls([served for calls in by_queue.values() for served in calls], 20.0)
    in_time, of = 0.0, 0.0
    for name, calls in by_queue.items():
        share = queues[name]["service_level_offered"]
        counted = sum(s.answered is not None or s.led_out is None for s in calls)
        if share is not None:
            in_time, of = in_time + share * counted, of + counted
    return {**whole, "service_level_offered": in_time / of if of else None}


def _of_calls(calls: Sequence[Served], threshold: float) -> dict[str, float | None]:
    tally = QueueTally(queued=len(calls))
    for served in calls:
        call = served.call
        if served.answered is not None:
            tally.leave(Left(served.name, call.queue, call.at, served.wait, "answered"))
            tally.handle(Handled(served.name, call.queue, served.agent, 0, call.service, 0, 0))
        else:
            how: Any = "overflowed" if served.led_out is not None else "abandoned"
            tally.leave(Left(served.name, call.queue, call.at, served.wait, how))
    waits = sorted(served.wait for served in calls if served.answered is not None)
    found = {name: _number(FIGURES[name].of(tally, threshold)) for name in COUNTED}
    return found | {name: _percentile(waits, share) for name, share in PERCENTILES.items()}


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


# --- several days ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over days, and half its 95 % interval; None of one day, which has no spread."""

    mean: float
    margin: float | None

    @property
    def certain(self) -> bool:
        """Whether the interval leaves 0 out: a difference that is more than chance."""
        return self.margin is not None and abs(self.mean) > max(self.margin, _ROUNDING)


def estimated(values: Iterable[float | None]) -> Estimate | None:
    """The mean of what is known; None where no day has the figure."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    if len(known) == 1:
        return Estimate(known[0], None)
    degrees = len(known) - 1
    student = _STUDENT[degrees - 1] if degrees <= len(_STUDENT) else _NORMAL
    return Estimate(fmean(known), student * stdev(known) / sqrt(len(known)))


def differences(ours: Sequence[Figures], theirs: Sequence[Figures], name: str) -> Estimate | None:
    """How much more *ours* is, day by day."""
    pairs = [(a.get(name), b.get(name)) for a, b in zip(ours, theirs, strict=True)]
    return estimated(a - b for a, b in pairs if a is not None and b is not None)

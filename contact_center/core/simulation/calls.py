"""Calls for a simulated day: recorded ones as they were, or drawn from what chance is given.

Nothing here draws numbers of its own: *chance* gives numbers from 0 to below 1, so that a seed in
the caller's hands makes the same day again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf, log
from typing import Literal, TypeAlias

from contact_center.core.strategy.expressions import Facts
from contact_center.core.strategy.plan import Plan

Chance: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One caller; times in seconds. *patience*: waits so long and no longer.

    *plan* None: what the day's planner makes of the caller's number and *facts* on arrival.
    """

    at: float
    queue: str
    plan: Plan | None
    service: float
    patience: float = inf
    priority: float = 0.0
    ringing: float = 0.0
    """How long an agent's phone rings before it is answered."""
    longest: float | None = None
    """After so long the caller is led out of the queue."""
    caller: str = ""
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duty:
    """From *at* on the agent is ready for calls, not ready, or signed out."""

    at: float
    agent: str
    state: Literal["ready", "not ready", "signed out"]


def exponential(chance: Chance, mean: float) -> float:
    """A time from the exponential distribution."""
    return -mean * log(1.0 - chance())


def poisson(
    chance: Chance,
    calls: int,
    queue: str,
    plan: Plan,
    *,
    every: float,
    service: float,
    patience: float = inf,
    priority: float = 0.0,
    start: float = 0.0,
) -> Iterator[SimulatedCall]:
    """Calls at random, one in *every* seconds; service and patience are exponential means."""
    at = start
    for _ in range(calls):
        at += exponential(chance, every)
        yield SimulatedCall(
            at,
            queue,
            plan,
            exponential(chance, service),
            exponential(chance, patience) if patience < inf else inf,
            priority,
        )

"""How many agents a service level needs: Erlang C, and Erlang A for callers who give up.

Both models: calls come at random (Poisson) at a constant rate, handling times are exponential,
agents are alike and serve in the order of arrival. Erlang C lets everybody wait for ever; in
Erlang A (Palm 1946; Mandelbaum and Zeltyn, "The Palm/Erlang-A Queue", 2005) each caller's
patience is exponential. Rates are per second, times are seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, inf, log
from typing import Final

MOST_AGENTS: Final = 100_000
_NEGLIGIBLE: Final = 1e-16
_LARGE: Final = 1e200
_MEANS: Final = 40
"""Nobody's patience lasts so many times its mean."""
_PANELS: Final = 2_000
"""Panels of Simpson's rule between 0 and T: the error is far below what anybody reads."""


@dataclass(frozen=True, slots=True)
class Load:
    """What comes in: *rate* calls a second, *handling* seconds each.

    *patience* is the callers' mean one in seconds; infinite: nobody gives up, Erlang C.
    """

    rate: float
    handling: float
    patience: float = inf

    def __post_init__(self) -> None:
        """Raises ValueError for what is no load."""
        if not (0 < self.rate < inf and 0 < self.handling < inf and self.patience > 0):
            raise ValueError("calls, handling time and patience are more than zero")

    @property
    def erlangs(self) -> float:
        """The offered traffic."""
        return self.rate * self.handling


@dataclass(frozen=True, slots=True)
class Target:
    """At least *share* of all calls are answered within *seconds*."""

    share: float
    seconds: float

    def __post_init__(self) -> None:
        """Raises ValueError for what is no target."""
        if not 0 < self.share < 1 or not 0 <= self.seconds < inf:
            raise ValueError("a target is a share between 0% and 100%, in a time such as 20s")


_TARGET: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%\s+in\s+([0-9]{1,6})\s*(s|m)")


def read_target(text: str) -> Target:
    """The target that ``80% in 20s`` spells. Raises ValueError for anything else."""
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'a service level is written "80% in 20s", not "{text}"')
    return Target(float(match[1]) / 100, int(match[2]) * (60 if match[3] == "m" else 1))


@dataclass(frozen=True, slots=True)
class Service:
    """What *agents* give.

    *waits* is the share of calls that do not find a free agent at once; *within* the share of all
    calls that is answered within T (who gives up is not answered); *asa* the mean wait of
    answered calls, infinite when the queue grows without end; *abandons* the share that gives up;
    *occupancy* the share of an agent's time spent on calls; *queue* how many wait on average.
    """

    agents: int
    waits: float
    within: float
    asa: float
    abandons: float
    occupancy: float
    queue: float


def erlang_b(agents: int, erlangs: float) -> float:
    """The share of calls that find all *agents* busy where nobody can wait."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def erlang_c(agents: int, erlangs: float) -> float:
    """The share of calls that have to wait; 1 when there are too few agents for the traffic."""
    if agents <= erlangs:
        return 1.0
    blocked = erlang_b(agents, erlangs)
    return agents * blocked / (agents - erlangs * (1 - blocked))


def service(load: Load, agents: int, seconds: float) -> Service:
    """What *agents* give of *load*; *seconds* is the T of the service level."""
    if agents < 0 or seconds < 0:
        raise ValueError("agents and seconds are not negative")
    return _without(load, agents, seconds) if load.patience == inf else _with(load, agents, seconds)


def _without(load: Load, agents: int, seconds: float) -> Service:
    """Erlang C."""
    erlangs = load.erlangs
    if agents <= erlangs:
        return Service(agents, 1.0, 0.0, inf, 0.0, 1.0, inf)
    waits = erlang_c(agents, erlangs)
    spare = (agents - erlangs) / load.handling
    within = 1 - waits * exp(-spare * seconds)
    asa = waits / spare
    return Service(agents, waits, within, asa, 0.0, erlangs / agents, load.rate * asa)


def _with(load: Load, agents: int, seconds: float) -> Service:
    """Erlang A: the chances of each number of calls, relative to that of all agents just busy."""
    rate, leaving = load.rate, 1 / load.patience
    if agents == 0:
        return Service(0, 1.0, 0.0, inf, 1.0, 0.0, rate * load.patience)
    blocked = erlang_b(agents, load.erlangs)
    if blocked == 0.0:  # so many agents that nobody waits
        return Service(agents, 0.0, 1.0, 0.0, 0.0, load.erlangs / agents, 0.0)
    busy = agents / load.handling
    below, at_least, queue, term, waiting = 1 / blocked - 1, 1.0, 0.0, 1.0, 0
    while True:
        waiting += 1
        gone = busy + waiting * leaving
        term *= rate / gone
        at_least += term
        queue += waiting * term
        if rate < gone and waiting * term < _NEGLIGIBLE * queue:
            break
        if term > _LARGE:
            below, at_least, queue, term = (x / _LARGE for x in (below, at_least, queue, term))
    everything = below + at_least
    waits, queue = at_least / everything, queue / everything
    abandons = leaving * queue / rate
    answered = 1 - abandons
    within = _answered_within(load, agents, seconds, waits)
    return Service(
        agents,
        waits,
        within,
        _wait_of_answered(load, agents, waits) / answered,
        abandons,
        rate * answered / busy,
        queue,
    )


def _offered_wait(load: Load, agents: int) -> Callable[[float], float]:
    """The density of the wait of a caller who would never give up, up to a factor.

    It falls as fast as the queue before the caller empties: exp(rate * P - busy * x), where P is
    the mean patience used up to x (Baccelli and Hebuterne 1981).
    """
    rate, patience, busy = load.rate, load.patience, agents / load.handling

    def exponent(x: float) -> float:
        return rate * patience * (1 - exp(-x / patience)) - busy * x

    # Highest where callers come in as fast as they are served; taken off, so nothing overflows.
    top = exponent(max(0.0, _peak(load, busy)))
    return lambda x: exp(exponent(x) - top)


def _peak(load: Load, busy: float) -> float:
    return load.patience * log(load.rate / busy)


def _answered_within(load: Load, agents: int, seconds: float, waits: float) -> float:
    """The share of all calls that is answered within *seconds*."""
    density = _offered_wait(load, agents)
    start, turn, end = _span(load, agents)
    whole = _integral(density, start, turn) + _integral(density, turn, end)
    stays = _integral(lambda x: density(x) * exp(-x / load.patience), start, min(seconds, turn))
    return 1 - waits + waits * stays / whole


def _wait_of_answered(load: Load, agents: int, waits: float) -> float:
    """The mean over all calls of the wait of those that are answered, others counting as none."""
    density = _offered_wait(load, agents)
    start, turn, end = _span(load, agents)
    whole = _integral(density, start, turn) + _integral(density, turn, end)
    waited = _integral(lambda x: x * density(x) * exp(-x / load.patience), start, turn)
    return waits * waited / whole


def _span(load: Load, agents: int) -> tuple[float, float, float]:
    """The waits between which nearly all lie: beside them the density is negligible.

    Behind the one in the middle nobody is patient any more, and the density is a plain decay.
    """
    density, busy = _offered_wait(load, agents), agents / load.handling
    middle = max(0.0, _peak(load, busy))
    before = after = 1e-3 * min(1 / busy, load.patience)
    while before < middle and density(middle - before) > _NEGLIGIBLE:
        before *= 1.25
    while density(middle + after) > _NEGLIGIBLE:
        after *= 1.25
    start, end = max(0.0, middle - before), middle + after
    return start, max(start, min(end, _MEANS * load.patience)), end


def _integral(function: Callable[[float], float], start: float, end: float) -> float:
    """Simpson's rule."""
    if end <= start:
        return 0.0
    step = (end - start) / _PANELS
    odd = sum(function(start + n * step) for n in range(1, _PANELS, 2))
    even = sum(function(start + n * step) for n in range(2, _PANELS, 2))
    return step / 3 * (function(start) + 4 * odd + 2 * even + function(end))


def agents_needed(load: Load, target: Target) -> int:
    """The fewest agents that reach *target*. Raises ValueError when no number does."""
    low, high = 0, max(1, ceil(load.erlangs))
    while high > MOST_AGENTS or service(load, high, target.seconds).within < target.share:
        if high > MOST_AGENTS:
            text = f"{load.erlangs:.0f} erlangs would need more than {MOST_AGENTS // 2} agents"
            raise ValueError(f"{text}; are calls, interval and handling time right?")
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if service(load, middle, target.seconds).within < target.share:
            low = middle
        else:
            high = middle
    return high


def on_the_roster(agents: int, shrinkage: float) -> int:
    """How many people have to be planned for *agents* to be there.

    *shrinkage* is the share of their paid time that goes to breaks, training and illness.
    """
    if not 0 <= shrinkage < 1:
        raise ValueError("shrinkage is a share from 0 to less than 1")
    return ceil(agents / (1 - shrinkage) - 1e-9)

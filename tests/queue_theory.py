"""What queueing theory says, by sums over the states; and confidence intervals by batch means.

Erlang C: A. K. Erlang (1917), M/M/c. Erlang A: C. Palm (1957), M/M/c+M. Priorities without
pre-emption, M/M/c: A. Cobham, "Priority assignment in waiting line problems" (1954).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def erlang_c(agents: int, load: float) -> float:
    """The probability of waiting; *load* in erlangs."""
    terms = [load**n / math.factorial(n) for n in range(agents)]
    last = load**agents / math.factorial(agents) * agents / (agents - load)
    return last / (sum(terms) + last)


def wait_beyond(agents: int, every: float, service: float, seconds: float) -> float:
    """M/M/c, first come first served: the share that waits longer than *seconds*."""
    load = service / every
    return erlang_c(agents, load) * math.exp(-(agents - load) / service * seconds)


def erlang_a(agents: int, every: float, service: float, patience: float) -> tuple[float, float]:
    """M/M/c+M: the share that abandons, and the mean wait of all (also of those who abandon)."""
    weights, waiting = [1.0], [0]
    for n in range(1, 2000):
        out = min(n, agents) / service + max(0, n - agents) / patience
        weights.append(weights[-1] / every / out)
        waiting.append(max(0, n - agents))
        if n > agents and weights[-1] < 1e-15 * sum(weights):
            break
    line = sum(w * q for w, q in zip(weights, waiting, strict=True)) / sum(weights)
    return line / patience * every, line * every


def cobham(agents: int, every: Sequence[float], service: float) -> list[float]:
    """Mean waits by class, the most urgent first; *every*: seconds between calls of a class."""
    load = sum(service / e for e in every)
    residual = erlang_c(agents, load) * service / agents
    waits, sigma = [], 0.0
    for gap in every:
        before, sigma = sigma, sigma + service / gap / agents
        waits.append(residual / ((1 - before) * (1 - sigma)))
    return waits


def interval(values: Sequence[float], batches: int = 20) -> tuple[float, float]:
    """Mean and half width of its 99.9 % confidence interval, from batch means (t of 19: 3.883)."""
    size = len(values) // batches
    means = [statistics.fmean(values[n * size : (n + 1) * size]) for n in range(batches)]
    return statistics.fmean(means), 3.883 * statistics.stdev(means) / math.sqrt(batches)


def agrees(values: Sequence[float], expected: float) -> None:
    """The expected mean lies within the confidence interval, which is narrow enough to mean it."""
    mean, half = interval(values)
    assert abs(mean - expected) <= half, f"{mean:.4f} +- {half:.4f}, theory says {expected:.4f}"
    assert half < 0.35 * expected, f"{mean:.4f} +- {half:.4f}: too few calls to say anything"

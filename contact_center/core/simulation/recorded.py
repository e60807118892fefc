"""A day's callers: recorded ones with what nobody could know drawn by chance, or invented ones.

What a record leaves open: how long a caller who was answered would have waited (longer than the
record says; patience is taken to be exponential, which has no memory), and how long the call of one
who gave up would have lasted (as long as one of the calls that were answered).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Literal, Protocol

from contact_center.core.simulation.calls import Chance, SimulatedCall, exponential
from contact_center.core.strategy.expressions import Facts


class CannotReplay(Exception):
    """The day lacks something without which nothing can be said; the text says what to add."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One caller as it was; seconds. *handling* is talk, hold and wrap-up, None where unknown.

    *waited* until the *outcome*; *patience* where somebody knows it.
    """

    at: float
    queue: str
    handling: float | None = None
    waited: float = 0.0
    outcome: Literal["answered", "abandoned"] = "answered"
    patience: float | None = None
    priority: float = 0.0
    caller: str = ""
    facts: Facts = field(default_factory=dict)


class Callers(Protocol):
    """Where the calls of a day come from."""

    @property
    def certain(self) -> bool:
        """Whether each draw gives the same day, so that one is enough."""

    def draw(self, chance: Chance) -> list[SimulatedCall]:
        """The calls in order of time, without plans."""


class Recorded:
    """A recorded day."""

    def __init__(self, calls: Iterable[RecordedCall]) -> None:
        self.calls = sorted(calls, key=lambda call: call.at)
        self._handlings: dict[str, list[float]] = {}
        for call in self.calls:
            if call.handling is not None:
                self._handlings.setdefault(call.queue, []).append(call.handling)
        self.patience = {queue: _mean_patience(some) for queue, some in self._by_queue()}
        """The mean patience by queue; infinite where nobody gave up."""
        for number, call in enumerate(self.calls, 1):
            if call.handling is None and not self._handlings.get(call.queue):
                raise CannotReplay(
                    f"call {number}: no call of queue {call.queue} has a handling time, so nobody"
                    " can say how long this one would have lasted; give one call a handling time"
                )

    def _by_queue(self) -> Iterator[tuple[str, list[RecordedCall]]]:
        names = dict.fromkeys(call.queue for call in self.calls)
        return ((name, [call for call in self.calls if call.queue == name]) for name in names)

    @property
    def certain(self) -> bool:
        """Whether nothing is left to chance."""
        return all(c.handling is not None and not self._guesses_patience(c) for c in self.calls)

    def _guesses_patience(self, call: RecordedCall) -> bool:
        if call.patience is not None or call.outcome == "abandoned":
            return False
        return self.patience[call.queue] < inf

    def draw(self, chance: Chance) -> list[SimulatedCall]:
        """The day once more; what is not known is drawn."""
        return [self._drawn(call, chance) for call in self.calls]

    def _drawn(self, call: RecordedCall, chance: Chance) -> SimulatedCall:
        patience = call.patience
        if patience is None and call.outcome == "abandoned":
            patience = call.waited
        elif patience is None:
            mean = self.patience[call.queue]
            patience = inf if mean == inf else call.waited + exponential(chance, mean)
        handling = call.handling
        if handling is None:
            known = self._handlings[call.queue]
            handling = known[int(chance() * len(known))]
        return SimulatedCall(
            call.at, call.queue, None, handling, patience, call.priority,
            caller=call.caller, facts=call.facts,
        )  # fmt: skip


def _mean_patience(calls: Sequence[RecordedCall]) -> float:
    """All the waiting over the number who gave up: the likeliest mean of censored patience."""
    gave_up = sum(call.outcome == "abandoned" for call in calls)
    return sum(call.waited for call in calls) / gave_up if gave_up else inf


@dataclass(frozen=True, slots=True)
class Share:
    """A fact of callers, ``call.language``, with how often each value comes."""

    name: str
    values: Mapping[Any, float]


@dataclass(frozen=True, slots=True)
class Invented:
    """Callers at random (Poisson): *rates* are calls in each of the *interval*s of the day.

    Handling and patience are exponential with these means; *queues* gives the weight of each.
    """

    rates: Sequence[float]
    interval: float
    handling: float
    queues: Mapping[str, float]
    patience: float = inf
    shares: Sequence[Share] = ()

    @property
    def certain(self) -> bool:
        """Each draw is another day."""
        return False

    def draw(self, chance: Chance) -> list[SimulatedCall]:
        """One such day."""
        calls: list[SimulatedCall] = []
        for number, rate in enumerate(self.rates):
            at, end = number * self.interval, (number + 1) * self.interval
            while rate > 0:
                at += exponential(chance, self.interval / rate)
                if at >= end:
                    break
                calls.append(self._call(at, len(calls), chance))
        return calls

    def _call(self, at: float, number: int, chance: Chance) -> SimulatedCall:
        queue = _one_of(self.queues, chance)
        handling = exponential(chance, self.handling)
        patience = exponential(chance, self.patience) if self.patience < inf else inf
        facts: dict[str, dict[str, Any]] = {}
        for share in self.shares:
            view, _, name = share.name.partition(".")
            facts.setdefault(view, {})[name] = _one_of(share.values, chance)
        return SimulatedCall(
            at, queue, None, handling, patience, caller=f"caller {number}", facts=facts
        )


def _one_of(weights: Mapping[Any, float], chance: Chance) -> Any:
    left = chance() * sum(weights.values())
    for value, weight in weights.items():
        left -= weight
        if left < 0:
            return value
    return next(reversed(weights))


def answering(calls: Iterable[SimulatedCall], ringing: float, longest: Mapping[str, float | None]
              ) -> list[SimulatedCall]:  # fmt: skip
    """*calls*, with phones that ring so long, and the longest wait of each queue."""
    return [replace(c, ringing=ringing, longest=longest.get(c.queue)) for c in calls]

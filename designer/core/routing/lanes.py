"""Lanes: parallel pieces of connectors side by side, in the order that crosses least."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from typing import Final

from designer.core.routing.pieces import LANE, TOUCH, Run, level_runs, upright_runs
from designer.core.routing.space import Box
from designer.core.routing.ways import Way

_NARROWER: Final = (11, 10, 8, 6, 5, 4, 3, 2, 1, 0)
_OVERLAP: Final = 10
"""As many crossings does it count when two pieces would run over each other."""
_SQUEEZED: Final = 3
"""As many when there is no room between them."""


def spread(ways: Sequence[Way], frames: Sequence[Box] = ()) -> None:
    """Give every piece of *ways* its lane: first the level ones, then the upright ones.

    They keep off the sides of *frames*.
    """
    for run in _placed(level_runs(ways, frames), overlap=1):  # its legs will still be moved
        for way, index in run.parts:
            if 0 < index < len(way.xs):
                way.ys[index] = run.at
    for run in _placed(upright_runs(ways, frames), overlap=_OVERLAP):
        for way, index in run.parts:
            way.xs[index] = run.at


def _placed(runs: list[Run], overlap: int) -> list[Run]:
    for one, other in _neighbours(runs):
        _relate(one, other, overlap)
    for group in _groups(runs):
        if len(group) == 1:
            group[0].at = min(max(group[0].home, group[0].roomy + TOUCH), group[0].high)
        else:
            _Group(group).place()
    return runs


def _neighbours(runs: Sequence[Run]) -> Iterator[tuple[Run, Run]]:
    """Runs that could come into each other's way."""
    active: list[Run] = []
    for run in sorted(runs, key=lambda run: run.low):
        begin, end, low = run.begin - TOUCH, run.end + TOUCH, run.low - LANE
        active = [other for other in active if other.high > low]
        for other in active:
            if (
                other.begin < end
                and begin < other.end
                and other.bundle != run.bundle
                and not (run.low == run.high and other.low == other.high)
            ):
                yield other, run
        active.append(run)


def _groups(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that are in each other's way, directly or through others."""
    group = {run: [run] for run in runs}
    for one in runs:
        for other in one.after:
            if group[one] is not group[other]:
                small, large = sorted((group[one], group[other]), key=len)
                large += small
                for run in small:
                    group[run] = large
    return list({id(found): found for found in group.values()}.values())


# --- order --------------------------------------------------------------------------------------


def _relate(one: Run, other: Run, overlap: int) -> None:
    """Say which of the two goes first, by the crossings that the two orders make."""
    cost: float = _crossings(one, other, overlap) - _crossings(other, one, overlap)
    if one.high < other.low:
        cost = -inf
    elif other.high < one.low:
        cost = inf
    if cost > 0 or (cost == 0 and _key(one) > _key(other)):
        one, other = other, one
    one.after.append(other)


def _crossings(first: Run, second: Run, overlap: int) -> int:
    """How many legs cross a run when *first* is on the lower side."""
    crossings = _SQUEEZED if second.high - first.low < TOUCH else 0
    back = [at for at, side in second.legs if side < 0]
    for at, side in first.legs:
        if side > 0:
            crossings += second.begin < at < second.end
            crossings += overlap * any(abs(at - leg) < TOUCH for leg in back)
    return crossings + sum(first.begin < at < first.end for at in back)


def _key(run: Run) -> tuple[float, float, float]:
    """Among equals the lowest port takes the leftmost lane."""
    return run.home, -max((at for at, side in run.legs if side < 0), default=-inf), run.begin


def _ordered(group: Sequence[Run]) -> list[Run]:
    """*group* so that each comes before those it has to; where they go in circles, by the key."""
    waiting = dict.fromkeys(group, 0)
    for run in group:
        for other in run.after:
            waiting[other] += 1
    number = count()
    ready = [(_key(run), next(number), run) for run in group if not waiting[run]]
    heapify(ready)
    rest = sorted(group, key=lambda run: (waiting[run], _key(run)), reverse=True)
    order: dict[Run, None] = {}
    while len(order) < len(group):
        run = heappop(ready)[2] if ready else rest.pop()
        if run in order:
            continue
        order[run] = None
        for other in run.after:
            waiting[other] -= 1
            if waiting[other] == 0 and other not in order:
                heappush(ready, (_key(other), next(number), other))
    return list(order)


# --- places -------------------------------------------------------------------------------------


class _Group:
    """Runs that have to share the room, in their order."""

    def __init__(self, group: Sequence[Run]) -> None:
        self._order = _ordered(group)
        place = {run: index for index, run in enumerate(self._order)}
        self._before: dict[Run, list[Run]] = {run: [] for run in group}
        self._after: dict[Run, list[Run]] = {run: [] for run in group}
        for one in group:
            for other in one.after:
                first, second = (one, other) if place[one] < place[other] else (other, one)
                self._before[second].append(first)
                self._after[first].append(second)
        self._lane: dict[Run, float] = dict.fromkeys(group, LANE)
        self._least: dict[Run, float] = {}
        self._most: dict[Run, float] = {}

    def place(self) -> None:
        """Give each run its place; where it gets tight the lanes get narrower."""
        for lane in _NARROWER:
            tight = self._tight()
            if not tight:
                break
            for run in tight:
                self._lane[run] = lane
        self._tight()
        self._settle()

    def _distance(self, one: Run, other: Run) -> float:
        """They may come nearer only where both are in a tight place."""
        return max(self._lane[one], self._lane[other])

    def _tight(self) -> list[Run]:
        """Find out from where to where each run may be; those for which nothing is left."""
        for run in self._order:
            ahead = (self._least[o] + self._distance(o, run) for o in self._before[run])
            self._least[run] = max([run.low, *ahead])
        for run in reversed(self._order):
            behind = (self._most[o] - self._distance(run, o) for o in self._after[run])
            self._most[run] = min([run.high, *behind])
        return [run for run in self._order if self._least[run] > self._most[run] + 0.01]

    def _settle(self) -> None:
        """As near to their homes as can be."""
        from_end: dict[Run, int] = {}
        for run in reversed(self._order):
            from_end[run] = max((from_end[other] + 1 for other in self._after[run]), default=0)
        from_start: dict[Run, int] = {}
        for run in self._order:
            before = self._before[run]
            from_start[run] = max((from_start[other] + 1 for other in before), default=0)
            least = max([run.low, *(other.at + self._distance(other, run) for other in before)])
            lanes = (from_start[run] - from_end[run]) / 2
            wish = max(run.home + lanes * self._lane[run], run.roomy + TOUCH, least)
            run.at = min(max(min(wish, self._most[run]), run.low), run.high)

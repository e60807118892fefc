"""Contacts that the same agents may be offered, in their order: the first is found at once.

The order is kept in blocks. Nearly every contact that comes belongs at the end, and nearly every
one that goes stands at the front; both cost nothing but moving a few pointers. Whoever gives up in
the middle, or goes before others by priority, is found by halving, so the cost grows with the
logarithm of the number that wait. Scores lie beside the entries: numbers are compared fastest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import chain
from math import inf
from operator import attrgetter
from typing import TypeAlias

from contact_center.core.model import Agent, Entry
from contact_center.core.strategy.plan import Requirement, Reserve

ClassKey: TypeAlias = tuple[str, Requirement | None, Reserve | None]
Turn: TypeAlias = tuple[float, int]
"""What orders waiting contacts: score and sequence number."""
_BLOCK = 128
_LEAST: Turn = (-inf, 0)


class WaitingClass:
    """The waiting contacts of one queue with one requirement, or those that want one person.

    Who has the same score comes in the order of sequence numbers.
    """

    __slots__ = (
        "_blocks", "_bounds", "_scores", "count", "key", "mask", "open", "person", "reserve_mask",
        "score",
    )  # fmt: skip

    def __init__(self, key: ClassKey, person: Agent | None = None) -> None:
        self.key, self.person = key, person
        self._blocks: list[list[Entry]] = [[]]
        self._scores: list[list[float]] = [[]]
        """One for each entry. Only a block that is the only one may be empty."""
        self._bounds: list[Turn] = [_LEAST]
        """Where each block begins: all before it come earlier, all in it come then or later."""
        self.score = inf
        """The first one's: comparing two numbers tells most classes apart."""
        self.count = 0
        self.mask = 0
        """The bits of the pools that fit."""
        self.reserve_mask = 0
        """Those that fit only while reserve agents are called in."""
        self.open = False

    def __iter__(self) -> Iterator[Entry]:
        return chain.from_iterable(self._blocks)

    def push(self, entry: Entry) -> None:
        """Put *entry* in."""
        entry.cls = self
        score = entry.score
        self.count += 1
        if score < self.score:
            self.score = score
        scores = self._scores[-1]
        if scores and score <= scores[-1]:
            self._insert(entry, score)
        elif len(scores) < _BLOCK:
            scores.append(score)
            self._blocks[-1].append(entry)
        else:
            self._scores.append([score])
            self._blocks.append([entry])
            self._bounds.append((score, entry.seq))

    def _insert(self, entry: Entry, score: float) -> None:
        number = self._block_of(entry)
        block, scores = self._blocks[number], self._scores[number]
        at = _place(block, scores, entry)
        block.insert(at, entry)
        scores.insert(at, score)
        if len(block) > 2 * _BLOCK:
            self._blocks[number : number + 1] = [block[:_BLOCK], block[_BLOCK:]]
            self._scores[number : number + 1] = [scores[:_BLOCK], scores[_BLOCK:]]
            self._bounds.insert(number + 1, turn(block[_BLOCK]))

    def remove(self, entry: Entry) -> None:
        """Take *entry* out."""
        entry.cls = None
        self.count -= 1
        block = self._blocks[0]
        if block[0] is entry:
            scores = self._scores[0]
            del block[0], scores[0]
            if scores:
                self.score = scores[0]
            else:
                self._forget_block(0)
                self.score = self._scores[0][0] if self.count else inf
        else:
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        number = self._block_of(entry)
        block, scores = self._blocks[number], self._scores[number]
        at = _place(block, scores, entry)
        del block[at], scores[at]
        if not block:
            self._forget_block(number)

    def _block_of(self, entry: Entry) -> int:
        """The block that *entry* is in or belongs into."""
        return bisect_right(self._bounds, (entry.score, entry.seq)) - 1

    def _forget_block(self, number: int) -> None:
        if len(self._blocks) > 1:
            del self._blocks[number], self._scores[number], self._bounds[number]
            self._bounds[0] = _LEAST

    def first(self) -> Entry:
        """The first in turn; somebody waits."""
        return self._blocks[0][0]

    def first_for(self, agent: Agent) -> Entry | None:
        """The first in turn that does not exclude *agent*."""
        for entry in self:
            if not (entry.excluded and agent.name in entry.excluded):
                return entry
        return None


def turn(entry: Entry) -> Turn:
    """What orders waiting contacts."""
    return entry.score, entry.seq


def _place(block: list[Entry], scores: list[float], entry: Entry) -> int:
    """Where in the block *entry* stands or belongs."""
    score = entry.score
    at = bisect_left(scores, score)
    if at < len(scores) and scores[at] == score and block[at] is not entry:
        end = bisect_right(scores, score, at)
        at = bisect_left(block, entry.seq, at, end, key=_seq)
    return at


_seq = attrgetter("seq")

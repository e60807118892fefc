"""Places in a queue: how many contacts come before one, without counting them."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TypeAlias

Rank: TypeAlias = tuple[float, int]
"""Score and sequence number: the order in which contacts wait."""
_BLOCK = 512


class Ranks:
    """A sorted collection in blocks: adding and removing move one block, counting adds lengths."""

    __slots__ = ("_blocks", "_last")

    def __init__(self) -> None:
        self._blocks: list[list[Rank]] = []
        self._last: list[Rank] = []
        """The greatest of each block."""

    def __len__(self) -> int:
        return sum(map(len, self._blocks))

    def add(self, rank: Rank) -> None:
        """Add one that is not there."""
        if not self._blocks:
            self._blocks.append([rank])
            self._last.append(rank)
            return
        at = min(bisect_left(self._last, rank), len(self._blocks) - 1)
        block = self._blocks[at]
        insort(block, rank)
        if len(block) > 2 * _BLOCK:
            self._blocks[at : at + 1] = [block[:_BLOCK], block[_BLOCK:]]
            self._last[at : at + 1] = [block[_BLOCK - 1], block[-1]]
        else:
            self._last[at] = block[-1]

    def remove(self, rank: Rank) -> None:
        """Take one out that is there."""
        at = bisect_left(self._last, rank)
        block = self._blocks[at]
        del block[bisect_left(block, rank)]
        if block:
            self._last[at] = block[-1]
        else:
            del self._blocks[at], self._last[at]

    def before(self, rank: Rank) -> int:
        """How many come before *rank*."""
        at = bisect_left(self._last, rank)
        ahead = sum(map(len, self._blocks[:at]))
        return ahead + bisect_left(self._blocks[at], rank) if at < len(self._blocks) else ahead

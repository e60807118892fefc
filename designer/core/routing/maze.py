"""The shortest way with few bends between boxes, along the lines of their sides."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Final, TypeAlias

from designer.core.routing.lines import Lines
from designer.core.routing.space import Box, Space
from designer.core.routing.ways import Pair, Way, Wire, simplified, way_along

BEND: Final = 60
"""What a bend costs, in pixels of way."""
_OUTSIDE: Final = 1.2
"""How much longer a level piece outside everything seems, unless it leads back."""
_FRAMED: Final = 1.3
"""How much longer a level piece in a frame, or along its side, seems."""
_CROWDED: Final = 1.5
"""How much longer a corridor seems in which there is no room for another lane."""
_SHARED: Final = 0.85
"""How long the way of another wire into the same input seems, so that it is joined."""
_EAGER: Final = 1.1
"""Ways are looked for mainly towards the input: much faster, and rarely longer."""
_CORRIDOR: Final = 96
_LONG: Final = 100
_MARGIN: Final = 8
_LANE: Final = 12
_NARROW: Final = 8
_STRIPE: Final = 96

Piece: TypeAlias = tuple[float, float, float, bool]
"""A level piece: from where to where it goes, its y, and whether it has to stay there."""


class Maze:
    """The free lines of *space*, and how long ways along them seem."""

    def __init__(self, space: Space, frames: Sequence[Box] = ()) -> None:
        self.space = space
        self.lines = Lines(space)
        self._frames = [(b[0], b[1] - _MARGIN, b[2], b[3] + _MARGIN) for b in frames]
        self._rooms: dict[tuple[int, float], Pair] = {}
        self._taken: dict[tuple[int, int], list[Piece]] = {}

    def ways(self, wires: Sequence[Wire], joined: Iterable[Way], leftward: float) -> list[Way]:
        """The ways of *wires*, which share their input, as far as there are any.

        They lead into those of *joined* and into each other where that is short. A step to the
        left costs *leftward* times its length, except around the outside.
        """
        search = _Search(self, wires[0].end, leftward)
        for way in joined:
            search.join(way)
        ways = []
        for wire in sorted(wires, key=lambda wire: _distance(wire.start, wire.end)):
            found = search.find(wire)
            if found is not None:
                ways.append(found)
        self.take(ways)
        return ways

    def take(self, ways: Iterable[Way]) -> None:
        """Remember that the long level pieces of *ways* take lanes: each bundle one at a height."""
        spans: dict[tuple[int, float, bool], Pair] = {}
        for way in ways:
            for index, y in enumerate(way.ys):
                left, right = sorted(way.span(index))
                if right - left > _LONG:
                    key = way.wire.target, y, index in (0, len(way.xs))
                    low, high = spans.get(key, (left, right))
                    spans[key] = min(low, left), max(high, right)
        for (_, y, fixed), (left, right) in spans.items():
            if not fixed:
                low, high = self.space.upright(y, left, right)
                fixed = high - low < _LANE
            row = int(y // _STRIPE)
            for column in range(int(left // _STRIPE), int(right // _STRIPE) + 1):
                for near in (row - 1, row, row + 1):
                    self._taken.setdefault((column, near), []).append((left, right, y, fixed))

    def length(self, level: int, start: float, end: float, leftward: float) -> float:
        """How long a way along a level line seems."""
        y = self.lines.level[level][0]
        length = abs(end - start)
        top, bottom = self.lines.outside
        if not top < y < bottom:
            return length if leftward > 1 else length * _OUTSIDE
        if start > end:
            length *= leftward
        middle = (start + end) / 2
        for frame in self._frames:
            if frame[1] < y < frame[3] and frame[0] < middle < frame[2]:
                length *= _FRAMED
                break
        return length * _CROWDED if self._is_crowded(level, y, middle) else length

    def crowding(self, y: float, left: float, right: float) -> float:
        """How much longer a level piece seems because others have to be right beside it."""
        if right - left < _LONG:
            return 0
        row = int(y // _STRIPE)
        columns = range(int(left // _STRIPE), int(right // _STRIPE) + 1)
        pieces = {piece for column in columns for piece in self._taken.get((column, row), ())}
        beside = sum(
            max(min(right, piece[1]) - max(left, piece[0]), 0)
            for piece in pieces
            if piece[3] and abs(piece[2] - y) < _NARROW
        )
        return beside * (_CROWDED - 1)

    def _is_crowded(self, level: int, y: float, x: float) -> bool:
        """Whether there is hardly a lane left around a level line at *x*."""
        taken = self._taken.get((int(x // _STRIPE), int(y // _STRIPE)))
        if taken is None:
            return False
        here = [piece for piece in taken if piece[0] < x < piece[1]]
        if any(piece[3] and abs(piece[2] - y) < _NARROW for piece in here):
            return True
        room = self._rooms.get((level, x))
        if room is None:
            low, high = self.space.upright(y, x, x)
            room = max(low, y - _CORRIDOR), min(high, y + _CORRIDOR)
            self._rooms[level, x] = room
        low, high = room
        return sum(low <= piece[2] <= high for piece in here) > (high - low) // _LANE


def _distance(one: Pair, other: Pair) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


_Door: TypeAlias = tuple[float, float, tuple[Pair, ...]]
"""On an upright line: where it can be left, how far it is from there, and by which corners."""
_Node: TypeAlias = tuple[int, int, int]
"""An upright line, a level line, and whether we go along the level one (1) or not (0)."""
_Entry: TypeAlias = tuple[float, int, float, _Node, "tuple[int, _Node | None, _Door] | None"]
"""How far it is at least, when it was found, how far it was, where; or a way out."""


class _Search:
    """Ways into one input, found one after the other (A*)."""

    def __init__(self, maze: Maze, end: Pair, leftward: float) -> None:
        self._maze, self._lines, self._leftward = maze, maze.lines, leftward
        self._end = end[0] - maze.space.clear, end[1]
        self._doors: dict[int, list[_Door]] = {}
        x, y = self._end
        self._open(y, maze.space.sideways(x, y, y)[0], x, x, 0, ())
        self._heap: list[_Entry] = []
        self._number = count()
        self._best: dict[_Node, float] = {}
        self._before: dict[_Node, _Node | None] = {}

    def join(self, way: Way) -> None:
        """Let other ways lead into *way*, which has the same input."""
        out = way.wire.start[0] + self._maze.space.clear, way.wire.start[1]
        self._lead([out, *way.points()[1:-1], self._end], (0, 0, ()))

    def _lead(self, corners: Sequence[Pair], into: _Door) -> None:
        """Open doors along *corners*, the last of which is at *into*."""
        rest, tail = into[1] * _SHARED, into[2]
        for index in range(len(corners) - 1, 0, -1):
            (x1, y1), (x2, y2) = corners[index - 1 : index + 1]
            if y1 == y2:
                self._open(y1, min(x1, x2), max(x1, x2), x2, rest, tail)
            rest += (abs(x1 - x2) + abs(y1 - y2) + BEND) * _SHARED
            tail = (corners[index - 1], *tail)

    def _open(
        self, y: float, start: float, end: float, to: float, rest: float, corners: tuple[Pair, ...]
    ) -> None:
        """Upright lines may be left on the level piece at *y*, which goes on at *to*."""
        factor = _SHARED if corners or rest else 1
        for x, upright in self._lines.doors(y, start, end):
            length = abs(to - x) * factor
            if not corners:
                length += self._maze.crowding(y, x, to)
            door = y, BEND + length + rest, corners
            insort(self._doors.setdefault(upright, []), door)

    def find(self, wire: Wire) -> Way | None:
        """The way of *wire*, if there is any."""
        if not self._doors:
            return None
        self._heap, self._best, self._before = [], {}, {}
        first, level = wire.start[0] + self._maze.space.clear, wire.start[1]
        reach = self._maze.space.sideways(first, level, level)[1]
        for x, upright in self._lines.doors(level, first, reach):
            length = x - first + self._maze.crowding(level, first, x)
            self._along_upright(upright, level, length + BEND, None)
        while self._heap:
            _, _, cost, node, out = heappop(self._heap)
            if out is not None:
                upright, before, door = out
                corners = self._corners(level, upright, before, door[0])
                rest = 0, door[1], (corners[-1], *door[2])
                self._lead([(first, level), *corners], rest)
                return way_along(wire, [*corners, *door[2]], self._maze.space)
            if self._best[node] < cost:
                continue
            self._push((node[0], node[1], 1 - node[2]), cost + BEND, node)
            if node[2]:
                self._along_level(node, cost)
            else:
                self._along_upright(node[0], self._lines.level[node[1]][0], cost, node)
        return None

    def _along_upright(self, upright: int, y: float, cost: float, before: _Node | None) -> None:
        """To the next level lines above and below *y*, and out of the doors between."""
        crossings = self._lines.on_upright(upright)
        place = bisect_left(crossings, (y, -1))
        after = place + (place < len(crossings) and crossings[place][0] == y)
        for door in self._doors.get(upright, ()):
            if (not place or crossings[place - 1][0] <= door[0]) and (
                after >= len(crossings) or door[0] <= crossings[after][0]
            ):
                self._leave(upright, door, cost + abs(door[0] - y) + door[1], before)
        for index in range(max(place - 1, 0), min(after + 1, len(crossings))):
            at, level = crossings[index]
            self._push((upright, level, 0), cost + abs(at - y), before)

    def _along_level(self, node: _Node, cost: float) -> None:
        """To the next upright lines to the left and to the right, or on where others go level."""
        upright, level, _ = node
        for door in self._doors.get(upright, ()):
            if door[0] == self._lines.level[level][0]:
                self._leave(upright, door, cost + door[1] - BEND, node)
        crossings = self._lines.on_level(level)
        x = self._lines.upright[upright][0]
        place = bisect_left(crossings, (x, upright))
        for index in (place - 1, place + 1):
            if 0 <= index < len(crossings):
                at, other = crossings[index]
                length = self._maze.length(level, x, at, self._leftward)
                self._push((other, level, 1), cost + length, node)

    def _leave(self, upright: int, door: _Door, total: float, before: _Node | None) -> None:
        out = upright, before, door
        heappush(self._heap, (total, next(self._number), total, (upright, 0, 0), out))

    def _push(self, node: _Node, cost: float, before: _Node | None) -> None:
        best = self._best.get(node)
        if best is None or cost < best:
            self._best[node] = cost
            self._before[node] = before
            total = cost + _EAGER * self._ahead(node)
            heappush(self._heap, (total, next(self._number), cost, node, None))

    def _ahead(self, node: _Node) -> float:
        """At least so much it is from here to the input."""
        x, y = self._end
        beyond = self._lines.upright[node[0]][0] - x
        bends = 2 if node[2] else (3 if beyond > 0 else 1)
        return abs(beyond) + abs(self._lines.level[node[1]][0] - y) + bends * BEND

    def _corners(self, start: float, upright: int, before: _Node | None, end: float) -> list[Pair]:
        """From the height of the port to that of the door."""
        x = self._lines.upright[upright][0]
        corners = [(x, end)]
        while before is not None:
            x = self._lines.upright[before[0]][0]
            corners.append((x, self._lines.level[before[1]][0]))
            before = self._before[before]
        return simplified([(x, start), *reversed(corners)])

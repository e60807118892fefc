"""Columns of a layered drawing: which links lead back, and in which column each item stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_PASSES: Final = 4


@dataclass(frozen=True, slots=True)
class Arc:
    """A link between two items; *steps* is how many columns the target is behind the source.

    It is 1 between cards. Between frames, which span columns, it may be less than 1.
    """

    source: int
    target: int
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Search:
    """What a depth-first search found: the *order* of first visits, links that lead *back*.

    *order* is the reading order: first the way out of the first port. *first* are the links by
    which each item was found as the first child of another; *main* those of them that go on from
    the first root, one after the other: the main road of the drawing.
    """

    order: Sequence[int]
    back: frozenset[int]
    first: frozenset[int]
    main: frozenset[int]


def search(count: int, links: Sequence[tuple[int, int]], roots: Sequence[int]) -> Search:
    """Walk *count* items depth first along *links*, from *roots*, then from what is left."""
    ways: list[list[int]] = [[] for _ in range(count)]
    for index, (source, _) in enumerate(links):
        ways[source].append(index)
    order: list[int] = []
    open_items, met = [False] * count, [False] * count
    back, first = set(), set()
    has_child = [False] * count
    for root in [*roots, *range(count)]:
        if met[root]:
            continue
        met[root] = open_items[root] = True
        order.append(root)
        stack = [(root, iter(ways[root]))]
        while stack:
            item, rest = stack[-1]
            link = next(rest, None)
            if link is None:
                open_items[item] = False
                stack.pop()
                continue
            target = links[link][1]
            if open_items[target]:
                back.add(link)
            elif not met[target]:
                met[target] = open_items[target] = True
                order.append(target)
                if not has_child[item]:
                    first.add(link)
                has_child[item] = True
                stack.append((target, iter(ways[target])))
    return Search(order, frozenset(back), frozenset(first), _main_road(links, first, order))


def _main_road(
    links: Sequence[tuple[int, int]], first: set[int], order: Sequence[int]
) -> frozenset[int]:
    onwards = {links[link][0]: link for link in first}
    road = set()
    here = order[0] if order else None
    while here in onwards:
        road.add(onwards[here])
        here = links[onwards[here]][1]
    return frozenset(road)


def columns(count: int, arcs: Sequence[Arc], pinned: Sequence[int]) -> list[int]:
    """A column for each item: as far left as its arcs allow, then nearer to where they lead.

    *arcs* make no circle. *pinned* stay as far left as they can.
    """
    into: list[list[Arc]] = [[] for _ in range(count)]
    out: list[list[Arc]] = [[] for _ in range(count)]
    for arc in arcs:
        into[arc.target].append(arc)
        out[arc.source].append(arc)
    order = _sorted(count, into, out)
    column = [0] * count
    for item in order:
        column[item] = max((column[a.source] + a.steps for a in into[item]), default=0)
    lowest = min(column, default=0)
    column = [place - lowest for place in column]
    held = set(pinned)
    for _ in range(_PASSES):
        moved = False
        for item in reversed(order):
            if item in held or len(out[item]) <= len(into[item]):
                continue
            place = min(column[a.target] - a.steps for a in out[item])
            moved |= place > column[item]
            column[item] = max(place, column[item])
        if not moved:
            break
    return column


def _sorted(count: int, into: Sequence[list[Arc]], out: Sequence[list[Arc]]) -> list[int]:
    """The items so that every arc leads on."""
    waiting = [len(arcs) for arcs in into]
    order = [item for item in range(count) if waiting[item] == 0]
    for item in order:
        for arc in out[item]:
            waiting[arc.target] -= 1
            if waiting[arc.target] == 0:
                order.append(arc.target)
    return order

"""What holds where: a state is carried along every way of a graph until nothing new turns up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

from flow_runtime.core.check.graph import Link
from flow_runtime.core.model import PortValue

State = int
"""A set of possibilities, one bit each: where ways meet, the state is what any of them brings."""

Ways = Callable[[str], Sequence[Link]]
"""The ways out of a node."""

Behind = Callable[[PortValue, State], State | None]
"""What holds behind a port when a state held on entry to its node; None: no call goes that way.

It must be monotone: more possibilities on entry never mean fewer behind it.
"""


def solve(
    roots: Mapping[str, State], ways: Ways, behind: Callable[[str], Behind | None]
) -> dict[str, State]:
    """The state on entry to each node that a call can come to, beginning with those of *roots*.

    *behind* gives None for a node that changes nothing. States only grow and have finitely many
    bits, so it ends, whatever the circles. Nodes are visited in the order in which calls come to
    them, so that most need one visit only.
    """
    order = _order(roots, ways)
    names = list(order)
    on_entry = dict(roots)
    todo = sorted(order[node] for node in roots)
    waiting = set(todo)
    while todo:
        number = heappop(todo)
        waiting.discard(number)
        node = names[number]
        state, change = on_entry[node], behind(node)
        for way in ways(node):
            after = state if change is None else change(way.port, state)
            if after is None:
                continue
            before = on_entry.get(way.target)
            if before is not None:
                after |= before
            if after != before:
                on_entry[way.target] = after
                number = order[way.target]
                if number not in waiting:
                    waiting.add(number)
                    heappush(todo, number)
    return on_entry


def _order(roots: Iterable[str], ways: Ways) -> dict[str, int]:
    """All nodes that can be reached, numbered so that most ways lead to a higher number."""
    met = set[str]()
    done: list[str] = []
    for root in roots:
        if root in met:
            continue
        met.add(root)
        work = [(root, iter(ways(root)))]
        while work:
            node, links = work[-1]
            for link in links:
                if link.target not in met:
                    met.add(link.target)
                    work.append((link.target, iter(ways(link.target))))
                    break
            else:
                done.append(node)
                work.pop()
    return {node: number for number, node in enumerate(reversed(done))}

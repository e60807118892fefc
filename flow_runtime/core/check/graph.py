"""The flow as a graph: what can be reached, by which path, and where it goes in circles.

Everything is iterative, so a flow of any length is checked without a recursion limit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flow_runtime.core.model import PortValue
from flow_runtime.core.problems import Step


@dataclass(frozen=True, slots=True)
class Link:
    """One way from *source* to *target*.

    *drawn* is False where no arrow says so: a failure that leads to ``on_error``.
    """

    source: str
    port: PortValue
    target: str
    drawn: bool = True


Follow = Callable[[Link], bool]


def _any(link: Link) -> bool:
    return True


class Graph:
    """Nodes by name and the links between them; links to unknown nodes must not be given."""

    def __init__(self, nodes: Iterable[str], links: Iterable[Link]) -> None:
        self._out: dict[str, list[Link]] = {name: [] for name in nodes}
        for link in links:
            self._out[link.source].append(link)

    @property
    def nodes(self) -> Collection[str]:
        """All nodes, in the order of the file."""
        return self._out.keys()

    def only(self, follow: Follow) -> Graph:
        """The same nodes with only the links that *follow* wants."""
        return Graph(
            self._out, (link for links in self._out.values() for link in links if follow(link))
        )

    def links(self, node: str) -> tuple[Link, ...]:
        """The ways out of *node*, in the order of the file."""
        return tuple(self._out[node])

    def reachable(self, roots: Iterable[str], follow: Follow = _any) -> Mapping[str, Link | None]:
        """Every node that can be reached from *roots*, with the link by which it is first met.

        Roots have None. Breadth first, so that following the links back gives a shortest path.
        """
        met: dict[str, Link | None] = dict.fromkeys(roots)
        queue = deque(met)
        while queue:
            for link in self._out[queue.popleft()]:
                if link.target not in met and follow(link):
                    met[link.target] = link
                    queue.append(link.target)
        return met

    def path(self, root: str, to: str, follow: Follow = _any) -> tuple[Step, ...]:
        """A shortest way from *root* to *to*; its last step is *to* itself, without a port.

        Empty when there is none.
        """
        met = self.reachable((root,), follow)
        return _steps_back(met, to) if to in met else ()

    def circle(self, node: str, within: Collection[str]) -> tuple[Step, ...]:
        """A shortest way from *node* back to itself through nodes of *within*; empty if none."""
        best: tuple[Step, ...] = ()
        for link in self._out[node]:
            if link.target == node:
                return (Step(node, str(link.port)), Step(node, None))
            back = self.path(link.target, node, lambda way: way.target in within)
            if link.target in within and back and (not best or len(back) + 1 < len(best)):
                best = (Step(node, str(link.port)), *back)
        return best

    def knots(self, within: Collection[str]) -> Iterator[tuple[str, ...]]:
        """The groups of nodes of *within* in which each can reach each other (Tarjan 1972).

        Only groups that hold a circle are given; the nodes are in the order of the file.
        """
        order = {name: index for index, name in enumerate(self._out)}
        for group in _Tarjan(self._out, within).groups():
            first = group[0]
            if len(group) > 1 or any(link.target == first for link in self._out[first]):
                yield tuple(sorted(group, key=order.__getitem__))


def _steps_back(met: Mapping[str, Link | None], to: str) -> tuple[Step, ...]:
    steps = [Step(to, None)]
    link = met[to]
    while link is not None:
        steps.append(Step(link.source, str(link.port)))
        link = met[link.source]
    return tuple(reversed(steps))


class _Tarjan:
    """Strongly connected components with an explicit stack instead of recursion."""

    def __init__(self, out: Mapping[str, list[Link]], within: Collection[str]) -> None:
        self._out, self._within = out, within
        self._index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._stack: dict[str, None] = {}
        self._found: list[tuple[str, ...]] = []

    def groups(self) -> list[tuple[str, ...]]:
        for name in self._out:
            if name in self._within and name not in self._index:
                self._visit(name)
        return self._found

    def _open(self, name: str) -> tuple[str, Iterator[Link]]:
        self._index[name] = self._low[name] = len(self._index)
        self._stack[name] = None
        return name, iter(self._out[name])

    def _visit(self, root: str) -> None:
        work = [self._open(root)]
        while work:
            name, links = work[-1]
            for link in links:
                if link.target not in self._within:
                    continue
                if link.target not in self._index:
                    work.append(self._open(link.target))
                    break
                if link.target in self._stack:
                    self._low[name] = min(self._low[name], self._index[link.target])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    self._low[above] = min(self._low[above], self._low[name])
                if self._low[name] == self._index[name]:
                    self._close(name)

    def _close(self, name: str) -> None:
        group = []
        while True:
            member = self._stack.popitem()[0]
            group.append(member)
            if member == name:
                break
        self._found.append(tuple(group))

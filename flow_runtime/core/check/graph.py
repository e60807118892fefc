"""The flow as a graph: what can be reached, by which path, and where it goes in circles.

Everything is iterative, so a flow of any length is checked without a recursion limit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
        out: dict[str, list[Link]] = {name: [] for name in nodes}
        for link in links:
            out[link.source].append(link)
        self._out: Mapping[str, Sequence[Link]] = out

    @staticmethod
    def of(out: Mapping[str, Sequence[Link]]) -> Graph:
        """The graph in which these are the ways out of each node."""
        graph = Graph((), ())
        graph._out = out
        return graph

    @property
    def nodes(self) -> Collection[str]:
        """All nodes, in the order of the file."""
        return self._out.keys()

    def links(self, node: str) -> Sequence[Link]:
        """The ways out of *node*, in the order of the file."""
        return self._out[node]

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
        return steps_back(met, to) if to in met else ()

    def circle(self, node: str, within: Collection[str], follow: Follow = _any) -> tuple[Step, ...]:
        """A shortest way from *node* back to itself through nodes of *within*; empty if none."""
        best: tuple[Step, ...] = ()
        for link in self._out[node]:
            if not follow(link) or link.target not in within:
                continue
            if link.target == node:
                return (Step(node, str(link.port)), Step(node, None))
            inside = self.path(link.target, node, lambda way: way.target in within and follow(way))
            if inside and (not best or len(inside) + 1 < len(best)):
                best = (Step(node, str(link.port)), *inside)
        return best

    def knots(self, within: Collection[str], follow: Follow = _any) -> Iterator[tuple[str, ...]]:
        """The groups of nodes of *within* in which each can reach each other (Tarjan 1972).

        Only groups that hold a circle are given; the nodes are in the order of the file.
        """
        if not within:
            return
        order = {name: index for index, name in enumerate(self._out)}
        for group in _Tarjan(self._out, within, follow).groups():
            first = group[0]
            to_itself = (link.target == first and follow(link) for link in self._out[first])
            if len(group) > 1 or any(to_itself):
                yield tuple(sorted(group, key=order.__getitem__))

    def leading_to(self, targets: Iterable[str], follow: Follow = _any) -> Collection[str]:
        """Every node from which one of *targets* can be reached, and these themselves."""
        back: dict[str, list[str]] = {}
        for name, links in self._out.items():
            for link in links:
                if follow(link):
                    back.setdefault(link.target, []).append(name)
        met = set(targets)
        todo = list(met)
        while todo:
            for name in back.get(todo.pop(), ()):
                if name not in met:
                    met.add(name)
                    todo.append(name)
        return met


def steps_back(met: Mapping[str, Link | None], to: str) -> tuple[Step, ...]:
    """The way by which `Graph.reachable` has met the node *to*."""
    steps = [Step(to, None)]
    link = met[to]
    while link is not None:
        steps.append(Step(link.source, str(link.port)))
        link = met[link.source]
    return tuple(reversed(steps))


class _Tarjan:
    """Strongly connected components with an explicit stack instead of recursion."""

    def __init__(
        self, out: Mapping[str, Sequence[Link]], within: Collection[str], follow: Follow
    ) -> None:
        self._out, self._within, self._follow = out, within, follow
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
                if link.target not in self._within or not self._follow(link):
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

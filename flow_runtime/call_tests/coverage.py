"""Which nodes and ports of a flow the calls of its tests came through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flow_runtime.call_tests.scene import Visit
from flow_runtime.core.model import PortValue
from flow_runtime.core.program import Program

PortOfNode = tuple[str, PortValue]


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """How often each node was entered, and each node left by each of its ports.

    Both are in the order of the file. The ports are the arrows that are drawn: a port that is not
    connected, or follows another by default, is not among them.
    """

    flow: str
    nodes: Mapping[str, int]
    ports: Mapping[PortOfNode, int]

    @property
    def nodes_missed(self) -> tuple[str, ...]:
        """The nodes that no call entered."""
        return tuple(node for node, count in self.nodes.items() if not count)

    @property
    def ports_missed(self) -> tuple[PortOfNode, ...]:
        """The ports that no call left by."""
        return tuple(port for port, count in self.ports.items() if not count)

    @property
    def node_percent(self) -> float:
        """How many of the nodes were entered, of 100."""
        return _percent(len(self.nodes), len(self.nodes_missed))

    @property
    def port_percent(self) -> float:
        """How many of the ports were left by, of 100."""
        return _percent(len(self.ports), len(self.ports_missed))


def flow_coverage(program: Program, paths: Iterable[Sequence[Visit]]) -> FlowCoverage:
    """The coverage of *program* alone by calls whose *paths* may lead through others as well."""
    entered: Counter[str] = Counter()
    left: Counter[PortOfNode] = Counter()
    keys = {step.name: step.cls.port_key for step in program.steps}
    for path in paths:
        for visit in path:
            if visit.flow == program.name and visit.node in keys:
                entered[visit.node] += 1
                if visit.port is not None:
                    left[visit.node, keys[visit.node](visit.port)] += 1
    return FlowCoverage(
        program.name,
        {name: entered[name] for name in keys},
        {(node, port): left[node, keys[node](port)] for node, port in _drawn(program)},
    )


def _drawn(program: Program) -> Iterable[PortOfNode]:
    """The arrows of the flow; of two that leave by one port the first counts."""
    for node in program.flow.nodes:
        for edge in node.edges:
            if edge.target is not None:
                yield node.name, edge.port


def _percent(of: int, missed: int) -> float:
    return 100.0 if not of else 100.0 * (of - missed) / of

"""What the canvas shows of a call test: the way its call went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from designer.core.marks import Ports, port_of
from designer.core.picture import CardMark, Marks, PortKey, PortMark
from flow_runtime.core.model import PortValue


class Visit(Protocol):
    """The call was in a node: see `flow_runtime.call_tests.Visit`."""

    @property
    def flow(self) -> str:
        """The name of the flow."""

    @property
    def node(self) -> str:
        """The node in it."""

    @property
    def port(self) -> PortValue | None:
        """The way out, None when there was none."""


def way_marks(path: Sequence[Visit], flow: str, ports: Ports, passed: bool) -> Marks:
    """The nodes of *flow* on *path*, numbered, and the ways between them; red where it failed."""
    kind: Literal["replay", "counter-example"] = "replay" if passed else "counter-example"
    cards: dict[str, CardMark] = {}
    marks: dict[PortKey, PortMark] = {}
    here = [visit for visit in path if visit.flow == flow]
    for number, visit in enumerate(here, 1):
        cards.setdefault(visit.node, CardMark(number=number))
        if visit.port is not None:
            marks[visit.node, port_of(ports, visit.node, visit.port)] = PortMark(path=kind)
    return Marks(cards, marks)

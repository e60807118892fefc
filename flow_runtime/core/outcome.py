"""What a run tells others: how it ended, and to an observer each step on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.model import PortValue

MASK: Final = "***"
"""What observers see of a secret value."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over; nothing more will be asked for.

    *by* is ``hangup``, ``end`` (an end node, without a hang-up: the driver ends the call) or
    ``failure`` (something failed that the flow did not handle; *failure* says what). *party* is
    ``flow``, or whoever the thrown `Hangup` named. *cause* is the hang-up's word, or the outcome
    of an end node. *node* is the last node.
    """

    by: Literal["hangup", "end", "failure"]
    party: str
    cause: str
    node: str
    failure: NodeFailure | None = None


class Observer(Protocol):
    """Whoever wants to know what a run does: the trace, the designer, a test."""

    def enter(self, flow: str, node: str) -> None:
        """The call enters *node*."""

    def leave(self, flow: str, node: str, port: PortValue) -> None:
        """The call leaves *node* by *port*."""

    def assigned(self, target: str, value: Any) -> None:
        """A variable got a value; a secret one is masked."""

    def failed(self, flow: str, node: str, failure: NodeFailure, details: str) -> None:
        """A node failed. *details* is a traceback when the node itself is at fault, else empty."""

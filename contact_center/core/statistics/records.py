"""What happened, as statistics are counted from it. Times are seconds since the epoch (UTC)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Queued:
    """A contact entered *queue* at *at*. One that comes back to the queue is not queued again."""

    contact: str
    queue: str
    at: float


@dataclass(frozen=True, slots=True)
class Left:
    """A contact that was queued at *queued_at* left the queue after *waited* seconds.

    *outcome*: ``answered`` by an agent; ``abandoned`` by the caller; ``overflowed`` to another
    queue, by time-out or by a leaving key; ``called back``: it left for a callback.
    """

    contact: str
    queue: str
    queued_at: float
    waited: float
    outcome: Literal["answered", "abandoned", "overflowed", "called back"]


@dataclass(frozen=True, slots=True)
class Handled:
    """An agent is done with a contact of *queue*: its wrap-up, if any, ended at *at*."""

    contact: str
    queue: str
    agent: str
    at: float
    talk: float
    hold: float
    wrap_up: float


@dataclass(frozen=True, slots=True)
class Missed:
    """At *at* an agent's telephone did not answer an offer, refused it or was busy."""

    contact: str
    agent: str
    at: float


AgentState: TypeAlias = Literal["ready", "ring", "talk", "hold", "wrap-up", "not ready"]
"""What a signed-in agent does; all states together are the signed-in time."""


@dataclass(frozen=True, slots=True)
class Span:
    """An agent was in *state* from *start* to *end*."""

    agent: str
    state: AgentState
    start: float
    end: float


Record: TypeAlias = Queued | Left | Handled | Missed | Span

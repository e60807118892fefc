"""What a node may ask of queues and agents, and what happens to a caller there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from flow_runtime.core.commands import Command
from flow_runtime.core.sound import Sound

Announce: TypeAlias = Literal["position", "wait", "both", "off"]


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """It is time to tell the caller the place (1 is next) and the wait, or what of it is wanted."""

    position: int | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AgentAnswers:
    """An agent has answered; they are connected when the words of `StayInQueue` have been said."""

    agent: str


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller is back in the flow, at *port*; *agent* is who talked last, if anybody did."""

    port: str
    agent: str = ""


QueueEvent: TypeAlias = PlaceNow | AgentAnswers | QueueLeft


@dataclass(frozen=True, slots=True)
class EnterQueue(Command[QueueEvent]):
    """Wait in *queue* for an agent, and talk; the answer is the first event the flow has to see.

    *skills* are what the agent must have: a number is the least level, a text the very word.
    *strategy* takes the place of the queue's own, as a name or a text. *preferred* is waited for
    before anybody else. Without *longest* the queue's own limit counts. *callback_key* leaves by
    ``callback``, each of *keys* by its port. `NodeFailure`: ``unknown-queue``, ``bad-strategy``.
    """

    queue: str
    priority: float = 0.0
    skills: Mapping[str, Any] = field(default_factory=dict)
    strategy: str | None = None
    preferred: str | None = None
    longest: timedelta | None = None
    music: Sound = ()
    greeting: Sound = ()
    announce: Announce = "both"
    announce_every: timedelta = timedelta(seconds=30)
    announce_agent: bool = False
    callback_key: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EnterAgent(Command[QueueEvent]):
    """Wait for one *agent*, and talk; an agent who is not there by then is ``unavailable``."""

    agent: str
    wait: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class StayInQueue(Command[QueueEvent]):
    """Let the caller hear *sound*, and go on with what `EnterQueue` began; the next event."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class AskQueue(Command[Mapping[str, Any]]):
    """The figures of *queue*, as `facts.QUEUE` has them. `NodeFailure`: ``unknown-queue``."""

    queue: str

"""Queues, agents and voicemail boxes as they are declared in cordboard.toml or made by the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contact_center.core.model import AgentSetup, QueueSetup


@dataclass(frozen=True)
class QueueSettings:
    """A queue; durations are seconds. *strategy* is one of the fourteen names, or a text.

    *agents* is the list that linear order and round robin follow; agents not in it come after.
    *callback_attempts* is how often a customer is rung for a callback (0: there are none),
    *caller_id* the number that the customer sees then.
    """

    name: str
    strategy: str = "longest idle"
    max_wait: float | None = None
    service_share: float = 0.8
    service_seconds: float = 20.0
    wrap_up: float = 0.0
    max_waiting: int | None = None
    calendar: str = ""
    ring: float = 20.0
    exclude: float = 60.0
    misses: int = 3
    age_rate: float = 1.0
    rescue: Literal["callback", "none"] = "callback"
    callback_attempts: int = 1
    callback_retry: float = 300.0
    caller_id: str = ""
    agents: tuple[str, ...] = ()

    def setup(self) -> QueueSetup:
        """What the engine has to know of it."""
        return QueueSetup(
            name=self.name,
            agents=self.agents,
            max_waiting=self.max_waiting,
            ring=self.ring,
            wrap_up=self.wrap_up,
            exclude=self.exclude,
            misses=self.misses,
            age_rate=self.age_rate,
            rescue=self.rescue,
            callback_attempts=self.callback_attempts,
            callback_retry=self.callback_retry,
        )


@dataclass(frozen=True)
class AgentSettings:
    """An agent. *queues* gives the level (1 to 100) in each; skills are levels or words.

    *contact* is a static SIP address, "" where the phone registers. *ready*: signed in and ready
    as soon as the server runs. *may_dial* are patterns of the numbers the agent may call,
    *caller_id* is the number that those see.
    *supervisor*: may listen to other agents, speak to them, and intercept their calls.
    """

    name: str
    title: str = ""
    contact: str = ""
    queues: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, int | str] = field(default_factory=dict)
    reserve: frozenset[str] = frozenset()
    max_held: int = 1
    persistent_leg: bool = False
    ready: bool = False
    may_dial: tuple[str, ...] = ()
    caller_id: str = ""
    supervisor: bool = False

    def setup(self) -> AgentSetup:
        """What the engine has to know of the agent."""
        return AgentSetup(
            name=self.name,
            queues=dict(self.queues),
            skills=dict(self.skills),
            reserve=self.reserve,
            max_held=self.max_held,
            persistent_leg=self.persistent_leg,
        )


@dataclass(frozen=True)
class Declared:
    """All that cordboard.toml names, in its order.

    *boxes* gives the queue that each voicemail box's messages become work for. *passwords* are
    kept in memory and never in the database. *undecided* are queues whose strategy is not named:
    versions of it are published while the server runs.
    """

    queues: tuple[QueueSettings, ...] = ()
    agents: tuple[AgentSettings, ...] = ()
    boxes: Mapping[str, str] = field(default_factory=dict)
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    undecided: frozenset[str] = frozenset()

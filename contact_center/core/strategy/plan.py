"""What a strategy comes to for one contact: the plan that the engine matches by.

A strategy (one of the fourteen by name, or text) is compiled once; on entering a queue it is
bound to the contact's facts, and the plan that results never changes while the contact waits.
Plans hold values only, so that contacts that want the same share a class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Skills: TypeAlias = Mapping[str, int | str]
"""What an agent can do: levels of 1 to 100, or words (`language` = "zh-CN")."""

By: TypeAlias = Literal[
    "idle",  # t - since
    "idle_ratio",  # idle / login; no login counts as infinite
    "talk",
    "talk_ratio",  # talk / login; no login counts as zero
    "answered",
    "load",  # (talk + wrap-up) / login
    "skill",
    "ring",  # round robin: places after the one that was offered last
    "position",  # the agent's place in the queue's list
    "random",
]


class Requirement(Protocol):
    """Which agents may be offered the contact; equal ones have one hash and fit the same agents."""

    @property
    def text(self) -> str:
        """As a person reads it, with the contact's own values in it."""

    def fits(self, skills: Skills) -> bool:
        """Whether an agent with *skills* may be offered the contact."""

    def __hash__(self) -> int: ...

    def __eq__(self, other: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Ring:
    """A widening step: from *after* seconds of waiting on, *wanted* is enough (None: any agent)."""

    after: float
    wanted: Requirement | None


@dataclass(frozen=True, slots=True)
class Term:
    """One key of the order in which agents are preferred; *skill* names the one of `by="skill"`."""

    by: By
    most_first: bool
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An agent who is waited for before anybody else: the customer's owner, or the last agent."""

    agent: str
    wait: float
    why: Literal["owner", "last agent", "preferred"]


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserve agents join when the estimated wait is above *above* seconds, until below *below*."""

    above: float
    below: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How one contact finds its agent.

    *rings* begin at 0 and widen; terms break ties in turn, and what is left is broken by a stable
    hash of contact, agent and day.
    """

    strategy: str
    rings: tuple[Ring, ...]
    order: tuple[Term, ...]
    persons: tuple[Person, ...] = ()
    everybody: bool = False
    reserve: Reserve | None = None

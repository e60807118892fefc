"""Who may do what: one row for each right, with the roles that have it and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Role: TypeAlias = Literal["agent", "supervisor", "wallboard", "admin"]
Right: TypeAlias = Literal[
    "site", "calls", "desk", "directory", "own seat", "log of calls", "work",
    "steer", "listen", "statistics", "audit", "manage",
]  # fmt: skip
ROLES: Final[tuple[Role, ...]] = ("agent", "supervisor", "wallboard", "admin")

RIGHTS: Final[Mapping[Right, frozenset[Role]]] = {
    "site": frozenset({"admin"}),  # flows as files: what the designer asks for
    "calls": frozenset({"supervisor", "admin"}),  # what callers do in flows
    "desk": frozenset({"agent", "supervisor", "wallboard", "admin"}),
    "directory": frozenset({"agent", "supervisor", "admin"}),
    "own seat": frozenset({"agent", "supervisor", "admin"}),
    "log of calls": frozenset({"agent", "supervisor", "admin"}),
    "work": frozenset({"agent", "supervisor", "admin"}),  # callbacks and messages
    "steer": frozenset({"supervisor", "admin"}),  # other people's states and calls
    "listen": frozenset({"supervisor", "admin"}),
    "statistics": frozenset({"supervisor", "admin"}),
    "audit": frozenset({"supervisor", "admin"}),
    "manage": frozenset({"admin"}),  # accounts, queues, agents, strategies, webhooks
}
"""What each right opens is said by the routes that ask for it."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks. *agent* is the seat: the agent whose telephone is this person's."""

    name: str
    role: Role
    agent: str = ""

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return self.role in RIGHTS[right]

    def sits_at(self, agent: str) -> bool:
        """Whether the person may press *agent*'s own buttons."""
        return self.role == "admin" or (bool(agent) and self.agent == agent)

    @property
    def sees_all(self) -> bool:
        """Whether contacts and queues of others are told, too."""
        return self.role in ("supervisor", "admin")

"""Whom an agent wants to call or to hand a customer over to."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

_KINDS: Final = ("agent", "queue", "number")


@dataclass(frozen=True, slots=True)
class Target:
    """An agent, a queue or a number: one of them is set.

    *name* is bare text instead, of which only the desk can tell what it means.
    """

    agent: str = ""
    queue: str = ""
    number: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Target:
        """``agent:li``, ``queue:repairs``, ``number:0123``, or bare text."""
        kind, colon, rest = text.strip().partition(":")
        if colon and kind in _KINDS:
            return cls(**{kind: rest.strip()})
        return cls(name=text.strip())

    def among(self, agents: Container[str], queues: Container[str]) -> Target:
        """Bare text as an agent's name, else as a queue's, else as a number."""
        if not self.name:
            return self
        if self.name in agents:
            return Target(agent=self.name)
        if self.name in queues:
            return Target(queue=self.name)
        return Target(number=self.name)

    def __str__(self) -> str:
        for kind in _KINDS:
            if value := getattr(self, kind):
                return f"{kind}:{value}"
        return self.name

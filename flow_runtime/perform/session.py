"""What the performers of one call share: the leg, its keys, its trace and the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from flow_runtime.core.commands import Command, Hangup
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.services import Services
from flow_runtime.tracing import Tracer
from telephony.line import Call


@dataclass(slots=True)
class Session:
    """One call in progress.

    *facts* are the ``call.*`` of the flow, *contact* its ``contact.*``. *gone* is set when the call
    is over, *leaving* when the flow has ended it itself. *recorded* counts the recordings of each
    node. *both* is the file in which both sides are being recorded.
    """

    call: Call
    services: Services
    tracer: Tracer
    keys: KeyBuffer
    facts: dict[str, Any]
    contact: dict[str, Any]
    gone: Hangup | None = None
    leaving: bool = False
    recorded: dict[str, int] = field(default_factory=dict)
    both: str | None = None

    async def take(self) -> None:
        """Answer the call, if that was not done: whoever speaks or listens does this first."""
        if not self.call.answered:
            await self.call.answer()
        if not self.facts["answered"]:
            self.facts["answered"] = True
            self.tracer.event("answered")


@dataclass(frozen=True, slots=True)
class Performer:
    """How one type of command is performed.

    *needs_call*: it is refused with `Hangup` once the call is over. *cut*: a hang-up cancels it;
    else it comes to its own end first, and the flow learns of the hang-up with its next command.
    """

    act: Callable[[Session, Any], Awaitable[Any]]
    needs_call: bool = True
    cut: bool = True


Performers = dict[type[Command[Any]], Performer]

"""What the expressions of one running flow can see: variables, views and the present moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol

from flow_runtime.core.prompts import NO_PROMPTS, PromptBook


class View(Protocol):
    """A read-only table of the contact centre, by name: its queues or its agents."""

    def get(self, name: str, /) -> Mapping[str, Any] | None:
        """The present state of *name* as a record, None when there is no such thing."""


FindFile = Callable[[str], str | None]
"""Maps the argument of ``file("x.wav")`` to an absolute path, None when there is no such file."""


class Frame:
    """The world of one run as its expressions see it; the interpreter keeps it up to date.

    *variables* hold the flow's variables (a declared variable without a value is None). *call*
    holds the facts ``id, caller, called, trunk, started, language, answered, headers, channel,
    quality``; *contact* the attributes that travel with the call; *customer* the caller's record
    when one was found. *now* is aware and set at each resume: an expression never reads a clock;
    *zone* is where ``today()`` and ``now()`` are told. *language* is the caller's (BCP 47).
    *files* finds sound files; *queues* and *agents* are None where there is no contact centre.
    """

    __slots__ = (
        "agents",
        "call",
        "contact",
        "customer",
        "files",
        "language",
        "now",
        "prompts",
        "queues",
        "variables",
        "zone",
    )

    def __init__(
        self,
        *,
        now: datetime,
        variables: dict[str, Any] | None = None,
        call: Mapping[str, Any] | None = None,
        contact: dict[str, Any] | None = None,
        customer: Mapping[str, Any] | None = None,
        zone: tzinfo = UTC,
        language: str = "en",
        prompts: PromptBook = NO_PROMPTS,
        files: FindFile | None = None,
        queues: View | None = None,
        agents: View | None = None,
    ) -> None:
        self.now = now
        self.variables = {} if variables is None else variables
        self.call: Mapping[str, Any] = {} if call is None else call
        self.contact = {} if contact is None else contact
        self.customer = customer
        self.zone = zone
        self.language = language
        self.prompts = prompts
        self.files = files
        self.queues = queues
        self.agents = agents

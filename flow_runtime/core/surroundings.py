"""What a flow is checked and compiled against: all it may name that is not in its file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Literal, Protocol

from flow_runtime.core.frame import FindFile
from flow_runtime.core.node import Node
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook

if TYPE_CHECKING:
    from flow_runtime.core.called import CalledFlow


FindFlow = Callable[[str], "CalledFlow | None"]
"""Finds the flow that another names by a path relative to its own file; None: no such file."""


CheckStrategy = Callable[[str], Sequence[tuple[Literal["error", "warning"], str]]]
"""Tells what is wrong with the name or the text of a routing strategy, and how bad it is."""


class OpeningHours(Protocol):
    """A calendar as flows use it."""

    def state(self, at: datetime, /) -> Literal["open", "closed", "holiday"]:
        """What the calendar says of the moment *at*, which is aware."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The site around a flow.

    *nodes* is the node library by type word. *sources* names the data sources and says whether
    each may be written; *queues*, *agents* and *boxes* (for voice messages) are names of the
    contact centre. *zone* is where ``today()`` and ``now()`` are told. *files* finds the sound
    files of ``file("x.wav")``, *flows* those that the flow names; without it nothing is said of
    them. *complete* says that a configuration was given: an unknown calendar, queue, box, data
    source or flow is then an error, else a warning, for it may exist elsewhere. An unknown agent
    is always a warning: agents come and go while flows stay. Without *check_strategy* nothing is
    said of routing strategies.
    """

    nodes: Mapping[str, type[Node]]
    prompts: PromptBook = NO_PROMPTS
    calendars: Mapping[str, OpeningHours] = field(default_factory=dict)
    sources: Mapping[str, bool] = field(default_factory=dict)
    queues: Collection[str] = ()
    agents: Collection[str] = ()
    boxes: Collection[str] = ()
    check_strategy: CheckStrategy | None = None
    zone: tzinfo = UTC
    files: FindFile | None = None
    flows: FindFlow | None = None
    complete: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages callers are spoken to in; the first is the one a call starts in."""
        return self.prompts.languages or ("en",)

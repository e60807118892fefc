"""What is known of a simulated call: how it was begun, and how it is at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from designer.core.simulation import Variable
from flow_runtime.call_tests.rehearsal import Seat

Outcome: TypeAlias = Literal["answered", "busy", "no_answer"] | None
"""What a dialled telephone does by itself; None: the person decides."""
Does: TypeAlias = Literal["answers", "busy", "no_answer", "rejects", "hangs_up"]


@dataclass(frozen=True, slots=True)
class Setup:
    """Who calls whom, when (aware), and in which language (empty: the first of the site)."""

    caller: str
    called: str
    at: datetime
    language: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How the call is at one moment; *seconds* have passed since it came.

    *others* are the numbers of telephones that *ring*, or that the caller talks with: one that was
    dialled, or those of agents. *seats* are the agents. *flow* and *node* are where the call is;
    *held*: it waits there for the person. *waits* says how many seconds of nothing would follow
    (None: for ever).
    """

    now: datetime
    seconds: float = 0.0
    flow: str = ""
    node: str = ""
    answered: bool = False
    talking: bool = False
    recording: bool = False
    others: tuple[str, ...] = ()
    rings: bool = False
    seats: tuple[Seat, ...] = ()
    held: bool = False
    over: bool = False
    waits: float | None = None
    language: str = ""
    variables: tuple[Variable, ...] = ()
    given: Mapping[str, int] | None = None
    """How many fake answers each source has given."""

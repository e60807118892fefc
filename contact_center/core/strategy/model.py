"""A strategy as written: statements, in order, with their comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from contact_center.core.strategy.expressions import Condition, Value
from contact_center.core.strategy.plan import By
from contact_center.core.strategy.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """A condition on agents, by its canonical *text*."""

    text: str
    condition: Condition = field(compare=False, repr=False)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that the contact's facts give, by the canonical *text* of its expression."""

    text: str
    value: Value = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Require:
    """``require CONDITION``: nobody else is ever offered the contact."""

    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Step:
    """``CONDITION for 20s``; *wanted* is None for ``any``, *lasts* for the last step."""

    wanted: Wanted | None
    lasts: timedelta | None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Prefer:
    """``prefer A for 20s then B for 30s then any``: what is asked for grows less with time."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """``idle desc``, ``skill.billing desc``; *skill* None means the level in this queue."""

    by: By
    most_first: bool = False
    skill: str | Asked | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    """``order by TERM, TERM``."""

    terms: tuple[OrderTerm, ...]


@dataclass(frozen=True, slots=True)
class LastAgent:
    """``last_agent within 7d wait 15s``."""

    within: timedelta
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Owner:
    """``owner wait 10s``."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class Agent:
    """``agent contact.adviser wait 20s``."""

    who: Asked
    wait: timedelta


@dataclass(frozen=True, slots=True)
class RingAll:
    """``ring all``."""


@dataclass(frozen=True, slots=True)
class ReserveWhen:
    """``reserve when wait_estimate > 90s until < 40s``."""

    above: timedelta
    below: timedelta


Statement: TypeAlias = Require | Prefer | Order | LastAgent | Owner | Agent | RingAll | ReserveWhen


@dataclass(frozen=True, slots=True)
class Line:
    """One statement with the comments *above* it and *behind* it, without their ``#``."""

    statement: Statement
    above: tuple[str, ...] = ()
    behind: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole strategy; *tail* are the comments below the last statement."""

    lines: tuple[Line, ...]
    tail: tuple[str, ...] = ()

    def statements(self) -> list[Statement]:
        """The statements without comments."""
        return [line.statement for line in self.lines]

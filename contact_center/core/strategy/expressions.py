"""The port by which a strategy reads conditions written in the flow language.

The contact centre knows nothing of that language; the application hands in an adapter
(`cordboard.strategies.expressions`). Conditions see ``skill.NAME`` and ``level`` of the agent that
is looked at, and the contact's facts ``call``, ``contact``, ``customer`` and ``queue``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from contact_center.core.strategy.plan import Skills
from contact_center.core.strategy.problems import Problem

Facts: TypeAlias = Mapping[str, Any]
"""What is known of a contact when it enters the queue: a record each for ``call``, ``contact``,
``customer`` (or none) and ``queue``."""

SkillKinds: TypeAlias = Mapping[str, Literal["level", "word"]]
"""The skills that agents have: levels of 1 to 100, or words such as a language."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A condition with the contact's values in it.

    *key* is equal for conditions that ask the same; *text* is read by people; *holds* never
    raises: what cannot be computed for an agent does not hold. *condition* is the canonical
    spelling, and *values*, plain data (as JSON has it), are what the contact put into it:
    `Condition.again` makes an equal one of them.
    """

    key: Hashable
    text: str
    holds: Callable[[Skills], bool]
    condition: str
    values: Mapping[str, Any]


class Condition(Protocol):
    """A condition, compiled once."""

    @property
    def text(self) -> str:
        """Its canonical spelling."""

    def bind(self, facts: Facts) -> Bound:
        """The condition for one contact. Never raises."""

    def again(self, values: Mapping[str, Any]) -> Bound:
        """The condition with the `Bound.values` of one that was bound before."""


class Value(Protocol):
    """An expression over the contact's facts that gives a text: an agent, or a skill's name."""

    @property
    def text(self) -> str:
        """Its canonical spelling."""

    def of(self, facts: Facts) -> str | None:
        """Its value for one contact; None where there is none. Never raises."""


class Expressions(Protocol):
    """Compiles expressions. *line* and *column* are where *text* begins.

    With an error among the problems there is no result. *skills* are those that agents have,
    None if not known.
    """

    def condition(
        self, text: str, line: int, column: int, skills: SkillKinds | None
    ) -> tuple[Condition | None, Sequence[Problem]]:
        """A condition on agents."""

    def value(self, text: str, line: int, column: int) -> tuple[Value | None, Sequence[Problem]]:
        """A value that does not depend on agents."""

"""What is known about names while an expression is checked or compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import ANY, BOOLEAN, DATETIME, RECORD, TEXT, Type

_ANY_RECORD = RECORD
_CALL = Type(
    "record",
    fields=MappingProxyType(
        {
            "id": TEXT,
            "caller": TEXT,
            "called": TEXT,
            "trunk": Type("text", optional=True),
            "started": DATETIME,
            "language": TEXT,
            "answered": BOOLEAN,
            "headers": _ANY_RECORD,
            "channel": TEXT,
            "quality": Type("record", optional=True),
        }
    ),
)

VIEWS: Final[Mapping[str, Type]] = MappingProxyType(
    {"call": _CALL, "contact": RECORD, "customer": Type("record", optional=True)}
)
"""The read-only words every expression may use. Fields of `contact` and `customer` come from
outside: they are of type ``any``, and those of `contact` may be missing."""


@dataclass(frozen=True, slots=True)
class TypeEnv:
    """The types of the flow's variables, and what narrowing has found out at this point.

    *known* are the paths (``note``, ``account.owed``) that are surely not none here. *prompts*
    is the book that ``t"key"`` is checked against; without it no prompt is checked. *open* says
    that other variables than those of *variables* may exist, of type ``any``.
    """

    variables: Mapping[str, Type] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    prompts: PromptBook | None = None
    open: bool = False

    def lookup(self, name: str) -> Type | None:
        """The type of a variable or view before narrowing, None for an unknown name.

        A variable hides the view of the same name: ``into = customer`` is common.
        """
        found = self.variables.get(name) or VIEWS.get(name)
        return ANY if found is None and self.open else found

    def names(self) -> list[str]:
        """Every name an expression may begin with."""
        return [*self.variables, *VIEWS]

    def knowing(self, paths: Iterable[str]) -> TypeEnv:
        """The same, with *paths* known not to be none."""
        return replace(self, known=self.known | frozenset(paths))

    def forgetting(self, name: str) -> TypeEnv:
        """The same after *name* was assigned: nothing is known of it any more."""
        kept = {p for p in self.known if p != name and not p.startswith(name + ".")}
        return replace(self, known=frozenset(kept))


ANY_NAMES: Final = TypeEnv(open=True)
"""Any variable may exist and hold anything."""

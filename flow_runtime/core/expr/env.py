"""What is known about names while an expression is checked or compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Protocol

from flow_runtime.core.expr.facts import CALL, record_of
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import ANY, RECORD, Type

VIEWS: Final[Mapping[str, Type]] = MappingProxyType(
    {
        "call": record_of(CALL),
        "contact": RECORD,
        "customer": Type("record", optional=True),
    }
)
"""The read-only words every expression may use. Fields of `contact` and `customer` come from
outside: they are of type ``any``, and those of `contact` may be missing."""

VIEW_HELP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "call": "The facts of this call: who calls, which number, since when.",
        "contact": "Attributes that travel with the call; none if nobody has set them.",
        "customer": "The customer's record, where one was found.",
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a variable may stand at one point of a flow, over all ways that lead there.

    *unset*: nothing has given it a value yet, and its declaration does not reckon with that;
    *blank*: the same of a declaration that does (``text?``); *none*: it was given none; *there*:
    it has a value.
    """

    unset: bool
    blank: bool
    none: bool
    there: bool

    @property
    def missing(self) -> bool:
        """Whether there may be no value."""
        return self.unset or self.blank or self.none


class Knowledge(Protocol):
    """What is known at one point of a flow."""

    def standing(self, path: str) -> Standing | None:
        """How the variable or field *path* may stand; None when nothing but its type is known."""


@dataclass(frozen=True, slots=True)
class TypeEnv:
    """The types of the flow's variables, and what is known of their values at this point.

    *known* are the paths (``note``, ``account.owed``) that a condition around the expression has
    shown not to be none; *knowledge* tells what is known where the expression stands. *prompts*
    is the book that ``t"key"`` is checked against; without it no prompt is checked. *open* says
    that other variables than those of *variables* may exist, of type ``any``.
    """

    variables: Mapping[str, Type] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    prompts: PromptBook | None = None
    open: bool = False
    knowledge: Knowledge | None = None

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

    def standing(self, path: str) -> Standing | None:
        """How *path* may stand; None when nothing but its type is known."""
        if path in self.known:
            return _SURE
        return None if self.knowledge is None else self.knowledge.standing(path)


_SURE: Final = Standing(unset=False, blank=False, none=False, there=True)

ANY_NAMES: Final = TypeEnv(open=True)
"""Any variable may exist and hold anything."""

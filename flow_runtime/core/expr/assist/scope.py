"""What an expression may use where it is typed, and what is wanted there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.expr.rules import fits
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.types import Type

Fields: TypeAlias = Mapping[str, str]
"""Names of fields, with a line of help for each."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is there to be used.

    *env* has the variables, what narrowing knows of them here, and the prompts. *about* is a line
    of help for each variable. *fields* are the known fields of records whose type does not tell
    them, by path (``account``: the columns of the query; ``contact``: what the flow sets).
    *names* are the names that may stand in quotes, by what they name: ``calendar``, ``data``,
    ``writable data``, ``language``, ``flow``, ``sub-flow`` (as in `ParamSpec`), ``queue``,
    ``agent``, ``file`` (a sound file).
    """

    env: TypeEnv = TypeEnv()
    about: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Fields] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted at one place: a value of one of *types* (none given: any value).

    *choices* are all texts that are allowed. *names* says what a text must be the name of, as in
    `Scope`. *keys* are the fields that a record should have. *variable*: the name of a variable
    is wanted, not a value; with *must_exist*, of one that there is already. *refused* says why an
    expression of the right type is not allowed (its value is out of bounds), None when it is.
    """

    types: tuple[Type, ...] = ()
    choices: tuple[str, ...] = ()
    names: str = ""
    keys: Fields = field(default_factory=dict)
    variable: bool = False
    must_exist: bool = False
    refused: Callable[[Expr], str | None] | None = None

    def fit(self, kind: Type) -> int:
        """How well a value of type *kind* fits: 0 surely, 1 perhaps, 2 not."""
        if not self.types:
            return 0
        fitting = [wanted for wanted in self.types if fits(kind, wanted)]
        if not fitting or kind.name == "none" and not any(w.optional for w in self.types):
            return 2
        unsure = kind.name == "any" and all(wanted.name != "any" for wanted in fitting)
        missing = kind.optional and not any(wanted.optional for wanted in fitting)
        return int(unsure or missing)


ANYTHING: Final = Wanted()

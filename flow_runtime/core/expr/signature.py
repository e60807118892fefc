"""Signatures of functions and operators: parsed from one readable line, matched against types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flow_runtime.core.expr.rules import ITEM, fits, substitute
from flow_runtime.core.types import ANY, NAMES, Type

_LINE: Final = re.compile(r"(\w+)\((.*)\) -> (.+)")
_PARAMETER: Final = re.compile(r"(\*?)(\w+)(\??): (.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """``name: type``, ``name?: type`` (may be left out) or ``*name: type`` (one or more)."""

    name: str
    type: Type
    may_be_left_out: bool = False
    repeats: bool = False
    text: str = ""
    """As it is spelled in its signature."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function. *text* is the line it was made from."""

    text: str
    parameters: tuple[Parameter, ...]
    result: Type

    def parameter(self, index: int) -> Parameter | None:
        """The parameter that takes the argument at *index*."""
        if index < len(self.parameters):
            return self.parameters[index]
        last = self.parameters[-1] if self.parameters else None
        return last if last is not None and last.repeats else None

    def parameter_place(self, index: int) -> tuple[int, int] | None:
        """Where in *text* the parameter that takes the argument at *index* is spelled."""
        parameter = self.parameter(index)
        if parameter is None:
            return None
        before = self.parameters[: self.parameters.index(parameter)]
        start = self.text.index("(") + 1 + sum(len(p.text) + len(", ") for p in before)
        return start, start + len(parameter.text)

    def takes(self, count: int) -> bool:
        """Whether *count* arguments are neither too few nor too many."""
        least = sum(not p.may_be_left_out for p in self.parameters)
        return count >= least and (count == 0 or self.parameter(count - 1) is not None)

    def match(self, arguments: Sequence[Type]) -> Match | None:
        """How arguments of these types are taken, None when they do not fit.

        ``any`` fits everywhere; an optional argument fits like the value it may be (that it may
        be none is a finding of its own).
        """
        if not self.takes(len(arguments)):
            return None
        bound: dict[str, Type] = {}
        wanted = []
        for index, given in enumerate(arguments):
            parameter = self.parameter(index)
            assert parameter is not None
            if not fits(given, parameter.type, bound):
                return None
            wanted.append(parameter.type)
        return Match(
            self,
            tuple(substitute(kind, bound) for kind in wanted),
            substitute(self.result, bound),
        )

    def may_take(self, given: Sequence[Type], besides: int) -> bool:
        """Whether arguments of these types may stand around the one at *besides*.

        Others may still follow.
        """
        bound: dict[str, Type] = {}
        for index, kind in enumerate(given):
            parameter = self.parameter(index)
            if parameter is None:
                return False
            if index != besides and not fits(kind, parameter.type, bound):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Match:
    """A signature that fits: the types its arguments have to have, and the result's."""

    signature: Signature
    arguments: tuple[Type, ...]
    result: Type


def signature(line: str, gives: Type | None = None) -> tuple[str, Signature]:
    """The function's name and the signature of ``name(a: text, b?: number) -> text?``.

    *gives* replaces the type of the result.
    """
    whole = _LINE.fullmatch(line)
    if whole is None:
        raise ValueError(f"not a signature: {line}")
    parameters = []
    for part in filter(None, whole[2].split(", ")):
        fields = _PARAMETER.fullmatch(part)
        if fields is None:
            raise ValueError(f"not a parameter: {part} in {line}")
        repeats, name, left_out, kind = fields.groups()
        parameters.append(Parameter(name, read_type(kind), bool(left_out), bool(repeats), part))
    return whole[1], Signature(line, tuple(parameters), gives or read_type(whole[3]))


def read_type(text: str) -> Type:
    """``list of text?`` and so on; `ITEM` too. ValueError for an unknown type."""
    if text.startswith("list of "):
        return Type("list", item=read_type(text.removeprefix("list of ")))
    name = text.removesuffix("?")
    if name not in (*NAMES, ITEM):
        raise ValueError(f"no type is called {name}")
    return Type(name, optional=text.endswith("?"), item=ANY if name == "list" else None)

"""Checks a flow again after every change, as an editor needs it: only what has changed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flow_runtime.core.check.consequences import without_consequences
from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.effects import Effect
from flow_runtime.core.check.expressions import (
    MAY_BE_MISSING,
    check_expressions,
    check_first_values,
    check_outputs,
    with_way,
)
from flow_runtime.core.check.names import check_names
from flow_runtime.core.check.outside import check_outside
from flow_runtime.core.check.parameters import check_parameters, check_written_twice
from flow_runtime.core.check.paths import check_paths
from flow_runtime.core.check.ports import check_connected, check_offered_twice, check_ports
from flow_runtime.core.check.reader import Reader
from flow_runtime.core.check.secrets import check_secrets
from flow_runtime.core.check.sight import Sight
from flow_runtime.core.check.subflows import check_subflows
from flow_runtime.core.check.subject import Spot, Subject, lowered
from flow_runtime.core.model import Flow, NodeDecl
from flow_runtime.core.problems import Problem
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import Memory, Parsed, parse
from flow_runtime.core.types import Type

_OF_A_NODE: Final[tuple[Callable[[Spot], Iterable[Problem]], ...]] = (
    check_parameters,
    check_expressions,
    check_ports,
    check_outside,
    check_subflows,
)
"""What can be said of a node by itself, given what is known where it stands."""

_OF_THE_FLOW: Final[tuple[Callable[[Subject], Iterable[Problem]], ...]] = (
    check_names,
    check_written_twice,
    check_offered_twice,
    check_first_values,
    check_outputs,
    check_connected,
    check_paths,
    check_secrets,
)


_NOT_MOVED: Final[Mapping[int, int]] = {}


@dataclass(slots=True)
class _Found:
    """The problems of one node, and what they were found with.

    The check has looked at what *sight* notes, and of the *state* where it stands at the bits of
    *mask*. The note was last compared with *types* when there were *size* slots.
    """

    decl: NodeDecl
    effect: Effect | None
    sight: Sight
    state: State | None
    mask: State
    types: Mapping[str, Type]
    size: int
    problems: tuple[Problem, ...]

    def still(self, subject: Subject, decl: NodeDecl) -> bool:
        """Whether the problems of *decl* are the same in *subject*."""
        effect, state = subject.effects.get(decl.name), subject.values.entry.get(decl.name)
        if decl is not self.decl or effect is not self.effect:
            return False
        if self.types is not subject.types or self.size != len(subject.slots):
            if not self.sight.asked.still(subject.types, subject.slots):
                return False
            self.types, self.size = subject.types, len(subject.slots)
        if state is None or self.state is None:
            return state is self.state
        return not (state ^ self.state) & self.mask


class FlowChecker:
    """Checks one flow again and again, each time as `check_flow` would.

    What *around* gives (node types, prompts, other flows) must not change meanwhile: make another
    one when a file has changed. *numbered*: see `check_flow`.
    """

    def __init__(self, around: Surroundings, numbered: bool = False) -> None:
        self._around, self._numbered = around, numbered
        self._reader = Reader(around)
        self._memory = Memory()
        self._found: dict[str, _Found] = {}

    def check(self, flow: Flow) -> list[Problem]:
        """All problems of *flow*, in the order of the file.

        Quick where most nodes are the same objects as in the flow that was checked before.
        """
        return self._checked(flow, _NOT_MOVED)

    def check_text(self, text: str) -> tuple[Parsed, list[Problem]]:
        """Parse and check the *text* of a flow file, and tell all problems of both.

        Lines that have not changed are not parsed again. Nodes that only stand on other lines than
        in the text before stay the same objects: where they are now says `Parsed.placed`.
        """
        parsed = parse(text, self._memory, in_place=True)
        problems = list(parsed.problems)
        if parsed.flow is not None:
            found = self._checked(parsed.flow, parsed.moved)
            problems += without_consequences(found, text, parsed.problems)
        return parsed, sorted(problems, key=_by_place)

    def _checked(self, flow: Flow, moved: Mapping[int, int]) -> list[Problem]:
        subject = self._reader.read(flow, self._numbered, moved)
        return sorted(dict.fromkeys(self._problems(subject)), key=_by_place)

    def _problems(self, subject: Subject) -> Iterator[Problem]:
        found: dict[str, _Found] = {}
        for name, decl in subject.decls.items():
            known = self._found.get(name)
            if known is None or not known.still(subject, decl):
                known = self._check_node(subject, decl)
            found[name] = known
            for problem in known.problems:
                yield _placed(subject, decl, problem)
        self._found = found
        for check in _OF_THE_FLOW:
            yield from check(subject)

    def _check_node(self, subject: Subject, decl: NodeDecl) -> _Found:
        name = decl.name
        effect, state = subject.effects.get(name), subject.values.entry.get(name)
        sight = Sight(subject.types, subject.slots, self._around.prompts)
        lines = None if effect is None else effect.lines
        spot = Spot(
            decl, subject.nodes.get(name), self._around, self._numbered, sight, state, lines
        )
        problems = tuple(problem for check in _OF_A_NODE for problem in check(spot))
        mask = sight.asked.bits | (0 if effect is None else effect.sight.asked.bits)
        size = len(subject.slots)
        return _Found(decl, effect, sight, state, mask, subject.types, size, problems)


def _placed(subject: Subject, decl: NodeDecl, problem: Problem) -> Problem:
    """*problem* of *decl* as it is told: where the node stands now, and with a way to it."""
    if problem.code in MAY_BE_MISSING:
        problem = with_way(subject, decl, problem)
    by = subject.moved.get(id(decl), 0)
    return replace(problem, place=lowered(problem.place, by)) if by else problem


def _by_place(problem: Problem) -> tuple[int, int, str]:
    """The order in which problems are told."""
    return problem.place.line, problem.place.column, problem.severity

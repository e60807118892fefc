"""A flow while it is drawn: steps that lead to each other before they have their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from unicodedata import normalize

from flow_runtime.core.binding import parameter_constant
from flow_runtime.core.expr.tree import Expr
from flow_runtime.core.model import Comments, Edge, NodeDecl, Parameter, PortValue
from flow_runtime.core.problems import Place
from flow_runtime.core.syntax.words import RESERVED, is_name
from nodes.catalogue import built_in

MOST_STEPS: Final = 5_000
"""More nodes than this are no drawing any more."""


class TooLarge(Exception):
    """The document goes beyond a limit; the text says which."""


@dataclass(eq=False, slots=True)
class Label:
    """A place that steps can lead to before it is known which step stands there."""

    at: Target = None


@dataclass(eq=False, slots=True)
class Way:
    """A port and where it leads."""

    port: PortValue
    target: Target
    label: str | None = None


@dataclass(eq=False, slots=True)
class Step:
    """A node to be. *wanted* is the name it should get, *rank* groups steps of one dialog."""

    type: str
    place: Place
    rank: int
    wanted: str
    parameters: list[tuple[str, Expr]]
    ways: list[Way]
    comments: list[str] = field(default_factory=list)


Target: TypeAlias = Step | Label | None
"""Where a way leads; None: nowhere yet, which the checker of flows reports."""


class Sketch:
    """All steps of a flow."""

    def __init__(self) -> None:
        self._made = 0

    def add(
        self,
        type: str,
        place: Place,
        rank: int,
        wanted: str,
        parameters: Mapping[str, Expr] | Iterable[tuple[str, Expr]] = (),
        ways: Mapping[str, Target] | Iterable[Way] = (),
    ) -> Step:
        """A new step; raises `TooLarge`."""
        self._made += 1
        if self._made > MOST_STEPS:
            raise TooLarge(f"the flow would have more than {MOST_STEPS:,} nodes")
        given = parameters.items() if isinstance(parameters, Mapping) else parameters
        if isinstance(ways, Mapping):
            ways = (Way(port, target) for port, target in ways.items())
        return Step(type, place, rank, wanted, list(given), list(ways))


def step_at(target: Target) -> Step | None:
    """The step that *target* means in the end; None where labels lead to each other."""
    seen = set[int]()
    while isinstance(target, Label):
        if id(target) in seen:
            return None
        seen.add(id(target))
        target = target.at
    return target


def reached(roots: Iterable[Target]) -> list[Step]:
    """The steps that *roots* lead to: those of a dialog together, in the order of their ways."""
    pending = [step for root in roots if (step := step_at(root)) is not None]
    pending.reverse()
    order: dict[int, Step] = {}
    while pending:
        step = pending.pop()
        if id(step) not in order:
            order[id(step)] = step
            targets = (step_at(way.target) for way in step.ways)
            pending += reversed([target for target in targets if target is not None])
    return sorted(order.values(), key=lambda step: step.rank)


def nodes(steps: list[Step]) -> tuple[list[NodeDecl], Callable[[Target], str | None]]:
    """*steps* as nodes with names, and a function that tells the name of a target."""
    taken = Names()
    names = {id(step): taken.free(step.wanted) for step in steps}

    def name_of(target: Target) -> str | None:
        step = step_at(target)
        return None if step is None else names.get(id(step))

    return [_node(step, names[id(step)], name_of) for step in steps], name_of


def _node(step: Step, name: str, name_of: Callable[[Target], str | None]) -> NodeDecl:
    return NodeDecl(
        name,
        step.type,
        parameters=tuple(
            Parameter(key, value)
            for key, value in step.parameters
            if not _is_usual(step, key, value)
        ),
        edges=tuple(_edges(step, name_of)),
        comments=Comments(above=tuple(comment_lines(step.comments))),
    )


def _edges(step: Step, name_of: Callable[[Target], str | None]) -> Iterator[Edge]:
    for way in step.ways:
        yield Edge(way.port, name_of(way.target), way.label)


def _is_usual(step: Step, name: str, value: Expr) -> bool:
    """Whether *value* is what the parameter has when it is not written."""
    spec = built_in()[step.type].params.get(name)
    if spec is None or spec.required or spec.optional or spec.variable:
        return False
    return bool(parameter_constant(spec, value) == spec.default)


def comment_lines(comments: Iterable[str]) -> Iterator[str]:
    """*comments*, which may have several lines, as those of a flow."""
    for comment in comments:
        yield from (line.strip() for line in comment.splitlines() if line.strip())


class Names:
    """Gives each thing a name of its own that a flow can write."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def free(self, wanted: str) -> str:
        """*wanted*, or as near to it as possible."""
        plain = written_name(wanted)
        name, number = plain, self._next.get(plain, 2)
        while name in self._taken:
            name, number = f"{plain}_{number}", number + 1
        self._next[plain] = number
        self._taken.add(name)
        return name


_LONGEST_NAME: Final = 60


def written_name(wanted: str) -> str:
    """A name of the flow language like *wanted*, no word of expressions."""
    plain = normalize("NFC", re.sub(r"\W", "_", normalize("NFC", wanted[:_LONGEST_NAME])))
    plain = plain if plain[:1].isidentifier() else f"n{plain}"
    if not is_name(plain):
        plain = "n" + re.sub(r"[^A-Za-z0-9_]", "_", plain)
    return f"{plain}_" if plain in RESERVED else plain

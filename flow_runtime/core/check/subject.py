"""A flow under check: its nodes and their classes, its graph, and what is known of its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.crossing import Crossing
from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.effects import Effect
from flow_runtime.core.check.leaks import Sink
from flow_runtime.core.check.lines import Lines
from flow_runtime.core.check.shape import Shape
from flow_runtime.core.check.sight import Sight
from flow_runtime.core.check.values import Scene, Start, Values
from flow_runtime.core.check.witness import Witness
from flow_runtime.core.expr.env import TypeEnv
from flow_runtime.core.model import NodeDecl
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem, Step
from flow_runtime.core.surroundings import Surroundings

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Spot:
    """One node under check, as far as that can be done by itself.

    *node* is None for an unknown type, *state* where no call comes. *numbered*: see `Subject`.
    """

    decl: NodeDecl
    node: BoundNode | None
    around: Surroundings
    numbered: bool
    sight: Sight
    state: State | None
    lines: Lines | None

    @property
    def env(self) -> TypeEnv:
        """What its expressions see."""
        return self.sight.env(self.state)


@dataclass(frozen=True)
class Subject(Scene):
    """Everything the checks of a whole flow look at.

    *decls* are its nodes by name; of a name used twice the first counts. *numbered* says that
    callers reach the flow by a number, so that nobody fills inputs. *suspects* are the nodes, in
    the order of the file, whose names, parameters or ports need a second look. *moved* says how
    many lines a node stands further down than its places say, by its identity.
    """

    around: Surroundings
    numbered: bool
    decls: Mapping[str, NodeDecl]
    suspects: Sequence[str]
    shape: Shape
    effects: Mapping[str, Effect]
    start: Start
    values: Values
    witness: Witness
    crossing: Crossing
    all_sinks: Mapping[str, Sequence[Sink]]
    moved: Mapping[int, int]

    @property
    def env(self) -> TypeEnv:
        """The variables of the flow, as its expressions see them wherever they stand."""
        return TypeEnv(self.types, prompts=self.around.prompts)

    def env_at(self, node: str, line: int = 0) -> TypeEnv:
        """What the expressions of *node* see; of free lines, the one with the number *line*."""
        state, effect = self.values.entry.get(node), self.effects.get(node)
        if state is not None and effect is not None and effect.lines is not None:
            before = [computed.before for computed in effect.lines.carry_out(state)]
            state = before[line] if line < len(before) else state
        return Sight(self.types, self.slots, self.around.prompts).env(state)

    def at(self, decl: NodeDecl, place: Place) -> Place:
        """Where *place*, which is one of *decl*, is now."""
        return lowered(place, self.moved.get(id(decl), 0))

    def suspected(self) -> Iterator[BoundNode]:
        """The *suspects* of known types."""
        return (self.nodes[name] for name in self.suspects if name in self.nodes)

    def place_of(self, node: str) -> Place:
        """Where the node of that name is now."""
        decl = self.decls[node]
        return self.at(decl, decl.place)

    def sinks(self, node: str) -> Sequence[Sink]:
        """The parameters of *node* by which something may get out."""
        return self.all_sinks.get(node, ())


def lowered(place: Place, by: int) -> Place:
    """*place*, *by* lines further down."""
    if not by:
        return place
    return Place(place.line + by, place.column, place.end_line + by, place.end_column)


def error(
    code: str,
    text: str,
    place: Place,
    subject: str | None = None,
    path: tuple[Step, ...] = (),
) -> Problem:
    """A problem that keeps the flow from being served."""
    return Problem("error", code, text, place, subject, path)


def warning(
    code: str,
    text: str,
    place: Place,
    subject: str | None = None,
    path: tuple[Step, ...] = (),
) -> Problem:
    """A problem that a person should look at."""
    return Problem("warning", code, text, place, subject, path)


def route(path: tuple[Step, ...]) -> str:
    """*path* as text: ``hours (open) -> menu (1) -> balance``; long ones lose their middle."""
    words = [step.node if step.port is None else f"{step.node} ({step.port})" for step in path]
    if len(words) > 12:
        words[6:-5] = ["..."]
    return " -> ".join(words)


def coming_by(path: tuple[Step, ...]) -> str:
    """``" (a call comes here by a (next) -> b)"``; nothing where there is no way to show."""
    return phrase(" (a call comes here by {way})", way=route(path)) if len(path) > 1 else ""

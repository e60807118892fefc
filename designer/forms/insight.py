"""What a form knows of the flow around a value: names in scope, what is wanted, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from designer.core.edits.trees import changed_within
from designer.session import Session
from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.expressions import MAY_BE_MISSING, check_expressions, with_way
from flow_runtime.core.check.outside import check_outside
from flow_runtime.core.check.parameters import check_parameters
from flow_runtime.core.check.ports import check_connected, check_ports
from flow_runtime.core.check.reader import Reader
from flow_runtime.core.check.sight import Sight
from flow_runtime.core.check.subflows import check_subflows
from flow_runtime.core.check.subject import Spot, Subject, lowered
from flow_runtime.core.expr.assist import ANYTHING, Scope, Wanted
from flow_runtime.core.expr.assist.at_node import scope_above, scope_at, wanted_by
from flow_runtime.core.expr.tree import Expr, RecordOf, Slot, Text
from flow_runtime.core.model import Flow, NodeDecl, PortValue
from flow_runtime.core.problems import Problem

_OF_A_NODE: Final[tuple[Callable[[Spot], Iterable[Problem]], ...]] = (
    check_parameters,
    check_expressions,
    check_ports,
    check_outside,
    check_subflows,
)
_STEP: Final = 1_000_000
"""Each item of a node is put so many lines apart, so that a problem's line tells the item."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with one node, by its parameters and ports; *whole* is about all of it."""

    parameters: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    ports: Mapping[PortValue, Sequence[Problem]] = field(default_factory=dict)
    whole: Sequence[Problem] = ()


class Insight:
    """Looks at one session's flow. Quick after a small change: what is the same is kept."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._around = session.around
        self._reader = Reader(self._around)
        self._flow: Flow | None = None
        self._subject: Subject | None = None
        self._scopes: dict[tuple[str, int], Scope] = {}
        """What was asked for of this subject: several fields of a form ask the same."""
        self._files: tuple[str, ...] | None = None
        self._looked_at: frozenset[str] = frozenset()
        self._apart: dict[str, tuple[NodeDecl, NodeDecl]] = {}

    def forget(self) -> None:
        """Configuration, prompts or other flows have changed."""
        self._around = self._session.around
        self._reader = Reader(self._around)
        self._flow = self._subject = self._files = None

    def subject(self) -> Subject | None:
        """The flow of the session, ready to be asked."""
        if self._session.around is not self._around:
            self.forget()
        flow = self._session.flow
        if flow is None:
            return None
        if flow is not self._flow or self._subject is None:
            self._flow, self._subject = flow, self._reader.read(self._with_room(flow))
            self._scopes.clear()
        return self._subject

    def _with_room(self, flow: Flow) -> Flow:
        """*flow* with the items of the nodes that are looked at far apart: see `_STEP`."""
        nodes = []
        for decl in flow.nodes:
            if decl.name in self._looked_at:
                known = self._apart.get(decl.name)
                if known is None or known[0] is not decl:
                    known = self._apart[decl.name] = (decl, _apart(decl))
                decl = known[1]
            nodes.append(decl)
        return replace(flow, nodes=tuple(nodes))

    def look_at(self, nodes: Iterable[str]) -> None:
        """`findings` will be asked of these."""
        self._looked_at = frozenset(nodes)
        self._apart.clear()
        self._subject = None

    def bound(self, node: str) -> BoundNode | None:
        """The node joined with its class; None for an unknown type."""
        subject = self.subject()
        return None if subject is None else subject.nodes.get(node)

    def scope(self, node: str, line: int = 0) -> Scope:
        """What expressions of *node* may use; of free lines, the one with the number *line*."""
        subject = self.subject()
        if subject is None or node not in subject.decls:
            return Scope()
        found = self._scopes.get((node, line))
        if found is None:
            found = self._scopes[node, line] = scope_at(subject, node, line, self.names())
        return found

    def scope_of_default(self, variable: str) -> Scope:
        """What the default of *variable* may use."""
        subject = self.subject()
        return Scope() if subject is None else scope_above(subject, variable)

    def wanted(self, node: str, parameter: str) -> Wanted:
        """What *parameter* of *node* has to be."""
        subject, bound = self.subject(), self.bound(node)
        return (
            ANYTHING
            if subject is None or bound is None
            else wanted_by(bound, parameter, subject.env)
        )

    def names(self) -> Mapping[str, Sequence[str]]:
        """The names of the site that the flow itself does not know."""
        around = self._session.around
        return {
            "queue": tuple(around.queues),
            "agent": tuple(around.agents),
            "box": tuple(around.boxes),
            "flow": self.flow_files(),
            "sub-flow": self.flow_files(),
        }

    def site_names(self, subject: Subject) -> Mapping[str, Sequence[str]]:
        """All names that a text may have to be, by what they name."""
        around = subject.around
        return {
            "calendar": tuple(around.calendars),
            "data": tuple(around.sources),
            "writable data": tuple(name for name, can in around.sources.items() if can),
            "language": around.languages,
            **self.names(),
        }

    def flow_files(self) -> tuple[str, ...]:
        """The other flows of the folder, as this one would name them."""
        if self._files is None:
            path = self._session.path
            self._files = () if path is None else tuple(_flows_beside(path))
        return self._files

    def variables(self) -> list[str]:
        """The variables of the flow, by name."""
        subject = self.subject()
        return [] if subject is None else sorted(subject.types)

    def findings(self, node: str) -> Findings:
        """What is wrong with *node*, each problem at its item."""
        subject = self.subject()
        decl = None if subject is None else subject.decls.get(node)
        if subject is None or decl is None:
            return Findings()
        return _sorted(decl, _problems(subject, decl))


def _flows_beside(path: Path) -> Iterable[str]:
    folder = path.parent
    found = sorted(p for p in folder.rglob("*.flow") if p.resolve() != path.resolve())
    return [p.relative_to(folder).as_posix() for p in found[:500]]


def _problems(subject: Subject, decl: NodeDecl) -> Iterable[Problem]:
    """The problems of *decl*, whose items stand far apart."""
    effect, state = subject.effects.get(decl.name), subject.values.entry.get(decl.name)
    sight = Sight(subject.types, subject.slots, subject.around.prompts)
    lines = None if effect is None else effect.lines
    spot = Spot(
        decl,
        subject.nodes.get(decl.name),
        subject.around,
        subject.numbered,
        sight,
        state,
        lines,
    )
    for check in _OF_A_NODE:
        for problem in check(spot):
            if problem.code in MAY_BE_MISSING:
                yield with_way(subject, decl, problem)
            else:
                yield problem
    yield from (p for p in check_connected(subject) if p.subject == decl.name)


def _sorted(decl: NodeDecl, problems: Iterable[Problem]) -> Findings:
    parameters: dict[str, list[Problem]] = {}
    ports: dict[PortValue, list[Problem]] = {}
    whole: list[Problem] = []
    count = len(decl.parameters)
    for problem in problems:
        item = problem.place.line // _STEP - 1
        if 0 <= item < count:
            parameters.setdefault(decl.parameters[item].name, []).append(problem)
        elif count <= item < count + len(decl.edges):
            ports.setdefault(decl.edges[item - count].port, []).append(problem)
        elif problem not in whole:
            whole.append(problem)
    return Findings(parameters, ports, whole)


def _apart(decl: NodeDecl) -> NodeDecl:
    parameters = [
        replace(one, value=_moved(one.value, at * _STEP), place=lowered(one.place, at * _STEP))
        for at, one in enumerate(decl.parameters, 1)
    ]
    first = len(parameters) + 1
    edges = [
        replace(edge, place=lowered(edge.place, at * _STEP))
        for at, edge in enumerate(decl.edges, first)
    ]
    return replace(decl, parameters=tuple(parameters), edges=tuple(edges))


def _moved(value: Expr, by: int) -> Expr:
    def change(part: Expr) -> Expr:
        if isinstance(part, Text):
            parts = [
                replace(p, place=lowered(p.place, by)) if isinstance(p, Slot) else p
                for p in part.parts
            ]
            part = replace(part, parts=tuple(parts))
        elif isinstance(part, RecordOf):
            pairs = [replace(pair, place=lowered(pair.place, by)) for pair in part.pairs]
            part = replace(part, pairs=tuple(pairs))
        return replace(part, place=lowered(part.place, by))

    return changed_within(value, change)

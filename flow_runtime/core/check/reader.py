"""Prepares a flow for the checks, again and again: what has not changed is not looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from flow_runtime.core.binding import Beyond, BoundNode, bind
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check.crossing import Crossing, Within, inputs_of
from flow_runtime.core.check.effects import Change, Effect, Passage
from flow_runtime.core.check.graph import Graph, Link
from flow_runtime.core.check.leaks import Sink, sinks_of
from flow_runtime.core.check.shape import Shape
from flow_runtime.core.check.sight import Asked, Sight
from flow_runtime.core.check.slots import Slots
from flow_runtime.core.check.subject import Subject
from flow_runtime.core.check.values import Given, Scene, Start, Values
from flow_runtime.core.check.witness import Witness
from flow_runtime.core.expr.env import VIEWS
from flow_runtime.core.model import ERROR, Flow, NodeDecl, PortValue
from flow_runtime.core.scope import made_by, variables_from
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.types import Type

_OPTIONAL_VIEWS: Final = [name for name, kind in VIEWS.items() if kind.optional]
_SPARE: Final = 200
_NOT_MOVED: Final[Mapping[int, int]] = {}
T = TypeVar("T")


@dataclass(slots=True)
class Note:
    """What was found out about one node by itself.

    The effect was made from what *asked* notes, and was last compared with the variables *types*
    when there were *size* slots. *ways*, *ends* (see `Shape`) and *lost* (whether an arrow leads
    to no node) hold for the names of nodes and the ``on_error`` in *among*; of the names, those of
    *targets* matter. *suspect*: see `Subject`. *waits*: each visit takes time;
    of an unknown type we do not say no. *haste*: see `_haste`.
    """

    decl: NodeDecl
    bound: BoundNode | None
    made: list[tuple[str, Type]]
    sinks: tuple[Sink, ...]
    suspect: bool
    waits: bool
    haste: int = 0
    effect: Effect | None = None
    asked: Asked | None = None
    types: Mapping[str, Type] | None = None
    size: int = -1
    ways: tuple[Link, ...] = ()
    ends: bool = False
    lost: bool = False
    targets: frozenset[str] = frozenset()
    among: tuple[object, str | None] = field(default=(None, None))


class Reader:
    """Makes the `Subject` of one flow after the other, each a slight change of the one before.

    What *around* gives (node types, flows, prompts) must not change meanwhile. *known* are nodes
    that were bound already.
    """

    def __init__(
        self,
        around: Surroundings,
        crossing: Crossing | None = None,
        known: Mapping[str, BoundNode] | None = None,
    ) -> None:
        self._around = around
        self._crossing = crossing or Crossing(self._read_called)
        self._bound = known or {}
        self._forget()

    def _forget(self) -> None:
        """Begin anew: every name that was ever typed would else keep its place in the states."""
        self._slots = Slots()
        self._enough = 0
        self._notes: dict[str, Note] = {}
        self._types: dict[str, Type] = {}
        self._names: frozenset[str] = frozenset()
        self._start: Start | None = None
        self._shape: _Kept[Shape] | None = None
        self._solution: _Kept[tuple[Values, Witness]] | None = None

    def _read_called(self, called: CalledFlow) -> Subject:
        assert called.flow is not None
        return Reader(called.around, self._crossing, called.whole).read(called.flow)

    def read(
        self, flow: Flow, numbered: bool = False, moved: Mapping[int, int] = _NOT_MOVED
    ) -> Subject:
        """*flow*, ready for the checks; see `Subject`."""
        if len(self._slots) > self._enough:
            self._forget()
        notes = self._read_nodes(flow)
        self._read_variables(flow)
        self._read_effects()
        self._enough = self._enough or 2 * len(self._slots) + _SPARE
        shape = self._read_shape(flow)
        if self._start is None or not self._start.is_for(flow.declarations, self._types):
            book = self._around.prompts
            self._start = Start(flow.declarations, self._types, self._slots, book)
        nodes = {name: note.bound for name, note in notes.items() if note.bound is not None}
        effects = {n: note.effect for n, note in notes.items() if note.effect is not None}
        scene = Scene(flow, shape.graph, nodes, self._types, self._slots)
        made_of = [*effects.values(), *(note.haste for note in notes.values())]
        values, witness = self._solved(scene, shape, effects, made_of)
        return Subject(
            **vars(scene),
            around=self._around,
            numbered=numbered,
            decls={name: note.decl for name, note in notes.items()},
            suspects=[name for name, note in notes.items() if note.suspect or note.lost],
            shape=shape,
            effects=effects,
            start=self._start,
            values=values,
            witness=witness,
            crossing=self._crossing,
            all_sinks={name: note.sinks for name, note in notes.items() if note.sinks},
            moved=moved,
        )

    # --- nodes and variables --------------------------------------------------------------------

    def _read_nodes(self, flow: Flow) -> Mapping[str, Note]:
        notes: dict[str, Note] = {}
        for decl in flow.nodes:
            name = decl.name
            if name not in notes:
                old = self._notes.get(name)
                if old is not None and old.decl is decl:
                    notes[name] = old
                    continue
                note = notes[name] = self._note(decl)
                if old is not None and note.bound is not None:
                    note.effect, note.ways = old.effect, old.ways  # if they prove to be the same
        self._notes = notes
        return notes

    def _note(self, decl: NodeDecl) -> Note:
        around, bound = self._around, self._bound.get(decl.name)
        if bound is None or bound.decl is not decl:
            cls = around.nodes.get(decl.type)
            bound = None if cls is None else bind(decl, cls, around.flows)
        if bound is None:
            return Note(decl, None, [], (), suspect=True, waits=True)
        sinks = sinks_of(bound, around.prompts)
        return Note(
            decl, bound, made_by(bound), sinks, _is_suspect(bound), bound.waits, _haste(bound)
        )

    def _read_variables(self, flow: Flow) -> None:
        types = variables_from(flow.declarations, (note.made for note in self._notes.values()))
        if types != self._types:
            for name in types.keys() & self._types.keys():
                if types[name] == self._types[name]:  # the same object, to be compared quickly
                    types[name] = self._types[name]
            self._types = types
        for name in (*types, *_OPTIONAL_VIEWS):
            self._slots.shift(name)

    def _read_effects(self) -> None:
        """Bring the effects up to date; a node that looks at more fields may concern others."""
        size = -1
        while size != len(self._slots):
            size = len(self._slots)
            for note in self._notes.values():
                if note.types is not self._types or note.size != size:
                    if note.bound is not None:
                        self._refresh(note, note.bound)
                    note.types, note.size = self._types, size

    def _refresh(self, note: Note, bound: BoundNode) -> None:
        if note.asked is not None and note.asked.still(self._types, self._slots):
            return
        book = self._around.prompts
        sight = Sight(self._types, self._slots, book)
        effect = Effect(bound, sight, book, self._abroad)
        note.asked = sight.asked
        if note.effect is None or not effect.is_like(note.effect):
            note.effect = effect

    def _abroad(
        self, node: BoundNode, port: PortValue, outputs: tuple[Change, ...], sight: Sight
    ) -> Passage:
        assert node.called is not None
        names: dict[str, str] = {}
        for spec in node.cls.params.values():
            if spec.outputs:
                names |= node.draft.constants.get(spec.name) or {}
        return Within(
            self._crossing, node.called, port, inputs_of(node), names, outputs, sight.slots
        )

    # --- the shape of the flow, and what holds where --------------------------------------------

    def _read_shape(self, flow: Flow) -> Shape:
        """The shape of the flow: the one before, if nothing that matters for it has changed."""
        notes, on_error = self._notes, flow.jump("on_error")
        before, changed = self._names, self._names ^ notes.keys()
        if changed:
            self._names = frozenset(notes)
        jumps = (flow.jump("start"), on_error, flow.jump("on_hangup"))
        made_of: list[object] = [*jumps]
        for name, note in notes.items():
            known = note.among[0] is before and note.among[1] == on_error
            if not known or (changed and not changed.isdisjoint(note.targets)):
                self._follow(note, on_error)
            note.among = (self._names, on_error)
            made_of += (name, note.ways, note.ends, note.waits)
        if self._shape is None or not self._shape.is_of(made_of):
            start, handling, tidying = [jump if jump in notes else None for jump in jumps]
            shape = Shape(
                Graph.of({name: note.ways for name, note in notes.items()}),
                start,
                handling,
                tidying,
                ends=frozenset(name for name, note in notes.items() if note.ends),
                waits=frozenset(name for name, note in notes.items() if note.waits),
            )
            self._shape = _Kept(made_of, shape)
        return self._shape.thing

    def _follow(self, note: Note, on_error: str | None) -> None:
        """Find out where the ports of a node lead."""
        ways = tuple(_links(note, on_error, self._names))
        if ways != note.ways:
            note.ways = ways
        note.ends = _may_end(note, self._names)
        drawn = {edge.target for edge in note.decl.edges if edge.target is not None}
        note.lost = not drawn <= self._names
        note.targets = frozenset(drawn if on_error is None else {on_error, *drawn})

    def _solved(
        self, scene: Scene, shape: Shape, effects: Mapping[str, Effect], nodes: list[object]
    ) -> tuple[Values, Witness]:
        """What holds where: the solution before, if nothing that it was made of has changed.

        *nodes* is what it is made of as to the nodes.
        """
        assert self._start is not None
        start = self._start.state(Given())[0]
        made_of = [scene.types, shape, start, *nodes]
        if self._solution is None or not self._solution.is_of(made_of):
            values = Values(scene, effects, start)
            self._solution = _Kept(made_of, (values, Witness(values)))
        return self._solution.thing


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """A *thing* that was *made_of* others, none of which ever changes."""

    made_of: list[object]
    thing: T

    def is_of(self, things: list[object]) -> bool:
        """Whether it would be made of the same *things* again."""
        if len(things) != len(self.made_of):
            return False
        return all(map(_same, things, self.made_of))


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str | int) and one == other)


def _is_suspect(node: BoundNode) -> bool:
    """Whether something is written twice, or a port that has to lead on does not."""
    decl = node.decl
    return (
        len(node.draft.written) != len(decl.parameters)
        or len(node.edges) != len(decl.edges)
        or any(port.required and node.exit(key) is None for key, port in node.ports.items())
    )


def _haste(node: BoundNode) -> int:
    """Whether no caller can hang up in *node*, and whether its failure is handled elsewhere."""
    return 2 * node.cls.instant + (node.exit(ERROR) is Beyond.ON_ERROR)


def _may_end(note: Note, names: frozenset[str]) -> bool:
    """Whether the flow may end behind the node other than by a failure.

    A port that is not connected counts: where it should lead is another check's business.
    """
    if note.bound is None:
        return all(edge.target is None for edge in note.decl.edges)
    if note.bound.cls.ends:
        return True
    ways = [way for key, way in note.bound.exits() if key != ERROR]
    return any(not isinstance(way, str) or way not in names for way in ways)


def _links(note: Note, on_error: str | None, names: frozenset[str]) -> Iterator[Link]:
    decl, bound = note.decl, note.bound
    if bound is None:
        for edge in decl.edges:
            if edge.target is not None and edge.target in names:
                yield Link(decl.name, edge.port, edge.target)
        return
    for key, way in bound.exits():
        target = on_error if way is Beyond.ON_ERROR else way
        if isinstance(target, str) and target in names:
            yield Link(decl.name, key, target, drawn=way is not Beyond.ON_ERROR)


def subject_of(flow: Flow, around: Surroundings, numbered: bool = False) -> Subject:
    """*flow* on its own, ready for the checks."""
    return Reader(around).read(flow, numbered)

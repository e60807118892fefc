"""What the assignments of a node do to what is known: line by line, each sees those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.reads import Read, reads
from flow_runtime.core.check.sight import Sight
from flow_runtime.core.check.slots import (
    DERIVED,
    HIDDEN,
    MISSING,
    NONE,
    THERE,
    Slots,
)
from flow_runtime.core.expr.compile import NOT_CONSTANT, constant_value
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.expr.narrowing import path_of
from flow_runtime.core.expr.tree import Binary, Choice, Expr, Name
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.problems import Problem
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import ANY, Type


@dataclass(frozen=True, slots=True)
class Line:
    """``target = value``: the target's type, what shows in the value, and all it depends on."""

    target: str
    value: Expr
    type: Type | None
    reads: tuple[Read, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """A line that was looked at, and what is wrong with its value.

    *before* held before it, *bits* are what is known of its target afterwards.
    """

    line: Line
    before: State
    problems: tuple[Problem, ...]
    bits: int


def line(target: str, value: Expr, kind: Type | None, book: PromptBook | None) -> Line:
    """``target = value`` for a target of the type *kind*, with what shows in the value."""
    found = reads(value, book)
    paths = {path for part in walk(value) if (path := path_of(part)) is not None}
    return Line(target, value, kind, found, tuple(sorted(paths | {read.path for read in found})))


class Lines:
    """The assignments of one node, or the first values of the variables of a flow.

    What is wrong with a value is found out once for all states that do not differ in what the
    value looks at, and what the lines do together once for all that do not differ in it either.
    """

    def __init__(self, lines: Sequence[Line], sight: Sight) -> None:
        self._lines, self._sight = tuple(lines), sight
        self._known: list[list[_Finding]] = [[] for _ in self._lines]
        self._changes: dict[State, _Change] = {}
        self._mask: State = 0
        self._fields: list[State] = []
        self._size = -1
        self._failing: dict[int, bool] = {}
        for one in self._lines:
            sight.slots.shift(one.target)

    @property
    def targets(self) -> State:
        """The bits of all that gets values."""
        state = 0
        for one in self._lines:
            state |= self._sight.slots.mask(one.target) | self._sight.slots.below(one.target)
        return state

    def asks(self, bits: State) -> State:
        """The bits that decide what becomes of *bits*."""
        found = 0
        for one in self._lines:
            if bits & self._sight.slots.mask(one.target):
                found |= self._seen_by(one)
        return found

    def _seen_by(self, one: Line) -> State:
        slots, found = self._sight.slots, 0
        for path in one.paths:
            found |= slots.mask(path) if path in slots else 0
        return found

    def after(self, state: State) -> State:
        """What holds behind all lines when *state* held before them."""
        change = self._change(state)
        return state & change.keep | change.add

    def failed(self, state: State) -> State | None:
        """What holds when one of the lines has failed, after those before it; None: none can."""
        change = self._change(state)
        return state & change.failed_keep | change.failed_add if change.may_fail else None

    def _change(self, state: State) -> _Change:
        slots = self._sight.slots
        if self._size != len(slots):
            self._size = len(slots)
            self._look_at_slots()
        found = self._changes.get(state & self._mask)
        if found is None:
            found = self._changes[state & self._mask] = self._summed_up(state)
        return found

    def _look_at_slots(self) -> None:
        """There are more than before: what was known holds as long as they are of others."""
        slots, mask = self._sight.slots, 0
        for one in self._lines:
            mask |= self._seen_by(one)
        fields = [slots.below(one.target) for one in self._lines]
        if (mask, fields) != (self._mask, self._fields):
            self._changes.clear()
            self._mask, self._fields = mask, fields

    def _summed_up(self, state: State) -> _Change:
        slots, keep, add = self._sight.slots, -1, 0
        failed_keep = failed_add = 0
        may_fail = False
        for number, done in enumerate(self.carry_out(state)):
            if number not in self._failing:
                self._failing[number] = self._may_fail(done.line)
            if self._failing[number]:
                failed_keep, failed_add, may_fail = failed_keep | keep, failed_add | add, True
            target = done.line.target
            bits = done.bits << slots.shift(target) | slots.below(target)
            keep &= ~slots.mask(target)
            add = add & ~slots.mask(target) | bits
        return _Change(keep, add, failed_keep, failed_add, may_fail)

    def _may_fail(self, one: Line) -> bool:
        """Whether the value may turn out not to be one: that of a constant, or a copy, does not."""
        if isinstance(one.value, Name):
            kind = self._sight.types.get(one.value.name)
            return kind is None or one.type not in (None, ANY, kind, replace(kind, optional=True))
        return constant_value(one.value, one.type) is NOT_CONSTANT

    def carry_out(self, state: State) -> Iterator[Computed]:
        """Each line when *state* holds before the first."""
        slots = self._sight.slots
        for number, one in enumerate(self._lines):
            found = self._finding(number, state)
            bits = presence(found.kind, one.type) | shown(slots, state, one.reads)
            bits |= self._passed_on(one, state)
            yield Computed(one, state, found.problems, bits)
            kept = state & ~slots.mask(one.target)
            state = kept | bits << slots.shift(one.target) | slots.below(one.target)

    def _passed_on(self, one: Line, state: State) -> int:
        """A variable that needs a value and has none is reported; its none goes on all the same.

        That of an ``any`` does not, where another type is wanted: there it is converted, or fails.
        """
        slots, types = self._sight.slots, self._sight.types
        for name in _names_passed_on(one.value):
            kind = types.get(name)
            if kind is None or kind.optional or (kind == ANY and one.type != ANY):
                continue
            if slots.bits(state, name) & MISSING:
                return NONE
        return 0

    def problems(self, state: State | None) -> Iterator[Problem]:
        """What is wrong with the values when *state* holds before them; None: no call comes."""
        if state is not None:
            for computed in self.carry_out(state):
                yield from computed.problems
            return
        for one in self._lines:
            yield from infer(one.value, self._sight.env(None), one.type)[1]

    def _finding(self, number: int, state: State) -> _Finding:
        for found in self._known[number]:
            if state & found.mask == found.bits:
                return found
        one, asked = self._lines[number], self._sight.asked
        before, asked.bits = asked.bits, 0
        kind, problems = infer(one.value, self._sight.env(state), one.type)
        found = _Finding(asked.bits, state & asked.bits, kind, tuple(problems))
        asked.bits |= before
        self._known[number].append(found)
        return found


@dataclass(frozen=True, slots=True)
class _Change:
    """What lines keep and add; and what those keep and add that come before one that fails."""

    keep: State
    add: State
    failed_keep: State
    failed_add: State
    may_fail: bool


@dataclass(frozen=True, slots=True)
class _Finding:
    """The type of a value and what is wrong with it, where the state has *bits* of *mask*."""

    mask: State
    bits: State
    kind: Type
    problems: tuple[Problem, ...]


def _names_passed_on(value: Expr) -> Iterator[str]:
    """The variables whose very value *value* may be."""
    match value:
        case Name(name):
            yield name
        case Choice(_, one, other) | Binary("??", one, other):
            yield from _names_passed_on(one)
            yield from _names_passed_on(other)


def presence(kind: Type, declared: Type | None) -> int:
    """Whether a variable *declared* so has a value when one of type *kind* was assigned to it.

    What may be none makes the assignment fail where the variable needs a value.
    """
    if declared is not None and not declared.optional and declared.name != "any":
        return THERE
    if kind.name == "none":
        return NONE
    from_outside = kind.name == "any" and declared is not None and declared.optional
    return NONE | THERE if kind.optional or from_outside else THERE


def shown(slots: Slots, state: State, found: Sequence[Read]) -> int:
    """Whether a secret shows in a value: as it is, or as something derived from it."""
    bits = 0
    for read in found:
        if read.path in slots:
            hidden = slots.bits(state, read.path) & HIDDEN
            bits |= DERIVED if hidden and read.derived else hidden
    return bits

"""Secrets and recordings that go into other flows and come back out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.called import CalledFlow
from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.effects import Change
from flow_runtime.core.check.leaks import Leak, leaks
from flow_runtime.core.check.lines import shown
from flow_runtime.core.check.reads import Read, reads
from flow_runtime.core.check.slots import HIDDEN, OFF, RECORDING, Slots
from flow_runtime.core.check.values import Given, Values
from flow_runtime.core.expr.tree import RecordOf
from flow_runtime.core.model import PortValue

if TYPE_CHECKING:
    from flow_runtime.core.check.subject import Subject

CONTACT: Final = "contact."
_ROUNDS: Final = 5
"""How often flows that call each other are looked at again because more has turned up."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """What a flow brings back: bits of secrets by output and ``contact.NAME``, the recording."""

    secrets: Mapping[str, int] = field(default_factory=dict)
    recording: int = 0

    def and_(self, other: Crossed) -> Crossed:
        """What one of the two brings back."""
        secrets = dict(self.secrets)
        for path, bits in other.secrets.items():
            secrets[path] = secrets.get(path, 0) | bits
        return Crossed(secrets, self.recording | other.recording)


_NOTHING = Crossed()


@dataclass(frozen=True, slots=True)
class Journey:
    """What comes of calling a flow: by outcome, wherever it may have failed, and what leaks."""

    by_outcome: Mapping[str, Crossed]
    anywhere: Crossed
    leaks: frozenset[Leak] = frozenset()


class Crossing:
    """Follows calls into other flows; *read* prepares a flow for that. Each is looked at once."""

    def __init__(self, read: Callable[[CalledFlow], Subject]) -> None:
        self._read = read
        self._subjects: dict[str, Subject] = {}
        self._known: dict[tuple[str, Given], Journey] = {}
        self._asked: set[tuple[str, Given]] = set()

    def journey(self, called: CalledFlow, given: Given) -> Journey:
        """What comes of *called*; of a flow that is being looked at, as far as that is known."""
        key = (called.path, given)
        if key in self._known:
            self._asked.add(key)
            return self._known[key]
        self._known[key] = Journey({}, Crossed(dict(given.secrets), given.recording))
        for _ in range(_ROUNDS if called.flow is not None else 0):
            size = len(self._known)
            self._asked.discard(key)
            found = self._travel(called, given)
            if found == self._known[key]:
                break
            self._known[key] = found
            if key not in self._asked:  # it does not call itself
                break
            for other in list(self._known)[size:]:
                del self._known[other]  # it was found with what has turned out to be too little
        return self._known[key]

    def _travel(self, called: CalledFlow, given: Given) -> Journey:
        subject = self._subjects.get(called.path)
        if subject is None:
            subject = self._subjects[called.path] = self._read(called)
        values = Values(subject, subject.effects, subject.start.state(given)[0])
        by_outcome: dict[str, Crossed] = {}
        anywhere = _NOTHING
        found: set[Leak] = set()
        outputs = [d.name for d in subject.flow.declarations if d.kind == "output"]
        for name, state in values.entry.items():
            node = subject.nodes.get(name)
            brought = _brought(subject.slots, state, outputs)
            anywhere = anywhere.and_(brought)
            if node is None:
                continue
            if node.cls.returns:
                outcome = str(node.draft.constants.get("outcome"))
                by_outcome[outcome] = by_outcome.get(outcome, _NOTHING).and_(brought)
            found.update(self.leaks(subject, name, state))
        flow = subject.flow.name
        return Journey(
            by_outcome,
            anywhere,
            frozenset(
                leak if leak.flow else replace(leak, flow=flow, inner=leak.node) for leak in found
            ),
        )

    def leaks(self, subject: Subject, name: str, state: State) -> Iterator[Leak]:
        """What gets out at a node of *subject*, and in the flow that is called there."""
        slots = subject.slots
        yield from leaks(name, subject.sinks(name), subject.effects.get(name), state, slots)
        called = subject.nodes[name].called
        if called is None:
            return
        given = handed_over(inputs_of(subject.nodes[name]), slots, state)
        if given == Given():
            return
        inner = self.journey(called, given).leaks - self.journey(called, Given()).leaks
        place = subject.nodes[name].decl.place
        for leak in sorted(inner, key=lambda one: (one.flow, one.inner, one.parameter, one.path)):
            yield replace(leak, node=name, place=place)


def _brought(slots: Slots, state: State, outputs: Sequence[str]) -> Crossed:
    paths = [path for path in slots.names() if path.startswith(CONTACT)]
    found = {path: slots.bits(state, path) & HIDDEN for path in (*outputs, *paths)}
    return Crossed({path: bits for path, bits in found.items() if bits}, state & RECORDING)


def inputs_of(node: BoundNode) -> dict[str, tuple[Read, ...]]:
    """What shows in each input that *node* gives to the flow it calls."""
    written = node.draft.written.get("inputs")
    if not isinstance(written, RecordOf):
        return {}
    return {pair.key: reads(pair.value, None) for pair in written.pairs}


def handed_over(inputs: Mapping[str, Sequence[Read]], slots: Slots, state: State) -> Given:
    """What a flow is entered with from where *state* holds."""
    secrets = {name: shown(slots, state, found) for name, found in inputs.items()}
    for path in slots.names():
        if path.startswith(CONTACT):
            secrets[path] = slots.bits(state, path) & HIDDEN
    given = frozenset((path, bits) for path, bits in secrets.items() if bits)
    return Given(given, state & RECORDING or OFF)


@dataclass(frozen=True, slots=True)
class Within:
    """On the way to a port of a node that calls a flow: *outputs* are set, secrets go with them.

    *names* maps the variables that get outputs to the names of those.
    """

    crossing: Crossing
    called: CalledFlow
    port: PortValue
    inputs: Mapping[str, tuple[Read, ...]]
    names: Mapping[str, str]
    outputs: tuple[Change, ...]
    slots: Slots

    @property
    def touches(self) -> State:
        """As `Passage.touches`."""
        touched = RECORDING
        for change in self.outputs:
            touched |= change.touches
        for path in (*self.names, *self._contact()):
            touched |= self.slots.mask(path, HIDDEN)
        return touched

    def asks(self, bits: State) -> State:
        """As `Passage.asks`."""
        if not bits & self.touches:
            return 0
        asked = RECORDING
        for read in (read for found in self.inputs.values() for read in found):
            asked |= self.slots.mask(read.path, HIDDEN) if read.path in self.slots else 0
        for path in self._contact():
            asked |= self.slots.mask(path, HIDDEN)
        return asked

    def _contact(self) -> Iterator[str]:
        return (path for path in self.slots.names() if path.startswith(CONTACT))

    def __call__(self, state: State) -> State:
        """As any passage."""
        journey = self.crossing.journey(self.called, handed_over(self.inputs, self.slots, state))
        brought = journey.by_outcome.get(str(self.port), journey.anywhere)
        for change in self.outputs:
            state = state & change.keep | change.add
        for variable, output in self.names.items():
            state |= self.slots.mask(variable, brought.secrets.get(output, 0))
        for path, bits in brought.secrets.items():
            if path.startswith(CONTACT):
                state |= self.slots.mask(path, bits)
        return state & ~RECORDING | (brought.recording or state & RECORDING)

"""What passing a node does to what is known: by each port, as its class declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.lines import Lines, line
from flow_runtime.core.check.sight import Sight
from flow_runtime.core.check.slots import (
    MISSING,
    NONE,
    OFF,
    ON,
    PAUSED,
    PRESENCE,
    RECORDING,
    SECRET,
    THERE,
)
from flow_runtime.core.expr.narrowing import absent, along, present
from flow_runtime.core.expr.tree import Expr, Name
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import ParamSpec, Port
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.scope import outputs_of
from flow_runtime.core.types import ANY

_ACTIONS: Final = ("start", "stop", "pause", "resume")


class Passage(Protocol):
    """One thing that happens on the way through a node to one of its ports."""

    @property
    def touches(self) -> State:
        """All bits that it may change."""

    def asks(self, bits: State) -> State:
        """The bits that decide what becomes of *bits*."""

    def __call__(self, state: State) -> State | None:
        """What holds afterwards when *state* held before; None: no call goes this way."""


@dataclass(frozen=True, slots=True)
class Change:
    """Keeps *keep* and adds *add*; nobody goes this way where all bits of *needs* are missing."""

    keep: State
    add: State
    needs: State = -1

    @property
    def touches(self) -> State:
        """As `Passage.touches`."""
        return ~self.keep | self.add

    def asks(self, bits: State) -> State:
        """As `Passage.asks`."""
        return 0

    def __call__(self, state: State) -> State | None:
        """As any passage."""
        return state & self.keep | self.add if state & self.needs else None


@dataclass(frozen=True, slots=True)
class _Assignments:
    """Behind a node with free lines, or behind its port ``error`` when one of them *failed*."""

    lines: Lines
    failed: bool

    @property
    def touches(self) -> State:
        return self.lines.targets

    def asks(self, bits: State) -> State:
        return self.lines.asks(bits)

    def __call__(self, state: State) -> State | None:
        return self.lines.failed(state) if self.failed else self.lines.after(state)


@dataclass(frozen=True, slots=True)
class _Recorder:
    """The recording of the call is started, stopped, paused or resumed, if that has not failed."""

    actions: tuple[str, ...]
    failed: bool

    @property
    def touches(self) -> State:
        return RECORDING

    def asks(self, bits: State) -> State:
        return bits & RECORDING

    def __call__(self, state: State) -> State:
        bits = state & RECORDING if self.failed else 0
        for action in self.actions:
            bits |= _recording_after(action, state)
        return state & ~RECORDING | bits


def _recording_after(action: str, state: State) -> State:
    match action:
        case "start":
            return ON
        case "stop":
            return OFF
        case "pause":
            return state & (OFF | PAUSED) | (PAUSED if state & ON else 0)
    return state & (OFF | ON) | (ON if state & PAUSED else 0)


Abroad = Callable[[BoundNode, PortValue, tuple[Change, ...], Sight], Passage]
"""What happens in the flow that a node calls, on the way to a port behind which outputs are set."""


class Effect:
    """What a node does, port by port."""

    def __init__(
        self, node: BoundNode, sight: Sight, book: PromptBook | None, abroad: Abroad
    ) -> None:
        self.sight = sight
        self.lines: Lines | None = None
        if node.cls.free_lines:
            written = [p for p in node.decl.parameters if p.name not in node.cls.params]
            self.lines = Lines(
                [line(p.name, p.value, sight.types.get(p.name), book) for p in written], sight
            )
        self._ports: dict[PortValue, tuple[Passage, ...]] = {}
        for key in {**node.ports, **node.edges}:
            self._ports[key] = tuple(_passages(node, key, self.lines, sight, abroad))

    def is_like(self, other: Effect) -> bool:
        """Whether it surely does the same as *other*, so that one can stand for the other."""
        return self.lines is other.lines is None and self._ports == other._ports

    @property
    def idle(self) -> bool:
        """Whether it does nothing, whatever the port."""
        return not any(self._ports.values())

    def passages(self) -> Iterator[Passage]:
        """All that happens on the way to any of its ports."""
        return (passage for passages in self._ports.values() for passage in passages)

    def behind(self, port: PortValue, state: State) -> State | None:
        """What holds behind *port* when *state* held on entry; None: no call goes that way."""
        now: State | None = state
        for passage in self._ports.get(port, ()):
            if now is not None:
                now = passage(now)
        return now


def _passages(
    node: BoundNode, key: PortValue, lines: Lines | None, sight: Sight, abroad: Abroad
) -> Iterator[Passage]:
    port = node.ports.get(key)
    if lines is not None:
        yield _Assignments(lines, key == ERROR)
    outputs: list[Change] = []
    for spec in node.cls.params.values():
        written = node.draft.written.get(spec.name)
        if spec.variable and isinstance(written, Name):
            yield _variable(node, spec, written.name, port, sight)
        elif spec.outputs:
            outputs += _outputs(node, spec, port, sight)
    yield from outputs if node.called is None else [abroad(node, key, tuple(outputs), sight)]
    if node.cls.recording:
        action = node.draft.constants.get(node.cls.recording)
        yield _Recorder((action,) if action in _ACTIONS else _ACTIONS, key == ERROR)
    if port is not None and port.narrows is not None:
        expr = node.draft.written.get(port.narrows[0])
        if expr is not None:
            yield from _narrowed(expr, port.narrows[1], sight)


# --- variables ------------------------------------------------------------------------------------


def _variable(
    node: BoundNode, spec: ParamSpec, name: str, port: Port | None, sight: Sight
) -> Change:
    """A port sets the variable, or empties it, or nobody knows whether it was set."""
    slots = sight.slots
    whole, fields = slots.mask(name), sight.asked.fields(name, slots)
    value = slots.mask(name, THERE | (SECRET if _is_secret(node, spec) else 0)) | fields
    if port is not None and spec.name in port.sets:
        return Change(~whole, value)
    if port is not None and spec.name in port.empties:
        return Change(~whole, slots.mask(name, NONE) | fields)
    return Change(-1, value)


def _is_secret(node: BoundNode, spec: ParamSpec) -> bool:
    if spec.secret in ("", "always"):
        return bool(spec.secret)
    return node.draft.constants.get(spec.secret, True) is not False


def _outputs(node: BoundNode, spec: ParamSpec, port: Port | None, sight: Sight) -> Iterator[Change]:
    """The outputs of a sub-flow; which of them are secret only the sub-flow can tell."""
    slots = sight.slots
    for name, made in outputs_of(node, spec.name):
        maybe = made.optional and made != ANY
        value = slots.mask(name, NONE | THERE if maybe else THERE)
        sets = port is not None and spec.name in port.sets
        kept = ~slots.mask(name) if sets else -1
        yield Change(kept, value | sight.asked.fields(name, slots))


# --- conditions -----------------------------------------------------------------------------------


def _narrowed(expr: Expr, told: str, sight: Sight) -> Iterator[Change]:
    """What is known of names because the value of *expr* is true, is false, or is a value."""
    slots, env = sight.slots, sight.env(None)
    there, none = set(along(expr)), set[str]()
    if told != "value":
        there |= present(expr, env, told == "true")
        none |= absent(expr, told == "true")
    for path in sorted(there):
        needs = slots.mask(path, THERE) if path in sight.types else -1
        yield Change(~slots.mask(path, MISSING), 0, needs)
    for name in sorted(none):
        kind = sight.types.get(name)
        if kind is not None:
            needs = -1 if kind.name == "any" else slots.mask(name, MISSING)
            yield Change(~slots.mask(name, PRESENCE), slots.mask(name, NONE), needs)

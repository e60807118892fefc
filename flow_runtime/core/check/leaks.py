"""Where a secret gets out: into a log, into the trace of the call, or into its recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from flow_runtime.core.binding import BoundNode
from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.effects import Effect
from flow_runtime.core.check.lines import shown
from flow_runtime.core.check.reads import Read, reads
from flow_runtime.core.check.slots import DERIVED, HIDDEN, ON, Slots
from flow_runtime.core.node import ParamSpec
from flow_runtime.core.problems import NOWHERE, Place
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import Type

_TRACE: Final = "trace"


@dataclass(frozen=True, slots=True)
class Sink:
    """A parameter whose value others can learn: by hearing it, or where *told* says."""

    parameter: str
    spoken: bool
    told: str
    reads: tuple[Read, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Leak:
    """At *node*, the secret in *path* gets out through *parameter*.

    *how*: it is ``told`` where *told* says; something made of it is ``traced``; it is said while
    the call may be ``recorded``. It happens at the node *inner* of the flow *flow* when that is
    another one, which *node* calls.
    """

    node: str
    parameter: str
    path: str
    how: Literal["told", "traced", "recorded"]
    told: str = ""
    flow: str = ""
    inner: str = ""
    place: Place = field(default=NOWHERE, compare=False)


def sinks_of(node: BoundNode, book: PromptBook | None) -> tuple[Sink, ...]:
    """The parameters of *node* by which something may get out."""
    return tuple(_sinks(node, book))


def _sinks(node: BoundNode, book: PromptBook | None) -> Iterator[Sink]:
    for spec in node.cls.params.values():
        value = node.draft.written.get(spec.name)
        if value is not None and (spec.told or _is_heard(spec)):
            found = reads(value, book)
            if found:
                yield Sink(spec.name, not spec.told, spec.told, found, value.place)


def _is_heard(spec: ParamSpec) -> bool:
    kind: Type | None = spec.type
    while kind is not None and kind.item is not None:
        kind = kind.item
    return kind is not None and kind.name == "sound"


def leaks(
    name: str, sinks: Sequence[Sink], effect: Effect | None, state: State, slots: Slots
) -> Iterator[Leak]:
    """What gets out at the node *name* itself when *state* holds on entry."""
    for sink in sinks:
        for read in sink.reads:
            bits = shown(slots, state, (read,))
            if not bits & HIDDEN:
                continue
            if sink.told and sink.told != _TRACE:
                yield Leak(name, sink.parameter, read.path, "told", sink.told, place=sink.place)
            elif sink.spoken and state & ON:
                yield Leak(name, sink.parameter, read.path, "recorded", place=sink.place)
            elif bits & DERIVED:
                yield Leak(name, sink.parameter, read.path, "traced", place=sink.place)
    if effect is None or effect.lines is None:
        return
    for one in effect.lines.carry_out(state):
        for read in one.line.reads:
            if shown(slots, one.before, (read,)) & DERIVED:
                place = one.line.value.place
                yield Leak(name, one.line.target, read.path, "traced", place=place)

"""What a flow offers to those that call it, as its callers are checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flow_runtime.core.types import Type


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its type, and whether a caller has to give it (it has no default)."""

    type: Type
    required: bool


@dataclass(frozen=True, slots=True)
class Interface:
    """The flow *name* from outside.

    *outcomes* are those of its `end` nodes, in the order of the file. *waits*: every way through
    it to an end waits for the outer world somewhere. *speaks*: some node in it, or in a flow that
    it leads to, plays or hears sound.
    """

    name: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Type]
    outcomes: tuple[str, ...]
    waits: bool = False
    speaks: bool = False

"""What the check of one node sees of the flow around it, and a note of what it has looked at.

The note tells later whether the check has to be done again: what was not looked at may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flow_runtime.core.check.dataflow import State
from flow_runtime.core.check.slots import PRESENCE, THERE, Slots, standing
from flow_runtime.core.expr.env import Standing, TypeEnv
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.types import Type


class Asked:
    """What was looked at: variables by name, bits of the state, and paths that had none."""

    __slots__ = ("_all", "_fields", "_names", "_strangers", "bits")

    def __init__(self) -> None:
        self._names: dict[str, Type | None] = {}
        self._all: Mapping[str, Type] | None = None
        self._fields: dict[str, State] = {}
        self._strangers: set[str] = set()
        self.bits: State = 0

    def name(self, name: str, kind: Type | None) -> None:
        """The variable *name* was looked up: its type, None when there was none."""
        self._names[name] = kind

    def all_names(self, types: Mapping[str, Type]) -> None:
        """All variables were looked at, for instance for one with a similar name."""
        self._all = types

    def stranger(self, path: str) -> None:
        """The path had no place in the state."""
        self._strangers.add(path)

    def fields(self, name: str, slots: Slots) -> State:
        """`Slots.below` of *name*, which may be more when other nodes look at more fields."""
        found = self._fields[name] = slots.below(name)
        return found

    def still(self, types: Mapping[str, Type], slots: Slots) -> bool:
        """Whether the variables that were looked at are as they were; of bits see `bits`."""
        for name, kind in self._names.items():
            now = types.get(name)
            if now is not kind and now != kind:
                return False
        for name, found in self._fields.items():
            if slots.below(name) != found:
                return False
        for path in self._strangers:
            if path in slots:
                return False
        return self._all is None or self._all is types or self._all == types


class _Types(Mapping[str, Type]):
    """The types of the variables, with a note of each that is looked up."""

    __slots__ = ("_asked", "_types")

    def __init__(self, types: Mapping[str, Type], asked: Asked) -> None:
        self._types, self._asked = types, asked

    def __getitem__(self, name: str) -> Type:
        self._asked.name(name, self._types.get(name))
        return self._types[name]

    def get(self, name: str, default: Type | None = None) -> Type | None:  # type: ignore[override]
        """As any mapping's, but quicker."""
        found = self._types.get(name)
        self._asked.name(name, found)
        return default if found is None else found

    def __contains__(self, name: object) -> bool:
        self._asked.name(str(name), self._types.get(str(name)))
        return name in self._types

    def __iter__(self) -> Iterator[str]:
        self._asked.all_names(self._types)
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


class _Knowledge:
    """How paths may stand in a state."""

    __slots__ = ("_asked", "_slots", "_state")

    def __init__(self, slots: Slots, state: State, asked: Asked) -> None:
        self._slots, self._state, self._asked = slots, state, asked

    def standing(self, path: str) -> Standing | None:
        """As `Knowledge.standing`."""
        if path not in self._slots:
            self._asked.stranger(path)
            return None
        self._asked.bits |= self._slots.mask(path, PRESENCE)
        bits = self._slots.bits(self._state, path) & PRESENCE
        return standing(bits) if bits else None


class Sight:
    """The variables of a flow, as the check of one node sees them; *asked* is its note."""

    __slots__ = ("_prompts", "asked", "slots", "types")

    def __init__(
        self, types: Mapping[str, Type], slots: Slots, prompts: PromptBook | None = None
    ) -> None:
        self.asked = Asked()
        self.slots = slots
        self.types: Mapping[str, Type] = _Types(types, self.asked)
        self._prompts = prompts

    def env(self, state: State | None) -> TypeEnv:
        """What expressions see when *state* holds; None: no call comes, so nothing is missing."""
        if state is None:
            return TypeEnv(self.types, prompts=self._prompts, knowledge=_NO_CALL)
        knowledge = _Knowledge(self.slots, state, self.asked)
        return TypeEnv(self.types, prompts=self._prompts, knowledge=knowledge)


class _NoCall:
    """What is known where no call comes: of what may be missing there, nothing is to be said."""

    def standing(self, path: str) -> Standing | None:
        return _THERE


_NO_CALL = _NoCall()
_THERE = standing(THERE)

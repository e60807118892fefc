"""Who hears whom: bridges, conferences, and the taps that supervisors lay on a call."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, Literal, TypeVar

TapMode = Literal["monitor", "whisper", "barge"]
"""Hear a call unnoticed; and speak to the one who is tapped; and speak to all."""

L = TypeVar("L", bound=Hashable)


class _Group(Generic[L]):
    """Legs that all hear each other, in the order in which they came. A bridge is one of two."""

    __slots__ = ("members", "room")

    def __init__(self, room: Hashable | None) -> None:
        self.members: dict[L, None] = {}
        self.room = room
        """What a conference is known by; None for a bridge, which ends with either side."""


class Hearing(Generic[L]):
    """Whom each leg hears. Change it, then `settle` says for which legs that made a difference.

    A leg is in one place at a time: alone, in a bridge or a conference, or tapping another leg.
    A tap follows the tapped leg from bridge to conference. Whoever taps hears the tapped leg and
    all it hears as a party of its call; of two that whisper neither hears the other.
    """

    def __init__(self) -> None:
        self._groups: dict[L, _Group[L]] = {}
        self._rooms: dict[Hashable, _Group[L]] = {}
        self._taps: dict[L, tuple[L, TapMode]] = {}
        self._tappers: dict[L, dict[L, None]] = {}
        self._touched: dict[L, None] = {}
        self._heard: dict[L, tuple[L, ...]] = {}
        self._hearers: dict[L, dict[L, None]] = {}

    # --- changing it ----------------------------------------------------------------------------

    def bridge(self, one: L, other: L) -> None:
        """Let two legs hear each other and nobody else; each leaves where it was."""
        if one == other:
            raise ValueError("a leg cannot be bridged with itself")
        for leg in (one, other):
            self.part(leg)
        group: _Group[L] = _Group(None)
        for leg in (one, other):
            self._enter(leg, group)

    def join(self, leg: L, room: Hashable) -> None:
        """Let *leg* hear, and be heard by, all who are in *room*; it leaves where it was."""
        group = self._rooms.setdefault(room, _Group(room))
        if self._groups.get(leg) is group:
            return
        self.part(leg)
        self._rooms[room] = group  # `part` ends a room that it empties
        self._enter(leg, group)

    def tap(self, leg: L, target: L, mode: TapMode) -> None:
        """Let *leg* hear what *target* says and hears; another *mode* may follow at any time."""
        if leg == target:
            raise ValueError("a leg cannot tap itself")
        if self._taps.get(leg, (None,))[0] != target:
            self.part(leg)
        self._taps[leg] = target, mode
        self._tappers.setdefault(target, {})[leg] = None
        self._touch(leg)

    def part(self, leg: L) -> None:
        """Let *leg* leave its bridge, conference or tap; taps on it stay."""
        self._touch(leg)
        tap = self._taps.pop(leg, None)
        if tap is not None:
            self._untap(leg, tap[0])
        group = self._groups.pop(leg, None)
        if group is None:
            return
        del group.members[leg]
        if group.room is None:
            for other in group.members:
                del self._groups[other]
            group.members.clear()
        elif not group.members:
            del self._rooms[group.room]

    def forget(self, leg: L) -> None:
        """The leg is gone; whoever tapped it hears nobody any more."""
        self.part(leg)
        for tapper in self._tappers.pop(leg, {}):
            del self._taps[tapper]

    def settle(self) -> dict[L, tuple[L, ...]]:
        """The legs that hear others than before, and whom they hear now."""
        changed = {}
        for leg in self._touched:
            now, before = self._find(leg), self._heard.get(leg, ())
            if now == before:
                continue
            changed[leg] = now
            self._heard[leg] = now
            if not now:
                del self._heard[leg]
            for source in before:
                self._hearers[source].pop(leg)
                if not self._hearers[source]:
                    del self._hearers[source]
            for source in now:
                self._hearers.setdefault(source, {})[leg] = None
        self._touched.clear()
        return changed

    # --- asking ---------------------------------------------------------------------------------

    def heard_by(self, leg: L) -> tuple[L, ...]:
        """Whom *leg* hears, as of the last `settle`."""
        return self._heard.get(leg, ())

    def hearers(self, leg: L) -> tuple[L, ...]:
        """Who hears *leg*."""
        return tuple(self._hearers.get(leg, ()))

    def followers(self, leg: L) -> tuple[L, ...]:
        """Who hears *leg* and nobody else: what it sends is passed on to them as it is."""
        return tuple(one for one in self._hearers.get(leg, ()) if len(self._heard[one]) == 1)

    def members(self, room: Hashable) -> tuple[L, ...]:
        """Who is in a conference."""
        group = self._rooms.get(room)
        return tuple(group.members) if group is not None else ()

    # --- inside ---------------------------------------------------------------------------------

    def _enter(self, leg: L, group: _Group[L]) -> None:
        group.members[leg] = None
        self._groups[leg] = group
        self._touch(leg)

    def _untap(self, leg: L, target: L) -> None:
        tappers = self._tappers[target]
        del tappers[leg]
        if not tappers:
            del self._tappers[target]

    def _touch(self, leg: L) -> None:
        """Note all whose hearing a change at *leg* may alter."""
        near = [leg]
        if leg in self._taps:
            near.append(self._taps[leg][0])
        parties = [party for one in near for party in (one, *self._mates(one))]
        for party in parties:
            self._touched[party] = None
            self._touched.update(self._tappers.get(party, {}))

    def _mates(self, leg: L) -> Iterable[L]:
        group = self._groups.get(leg)
        return [one for one in group.members if one != leg] if group is not None else []

    def _tapping(self, leg: L, mode: TapMode) -> list[L]:
        return [one for one in self._tappers.get(leg, {}) if self._taps[one][1] == mode]

    def _voices(self, leg: L) -> list[L]:
        """Whom *leg* hears as a party: the others of its call, and those who barged in."""
        mates = self._mates(leg)
        barging = [one for party in (leg, *mates) for one in self._tapping(party, "barge")]
        return [*mates, *barging]

    def _find(self, leg: L) -> tuple[L, ...]:
        tap = self._taps.get(leg)
        if tap is not None:
            found = [tap[0], *self._voices(tap[0])]
        else:
            found = [*self._voices(leg), *self._tapping(leg, "whisper")]
        return tuple(one for one in dict.fromkeys(found) if one != leg)

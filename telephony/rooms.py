"""Conferences of any line: who is in one, and what the members are told by sound."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Hashable, Sequence
from contextlib import suppress
from typing import Literal

from telephony.core.hearing import TapMode
from telephony.line import Call, CallEnded, Clip, Conference, LineError

Beep = Literal["join", "leave"]


class Member(Call):
    """A call that can be in a bridge, a conference or a tap, one at a time.

    A line says what to do about the sound (`connect` and the like); this keeps where the call is,
    and tells its conference when it leaves.
    """

    _room: Room | None = None
    _taps = False

    @property
    def placed(self) -> bool:
        """Whether it is in a conference or taps a call."""
        return self._room is not None or self._taps

    async def bridge(self, other: Call) -> None:
        """See `Call.bridge`."""
        other = self._another(other, "bridged")
        await self.connect(other)
        self._depart()
        other._depart()

    async def unbridge(self) -> None:
        """See `Call.unbridge`; a conference or a tap ends by it too."""
        self.must_stand()
        self.part()
        self._depart()

    async def tap(self, other: Call, mode: TapMode) -> None:
        """See `Call.tap`."""
        other = self._another(other, "tapped")
        self.connect_tap(other, mode)
        self._depart()
        self._taps = True

    async def untap(self) -> None:
        """See `Call.untap`."""
        self.must_stand()
        if self._taps:
            await self.unbridge()

    def enter(self, room: Room) -> None:
        """Take part in *room*."""
        self.must_stand()
        self.connect_room(room)
        self._depart()
        self._room = room

    def _depart(self) -> None:
        """Be nowhere, and tell the conference, if there is one, that it has a member less."""
        self._taps = False
        room, self._room = self._room, None
        if room is not None:
            room.left(self)

    def _another(self, other: Call, done: str) -> Member:
        self.must_stand()
        if type(other) is not type(self) or other is self:
            backend = self.facts.backend
            raise LineError(f"only two different calls of the {backend} line can be {done}")
        assert isinstance(other, Member)
        other.must_stand()
        return other

    # --- what a line does about it ----------------------------------------------------------------

    @abstractmethod
    def must_stand(self) -> None:
        """Raise `CallEnded` when the call has ended."""

    @abstractmethod
    async def connect(self, other: Member) -> None:
        """Let two calls hear each other and nobody else."""

    @abstractmethod
    def connect_room(self, room: Hashable) -> None:
        """Let the call and all others in *room* hear each other."""

    @abstractmethod
    def connect_tap(self, other: Member, mode: TapMode) -> None:
        """Let the call hear *other* as `Call.tap` says."""

    @abstractmethod
    def part(self) -> None:
        """Let the call hear nobody any more."""

    @abstractmethod
    def signal(self, name: Beep) -> None:
        """Let the far end hear that somebody came or went."""


class Room(Conference):
    """See `telephony.line.Conference`: of calls of one class, *kind*."""

    def __init__(self, kind: type[Member], beeps: bool) -> None:
        self._kind, self._beeps = kind, beeps
        self._members: dict[Member, None] = {}

    @property
    def members(self) -> Sequence[Call]:
        """See `Conference.members`."""
        return tuple(self._members)

    async def join(self, call: Call) -> None:
        """See `Conference.join`."""
        if not isinstance(call, self._kind):
            raise LineError("only calls of the line that holds a conference can take part in it")
        if call in self._members:
            return
        call.enter(self)
        self._members[call] = None
        self._signal("join")

    async def leave(self, call: Call) -> None:
        """See `Conference.leave`."""
        if isinstance(call, Member) and call in self._members:
            await call.unbridge()

    def left(self, call: Member) -> None:
        """A member has ended or is connected otherwise."""
        del self._members[call]
        self._signal("leave")

    async def announce(self, clips: Sequence[Clip]) -> None:
        """See `Conference.announce`; a member that leaves the line meanwhile is not waited for."""
        await asyncio.gather(*(_tell(call, clips) for call in self._members))

    def _signal(self, name: Beep) -> None:
        for call in self._members if self._beeps else ():
            call.signal(name)


async def _tell(call: Call, clips: Sequence[Clip]) -> None:
    with suppress(CallEnded):
        await call.play(clips, interruptible=False, over=True)

"""Conference rooms of callers: there as long as somebody is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flow_runtime.core.queue_commands import ConferenceEnd, JoinConference
from telephony.line import CallEnded, Conference, Line, LineError

if TYPE_CHECKING:
    from flow_runtime.perform.session import Session


@dataclass(slots=True)
class _Room:
    conference: Conference
    callers: int = 0


class Conferences:
    """The rooms by name. Whether tones tell of coming and going, the first who comes decides."""

    def __init__(self) -> None:
        self._rooms: dict[str, _Room] = {}

    def members(self, room: str) -> int:
        """How many take part in *room*; 0 for one that nobody is in."""
        known = self._rooms.get(room)
        return len(known.conference.members) if known is not None else 0

    def told(self) -> dict[str, int]:
        """How many are in each room, for ``cordboard status``."""
        return {name: self.members(name) for name in self._rooms}

    async def stay(self, session: Session, command: JoinConference) -> ConferenceEnd:
        """Let the caller take part until the key is pressed; a hang-up cancels this."""
        loop = asyncio.get_running_loop()
        with self._in_use(session.services.line, command) as conference:
            try:
                await conference.join(session.call)
            except CallEnded:
                raise
            except LineError as error:
                return ConferenceEnd("failed", str(error))
            began = loop.time()
            _trace(session, command.room, members=len(conference.members))
            try:
                await _key(session, command.end_key)
            finally:
                session.keys.clear()  # they were meant for the others
                if not session.call.ended:
                    await conference.leave(session.call)
                talked = loop.time() - began
                _trace(session, command.room, talked=talked)
        return ConferenceEnd("left", "", timedelta(seconds=talked))

    @contextmanager
    def _in_use(self, line: Line, command: JoinConference) -> Iterator[Conference]:
        """The conference of the room, which is kept as long as anybody uses it."""
        room = self._rooms.get(command.room)
        if room is None:
            room = self._rooms[command.room] = _Room(line.conference(beeps=command.announce))
        room.callers += 1
        try:
            yield room.conference
        finally:
            room.callers -= 1
            if not room.callers:
                del self._rooms[command.room]


async def _key(session: Session, end_key: str) -> None:
    """Wait until the caller presses *end_key*."""
    pressed = asyncio.Event()

    def press(key: str) -> bool:
        if key == end_key:
            pressed.set()
        return key == end_key

    session.keys.hand_over(press)
    try:
        await pressed.wait()
    finally:
        session.keys.hand_over(None)


def _trace(session: Session, room: str, **more: float) -> None:
    if session.tracer.on:
        session.tracer.event("conference", room=room, **more)

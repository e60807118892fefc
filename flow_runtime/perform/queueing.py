"""Queues and agents, as the switchboard has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flow_runtime.core.commands import NodeFailure, Record
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import (
    AskQueue,
    BookCallback,
    Booking,
    ConferenceEnd,
    CountMembers,
    EnterAgent,
    EnterQueue,
    JoinConference,
    LeaveMessage,
    QueueEvent,
    StayInQueue,
)
from flow_runtime.perform.recording import record
from flow_runtime.perform.session import Performer, Performers, Session
from flow_runtime.services import Switchboard


def _switchboard(session: Session) -> Switchboard:
    switchboard = session.services.switchboard
    if switchboard is None:
        raise NodeFailure("not-configured", phrase("no queues are configured on this server"))
    return switchboard


async def _enter(session: Session, command: EnterQueue | EnterAgent) -> QueueEvent:
    switchboard = _switchboard(session)
    await session.take()
    return await switchboard.enter(session, command)


async def _stay(session: Session, command: StayInQueue) -> QueueEvent:
    return await _switchboard(session).stay(session, command.sound)


async def _ask(session: Session, command: AskQueue) -> Mapping[str, Any]:
    figures = _switchboard(session).queues.get(command.queue)
    if figures is None:
        text = phrase('there is no {kind} "{name}"', kind=phrase("queue"), name=command.queue)
        raise NodeFailure("unknown-queue", text)
    return figures


async def _book(session: Session, command: BookCallback) -> Booking:
    return await _switchboard(session).book(session, command)


async def _leave_message(session: Session, command: LeaveMessage) -> bool:
    """Whoever hangs up has left a message too: see `record`."""
    switchboard = _switchboard(session)
    switchboard.check_box(command.box)
    end = await record(session, Record(command.most, command.silence, command.end_keys))
    if not end.spoke or end.recording.seconds < command.least.total_seconds():
        return False
    await switchboard.keep(session, command, end.recording)
    return True


async def _count(session: Session, command: CountMembers) -> int:
    return session.services.conferences.members(command.room)


async def _join(session: Session, command: JoinConference) -> ConferenceEnd:
    line = session.services.line
    if "conference" not in line.can:
        text = f"the {line.name} line cannot hold conferences; use the sip line for them"
        raise NodeFailure("unsupported", text)
    await session.take()
    return await session.services.conferences.stay(session, command)


PERFORMERS: Performers = {
    EnterQueue: Performer(_enter),
    EnterAgent: Performer(_enter),
    StayInQueue: Performer(_stay),
    AskQueue: Performer(_ask, needs_call=False),
    BookCallback: Performer(_book),
    LeaveMessage: Performer(_leave_message, cut=False),
    CountMembers: Performer(_count, needs_call=False),
    JoinConference: Performer(_join),
}

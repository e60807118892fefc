"""Queues and agents, as the switchboard has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import (
    AskQueue,
    EnterAgent,
    EnterQueue,
    QueueEvent,
    StayInQueue,
)
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


PERFORMERS: Performers = {
    EnterQueue: Performer(_enter),
    EnterAgent: Performer(_enter),
    StayInQueue: Performer(_stay),
    AskQueue: Performer(_ask, needs_call=False),
}

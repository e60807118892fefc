"""Answering, refusing, waiting and hanging up."""

from __future__ import annotations

import asyncio

from flow_runtime.core.commands import Answer, HangUp, Pause, RejectCall, SendKeys
from flow_runtime.perform.session import Performer, Performers, Session


async def _answer(session: Session, command: Answer) -> None:
    ring = command.ring.total_seconds()
    if ring > 0 and not session.call.answered:
        await session.call.ring()
        await asyncio.sleep(ring)
    await session.take()


async def _hang_up(session: Session, command: HangUp) -> None:
    await session.call.hangup(command.reason)
    session.leaving = True


async def _reject(session: Session, command: RejectCall) -> None:
    await session.call.reject(command.code)
    session.leaving = True


async def _send_keys(session: Session, command: SendKeys) -> None:
    await session.take()
    await session.call.send_keys(command.keys)


async def _pause(session: Session, command: Pause) -> None:
    await asyncio.sleep(command.time.total_seconds())


PERFORMERS: Performers = {
    Answer: Performer(_answer),
    HangUp: Performer(_hang_up, needs_call=False, cut=False),
    RejectCall: Performer(_reject, cut=False),
    Pause: Performer(_pause),
    SendKeys: Performer(_send_keys),
}

"""Dialling: a second leg is called, and both far ends talk until one of them hangs up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from flow_runtime.core.commands import Dial, DialResult, NodeFailure
from flow_runtime.perform.recording import start_both, stop_both
from flow_runtime.perform.session import Performer, Performers, Session
from telephony.line import Call, CallEnded, Clip, DialFailed, Ender, KeySource, LineError

log = logging.getLogger("flow")


class _Callee:
    """Listens to the dialled leg: all that matters is when it ends."""

    def __init__(self) -> None:
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def key(self, key: str, source: KeySource) -> None:
        """Keys of the dialled side are for the caller, who hears them."""

    def hung_up(self, by: Ender, cause: str) -> None:
        if not self.gone.done():
            self.gone.set_result(cause)

    def media_lost(self, reason: str) -> None:
        log.warning("no sound from the dialled side: %s", reason)


async def _dial(session: Session, command: Dial) -> DialResult:
    line = session.services.line
    if not line.can >= {"dial", "bridge"}:
        raise NodeFailure(
            "unsupported",
            f"the {line.name} line cannot connect two calls; use the sip line for dial",
        )
    await session.take()
    session.tracer.event("dial", to=command.to, timeout=command.timeout.total_seconds())
    result = DialResult("failed", "the caller hung up")
    try:
        result = await _connect(session, command)
    finally:
        session.keys.clear()  # they were meant for the dialled side
        session.tracer.event(
            "dial",
            to=command.to,
            outcome=result.outcome,
            detail=result.detail,
            talked=result.talked.total_seconds(),
        )
    return result


async def _connect(session: Session, command: Dial) -> DialResult:
    leg: Call | None = None
    callee = _Callee()
    try:
        async with _ringback(session):
            leg = await session.services.line.dial(
                command.to,
                caller_id=command.caller_id or session.call.facts.caller or None,
                timeout=command.timeout.total_seconds(),
                near=session.call,
            )
            leg.listener = callee
        return await _talk(session, command, leg, callee)
    except DialFailed as refusal:
        return DialResult(refusal.outcome, refusal.detail)
    finally:
        if leg is not None:
            await leg.hangup()


async def _talk(session: Session, command: Dial, leg: Call, callee: _Callee) -> DialResult:
    """Bridge both legs until the dialled side hangs up; the caller's hang-up cancels this."""
    try:
        await session.call.bridge(leg)
    except CallEnded as ended:
        if session.call.ended:
            raise
        return DialResult("answered_ended", ended.cause)
    loop = asyncio.get_running_loop()
    began = loop.time()
    session.tracer.event("bridged", to=command.to, leg=leg.facts.id)
    recording = False
    try:
        recording = command.record and await start_both(session)
        cause = await callee.gone
    finally:
        if recording:
            await stop_both(session)
        if not session.call.ended:
            await session.call.unbridge()
    return DialResult("answered_ended", cause, timedelta(seconds=loop.time() - began))


@asynccontextmanager
async def _ringback(session: Session) -> AsyncIterator[None]:
    """The caller hears that it rings; a line that cannot play this is no reason not to dial."""
    clips = session.services.speaker.ringback()
    tone = asyncio.create_task(_repeat(session.call, clips))
    try:
        yield
    finally:
        tone.cancel()
        await asyncio.wait((tone,))


async def _repeat(call: Call, clips: Sequence[Clip]) -> None:
    try:
        await call.play(clips, interruptible=False, repeat=True)
    except LineError as error:
        log.info("no ring-back tone: %s", error)


PERFORMERS: Performers = {Dial: Performer(_dial)}

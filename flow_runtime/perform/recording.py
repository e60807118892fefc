"""Recording what the caller says, and what both sides say."""

from __future__ import annotations

import asyncio

from flow_runtime.core.commands import Record, RecordCall, RecordEnd
from flow_runtime.core.sound import Recording
from flow_runtime.perform.session import Performer, Performers, Session


async def recording_path(session: Session) -> str:
    """A new file in the day's folder: ``recordings/2026-11-23/CALL-NODE.wav``, ``-2`` and so on.

    Raises `OSError` when the folder cannot be made.
    """
    node = session.tracer.node
    number = session.recorded[node] = session.recorded.get(node, 0) + 1
    again = f"-{number}" if number > 1 else ""
    folder = session.services.recordings / session.services.clock.now().date().isoformat()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return str(folder / f"{session.call.facts.id}-{node}{again}.wav")


async def record(session: Session, command: Record) -> RecordEnd:
    """Beep, then record; when the caller hangs up meanwhile the node still gets what was said.

    Keys typed ahead are forgotten: they skipped the words before the beep, and did their work.
    A hang-up does not cut this command: the line closes the file and answers ``by="hangup"``,
    the node does with it what it does, and its next command finds the caller gone.
    """
    await session.take()
    session.keys.clear()
    path = await recording_path(session)
    await session.call.play(session.services.speaker.beep(), interruptible=False)
    done = await session.call.record(
        path,
        most=command.most.total_seconds(),
        silence=command.silence.total_seconds(),
        end_keys=command.end_keys,
    )
    session.tracer.event(
        "record", path=done.path, seconds=done.seconds, by=done.by, spoke=done.spoke
    )
    by = "hangup" if done.by == "stopped" else done.by
    return RecordEnd(Recording(done.path, done.seconds), by, done.spoke)


async def start_both(session: Session) -> bool:
    """Record both sides from now on; False when they are being recorded already."""
    if session.both is not None:
        return False
    await session.take()
    path = await recording_path(session)
    await session.call.record_both(path)
    session.both = path
    session.tracer.event("record", path=path, by="started")
    return True


async def stop_both(session: Session) -> None:
    """Close the file, if both sides are being recorded; `start_both` will begin another."""
    path, session.both = session.both, None
    if path is not None and not session.call.ended:
        session.call.pause_record_both(False)
        await session.call.stop_record_both()
        session.tracer.event("record", path=path, by="stopped")


async def _record_call(session: Session, command: RecordCall) -> None:
    match command.action:
        case "start":
            await start_both(session)
        case "stop":
            await stop_both(session)
        case action if session.both is not None:
            session.call.pause_record_both(action == "pause")
            session.tracer.event("record", path=session.both, by=f"{action}d")


PERFORMERS: Performers = {
    Record: Performer(record, cut=False),
    RecordCall: Performer(_record_call),
}

"""Recording what the caller says."""

from __future__ import annotations

import asyncio

from flow_runtime.core.commands import Record, RecordEnd
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


async def _record(session: Session, command: Record) -> RecordEnd:
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


PERFORMERS: Performers = {Record: Performer(_record, cut=False)}

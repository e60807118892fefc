"""Sound and keys: what the caller hears and presses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flow_runtime.core.commands import ClearKeys, Keys, Play, ReadKeys
from flow_runtime.core.sound import AudioFile, Sound, Utterance, transcript
from flow_runtime.perform.session import Performer, Performers, Session


async def _play(session: Session, command: Play) -> bool:
    """Play the sound; the answer says whether a key cut it, or skipped it altogether."""
    await session.take()
    if not command.secret:
        return await _let_hear(session, command)
    with _unrecorded(session):
        return await _let_hear(session, command)


async def _let_hear(session: Session, command: Play) -> bool:
    if command.interruptible and session.keys:
        return True
    clips = await session.services.speaker.clips(command.sound, command.voice)
    if not clips:
        return False
    if command.interruptible and session.keys:  # pressed while the words were being made
        return True
    while True:
        if session.tracer.on:
            session.tracer.event("say", **said(command.sound))
        end = await session.call.play(clips, interruptible=command.interruptible)
        if not command.interruptible:
            session.keys.clear()
        if end.by != "key" or session.keys:
            return end.by == "key"
        # cut by a key that means nothing (`KeyBuffer.ignore`): the caller shall hear it all


def said(sound: Sound) -> dict[str, Any]:
    """The fields of a ``say`` event: the text, and the prompt keys it came from."""
    keys = [i.key for i in sound if isinstance(i, Utterance | AudioFile) and i.key]
    fields: dict[str, Any] = {"text": transcript(sound)}
    if keys:
        fields["prompt"] = " ".join(keys)
    return fields


async def _read(session: Session, command: ReadKeys) -> Keys:
    """Read keys, with recordings silent and the trace masked while they are secret.

    A `Play` returns when its last sample was sent, so a reading that follows one counts its
    first time-out from there.
    """
    await session.take()
    if not command.secret:
        return await _collect(session, command)
    with _unrecorded(session):
        keys = await _collect(session, command)
    session.tracer.hide(keys.keys)
    return keys


@contextmanager
def _unrecorded(session: Session) -> Iterator[None]:
    """Recordings of the call hold silence meanwhile."""
    session.call.secret(True)
    try:
        yield
    finally:
        if not session.call.ended:
            session.call.secret(False)


async def _collect(session: Session, command: ReadKeys) -> Keys:
    read = ""
    wait, between = command.first.total_seconds(), command.between.total_seconds()
    while len(read) < command.most:
        key = await session.keys.next(wait, command.secret)
        if key is None:
            return Keys(read, "timeout")
        if key == command.end_key:
            return Keys(read, "end_key")
        read += key
        wait = between
    if command.end_key:
        session.keys.ignore(command.end_key, between, command.secret)
    return Keys(read, "full")


async def _clear(session: Session, command: ClearKeys) -> None:
    session.keys.clear()


PERFORMERS: Performers = {
    Play: Performer(_play),
    ReadKeys: Performer(_read),
    ClearKeys: Performer(_clear, needs_call=False),
}

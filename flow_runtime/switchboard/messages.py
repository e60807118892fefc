"""Messages of voicemail boxes: kept, and heard by an agent when their turn comes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from contact_center.core import actions as act
from contact_center.core import events as ev
from contact_center.core.engine import Engine
from flow_runtime.core.commands import FindPrompt, NodeFailure, Play, ReadKeys
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import (
    MESSAGE_AT,
    MESSAGE_FROM,
    MESSAGE_KEYS,
    MESSAGE_LOST,
    MESSAGE_UNKNOWN,
    PromptBook,
)
from flow_runtime.core.queue_commands import EnterQueue, LeaveMessage
from flow_runtime.core.sound import Recording, Sound
from flow_runtime.core.suggest import suggest
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.switchboard.callbacks import PlanOf
from flow_runtime.switchboard.dialogue import converse
from flow_runtime.switchboard.tasks import Tasks
from telephony.line import Call

log = logging.getLogger("queues")

_AGAIN, _DONE = "1", "#"
_ASKED: Final = 2
"""How often an agent who presses nothing is asked what to do."""
_WAIT: Final = timedelta(seconds=10)
_NONE: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """A message. *recording* is relative to the folder of recordings.

    *left* is when, in seconds since the epoch; *number* is empty when the caller hid it.
    """

    box: str
    number: str
    recording: str
    seconds: float
    left: float


class Tell(Protocol):
    """Gives an event to the engine, with statements for the same transaction."""

    def __call__(self, event: ev.Event, ops: Sequence[Any] = ()) -> act.Refused | None:
        """The refusal, if it was refused."""


@dataclass(frozen=True)
class Shelf:
    """Where messages are kept beside the engine.

    *waiting* are those that are work already, by contact. *rows* says what writes one, with True
    for work; *write* writes it when no event does, and returns when all so far is durable.
    """

    waiting: Mapping[str, Message]
    rows: Callable[[str, Message, bool], Sequence[Any]]
    write: Callable[[Sequence[Any]], Awaitable[None]]


async def _nothing(rows: Sequence[Any]) -> None:
    """There is nothing to write to."""


MEMORY: Final = Shelf({}, lambda contact, message, work: (), _nothing)
"""Keeps nothing beyond the process."""


class Messages:
    """The boxes, each with the queue its messages are work for."""

    def __init__(
        self,
        boxes: Mapping[str, str],
        services: Services,
        prompts: PromptBook,
        engine: Engine,
        tell: Tell,
        plan: PlanOf,
        shelf: Shelf,
    ) -> None:
        self._boxes, self._services, self._prompts = boxes, services, prompts
        self._engine, self._tell, self._plan, self._shelf = engine, tell, plan, shelf
        self._waiting = dict(shelf.waiting)
        self._tasks = Tasks("a message")

    # --- left by callers ------------------------------------------------------------------------

    def check(self, box: str) -> None:
        """Raise `NodeFailure` ``unknown-box`` when there is no such box."""
        if box not in self._boxes:
            text = phrase('there is no {kind} "{name}"', kind=phrase("voicemail box"), name=box)
            raise NodeFailure("unknown-box", text + suggest(box, self._boxes))

    async def keep(self, session: Session, command: LeaveMessage, recording: Recording) -> None:
        """Returns when the message is durable."""
        self._forget()
        call, services = session.call.facts, self._services
        path = Path(recording.path)
        if path.is_relative_to(services.recordings):
            path = path.relative_to(services.recordings)
        now = services.clock.now().timestamp()
        message = Message(command.box, call.caller, path.as_posix(), recording.seconds, now)
        contact = f"{call.id}/message{sum(session.recorded.values())}"
        rows = self._shelf.rows(contact, message, command.want_reply)
        if command.want_reply:
            self._waiting[contact] = message
            queue = self._boxes[command.box]
            plan = self._plan(session, EnterQueue(queue))
            if refused := self._tell(ev.Voicemail(contact, queue, plan, number=call.caller), rows):
                raise NodeFailure("queue-refused", refused.text)
            rows = ()
        await self._shelf.write(rows)
        session.tracer.event("message", box=command.box, contact=contact, path=recording.path)

    def number(self, contact: str) -> str:
        """Who has left the message *contact*; empty for all other contacts."""
        message = self._waiting.get(contact)
        return message.number if message is not None else ""

    def _forget(self) -> None:
        """Leave out those that have been heard, or that a supervisor has ended."""
        contacts = self._engine.contacts
        for contact in [name for name in self._waiting if name not in contacts]:
            del self._waiting[contact]

    # --- heard by agents ------------------------------------------------------------------------

    def play(self, contact: str, leg: Call, finished: Callable[[], object]) -> None:
        """Let the agent on *leg* hear the message; *finished* is called when that is over."""
        self._tasks.begin(self._play(contact, leg), finished)

    async def _play(self, contact: str, leg: Call) -> None:
        message = self._waiting.get(contact)
        if message is None:
            log.error("nothing is known of the message %s: nobody can hear it", contact)
            return
        path = self._services.recordings / message.recording
        recording = Recording(str(path), message.seconds)
        await converse(leg, self._services, self._prompts, hear(message, recording))

    async def stop(self) -> None:
        """End what is being heard."""
        await self._tasks.stop()


async def hear(message: Message, recording: Recording) -> None:
    """What an agent hears of a message, and what keys do: 1 for once more, # for the end."""
    who = {"number": message.number}
    left = {"left": datetime.fromtimestamp(message.left, UTC)}
    words = await (_words(MESSAGE_FROM, who) if message.number else _words(MESSAGE_UNKNOWN))
    key = await _said(words + await _words(MESSAGE_AT, left)) or _AGAIN
    asked = 0
    while key == _AGAIN or (key != _DONE and asked < _ASKED):
        if key == _AGAIN:
            key, asked = await _heard(recording), 0
        else:
            key = await _said(await _words(MESSAGE_KEYS), _WAIT)
            asked += 1


async def _said(words: Sound, wait: timedelta = timedelta(0)) -> str:
    """The key that was pressed meanwhile, or *wait* after it; empty for none."""
    try:
        cut = await Play(words)
    except NodeFailure as failure:
        log.error("an agent did not hear all about a message: %s", failure)
        cut = False
    return await _key(cut, wait)


async def _heard(recording: Recording) -> str:
    """The same for the message itself."""
    try:
        cut = await Play((recording,))
    except NodeFailure as failure:
        log.error("the message %s cannot be played: %s", recording.path, failure)
        return await _said(await _words(MESSAGE_LOST))
    return await _key(cut, timedelta(0))


async def _key(cut: bool, wait: timedelta) -> str:
    """The key that has cut a sound, or is pressed within *wait*."""
    wait = _WAIT if cut else wait
    return (await ReadKeys(1, wait, wait)).keys if wait else ""


async def _words(key: str, values: Mapping[str, Any] = _NONE) -> Sound:
    """A prompt; one that the site has spoilt is no reason not to hear the message."""
    try:
        return await FindPrompt(key, values)
    except NodeFailure as failure:
        log.error("the prompt %s cannot be used: %s", key, failure)
        return ()

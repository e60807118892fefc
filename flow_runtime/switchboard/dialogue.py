"""A few words with somebody on a leg that no flow serves, such as an agent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from flow_runtime.core.commands import Command, FindPrompt, NodeFailure
from flow_runtime.core.frame import Frame
from flow_runtime.core.last_words import find_prompt
from flow_runtime.core.prompts import PromptBook
from flow_runtime.perform import sound
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.perform.session import Session
from flow_runtime.services import Services
from flow_runtime.tracing import Tracer
from telephony.line import Call, CallListener, Ender, KeySource, LineError

log = logging.getLogger("queues")


async def converse(
    leg: Call, services: Services, prompts: PromptBook, words: Coroutine[Any, Any, None]
) -> None:
    """Perform the commands of *words*: `Play`, `ReadKeys`, `ClearKeys`, `FindPrompt`.

    They are spoken in the first language of *prompts*. The leg's own listener is told what it was
    told before, but for the keys. Returns when the words are over, or the call is.
    """
    if leg.ended:
        words.close()
        return
    tracer = Tracer(leg.facts.id, services.clock, services.trace)
    keys = KeyBuffer(tracer)
    session = Session(leg, services, tracer, keys, {"answered": True}, {})
    task = asyncio.get_running_loop().create_task(_perform(session, prompts, words))
    before = leg.listener
    leg.listener = _Ears(before, keys, task)
    try:
        await asyncio.wait((task,))
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait((task,))
        raise
    finally:
        words.close()  # of a task that was cancelled before it began
        if not leg.ended:
            leg.listener = before
    if not task.cancelled():
        task.result()


def frame_of(services: Services, prompts: PromptBook) -> Frame:
    """What prompts are filled with where there is no flow: in the first language of the site."""
    language = prompts.languages[0] if prompts.languages else "en"
    now = services.clock.now()
    assert now.tzinfo is not None
    return Frame(now=now, zone=now.tzinfo, language=language, prompts=prompts)


async def _perform(session: Session, prompts: PromptBook, words: Coroutine[Any, Any, None]) -> None:
    """Send the words their answers, until they have no more to ask."""
    frame = frame_of(session.services, prompts)
    answer: Any = None
    failure: NodeFailure | None = None
    try:
        while True:
            command = words.throw(failure) if failure is not None else words.send(answer)
            answer, failure = None, None
            try:
                answer = await _answer(session, frame, command)
            except NodeFailure as error:
                failure = error
    except StopIteration:
        return
    except LineError as error:
        log.info("%s: nothing more was said: %s", session.call.facts.id, error)
    finally:
        words.close()


async def _answer(session: Session, frame: Frame, command: Command[Any]) -> Any:
    if isinstance(command, FindPrompt):
        values: Mapping[str, Any] = command.values
        return find_prompt(frame, command.key, values, command.language)
    return await sound.PERFORMERS[type(command)].act(session, command)


class _Ears:
    """Takes the keys of a leg, and its end; all else is for who listened before."""

    def __init__(
        self, before: CallListener | None, keys: KeyBuffer, task: asyncio.Task[None]
    ) -> None:
        self._before, self._keys, self._task = before, keys, task

    def key(self, key: str, source: KeySource) -> None:
        """A key was pressed."""
        self._keys.push(key, source)

    def hung_up(self, by: Ender, cause: str) -> None:
        self._task.cancel()
        if self._before is not None:
            self._before.hung_up(by, cause)

    def media_lost(self, reason: str) -> None:
        if self._before is not None:
            self._before.media_lost(reason)

"""The queues of a tested call: agents answer, or do not, as the test says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from flow_runtime.call_tests.model import QueueScript
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import (
    AgentAnswers,
    BookCallback,
    Booking,
    EnterAgent,
    EnterQueue,
    LeaveMessage,
    QueueEvent,
    QueueLeft,
)
from flow_runtime.core.sound import Recording, Sound
from flow_runtime.perform.session import Session
from flow_runtime.switchboard.visit import Visit

Unanswered = Callable[[str, str, str], NoReturn]
"""Told what the node in which the call is does, under which key of the test that would be said,
and an example of what."""


class StagedSwitchboard:
    """See `flow_runtime.services.Switchboard`. An agent who answers hangs up at once.

    Without *agent* in a script nobody is named as the one who answered.
    """

    def __init__(
        self, scripts: Mapping[str, Sequence[QueueScript]], unanswered: Unanswered
    ) -> None:
        self._scripts, self._unanswered = scripts, unanswered
        self._stays: Counter[str] = Counter()
        self._visit: Visit | None = None
        self.queues = _Asked(
            lambda name: unanswered(
                phrase("asks how things stand in queue {name}", name=name), "answers", "[next]"
            )
        )
        self.agents = _Asked(
            lambda name: unanswered(
                phrase("asks for the state of agent {name}", name=name), "answers", "[next]"
            )
        )

    async def enter(self, session: Session, command: EnterQueue | EnterAgent) -> QueueEvent:
        """What the script of the queue says."""
        if isinstance(command, EnterAgent):
            does = phrase("rings agent {agent}", agent=command.agent)
            self._unanswered(does, "answers", "[unavailable]")
        scripts = self._scripts.get(command.queue)
        if not scripts:
            does = phrase("waits in queue {queue}", queue=command.queue)
            self._unanswered(does, "queues", command.queue)
        script = scripts[min(self._stays[command.queue], len(scripts) - 1)]
        self._stays[command.queue] += 1
        if script.refuses in ("full", "closed"):
            return QueueLeft(script.refuses)
        return await self._wait(session, command, script)

    async def _wait(self, session: Session, command: EnterQueue, script: QueueScript) -> QueueEvent:
        speaker, caller = session.services.speaker, session.call.facts.caller
        music = await speaker.clips(command.music)
        greeting = await speaker.clips(command.greeting)
        visit = self._visit = Visit(session, caller, music, greeting, lambda key: pressed(key))

        def pressed(key: str) -> bool:
            port = "callback" if key == command.callback_key else command.keys.get(key)
            if port is not None:
                visit.leave(port)
            return port is not None

        def over() -> None:
            if script.refuses:
                visit.leave("timeout")
            else:
                visit.answered(script.agent or "")

        visit.wait(command.queue)
        wait = command.longest if script.refuses else script.answered_after
        loop = asyncio.get_running_loop()
        timer = loop.call_later((wait or timedelta(0)).total_seconds(), over)
        try:
            event = await visit.next()
        finally:
            timer.cancel()
        if isinstance(event, AgentAnswers) and not command.announce_agent:
            return QueueLeft("after_agent", event.agent)
        return event

    async def stay(self, session: Session, sound: Sound) -> QueueEvent:
        """The agent's number is told; then the agent hangs up."""
        assert self._visit is not None
        clips = await session.services.speaker.clips(sound)
        await session.call.play(clips, interruptible=False)
        return QueueLeft("after_agent", self._visit.agent)

    async def book(self, session: Session, command: BookCallback) -> Booking:
        """Whoever gives a number is called back, one day after the test."""
        if command.number:
            return Booking(True)
        return Booking(False, phrase("there is no number to call back"))

    def check_box(self, box: str) -> None:
        """The checker has looked at its name."""

    async def keep(self, session: Session, command: LeaveMessage, recording: Recording) -> None:
        """Nobody will hear it."""

    def hung_up(self, call: str) -> None:
        """Nobody waits any more."""
        if self._visit is not None:
            self._visit.close()


class _Asked:
    """A table of which the test says nothing."""

    def __init__(self, asked: Callable[[str], NoReturn]) -> None:
        self._asked = asked

    def get(self, name: str, /) -> Mapping[str, Any] | None:
        """Never comes back."""
        self._asked(name)

"""A call in a queue or with an agent: what the caller hears, which keys count, and to whom."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.queue_commands import AgentAnswers, PlaceNow, QueueEvent, QueueLeft
from flow_runtime.core.sound import Sound
from flow_runtime.perform.session import Session
from flow_runtime.services import Speaker
from telephony.line import Call, CallEnded, Clip, LineError

log = logging.getLogger("queues")

Work: TypeAlias = Callable[[], Awaitable[None]]
_MINUTE = 60.0
_STILL_THERE = 5.0
"""Seconds between the tones that tell somebody who is parked that the call stands."""


def hold_tone(speaker: Speaker) -> Sequence[Clip]:
    """A tone now and then, where there is no music."""
    return (*speaker.beep(), Clip(None, _STILL_THERE))


class Visit:
    """One caller's stay, from the node's first command to its last.

    What is to be done about the sound is done by the call's own task, in `next`, one thing after
    the other: so a hang-up ends it like anything else that the flow waits for. Only a sound that
    others may cut has a task of its own. *number* is the customer's, *pressed* says whether a key
    means anything. Without *music* the caller hears it ring, and a tone now and then when parked.
    """

    def __init__(
        self,
        session: Session,
        number: str,
        music: Sequence[Clip],
        greeting: Sequence[Clip],
        pressed: Callable[[str], bool],
    ) -> None:
        self.session, self.number = session, number
        self.agent = ""
        """Who talks, or talked last."""
        speaker = session.services.speaker
        self._music = music or speaker.ringback()
        self.hold_music = music or hold_tone(speaker)
        """What the caller hears who is parked, or whose agent has pressed the hold key."""
        self._greeting, self._pressed = greeting, pressed
        self._todo: asyncio.Queue[Work | QueueEvent] = asyncio.Queue()
        self._sound: asyncio.Task[None] | None = None
        self._join: Work | None = None
        """Connects the caller with whoever is to be talked to."""
        self._tell_agent = self._talking = self._left = False

    async def next(self) -> QueueEvent:
        """Do what is to be done until something happens that the flow has to see."""
        while True:
            item = await self._todo.get()
            if isinstance(item, PlaceNow | AgentAnswers | QueueLeft):
                return item
            await item()

    async def say(self, sound: Sound) -> None:
        """Let the caller hear *sound*: an announcement, or who answers, before they talk."""
        clips: Sequence[Clip] = ()
        try:
            clips = await self.session.services.speaker.clips(sound)
        except NodeFailure as failure:  # no reason to lose the place, or the agent
            log.warning("an announcement cannot be made: %s", failure)
        if self._join is not None:
            self._begin(clips, over=False, then=self._connect)
        elif clips:
            self._begin(clips, over=True)

    # --- what the engine wants ------------------------------------------------------------------

    def wait(self, queue: str) -> None:
        """Music, and at first the greeting, which it waits for; keys count from now on."""
        self.session.tracer.event("queued", queue=queue)
        self._join, self._tell_agent = None, False
        self._todo.put_nowait(self._entertain)

    def hold(self) -> None:
        """Music until somebody is talked to again; keys mean nothing."""
        self.session.tracer.event("held", agent=self.agent)
        self._join, self._tell_agent = None, False
        self._todo.put_nowait(self._play_hold_music)

    def hush(self) -> None:
        """No sound any more."""
        self._todo.put_nowait(self._be_silent)

    def announce(self, position: int | None, wait: float | None) -> None:
        """Have the place and the wait told, unless something else is just being said."""
        if (position is None and wait is None) or self._sounding:
            return
        minutes = None if wait is None else timedelta(minutes=max(1, math.ceil(wait / _MINUTE)))
        self._todo.put_nowait(PlaceNow(position, minutes))

    def announce_agent(self) -> None:
        """Have the agent's number told before the next `connect`."""
        self._tell_agent = True

    def connect(self, to: str, leg: Call, join: Work, *, agent: bool = True) -> None:
        """Let the caller talk with *to*, on *leg*; *join* does it, when its turn comes."""

        async def connect() -> None:
            await join()
            if not leg.ended:  # whose end takes the caller back into the flow
                self._talking = True
                self.session.tracer.event("bridged", to=to, leg=leg.facts.id)

        self._join = connect
        self.session.keys.hand_over(None)
        if agent:
            self.agent = to
        tell, self._tell_agent = self._tell_agent, False
        self._todo.put_nowait(AgentAnswers(to) if tell else self._connect)

    def answered(self, agent: str) -> None:
        """*agent* has answered; what then is heard is for whoever calls `next` to say."""
        self.agent, self._left = agent, True
        self.session.keys.hand_over(None)
        self._todo.put_nowait(self._be_silent)
        self._todo.put_nowait(AgentAnswers(agent))

    def leave(self, port: str, part: Work | None = None) -> None:
        """Let the flow go on; *part* takes the caller out of a conversation."""

        async def depart() -> None:
            await self._be_silent()
            if part is not None:
                await part()
            if self._talking:
                self._talking = False
                self.session.keys.clear()  # they were meant for the agent

        self._join, self._left = None, True
        self.session.keys.hand_over(None)
        self._todo.put_nowait(depart)
        self._todo.put_nowait(QueueLeft(port, self.agent))

    def close(self) -> None:
        """The call is over, or has left by a failure."""
        self._join, self._left = None, True
        self.session.keys.hand_over(None)
        if self._sound is not None:
            self._sound.cancel()

    # --- done by the call's own task ------------------------------------------------------------

    async def _entertain(self) -> None:
        if self._join is None and not self._left:
            self.session.keys.hand_over(self._pressed)
        await self.session.call.music(self._music)
        greeting, self._greeting = self._greeting, ()
        if greeting:
            self._begin(greeting, over=False)

    async def _be_silent(self) -> None:
        sound, self._sound = self._sound, None
        if sound is not None:
            sound.cancel()
            await asyncio.wait((sound,))
        await self.session.call.music(())

    async def _play_hold_music(self) -> None:
        await self.session.call.music(self.hold_music)

    async def _connect(self) -> None:
        if self._join is not None:  # else it has left again
            await self._join()

    # --- a sound --------------------------------------------------------------------------------

    @property
    def _sounding(self) -> bool:
        return self._sound is not None and not self._sound.done()

    def _begin(self, clips: Sequence[Clip], *, over: bool, then: Work | None = None) -> None:
        if self._sound is not None:
            self._sound.cancel()
        self._sound = asyncio.get_running_loop().create_task(self._play(clips, over, then))

    async def _play(self, clips: Sequence[Clip], over: bool, then: Work | None) -> None:
        try:
            if clips:
                await self.session.call.play(clips, interruptible=False, over=over)
        except CallEnded:
            return
        except LineError as error:
            log.warning("a caller in a queue heard nothing: %s", error)
        if then is not None:
            self._todo.put_nowait(then)

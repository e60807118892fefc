"""The hold keys of agents' own telephones: whoever is kept waiting hears music meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from weakref import WeakSet

from telephony.line import Call, Clip, LineError

log = logging.getLogger("queues")


class HoldKeys:
    """Which agents' legs are on hold, and who hears music because of that.

    It covers what the held telephone sends, for some play music of their own. In a conference
    the others talk on. A customer's hold key is no matter of ours: the agent hears what comes.
    *music* is what is heard in a contact.
    """

    def __init__(self, music: Callable[[str], Sequence[Clip]]) -> None:
        self._music = music
        self._held: WeakSet[Call] = WeakSet()  # a leg may end on hold while it is in no call
        self._playing: dict[Call, asyncio.Task[None]] = {}

    def pressed(self, leg: Call, on: bool) -> None:
        """The telephone of *leg* holds, or takes the call back; then `settle` all of its call."""
        (self._held.add if on else self._held.discard)(leg)

    def settle(self, leg: Call, contact: str, others: Sequence[Call]) -> None:
        """Let *leg* hear what it should, being in *contact* with *others*."""
        if leg.ended:
            self._held.discard(leg)
        waits = not leg.ended and len(others) == 1 and others[0] in self._held
        if waits and leg not in self._playing:
            work = _play(leg, self._music(contact))
            self._playing[leg] = asyncio.get_running_loop().create_task(work)
        elif not waits and leg in self._playing:
            self._playing.pop(leg).cancel()

    async def stop(self) -> None:
        """No music any more."""
        playing = list(self._playing.values())
        self._playing.clear()
        for task in playing:
            task.cancel()
        if playing:
            await asyncio.wait(playing)


async def _play(leg: Call, music: Sequence[Clip]) -> None:
    try:
        await leg.play(music, interruptible=False, repeat=True)
    except LineError as error:
        log.info("no music on hold: %s", error, extra={"call": leg.facts.id})

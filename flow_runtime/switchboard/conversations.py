"""Who is connected with whom: of each contact the legs that hear each other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from weakref import WeakKeyDictionary

from flow_runtime.switchboard.hold_keys import HoldKeys
from flow_runtime.switchboard.tasks import Tasks
from telephony.line import Call, CallEnded, Clip, Conference, Line, LineError

log = logging.getLogger("queues")

_CONFERENCE: Final = 3
"""From so many on legs need a conference, fewer are bridged."""


class _Conversation:
    """The legs of one contact, in the order in which they came."""

    def __init__(self) -> None:
        self.legs: dict[Call, None] = {}
        self.ringing = False
        self.room: Conference | None = None
        self.bridged: frozenset[Call] = frozenset()


class Conversations:
    """All conversations, by contact. A leg is in one at a time, and leaves it by its end.

    What is asked for holds at once, and is brought about by tasks: each looks at what is wanted
    when its turn comes, so none of them can bring about what is no longer wanted. *tone* is what
    somebody hears who waits alone for a telephone that rings, *hold_music* who is put on hold in
    a contact.
    """

    def __init__(
        self, line: Line, tone: Sequence[Clip], hold_music: Callable[[str], Sequence[Clip]]
    ) -> None:
        self._line, self._tone, self._hold_keys = line, tone, HoldKeys(hold_music)
        self._by_contact: dict[str, _Conversation] = {}
        self._of: dict[Call, str] = {}
        self._hear_tone: set[Call] = set()
        self._turns: WeakKeyDictionary[Call, asyncio.Lock] = WeakKeyDictionary()
        self._tasks = Tasks("connecting calls")

    def legs(self, contact: str) -> tuple[Call, ...]:
        """Who talks in *contact* now."""
        conversation = self._by_contact.get(contact)
        return tuple(conversation.legs) if conversation is not None else ()

    # --- what is wanted -------------------------------------------------------------------------

    def join(self, contact: str, leg: Call) -> None:
        """Let *leg* hear, and be heard by, all others in *contact*; it leaves where it was."""
        self._tasks.begin(self.joined(contact, leg))

    def part(self, leg: Call, contact: str | None = None) -> None:
        """Let *leg* hear nobody any more; only if it is in *contact*, where that is given."""
        here = self._of.get(leg)
        if here is not None and contact in (None, here):
            self._tasks.begin(self.parted(leg))

    def rings(self, contact: str, on: bool) -> None:
        """Whether a telephone rings for *contact*: who is alone in it hears that."""
        conversation = self._by_contact.get(contact)
        if conversation is not None and conversation.ringing != on:
            conversation.ringing = on
            self._tasks.begin(self._settle(tuple(conversation.legs)))

    def held(self, leg: Call, on: bool) -> None:
        """The hold key of an agent's telephone was pressed, or the call is taken back."""
        self._hold_keys.pressed(leg, on)
        self._tasks.begin(self._settle(self.legs(self._of.get(leg, ""))))

    # --- the same, for those who wait until it is so --------------------------------------------

    def joined(self, contact: str, leg: Call) -> Coroutine[Any, Any, None]:
        """As `join`."""
        if self._of.get(leg) == contact:
            return self._settle((leg,))
        before = self._leave(leg)
        conversation = self._by_contact.setdefault(contact, _Conversation())
        conversation.legs[leg] = None
        self._of[leg] = contact
        return self._settle((*before, *conversation.legs))

    def parted(self, leg: Call) -> Coroutine[Any, Any, None]:
        """As `part`."""
        return self._settle((leg, *self._leave(leg)))

    def _leave(self, leg: Call) -> tuple[Call, ...]:
        """Take *leg* out; gives those that are left."""
        contact = self._of.pop(leg, None)
        if contact is None:
            return ()
        conversation = self._by_contact[contact]
        del conversation.legs[leg]
        conversation.bridged = frozenset()
        if not conversation.legs:
            del self._by_contact[contact]
        return tuple(conversation.legs)

    # --- bringing it about ----------------------------------------------------------------------

    async def _settle(self, legs: Sequence[Call]) -> None:
        """Bring about what is wanted for *legs*."""
        async with self._turn_of(legs) as legs:
            for leg in legs:
                await self._place(leg)
            for leg in legs:
                await self._play_tone(leg)
                contact = self._of.get(leg, "")
                others = [other for other in self.legs(contact) if other is not leg]
                self._hold_keys.settle(leg, contact, others)

    @asynccontextmanager
    async def _turn_of(self, legs: Sequence[Call]) -> AsyncIterator[Sequence[Call]]:
        """Wait until nobody else sees to one of *legs*, or of those with whom they talk by then."""
        wanted = self._with_others(legs)
        while True:
            async with AsyncExitStack() as turns:
                for leg in sorted(wanted, key=id):  # in one order: no two wait for each other
                    await turns.enter_async_context(self._turns.setdefault(leg, asyncio.Lock()))
                before, wanted = wanted, self._with_others(legs)
                if before.keys() >= wanted.keys():
                    yield tuple(wanted)
                    return

    def _with_others(self, legs: Sequence[Call]) -> dict[Call, None]:
        return dict.fromkeys(
            other for leg in legs for other in (leg, *self.legs(self._of.get(leg, "")))
        )

    async def _place(self, leg: Call) -> None:
        conversation = self._by_contact.get(self._of.get(leg, ""))
        if leg.ended:
            return
        try:
            if conversation is None or len(conversation.legs) == 1:
                await leg.unbridge()
            else:
                await self._connect(conversation)
        except CallEnded:
            pass  # whoever ended is taken out by its listener
        except LineError as error:
            log.error("a call cannot be connected: %s", error, extra={"call": leg.facts.id})

    async def _connect(self, conversation: _Conversation) -> None:
        legs = [leg for leg in conversation.legs if not leg.ended]
        if len(legs) >= _CONFERENCE:
            room = conversation.room = conversation.room or self._line.conference()
            conversation.bridged = frozenset()
            for leg in legs:
                await room.join(leg)
        elif len(legs) > 1 and conversation.bridged != frozenset(legs):
            conversation.room = None
            await legs[0].bridge(legs[1])
            conversation.bridged = frozenset(legs)

    async def _play_tone(self, leg: Call) -> None:
        conversation = self._by_contact.get(self._of.get(leg, ""))
        alone = conversation is not None and conversation.ringing and len(conversation.legs) == 1
        if leg.ended:
            self._hear_tone.discard(leg)
        elif alone != (leg in self._hear_tone):
            (self._hear_tone.add if alone else self._hear_tone.discard)(leg)
            try:
                await leg.music(self._tone if alone else ())
            except LineError as error:
                log.info("no ring-back tone: %s", error, extra={"call": leg.facts.id})

    async def stop(self) -> None:
        """Leave off."""
        await self._hold_keys.stop()
        await self._tasks.stop()

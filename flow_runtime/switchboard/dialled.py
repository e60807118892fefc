"""Numbers that the engine has dialled: rung, told what comes of it, and served while they talk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from contact_center.core import actions as act
from contact_center.core.events import CustomerAnswered, CustomerFailed, Event
from telephony.line import Call, DialFailed, Line, LineError

log = logging.getLogger("queues")

RING: Final = 30.0
"""Seconds that a number's telephone rings."""
_UNAVAILABLE: Final = 480

Tell = Callable[[Event], act.Refused | None]


@dataclass(slots=True)
class Party:
    """A number that is rung for a contact, or talks in its conversation."""

    contact: str
    number: str
    leg: Call | None = None


class Server(Protocol):
    """Sees to a party that has answered."""

    async def serve(self, party: Party, leg: Call) -> None:
        """Tell that it has answered, and see to it until it is to be hung up."""

    def over(self, party: Party, leg: Call) -> None:
        """The party is gone, or will be in this moment."""


class Dialled:
    """Rings numbers, each by a task of its own. *server_of* a contact sees to whoever answers."""

    def __init__(self, line: Line, tell: Tell, server_of: Callable[[str], Server]) -> None:
        self._line, self._tell, self._server_of = line, tell, server_of
        self._parties: dict[asyncio.Task[None], Party] = {}

    def dial(self, contact: str, number: str, caller_id: str | None, near: Call | None) -> None:
        """Ring *number*, which sees *caller_id*; *near* may hear it before it answers."""
        party = Party(contact, number)
        work = self._ring(party, caller_id, near)
        task = asyncio.get_running_loop().create_task(work)
        self._parties[task] = party
        task.add_done_callback(self._done)

    def find(self, contact: str, number: str) -> Party | None:
        """The party that has answered, if it has."""
        for party in self._parties.values():
            if (party.contact, party.number) == (contact, number) and party.leg is not None:
                return party
        return None

    def cancel(self, contact: str, number: str) -> None:
        """Give the call up, or end it; nothing when there is none."""
        for task, party in self._parties.items():
            if (party.contact, party.number) == (contact, number):
                task.cancel()

    async def stop(self) -> None:
        """End all calls."""
        for task in self._parties:
            task.cancel()
        if self._parties:
            await asyncio.wait(list(self._parties))

    async def _ring(self, party: Party, caller_id: str | None, near: Call | None) -> None:
        try:
            leg = await self._line.dial(party.number, caller_id=caller_id, timeout=RING, near=near)
        except (DialFailed, LineError) as error:
            log.info("%s for %s: %s", party.number, party.contact, error)
            code = error.code if isinstance(error, DialFailed) else 0
            self._tell(CustomerFailed(party.contact, code or _UNAVAILABLE))
            return
        party.leg = leg
        server = self._server_of(party.contact)
        try:
            await server.serve(party, leg)
        finally:
            server.over(party, leg)
            await leg.hangup()

    def _done(self, task: asyncio.Task[None]) -> None:
        party = self._parties.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the call to %s: an error of ours", party.number, exc_info=error)


def has_answered(party: Party, leg: Call, tell: Tell) -> bool:
    """Tell that it has; False: it is gone in that very moment, or nobody waits for it any more."""
    if leg.ended:
        tell(CustomerFailed(party.contact, _UNAVAILABLE))
        return False
    return tell(CustomerAnswered(party.contact)) is None

"""Outside parties: numbers that take part in a conversation beside agents and customer."""

from __future__ import annotations

import asyncio
import logging

from contact_center.core.events import OtherLeft
from flow_runtime.switchboard.conversations import Conversations
from flow_runtime.switchboard.dialled import Party, Tell, has_answered
from telephony.line import Call, Ender, KeySource

log = logging.getLogger("queues")


class Parties:
    """Numbers asked for a consultation, or to whom a customer is handed over."""

    def __init__(self, tell: Tell, conversations: Conversations) -> None:
        self._tell, self._conversations = tell, conversations

    async def serve(self, party: Party, leg: Call) -> None:
        """See `flow_runtime.switchboard.dialled.Server`."""
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        leg.listener = _PartyLeg(party, gone)
        if not has_answered(party, leg, self._tell):
            return
        await gone
        # the party's contact may be another by now: a consultation has joined a call
        self._tell(OtherLeft(party.contact, party.number))

    def over(self, party: Party, leg: Call) -> None:
        """See `flow_runtime.switchboard.dialled.Server`."""
        self._conversations.part(leg)


class _PartyLeg:
    """Listens to an outside party's leg."""

    def __init__(self, party: Party, gone: asyncio.Future[None]) -> None:
        self._party, self._gone = party, gone

    def key(self, key: str, source: KeySource) -> None:
        """Keys are for the others, who hear them."""

    def hung_up(self, by: Ender, cause: str) -> None:
        if not self._gone.done():
            self._gone.set_result(None)

    def media_lost(self, reason: str) -> None:
        log.warning("no sound from %s: %s", self._party.number, reason)

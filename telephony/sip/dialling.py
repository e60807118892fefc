"""Dialling out: one number, perhaps several telephones at once; the first that answers has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

from telephony.core.agent import Agent
from telephony.core.offer_answer import Negotiation
from telephony.core.ring_headers import ELSEWHERE
from telephony.core.session_types import (
    Cleared,
    Early,
    Ended,
    Pressed,
    Rang,
    Session,
    Settled,
    Taken,
    Told,
)
from telephony.core.transaction_types import Hop
from telephony.line import DialFailed
from telephony.media.plane import Leg
from telephony.sip.places import Target

_OUTCOMES: dict[int, Literal["busy", "no_answer", "failed"]] = {
    486: "busy",
    600: "busy",
    603: "busy",
    408: "no_answer",
    480: "no_answer",
    487: "no_answer",
}
RINGING = 180


class Dialling:
    """Rings all targets with offers for one leg; `winner` is the session that was answered.

    *early* is called with a session whose far end sends sound before it answers. What is told of
    the winner until its call is there is kept in `missed`: it may hang up in that very moment.
    """

    def __init__(self, command: Callable[..., None]) -> None:
        self._command = command
        self.early: Callable[[Session], None] | None = None
        self.missed: list[Told] = []
        self.rang, self.cleared = asyncio.Event(), asyncio.Event()
        """Set when one of the telephones rings; when none rings any more."""
        self._open: list[Session] = []
        self._lasting: set[Session] = set()
        """Those of whose far ends more is expected, other than the winner."""
        self._failure: Ended | None = None
        self.winner: asyncio.Future[Session] = asyncio.get_running_loop().create_future()

    def invite(
        self,
        agent: Agent,
        targets: Sequence[Target],
        leg: Leg,
        media_host: Callable[[Hop], str],
        session_id: int,
    ) -> list[Session]:
        """The sessions to place."""
        for target in targets:
            negotiation = Negotiation(media_host(target.hop), leg.port, session_id)
            session = agent.outgoing(
                target.uri,
                target.hop,
                target.caller,
                negotiation,
                credentials=target.credentials,
                headers=target.headers,
            )
            session.dialog.pinned = target.pinned
            session.peer = self
            self._open.append(session)
            self._lasting.add(session)
        return list(self._open)

    def told(self, told: Told) -> None:
        """Take what the agent tells about one of the sessions."""
        match told:
            case Taken(session):
                self._open.remove(session)
                if self.winner.done():
                    self._command(session, "hangup")
                    return
                self.winner.set_result(session)
                self._lasting.discard(session)
                self.clear()
                self.give_up(ELSEWHERE)
            case Rang(session, status) if status == RINGING and session in self._open:
                self.rang.set()
            case Early(session) if session in self._open and self.early is not None:
                self.early(session)
            case Ended(session) if session in self._open:
                self._open.remove(session)
                self._failure = _better(self._failure, told)
                if told.status >= 600:  # "everywhere": the others need not ring (16.7, step 5)
                    self.give_up()
                if not self._open and not self.winner.done():
                    self.winner.set_exception(_failed(self._failure))
            case Cleared(session):
                self._lasting.discard(session)
                self.clear()
            case Ended(session) | Settled(session) | Pressed(session, _):
                if session is self.answered():
                    self.missed.append(told)

    def clear(self) -> None:
        """Note whether anything more is expected of any far end."""
        if not self._lasting:
            self.cleared.set()

    def answered(self) -> Session | None:
        """The session that was answered, if any."""
        winner = self.winner
        if not winner.done() or winner.cancelled() or winner.exception():
            return None
        return winner.result()

    def take_back(self) -> None:
        """Hang up the session that was answered just when nobody waited any more, if any."""
        session = self.answered()
        if session is not None:
            self._lasting.add(session)
            self.cleared.clear()
            self._command(session, "hangup")

    def give_up(self, reason: str = "") -> None:
        """Hang up whatever still rings, for a *reason* (RFC 3326)."""
        for session in list(self._open):
            session.reason = reason
            self._command(session, "hangup")


def _better(one: Ended | None, other: Ended) -> Ended:
    """The failure that says more: busy before not answered before anything else."""
    if one is None:
        return other
    order = ["busy", "no_answer", "failed"]
    return min(one, other, key=lambda ended: order.index(_OUTCOMES.get(ended.status, "failed")))


def _failed(ended: Ended) -> DialFailed:
    return DialFailed(_OUTCOMES.get(ended.status, "failed"), ended.cause, ended.status)

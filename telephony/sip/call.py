"""A call by SIP: signalling by its session, sound by its leg, events to its listener."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from telephony.core.hearing import TapMode
from telephony.core.offer_answer import Agreed
from telephony.core.session_types import (
    Ended,
    Modified,
    Pressed,
    Refusal,
    Session,
    Settled,
    Told,
)
from telephony.line import (
    CallEnded,
    CallFacts,
    Clip,
    KeySource,
    LineError,
    MediaFailed,
    PlayEnd,
    RecordDone,
)
from telephony.media.plane import Leg, Remote
from telephony.rooms import Beep, Member
from telephony.sip.sockets import is_address

log = logging.getLogger("telephony.sip")

KEY_SECONDS = 0.2
"""A key that we press and the pause after it."""
MEDIA_DIED = 'Q.850;cause=41;text="Temporary failure"'
"""The Reason of the BYE when a media process took its calls along (RFC 3326)."""


def remote_of(agreed: Agreed, peer: str) -> Remote:
    """Where sound goes by what was *agreed* with *peer*, the address that SIP comes from."""
    return Remote(
        agreed.host if is_address(agreed.host) else peer,
        agreed.port,
        agreed.codec,
        agreed.payload_type,
        agreed.event_type,
        peer,
        agreed.ptime,
        agreed.send,
        agreed.receive,
        agreed.rtcp_port,
    )


class Owner(Protocol):
    """The line a call belongs to."""

    dead_after: float
    """Seconds without sound or reports after which the far end is given up."""

    def command(self, session: Session, name: str, argument: Any = None) -> None:
        """Give a command to a session now."""

    def stands(self, call: SipCall) -> None:
        """The call is answered, or its far end has changed it."""

    def over(self, call: SipCall) -> None:
        """The call has ended."""


class SipCall(Member):
    """See `telephony.line.Call`."""

    def __init__(self, facts: CallFacts, session: Session, leg: Leg, owner: Owner) -> None:
        self.facts, self.session, self.leg = facts, session, leg
        self._owner = owner
        self.cause = ""
        self._waiting: set[asyncio.Future[str]] = set()
        self._settled = False
        self._agreed: Agreed | None = None
        self._connected: Agreed | None = None
        self._held = False
        session.peer = leg.listener = self

    @property
    def quality(self) -> Mapping[str, float]:
        """See `Leg.quality`."""
        return self.leg.quality()

    # --- setting up and ending --------------------------------------------------------------------

    async def ring(self) -> None:
        """Send 180."""
        self.must_stand()
        self._owner.command(self.session, "ring", 180)

    async def answer(self) -> None:
        """Send the 200; waits for the ACK only when it brings the answer to our offer."""
        self.must_stand()
        if self.answered:
            return
        self._owner.command(self.session, "answer")
        self.answered = True
        self._owner.stands(self)
        self.leg.answered()
        if not self._settled:
            await self._news()

    def taken(self) -> None:
        """Note that this dialled call was answered: its sound begins."""
        self.answered = True
        self._connect()
        self._owner.stands(self)
        self.leg.answered()

    async def reject(self, code: int, reason: str = "") -> None:
        """Send a final response of 300 to 699."""
        self.must_stand()
        if self.answered:
            raise LineError("the call is answered: it can be hung up, not rejected")
        if not 300 <= code <= 699:
            raise LineError(f"{code} is no refusal: use a SIP status from 300 to 699, such as 486")
        self._owner.command(self.session, "reject", Refusal(code, reason))

    async def hangup(self, reason: str = "normal") -> None:
        """CANCEL, BYE or refuse, as the call's state demands."""
        if not self.ended:
            self._owner.command(self.session, "hangup")

    def fail(self, reason: str) -> None:
        """End the call because its sound is lost for good."""
        if not self.ended:
            self.session.reason = MEDIA_DIED
            self._owner.command(self.session, "lost", reason)

    def must_stand(self) -> None:
        """Raise `CallEnded` when the call has ended."""
        if self.ended:
            raise CallEnded(self.cause or "normal")

    async def _news(self) -> str:
        """Wait for the next outcome the session tells; `CallEnded` when that is the end."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            return await future
        finally:
            self._waiting.discard(future)

    # --- what the session tells -------------------------------------------------------------------

    def told(self, told: Told) -> None:
        """Take what the agent tells about this call's session."""
        match told:
            case Settled():
                self._connect()
                if self.answered:
                    self._owner.stands(self)
            case Modified(_, why):
                self._wake(why)
            case Pressed(_, key):
                if not self.leg.key(key) and self.listener is not None:
                    self.listener.key(key, "info")
            case Ended():
                self._end(told)

    def _connect(self) -> None:
        agreed = self.session.negotiation.agreed
        first, self._settled = not self._settled, True
        if agreed is not None and agreed != self._connected:
            self._connected = agreed
            self.codec = agreed.codec
            self.leg.connect(remote_of(agreed, self.session.dialog.hop.host))
            self._note_hold(not agreed.send)
        if first:
            self._wake("")

    def _note_hold(self, held: bool) -> None:
        """The far end does not want to hear us: its own hold key was pressed (RFC 3264 8.4)."""
        if held == self.held:
            return
        self.held = held
        if self.on_held is not None and not self.ended:
            self.on_held(held)

    def _wake(self, outcome: str) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(outcome)

    def _end(self, ended: Ended) -> None:
        self.ended, self.cause = True, ended.cause
        self.leg.close()
        self._depart()
        for future in self._waiting:
            if not future.done():
                future.set_exception(CallEnded(ended.cause))
        self._owner.over(self)
        if self.listener is not None:
            self.listener.hung_up(ended.by, ended.cause)

    # --- what media tells (`telephony.media.plane.LegListener`) -----------------------------------

    def key(self, key: str, source: KeySource) -> None:
        """A key by RFC 4733 or a tone."""
        if self.listener is not None and not self.ended:
            self.listener.key(key, source)

    def silent(self, seconds: float) -> None:
        """The far end is missed, and in the end given up: without power it says no BYE."""
        reason = f"nothing has come from the far end for {seconds:.0f} s"
        if seconds >= self._owner.dead_after:
            log.warning("the call is given up: %s", reason, extra={"call": self.facts.id})
            self.fail(reason)
        elif self.listener is not None:
            self.listener.media_lost(reason)

    def lost(self, reason: str) -> None:
        """The media process died."""
        log.error("the call's sound is lost: %s", reason, extra={"call": self.facts.id})
        self.fail(reason)

    # --- sound ------------------------------------------------------------------------------------

    async def play(
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool = True,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        """See `Leg.play`."""
        self.must_stand()
        try:
            end = await self.leg.play(clips, interruptible=interruptible, repeat=repeat, over=over)
        except MediaFailed:
            self.must_stand()
            raise
        self.must_stand()
        return end

    async def stop(self) -> None:
        """Stop the sound."""
        self.must_stand()
        self.leg.stop()

    async def music(self, clips: Sequence[Clip]) -> None:
        """See `Leg.music`."""
        self.must_stand()
        self.leg.music(clips)

    async def record(
        self, path: str, *, most: float, silence: float, end_keys: str = "#"
    ) -> RecordDone:
        """See `Leg.record`."""
        self.must_stand()
        done = await self.leg.record(path, most=most, silence=silence, end_keys=end_keys)
        return replace(done, by="hangup") if self.ended and done.by == "stopped" else done

    async def record_both(self, path: str) -> None:
        """See `Leg.record_both`."""
        self.must_stand()
        self.leg.record_both(path)

    async def stop_record_both(self) -> None:
        """See `Leg.stop_record_both`; the file is whole a moment later."""
        self.must_stand()
        self.leg.stop_record_both()

    def pause_record_both(self, on: bool) -> None:
        """See `Leg.pause_record_both`."""
        self.must_stand()
        self.leg.pause_record_both(on)

    def secret(self, on: bool) -> None:
        """See `Leg.secret`."""
        self.must_stand()
        self.leg.secret(on)

    async def send_keys(self, keys: str) -> None:
        """See `Leg.send_keys`; returns when the last key was let go."""
        self.must_stand()
        self.leg.send_keys(keys)
        await asyncio.sleep(KEY_SECONDS * len(keys))
        self.must_stand()

    # --- hold -------------------------------------------------------------------------------------

    async def hold(self) -> None:
        """Offer ``sendonly``: the far end is silent and hears what we play."""
        await self._modify(True)

    async def unhold(self) -> None:
        """Offer ``sendrecv`` again."""
        await self._modify(False)

    async def _modify(self, hold: bool) -> None:
        self.must_stand()
        if not self.answered:
            raise LineError("a call that is not answered cannot be held")
        if hold == self._held:
            return
        self._owner.command(self.session, "modify", hold)
        if why := await self._news():
            raise LineError(f"the far end refused the change: {why}")
        self._held = hold

    # --- who hears whom (`telephony.rooms.Member`) ------------------------------------------------

    async def connect(self, other: Member) -> None:
        """Relay between the two legs; signalling stays two calls."""
        self.leg.bridge(_leg(other))

    def connect_room(self, room: Hashable) -> None:
        """See `Leg.join`."""
        self.leg.join(room)

    def connect_tap(self, other: Member, mode: TapMode) -> None:
        """See `Leg.tap`."""
        self.leg.tap(_leg(other), mode)

    def part(self) -> None:
        """See `Leg.part`."""
        self.leg.part()

    def signal(self, name: Beep) -> None:
        """See `Leg.signal`."""
        self.leg.signal(name)


def _leg(call: Member) -> Leg:
    assert isinstance(call, SipCall)
    return call.leg

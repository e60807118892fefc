"""A call through pyVoIP: what it can do is done, what it cannot is refused by name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from telephony.core.hearing import TapMode
from telephony.line import (
    Call,
    CallEnded,
    CallFacts,
    Clip,
    Ender,
    KeySource,
    LineError,
    PlayEnd,
    RecordDone,
    Unsupported,
)
from telephony.media.clips import Clips
from telephony.media.files import Files
from telephony.pyvoip.sound import CallSound
from telephony.pyvoip.threads import Aloud, aside

if TYPE_CHECKING:
    from telephony.pyvoip.phone import Leg

log = logging.getLogger("telephony.pyvoip")
NAME = "pyvoip"
MOST_CALLS = 30
_PHRASES = {404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 603: "Decline"}


def unsupported(feature: str) -> Unsupported:
    """The refusal of something pyVoIP cannot do."""
    return Unsupported(
        NAME,
        feature,
        "use the built-in [sip] with a [trunks] entry that registers (register = true)",
    )


class PyvoipCall(Call):
    """See `telephony.line.Call`. *over* is told the call when it has ended."""

    def __init__(
        self,
        facts: CallFacts,
        leg: Leg,
        files: Files,
        clips: Clips,
        over: Callable[[PyvoipCall], None],
    ) -> None:
        self.facts, self.leg = facts, leg
        self.codec = "PCMU"
        self._over = over
        self._cause = ""
        self.sound = CallSound(files, clips, leg.event_type, self._key, Aloud())
        leg.connect(self.sound.outbox, self.sound.inbox)

    @property
    def quality(self) -> Mapping[str, float]:
        """Packets received and lost, jitter in ms."""
        return self.sound.inbox.quality()

    # --- setting up and ending --------------------------------------------------------------------

    async def ring(self) -> None:
        """Nothing: pyVoIP has sent 180 by itself."""
        self._must_stand()

    async def answer(self) -> None:
        """Send the 200. Raises `LineError` when no RTP port is free."""
        self._must_stand()
        if self.answered:
            return
        try:
            await aside(self.leg.answer)
        except OSError as error:
            raise LineError(f"the call cannot be answered: {error}") from error
        except Exception:
            self._must_stand()  # the caller gave up meanwhile
            raise
        self._must_stand()
        self.answered = True

    async def reject(self, code: int, reason: str = "") -> None:
        """Send a final response of 300 to 699."""
        self._must_stand()
        if self.answered:
            raise LineError("the call is answered: it can be hung up, not rejected")
        if not 300 <= code <= 699:
            raise LineError(f"{code} is no refusal: use a SIP status from 300 to 699, such as 486")
        phrase = reason or _PHRASES.get(code, "Refused")
        self.end("us", f"{code} {phrase}")
        await aside(lambda: self.leg.refuse(code, phrase))

    async def hangup(self, reason: str = "normal") -> None:
        """BYE, or refuse (480) before the answer."""
        if self.ended:
            return
        if not self.answered:
            await self.reject(480)
            return
        self.end("us", reason)
        try:
            await aside(self.leg.hangup)
        except Exception as error:  # the caller's BYE was quicker, or the network is down
            log.info("hanging up: %r", error, extra={"call": self.facts.id})

    def end(self, by: Ender, cause: str) -> None:
        """The call is over, for whatever reason; later ends are ignored."""
        if self.ended:
            return
        self.ended, self._cause = True, cause
        self.sound.close(cause, "stopped" if by == "us" else "hangup")
        self._over(self)
        if self.listener is not None:
            self.listener.hung_up(by, cause)

    def _must_stand(self) -> None:
        if self.ended:
            raise CallEnded(self._cause)

    def _must_sound(self) -> None:
        self._must_stand()
        if not self.answered:
            raise LineError("there is no sound before the call is answered")

    # --- sound ------------------------------------------------------------------------------------

    def _key(self, key: str, source: KeySource) -> None:
        if self.listener is not None and not self.ended:
            self.listener.key(key, source)

    async def play(
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool = True,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        """See `Call.play`; there is nothing to be *over*. Raises `MediaFailed`: ``no-sound``."""
        self._must_sound()
        return await self.sound.play(clips, interruptible=interruptible, repeat=repeat)

    async def stop(self) -> None:
        """Stop the sound."""
        self._must_stand()
        self.sound.stop()

    async def record(
        self, path: str, *, most: float, silence: float, end_keys: str = "#"
    ) -> RecordDone:
        """See `Call.record`. Raises `MediaFailed`: ``disk-full``, ``not-writable``, ``no-file``."""
        self._must_sound()
        return await self.sound.record(path, most=most, silence=silence, end_keys=end_keys)

    async def record_both(self, path: str) -> None:
        """See `Call.record_both`."""
        self._must_sound()
        self.sound.record_both(path)

    async def stop_record_both(self) -> None:
        """See `Call.stop_record_both`; the file is whole a moment later."""
        self._must_stand()
        self.sound.stop_record_both()

    def pause_record_both(self, on: bool) -> None:
        """See `Call.pause_record_both`."""
        self._must_stand()
        self.sound.pause_record_both(on)

    def secret(self, on: bool) -> None:
        """See `Call.secret`."""
        self._must_stand()
        self.sound.secret(on)

    # --- what pyVoIP cannot do --------------------------------------------------------------------

    async def send_keys(self, keys: str) -> None:
        """Raises `Unsupported`."""
        raise unsupported("press keys towards the far end")

    async def hold(self) -> None:
        """Raises `Unsupported`."""
        raise unsupported("put the far end on hold")

    async def unhold(self) -> None:
        """Raises `Unsupported`."""
        raise unsupported("put the far end on hold")

    async def bridge(self, other: Call) -> None:
        """Raises `Unsupported`."""
        raise unsupported("connect two calls")

    async def unbridge(self) -> None:
        """Raises `Unsupported`."""
        raise unsupported("connect two calls")

    async def music(self, clips: Sequence[Clip]) -> None:
        """Raises `Unsupported`."""
        raise unsupported("play music below other sounds")

    async def tap(self, other: Call, mode: TapMode) -> None:
        """Raises `Unsupported`."""
        raise unsupported("let a supervisor hear a call")

    async def untap(self) -> None:
        """Raises `Unsupported`."""
        raise unsupported("let a supervisor hear a call")

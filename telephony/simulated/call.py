"""A leg of the simulated line: everything a real leg does, by the loop's timers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Sequence
from typing import Literal

from telephony.core.hearing import Hearing, TapMode
from telephony.line import (
    CallEnded,
    CallFacts,
    Clip,
    Ender,
    LineError,
    MediaFailed,
    PlayEnd,
    RecordDone,
)
from telephony.rooms import Beep, Member
from telephony.simulated.far_end import FarEnd, Heard
from telephony.simulated.recorder import Recorder
from telephony.simulated.wav import Stretch, Track, write

log = logging.getLogger(__name__)
_KEY_SECONDS = 0.2
_BEEP_SECONDS = 0.24
_FOREVER = float("inf")


class _Playing:
    """A sound on its way: what, since when, and the future that says how it ended."""

    def __init__(
        self, clips: Sequence[Clip], interruptible: bool, repeat: bool, over: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        self.clips, self.interruptible, self.repeat = clips, interruptible, repeat
        self.over = over
        self.start = loop.time()
        self.done: asyncio.Future[Literal["end", "key", "stopped"]] = loop.create_future()
        seconds = sum(c.seconds for c in clips)
        self._timer = None if repeat else loop.call_later(seconds, self.finish, "end")

    def finish(self, by: Literal["end", "key", "stopped"]) -> None:
        if not self.done.done():
            self.done.set_result(by)
        self.cancel_timer()

    def cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class SimulatedCall(Member):
    """One leg between this program and a `FarEnd`. *hearing* is that of all calls of the line."""

    def __init__(
        self,
        facts: CallFacts,
        far: FarEnd,
        ended: Callable[[SimulatedCall], None],
        hearing: Hearing[SimulatedCall],
    ) -> None:
        self.facts, self.far, self.hearing = facts, far, hearing
        self.codec = "PCMU"
        self.decision: asyncio.Future[str | None] | None = None
        """Of a dialled leg that rings: None once answered, else why not."""
        self._tell_line = ended
        self._cause = ""
        self._playing: _Playing | None = None
        self._recorder: Recorder | None = None
        self._both: str | None = None
        self._both_since = 0.0
        self._both_muted: list[Stretch] = []
        self._sent: list[Stretch] = []
        self._muted: list[Stretch] = []
        self._music: Sequence[Clip] = ()
        self._music_since = 0.0
        far.call = self

    @property
    def sounding(self) -> bool:
        """Whether a sound is on its way that ends by itself."""
        return self._playing is not None and not self._playing.repeat

    @property
    def recording(self) -> bool:
        """Whether the far end is being recorded."""
        return self._recorder is not None

    # --- the line interface --------------------------------------------------------------------

    async def ring(self) -> None:
        """The far end hears that it rings."""
        self._need_life()
        self.far.ringing = True

    async def answer(self) -> None:
        """Take the call; a simulated one is connected at once."""
        self._need_life()
        self.answered = True
        self.far.ringing = False
        self.far.answered.set()

    async def reject(self, code: int, reason: str = "") -> None:
        """Refuse it; `LineError` when it was answered already."""
        self._need_life()
        if self.answered:
            raise LineError("a call that was answered can only be hung up")
        self.far.rejected = code
        self.end("us", reason or f"rejected {code}")

    async def hangup(self, reason: str = "normal") -> None:
        """End it, whatever its state."""
        self.end("us", reason)

    async def play(
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool = True,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        """Let the far end hear *clips* for as long as they last; music waits unless *over*."""
        self._need_sound()
        await self.stop()
        self._note_music()
        playing = self._playing = _Playing(clips, interruptible, repeat, over)
        self.far.sound_began(clips)
        try:
            by = await playing.done
        finally:
            seconds = self._sound_over(playing)
        return PlayEnd(by, seconds)

    async def stop(self) -> None:
        """Stop the sound."""
        self._need_life()
        if self._playing is not None:
            self._playing.finish("stopped")

    async def music(self, clips: Sequence[Clip]) -> None:
        """Let the far end hear *clips* without end."""
        self._need_sound()
        self._note_music()
        self._music, self._music_since = clips, self._now()

    async def record(
        self, path: str, *, most: float, silence: float, end_keys: str = "#"
    ) -> RecordDone:
        """Record the far end; a second recording at the same time is a `LineError`."""
        self._need_sound()
        if self._recorder is not None:
            raise LineError("this leg is being recorded already")
        recorder = self._recorder = Recorder(
            path, self.far, self._muted, most=most, silence=silence, end_keys=end_keys
        )
        try:
            return await asyncio.shield(recorder.done)
        except asyncio.CancelledError:
            recorder.finish("stopped")
            if recorder.done.exception():
                log.warning("recording lost: %s", recorder.done.exception())
            raise
        finally:
            self._recorder = None

    async def record_both(self, path: str) -> None:
        """Write both directions; the file is there when the recording has ended."""
        self._need_sound()
        self._close_both()
        self._both, self._both_since = path, self._now()

    async def stop_record_both(self) -> None:
        """Write the file now."""
        self._need_life()
        self._close_both()

    def pause_record_both(self, on: bool) -> None:
        """Mark the time in which the recording of both directions stays silent."""
        self._need_life()
        self._mark(self._both_muted, on)

    def secret(self, on: bool) -> None:
        """Mark the time in which recordings stay silent."""
        self._need_life()
        if self.far.on_secret is not None:
            self.far.on_secret()
        self._mark(self._muted, on)

    def _mark(self, muted: list[Stretch], on: bool) -> None:
        open_mark = muted and muted[-1].end == _FOREVER
        if on and not open_mark:
            muted.append(Stretch(self._now(), _FOREVER))
        elif not on and open_mark:
            muted[-1] = Stretch(muted[-1].start, self._now())

    async def send_keys(self, keys: str) -> None:
        """Press keys towards the far end, a fifth of a second each."""
        self._need_sound()
        for key in keys:
            self.far.heard.append(Heard(self._now(), _KEY_SECONDS, key, "keys"))
            await asyncio.sleep(_KEY_SECONDS)
            self._need_life()

    async def hold(self) -> None:
        """Put the far end on hold."""
        self._need_sound()
        self.far.on_hold = True

    async def unhold(self) -> None:
        """Take it back."""
        self._need_sound()
        self.far.on_hold = False

    # --- who hears whom (`telephony.rooms.Member`) ---------------------------------------------

    def must_stand(self) -> None:
        """Raise `CallEnded` when the call has ended."""
        self._need_life()

    async def connect(self, other: Member) -> None:
        """Connect two far ends; each hears what the other says and which keys it presses."""
        assert isinstance(other, SimulatedCall)
        for leg in (self, other):
            leg._need_sound()
        for leg in (self, other):
            await leg.stop()
        self.hearing.bridge(self, other)
        self.hearing.settle()

    def connect_room(self, room: Hashable) -> None:
        """Connect the far end with all others in *room*."""
        self._need_sound()
        self.hearing.join(self, room)
        self.hearing.settle()

    def connect_tap(self, other: Member, mode: TapMode) -> None:
        """Let the far end hear another, and those that one hears."""
        assert isinstance(other, SimulatedCall)
        self._need_sound()
        self.hearing.tap(self, other, mode)
        self.hearing.settle()

    def part(self) -> None:
        """Separate it from all others."""
        self.hearing.part(self)
        self.hearing.settle()

    def signal(self, name: Beep) -> None:
        """Let the far end hear a beep."""
        self.far.heard.append(Heard(self._now(), _BEEP_SECONDS, f"({name})", "signal"))

    # --- what the far end does -----------------------------------------------------------------

    def key_pressed(self, key: str) -> None:
        """A key from the far end: ends a recording, else is told and stops the sound."""
        if self.ended or not self.answered:
            return
        if self._recorder is not None and key in self._recorder.end_keys:
            self._recorder.finish("key")
            return
        for other in self.hearing.followers(self):
            key_heard = Heard(self._now(), _KEY_SECONDS, key, "keys", self.far.number)
            other.far.heard.append(key_heard)
        if self.listener is not None:
            self.listener.key(key, "typed")
        if self._playing is not None and self._playing.interruptible:
            self._playing.finish("key")

    def speech_began(self, seconds: float, text: str) -> None:
        """The far end says something."""
        if self._recorder is not None:
            self._recorder.listen()
        for other in self.hearing.hearers(self):
            if not other.far.on_hold and not other.held and not self.held:
                other.hear(seconds, text, self.far.number)

    def hold_pressed(self, on: bool) -> None:
        """The far end puts us on hold, or takes us back."""
        if on != self.held and self.answered and not self.ended:
            self.held = on
            if self.on_held is not None:
                self.on_held(on)

    def hear(self, seconds: float, text: str, by: str) -> None:
        """Words of another far end reach this one."""
        self.far.heard.append(Heard(self._now(), seconds, text, "speech", by))
        self._sent.append(Stretch(self._now(), self._now() + seconds))

    def decide(self, refusal: str | None) -> None:
        """The dialled far end answers (None) or refuses."""
        if self.decision is not None and not self.decision.done():
            self.decision.set_result(refusal)

    def end(self, by: Ender, cause: str) -> None:
        """The call is over, for whatever reason; later ends are ignored."""
        if self.ended:
            return
        self.ended, self._cause = True, cause
        self.far.ended_by, self.far.cause = by, cause
        if self._playing is not None and not self._playing.done.done():
            self._playing.cancel_timer()
            self._playing.done.set_exception(CallEnded(cause))
            self._playing.done.exception()  # the awaiting task may be cancelled meanwhile
        if self._recorder is not None:
            self._recorder.finish("hangup" if by == "caller" else "stopped")
        self._note_music()
        self._music = ()
        self.hearing.forget(self)
        self.hearing.settle()
        self._depart()
        self._close_both()
        self._tell_line(self)
        self.far.over.set()
        if self.listener is not None:
            self.listener.hung_up(by, cause)

    # --- inside --------------------------------------------------------------------------------

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _need_life(self) -> None:
        if self.ended:
            raise CallEnded(self._cause)

    def _need_sound(self) -> None:
        self._need_life()
        if not self.answered:
            raise LineError("there is no sound before the call is answered")

    def _sound_over(self, playing: _Playing) -> float:
        playing.cancel_timer()
        if self._playing is playing:
            self._note_music()
            self._playing = None
        now = self._now()
        seconds = now - playing.start
        self.far.sound_stopped(playing.clips, playing.start, seconds, playing.repeat)
        if self._both is not None:
            self._sent.append(Stretch(playing.start, now))
        return seconds

    def _note_music(self) -> None:
        """Enter the music that was heard up to now."""
        covered = self._playing is not None and not self._playing.over
        seconds = self._now() - self._music_since
        if self._music and seconds and not covered:
            text = " ".join(clip.text for clip in self._music if clip.text)
            self.far.heard.append(Heard(self._music_since, seconds, text, "music"))
        self._music_since = self._now()

    def _close_both(self) -> None:
        if self._both is None:
            return
        muted = [*self._muted, *self._both_muted]
        sent = list(self._sent)
        if self._playing is not None:
            sent.append(Stretch(self._playing.start, self._now()))
        path, self._both = self._both, None
        try:
            write(path, [Track(self.far.spoken, muted), Track(sent, muted)],
                  self._both_since, self._now())  # fmt: skip
        except MediaFailed as error:
            log.warning("recording lost: %s", error, extra={"call": self.facts.id})

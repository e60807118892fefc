"""One leg's outgoing RTP stream: prompts, music, keys, a mixture, or what another leg brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from telephony.core.g711_tables import SILENCE, Law, translation
from telephony.core.playlist import Playlist
from telephony.core.recorder import Recorder
from telephony.core.rfc4733 import KeySender
from telephony.core.rtp import MARKER, PLAIN, RATE, START
from telephony.core.wheel import Wheel

if TYPE_CHECKING:
    from telephony.core.mixing import Blend

GRACE = 3
"""Milliseconds the stream waits after a sound's end, for the next one usually comes at once."""
MOST_EARLY = 40
"""Milliseconds a stream may run ahead of its clock because sounds began at once."""
_pack = START.pack
_PLAIN, _MARKER = PLAIN << 8, MARKER
"""The first two bytes of a packet as a number: without, and to add, a marker."""

Transmit = Callable[[bytes], object]


def discard(_: bytes) -> None:
    """Where sound goes while nobody is to hear it: nowhere, and no sequence number is used."""
    raise BlockingIOError


def nobody() -> None:
    """Who hears of a sound's end when there is no one to tell."""


class Sender:
    """Paces a stream on the wheel; `tick` is called each packet time and says when next.

    A sound begins at once, up to 20 ms before the stream's next packet would be due. Timestamps
    go on without a gap, so the stream is then ahead of its clock; silence afterwards is sent a
    millisecond later each packet until the two agree again.
    """

    __slots__ = (
        "_anchor",
        "_clock",
        "_debt",
        "_frame",
        "_kind",
        "_mark",
        "_octets",
        "_ptime",
        "_quiet",
        "_sequence",
        "_wheel",
        "blend",
        "changed",
        "due",
        "ended",
        "event_type",
        "failed",
        "_key_stamp",
        "keys",
        "law",
        "music",
        "over",
        "played",
        "playlist",
        "recorder",
        "relayed",
        "sent",
        "signal",
        "silence",
        "skipped",
        "ssrc",
        "timestamp",
        "transmit",
        "yields",
    )

    def __init__(self, wheel: Wheel[Sender], ssrc: int, sequence: int, silence: bool) -> None:
        self._wheel = wheel
        self.ssrc = ssrc
        self.silence = silence
        """Whether pauses are sent."""
        self.transmit: Transmit = discard
        self.playlist: Playlist | None = None
        self.played = 0
        """Samples of the sound that ended last."""
        self.keys: KeySender | None = None
        self.ended: Callable[[], None] = nobody
        """Called when a sound was heard to its end."""
        self.changed: Callable[[], None] = nobody
        """Called when there is another number of things to hear than before."""
        self.over = False
        """Whether the sound lies over what else is heard, and does not cover it."""
        self.music: Playlist | None = None
        """What is heard, without end, below everything else."""
        self.signal: Playlist | None = None
        """A beep over everything else."""
        self.blend: Blend | None = None
        """Mixes what is heard, when that is more than one thing."""
        self.recorder: Recorder | None = None
        self.relayed = False
        self.yields: Callable[[], None] | None = None
        """Ends the sound that plays when another stream's packet comes; None: the packet waits."""
        self.event_type: int | None = None
        self.sent = self.failed = self.skipped = 0
        self.timestamp = ssrc >> 1
        """That of the next packet."""
        self._sequence = sequence
        self._octets = 0
        self._key_stamp = 0
        self._anchor: tuple[int, int, int] | None = None
        self.due = -1
        """The tick of the next packet, -1 while the stream pauses."""
        self._debt = 0
        self._clock = -1.0
        self._mark = True
        self.law: Law = "PCMU"
        self._kind = 0
        self._ptime = 20
        self._frame = 160
        self._quiet = b""
        self.shape("PCMU", 0, 20)

    def shape(self, law: Law, payload_type: int, ptime: int) -> None:
        """Set what packets look like: codec, payload type and milliseconds a packet."""
        self._octets += self.sent * self._frame
        table = translation(self.law, law)
        for sound in (self.playlist, self.music, self.signal):
            if sound is not None and table is not None:
                sound.translate(table, SILENCE[law])
        self.law, self._kind, self._ptime = law, _PLAIN | payload_type, ptime
        self._frame = ptime * RATE // 1000
        self._octets -= self.sent * self._frame
        self._quiet = bytes((SILENCE[law],)) * self._frame

    @property
    def octets(self) -> int:
        """Bytes of payload sent."""
        return self._octets + self.sent * self._frame

    @property
    def idle(self) -> bool:
        """Whether the stream pauses."""
        return self.due < 0

    # --- pacing ---------------------------------------------------------------------------------

    def tick(self) -> int:
        """Send what is due; the milliseconds until the next call, 0 when the stream pauses."""
        delay = self._ptime
        if self.keys is not None and self._send_key(self.keys):
            return delay
        playlist = self.playlist
        if playlist is not None and (self.blend is None or not self.over):
            sound = playlist.frame(self._frame)
            if sound is None:
                return self._finish(playlist)
            if self.recorder is not None:
                self.recorder.sent(self.timestamp, sound, self.law, self._now())
        else:
            lives = self.blend is not None or self.music is not None
            if not lives and self.keys is None and (self.relayed or not self.silence):
                return self._pause()
            if self._debt:
                delay += self._settle()
            sound = self._live() if lives else self._quiet
        kind = self._kind
        if self._mark:
            kind |= _MARKER
            self._mark = False
        self._sequence = sequence = (self._sequence + 1) & 0xFFFF
        timestamp = self.timestamp
        self.timestamp = (timestamp + self._frame) & 0xFFFFFFFF
        transmit = self.transmit  # a local name: calling the slot itself is slower
        try:
            transmit(_pack(kind, sequence, timestamp, self.ssrc) + sound)
            self.sent += 1
        except OSError:  # nobody listens there (ICMP), or no buffer: RTP does not repeat
            self._unsent()
        return delay

    def _live(self) -> bytes:
        """The next frame of what goes on without end: a mixture, or music alone."""
        if self.blend is not None:
            sound = self._mixed(self.blend)
        else:
            assert self.music is not None
            sound = self.music.frame(self._frame) or self._quiet
        if self.recorder is not None:
            self.recorder.sent(self.timestamp, sound, self.law, self._now())
        return sound

    def _mixed(self, blend: Blend) -> bytes:
        sounds: list[bytes] = []
        if self.signal is not None:
            sound = self.signal.frame(self._frame)
            if sound is None:
                self.signal = None
                self.changed()
            else:
                sounds.append(sound)
        playlist = self.playlist
        if playlist is not None:
            sound = playlist.frame(self._frame)
            if sound is None:
                self.played, self.playlist = playlist.played, None
                self.changed()
                self.ended()
            else:
                sounds.append(sound)
        music = self.music.frame(self._frame) if self.music is not None else None
        at = int((self._now() + self._debt * 0.001) * RATE)
        return blend.frame(at, self._frame, self.law, sounds, music, self.playlist is not None)

    def _unsent(self) -> None:
        self.failed += 1
        self._sequence = (self._sequence - 1) & 0xFFFF

    def _now(self) -> float:
        """The time of the tick that is being served."""
        return self._wheel.time(self._wheel.tick - 1)

    def _settle(self) -> int:
        step = 1 if self._debt > 0 else -1
        self._debt -= step
        return step

    def _finish(self, playlist: Playlist) -> int:
        """The last sample was heard: tell, and wait a moment for the next sound."""
        self.played, self.playlist = playlist.played, None
        self.ended()
        lives = self.blend is not None or self.music is not None
        if not lives and (self.relayed or not self.silence):
            return self._pause()
        self._debt -= GRACE
        return GRACE

    def _pause(self) -> int:
        """Note when the next packet would have been due, for timestamps follow the clock."""
        self._clock = self._now() + self._debt * 0.001
        self._debt = 0
        self._anchor = None
        return 0

    def _resume(self, now: float) -> None:
        """Move the timestamp over a pause."""
        if self._clock >= 0.0:
            missed = now - self._clock
            if missed > 0.0:
                self.timestamp = (self.timestamp + int(missed * RATE)) & 0xFFFFFFFF
            else:
                self._debt = int(-missed * 1000)
        self._mark = True

    def begin(self, now: float) -> None:
        """Send the next packet at once, unless the stream is far ahead of its clock already."""
        tick = self._wheel.current(now)
        if self.due >= 0:
            early = self.due - tick
            if self._debt + early > MOST_EARLY:
                return
            self._wheel.remove(self)
            self._debt += early
        else:
            self._resume(now)
        delay = self.tick()
        if delay:
            self._wheel.add(self, tick + delay)

    def halt(self) -> None:
        """Take the stream off the wheel."""
        if self.due >= 0:
            self._clock = self._wheel.time(self.due) + self._debt * 0.001
            self._wheel.remove(self)
            self._debt, self._anchor = 0, None

    def skip(self, milliseconds: int) -> None:
        """Leave out time in which the process was held up."""
        samples = milliseconds * RATE // 1000
        self.timestamp = (self.timestamp + samples) & 0xFFFFFFFF
        self.skipped += milliseconds // self._ptime
        for sound in (self.playlist, self.music, self.signal):
            if sound is not None:
                sound.skip(samples)

    # --- what is sent ---------------------------------------------------------------------------

    def play(self, playlist: Playlist, now: float, over: bool = False) -> None:
        """Send *playlist* from now on, *over* what else is heard or in its place."""
        self.playlist, self.over = playlist, over
        if not over or not (self.relayed or self.music is not None or self.blend is not None):
            self.begin(now)

    def press(self, keys: str, now: float) -> None:
        """Send *keys* as telephone-events; a sound goes on after them."""
        if self.keys is not None:
            self.keys.add(keys)
            return
        self.keys = KeySender(keys, self._frame)
        if self.due < 0:
            self.begin(now)

    def _send_key(self, keys: KeySender) -> bool:
        """Send the next event packet; False when the step is a pause, or all are sent."""
        step = keys.step()
        if step is None:
            if keys.done:
                self.keys = None
            return False
        if step.first:
            self._key_stamp = self.timestamp
        self._sequence = (self._sequence + 1) & 0xFFFF
        kind = _PLAIN | (self.event_type or 0) | (_MARKER if step.first else 0)
        self._send(kind, self._sequence, self._key_stamp, step.payload)
        self.timestamp = (self.timestamp + self._frame) & 0xFFFFFFFF
        return True

    def _send(self, kind: int, sequence: int, timestamp: int, payload: bytes) -> None:
        """Send a packet that is not from the prepared buffer."""
        try:
            self.transmit(_pack(kind, sequence, timestamp, self.ssrc) + payload)
            self.sent += 1
            self._octets += len(payload) - self._frame
        except OSError:
            self.failed += 1

    def relay(self, on: bool, now: float, blend: Blend | None = None) -> None:
        """Send what `forward` brings, or what this stream makes itself again, with a *blend*."""
        self.relayed, self.blend = on, blend
        busy = self.playlist is not None or self.keys is not None
        if on and not busy:
            self.halt()
        elif not on and self.due < 0:
            if busy or self.silence or blend is not None or self.music is not None:
                self.begin(now)

    def forward(
        self,
        ssrc: int,
        sequence: int,
        timestamp: int,
        marker: bool,
        sound: bytes,
        now: float,
        event: bool = False,
    ) -> None:
        """Send another stream's packet as one of this; its own sound and keys come first."""
        if self.playlist is not None or self.keys is not None:
            if self.yields is None or self.keys is not None:
                return
            self.yields()
        anchor = self._anchor
        if anchor is None or anchor[0] != ssrc:
            self._resume(now)
            anchor = (ssrc, self._sequence + 1 - sequence, self.timestamp - timestamp)
            self._anchor = anchor
        sequence = (sequence + anchor[1]) & 0xFFFF
        timestamp = (timestamp + anchor[2]) & 0xFFFFFFFF
        kind = _PLAIN | (self.event_type or 0) if event else self._kind
        if marker or self._mark:
            kind |= _MARKER
            self._mark = False
        length = len(sound)
        if 0 < (sequence - self._sequence) & 0xFFFF < 0x8000:  # newer than what was sent
            lasts = 0 if event else length
            self._sequence = sequence
            self.timestamp = (timestamp + lasts) & 0xFFFFFFFF
            self._clock = now + lasts / RATE
        if self.recorder is not None and not event:
            self.recorder.sent(timestamp, sound, self.law, now)
        transmit = self.transmit  # not by `_send`: this is the hot path of every bridged call
        try:
            transmit(_pack(kind, sequence, timestamp, self.ssrc) + sound)
            self.sent += 1
            self._octets += length - self._frame
        except OSError:
            self.failed += 1

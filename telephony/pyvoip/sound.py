"""One call's sound on the event loop: what plays, which keys were pressed, what is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Literal

from telephony.core.g711_tables import SILENCE
from telephony.core.playlist import Piece, Playlist
from telephony.core.recorder import Limits, Recorder
from telephony.core.rfc4733 import PATIENCE, KeyReceiver
from telephony.core.rtp import RATE
from telephony.line import CallEnded, Clip, KeySource, MediaFailed, PlayEnd, RecordDone
from telephony.media.clips import Clips
from telephony.media.files import Files
from telephony.media.recording import Recording, failure
from telephony.pyvoip.streams import Inbox, Outbox

PULL = 0.05
"""Seconds between looks at the recordings."""
SAME_KEY = 0.2
"""Seconds within which one key that comes two ways is one key."""

Key = Callable[[str, KeySource], None]


class _Playing:
    """A sound on its way. *done* says how it ended; `cut` once a key has silenced it."""

    def __init__(self, interruptible: bool) -> None:
        self.interruptible = interruptible
        self.playlist: Playlist | None = None
        self.cut = False
        self.done: asyncio.Future[Literal["end", "key", "stopped"]] = (
            asyncio.get_running_loop().create_future()
        )

    def finish(self, by: Literal["end", "key", "stopped"]) -> None:
        if not self.done.done():
            self.done.set_result("key" if self.cut else by)


class CallSound:
    """Plays, hears keys and records. *aloud* runs something on the event loop, from any thread."""

    def __init__(
        self,
        files: Files,
        clips: Clips,
        event_type: int | None,
        tell: Key,
        aloud: Callable[..., None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._files, self._clips, self._tell, self._aloud = files, clips, tell, aloud
        self.outbox = Outbox(lambda playlist: aloud(self._sent, playlist))
        self.inbox = Inbox(
            event_type,
            lambda stamp, payload: aloud(self._event, stamp, payload),
            lambda stamp, payload: aloud(self._heard, stamp, payload),
        )
        self._playing: _Playing | None = None
        self._keys = KeyReceiver()
        self._last_key: tuple[str, KeySource, float] = ("", "rfc4733", 0.0)
        self._recordings: dict[Recording, asyncio.Future[RecordDone]] = {}
        self._recording: Recording | None = None
        self._both: Recording | None = None
        self._secret = self._paused = False
        self.whole = asyncio.Event()
        """Whether no recording is open."""
        self.whole.set()

    # --- playing --------------------------------------------------------------------------------

    async def play(self, clips: Sequence[Clip], *, interruptible: bool, repeat: bool) -> PlayEnd:
        """See `telephony.line.Call.play`."""
        self.stop()
        playing = self._playing = _Playing(interruptible)
        try:
            pieces = [await self._piece(clip) for clip in clips]
            if not playing.done.done():
                playing.playlist = Playlist(pieces, repeat, SILENCE["PCMU"])
                self.outbox.playlist = playing.playlist
            by = await playing.done
        finally:
            self._silence(playing)
        return PlayEnd(by, playing.playlist.played / RATE if playing.playlist else 0.0)

    async def _piece(self, clip: Clip) -> Piece:
        if clip.stem is None:
            return None, int(clip.seconds * RATE)
        sound = self._clips.get(clip.stem, "PCMU")
        if sound is None:
            read: asyncio.Future[bytes | OSError] = self._loop.create_future()
            self._clips.fetch(clip.stem, "PCMU", lambda outcome: _settle(read, outcome))
            outcome = await read
            if isinstance(outcome, OSError):
                raise MediaFailed(
                    "no-sound",
                    f"cannot play {clip.stem}: {outcome.strerror}; render the prompts again",
                )
            sound = outcome
        return sound, len(sound)

    def stop(self) -> None:
        """Stop what plays."""
        if self._playing is not None:
            playing = self._playing
            self._silence(playing)
            playing.finish("stopped")

    def _silence(self, playing: _Playing) -> None:
        if self._playing is playing:
            self._playing = None
            self.outbox.playlist = None

    def _sent(self, playlist: Playlist) -> None:
        """A playlist was sent to its end."""
        if self._playing is not None and self._playing.playlist is playlist:
            self._playing.finish("end")

    # --- keys -----------------------------------------------------------------------------------

    def _event(self, timestamp: int, payload: bytes) -> None:
        heard = self._keys.packet(timestamp, payload, self._loop.time())
        if heard.began:
            self._interrupt()
        for key in heard.keys:
            self.key(key, "rfc4733")
        if self._keys.next_wakeup() is not None:
            self._loop.call_later(PATIENCE, self._overdue)

    def _overdue(self) -> None:
        for key in self._keys.overdue(self._loop.time()):
            self.key(key, "rfc4733")

    def _interrupt(self) -> None:
        """A key is down: an interruptible sound falls silent; `play` returns with the key."""
        playing = self._playing
        if playing is not None and playing.interruptible:
            playing.cut = True
            self.outbox.playlist = None

    def key(self, key: str, source: KeySource) -> None:
        """A key was pressed: it ends a recording or is told."""
        now = self._loop.time()
        last, way, when = self._last_key
        if key == last and source != way and now - when < SAME_KEY:
            return
        self._last_key = key, source, now
        self._interrupt()
        recording = self._recording
        if recording is not None and key in recording.end_keys and not recording.by:
            recording.end("key", now)
        else:
            self._tell(key, source)
        playing = self._playing
        if playing is not None and playing.cut:
            playing.finish("key")

    # --- recordings -----------------------------------------------------------------------------

    async def record(self, path: str, *, most: float, silence: float, end_keys: str) -> RecordDone:
        """See `telephony.line.Call.record`; a second recording ends the first."""
        now = self._loop.time()
        if self._recording is not None:
            self._recording.end("stopped", now)
        recorder = Recorder("PCMU", now, Limits(most, silence))
        recording = self._recording = self._begin(recorder, path, end_keys)
        try:
            return await self._recordings[recording]
        finally:
            recording.end("stopped", self._loop.time())
            if self._recording is recording:
                self._recording = None

    def record_both(self, path: str) -> None:
        """See `telephony.line.Call.record_both`."""
        now = self._loop.time()
        if self._both is not None:
            self._both.end("stopped", now)
        recorder = Recorder("PCMU", now, Limits(), both=True)
        self._both = self._begin(recorder, path, "")
        recorder.secret = self._secret or self._paused
        self.outbox.copy = lambda stamp, sound: self._aloud(
            lambda: recorder.sent(stamp, sound, "PCMU", self._loop.time())
        )

    def stop_record_both(self) -> None:
        """See `telephony.line.Call.stop_record_both`."""
        if self._both is not None:
            self._both.end("stopped", self._loop.time())

    def pause_record_both(self, on: bool) -> None:
        """See `telephony.line.Call.pause_record_both`."""
        self._paused = on
        if self._both is not None:
            self._both.recorder.secret = on or self._secret

    def secret(self, on: bool) -> None:
        """See `telephony.line.Call.secret`."""
        self._secret = on
        for recording in self._recordings:
            recording.recorder.secret = on or (self._paused and recording is self._both)

    def _begin(self, recorder: Recorder, path: str, end_keys: str) -> Recording:
        recorder.secret = self._secret
        recording = Recording(self._files, recorder, path, self._closed, end_keys=end_keys)
        if not self._recordings:
            self._loop.call_later(PULL, self._pull)
        self._recordings[recording] = self._loop.create_future()
        self.inbox.wanted = True
        self.whole.clear()
        return recording

    def _heard(self, timestamp: int, sound: bytes) -> None:
        now = self._loop.time()
        for recording in self._recordings:
            recording.recorder.heard(timestamp, sound, "PCMU", now)

    def _pull(self) -> None:
        now = self._loop.time()
        for recording in list(self._recordings):
            recording.pull(now)
        if self._recordings:
            self._loop.call_later(PULL, self._pull)

    def _closed(self, recording: Recording) -> None:
        """A file was closed, whole or not."""
        future = self._recordings.pop(recording)
        recorder, by = recording.recorder, recording.by
        if recording.error is not None:
            _settle(future, MediaFailed(*failure(recording.path, recording.error)))
        else:
            end: Any = by
            done = RecordDone(recording.path, recorder.samples / RATE, end, recorder.spoke)
            _settle(future, done)
        if recording is self._both:
            self._both = self.outbox.copy = None
        if not self._recordings:
            self.inbox.wanted = False
            self.whole.set()

    def close(self, cause: str, by: Literal["hangup", "stopped"]) -> None:
        """The call is over: the sound ends with `CallEnded`, recordings are closed whole."""
        playing = self._playing
        if playing is not None:
            self._silence(playing)
            _settle(playing.done, CallEnded(cause))
        now = self._loop.time()
        for recording in list(self._recordings):
            recording.end(by, now)


def _settle(future: asyncio.Future[Any], outcome: object) -> None:
    """Give a future its result or error; nobody may be waiting any more."""
    if future.done():
        return
    if isinstance(outcome, Exception) and not isinstance(outcome, OSError):
        future.set_exception(outcome)
        future.exception()
    else:
        future.set_result(outcome)

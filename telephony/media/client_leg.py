"""One leg on the signalling side: orders to its media process, answers from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Protocol

from telephony.core.hearing import TapMode
from telephony.core.rtp import RATE
from telephony.line import Clip, KeySource, MediaFailed, PlayEnd, RecordDone
from telephony.media import protocol
from telephony.media.plane import Leg, LegListener, Remote
from telephony.media.switchboard import Switchboard

log = logging.getLogger(__name__)
SAME_KEY = 0.2
"""Seconds within which one key that comes two ways is one key."""
_PTIMES = (10, 20, 30, 40, 50, 60)
_NEVER = -1e9
_KEY_GAP = RATE // 10
"""Samples of silence after a key sent as a tone."""


class Owner(Protocol):
    """The process a leg lives in."""

    def send(self, order: protocol.Order) -> None:
        """Give an order."""

    def lease(self) -> ClientLeg | None:
        """Another leg in the same process."""


class ClientLeg:
    """See `telephony.media.plane.Leg`."""

    __slots__ = (
        "_board",
        "_end_keys",
        "_heard",
        "_info",
        "_interruptible",
        "_loop",
        "_number",
        "_paths",
        "_playing",
        "_quality",
        "_recording",
        "_remote",
        "_tones",
        "_waiting",
        "closed",
        "id",
        "listener",
        "owner",
        "port",
    )

    def __init__(
        self,
        owner: Owner,
        leg: int,
        port: int,
        tones: Mapping[str, Clip],
        board: Switchboard,
    ) -> None:
        self.owner, self.id, self.port = owner, leg, port
        self._tones, self._board = tones, board
        self.listener: LegListener | None = None
        self.closed = False
        self._loop = asyncio.get_running_loop()
        self._remote: Remote | None = None
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._paths: dict[int, str] = {}
        self._playing = 0
        self._interruptible = False
        self._recording = 0
        self._end_keys = ""
        self._heard = ("", _NEVER)
        self._info = ("", _NEVER)
        self._quality: protocol.Quality | None = None

    def _send(self, order: protocol.Order) -> None:
        if not self.closed:
            self.owner.send(order)

    # --- connection -----------------------------------------------------------------------------

    def connect(self, remote: Remote) -> None:
        """See `Leg.connect`."""
        self._remote = remote
        rtcp_port = remote.port + 1 if remote.rtcp_port is None else remote.rtcp_port
        self._send(
            protocol.Connect(
                leg=self.id,
                host=remote.host,
                port=remote.port,
                rtcp_port=rtcp_port,
                law=remote.codec,
                payload_type=remote.payload_type,
                event_type=remote.event_type,
                signalling_host=remote.signalling_host,
                ptime=remote.ptime if remote.ptime in _PTIMES else 20,
                send=remote.send,
                receive=remote.receive,
            )
        )

    def answered(self) -> None:
        """See `Leg.answered`."""
        self._send(protocol.Answered(self.id))

    # --- who hears whom -------------------------------------------------------------------------

    def bridge(self, other: Leg, *, once_heard: bool = False) -> None:
        """See `Leg.bridge`; legs of two processes are joined by a loopback stream."""
        assert isinstance(other, ClientLeg)
        self._board.bridge(self, other, once_heard)

    def join(self, room: Hashable) -> None:
        """See `Leg.join`."""
        self._board.join(self, room)

    def tap(self, other: Leg, mode: TapMode) -> None:
        """See `Leg.tap`."""
        assert isinstance(other, ClientLeg)
        self._board.tap(self, other, mode)

    def part(self) -> None:
        """See `Leg.part`."""
        self._board.part(self)

    def hear(self, sources: list[int], once_heard: bool = False) -> None:
        """Have the far end hear those of these legs of its process: a word of the switchboard."""
        self._send(protocol.Hear(self.id, sources, once_heard))

    def close(self) -> None:
        """See `Leg.close`."""
        if self.closed:
            return
        self._send(protocol.Close(self.id))
        self.closed = True
        self._board.forget(self)

    # --- sound ----------------------------------------------------------------------------------

    def _expect(self) -> tuple[int, asyncio.Future[Any]]:
        """A new number and the future of what media will say about it."""
        self._number += 1
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting[self._number] = future
        return self._number, future

    async def play(
        self,
        clips: Sequence[Clip],
        *,
        interruptible: bool,
        repeat: bool = False,
        over: bool = False,
    ) -> PlayEnd:
        """See `Leg.play`. Raises `MediaFailed`: ``no-sound``, ``media-lost``."""
        if self.closed:
            return PlayEnd("stopped", 0.0)
        number, future = self._expect()
        self._playing, self._interruptible = number, interruptible
        pieces = _pieces(clips)
        self._send(protocol.Play(self.id, number, pieces, interruptible, repeat, over))
        try:
            end: PlayEnd = await future
            return end
        except asyncio.CancelledError:
            self._send(protocol.Stop(self.id, number, "stopped"))
            raise
        finally:
            self._waiting.pop(number, None)

    def stop(self) -> None:
        """See `Leg.stop`."""
        if self._playing:
            self._send(protocol.Stop(self.id, self._playing, "stopped"))

    def music(self, clips: Sequence[Clip]) -> None:
        """See `Leg.music`."""
        self._number += 1
        self._send(protocol.Music(self.id, self._number, _pieces(clips)))

    def signal(self, name: str) -> None:
        """See `Leg.signal`."""
        self._number += 1
        self._send(protocol.Signal(self.id, self._number, _pieces((self._tones[name],))))

    def send_keys(self, keys: str) -> None:
        """See `Leg.send_keys`; tones in place of the sound when there are no telephone-events."""
        if self._remote is None or self._remote.event_type is not None:
            self._send(protocol.SendKeys(self.id, keys))
            return
        pieces: list[tuple[str | None, int]] = []
        for key in keys.upper():
            if key in self._tones:
                pieces += [(self._tones[key].stem, 0), (None, _KEY_GAP)]
        self._number += 1
        self._playing, self._interruptible = self._number, False
        self._send(protocol.Play(self.id, self._number, pieces, False, False))

    def take_event(self, key: str) -> None:
        """The other leg's telephone-event: relayed as it is, or as a tone where none is known."""
        if self._remote is not None and self._remote.event_type is None:
            self.send_keys(key)

    def key(self, key: str) -> bool:
        """See `Leg.key`."""
        now = self._loop.time()
        keys, when = self._heard
        if key in keys and now - when < SAME_KEY:
            self._heard = ("", _NEVER)
            return True
        self._info = (key, now)
        for follower in self._board.followers(self):
            follower.send_keys(key)
        if self._playing and self._interruptible:
            self._send(protocol.Stop(self.id, self._playing, "key"))
        if self._recording and key in self._end_keys:
            self._send(protocol.EndRecord(self.id, self._recording, "key"))
            return True
        return False

    # --- recordings -----------------------------------------------------------------------------

    async def record(self, path: str, *, most: float, silence: float, end_keys: str) -> RecordDone:
        """See `Leg.record`. Raises `MediaFailed`: ``disk-full``, ``not-writable``, ``no-file``."""
        if self.closed:
            raise MediaFailed("media-lost", "the call's sound is gone; nothing was recorded")
        number, future = self._expect()
        self._recording, self._end_keys = number, end_keys
        self._paths[number] = path
        self._send(protocol.Record(self.id, number, path, most, silence, end_keys))
        try:
            done: RecordDone = await future
            return done
        except asyncio.CancelledError:
            self._send(protocol.EndRecord(self.id, number, "stopped"))
            raise
        finally:
            self._waiting.pop(number, None)
            self._paths.pop(number, None)
            if self._recording == number:
                self._recording = 0

    def record_both(self, path: str) -> None:
        """See `Leg.record_both`."""
        self._send(protocol.RecordBoth(self.id, path))

    def stop_record_both(self) -> None:
        """See `Leg.stop_record_both`."""
        self._send(protocol.EndRecord(self.id, protocol.BOTH, "stopped"))

    def pause_record_both(self, on: bool) -> None:
        """See `Leg.pause_record_both`."""
        self._send(protocol.PauseBoth(self.id, on))

    def secret(self, on: bool) -> None:
        """See `Leg.secret`."""
        self._send(protocol.Secret(self.id, on))

    # --- what media says ------------------------------------------------------------------------

    def on_event(self, event: protocol.Event) -> None:
        """Take an event about this leg."""
        handler = _HANDLERS[type(event)]
        handler(self, event)

    def _resolve(self, number: int, outcome: object) -> None:
        future = self._waiting.get(number)
        if future is not None and not future.done():
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _ended(self, number: int, by: Any, samples: int) -> None:
        if number == self._playing:
            self._playing = 0
        self._resolve(number, PlayEnd(by, samples / RATE))

    def _on_key(self, event: protocol.Key) -> None:
        now = self._loop.time()
        if event.ended:
            self._ended(event.ended, "key", event.samples)
        key, when = self._info
        if key == event.key and now - when < SAME_KEY:
            self._info = ("", _NEVER)
            return
        self._heard = (event.key, now)
        source: KeySource = "inband" if event.source == "inband" else "rfc4733"
        for follower in self._board.followers(self) if source == "rfc4733" else ():
            follower.take_event(event.key)
        if self.listener is not None:
            self.listener.key(event.key, source)

    def _on_play_done(self, event: protocol.PlayDone) -> None:
        self._ended(event.number, event.by, event.samples)

    def _on_failed(self, event: protocol.PlayFailed | protocol.RecordFailed) -> None:
        if event.number == self._playing:
            self._playing = 0
        if event.number not in self._waiting:  # music, a signal, a recording of both directions
            log.warning("%s", event.text)
        self._resolve(event.number, MediaFailed(event.name, event.text))

    def _on_recorded(self, event: protocol.Recorded) -> None:
        if event.by == "key":
            self._heard = (self._end_keys, self._loop.time())
        path = self._paths.get(event.number, "")
        by: Any = event.by
        self._resolve(event.number, RecordDone(path, event.samples / RATE, by, event.spoke))

    def _on_silent(self, event: protocol.Silent) -> None:
        if self.listener is not None and not self.closed:
            self.listener.silent(event.seconds)

    def on_quality(self, figures: protocol.Quality) -> None:
        """Take the latest figures."""
        self._quality = figures

    def quality(self) -> dict[str, float]:
        """See `Leg.quality`; what is not known yet is left out."""
        figures = self._quality
        if figures is None:
            return {}
        known = {
            "packets": figures.received,
            "lost": figures.lost,
            "jitter": figures.jitter,
            "sent": figures.sent,
            "skipped": figures.skipped,
            "peer_lost": figures.peer_lost,
            "peer_jitter": figures.peer_jitter,
            "round_trip": figures.round_trip,
        }
        return {name: float(value) for name, value in known.items() if value >= 0}

    def on_lost(self, reason: str) -> None:
        """The process is gone."""
        was_closed, self.closed = self.closed, True
        for number in list(self._waiting):
            self._resolve(number, MediaFailed("media-lost", reason))
        self._board.forget(self)
        if self.listener is not None and not was_closed:
            self.listener.lost(reason)


def _pieces(clips: Sequence[Clip]) -> protocol.Clips:
    """Clips as orders name them."""
    return [(clip.stem, 0 if clip.stem is not None else int(clip.seconds * RATE)) for clip in clips]


_HANDLERS: dict[type, Callable[[ClientLeg, Any], None]] = {
    protocol.Key: ClientLeg._on_key,
    protocol.PlayDone: ClientLeg._on_play_done,
    protocol.PlayFailed: ClientLeg._on_failed,
    protocol.Recorded: ClientLeg._on_recorded,
    protocol.RecordFailed: ClientLeg._on_failed,
    protocol.Silent: ClientLeg._on_silent,
}

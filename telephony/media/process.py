"""The media process: carries out signalling's orders on its legs and tells what happened.

Started as ``python -m telephony.media.process DESCRIPTOR SETTINGS``: our end of a SOCK_SEQPACKET
pair, and `protocol.Start` as JSON. It ends when signalling closes its end, after recordings are
whole; SIGTERM and SIGINT, which a terminal or systemd sends to the whole group, are left to
signalling.
"""

from __future__ import annotations

import gc
import resource
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from random import getrandbits
from typing import Any

from telephony.core.load import Load
from telephony.core.silence import Silence
from telephony.media import protocol
from telephony.media.archive import Archive
from telephony.media.clips import Clips
from telephony.media.files import Files
from telephony.media.hub import Tones
from telephony.media.leg import MediaLeg
from telephony.media.loop import Loop
from telephony.media.mixer import Mixer
from telephony.media.player import Player
from telephony.media.ports import Stock
from telephony.media.sender import Sender

WATCH = 5
"""Chores between looks at all legs: four a second."""
QUALITY = 8
"""Looks between reports of quality: every two seconds."""
_BUSY = 0.9
"""The share of a processor at which no more calls are taken."""
_MOST_WAITING = 10_000
"""Events kept while signalling does not read; it is as good as dead then."""


class MediaProcess:
    """All legs of one process. Implements `telephony.media.hub.Hub`."""

    def __init__(self, link: socket.socket, start: protocol.Start) -> None:
        self._link = link
        self._start = start
        self._wall = time.time() - time.monotonic()
        self._legs: dict[int, MediaLeg] = {}
        self._closing: dict[MediaLeg, int] = {}
        self._down: dict[MediaLeg, None] = {}
        self._waiting: deque[bytes] = deque()
        self._round = 0
        self._load = Load(_BUSY, time.thread_time(), time.monotonic())
        self._detector: Callable[[], Tones] | None = None
        self._deaf: list[MediaLeg] = []
        self._stock = Stock(iter(range(start.first, start.last, start.step)))
        self._files = Files()
        self._clips = Clips(self._files)
        self._player = Player(self._clips, self._emit)
        self._mixer = Mixer(self._legs, self._give_way)
        self._archive = Archive(self._files, self._emit, self._released)
        self._loop = Loop(self._chores, self._urgent)
        self.listen, self.unlisten = self._loop.listen, self._loop.unlisten
        self._loop.listen_first(link.fileno(), self._read_orders)
        self._loop.listen_first(self._files.wake, lambda now: self._files.finish())
        self._carry_out: dict[type, Callable[[MediaLeg, Any, float], None]] = {
            protocol.Connect: self._connect,
            protocol.Answered: lambda leg, order, now: leg.answered(now),
            protocol.Play: self._player.play,
            protocol.Stop: lambda leg, order, now: self._player.stop(leg, order.number, order.by),
            protocol.Record: self._archive.record,
            protocol.RecordBoth: self._archive.record_both,
            protocol.EndRecord: self._end_record,
            protocol.PauseBoth: lambda leg, order, now: leg.pause_both(order.on),
            protocol.Secret: lambda leg, order, now: leg.keep_secret(order.on),
            protocol.SendKeys: lambda leg, order, now: leg.sender.press(order.keys, now),
            protocol.Hear: lambda leg, order, now: self._mixer.hear(
                leg, order.sources, order.once_heard
            ),
            protocol.Music: self._player.music,
            protocol.Signal: self._player.signal,
            protocol.Close: self._close,
        }

    def run(self) -> None:
        """Serve until signalling is gone; then close what is open."""
        self._emit(protocol.Ports(self._stock.bind_more(self._start.stock)))
        self._loop.run()
        self._archive.end_all(None, time.monotonic())
        self._files.close()

    # --- to and from signalling -----------------------------------------------------------------

    def _read_orders(self, now: float) -> None:
        while True:
            try:
                data = self._link.recv(protocol.LARGEST)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._loop.ending = True
                return
            order = protocol.decode_order(data)
            if isinstance(order, protocol.Open):
                self._open(order)
            elif isinstance(order, protocol.Prefetch):
                self._clips.prefetch(order.stems)
            elif (leg := self._legs.get(order.leg)) is not None:
                self._carry_out[type(order)](leg, order, now)

    def _emit(self, event: protocol.Event) -> None:
        """Tell signalling; what it does not read in time waits, but for figures of quality."""
        data = protocol.encode(event)
        if self._waiting or not self._sent(data):
            if not isinstance(event, protocol.Qualities):
                self._waiting.append(data)
                if len(self._waiting) > _MOST_WAITING:
                    self._loop.ending = True

    def _sent(self, data: bytes) -> bool:
        try:
            self._link.send(data)
        except BlockingIOError:
            return False
        except OSError:
            self._loop.ending = True
        return True

    def _urgent(self, now: float) -> bool:
        """What every round looks at; whether another round should come within a millisecond."""
        while self._waiting and self._sent(self._waiting[0]):
            self._waiting.popleft()
        if self._down:
            for leg in list(self._down):
                if leg.overdue(now):
                    del self._down[leg]
        self._mixer.settle(now)
        return bool(self._waiting or self._down)

    def _chores(self, now: float) -> None:
        self._archive.pull(now)
        self._round += 1
        if self._round % WATCH:
            return
        legs = list(self._legs.values())
        for leg in legs:
            seconds = leg.watch(now)
            if seconds:
                self._emit(protocol.Silent(leg.id, seconds))
        if self._round % (WATCH * QUALITY) == 0:
            for begin in range(0, len(legs), 500):
                figures = [leg.quality() for leg in legs[begin : begin + 500]]
                self._emit(protocol.Qualities(figures))
            busy = self._load.busy
            if self._load.note(time.thread_time(), now) != busy:
                self._emit(protocol.Busy(not busy))

    def pressed(self, leg: MediaLeg) -> None:
        """A key is down on *leg*: look after it until it is up."""
        self._down[leg] = None

    def key(self, leg: MediaLeg, key: str, source: str, now: float) -> None:
        """A key was pressed: it ends a recording, or signalling hears of it."""
        number, samples = leg.ended or (0, 0)
        leg.ended = None
        recording = leg.recording
        if recording is not None and key in recording.end_keys and not recording.by:
            recording.end("key", now)
            if number:
                self._emit(protocol.PlayDone(leg.id, number, "key", samples))
            return
        self._emit(protocol.Key(leg.id, key, source, number, samples))

    # --- legs -----------------------------------------------------------------------------------

    def _open(self, order: protocol.Open) -> None:
        pair = self._stock.take(order.port, order.ipv6)
        send_silence = self._start.silence == "send"
        sender = Sender(self._loop.wheel, getrandbits(32), getrandbits(16), send_silence)
        silence = Silence(self._start.missed_after)
        leg = MediaLeg(self, order.leg, order.port, pair, sender, self._wall, silence)
        self._legs[order.leg] = leg
        self._mixer.watch(leg)
        if len(self._stock) < self._start.stock:
            more = self._stock.bind_more(1)
            if more:
                self._emit(protocol.Ports(more))

    def _connect(self, leg: MediaLeg, order: protocol.Connect, now: float) -> None:
        leg.connect(order, now)
        if order.event_type is not None:
            leg.hear_tones(None)
        elif leg.tones is None:
            self._deaf.append(leg)
            if self._detector is not None:
                self._equip(self._detector)
            elif len(self._deaf) == 1:
                self._files.submit(_load_detector, self._equip)

    def _equip(self, detector: Callable[[], Tones]) -> None:
        """Let the legs that need it listen for in-band keys."""
        self._detector = detector
        for leg in self._deaf:
            leg.hear_tones(detector())
        self._deaf.clear()

    def _give_way(self, leg: MediaLeg) -> None:
        """The other side is heard: end what plays on *leg*."""
        self._player.stop(leg, leg.number, "stopped")
        leg.sender.halt()

    def _end_record(self, leg: MediaLeg, order: protocol.EndRecord, now: float) -> None:
        self._archive.end(leg, order.number, order.by, now)

    def _close(self, leg: MediaLeg, order: protocol.Close, now: float) -> None:
        del self._legs[leg.id]
        self._player.stop(leg, leg.number, "stopped")
        self._mixer.forget(leg)
        leg.close(now)
        self._down.pop(leg, None)
        if leg in self._deaf:
            self._deaf.remove(leg)
        self._closing[leg] = self._archive.end_all(leg, now) + 1
        self._released(leg)

    def _released(self, leg: MediaLeg) -> None:
        """One thing less is open on a leg; when nothing is, a closing leg's port is free."""
        if leg not in self._closing:
            return
        self._closing[leg] -= 1
        if not self._closing[leg]:
            del self._closing[leg]
            port = leg.port if self._stock.bind_again(leg.port) else 0
            self._emit(protocol.Qualities([leg.quality()]))
            self._emit(protocol.Closed(leg.id, port))


def _load_detector() -> Callable[[], Tones]:
    from telephony.media.detectors import load  # not before a call needs it

    return load()


def main(arguments: list[str]) -> None:
    """Serve the signalling process at the other end of the descriptor in *arguments*."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGXFSZ, signal.SIGPIPE):
        signal.signal(name, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    link = socket.socket(fileno=int(arguments[0]))
    link.setblocking(False)
    process = MediaProcess(link, protocol.decode_start(arguments[1]))
    # Nothing here is garbage in cycles, and a full collection would hold up every stream.
    gc.collect()
    gc.freeze()
    gc.disable()
    process.run()


if __name__ == "__main__":
    main(sys.argv[1:])

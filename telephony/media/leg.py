"""One leg in the media process: its sockets, what its far end says, and whom that concerns."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from telephony.core import rtp
from telephony.core.g711_tables import PAYLOAD_TYPE, Law, translation
from telephony.core.rfc4733 import KeyReceiver
from telephony.core.rtp import HEADER_SIZE, PLAIN, START, Reception
from telephony.core.silence import Silence
from telephony.core.source import SourceRule
from telephony.media.hub import Hub, Tones
from telephony.media.ports import Pair, bind, empty
from telephony.media.protocol import Connect, Quality
from telephony.media.recording import Recording
from telephony.media.reports import Reports
from telephony.media.sender import Sender, discard, nobody

if TYPE_CHECKING:
    from telephony.core.mixing import Voice

BUFFER = bytearray(2048)
"""Every packet is received here and dealt with before the next one is."""
VIEW = memoryview(BUFFER)
_LAW: dict[int, Law] = {kind: law for law, kind in PAYLOAD_TYPE.items()}
_NO_ONE = -1
_MOST_QUEUED = 1000
"""Packets looked at when the source is locked: more than a socket's buffer holds."""
_unpack = START.unpack_from


class MediaLeg:
    """Receives a leg's packets. `receive` is the hot path: 50 packets a second and call.

    Sound nobody wants is only counted, by `Reception.ordinary`, and passed on to the one who hears
    nobody else. *listening* tells whether anything else wants it: a recording, the in-band
    detector, a mixture, a second one to pass it on to. Who hears whom is set by the mixer.
    """

    __slots__ = (
        "_event_type",
        "_heard_before",
        "_hub",
        "_keys",
        "_kind",
        "_open",
        "_receives",
        "_relay",
        "_rule",
        "_sends",
        "_silence",
        "_sock",
        "_table",
        "_take",
        "both",
        "ended",
        "heard",
        "hearers",
        "id",
        "interruptible",
        "law",
        "listening",
        "music",
        "number",
        "paused",
        "port",
        "reception",
        "recording",
        "relays",
        "reports",
        "secret",
        "sender",
        "tones",
        "voice",
    )

    def __init__(
        self,
        hub: Hub,
        leg: int,
        port: int,
        pair: Pair,
        sender: Sender,
        wall: float,
        silence: Silence,
    ) -> None:
        self._hub = hub
        self.id, self.port = leg, port
        self._sock = pair[0]
        self.reports = Reports(pair[1], sender, wall)
        self._take = self._sock.recv_into
        self.sender = sender
        self.reception = Reception(_NO_ONE, 0)
        self._rule = SourceRule()
        self._silence = silence
        self._keys = KeyReceiver()
        self.law: Law = "PCMU"
        self._kind = 0
        self._event_type = _NO_ONE
        self._heard_before = 0
        self._open = True
        self._sends = self._receives = False
        self.listening = False
        self._relay: Sender | None = None
        self._table: bytes | None = None
        self.recording: Recording | None = None
        self.both: Recording | None = None
        self.heard: tuple[MediaLeg, ...] = ()
        """The legs whose far ends ours is to hear."""
        self.hearers: dict[MediaLeg, None] = {}
        """The legs whose far ends hear ours."""
        self.relays: tuple[Sender, ...] = ()
        """The streams of those among them that hear nobody else."""
        self.voice: Voice | None = None
        """What our far end says, for those that mix it."""
        self.tones: Tones | None = None
        self.secret = self.paused = False
        self.number = 0
        """The number of the sound that plays, 0 when none does."""
        self.music = 0
        """The number of the last order for music."""
        self.interruptible = False
        self.ended: tuple[int, int] | None = None
        """The sound a key stopped, and its samples, until the key is reported."""
        for sock in pair:  # packets that came while the port waited for a call
            empty(sock)

    # --- receiving ------------------------------------------------------------------------------

    def receive(self, now: float) -> None:
        """Take one packet from the locked source."""
        take = self._take
        try:
            size = take(BUFFER)
        except OSError:  # refused by the far end's host (ICMP), or nothing there after all
            return
        if size < HEADER_SIZE:
            return
        start, sequence, timestamp, ssrc = _unpack(BUFFER)
        if not self.reception.ordinary(start, sequence, timestamp, ssrc, now):
            self._packet(size, now)
        elif self._relay is not None:
            sound = bytes(VIEW[HEADER_SIZE:size])
            if self._table is not None:
                sound = sound.translate(self._table)
            self._relay.forward(ssrc, sequence, timestamp, False, sound, now)

    def receive_first(self, now: float) -> None:
        """Take one packet while the source is not locked."""
        try:
            size, sender = self._sock.recvfrom_into(BUFFER)
        except OSError:
            return
        source: tuple[str, int] = sender[:2]
        packet = rtp.parse(BUFFER, size)
        if packet is None or not self._rule.accepts(source, packet.ssrc, now):
            return
        self._packet(size, now)
        self._lock(source)
        self._drop_strangers(source, now)

    def _drop_strangers(self, source: tuple[str, int], now: float) -> None:
        """Deal with what came before the lock: the kernel has queued packets of anybody."""
        for _ in range(_MOST_QUEUED):
            try:
                size, sender = self._sock.recvfrom_into(BUFFER)
            except OSError:
                return
            if sender[:2] == source:
                self._packet(size, now)

    def _packet(self, size: int, now: float) -> None:
        """A packet that is more than sound nobody listens to."""
        packet = rtp.parse(BUFFER, size)
        if packet is None or not self._receives:
            return
        if packet.ssrc != self.reception.ssrc:
            self.reception = Reception(packet.ssrc, packet.sequence)
            self._heard_before = 0
            self.attend()
            self._keys = KeyReceiver()
        payload = VIEW[packet.start : packet.end]
        if packet.payload_type == self._event_type:
            self.reception.count(packet.sequence)
            self._event(packet, payload, now)
            return
        law = self.law if packet.payload_type == self._kind else _LAW.get(packet.payload_type)
        if law is None:
            self.reception.count(packet.sequence)
            return
        self.reception.audio(packet.sequence, packet.timestamp, now)
        if self.listening or self.relays:
            self._sound(packet, bytes(payload), law, now)

    def _sound(self, packet: rtp.Packet, sound: bytes, law: Law, now: float) -> None:
        for relay in self.relays:
            table = translation(law, relay.law)
            relay.forward(
                packet.ssrc,
                packet.sequence,
                packet.timestamp,
                packet.marker,
                sound.translate(table) if table else sound,
                now,
            )
        if self.voice is not None:
            self.voice.put(packet.ssrc, packet.timestamp, sound, law, now)
        for recording in (self.recording, self.both):
            if recording is not None:
                recording.recorder.heard(packet.timestamp, sound, law, now)
        if self.tones is not None:
            for key in self.tones.feed(sound, law):
                self.interrupt()
                self._hub.key(self, key, "inband", now)

    def _event(self, packet: rtp.Packet, payload: memoryview, now: float) -> None:
        heard = self._keys.packet(packet.timestamp, payload, now)
        if heard.began:
            self.interrupt()
            self._hub.pressed(self)
        for key in heard.keys:
            self._hub.key(self, key, "rfc4733", now)
        for relay in self.relays:
            if relay.event_type is not None:
                relay.forward(
                    packet.ssrc,
                    packet.sequence,
                    packet.timestamp,
                    packet.marker,
                    bytes(payload),
                    now,
                    event=True,
                )

    def overdue(self, now: float) -> bool:
        """Report a key whose end was lost; True when no key is down any more."""
        for key in self._keys.overdue(now):
            self._hub.key(self, key, "rfc4733", now)
        return self._keys.next_wakeup() is None

    def interrupt(self) -> None:
        """A key began: stop the sound if it may be."""
        playlist = self.sender.playlist
        if self.number and self.interruptible and playlist is not None:
            self.ended = self.number, playlist.played
            self.number, self.sender.playlist = 0, None
            self.sender.changed()

    # --- connection -----------------------------------------------------------------------------

    def connect(self, order: Connect, now: float) -> None:
        """Start or change where sound goes."""
        sender = self.sender
        self.law, self._kind = order.law, order.payload_type
        self._event_type = _NO_ONE if order.event_type is None else order.event_type
        self._sends, self._receives = order.send, order.receive
        sender.event_type = order.event_type
        sender.shape(order.law, order.payload_type, order.ptime)
        for one in (self, *self.heard):
            one.attend()
        moved = self._rule.remote((order.host, order.port), order.signalling_host, now)
        self.reports.aim(self._rule.target, order.host, order.rtcp_port)
        if not self.reports.at:
            self.reports.begin(now)
            self._hub.listen(self.reports.sock, self.reports.receive)
            self._hub.listen(self._sock, self.receive_first)
        elif moved:
            self._unlock()
        self._aim()
        if sender.idle and sender.silence and not sender.relayed:
            sender.begin(now)

    def _aim(self) -> None:
        """Let the sender reach the locked source, or the address of the SDP until then."""
        sock, target = self._sock, self._rule.target
        if not self._sends or not target[1]:
            self.sender.transmit = discard
        elif self._open:
            self.sender.transmit = lambda packet: sock.sendto(packet, target)
        else:
            self.sender.transmit = sock.send

    def _lock(self, source: tuple[str, int]) -> None:
        """Let the kernel drop whatever comes from elsewhere."""
        self.reports.aim(source, self.reports.host, self.reports.port)
        try:
            self._sock.connect(source)
        except OSError:  # no way there now: stay open, sending fails by itself
            return
        self._open = False
        self._hub.listen(self._sock, self.receive)
        self._aim()

    def _unlock(self) -> None:
        """Hear everyone again. A connected UDP socket is only freed by making it anew."""
        if self._open:
            return
        self._hub.unlisten(self._sock)
        self._sock.close()
        self._open = True
        try:
            self._sock = bind(self.port, self._sock.family == socket.AF_INET6)
        except OSError:  # someone took the port in this instant: the leg falls silent
            return
        self._take = self._sock.recv_into
        self._hub.listen(self._sock, self.receive_first)
        self._aim()

    def answered(self, now: float) -> None:
        """The window for other sources begins to close."""
        self._rule.answered(now)

    def watch(self, now: float) -> float:
        """Called some times a second: open the lock of a source that fell silent.

        The seconds for which neither sound nor reports came, when that is to be told; else 0.
        """
        received = self.reception.received
        if received != self._heard_before:
            self._heard_before = received
            self._rule.heard(self.reception.ssrc, now)
            self._silence.heard(now)
        elif not self._open and self._receives and self._rule.quiet(now):
            self._unlock()
        reports = self.reports
        if reports.at and now >= reports.at:
            self.report(now)
        # a far end that holds us may send nothing for as long as it likes
        if reports.news or (received and not (self._receives and self._sends)):
            reports.news = False
            self._silence.heard(now)
        return self._silence.lasting(now)

    def attend(self) -> None:
        """Find out whether anything wants the sound."""
        relays = self.relays
        self.listening = bool(
            self.recording or self.both or self.tones or self.voice or len(relays) > 1
        )
        self._relay = relays[0] if relays else None
        self._table = translation(self.law, relays[0].law) if relays else None
        quick = self._receives and not self.listening
        self.reception.plain = PLAIN << 8 | self._kind if quick else -1

    def hear_tones(self, tones: Tones | None) -> None:
        """Listen for in-band keys, or no more."""
        self.tones = tones
        self.attend()

    def forget(self, recording: Recording) -> None:
        """A recording was closed."""
        if recording is self.recording:
            self.recording = None
        elif recording is self.both:
            self.both = self.sender.recorder = None
        self.attend()

    def keep_secret(self, on: bool) -> None:
        """Let recordings hold silence, those to come too."""
        self.secret = on
        for recording in (self.recording, self.both):
            if recording is not None:
                recording.recorder.secret = on or (self.paused and recording is self.both)

    def pause_both(self, on: bool) -> None:
        """Let the recording of both directions hold silence, one to come too."""
        self.paused = on
        if self.both is not None:
            self.both.recorder.secret = on or self.secret

    def quality(self) -> Quality:
        """The figures as they stand."""
        return self.reports.quality(self.id, self.reception)

    def report(self, now: float, bye: bool = False) -> None:
        """Send an RTCP report."""
        reception = self.reception
        self.reports.send(None if reception.ssrc == _NO_ONE else reception, now, bye)

    def close(self, now: float) -> None:
        """Say goodbye and close the sockets; break the cycles, for gc is off."""
        if self.reports.at:
            self.report(now, bye=True)
        sender = self.sender
        sender.halt()
        sender.transmit, sender.recorder = discard, None
        sender.ended = sender.changed = nobody
        sender.playlist = sender.music = sender.signal = sender.keys = sender.yields = None
        self.tones = self._relay = None
        for sock in (self._sock, self.reports.sock):
            self._hub.unlisten(sock)
            sock.close()

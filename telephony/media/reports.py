"""RTCP of one leg: its own socket, our reports and the peer's."""

from __future__ import annotations

import socket

from telephony.core import rtcp
from telephony.core.rtp import RATE, Reception
from telephony.media.protocol import Quality
from telephony.media.sender import Sender


class Reports:
    """Sends a report each `rtcp.INTERVAL` and keeps what the peer says about us.

    *wall* is what to add to the loop's time to get seconds since 1970.
    """

    __slots__ = (
        "_heard",
        "_peer",
        "_round_trip",
        "_sender",
        "_wall",
        "at",
        "host",
        "news",
        "port",
        "sock",
    )

    def __init__(self, sock: socket.socket, sender: Sender, wall: float) -> None:
        self.sock = sock
        self._sender = sender
        self._wall = wall
        self.host = ""
        """Where the peer is, and the only place from which reports are taken."""
        self.port = 0
        self.at = 0.0
        """When the next report is due; 0 before the leg is connected."""
        self.news = False
        """Whether a report came since the owner looked last."""
        self._peer: rtcp.Report | None = None
        self._heard = (0, 0.0)
        self._round_trip = -1.0

    def aim(self, source: tuple[str, int], host: str, port: int) -> None:
        """Reports go to *port* of *host*, or beside the *source* when it is elsewhere."""
        if source[0] != host:
            host, port = source[0], source[1] + 1 if source[1] else 0
        self.host, self.port = host, port

    def begin(self, now: float) -> None:
        """Have the first report in half an interval or a little more (section 6.2)."""
        spread = self._sender.ssrc % 1000 / 1000
        self.at = now + rtcp.INTERVAL * (0.5 + 0.5 * spread)

    def receive(self, now: float) -> None:
        """Take one packet."""
        try:
            data, source = self.sock.recvfrom(2048)
        except OSError:
            return
        if source[0] != self.host:
            return
        report = rtcp.parse(data, self._sender.ssrc)
        if report is None:
            return
        self.news = True
        if report.sender:
            self._heard = report.sender, now
        if report.about_us:
            self._peer = report
            seconds = rtcp.round_trip(report, self._wall + now)
            self._round_trip = -1.0 if seconds is None else seconds * 1000

    def send(self, reception: Reception | None, now: float, bye: bool = False) -> None:
        """Send our report; *reception* is None while nothing was received."""
        self.at = now + rtcp.INTERVAL
        sender = self._sender
        sent = rtcp.Sent(
            sender.ssrc, self._wall + now, sender.timestamp, sender.sent, sender.octets
        )
        last, when = self._heard
        name = f"{sender.ssrc:08x}@cordboard"
        packet = rtcp.compound(sent, reception, name, (last, now - when if last else 0.0), bye)
        try:
            self.sock.sendto(packet, (self.host, self.port))
        except OSError:  # reports may be lost
            return

    def quality(self, leg: int, reception: Reception) -> Quality:
        """The figures of leg number *leg* as they stand."""
        peer = self._peer
        return Quality(
            leg=leg,
            received=reception.received,
            lost=reception.lost,
            jitter=reception.jitter * 1000 / RATE,
            sent=self._sender.sent,
            skipped=self._sender.skipped,
            peer_lost=peer.lost if peer else -1,
            peer_jitter=peer.jitter * 1000 / RATE if peer else -1.0,
            round_trip=self._round_trip,
        )

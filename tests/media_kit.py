"""Legs of a real media process, for tests: connected with a peer, and what they tell."""

from __future__ import annotations

from rtp_peer import RtpPeer
from telephony.line import KeySource
from telephony.media.client import Plane
from telephony.media.client_leg import ClientLeg
from telephony.media.plane import Leg


class Heard:
    """Notes what a leg tells."""

    def __init__(self, leg: Leg) -> None:
        self.keys: list[tuple[str, KeySource]] = []
        self.reasons: list[str] = []
        self.silences: list[float] = []
        leg.listener = self

    def key(self, key: str, source: KeySource) -> None:
        self.keys.append((key, source))

    def silent(self, seconds: float) -> None:
        self.silences.append(seconds)

    def lost(self, reason: str) -> None:
        self.reasons.append(reason)

    @property
    def pressed(self) -> str:
        return "".join(key for key, _ in self.keys)


def call(plane: Plane, peer: RtpPeer, **changes: object) -> ClientLeg:
    """A leg that is connected with *peer*."""
    leg = plane.lease(ipv6=":" in peer.host)
    assert leg is not None
    leg.connect(peer.remote(**changes))
    leg.answered()
    peer.aim(leg.port, "::1" if ":" in peer.host else "127.0.0.1")
    return leg

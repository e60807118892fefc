"""From which address a leg takes its RTP: strangers' packets must never be heard."""

from __future__ import annotations

from typing import TypeAlias

Address: TypeAlias = tuple[str, int]
WINDOW = 2.0
"""Seconds after the answer in which another port of a known host may become the source."""
QUIET = 1.0
"""Seconds of silence after which the same SSRC may come from another address; for as long the
source that was left by a new SDP is not taken again."""
NOWHERE = frozenset({"0.0.0.0", "::"})
"""The address of a description that holds a call the old way (RFC 3264 section 8.4)."""


class SourceRule:
    """Locks on to one source.

    The address in the SDP is always good. Until `WINDOW` after the answer, or after a new SDP, the
    host of the SDP or of the signalling may send from any port (a NAT stands between). Once
    locked, the source changes by a new SDP (`remote`), or when after `QUIET` seconds the same SSRC
    comes from elsewhere (the NAT forgot the mapping).
    """

    __slots__ = ("_answered", "_heard", "_hosts", "_left", "_moved", "_sdp", "_ssrc", "locked")

    def __init__(self) -> None:
        self._sdp: Address = ("", 0)
        self._hosts: frozenset[str] = frozenset()
        self._answered: float | None = None
        self._ssrc = -1
        self._heard = 0.0
        self._left: Address | None = None
        self._moved = 0.0
        self.locked: Address | None = None

    def remote(self, sdp: Address, signalling_host: str, now: float) -> bool:
        """Take the address of an offer or answer; True when it changed and the lock is open."""
        if sdp[0] in NOWHERE:  # on hold, the old way: the far end is still where it was
            self._hosts |= {signalling_host}
            return False
        self._hosts = frozenset((sdp[0], signalling_host))
        if sdp == self._sdp:
            return False
        self._left, self._moved = self.locked, now
        self._sdp = sdp
        self.locked = None
        self._ssrc = -1
        if self._answered is not None:
            self._answered = now
        return True

    @property
    def target(self) -> Address:
        """Where to send: to the source, or to the SDP's address until there is one."""
        return self.locked or self._sdp

    def answered(self, now: float) -> None:
        """The call was answered: the window begins to close."""
        self._answered = now

    def accepts(self, source: Address, ssrc: int, now: float) -> bool:
        """Whether a packet is the peer's; it locks the source if it settles it."""
        if source == self.locked:
            return True
        if self.locked is None:
            open_window = self._answered is None or now < self._answered + WINDOW
            good = source == self._sdp or (open_window and source[0] in self._hosts)
            if source == self._left and source != self._sdp and now < self._moved + QUIET:
                good = False  # a packet that was on its way when the far end moved
        else:
            good = ssrc == self._ssrc and self.quiet(now)
        if good:
            self.locked, self._ssrc, self._heard = source, ssrc, now
        return good

    def heard(self, ssrc: int, now: float) -> None:
        """Note that the locked source was heard (once a second is enough)."""
        self._ssrc, self._heard = ssrc, now

    def quiet(self, now: float) -> bool:
        """Whether the locked source has been silent long enough to be replaced."""
        return now >= self._heard + QUIET

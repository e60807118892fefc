"""Who hears whom on the signalling side: orders to the legs, streams between processes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, TypeAlias

from telephony.core.hearing import Hearing, TapMode
from telephony.line import MediaFailed
from telephony.media.plane import Remote

if TYPE_CHECKING:
    from telephony.media.client_leg import ClientLeg

Changes: TypeAlias = "dict[ClientLeg, tuple[ClientLeg, ...]]"
"""Legs and whom they hear from now on."""


class _Hop:
    """One direction of a loopback stream between two processes: *near* sends, *far* is heard."""

    def __init__(self, near: ClientLeg, far: ClientLeg) -> None:
        self.near, self.far = near, far
        self.source: ClientLeg | None = None
        """Whom it carries."""
        self.users: dict[ClientLeg, None] = {}
        """Who hears it."""
        self.back: _Hop
        """The other direction."""


class Switchboard:
    """Carries out what `Hearing` says for the legs of all processes."""

    def __init__(self) -> None:
        self._hearing: Hearing[ClientLeg] = Hearing()
        self._hops: list[_Hop] = []

    # --- changes --------------------------------------------------------------------------------

    def bridge(self, one: ClientLeg, other: ClientLeg, once_heard: bool) -> None:
        """See `telephony.media.plane.Leg.bridge`."""
        self._hearing.bridge(one, other)
        self._settle(one, one if once_heard else None, bridged=True)

    def join(self, leg: ClientLeg, room: Hashable) -> None:
        """See `telephony.media.plane.Leg.join`."""
        self._hearing.join(leg, room)
        self._settle(leg)

    def tap(self, leg: ClientLeg, other: ClientLeg, mode: TapMode) -> None:
        """See `telephony.media.plane.Leg.tap`."""
        self._hearing.tap(leg, other, mode)
        self._settle(leg)

    def part(self, leg: ClientLeg) -> None:
        """Let *leg* leave its bridge, conference or tap."""
        self._hearing.part(leg)
        self._settle(leg)

    def forget(self, leg: ClientLeg) -> None:
        """A leg is closed: nobody hears it any more."""
        self._hearing.forget(leg)
        self._settle(leg)

    def followers(self, leg: ClientLeg) -> tuple[ClientLeg, ...]:
        """Who hears *leg* and nobody else: its keys are passed on to them."""
        return self._hearing.followers(leg)

    # --- inside ---------------------------------------------------------------------------------

    def _settle(
        self, leg: ClientLeg, once_heard: ClientLeg | None = None, *, bridged: bool = False
    ) -> None:
        """Give the orders that follow. Raises `MediaFailed` (``no-ports``): *leg* is alone then."""
        changes = self._hearing.settle()
        if bridged:  # even if it hears whom it heard: its sound gives way no more, or from now on
            changes.setdefault(leg, self._hearing.heard_by(leg))
        try:
            self._order(changes, once_heard)
        except MediaFailed:
            self._hearing.part(leg)
            self._order(self._hearing.settle(), None)
            raise

    def _order(self, changes: Changes, once_heard: ClientLeg | None) -> None:
        failure: MediaFailed | None = None
        for leg, sources in changes.items():
            heard: list[int] = []
            for source in sources:
                try:
                    heard.append(self._as_heard(leg, source).id)
                except MediaFailed as error:
                    failure = error
            leg.hear(heard, leg is once_heard)
        for leg, sources in changes.items():
            for hop in self._hops:
                if leg in hop.users and hop.source not in sources:
                    del hop.users[leg]
        self._close_unused()
        if failure is not None:
            raise failure

    def _as_heard(self, leg: ClientLeg, source: ClientLeg) -> ClientLeg:
        """The leg in *leg*'s process on which *source* is heard."""
        if source.owner is leg.owner:
            return source
        hop = next((hop for hop in self._hops if _carries(hop, source, leg)), None)
        if hop is None:
            hop = next((hop for hop in self._hops if _free(hop, source, leg)), None)
        if hop is None:
            hop = self._between(source, leg)
        if hop.source is None:
            hop.source = source
            hop.near.hear([source.id])
        hop.users[leg] = None
        return hop.far

    def _between(self, source: ClientLeg, leg: ClientLeg) -> _Hop:
        """A new stream between the processes of two legs, for either direction."""
        near, far = source.owner.lease(), leg.owner.lease()
        if near is None or far is None:
            for end in (near, far):
                if end is not None:
                    end.close()
            raise MediaFailed("no-ports", "no RTP port is free; widen [sip].media_ports")
        for end, other in ((near, far), (far, near)):
            end.connect(Remote("127.0.0.1", other.port, "PCMU", 0, 101, "127.0.0.1"))
            end.answered()
        hop, hop.back = _Hop(near, far), _Hop(far, near)
        hop.back.back = hop
        self._hops += (hop, hop.back)
        return hop

    def _close_unused(self) -> None:
        for hop in list(self._hops):
            if hop.source is not None and not hop.users:
                hop.source = None
                hop.near.hear([])
            if hop in self._hops and hop.source is hop.back.source is None:
                self._hops.remove(hop)
                self._hops.remove(hop.back)
                hop.near.close()
                hop.far.close()


def _carries(hop: _Hop, source: ClientLeg, leg: ClientLeg) -> bool:
    return hop.source is source and hop.far.owner is leg.owner


def _free(hop: _Hop, source: ClientLeg, leg: ClientLeg) -> bool:
    return hop.source is None and hop.near.owner is source.owner and hop.far.owner is leg.owner

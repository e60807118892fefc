"""Where a dialled number leads: the telephones registered under it, or a trunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from telephony.core.routes import Destination, NotRouted, route
from telephony.core.session_types import Credentials
from telephony.core.transaction_types import Hop
from telephony.line import DialFailed, LineError
from telephony.settings import Sip
from telephony.sip.phones import Phones
from telephony.sip.sockets import Sockets
from telephony.sip.trunks import Trunks


@dataclass(frozen=True, slots=True)
class Target:
    """One place to ring. *pinned*: reachable only at *hop*, whatever its Contact says."""

    uri: str
    hop: Hop
    caller: str
    """The From value without a tag."""
    credentials: Credentials | None = None
    pinned: bool = False


class Places:
    """Applies the route table and the allow-list of the configuration."""

    def __init__(
        self,
        settings: Sip,
        phones: Phones,
        trunks: Trunks,
        sockets: Sockets,
        clock: Callable[[], float],
    ) -> None:
        self._settings, self._phones, self._trunks = settings, phones, trunks
        self._sockets, self._clock = sockets, clock

    async def targets(self, to: str, caller_id: str | None) -> tuple[Destination, list[Target]]:
        """The places to ring for *to*, at least one; `DialFailed` says why there is none."""
        try:
            found = route(to, self._settings.dial_allow, self._settings.routes)
        except NotRouted as error:
            raise DialFailed("failed", str(error)) from None
        if found.trunk:
            return found, [await self._at_trunk(found, caller_id)]
        bindings = self._phones.contacts(found.number, self._clock())
        if not bindings:
            raise DialFailed("failed", f"the phone {found.number} is not registered")
        targets = []
        for binding in bindings:
            hop = Hop(*binding.source)
            caller = address_of(caller_id, self._sockets.sent_by(hop))
            targets.append(Target(binding.uri, hop, caller, pinned=True))
        ipv6 = ":" in targets[0].hop.host
        # they all share one port for sound: those that cannot reach it do not ring
        return found, [target for target in targets if (":" in target.hop.host) == ipv6]

    async def _at_trunk(self, found: Destination, caller_id: str | None) -> Target:
        line = self._trunks.lines.get(found.trunk)
        if line is None:
            raise DialFailed("failed", f"there is no [trunks.{found.trunk}]")
        try:
            trunk = line.trunk
            hop = await self._sockets.resolve(trunk.host, trunk.port)
        except LineError as error:
            raise DialFailed("failed", str(error)) from None
        caller = address_of(caller_id or trunk.user, line.place)
        credentials = (trunk.user, trunk.password) if trunk.user else None
        return Target(uri_of(found.number, line.place), hop, caller, credentials)


def address_of(user: str | None, place: str) -> str:
    """A From value: *user* at *place*, or anonymous (RFC 3323 4.1.1.3)."""
    if not user:
        return '"Anonymous" <sip:anonymous@anonymous.invalid>'
    return f"<{uri_of(user, place)}>"


def uri_of(user: str, place: str) -> str:
    """``sip:user@place`` with what a user part may not hold escaped."""
    return f"sip:{quote(user, safe='+*-_.!~()&=$,;?/')}@{place}"

"""Where a dialled number leads: the telephones registered under it, or a trunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from telephony.core.ring_headers import auto_answer, further
from telephony.core.routes import Destination, NotRouted, route
from telephony.core.session_types import Credentials
from telephony.core.transaction_types import Hop
from telephony.core.uri import UriError, parse_uri, quoted
from telephony.line import DialFailed, LineError, RingOptions
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
    headers: tuple[tuple[str, str], ...] = ()
    """What its INVITE carries besides."""


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
        return found, self._registered(found.number, RingOptions(caller_id or ""))

    def refusal(self, to: str) -> str:
        """Why *to* may not be dialled; empty when it may."""
        try:
            route(to, self._settings.dial_allow, self._settings.routes)
        except NotRouted as error:
            return str(error)
        return ""

    async def phone(self, phone: str, options: RingOptions) -> list[Target]:
        """The places to ring for an agent's telephone, at least one: its name, or an address."""
        if ":" not in phone:
            return self._registered(phone, options)
        try:
            uri = parse_uri(phone)
            if uri.scheme != "sip":
                raise UriError(f"{uri.scheme}: is not spoken here, only sip:")
            hop = await self._sockets.resolve(*uri.address)
        except (UriError, LineError) as error:
            raise DialFailed("failed", f"the telephone {phone}: {error}") from None
        return [self._target(str(uri), hop, options)]

    def _registered(self, name: str, options: RingOptions) -> list[Target]:
        """All places where the telephone *name* has registered."""
        bindings = self._phones.contacts(name, self._clock())
        if not bindings:
            raise DialFailed("failed", f"the phone {name} is not registered")
        targets = [
            self._target(binding.uri, Hop(*binding.source), options, pinned=True)
            for binding in bindings
        ]
        ipv6 = ":" in targets[0].hop.host
        # they all share one port for sound: those that cannot reach it do not ring
        return [target for target in targets if (":" in target.hop.host) == ipv6]

    def _target(self, uri: str, hop: Hop, options: RingOptions, pinned: bool = False) -> Target:
        place = self._sockets.sent_by(hop)
        headers = further(options.headers)
        if options.auto_answer:
            headers += auto_answer(place)
        caller = address_of(options.caller_id, place, options.caller_name)
        return Target(uri, hop, caller, pinned=pinned, headers=tuple(headers))

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


def address_of(user: str | None, place: str, name: str = "") -> str:
    """A From value: *user* at *place*, or anonymous (RFC 3323 4.1.1.3); *name* is shown with it."""
    uri = uri_of(user, place) if user else "sip:anonymous@anonymous.invalid"
    if not name:
        return f"<{uri}>" if user else f'"Anonymous" <{uri}>'
    return f"{quoted(name)} <{uri}>"


def uri_of(user: str, place: str) -> str:
    """``sip:user@place`` with what a user part may not hold escaped."""
    return f"sip:{quote(user, safe='+*-_.!~()&=$,;?/')}@{place}"

"""Trunks: their resolved addresses, our registrations with them, and which of them is calling."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Sequence
from typing import Any

from telephony.core.agent import Ask
from telephony.core.message import Request, Response
from telephony.core.registration import Answered, Registration, Send, Start, State, Stop
from telephony.core.transaction_types import Hop
from telephony.core.uri import UriError, bracketed, parse_name_addr
from telephony.line import LineError
from telephony.settings import Trunk
from telephony.sip.sockets import Sockets

log = logging.getLogger("telephony.sip")

RESOLVE_AGAIN = 60.0
"""Seconds after which a trunk's name is looked up once more."""


class TrunkLine:
    """One trunk at work."""

    def __init__(self, trunk: Trunk, ua: Trunks) -> None:
        self.trunk, self._ua = trunk, ua
        self.hop: Hop | None = None
        self.addresses: list[str] = []
        place = bracketed(trunk.host) + (f":{trunk.port}" if trunk.port != 5060 else "")
        self.uri = f"sip:{place}"
        self.call_id, self.tag = ua.token(), ua.token()
        self.registration = Registration(
            self.uri, trunk.user, trunk.password, expires=int(trunk.expires)
        )

    @property
    def place(self) -> str:
        """``host`` or ``host:port`` for URIs at this trunk."""
        return self.uri.removeprefix("sip:")

    def owns(self, host: str) -> bool:
        """Whether a call from *host* is this trunk's."""
        if self.trunk.sources:
            address = ipaddress.ip_address(host)
            return any(address in net for net in self.trunk.sources)
        return host in self.addresses

    def requests(self, sends: Sequence[Send]) -> list[Ask]:
        """The REGISTERs that *sends* stand for; none while the name is not resolved."""
        if self.hop is None:
            return []
        return [Ask(self._register(send, self.hop), self.hop, self) for send in sends]

    def _register(self, send: Send, hop: Hop) -> Request:
        request = Request("REGISTER", self.uri)
        who = f"<sip:{self.trunk.user}@{self.place}>"
        contact = f"<sip:{self.trunk.user}@{self._ua.sent_by(hop)}>"
        for name, value in (
            ("Via", self._ua.via(hop)),
            ("Max-Forwards", "70"),
            ("From", f"{who};tag={self.tag}"),
            ("To", who),
            ("Call-ID", self.call_id),
            ("CSeq", f"{send.cseq} REGISTER"),
            ("Contact", contact),
            ("Expires", str(send.expires)),
        ):
            request.add(name, value)
        if send.authorization is not None:
            request.add(*send.authorization)
        return request

    def replied(self, response: Response, now: float) -> list[Ask]:
        """Take the response to a REGISTER; what to send next."""
        before = self.registration.state
        proxy = response.status == 407
        event = Answered(
            response.cseq.number,
            response.status,
            response.reason,
            tuple(response.headers.get("proxy-authenticate" if proxy else "www-authenticate")),
            self._granted(response),
            _seconds(response.get("min-expires")),
            self._ua.token(),
        )
        asks = self.requests(self.registration.handle(event, now))
        state = self.registration.state
        if state is State.FAILED:
            log.warning("trunk %s: not registered: %s", self.trunk.name, self.registration.text)
        elif state is State.REGISTERED and before is not State.REGISTERED:
            log.info("trunk %s: registered", self.trunk.name)
        return asks

    def _granted(self, response: Response) -> int | None:
        mine = f"sip:{self.trunk.user}@"
        for value in response.values("contact"):
            try:
                contact = parse_name_addr(value)
            except UriError:
                continue
            if str(contact.uri).startswith(mine) and "expires" in contact.params:
                return _seconds(contact.params["expires"])
        return _seconds(response.get("expires"))


class Trunks:
    """All trunks of the endpoint."""

    def __init__(
        self,
        trunks: Sequence[Trunk],
        sockets: Sockets,
        *,
        token: Callable[[], str],
        via: Callable[[Hop], str],
        ask: Callable[[Ask], None],
        clock: Callable[[], float],
    ) -> None:
        self.token, self.via, self._ask, self._clock = token, via, ask, clock
        self._sockets = sockets
        self.lines = {trunk.name: TrunkLine(trunk, self) for trunk in trunks}
        self._task: asyncio.Task[None] | None = None

    def sent_by(self, hop: Hop) -> str:
        """Our ``host:port`` towards *hop*."""
        return self._sockets.sent_by(hop)

    async def start(self) -> None:
        """Look the names up, register, and keep doing so."""
        await self._resolve()
        self._task = asyncio.create_task(self._keep_resolving())

    async def stop(self) -> None:
        """Give registrations back."""
        if self._task is not None:
            self._task.cancel()
        for line in self.lines.values():
            self._send(line.requests(line.registration.handle(Stop(), self._clock())))

    def at(self, host: str) -> TrunkLine | None:
        """The trunk whose calls come from *host*."""
        return next((line for line in self.lines.values() if line.owns(host)), None)

    def next_wakeup(self) -> float | None:
        """When `wake` is due."""
        times = (line.registration.next_wakeup() for line in self.lines.values())
        return min((time for time in times if time is not None), default=None)

    def wake(self, now: float) -> None:
        """Register again where it is time."""
        for line in self.lines.values():
            self._send(line.requests(line.registration.handle(None, now)))

    def replied(self, line: TrunkLine, response: Response) -> None:
        """A response to a REGISTER."""
        self._send(line.replied(response, self._clock()))

    def status(self) -> dict[str, Any]:
        """For ``cordboard status``: trunk to what is known of it."""
        return {
            name: {
                "address": line.hop.host if line.hop else "unknown",
                "state": line.registration.text if line.trunk.register else "static",
            }
            for name, line in self.lines.items()
        }

    def _send(self, asks: list[Ask]) -> None:
        for ask in asks:
            self._ask(ask)

    async def _keep_resolving(self) -> None:
        while True:
            await asyncio.sleep(RESOLVE_AGAIN)
            self._sockets.refresh()
            await self._resolve()

    async def _resolve(self) -> None:
        for line in self.lines.values():
            known = line.hop
            try:
                line.addresses = await self._sockets.look_up(line.trunk.host)
            except LineError as error:
                log.warning("trunk %s: %s", line.trunk.name, error)
                continue
            line.hop = Hop(line.addresses[0], line.trunk.port)
            if line.trunk.register and known is None:
                self._send(line.requests(line.registration.handle(Start(), self._clock())))


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

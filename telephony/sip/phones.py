"""Telephones that register with us: digest, lock-out, bindings (RFC 3261 section 10)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from telephony.core.digest import DigestServer, Verdict
from telephony.core.guard import LockOut
from telephony.core.message import Request, Response
from telephony.core.registrar import Binding, ContactWish, Registrar
from telephony.core.transaction_types import Hop
from telephony.core.uri import UriError, parse_name_addr, parse_uri
from telephony.settings import Phone

log = logging.getLogger("telephony.sip")

REALM = "cordboard"
LOOK = 1.0
"""Seconds between looks for registrations that have run out, while somebody wants to know."""


class Phones:
    """The registrar as REGISTER requests see it."""

    def __init__(self, phones: Sequence[Phone], secret: bytes, token: Callable[[], str]) -> None:
        self._passwords = {phone.name: phone.password for phone in phones}
        self._digest = DigestServer(REALM, secret, self._passwords.get)
        self._lock_out = LockOut()
        self._token = token
        self.registrar = Registrar()

    def name_at(self, source: Hop, now: float) -> str | None:
        """The registered telephone that sends from *source*."""
        return self.registrar.name_at((source.host, source.port), now)

    def contacts(self, name: str, now: float) -> tuple[Binding, ...]:
        """Where *name* can be reached, the latest first."""
        return self.registrar.contacts(name, now)

    def registered(self, request: Request, source: Hop, now: float) -> Response | None:
        """The answer to a REGISTER; None: say nothing, that source is locked out."""
        tag = self._token()
        name = unquote(request.to.uri.user)
        if self._lock_out.locked(source.host, name, now):
            return None
        verdict, user = self._digest.verify(request.get("authorization") or None, "REGISTER", now)
        if verdict in (Verdict.MISSING, Verdict.STALE):
            values = self._digest.challenges(now, stale=verdict is Verdict.STALE)
            # MD5 alone, the last: baresip 1.0 (Debian 12) gives up when it is offered SHA-256
            # beside it, and other telephones read the first challenge only
            headers = [("WWW-Authenticate", values[-1])]
            return request.reply(401, to_tag=tag, headers=headers)
        if verdict is Verdict.WRONG or user != name:
            if self._lock_out.wrong(source.host, name, now):
                log.warning("%s is locked out: too many wrong passwords", source.host)
            return request.reply(403, to_tag=tag)
        self._lock_out.right(source.host, name)
        return self._register(name, request, source, tag, now)

    def _register(self, name: str, request: Request, source: Hop, tag: str, now: float) -> Response:
        values = request.values("contact")
        try:
            wishes = [self._wish(name, value, now) for value in values if value != "*"]
        except UriError as error:
            return request.reply(400, f"Bad Contact: {error}"[:80], to_tag=tag)
        before = len(self.registrar.contacts(name, now))
        result = self.registrar.register(
            name,
            wishes,
            star="*" in values,
            call_id=request.call_id,
            cseq=request.cseq.number,
            source=(source.host, source.port),
            now=now,
            expires=_seconds(request.get("expires")),
            user_agent=request.get("user-agent")[:100],
        )
        if result.status == 423:
            headers = [("Min-Expires", "30")]
            return request.reply(423, to_tag=tag, headers=headers)
        if result.status != 200:
            return request.reply(result.status, result.reason, to_tag=tag)
        if (before == 0) != (len(result.bindings) == 0):
            word = "registered from" if result.bindings else "unregistered at"
            log.info("phone %s %s %s:%d", name, word, source.host, source.port)
        headers = [
            ("Contact", f"<{binding.uri}>;expires={max(1, round(binding.expires_at - now))}")
            for binding in result.bindings
        ]
        return request.reply(200, to_tag=tag, headers=headers)

    def _wish(self, name: str, value: str, now: float) -> ContactWish:
        """One Contact; a URI that means a contact we know goes by that one's text (10.3, 7)."""
        contact = parse_name_addr(value)
        same = (
            binding.uri
            for binding in self.registrar.contacts(name, now)
            if parse_uri(binding.uri).equivalent(contact.uri)
        )
        uri = next(same, str(contact.uri))
        return ContactWish(uri, _seconds(contact.params.get("expires", "")))


class PhoneWatch:
    """Tells which telephones come and go."""

    def __init__(self, phones: Phones, clock: Callable[[], float]) -> None:
        self._phones, self._clock = phones, clock
        self._told: list[Callable[[str, bool], None]] = []
        self._known: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, told: Callable[[str, bool], None]) -> None:
        """See `telephony.line.Line.watch_phones`."""
        self.look()
        for name in sorted(self._known):
            told(name, True)
        self._told.append(told)
        if self._timer is None:
            self._tick()

    def look(self) -> None:
        """Tell what has changed."""
        now = self._phones.registrar.names(self._clock())
        before, self._known = self._known, now
        for name in sorted(before ^ now) if self._told else ():
            for told in self._told:
                told(name, name in now)

    def _tick(self) -> None:
        self.look()
        self._timer = asyncio.get_running_loop().call_later(LOOK, self._tick)

    def stop(self) -> None:
        """Tell nothing any more."""
        self._told.clear()
        if self._timer is not None:
            self._timer.cancel()


def _seconds(text: str) -> int | None:
    """A delta-seconds value; one that is malformed counts as not given (20.19)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

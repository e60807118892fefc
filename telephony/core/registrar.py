"""The location service: which contacts a telephone has registered (RFC 3261 section 10.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

DEFAULT_EXPIRES = 600
MIN_EXPIRES = 30
MAX_EXPIRES = 3600
MAX_CONTACTS = 8
"""Contacts a telephone may have at once. One that is started anew on another port each time leaves
its old contacts behind: the oldest make room."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of a telephone. *source* is where its REGISTER came from, (host, port).

    Calls go to *source*, not to the contact's host: behind NAT only that way leads there
    (RFC 3581, RFC 6314 section 4.1).
    """

    uri: str
    source: tuple[str, int]
    call_id: str
    cseq: int
    expires_at: float
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class ContactWish:
    """One Contact of a REGISTER: *expires* is its own parameter or the Expires header, if any."""

    uri: str
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """The answer to a REGISTER: a SIP status, and on 200 all bindings that stand now."""

    status: int
    reason: str
    bindings: tuple[Binding, ...] = ()


class Registrar:
    """Bindings by the telephone's name. Names and passwords are checked before it is asked."""

    def __init__(self) -> None:
        self._bindings: dict[str, dict[str, Binding]] = {}

    def register(
        self,
        name: str,
        wishes: Sequence[ContactWish],
        *,
        star: bool,
        call_id: str,
        cseq: int,
        source: tuple[str, int],
        now: float,
        expires: int | None = None,
        user_agent: str = "",
    ) -> Registered:
        """Apply one REGISTER of *name*, all of it or nothing.

        *star* is ``Contact: *``, which removes everything and needs ``Expires: 0``. No contact
        at all is a question. A request older than what is known is refused with 500.
        """
        self._drop_expired(name, now)
        old = self._bindings.get(name, {})
        if star:
            if wishes or expires != 0:
                return Registered(400, "Contact: * needs Expires: 0 and no other contact")
            wishes = [ContactWish(uri, 0) for uri in old]
        new = dict(old)
        for wish in wishes:
            known = old.get(wish.uri)
            if known and known.call_id == call_id and cseq <= known.cseq:
                return Registered(500, "Out of order")
            seconds = next(e for e in (wish.expires, expires, DEFAULT_EXPIRES) if e is not None)
            if seconds <= 0:
                new.pop(wish.uri, None)
                continue
            if seconds < MIN_EXPIRES:
                return Registered(423, "Interval Too Brief")
            until = now + min(seconds, MAX_EXPIRES)
            new.pop(wish.uri, None)
            new[wish.uri] = Binding(wish.uri, source, call_id, cseq, until, user_agent)
        for uri in list(new)[:-MAX_CONTACTS]:
            del new[uri]
        if new:
            self._bindings[name] = new
        else:
            self._bindings.pop(name, None)
        return Registered(200, "OK", tuple(new.values()))

    def contacts(self, name: str, now: float) -> tuple[Binding, ...]:
        """The bindings of *name* that have not expired, the latest first."""
        self._drop_expired(name, now)
        return tuple(reversed(self._bindings.get(name, {}).values()))

    def _drop_expired(self, name: str, now: float) -> None:
        bindings = self._bindings.get(name, {})
        for uri in [uri for uri, b in bindings.items() if b.expires_at <= now]:
            del bindings[uri]
        if not bindings:
            self._bindings.pop(name, None)

    def names(self, now: float) -> set[str]:
        """The telephones that have registered."""
        return {name for name in list(self._bindings) if self.contacts(name, now)}

    def name_at(self, source: tuple[str, int], now: float) -> str | None:
        """The telephone whose registration came from *source*, None when there is none."""
        for name in list(self._bindings):
            if any(b.source == source for b in self.contacts(name, now)):
                return name
        return None

    def status(self, now: float) -> Mapping[str, list[dict[str, object]]]:
        """For ``cordboard status``: every telephone with its contacts."""
        return {name: list(self._described(name, now)) for name in sorted(self._bindings)}

    def _described(self, name: str, now: float) -> Iterator[dict[str, object]]:
        for binding in self.contacts(name, now):
            yield {
                "contact": binding.uri,
                "from": "{}:{}".format(*binding.source),
                "expires_in": round(binding.expires_at - now),
                "user_agent": binding.user_agent,
            }

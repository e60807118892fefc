"""Who asks: the administrator's token, or a session begun with name and password."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf
from typing import Annotated, Any, Final, Protocol

from fastapi import Depends, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from desk.api.problems import Problem
from desk.core.limits import FREE_OF_ACCOUNT, Attempts, Pace
from desk.core.roles import ROLES, Right, Who

log = logging.getLogger("api")

TOKEN_NAME: Final = "admin token"
"""Whoever has the token, in the audit log."""
_AT_ONCE: Final = 2
"""Passwords that are checked at the same time: each takes memory and some hundredths of a
second."""
_MOST: Final = 10_000
"""Sessions that are kept; the one used longest ago goes first."""
_bearer = HTTPBearer(
    auto_error=False, description="the token in [api] admin_token, or of POST /api/session"
)


class Accounts(Protocol):
    """Who has an account. `login` blocks for some hundredths of a second."""

    def login(self, name: str, password: str) -> Who | None:
        """Who this is; None for an unknown name or a wrong password."""


Audit = Callable[[str, str, str, Any], Awaitable[None]]
"""Writes down who did what to whom, and what else is to be known of it."""


@dataclass(slots=True)
class Session:
    """Somebody who has logged in. *until* goes on with every use; clock as of `time.monotonic`."""

    who: Who
    until: float
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Access:
    """Tells who asks, and whether that may be. *lasts* is how many idle seconds a session has.

    Sessions are kept in memory, by the hash of their token: a new server knows none of them.
    """

    def __init__(
        self,
        token: str,
        accounts: Accounts,
        audit: Audit,
        lasts: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token, self._accounts, self._audit = token, accounts, audit
        self._clock, self.lasts = clock, lasts
        self._attempts, self._pace = Attempts(), Pace()
        self._sessions: dict[bytes, Session] = {}
        self._checking = asyncio.Semaphore(_AT_ONCE)

    # --- sessions -------------------------------------------------------------------------------

    async def log_in(self, name: str, password: str, address: str) -> tuple[str, Session]:
        """A new session and its token. Raises 401 for what is wrong, 429 for too many of that."""
        wait = self._attempts.begin(name, address, self._clock())
        if wait:
            raise Problem(429, "too many passwords", {"Retry-After": str(wait)}, wait=wait)
        async with self._checking:
            who = await asyncio.to_thread(self._accounts.login, name, password)
        if who is None:
            count = self._attempts.count(name)
            log.warning("wrong password number %d for %r from %s", count, name[:80], address)
            if count % FREE_OF_ACCOUNT == 0:
                await self._audit(name[:80], "wrong passwords", name[:80], [address, count])
            raise Problem(401, "wrong password")
        self._attempts.right(name, address)
        while len(self._sessions) >= _MOST:
            self._end(next(iter(self._sessions)))
        token = secrets.token_urlsafe(32)
        session = Session(who, self._clock() + self.lasts)
        self._sessions[_hash(token)] = session
        await self._audit(who.name, "log in", who.name, [address])
        return token, session

    def log_out(self, token: str) -> None:
        """The session is over, and so is what watches by it."""
        self._end(_hash(token))

    def forget(self, name: str) -> None:
        """All sessions of an account are over: its password or its role has changed."""
        for key in [k for k, session in self._sessions.items() if session.who.name == name]:
            self._end(key)

    def _end(self, key: bytes) -> None:
        session = self._sessions.pop(key, None)
        if session is not None:
            session.ended.set()

    def session(self, token: str) -> Session | None:
        """Whose token it is; the administrator's own never ends."""
        if hmac.compare_digest(token.encode(), self._token.encode()):
            return Session(Who(TOKEN_NAME, "admin"), inf)
        key = _hash(token)
        session = self._sessions.get(key)
        if session is None:
            return None
        now = self._clock()
        if session.until < now:
            self._end(key)
            return None
        session.until = now + self.lasts
        self._sessions[key] = self._sessions.pop(key)  # used last
        return session

    # --- rights ---------------------------------------------------------------------------------

    def may(self, right: Right) -> Any:
        """What a route depends on: gives `Who`, or answers 401 or 403."""

        async def checked(
            request: Request,
            given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        ) -> Who:
            session = self.session(given.credentials if given else "")
            if session is None:
                raise Problem(401, "no token", {"WWW-Authenticate": "Bearer"})
            who = session.who
            if not who.may(right):
                raise Problem(403, "role", role=who.role, others=_others(right))
            if request.method not in ("GET", "HEAD") and session.until != inf:
                self._slow_down(who)  # a program with the token works for everybody
            return who

        checked.right = right  # type: ignore[attr-defined]  # for the test of every route
        return Depends(checked)

    def watcher(self, socket: WebSocket, right: Right) -> Session | None:
        """The session of a WebSocket; None when it may not be opened."""
        session = self.session(offered_token(socket))
        return session if session is not None and session.who.may(right) else None

    def _slow_down(self, who: Who) -> None:
        wait = self._pace.wait(who.name, self._clock())
        if wait:
            raise Problem(429, "too fast", {"Retry-After": str(max(1, round(wait)))})


def _others(right: Right) -> str:
    return ", ".join(role for role in ROLES if Who("", role).may(right))


def offered_token(socket: WebSocket) -> str:
    """The token of a WebSocket: as a header, or from browsers as a subprotocol."""
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    for protocol in socket.headers.get("sec-websocket-protocol", "").split(","):
        name, _, token = protocol.strip().partition(".")
        if name == "bearer":
            return token
    return ""


def chosen_protocol(socket: WebSocket) -> str | None:
    """The subprotocol to answer with, where one was offered."""
    offered = socket.headers.get("sec-websocket-protocol", "").split(",")
    return next((p.strip() for p in offered if p.strip() == "cordboard"), None)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client is not None else ""

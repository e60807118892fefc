"""Logging in and out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from desk.api.access import Access, address_of
from desk.api.desk_models import Begun, Credentials, Me
from desk.core.roles import RIGHTS, Who


def session_routes(access: Access) -> APIRouter:
    """Routes about sessions. The first one needs no token."""
    router = APIRouter(prefix="/api/session", tags=["session"])
    anybody = access.may("desk")

    @router.post("", status_code=201)
    async def begin(request: Request, credentials: Credentials) -> Begun:
        """Log in. After five wrong passwords in a row each costs a longer wait (429)."""
        token, session = await access.log_in(
            credentials.name, credentials.password, address_of(request)
        )
        return Begun(token=token, idle_seconds=access.lasts, **_me(session.who))

    @router.get("")
    async def who(who: Who = anybody) -> Me:
        """Who asks."""
        return Me(**_me(who))

    @router.delete("", status_code=204, dependencies=[anybody])
    async def end(request: Request) -> None:
        """Log out."""
        _, _, token = request.headers["authorization"].partition(" ")
        access.log_out(token.strip())

    return router


def _me(who: Who) -> dict[str, Any]:
    rights = [right for right in RIGHTS if who.may(right)]
    return {"name": who.name, "role": who.role, "agent": who.agent, "rights": rights}

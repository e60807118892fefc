"""The API's routes. Everything but the description itself wants the administrator's token."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, Protocol

from fastapi import Depends, FastAPI, HTTPException, Query, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from desk.api import models
from desk.api.journal import CallRecord, Journal
from desk.api.watching import watch_calls
from flow_runtime.core.traffic import FlowTraffic

_LATEST = 100
_MOST = 1_000
_DAY = 86_400.0

_bearer = HTTPBearer(auto_error=False, description="the token in [api] admin_token")


class Server(Protocol):
    """What the API asks of the running server."""

    def status(self) -> models.Status:
        """The server as a whole."""

    def site(self) -> models.Site:
        """What it serves, as files."""

    def flows(self) -> list[models.ServedFlow]:
        """The flows that calls get now."""


def make_app(
    server: Server, journal: Journal, token: str, now: Callable[[], float] = time.time
) -> FastAPI:
    """The API of *server*; *journal* is given every event of every call.

    *token* opens it; *now* tells seconds since the epoch.
    """
    app = FastAPI(
        title="Cordboard",
        summary="What a telephone line does: flows, calls, traffic.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # these pages would fetch scripts from another server
        redoc_url=None,
    )
    wanted = Depends(_checked_by(token))

    @app.get("/api/status", dependencies=[wanted])
    def status() -> models.Status:
        """The server as a whole: calls, registrations, refusals, problems of flows."""
        return server.status()

    @app.get("/api/site", dependencies=[wanted])
    def site() -> models.Site:
        """All that is needed to draw and check the flows elsewhere."""
        return server.site()

    @app.get("/api/flows", dependencies=[wanted])
    def flows() -> list[models.ServedFlow]:
        """The flows that new calls get."""
        return server.flows()

    @app.get("/api/flows/{flow}/traffic", dependencies=[wanted])
    def traffic(
        flow: str,
        since: Annotated[float | None, Query(description="default: a day ago")] = None,
        until: Annotated[float | None, Query(description="default: now")] = None,
    ) -> models.FlowFigures:
        """What calls did in the flow: visits, ways out, hang-ups, times. By whole hours."""
        end = now() if until is None else until
        begin = end - _DAY if since is None else since
        return _figures(flow, begin, end, journal.traffic(flow, begin, end))

    @app.get("/api/calls", dependencies=[wanted])
    def calls(
        state: Literal["running", "past", "all"] = "all",
        flow: Annotated[str | None, Query(description="that they are, or were last, in")] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = _LATEST,
    ) -> list[models.Call]:
        """Calls in progress, then those that have ended, the latest first."""
        found: list[CallRecord] = []
        if state != "past":
            found += journal.running()
        if state != "running":
            found += journal.past()
        shown = [call_of(one) for one in found if flow is None or one.flow == flow]
        return shown[:limit]

    @app.get("/api/calls/{call}", dependencies=[wanted])
    def call(call: str) -> models.CallEvents:
        """One call with its events."""
        record = journal.call(call)
        if record is None:
            raise HTTPException(404, f"no call {call} is kept; /api/calls lists those that are")
        return models.CallEvents(
            call=call_of(record),
            dropped=record.dropped,
            events=[json.loads(line) for line in record.lines],
        )

    @app.websocket("/api/watch")
    async def watch(socket: WebSocket, flow: str | None = None, call: str | None = None) -> None:
        """Snapshot and events of calls as they happen; see docs/api.md."""
        if not _is_right(_offered(socket), token):
            await socket.close(4401, "the token is missing or wrong")
            return
        await watch_calls(socket, journal, flow, call)

    return app


def call_of(record: CallRecord) -> models.Call:
    """*record* as a list shows it."""
    return models.Call(
        **{name: getattr(record, name) for name in models.Call.model_fields},
    )


def _figures(flow: str, since: float, until: float, traffic: FlowTraffic) -> models.FlowFigures:
    nodes = {
        name: models.NodeFigures(
            visits=node.visits,
            hangups=node.hangups,
            median_seconds=node.median_seconds,
            ports=list(node.ports.items()),
        )
        for name, node in traffic.nodes.items()
    }
    return models.FlowFigures(flow=flow, since=since, until=until, calls=traffic.calls, nodes=nodes)


def _checked_by(token: str) -> Callable[..., Awaitable[None]]:
    async def checked(
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> None:
        if not _is_right(given.credentials if given else "", token):
            raise HTTPException(
                401,
                "the token is missing or wrong: send  Authorization: Bearer TOKEN  with the one"
                " in [api] admin_token",
                {"WWW-Authenticate": "Bearer"},
            )

    return checked


def _offered(socket: WebSocket) -> str:
    """The token of a WebSocket: as a header, or from browsers as a subprotocol."""
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    for protocol in socket.headers.get("sec-websocket-protocol", "").split(","):
        name, _, token = protocol.strip().partition(".")
        if name == "bearer":
            return token
    return ""


def _is_right(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())

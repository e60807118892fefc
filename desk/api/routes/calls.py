"""What the server serves, and what calls do in flows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, HTTPException, Query, WebSocket

from desk.api import models
from desk.api.access import Access
from desk.api.journal import CallRecord, Journal
from desk.api.watching import watch_calls
from flow_runtime.core.traffic import FlowTraffic

_LATEST = 100
_MOST = 1_000
_DAY = 86_400.0


class Server(Protocol):
    """What the API asks of the running server."""

    def status(self) -> models.Status:
        """The server as a whole."""

    def site(self) -> models.Site:
        """What it serves, as files."""

    def flows(self) -> list[models.ServedFlow]:
        """The flows that calls get now."""


def call_routes(
    server: Server, journal: Journal, access: Access, now: Callable[[], float]
) -> APIRouter:
    """Routes about the server, its flows, and calls in them."""
    router = APIRouter(prefix="/api", tags=["calls"])
    calls_right = [access.may("calls")]

    @router.get("/status", dependencies=calls_right)
    def status() -> models.Status:
        """The server as a whole: calls, registrations, refusals, problems of flows."""
        return server.status()

    @router.get("/site", dependencies=[access.may("site")])
    def site() -> models.Site:
        """All that is needed to draw and check the flows elsewhere."""
        return server.site()

    @router.get("/flows", dependencies=calls_right)
    def flows() -> list[models.ServedFlow]:
        """The flows that new calls get."""
        return server.flows()

    @router.get("/flows/{flow}/traffic", dependencies=calls_right)
    def traffic(
        flow: str,
        since: Annotated[float | None, Query(description="default: a day ago")] = None,
        until: Annotated[float | None, Query(description="default: now")] = None,
    ) -> models.FlowFigures:
        """What calls did in the flow: visits, ways out, hang-ups, times. By whole hours."""
        end = now() if until is None else until
        begin = end - _DAY if since is None else since
        return _figures(flow, begin, end, journal.traffic(flow, begin, end))

    @router.get("/calls", dependencies=calls_right)
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

    @router.get("/calls/{call}", dependencies=calls_right)
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

    @router.websocket("/watch")
    async def watch(socket: WebSocket, flow: str | None = None, call: str | None = None) -> None:
        """Snapshot and events of calls as they happen; see docs/api.md."""
        session = access.watcher(socket, "calls")
        if session is None:
            await socket.close(4401, "the token is missing or wrong")
            return
        await watch_calls(socket, journal, flow, call)

    return router


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

"""What goes on: agents, queues and contacts now, and watching them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response, WebSocket

from contact_center.core.model import DIRECT
from desk.api.access import Access
from desk.api.centre import Centre
from desk.api.desk_models import Agent, Contact, DeskState, Directory, Queue, Skill
from desk.api.desk_watching import watch_desk
from desk.api.problems import Problem
from desk.core.roles import Who
from desk.core.rows import Row
from desk.core.views import View, with_positions
from flow_runtime.core.suggest import suggest
from flow_runtime.trace_lines import encoded


def floor_routes(centre: Centre, access: Access) -> APIRouter:
    """Routes about this moment. Everybody sees what the role may: see `views`."""
    router = APIRouter(prefix="/api", tags=["desk"])
    desk, directory, feed = access.may("desk"), access.may("directory"), centre.feed

    def seen(who: Who) -> dict[str, Any]:
        feed.look()
        return View(who, feed.floor).snapshot(feed.clock())

    @router.get("/desk", responses={200: {"model": DeskState}})
    async def state(who: Who = desk) -> Response:
        """Agents, queues and contacts: all that a call bar, a grid or a wall-board needs."""
        return await asyncio.to_thread(_state, {"boot": feed.boot, **seen(who)})

    @router.get("/directory")
    async def names(who: Who = directory) -> Directory:
        """The names of all agents and queues, for whoever transfers or calls."""
        engine, title = centre.acd.engine, centre.names.title
        return Directory(
            agents={name: title(name) for name in engine.agents},
            queues=[name for name in engine.queues if name != DIRECT],
        )

    @router.get("/agents", responses={200: {"model": list[Agent]}})
    async def agents(who: Who = directory) -> Response:
        """The agents, with their states."""
        return _json(seen(who)["agents"])

    @router.get("/agents/{name}", responses={200: {"model": Agent}})
    async def agent(name: str, who: Who = directory) -> Response:
        """One agent."""
        return _json(_one(seen(who)["agents"], "name", name, "no agent"))

    @router.get("/skills")
    async def skills(who: Who = directory) -> list[Skill]:
        """The skills of strategies, and the agents that have them."""
        found: dict[str, Skill] = {}
        for agent in centre.acd.engine.agents.values():
            for name, value in agent.setup.skills.items():
                kind = "word" if isinstance(value, str) else "level"
                skill = found.setdefault(name, Skill(name=name, kind=kind, agents={}))
                skill.agents[agent.name] = value
        return list(found.values())

    @router.get("/queues", responses={200: {"model": list[Queue]}})
    async def queues(who: Who = desk) -> Response:
        """The queues, with their day so far."""
        return _json(seen(who)["queues"])

    @router.get("/queues/{name}", responses={200: {"model": Queue}})
    async def queue(name: str, who: Who = desk) -> Response:
        """One queue."""
        return _json(_one(seen(who)["queues"], "name", name, "no queue"))

    @router.get("/contacts", responses={200: {"model": list[Contact]}})
    async def contacts(
        who: Who = directory,
        queue: Annotated[str, Query(description="those that wait, or came, there")] = "",
        state: Annotated[str, Query(description="waiting, talking, held, …")] = "",
        limit: Annotated[int, Query(ge=1, le=100_000)] = 1_000,
    ) -> Response:
        """What goes on now: those that wait first, in the order of their turn."""
        rows = seen(who)["contacts"]
        return await asyncio.to_thread(_contacts, rows, queue, state, limit)

    @router.websocket("/desk/watch")
    async def watch(socket: WebSocket, boot: str = "", after: int | None = None) -> None:
        """A snapshot, or what came since *after*, then every change; see docs/api.md."""
        session = access.watcher(socket, "desk")
        if session is None:
            await socket.close(4401, "the token is missing or wrong")
            return
        await watch_desk(socket, feed, session, boot, after)

    return router


def _state(told: dict[str, Any]) -> Response:
    return _json({**told, "contacts": with_positions(told["contacts"])})


def _contacts(rows: list[Row], queue: str, state: str, limit: int) -> Response:
    wanted = [
        row
        for row in with_positions(rows)
        if (not queue or row["queue"] == queue) and (not state or row["state"] == state)
    ]
    return _json(wanted[:limit])


def _json(told: Any) -> Response:
    """Rows are sent as they are: to check ten thousand would hold the server up."""
    return Response(encoded(told), media_type="application/json")


def _one(rows: list[Row], key: str, name: str, reason: str) -> Row:
    for row in rows:
        if row[key] == name:
            return row
    near = suggest(name, [row[key] for row in rows])
    raise Problem(404, reason, name=name, near=near)

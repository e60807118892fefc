"""The API's routes, put together. All but the description and the log-in want a token."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import tzinfo

from fastapi import FastAPI

from contact_center.store.passwords import Accounts
from desk.api.access import Access
from desk.api.acting import Acting
from desk.api.centre import Centre
from desk.api.journal import Journal
from desk.api.problems import Problem, handle_problems
from desk.api.routes.agents import agent_routes
from desk.api.routes.calls import Server, call_routes
from desk.api.routes.contacts import contact_routes, work_routes
from desk.api.routes.figures import figure_routes
from desk.api.routes.floor import floor_routes
from desk.api.routes.manage import account_routes, manage_routes
from desk.api.routes.roster import roster_routes
from desk.api.routes.rules import rule_routes
from desk.api.routes.session import session_routes
from desk.api.routes.supervisor import supervisor_routes
from desk.core.hooks import Hook

_OF_CENTRES = (
    "accounts",
    "agents",
    "audit",
    "callbacks",
    "contacts",
    "desk",
    "directory",
    "queues",
    "rules",
    "skills",
    "statistics",
    "voicemails",
    "webhooks",
)


def make_app(
    server: Server, journal: Journal, access: Access, now: Callable[[], float] = time.time
) -> FastAPI:
    """The API of *server*; *journal* is given every event of every call.

    *now* tells seconds since the epoch.
    """
    app = FastAPI(
        title="Cordboard",
        summary="What a telephone line does: flows, calls, queues, agents.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # these pages would fetch scripts from another server
        redoc_url=None,
    )
    handle_problems(app)
    app.include_router(session_routes(access))
    app.include_router(call_routes(server, journal, access, now))
    return app


def add_centre(
    app: FastAPI,
    access: Access,
    centre: Centre,
    accounts: Accounts,
    hooks: Sequence[Hook],
    zone: tzinfo,
) -> None:
    """Queues and agents, too; days are those of *zone*."""
    acting = Acting(centre)
    for router in (
        floor_routes(centre, access),
        agent_routes(centre, access, acting),
        supervisor_routes(centre, access, acting),
        contact_routes(centre, access, acting),
        work_routes(centre, access, acting),
        figure_routes(centre, access, zone),
        account_routes(centre, access, accounts),
        manage_routes(centre, access, tuple(hooks)),
        rule_routes(centre, access),
        roster_routes(centre, access),
    ):
        app.include_router(router)


def without_centre(app: FastAPI, access: Access) -> None:
    """Say what is missing where queues and agents would be."""

    async def missing() -> None:
        raise Problem(404, "no centre")

    for name in _OF_CENTRES:
        for path in (f"/api/{name}", f"/api/{name}/{{rest:path}}"):
            app.add_api_route(
                path,
                missing,
                methods=["GET", "POST", "PUT", "DELETE"],
                dependencies=[access.may("desk")],
                include_in_schema=False,
            )

"""What went on, and work that is open: contacts, callbacks, messages, an agent's calls."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from contact_center.store import reading
from contact_center.store.reading import History, Wanted
from desk.api.access import Access
from desk.api.acting import Acting
from desk.api.centre import Centre
from desk.api.desk_models import Act, Done
from desk.api.problems import Problem
from desk.api.routes.agents import REFUSALS
from desk.core.roles import Who

_DAY = 86_400.0
Limit = Annotated[int, Query(ge=1, le=1000)]
Since = Annotated[float | None, Query(description="default: a day ago")]
Until = Annotated[float | None, Query(description="default: now")]
Told = dict[str, Any]


def contact_routes(centre: Centre, access: Access, acting: Acting) -> APIRouter:
    """Contacts by id. Ids of callbacks have a slash, which need not be escaped."""
    router = APIRouter(prefix="/api", tags=["contacts"], responses=REFUSALS)
    calls, steering, logs = access.may("calls"), access.may("steer"), access.may("log of calls")

    @router.get("/contacts/past", dependencies=[calls])
    async def past(
        since: Since = None,
        until: Until = None,
        number: str = "",
        queue: str = "",
        agent: str = "",
        kind: str = "",
        cause: str = "",
        before: Annotated[str, Query(description="the id of the last one of the page before")] = "",
        limit: Limit = 100,
    ) -> list[Told]:
        """Contacts that began in a span of time, the newest first; also those that go on."""
        end = centre.now() if until is None else until
        begin = end - _DAY if since is None else since
        wanted = Wanted(begin, end, number, queue, agent, kind, cause)

        def asked(connection: Any) -> list[Told]:
            last = reading.history(connection, before) if before else None
            page = None if last is None else (last.contact["began"], before)
            return [dict(row) for row in reading.contacts(connection, wanted, limit, page)]

        return await centre.read(asked)

    @router.post("/contacts/{contact:path}/actions/disconnect")
    async def disconnect(contact: str, body: Act, who: Who = steering) -> Done:
        """End a contact, whatever it is doing."""

        def doing() -> None:
            if contact not in centre.acd.engine.contacts:
                raise Problem(404, "no contact", name=contact)
            centre.desk.disconnect(contact, by=who.name)

        return await acting.contact(who, contact, body, "disconnect", doing)

    @router.get("/contacts/{contact:path}")
    async def contact(contact: str, who: Who = logs) -> Told:
        """All there is of one contact: stays in queues, offers and why, and the log."""
        found = await centre.read(lambda connection: reading.history(connection, contact))
        if found is None or not (who.sees_all or _took_part(found, who.agent)):
            raise Problem(404, "no contact", name=contact)
        return {
            "contact": found.contact,
            "entries": list(found.entries),
            "offers": list(found.offers),
            "callback": found.callback,
            "voicemail": found.voicemail,
            "facts": list(found.facts),
        }

    @router.get("/agents/{name}/calls")
    async def calls_of(
        name: str, who: Who = logs, since: Since = None, limit: Limit = 100
    ) -> list[Told]:
        """An agent's call log, the newest first: also what rang and was not answered."""
        acting.known(name)
        if not (who.sees_all or who.sits_at(name)):
            raise Problem(403, "not your seat", agent=name, own=who.agent or "-")
        begin = centre.now() - _DAY if since is None else since
        rows = await centre.read(lambda c: reading.calls_of(c, name, begin, limit))
        return [dict(row) for row in rows]

    return router


def work_routes(centre: Centre, access: Access, acting: Acting) -> APIRouter:
    """Callbacks that are still to be made, and messages that are still to be heard."""
    router = APIRouter(prefix="/api", tags=["work"], responses=REFUSALS)
    work, steering = access.may("work"), access.may("steer")

    def mine(who: Who, rows: list[Told]) -> list[Told]:
        return rows if who.sees_all else [r for r in rows if r["queue_now"] in _served(who)]

    def _served(who: Who) -> frozenset[str]:
        agent = centre.acd.engine.agents.get(who.agent)
        return frozenset(agent.setup.queues) if agent is not None else frozenset()

    @router.get("/callbacks")
    async def callbacks(who: Who = work, queue: str = "") -> list[Told]:
        """In the order of their place."""
        rows = await centre.read(lambda c: reading.open_callbacks(c, queue))
        return mine(who, [dict(row) for row in rows])

    @router.post("/callbacks/{contact:path}/actions/cancel")
    async def cancel(contact: str, body: Act, who: Who = steering) -> Done:
        """Promise it no more: nobody is rung."""

        def doing() -> None:
            known = centre.acd.engine.contacts.get(contact)
            if known is None or known.kind != "callback":
                raise Problem(404, "not a callback", name=contact)
            centre.desk.disconnect(contact, by=who.name)

        return await acting.contact(who, contact, body, "cancel", doing)

    @router.get("/voicemails")
    async def voicemails(who: Who = work, queue: str = "") -> list[Told]:
        """The oldest first."""
        rows = await centre.read(lambda c: reading.open_voicemails(c, queue))
        return mine(who, [dict(row) for row in rows])

    @router.get("/voicemails/{contact:path}/sound", response_class=FileResponse)
    async def sound(contact: str, who: Who = work) -> FileResponse:
        """What was said, as a WAV file."""
        found = await centre.read(lambda c: reading.history(c, contact))
        if found is None or found.voicemail is None:
            raise Problem(404, "no contact", name=contact)
        if not (who.sees_all or found.contact["queue"] in _served(who)):
            raise Problem(403, "not yours", agent=who.agent)
        folder = centre.recordings.resolve()
        path = (folder / str(found.voicemail["recording"])).resolve()
        there = path.is_relative_to(folder) and await asyncio.to_thread(path.is_file)
        if not there:
            raise Problem(404, "no message")
        return FileResponse(path, media_type="audio/wav")

    return router


def _took_part(found: History, agent: str) -> bool:
    return bool(agent) and any(offer["agent"] == agent for offer in found.offers)

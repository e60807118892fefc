"""What supervisors do: states and calls of others, and their ears."""

from __future__ import annotations

from fastapi import APIRouter

from desk.api.access import Access
from desk.api.acting import Acting, seat_of
from desk.api.centre import Centre
from desk.api.desk_models import Done, Forcing, Intercepting, Listening, Picking, Seated
from desk.api.routes.agents import REFUSALS
from desk.core.roles import Who


def supervisor_routes(centre: Centre, access: Access, acting: Acting) -> APIRouter:
    """Actions on agents by others. Each is in the audit log."""
    router = APIRouter(prefix="/api/agents/{name}/actions", tags=["supervisor"], responses=REFUSALS)
    steering, listening = access.may("steer"), access.may("listen")
    desk, ears = centre.desk, centre.supervision

    @router.post("/force")
    async def force(name: str, body: Forcing, who: Who = steering) -> Done:
        """Make ready, not ready, or sign out; `locked` keeps the agent from becoming ready."""
        return await acting.steer(
            who,
            name,
            body,
            "force",
            lambda: desk.force(
                name, body.state, by=who.name, reason=body.reason, locked=body.locked
            ),
        )

    @router.post("/take-over")
    async def take_over(name: str, body: Picking, who: Who = steering) -> Done:
        """NAME's telephone rings and takes a contact from its agents, or from its queue."""

        async def doing() -> None:
            desk.take_over(seat_of(who, name), body.contact, epoch=body.epoch)
            await centre.audit(who.name, "take over", body.contact, [name])

        return await acting.steer(who, name, body, "take-over", doing)

    @router.post("/listen")
    async def listen(name: str, body: Listening, who: Who = listening) -> Done:
        """Monitor, whisper or barge; again with another mode, without ringing again."""
        seat = seat_of(who, body.seat)
        return await acting.steer(
            who, name, body, "listen", lambda: ears.listen(seat, name, body.mode)
        )

    @router.post("/leave")
    async def leave(name: str, body: Seated, who: Who = listening) -> Done:
        """Listen to NAME no more: the supervisor's telephone hangs up."""
        seat = seat_of(who, body.seat)
        return await acting.steer(who, name, body, "leave", lambda: ears.leave(seat))

    @router.post("/intercept")
    async def intercept(name: str, body: Intercepting, who: Who = listening) -> Done:
        """Calls for NAME ring at another agent's telephone, until that is switched off."""
        seat = seat_of(who, body.seat)
        return await acting.steer(
            who,
            name,
            body,
            "intercept",
            lambda: ears.intercept(name, by=seat, to=body.to or seat),
        )

    @router.post("/stop-intercept")
    async def stop_intercept(name: str, body: Seated, who: Who = listening) -> Done:
        """Calls for NAME ring there again."""
        seat = seat_of(who, body.seat)
        return await acting.steer(
            who, name, body, "stop-intercept", lambda: ears.stop_intercept(name, by=seat)
        )

    return router

"""What agents do: their own buttons."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from desk.api.access import Access
from desk.api.acting import Acting
from desk.api.centre import Centre
from desk.api.desk_models import (
    Act,
    Calling,
    Done,
    Ending,
    Picking,
    Reasoned,
    Refused,
    Rejecting,
)
from desk.core.roles import Who
from flow_runtime.switchboard.desk import Target

REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"model": Refused},
    404: {"model": Refused},
    409: {"model": Refused, "description": "refused; nothing has changed"},
    429: {"model": Refused},
}


def agent_routes(centre: Centre, access: Access, acting: Acting) -> APIRouter:
    """`POST /api/agents/NAME/actions/...`; an account that is no administrator has one NAME."""
    router = APIRouter(prefix="/api/agents/{name}/actions", tags=["agents"], responses=REFUSALS)
    seat, desk = access.may("own seat"), centre.desk

    @router.post("/sign-in")
    async def sign_in(name: str, body: Act, who: Who = seat) -> Done:
        """Begin a session; the answer comes when it is durable."""
        return await acting.own(who, name, body, "sign-in", lambda: desk.sign_in(name))

    @router.post("/sign-out")
    async def sign_out(name: str, body: Act, who: Who = seat) -> Done:
        """End the session, when the present call is over."""
        return await acting.own(
            who, name, body, "sign-out", lambda: desk.sign_out(name, epoch=body.epoch)
        )

    @router.post("/ready")
    async def ready(name: str, body: Act, who: Who = seat) -> Done:
        """Take calls, when the present one is over."""
        return await acting.own(
            who, name, body, "ready", lambda: desk.ready(name, epoch=body.epoch)
        )

    @router.post("/not-ready")
    async def not_ready(name: str, body: Reasoned, who: Who = seat) -> Done:
        """Take no calls of queues, when the present one is over."""
        return await acting.own(
            who,
            name,
            body,
            "not-ready",
            lambda: desk.not_ready(name, body.reason, epoch=body.epoch),
        )

    @router.post("/reject")
    async def reject(name: str, body: Rejecting, who: Who = seat) -> Done:
        """Decline what rings; with `busy` become not ready in the same action."""
        return await acting.own(
            who,
            name,
            body,
            "reject",
            lambda: desk.reject(name, busy=body.busy, reason=body.reason, epoch=body.epoch),
        )

    @router.post("/done")
    async def done(name: str, body: Act, who: Who = seat) -> Done:
        """Wrap-up is finished."""
        return await acting.own(who, name, body, "done", lambda: desk.done(name, epoch=body.epoch))

    @router.post("/hang-up")
    async def hang_up(name: str, body: Act, who: Who = seat) -> Done:
        """End the agent's part in the present call; a customer goes back into the flow."""

        def doing() -> None:
            acting.same_epoch(name, body.epoch)
            desk.hang_up(name)

        return await acting.own(who, name, body, "hang-up", doing)

    @router.post("/park")
    async def park(name: str, body: Act, who: Who = seat) -> Done:
        """Put the customer into the agent's own list, with music; the agent is ready again."""
        return await acting.own(who, name, body, "park", lambda: desk.park(name, epoch=body.epoch))

    @router.post("/retrieve")
    async def retrieve(name: str, body: Picking, who: Who = seat) -> Done:
        """Take a parked customer back; the one of the present call is parked instead."""
        return await acting.own(
            who,
            name,
            body,
            "retrieve",
            lambda: desk.retrieve(name, body.contact, epoch=body.epoch),
        )

    @router.post("/pick")
    async def pick(name: str, body: Picking, who: Who = seat) -> Done:
        """Take a caller who waits, whoever's turn it is."""
        return await acting.own(
            who, name, body, "pick", lambda: desk.pick(name, body.contact, epoch=body.epoch)
        )

    @router.post("/call")
    async def call(name: str, body: Calling, who: Who = seat) -> Done:
        """Call an agent or a number: the agent's own telephone rings first."""
        return await acting.own(
            who,
            name,
            body,
            "call",
            lambda: desk.call(name, Target.parse(body.to), epoch=body.epoch),
        )

    @router.post("/transfer")
    async def transfer(name: str, body: Calling, who: Who = seat) -> Done:
        """Hand the customer over to an agent, a queue or a number, and be released at once."""
        return await acting.own(
            who,
            name,
            body,
            "transfer",
            lambda: desk.transfer(name, Target.parse(body.to), epoch=body.epoch),
        )

    @router.post("/consult")
    async def consult(name: str, body: Calling, who: Who = seat) -> Done:
        """Ask an agent or a number while the customer hears music."""
        return await acting.own(
            who,
            name,
            body,
            "consult",
            lambda: desk.consult(name, Target.parse(body.to), epoch=body.epoch),
        )

    @router.post("/end-consult")
    async def end_consult(name: str, body: Ending, who: Who = seat) -> Done:
        """Whom was asked takes the customer, joins, or is dropped."""
        return await acting.own(
            who,
            name,
            body,
            "end-consult",
            lambda: desk.end_consult(name, body.how, epoch=body.epoch),
        )

    return router

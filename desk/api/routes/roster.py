"""Queues and agents made, changed and removed while the server runs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from desk.api.access import Access
from desk.api.centre import Centre
from desk.core.roles import Who

Duration = Annotated[str, Field(max_length=10, examples=["30s"])]
Line = Annotated[str, Field(max_length=300)]
Whole = Annotated[int, Field(strict=True)]
Level = Annotated[int, Field(strict=True, ge=1, le=100)]


class _Section(BaseModel):
    """A section of cordboard.toml; keys that are none are refused there, with the nearest one."""

    model_config = ConfigDict(extra="allow")

    def written(self) -> dict[str, Any]:
        """What was sent, without what was left out."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


class NewQueue(_Section):
    """A queue as `[queues.NAME]` has it; what is left out has the file's default."""

    strategy: str | None = Field(
        None, max_length=10_000, description="left out: as it is, or the longest idle agent"
    )
    service_level: Line | None = Field(None, examples=["80% in 20s"])
    max_wait: Duration | None = None
    wrap_up: Duration | None = None
    max_waiting: Whole | None = None
    calendar: Line | None = None
    ring: Duration | None = None
    exclude: Duration | None = None
    misses: Whole | None = None
    age_rate: float | None = Field(None, ge=0, le=1e6)
    rescue: Line | None = Field(None, description='"callback" or "none"')
    callback_attempts: Whole | None = None
    callback_retry: Duration | None = None
    caller_id: Line | None = None
    agents: list[Line] | None = Field(
        None, max_length=10_000, description="the order of linear order and round robin"
    )


class NewAgent(_Section):
    """An agent as `[agents.NAME]` has it; what is left out has the file's default."""

    title: Line | None = Field(None, description="the name for people")
    password: str | None = Field(
        None, max_length=1000, description="needed for a new agent; left out: as it is"
    )
    contact: Line | None = Field(
        None, description="the telephone's address", examples=["sip:li@192.0.2.7:5060"]
    )
    queues: dict[str, Level] | None = Field(None, description="the level in each")
    skills: dict[Line, Level | Line] | None = Field(None, description="levels, or words")
    reserve: list[Line] | None = None
    max_held: Whole | None = None
    persistent_leg: bool | None = None
    ready: bool | None = Field(None, description="signed in and ready when the server starts")
    may_dial: list[Line] | None = Field(None, max_length=1000)
    caller_id: Line | None = None
    supervisor: bool | None = None


def roster_routes(centre: Centre, access: Access) -> APIRouter:
    """What cordboard.toml names is changed there: 409. 422 says what is wrong."""
    router = APIRouter(prefix="/api", tags=["management"])
    manage, roster = access.may("manage"), centre.roster

    @router.put("/queues/{name}", status_code=204)
    async def put_queue(name: str, body: NewQueue, who: Who = manage) -> None:
        """Make a queue, or give it these settings in place of those it has."""
        await roster.put_queue(name, body.written(), who.name)

    @router.delete("/queues/{name}", status_code=204)
    async def delete_queue(name: str, who: Who = manage) -> None:
        """Take a queue away. 409 while agents serve it, and while anything waits in it."""
        await roster.remove_queue(name, who.name)

    @router.put("/agents/{name}", status_code=204)
    async def put_agent(name: str, body: NewAgent, who: Who = manage) -> None:
        """Make an agent, or give one these settings in place of those before.

        Skills are those that agents have. A new password, and a new role, end the sessions.
        """
        values = body.written()
        password = values.pop("password", None)
        if "title" in values:
            values["name"] = values.pop("title")
        if await roster.put_agent(name, values, password, who.name):
            access.forget(name)

    @router.delete("/agents/{name}", status_code=204)
    async def delete_agent(name: str, who: Who = manage) -> None:
        """Take an agent away, who has to be signed out, with the account."""
        await roster.remove_agent(name, who.name)
        access.forget(name)

    return router

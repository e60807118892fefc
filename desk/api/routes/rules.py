"""The live rule table: which queue or agent a call goes to, changed while the server runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from contact_center.store.rules import RulesVersion, decisions_of
from desk.api.access import Access
from desk.api.centre import Centre
from desk.api.problems import Problem
from desk.core.roles import Who


class RuleTable(BaseModel):
    """A version of the whole table; the first rule that matches decides."""

    version: int
    rules: list[dict[str, Any]]
    activates: float
    made: float
    made_by: str
    in_force: bool


class NewTable(BaseModel):
    """The whole table as it is to be."""

    model_config = ConfigDict(extra="forbid")

    rules: list[dict[str, Any]] = Field(
        max_length=1000, description="each with name, queue or person, and what a call has to be"
    )
    activates: float | None = Field(None, description="when it comes into force; default: now")


class PutTable(BaseModel):
    """The version, and what is doubtful about it."""

    version: RuleTable
    warnings: list[str]


def rule_routes(centre: Centre, access: Access) -> APIRouter:
    """Versions of the table, and why each contact went where it went."""
    router = APIRouter(prefix="/api", tags=["rules"])
    steer = access.may("steer")

    def told(versions: Sequence[RulesVersion]) -> list[RuleTable]:
        current = centre.rules.get()
        return [_told(version, version is current) for version in versions]

    @router.get("/rules")
    async def versions(who: Who = steer) -> list[RuleTable]:
        """All versions of the rule table, the newest first."""
        return told(centre.rules.versions)

    @router.put("/rules")
    async def put(body: NewTable, who: Who = steer) -> PutTable:
        """Publish the next version of the whole table; 422 for one that is wrong.

        Calls that wait already stay where they are.
        """
        problems = await centre.rules.put(body.rules, who.name, body.activates or 0.0)
        wrong = [problem.text for problem in problems if problem.severity == "error"]
        if wrong:
            raise Problem(422, "rules", text="; ".join(wrong))
        version, *_ = told(centre.rules.versions)
        return PutTable(version=version, warnings=[problem.text for problem in problems])

    @router.get("/rules/decisions")
    async def decisions(contact: str, who: Who = steer) -> list[Mapping[str, Any]]:
        """What the table said of a contact each time it came to a queue, and why."""
        return await centre.read(lambda connection: decisions_of(connection, contact))

    return router


def _told(version: RulesVersion, in_force: bool) -> RuleTable:
    return RuleTable(
        version=version.version,
        rules=[dict(record) for record in version.records],
        activates=version.activates,
        made=version.made,
        made_by=version.made_by,
        in_force=in_force,
    )

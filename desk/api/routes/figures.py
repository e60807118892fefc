"""Statistics by interval with their definitions, and the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query

from contact_center.core.statistics.figures import (
    AGENT_FIGURES,
    ESTIMATED_WAIT,
    FAIRNESS,
    FIGURES,
    AgentFigure,
    Figure,
    fairness,
)
from contact_center.core.statistics.intervals import Calendar, Tally
from contact_center.core.strategy.terms import Words
from contact_center.store import reading
from desk.api.access import Access
from desk.api.centre import Centre
from desk.core.roles import Who

_DAY = 86_400.0
LATEST = 32_503_680_000.0
"""The year 3000: later moments no calendar need know."""
_MOST = 3_000
"""Intervals in one answer."""


def figure_routes(centre: Centre, access: Access, zone: tzinfo) -> APIRouter:
    """Routes about what was. Intervals are cut in *zone*, the site's."""
    router = APIRouter(prefix="/api", tags=["figures"])
    statistics, auditing = access.may("statistics"), access.may("audit")

    @router.get("/statistics")
    async def intervals(
        interval: Literal["15 min", "hour", "day"] = "hour",
        since: Annotated[
            float | None, Query(ge=0, le=LATEST, description="default: midnight")
        ] = None,
        until: Annotated[float | None, Query(ge=0, le=LATEST, description="default: now")] = None,
        who: Who = statistics,
    ) -> dict[str, Any]:
        """Each interval's queues and agents, with the definition of every figure beside them."""
        end = centre.now() if until is None else until
        begin = centre.today.midnight(end) if since is None else since
        calendar = Calendar(interval, zone)
        shortest = {"15 min": 900, "hour": 3600, "day": _DAY}[interval]
        if not 0 <= end - begin <= _MOST * shortest:
            raise HTTPException(
                422, f"since is to be before until, and at most {_MOST} intervals earlier"
            )
        counted = await centre.read(lambda c: reading.intervals(c, calendar, begin, end))
        seconds = {name: q.service_seconds for name, q in centre.names.queues.items()}
        return {
            "definitions": _definitions(),
            "service_seconds": seconds,
            "intervals": [
                {"start": at, "end": calendar.end(at), **_told(tally, seconds)}
                for at, tally in counted.tallies.items()
            ],
        }

    @router.get("/audit")
    async def audit(
        since: Annotated[float, Query(description="default: everything that is kept")] = 0.0,
        until: Annotated[float | None, Query(description="default: now")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        who: Who = auditing,
    ) -> list[dict[str, Any]]:
        """Who did what to whom, the newest first."""
        end = centre.now() + 1 if until is None else until
        rows = await centre.read(lambda c: reading.audit(c, since, end, limit))
        return [dict(row) for row in rows]

    return router


def _told(tally: Tally, seconds: Mapping[str, float]) -> dict[str, Any]:
    return {
        "queues": {
            name: {f.name: f.of(queue, seconds.get(name, 20.0)) for f in FIGURES.values()}
            for name, queue in tally.queues.items()
        },
        "agents": {
            name: {
                **{f.name: f.of(counted) for f in AGENT_FIGURES.values()},
                "states": dict(counted.states),
            }
            for name, counted in tally.agents.items()
        },
        "fairness": fairness(tally),
    }


def _definitions() -> dict[str, Any]:
    figures: list[Figure | AgentFigure] = [*FIGURES.values(), *AGENT_FIGURES.values()]
    told = {
        f.name: {"title": _words(f.title), "definition": _words(f.definition), "unit": f.unit}
        for f in figures
    }
    told["fairness"] = {"definition": _words(FAIRNESS), "unit": ""}
    told["wait_estimate"] = {"definition": _words(ESTIMATED_WAIT), "unit": "s"}
    return told


def _words(words: Words) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}

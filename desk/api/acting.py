"""Doing what somebody asks for at the desk: once, by who may, with the agent as it then is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from contact_center.core.refusals import Refusal
from desk.api.centre import Centre
from desk.api.desk_models import Act, Agent, Done
from desk.api.once import Once
from desk.api.problems import Problem
from desk.core.roles import Who
from flow_runtime.core.suggest import suggest
from flow_runtime.switchboard.desk import Refused

Doing = Callable[[], Awaitable[str | None] | str | None]
"""Does it; gives the id of a contact that it began. Raises `Refused`."""


class Acting:
    """What all actions have in common."""

    def __init__(self, centre: Centre) -> None:
        self._centre, self._once = centre, Once()

    async def own(self, who: Who, agent: str, body: Act, name: str, doing: Doing) -> Done:
        """Do one of the agent's own actions, for whoever sits there."""
        self.known(agent)
        if not who.sits_at(agent):
            raise Problem(403, "not your seat", agent=agent, own=who.agent or "-")
        return await self.steer(who, agent, body, name, doing)

    async def steer(self, who: Who, agent: str, body: Act, name: str, doing: Doing) -> Done:
        """Do an action on an agent that somebody else may do."""
        self.known(agent)

        async def act() -> Done:
            contact = doing()
            if isinstance(contact, Awaitable):
                contact = await contact
            return self._done(agent, contact)

        return await self._once.do(who.name, body.action_id, _what(name, agent, body), act)

    async def contact(self, who: Who, contact: str, body: Act, name: str, doing: Doing) -> Done:
        """Do an action on a contact."""

        async def act() -> Done:
            made = doing()
            if isinstance(made, Awaitable):
                await made
            return self._done(None, None)

        return await self._once.do(who.name, body.action_id, _what(name, contact, body), act)

    def known(self, agent: str) -> None:
        """404 for an agent that does not exist."""
        agents = self._centre.acd.engine.agents
        if agent not in agents:
            raise Problem(404, "no agent", name=agent, near=suggest(agent, agents))

    def same_epoch(self, agent: str, epoch: int | None) -> None:
        """Refuse what belongs to an earlier call."""
        if epoch is not None and epoch != self._centre.acd.engine.agents[agent].epoch:
            stale = Refusal("stale")
            raise Refused(stale.reason, str(stale), stale.chinese)

    def _done(self, agent: str | None, contact: str | None) -> Done:
        feed = self._centre.feed
        feed.look()
        row = feed.floor.agents.get(agent) if agent is not None else None
        shown = None if row is None else Agent.model_validate(row)
        return Done(agent=shown, contact=contact, number=feed.floor.number)


def seat_of(who: Who, given: str) -> str:
    """Whose telephone is meant: the account's own, or another one for who may choose."""
    if given and given != who.agent and who.role != "admin":
        raise Problem(403, "not your seat", agent=given, own=who.agent or "-")
    seat = given or who.agent
    if not seat:
        raise Problem(409, "no seat", name=who.name)
    return seat


def _what(name: str, whom: str, body: Act) -> str:
    asked: dict[str, Any] = body.model_dump(exclude={"action_id"})
    return f"{name} {whom} {sorted(asked.items())}"

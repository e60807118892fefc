"""What administrators look after: accounts, versions of strategies, webhooks."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from contact_center.store import outbox, passwords, strategies
from desk.api.access import Access
from desk.api.centre import Centre
from desk.api.problems import Problem
from desk.api.routes.figures import LATEST
from desk.core.hooks import Hook
from desk.core.roles import Who
from flow_runtime.core.suggest import suggest


class Account(BaseModel):
    """Who may use the API."""

    name: str
    role: str
    source: Literal["file", "api"] = Field(description="file: cordboard.toml has it")


class NewAccount(BaseModel):
    """An account made, or changed."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["supervisor", "admin", "wallboard"]
    password: str = Field(max_length=1000)


class StrategyVersion(BaseModel):
    """A version of a queue's strategy."""

    version: int
    text: str
    activates: float
    made: float
    made_by: str
    in_force: bool


class NewVersion(BaseModel):
    """A strategy to be published."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1, max_length=10_000, description="one of the fourteen names, or a text"
    )
    activates: float | None = Field(
        None, ge=0, le=LATEST, description="when it comes into force; default: now"
    )


class Published(BaseModel):
    """The version, and what is doubtful about it."""

    version: StrategyVersion
    warnings: list[str]


class WebhookState(BaseModel):
    """How far a webhook is."""

    name: str
    url: str
    events: list[str]
    open: int = Field(description="messages that are still to be delivered")
    given_up: int
    oldest: float | None
    last_error: str


def account_routes(centre: Centre, access: Access, accounts: passwords.Accounts) -> APIRouter:
    """Accounts that the database keeps; those of cordboard.toml are shown, and changed there."""
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    manage = access.may("manage")

    @router.get("")
    async def listed(who: Who = manage) -> list[Account]:
        """All accounts, without passwords."""
        stored = await centre.read(passwords.accounts)
        told = [Account(name=n, role=r, source="file") for n, r in accounts.declared().items()]
        return told + [
            Account(name=n, role=r, source="api")
            for n, r in stored.items()
            if n not in accounts.declared()
        ]

    @router.put("/{name}", status_code=204)
    async def put(name: str, body: NewAccount, who: Who = manage) -> None:
        """Make an account, or change its role and password; its sessions end."""
        _no_agents(centre, accounts, name)
        try:
            op = await asyncio.to_thread(
                accounts.set_password, name, body.role, body.password, centre.now()
            )
        except passwords.PasswordError as error:
            raise Problem(409, "password", text=str(error)) from None
        await centre.write(op)
        access.forget(name)
        await centre.audit(who.name, "set password", name, [body.role])

    @router.delete("/{name}", status_code=204)
    async def delete(name: str, who: Who = manage) -> None:
        """Take an account away; its sessions end."""
        if name in accounts.declared():
            section = f"{accounts.section(name)}.{name}"
            raise Problem(409, "of the file", name=name, section=section)
        _no_agents(centre, accounts, name)
        if name not in await centre.read(passwords.accounts):
            raise Problem(404, "no account", name=name)
        await centre.write(passwords.remove_account(name))
        access.forget(name)
        await centre.audit(who.name, "remove account", name)

    return router


def _no_agents(centre: Centre, accounts: passwords.Accounts, name: str) -> None:
    """An agent's account belongs to the agent."""
    if name in centre.names.agents and name not in accounts.declared():
        raise Problem(409, "agent's account", name=name)


def manage_routes(centre: Centre, access: Access, hooks: tuple[Hook, ...]) -> APIRouter:
    """Strategies and webhooks."""
    router = APIRouter(prefix="/api", tags=["management"])
    manage, statistics = access.may("manage"), access.may("statistics")

    def known(name: str) -> None:
        if name not in centre.names.queues:
            near = suggest(name, centre.names.queues)
            raise Problem(404, "no queue", name=name, near=near)

    @router.get("/queues/{name}/strategies")
    async def versions(name: str, who: Who = statistics) -> list[StrategyVersion]:
        """All versions of the queue's strategy, the newest first."""
        known(name)
        now = centre.now()
        found = await centre.read(lambda c: strategies.versions(c, name))
        current = next((v.version for v in found if v.activates <= now), None)
        return [
            StrategyVersion(
                version=v.version,
                text=v.text,
                activates=v.activates,
                made=v.made,
                made_by=v.made_by,
                in_force=v.version == current,
            )
            for v in found
        ]

    @router.post("/queues/{name}/strategies", status_code=201)
    async def publish(name: str, body: NewVersion, who: Who = manage) -> Published:
        """Publish the next version. Callers who wait already keep the one with which they came.

        409 where cordboard.toml names the strategy, 422 for a text that is wrong.
        """
        known(name)
        if not centre.strategies.open_for(name):
            raise Problem(409, "of the file", name=f"{name}: strategy", section=f"queues.{name}")
        found = centre.strategies.problems(body.text)
        wrong = [one.line("strategy") for one in found if one.severity == "error"]
        if wrong:
            raise Problem(422, "strategy", text="; ".join(wrong))
        activates = centre.now() if body.activates is None else body.activates
        await centre.strategies.publish(name, body.text, activates, who.name)
        await centre.audit(who.name, "publish strategy", name, [body.text, activates])
        version, *_ = await versions(name, who)
        return Published(version=version, warnings=[one.line("strategy") for one in found])

    @router.get("/webhooks")
    async def webhooks(who: Who = manage) -> list[WebhookState]:
        """The webhooks of cordboard.toml, and what is still to be delivered."""
        return [await _state(centre, hook) for hook in hooks]

    return router


async def _state(centre: Centre, hook: Hook) -> WebhookState:
    behind: Any = await centre.read(lambda c: outbox.backlog(c, hook.name))
    return WebhookState(
        name=hook.name,
        url=hook.url,
        events=sorted(hook.events),
        open=behind.open,
        given_up=behind.given_up,
        oldest=behind.oldest,
        last_error=behind.last_error,
    )

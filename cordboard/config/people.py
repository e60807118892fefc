"""The sections of cordboard.toml about the API's accounts and webhooks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from cordboard.config.settings import Account
from cordboard.config.tables import NOT_FETCHED, Table
from desk.core.hooks import EVENTS, SHORTEST_SECRET, Hook, url_problem
from flow_runtime.core.suggest import suggest

ROLES: Final = ("supervisor", "admin", "wallboard")
SHORTEST_PASSWORD: Final = 8


def read_accounts(top: Table, agents: Collection[str]) -> Mapping[str, Account]:
    """``[accounts.NAME]``: who uses the API besides agents, who have passwords of their own."""
    return {name: _account(name, t, agents) for name, t in top.tables("accounts").items()}


def _account(name: str, table: Table, agents: Collection[str]) -> Account:
    if name in agents:
        text = f"is taken by [agents.{name}]; choose another name for the account"
        raise table.fail("role", text)
    if not table.has("role"):
        raise table.fail("role", f"is missing: write one of {', '.join(ROLES)}")
    role = table.text("role")
    if role not in ROLES:
        near = suggest(role, ROLES, len(ROLES))
        hint = "; an agent has no account, but [agents.NAME]" if role == "agent" else near
        raise table.fail("role", f"{role!r} is no role{hint}")
    password = table.secret("password")
    if not password:
        raise table.fail("password", "is missing: an account without one could be anybody's")
    if len(password) < SHORTEST_PASSWORD and password != NOT_FETCHED:
        text = f"has fewer than {SHORTEST_PASSWORD} characters; choose a longer one"
        raise table.fail("password", text)
    agent = table.text("agent")
    if agent and agent not in agents:
        raise table.fail("agent", f"there is no [agents.{agent}]{suggest(agent, agents)}")
    table.done()
    return Account(name, cast(Any, role), password, agent)


def read_webhooks(top: Table) -> tuple[Hook, ...]:
    """``[webhooks.NAME]``: programs that are told what becomes of contacts."""
    return tuple(_webhook(name, table) for name, table in top.tables("webhooks").items())


def _webhook(name: str, table: Table) -> Hook:
    url, secret = table.secret("url"), table.secret("secret")
    if not url:
        raise table.fail("url", "is missing")
    problem = url_problem(url) if url != NOT_FETCHED else ""
    if problem:
        raise table.fail("url", problem)
    if len(secret) < SHORTEST_SECRET and secret != NOT_FETCHED:
        text = f"has at least {SHORTEST_SECRET} characters, so that nobody else can sign"
        raise table.fail("secret", f"is missing: it {text}" if not secret else text)
    events = table.texts("events", EVENTS)
    for event in events:
        if event not in EVENTS:
            raise table.fail("events", f'there is no event "{event}"{suggest(event, EVENTS)}')
    if not events:
        raise table.fail("events", "is empty; leave it out to be told of all")
    table.done()
    return Hook(name, url, secret, frozenset(events))

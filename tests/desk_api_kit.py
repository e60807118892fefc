"""A server's contact centre and its API on a real socket; telephones are simulated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx
import websockets
from fastapi.routing import APIRoute

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from cordboard.api import ApiServer, Facts
from cordboard.centre.centre import Centre
from cordboard.config import parse_config
from cordboard.surroundings import configured
from desk.api.journal import Journal
from flow_bench import ScriptedData
from flow_runtime.clock import WallClock
from flow_runtime.library import FlowLibrary, PromptSource
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from peer_kit.ports import free_port
from telephony.simulated import Callee, SimulatedLine
from telephony.simulated.far_end import FarEnd

TOKEN = "right-token"
SITE = """
[api]
listen = "127.0.0.1:{port}"
admin_token = "right-token"

[queues.repairs]
service_level = "90% in 30s"
[queues.sales]

[agents.1001]
name = "Li Wei"
password = "li's own password"
contact = "sip:1001@192.0.2.1"
queues = {{repairs = 50}}
may_dial = ["0*"]
[agents.1002]
password = "second password"
contact = "sip:1002@192.0.2.1"
queues = {{sales = 50}}
[agents.1009]
password = "supervisor's own"
contact = "sip:1009@192.0.2.1"
supervisor = true

[accounts.boss]
role = "supervisor"
password = "boss's password"
agent = "1009"
[accounts.root]
role = "admin"
password = "root's password"
[accounts.wall]
role = "wallboard"
password = "wall's password"
"""
PASSWORDS = {
    "1001": "li's own password",
    "1002": "second password",
    "boss": "boss's password",
    "root": "root's password",
    "wall": "wall's password",
}


class Site:
    """A running centre with its API."""

    def __init__(self, address: str, centre: Centre, line: SimulatedLine, api: ApiServer) -> None:
        self.address, self.centre, self.line, self.api = address, centre, line, api
        self.tokens: dict[str, str] = {}
        self._happened = asyncio.Event()
        centre.switchboard.observe(lambda *_: self._happened.set())

    def tell(self, *events: ev.Event) -> None:
        """Give the engine events as if the telephones had."""
        for event in events:
            refused = self.centre.switchboard.tell(event)
            assert refused is None, refused

    def waits(self, contact: str, queue: str = "repairs", number: str = "13800000001") -> None:
        """A caller waits."""
        self.tell(ev.Enter(contact, queue, LONGEST_IDLE, number=number))

    def staffed(self, *agents: str) -> None:
        """Agents are ready."""
        for agent in agents:
            self.tell(ev.SignIn(agent), ev.Ready(agent))

    async def rings(self, agent: str) -> FarEnd:
        """The agent's telephone, when it rings next."""
        number = f"sip:{agent}@192.0.2.1"
        return await asyncio.wait_for(self.line.callees[number].rings.get(), 20)

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait for something to become so."""
        async with asyncio.timeout(20):
            while not what():
                self._happened.clear()
                await self._happened.wait()

    def state(self, agent: str) -> str:
        return self.centre.acd.engine.agents[agent].state

    async def token(self, name: str) -> str:
        """A session's token; "admin" has the administrator's."""
        if name == "admin":
            return TOKEN
        if name not in self.tokens:
            async with self.client("") as asked:
                body = {"name": name, "password": PASSWORDS[name]}
                answer = await asked.post("/api/session", json=body)
            assert answer.status_code == 201, answer.text
            self.tokens[name] = answer.json()["token"]
        return self.tokens[name]

    def client(self, token: str) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=f"http://{self.address}", headers=headers, timeout=20)

    @asynccontextmanager
    async def as_(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client of somebody who has logged in."""
        async with self.client(await self.token(name)) as asked:
            yield asked

    @asynccontextmanager
    async def watching(self, name: str, query: str = "") -> AsyncIterator[Watching]:
        """Somebody who watches the desk."""
        async with websockets.connect(
            f"ws://{self.address}/api/desk/watch{query}",
            additional_headers={"Authorization": f"Bearer {await self.token(name)}"},
            max_size=None,
        ) as socket:
            yield Watching(socket)


class Watching:
    """A WebSocket of the desk, with the rows as its owner knows them."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.boot, self.number = "", 0
        self.agents: dict[str, Any] = {}
        self.queues: dict[str, Any] = {}
        self.contacts: dict[str, Any] = {}

    async def next(self) -> dict[str, Any]:
        """The next message, taken into the rows."""
        told = dict(json.loads(await asyncio.wait_for(self.socket.recv(), 20)))
        if told["type"] == "snapshot":
            self.agents, self.queues, self.contacts = {}, {}, {}
        self.boot, self.number = told["boot"], told["number"]
        self.agents |= {row["name"]: row for row in told["agents"]}
        self.queues |= {row["name"]: row for row in told["queues"]}
        self.contacts |= {row["id"]: row for row in told["contacts"]}
        for name in told.get("agents_gone", []):
            del self.agents[name]
        for name in told.get("contacts_gone", []):
            del self.contacts[name]
        return told

    async def until(self, what: Callable[[Watching], bool]) -> None:
        """Go on until the rows say so."""
        while not what(self):
            await self.next()


@asynccontextmanager
async def site(folder: Path, text: str = SITE) -> AsyncIterator[Site]:
    """A server's contact centre with its API, in *folder*; begun again it goes on there."""
    port = free_port()
    config = parse_config(text.format(port=port), folder)
    clock = WallClock(UTC)
    line = SimulatedLine(clock.now)
    for agent in config.centre.agents:
        line.callees[agent.contact or agent.name] = Callee(outcome=None)
    centre = Centre(config, line, clock, UTC, {})
    assert config.api is not None
    prompts = PromptSource(folder, ("en",), "EUR")
    facts = Facts(config, FlowLibrary({}, configured(config)[0], prompts), _status)
    api = ApiServer(config.api, facts, Journal(), config)
    await centre.start(Services(line, TextSpeaker(), ScriptedData(), clock, folder))
    await api.start(centre)
    centre.open()
    try:
        yield Site(f"127.0.0.1:{port}", centre, line, api)
    finally:
        await api.stop()
        await centre.stop()


def routes_of(app: Any) -> list[APIRoute]:
    """All routes of an application, those of its routers included."""
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        found += [one for one in (inner.routes if inner else (route,)) if isinstance(one, APIRoute)]
    return found


def _status() -> dict[str, Any]:
    return {"up_seconds": 1, "calls_now": 0, "calls_served": 0, "line": {}, "problems": []}

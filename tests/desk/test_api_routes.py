"""The API's routes, asked over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from cordboard.api import ApiServer, token_of
from cordboard.config import Api, ConfigError, parse_config
from desk.api import models
from desk.api.journal import Journal
from peer_kit.ports import free_port

T = 1_790_000_000.0
TOKEN = "right-token"


class Facts:
    """A server that serves one flow."""

    def status(self) -> models.Status:
        return models.Status(
            version="1", up_seconds=5, calls_now=1, calls_served=2, line={"calls": 1}, problems=[]
        )

    def flows(self) -> list[models.ServedFlow]:
        return [
            models.ServedFlow(
                name="shop", title=None, path="shop.flow", numbers=["100"], hash="0" * 64
            )
        ]

    def site(self) -> models.Site:
        return models.Site(
            name="site", numbers={"100": "shop.flow"}, files=[], prompts_folder="prompts",
            languages=["en"], currency="EUR", calendars={}, sources={"billing": False},
        )  # fmt: skip


def event(call: str, kind: str, t: float = T, **fields: Any) -> dict[str, Any]:
    return {"t": t, "call": call, "event": kind, **fields}


def incoming(call: str, flow: str = "shop") -> dict[str, Any]:
    return event(call, "incoming", flow=flow, caller="138", called="100", trunk=None, channel="sip")


@asynccontextmanager
async def api(journal: Journal) -> AsyncIterator[str]:
    """The address of a running API."""
    port = free_port()
    server = ApiServer(Api("127.0.0.1", port, TOKEN, Path("/nowhere")), Facts(), journal)
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop()


def client(address: str, credentials: str = f"Bearer {TOKEN}") -> httpx.AsyncClient:
    headers = {"Authorization": credentials} if credentials else {}
    return httpx.AsyncClient(base_url=f"http://{address}", headers=headers)


PATHS = ("status", "site", "flows", "flows/shop/traffic", "calls", "calls/a")


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_is_told_without_the_token(path: str) -> None:
    journal = Journal()
    journal(incoming("a"))
    async with api(journal) as address:
        for credentials in ("", "Bearer wrong", "Bearer", f"Basic {TOKEN}", TOKEN):
            async with client(address, credentials) as wrong:
                refused = await wrong.get(f"/api/{path}")
            assert refused.status_code == 401
            assert "admin_token" in refused.json()["detail"]
        async with client(address) as right:
            assert (await right.get(f"/api/{path}")).status_code == 200


async def test_calls_are_listed_and_told_with_their_events() -> None:
    journal = Journal()
    journal(incoming("a"))
    journal(incoming("b"))
    journal(event("b", "hangup", by="us", cause="normal"))
    journal(incoming("c", flow="other"))
    async with api(journal) as address, client(address) as asked:

        async def ids(**query: str | int) -> list[str]:
            return [call["id"] for call in (await asked.get("/api/calls", params=query)).json()]

        assert await ids() == ["a", "c", "b"]
        assert await ids(state="running") == ["a", "c"]
        assert await ids(state="past") == ["b"]
        assert await ids(flow="other") == ["c"]
        assert await ids(limit=1) == ["a"]
        assert (await asked.get("/api/calls", params={"limit": 0})).status_code == 422
        whole = (await asked.get("/api/calls/b")).json()
        assert [e["event"] for e in whole["events"]] == ["incoming", "hangup"]
        assert (whole["call"]["by"], whole["dropped"]) == ("us", 0)
        missing = await asked.get("/api/calls/zz")
        assert missing.status_code == 404 and "/api/calls" in missing.json()["detail"]


async def test_traffic_of_a_flow() -> None:
    journal = Journal()
    journal(incoming("a"))
    journal(event("a", "enter", flow="shop", node="menu"))
    journal(event("a", "leave", T + 2, flow="shop", node="menu", port=1))
    async with api(journal) as address, client(address) as asked:
        told = (
            await asked.get("/api/flows/shop/traffic", params={"since": T - 9, "until": T + 9})
        ).json()
    assert told["calls"] == 1
    menu = told["nodes"]["menu"]
    assert (menu["visits"], menu["hangups"], menu["ports"]) == (1, 0, [[1, 1]])
    assert 1.9 < menu["median_seconds"] < 2.1


async def test_the_description_lists_every_route_and_needs_no_token() -> None:
    async with api(Journal()) as address, httpx.AsyncClient() as anyone:
        told = (await anyone.get(f"http://{address}/api/openapi.json")).json()
        assert (await anyone.get(f"http://{address}/docs")).status_code == 404
    assert told["openapi"].startswith("3.")
    assert set(told["paths"]) == {
        "/api/status", "/api/site", "/api/flows", "/api/flows/{flow}/traffic", "/api/calls",
        "/api/calls/{call}", "/api/session",
    }  # fmt: skip


def watching(address: str, query: str = "", token: str = TOKEN) -> Any:
    return websockets.connect(
        f"ws://{address}/api/watch{query}",
        additional_headers={"Authorization": f"Bearer {token}"},
    )


async def heard(socket: Any) -> dict[str, Any]:
    return dict(json.loads(await asyncio.wait_for(socket.recv(), 10)))


async def test_one_who_watches_gets_a_snapshot_and_then_every_event() -> None:
    journal = Journal()
    journal(incoming("a"))
    async with api(journal) as address, watching(address) as socket:
        snapshot = await heard(socket)
        assert snapshot["type"] == "snapshot" and snapshot["number"] == 1
        assert [call["id"] for call in snapshot["calls"]] == ["a"]
        journal(event("a", "enter", flow="shop", node="menu"))
        journal(incoming("b"))
        first, second = await heard(socket), await heard(socket)
        assert (first["number"], first["event"]["node"]) == (2, "menu")
        assert (second["number"], second["event"]["call"]) == (3, "b")


async def test_one_call_is_watched_from_its_beginning_also_when_it_is_over() -> None:
    journal = Journal()
    journal(incoming("a"))
    journal(event("a", "say", text="Hello."))
    journal(incoming("b"))
    async with api(journal) as address, watching(address, "?call=a") as socket:
        [call] = (await heard(socket))["calls"]
        assert [e["event"] for e in call["events"]] == ["incoming", "say"]
        journal(event("b", "answered"))
        journal(event("a", "hangup", by="caller", cause="normal"))
        assert (await heard(socket))["event"]["event"] == "hangup"
        async with watching(address, "?call=a") as later:
            [call] = (await heard(later))["calls"]
            assert len(call["events"]) == 3


async def test_a_flow_is_watched_with_what_its_calls_do_in_others() -> None:
    journal = Journal()
    journal(incoming("a", flow="shop"))
    journal(incoming("b", flow="other"))
    async with api(journal) as address, watching(address, "?flow=shop") as socket:
        assert [call["id"] for call in (await heard(socket))["calls"]] == ["a"]
        journal(event("b", "enter", flow="other", node="x"))
        journal(event("a", "enter", flow="pin", node="ask"))
        assert (await heard(socket))["event"]["flow"] == "pin"


@pytest.mark.parametrize("given", ["wrong", ""])
async def test_nobody_watches_without_the_token(given: str) -> None:
    async with api(Journal()) as address:
        with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
            async with watching(address, token=given):
                pass
    assert refused.value.response.status_code == 403


async def test_a_browser_gives_the_token_as_a_subprotocol() -> None:
    async with api(Journal()) as address:
        protocols: Any = ["cordboard", f"bearer.{TOKEN}"]
        async with websockets.connect(
            f"ws://{address}/api/watch", subprotocols=protocols
        ) as socket:
            assert (await heard(socket))["type"] == "snapshot"
            assert socket.subprotocol == "cordboard"


async def test_the_server_ends_while_somebody_watches() -> None:
    async with api(Journal()) as address:
        socket = await watching(address)
        await heard(socket)
    with pytest.raises(websockets.exceptions.ConnectionClosed):
        await heard(socket)


async def test_a_taken_address_is_named() -> None:
    async with api(Journal()) as address:
        port = int(address.rpartition(":")[2])
        second = ApiServer(Api("127.0.0.1", port, TOKEN, Path("/nowhere")), Facts(), Journal())
        with pytest.raises(ConfigError, match=rf"\[api\] listen: 127.0.0.1:{port}: .*in use"):
            await second.start()


def test_the_token_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    told = Api("127.0.0.1", 8080, "", tmp_path / "new" / "admin.token")
    token = token_of(told)
    assert len(token) > 40 and token_of(told) == token
    assert told.token_file.stat().st_mode & 0o777 == 0o600


def test_an_empty_token_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "admin.token").write_text("\n")
    with pytest.raises(ConfigError, match="is empty; remove it"):
        token_of(Api("127.0.0.1", 8080, "", tmp_path / "admin.token"))


async def test_accounts_of_a_server_without_queues(tmp_path: Path) -> None:
    port = free_port()
    text = f"""[api]
listen = "127.0.0.1:{port}"
[accounts.boss]
role = "supervisor"
password = "quite long"
"""
    config = parse_config(text, tmp_path)
    assert config.api is not None
    server = ApiServer(config.api, Facts(), Journal(), config)  # type: ignore[arg-type]
    await server.start()
    async with client(f"127.0.0.1:{port}", "") as asked:
        body = {"name": "boss", "password": "quite long"}
        begun = (await asked.post("/api/session", json=body)).json()
        asked.headers["Authorization"] = f"Bearer {begun['token']}"
        assert (await asked.get("/api/calls")).status_code == 200
        assert (await asked.get("/api/site")).status_code == 403
        wrong = await asked.post("/api/session", json={**body, "name": "nobody"})
        assert wrong.status_code == 401
    await server.stop()


@pytest.mark.parametrize("path", ["desk", "agents/1001", "agents/1001/actions/ready", "audit"])
async def test_a_server_without_queues_says_so(path: str) -> None:
    async with api(Journal()) as address, client(address) as asked:
        answer = await asked.request("POST" if "actions" in path else "GET", f"/api/{path}")
        assert answer.status_code == 404 and "[queues.NAME]" in answer.json()["detail"]
        async with client(address, "") as stranger:
            assert (await stranger.get(f"/api/{path}")).status_code == 401

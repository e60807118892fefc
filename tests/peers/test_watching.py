"""A real call is followed through the API while it is made, and asked for when it is over."""

import asyncio
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from peer_kit.ports import free_port
from peer_kit.scenario import Scenario
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers

FLOW = """\
flow hello "Hello"
schema 1

start -> greet

node greet: play
  prompt = file("prompt.wav")
  -> wait

node wait: wait
  time = 30s
  -> end

node end: hangup
"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("watched")
    more = f'[api]\nlisten = "127.0.0.1:{free_port()}"\n'
    port = make_site(folder, {"100": FLOW}, tones={"prompt": (440.0, 0.5)}, more=more)
    with serving(folder, port) as site:
        yield site


def door(site: Site) -> tuple[str, dict[str, str]]:
    listen = tomllib.loads((site.folder / "cordboard.toml").read_text())["api"]["listen"]
    token = (site.folder / "admin.token").read_text().strip()
    return listen, {"Authorization": f"Bearer {token}"}


async def test_a_call_is_followed_from_its_first_event_to_its_last(watched: Site) -> None:
    address, headers = door(watched)
    events: list[dict[str, Any]] = []
    async with websockets.connect(
        f"ws://{address}/api/watch?flow=hello", additional_headers=headers
    ) as socket:
        snapshot = json.loads(await socket.recv())
        async with Sipp(Scenario().call().pause(1500).bye(), watched.port) as caller:
            while not events or events[-1]["event"] != "hangup":
                events.append(json.loads(await asyncio.wait_for(socket.recv(), 20))["event"])
            await caller.succeeds()
    assert snapshot["calls"] == []
    way = [e.get("node", e["event"]) for e in events if e["event"] != "say"]
    assert way == ["incoming", "greet", "answered", "greet", "wait", "hangup"]
    async with httpx.AsyncClient(base_url=f"http://{address}", headers=headers) as asked:
        [call] = (await asked.get("/api/calls", params={"state": "past"})).json()
        assert (call["flow"], call["node"], call["by"]) == ("hello", "wait", "caller")
        told = (await asked.get(f"/api/calls/{call['id']}")).json()["events"]
        assert [e["event"] for e in told][: len(events)] == [e["event"] for e in events]
        traffic = (await asked.get("/api/flows/hello/traffic")).json()
        assert traffic["nodes"]["wait"]["hangups"] == 1
        status = (await asked.get("/api/status")).json()
        assert status["calls_served"] == 1 and status["problems"] == []


async def test_what_is_served_can_be_drawn_elsewhere(watched: Site) -> None:
    address, headers = door(watched)
    async with httpx.AsyncClient(base_url=f"http://{address}", headers=headers) as asked:
        site = (await asked.get("/api/site")).json()
        flows = (await asked.get("/api/flows")).json()
    assert site["numbers"] == {"100": "100.flow"}
    assert {file["path"]: file["text"] for file in site["files"]} == {"100.flow": FLOW}
    assert [(flow["name"], flow["numbers"]) for flow in flows] == [("hello", ["100"])]

"""A queue and an agent made by the API: calls go through, and do so after a restart."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from peer_kit.flows import PHONE_HOST, TONES
from peer_kit.ports import free_port
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Sipp
from peer_kit.site import Site, make_site, serving

pytestmark = pytest.mark.peers

BEFORE = """\
flow before
schema 1
start -> end

node end: hangup
"""
NIGHT = """\
flow night
schema 1
start -> wait

node wait: queue
  queue = "night"
  music = file("long.wav")
  announce = "off"
  after_agent -> end
  timeout -> end
  full -> end
  closed -> end

node end: hangup
"""
MORE = """
[api]
listen = "127.0.0.1:{api}"
admin_token = "the-token-of-this-test"
[queues.day]
"""


def state_of_li(server: Site) -> str:
    return str(server.status()["agents"]["li"]["state"])


async def talks(server: Site, phone: int, asked: httpx.AsyncClient) -> None:
    """A caller is put through to the agent's telephone."""
    answers = Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")
    answers = answers.reply("200 OK", body=offer()).expect_request("ACK").hung_up()
    async with (
        Sipp(answers, host=PHONE_HOST, port=phone) as taking,
        Sipp(Scenario().call().hung_up(), server.port, service="100") as caller,
    ):
        await server.until(lambda: state_of_li(server) == "talking", "the agent talks")
        done = await asked.post("/api/agents/li/actions/hang-up", json={})
        assert done.status_code == 200, done.text
        await taking.succeeds()
        await caller.succeeds()


async def test_calls_reach_what_the_api_has_made(tmp_path: Path) -> None:
    api, phone = free_port(), free_port(PHONE_HOST)
    sip = make_site(tmp_path, {"100": BEFORE}, tones=TONES, more=MORE.format(api=api))
    token = {"Authorization": "Bearer the-token-of-this-test"}
    asked = httpx.AsyncClient(base_url=f"http://127.0.0.1:{api}", headers=token, timeout=30)
    agent = {
        "password": "li's own password",
        "contact": f"sip:li@{PHONE_HOST}:{phone}",
        "queues": {"night": 50},
    }

    def served(server: Site) -> bool:
        flows = httpx.get(f"http://127.0.0.1:{api}/api/flows", headers=token, timeout=30).json()
        return [flow["name"] for flow in flows] == ["night"]

    async with asked:
        with serving(tmp_path, sip) as server:
            for path, body in (("queues/night", {}), ("agents/li", agent)):
                answer = await asked.put(f"/api/{path}", json=body)
                assert answer.status_code == 204, answer.text
            (tmp_path / "100.flow").write_text(NIGHT)
            await server.until(lambda: served(server), "the flow that names the new queue")
            for action in ("sign-in", "ready"):
                done = await asked.post(f"/api/agents/li/actions/{action}", json={})
                assert done.status_code == 200, done.text
            await talks(server, phone, asked)
        with serving(tmp_path, sip) as server:
            site = (await asked.get("/api/site")).json()
            assert [queue["name"] for queue in site["queues"]] == ["day", "night"]
            assert [one["name"] for one in site["agents"]] == ["li"]
            assert served(server), "the queue is known before the flows are loaded"
            done = await asked.get("/api/agents/li")
            assert done.status_code == 200, done.text
            await talks(server, phone, asked)

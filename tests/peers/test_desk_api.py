"""The API steers real calls; what webhooks were to tell survives `kill -9` of the server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from peer_kit.flows import PHONE_HOST, TONES
from peer_kit.ports import free_port
from peer_kit.scenario import Scenario, offer
from peer_kit.sipp import Sipp
from peer_kit.site import make_site, serving

pytestmark = pytest.mark.peers

WAIT = """\
flow wait
schema 1
start -> wait

node wait: queue
  queue = "repairs"
  music = file("long.wav")
  announce = "off"
  after_agent -> end
  timeout -> end
  full -> end
  closed -> end

node end: hangup
"""
CENTRE = """
[api]
listen = "127.0.0.1:{api}"
admin_token = "the-token-of-this-test"
[accounts.boss]
role = "supervisor"
password = "boss's password"
[queues.repairs]
rescue = "none"
[agents.li]
password = "li's own password"
contact = "sip:li@{host}:{phone}"
queues = {{repairs = 50}}
"""
HOOK = """
[webhooks.crm]
url = "http://127.0.0.1:{hook}/contacts"
secret = "a secret of sixteen"
events = ["contact.ended"]
"""


def phone(scenario: Scenario, port: int) -> Sipp:
    return Sipp(scenario, host=PHONE_HOST, port=port)


def rings() -> Scenario:
    return Scenario().expect_request("INVITE").reply("100 Trying").reply("180 Ringing")


async def log_in(address: str, name: str, password: str) -> httpx.AsyncClient:
    asked = httpx.AsyncClient(base_url=f"http://{address}", timeout=30)
    begun = await asked.post("/api/session", json={"name": name, "password": password})
    asked.headers["Authorization"] = f"Bearer {begun.json()['token']}"
    return asked


async def test_an_agent_works_over_the_api_while_a_supervisor_watches(tmp_path: Path) -> None:
    api, port = free_port(), free_port(PHONE_HOST)
    more = CENTRE.format(api=api, host=PHONE_HOST, phone=port)
    sip = make_site(tmp_path, {"100": WAIT}, tones=TONES, more=more)
    address = f"127.0.0.1:{api}"
    answers = rings().reply("200 OK", body=offer()).expect_request("ACK").hung_up()
    declined = rings().expect_request("CANCEL").reply("200 OK")
    declined = declined.reply_to_invite("487 Request Terminated").expect_request("ACK")
    with serving(tmp_path, sip):
        agent = await log_in(address, "li", "li's own password")
        boss = await log_in(address, "boss", "boss's password")
        buttons = "/api/agents/li/actions"
        assert (await agent.post(f"{buttons}/sign-in", json={})).status_code == 200
        assert (await agent.post(f"{buttons}/ready", json={})).status_code == 200
        async with websockets.connect(
            f"ws://{address}/api/desk/watch",
            additional_headers={"Authorization": boss.headers["Authorization"]},
        ) as socket:
            async with (
                phone(declined, port) as ringing,
                Sipp(Scenario().call().hung_up(), sip, service="100") as caller,
            ):
                row = await li_is(socket, "ringing")
                body = {"epoch": row["epoch"], "busy": True, "reason": "paper"}
                assert (await agent.post(f"{buttons}/reject", json=body)).status_code == 200
                await ringing.succeeds()
                assert (await li_is(socket, "not ready"))["reason"] == "paper"
                stale = await agent.post(f"{buttons}/reject", json=body)
                assert stale.status_code == 409
                (waiting,) = (await agent.get("/api/contacts")).json()
                assert waiting["position"] == 1 and waiting["number"] == caller.caller
                async with phone(answers, port) as taking:
                    picked = {"contact": waiting["id"], "action_id": "once"}
                    for _ in range(2):
                        done = await agent.post(f"{buttons}/pick", json=picked)
                        assert done.status_code == 200, done.text
                    row = await li_is(socket, "talking")
                    assert row["contact"] == waiting["id"]
                    hung = await agent.post(f"{buttons}/hang-up", json={"epoch": row["epoch"]})
                    assert hung.status_code == 200
                    messages = await taking.succeeds()
                    assert sum(m.first.startswith("INVITE") for m in messages if not m.sent) == 1
                await caller.succeeds()
                await li_is(socket, "not ready")
        history = (await boss.get(f"/api/contacts/{waiting['id']}")).json()
        outcomes = [one["outcome"] for one in history["offers"]]
        assert outcomes == ["missed", "answered"]
        log = (await agent.get("/api/agents/li/calls")).json()
        assert [one["outcome"] for one in log] == ["answered", "missed"]
        figures = (await boss.get("/api/statistics")).json()
        (interval,) = figures["intervals"][-1:]
        assert interval["queues"]["repairs"]["answered"] == 1
        await agent.aclose()
        await boss.aclose()


async def li_is(socket: Any, state: str) -> dict[str, Any]:
    """The agent's row, when the desk says that the state is so."""
    async with asyncio.timeout(30):
        while True:
            for row in json.loads(await socket.recv())["agents"]:
                if row["name"] == "li" and row["state"] == state:
                    return dict(row)


async def test_what_webhooks_were_to_tell_survives_kill_9(tmp_path: Path) -> None:
    api, hook = free_port(), free_port()
    more = CENTRE.format(api=api, host=PHONE_HOST, phone=free_port(PHONE_HOST))
    more += HOOK.format(hook=hook)
    sip = make_site(tmp_path, {"100": WAIT}, tones=TONES, more=more)
    with serving(tmp_path, sip) as before:
        waits = Scenario().call().hung_up()
        async with Sipp(waits, sip, service="100") as first:
            await first.until(True, "ACK")
            async with Sipp(Scenario().call().hung_up(), sip, service="100") as second:
                await before.until(
                    lambda: before.status()["queues"]["repairs"]["waiting"] == 2, "both wait"
                )
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{api}") as asked:
                    asked.headers["Authorization"] = "Bearer the-token-of-this-test"
                    rows = (await asked.get("/api/contacts")).json()
                    (mine,) = (row["id"] for row in rows if row["number"] == first.caller)
                    ended = await asked.post(f"/api/contacts/{mine}/actions/disconnect", json={})
                    assert ended.status_code == 200
                await first.succeeds()
                await before.until(
                    lambda: before.status()["database"] == "the database is up to date", "written"
                )
                os.kill(before.pid, signal.SIGKILL)
                before.process.wait()
    got: list[dict[str, Any]] = []
    two = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()
            if len({body["id"] for body in got}) == 2:
                two.set()

        def log_message(self, *args: Any) -> None:
            pass

    receiver = ThreadingHTTPServer(("127.0.0.1", hook), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with serving(tmp_path, sip):
        assert await asyncio.to_thread(two.wait, 60), got
    receiver.shutdown()
    receiver.server_close()
    causes = {body["number"]: body["data"]["cause"] for body in got}
    assert causes == {first.caller: "supervisor", second.caller: "system"}

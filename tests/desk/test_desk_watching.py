"""Watching the desk over real WebSockets: snapshots, changes, reconnecting, lagging behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import websockets

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from desk.core.floor import KEPT
from desk_api_kit import Watching, site


async def test_whoever_watches_knows_what_the_desk_knows(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.watching("boss") as boss:
        first = await boss.next()
        assert first["type"] == "snapshot" and set(boss.agents) == {"1001", "1002", "1009"}
        assert boss.agents["1001"]["title"] == "Li Wei"
        assert boss.queues["repairs"]["goal"] == {"share": 0.9, "seconds": 30.0}
        running.staffed("1001")
        await boss.until(lambda seen: seen.agents["1001"]["state"] == "ready")
        running.waits("c1")
        far = await running.rings("1001")
        await boss.until(lambda seen: seen.agents["1001"]["state"] == "ringing")
        offer = boss.agents["1001"]["offer"]
        assert offer["contact"] == "c1" and "became free" not in offer["why"]["text"]
        far.answer()
        await boss.until(lambda seen: seen.agents["1001"]["contact"] == "c1")
        await boss.until(lambda seen: seen.queues["repairs"]["today"]["answered"] == 1)
        assert boss.queues["repairs"]["today"]["service_level_offered"] == 1.0
        running.tell(ev.HungUp("c1"))
        await boss.until(lambda seen: "c1" not in seen.contacts)
        async with running.as_("boss") as asked:
            state = (await asked.get("/api/desk")).json()
        assert state["number"] == boss.number and state["boot"] == boss.boot
        assert {row["name"]: row for row in state["agents"]} == boss.agents
        assert {row["name"]: row for row in state["queues"]} == boss.queues


async def test_who_comes_back_is_told_what_was_missed(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        async with running.watching("boss") as boss:
            await boss.next()
        running.staffed("1001")
        running.waits("c1", "sales")
        query = f"?boot={boss.boot}&after={boss.number}"
        async with running.watching("boss", query) as again:
            again.agents, again.contacts = dict(boss.agents), dict(boss.contacts)
            told = await again.next()
            assert told["type"] == "change" and told["number"] > boss.number
            await again.until(lambda seen: "c1" in seen.contacts)
            assert again.agents["1001"]["state"] == "ready"
        for query in (f"?boot=other&after={boss.number}", f"?boot={boss.boot}&after=999999"):
            async with running.watching("boss", query) as anew:
                assert (await anew.next())["type"] == "snapshot"
    async with site(tmp_path) as restarted:
        query = f"?boot={boss.boot}&after={boss.number}"
        async with restarted.watching("boss", query) as anew:
            assert (await anew.next())["type"] == "snapshot", "its numbers begin again"


async def test_an_agent_is_told_of_own_contacts_only(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        running.staffed("1002")
        async with running.watching("1001") as agent, running.watching("wall") as wall:
            first = await agent.next()
            await wall.next()
            assert set(agent.queues) == {"repairs"} and not agent.contacts
            assert "offer" in agent.agents["1001"] and "offer" not in agent.agents["1002"]
            running.waits("s1", "sales")
            (await running.rings("1002")).answer()
            await agent.until(lambda seen: seen.agents["1002"]["state"] == "talking")
            running.waits("r1", "repairs")
            await agent.until(lambda seen: "r1" in seen.contacts)
            assert set(agent.contacts) == {"r1"} and first["contacts"] == []
            await wall.until(lambda seen: seen.queues["repairs"]["waiting"] == 1)
            assert not wall.contacts and set(wall.queues) == {"repairs", "sales"}


async def test_who_reads_too_slowly_gets_a_snapshot(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        feed = _feed(running)
        async with running.watching("boss") as boss:
            await boss.next()
            for number in range(KEPT + 50):
                running.tell(ev.Enter(f"w{number}", "sales", LONGEST_IDLE))
                feed.look()
            kinds = set()
            while boss.number < feed.floor.number:
                kinds.add((await boss.next())["type"])
            assert "snapshot" in kinds
            assert len(boss.contacts) == KEPT + 50


async def test_nobody_watches_without_the_right(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        for path, token in (
            ("desk/watch", "wrong"),
            ("desk/watch", ""),
            ("watch", await running.token("1001")),
        ):
            with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
                async with websockets.connect(
                    f"ws://{running.address}/api/{path}",
                    additional_headers={"Authorization": f"Bearer {token}"},
                ):
                    pass
            assert refused.value.response.status_code == 403


async def test_a_browser_watches_the_desk(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        protocols: Any = ["cordboard", f"bearer.{await running.token('boss')}"]
        async with websockets.connect(
            f"ws://{running.address}/api/desk/watch", subprotocols=protocols
        ) as socket:
            assert json.loads(await asyncio.wait_for(socket.recv(), 20))["type"] == "snapshot"
            assert socket.subprotocol == "cordboard"


async def test_the_days_figures_go_on_after_a_restart(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        running.staffed("1001")
        running.waits("c1")
        (await running.rings("1001")).answer()
        await running.until(lambda: running.state("1001") == "talking")
        running.waits("c2")
        running.tell(ev.HungUp("c2"), ev.HungUp("c1"))
    async with site(tmp_path) as running, running.watching("boss") as boss:
        await boss.next()
        await boss.until(lambda seen: _today(seen) == (2, 1, 1))
        running.waits("c3")
        await boss.until(lambda seen: _today(seen) == (3, 1, 1))


def _today(seen: Watching) -> tuple[Any, ...]:
    today = seen.queues["repairs"]["today"]
    return today["queued"], today["answered"], today["abandoned"]


def _feed(running: Any) -> Any:
    return running.api._centre.feed

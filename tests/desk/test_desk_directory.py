"""What was, and what there is: history, call logs, work, statistics, strategies, no centre."""

from __future__ import annotations

import asyncio
import json
import wave
from pathlib import Path

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.store.messages import message
from desk.api.desk_models import DeskState
from desk_api_kit import SITE, Site, site


async def answered(running: Site, contact: str) -> None:
    running.waits(contact)
    (await running.rings("1001")).answer()
    await running.until(lambda: running.state("1001") == "talking")


async def test_a_contact_is_told_whole_to_those_it_concerns(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        running.staffed("1001")
        running.waits("c1")
        (await running.rings("1001")).decline("no_answer")
        await running.until(lambda: running.state("1001") == "ready")
        running.tell(ev.Pick("1001", "c1"))
        (await running.rings("1001")).answer()
        await running.until(lambda: running.state("1001") == "talking")
        running.tell(ev.HungUp("c1"))
        await running.centre.acd.flushed()
        async with running.as_("1001") as agent, running.as_("1002") as other:
            whole = (await agent.get("/api/contacts/c1")).json()
            assert [one["outcome"] for one in whole["offers"]] == ["missed", "answered"]
            assert whole["offers"][0]["why"]["strategy"] == "longest idle"
            assert whole["facts"][-1]["what"] in ("ended", "state")
            assert (await other.get("/api/contacts/c1")).status_code == 404
            log = (await agent.get("/api/agents/1001/calls")).json()
            assert [(one["outcome"], one["number"]) for one in log] == [
                ("answered", "13800000001"),
                ("missed", "13800000001"),
            ]
        async with running.as_("boss") as boss:
            past = (await boss.get("/api/contacts/past", params={"agent": "1001"})).json()
            assert [one["id"] for one in past] == ["c1"]
            for number in range(3):
                running.waits(f"p{number}", "sales")
            await running.centre.acd.flushed()
            first = (await boss.get("/api/contacts/past", params={"limit": 2})).json()
            rest = await boss.get("/api/contacts/past", params={"before": first[-1]["id"]})
            assert [one["id"] for one in (*first, *rest.json())] == ["p2", "p1", "p0", "c1"]
            assert (await boss.get("/api/contacts/past?number=0")).json() == []


async def test_messages_are_listed_and_heard_by_those_they_are_for(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        folder = tmp_path / "recordings"
        folder.mkdir()
        with wave.open(str(folder / "m.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\0\0" * 800)
        (tmp_path / "secret.wav").write_bytes(b"not for you")
        acd, now = running.centre.acd, running.centre.now()
        for name, path in (("m1", "m.wav"), ("m2", "gone.wav"), ("m3", "../secret.wav")):
            ops = [message(name, "box", "138", path, 0.1, now)]
            acd.handle(ev.Voicemail(name, "repairs", LONGEST_IDLE), now, ops)
        await acd.flushed()
        async with running.as_("1001") as agent, running.as_("1002") as other:
            listed = (await agent.get("/api/voicemails")).json()
            assert [one["contact"] for one in listed] == ["m1", "m2", "m3"]
            assert (await other.get("/api/voicemails")).json() == []
            sound = await agent.get("/api/voicemails/m1/sound")
            assert sound.headers["content-type"] == "audio/wav" and sound.content[:4] == b"RIFF"
            for name in ("m2", "m3"):
                assert (await agent.get(f"/api/voicemails/{name}/sound")).status_code == 404
            assert (await other.get("/api/voicemails/m1/sound")).status_code == 403


async def test_callbacks_are_those_of_own_queues(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("boss") as boss:
        for contact, queue in (("c1", "repairs"), ("c2", "sales")):
            running.waits(contact, queue)
            running.tell(
                ev.AskCallback(contact),
                ev.BookCallback(contact, queue, "0123", LONGEST_IDLE, at=4_000_000_000.0),
            )
        await running.centre.acd.flushed()
        assert len((await boss.get("/api/callbacks")).json()) == 2
        async with running.as_("1001") as agent:
            (mine,) = (await agent.get("/api/callbacks")).json()
            path = f"/api/callbacks/{mine['contact']}/actions/cancel"
            assert mine["contact"] == "c1/callback"
            assert (await agent.post(path, json={})).status_code == 403
        assert (await boss.post(path, json={})).status_code == 200
        assert (await boss.post(path, json={})).json()["reason"] == "not a callback"
        await running.centre.acd.flushed()
        assert len((await boss.get("/api/callbacks")).json()) == 1


async def test_figures_have_their_definitions_beside_them(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("boss") as boss:
        running.staffed("1001")
        await answered(running, "c1")
        running.tell(ev.HungUp("c1"))
        await running.centre.acd.flushed()
        told = (await boss.get("/api/statistics", params={"interval": "15 min"})).json()
        queue = told["intervals"][-1]["queues"]["repairs"]
        assert queue["answered"] == 1 and queue["service_level_offered"] == 1.0
        assert set(queue) < set(told["definitions"])
        agents = told["intervals"][-1]["agents"]["1001"]
        assert {"occupancy", "states"} <= set(agents)
        for name in ("asa", "occupancy", "fairness", "wait_estimate"):
            words = told["definitions"][name]["definition"]
            assert words["en"] and words["zh"]
        assert told["service_seconds"]["repairs"] == 30.0
        for span in ({"since": 5.0, "until": 1.0}, {"since": 1.0}):
            refused = await boss.get("/api/statistics", params={**span, "interval": "15 min"})
            assert refused.status_code == 422 and "3000 intervals" in refused.json()["detail"]


async def test_a_strategy_is_published_for_a_moment_and_survives(tmp_path: Path) -> None:
    path = "/api/queues/repairs/strategies"
    async with site(tmp_path) as running, running.as_("root") as root:
        running.staffed("1001")
        assert running.centre.strategies.open_for("repairs")
        (first,) = (await root.get(path)).json()
        assert first["text"] == "longest idle" and first["in_force"]
        wrong = await root.post(path, json={"text": "order bye level"})
        assert wrong.status_code == 422 and wrong.json()["chinese"]
        assert (await root.post(path, json={"text": "random"})).status_code == 201
        soon = running.centre.now() + 1.0
        answer = await root.post(path, json={"text": "highest skill", "activates": soon})
        assert not answer.json()["version"]["in_force"]
        async with asyncio.timeout(20):
            while _strategy(running) != "highest skill":
                await root.get(path)
        listed = (await root.get(path)).json()
        assert [(one["version"], one["in_force"]) for one in listed] == [
            (3, True),
            (2, False),
            (1, False),
        ]
        assert {one["action"] for one in (await root.get("/api/audit")).json()} >= {
            "publish strategy"
        }
    async with site(tmp_path) as running:
        assert _strategy(running) == "highest skill", "also after a restart"


def _strategy(running: Site) -> str:
    """By which text callers of repairs are routed now."""
    return running.centre.switchboard._plans._texts["repairs"]


async def test_a_strategy_of_the_file_is_changed_there(tmp_path: Path) -> None:
    text = SITE.replace("[queues.sales]", '[queues.sales]\nstrategy = "random"')
    async with site(tmp_path, text) as running, running.as_("root") as root:
        refused = await root.post("/api/queues/sales/strategies", json={"text": "longest idle"})
        assert refused.status_code == 409 and "[queues.sales]" in refused.json()["detail"]
        missing = await root.post("/api/queues/sale/strategies", json={"text": "longest idle"})
        assert missing.status_code == 404 and "sales" in missing.json()["detail"]


async def test_whoever_transfers_knows_all_names(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1002") as asked:
        assert (await asked.get("/api/directory")).json() == {
            "agents": {"1001": "Li Wei", "1002": "1002", "1009": "1009"},
            "queues": ["repairs", "sales"],
        }
        assert [row["name"] for row in (await asked.get("/api/queues")).json()] == ["sales"]


async def test_skills_and_who_has_them(tmp_path: Path) -> None:
    text = SITE.replace('may_dial = ["0*"]', 'skills = {{english = 60, language = "zh"}}')
    async with site(tmp_path, text) as running, running.as_("1002") as asked:
        assert (await asked.get("/api/skills")).json() == [
            {"name": "english", "kind": "level", "agents": {"1001": 60}},
            {"name": "language", "kind": "word", "agents": {"1001": "zh"}},
        ]


async def test_what_is_told_is_what_the_description_says(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("boss") as boss:
        running.staffed("1001")
        await answered(running, "c1")
        running.waits("c2")
        running.staffed("1009")
        running.waits("c3", "sales")
        state = (await boss.get("/api/desk")).json()
        told = DeskState.model_validate(state)
        assert json.loads(told.model_dump_json()) == state, "neither more nor less"
        described = (await boss.get("/api/openapi.json")).json()["paths"]
    for path, methods in described.items():
        for method, one in methods.items():
            assert one["description"] and one["tags"], (method, path)

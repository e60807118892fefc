"""Queues and agents made, changed and removed by the API while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from contact_center.core import events as ev
from desk_api_kit import PASSWORDS, SITE, Site, site
from telephony.simulated import Callee

WANG = {
    "title": "王芳",
    "password": "wang's own password",
    "contact": "sip:wang@192.0.2.1",
    "queues": {"night": 80, "repairs": 20},
    "skills": {"language": "zh-CN", "pumps": 70},
    "reserve": ["repairs"],
    "max_held": 2,
    "persistent_leg": True,
    "may_dial": ["0*"],
    "caller_id": "075512345678",
    "supervisor": True,
}
NIGHT = {
    "strategy": "highest skill",
    "service_level": "90% in 15s",
    "wrap_up": "5s",
    "max_waiting": 7,
    "callback_attempts": 3,
    "caller_id": "075587654321",
}


async def put(asked: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await asked.put(path, json=body)
    assert answer.status_code == 204, answer.text


async def made(running: Site, asked: httpx.AsyncClient) -> None:
    running.line.callees["sip:wang@192.0.2.1"] = Callee(outcome=None)
    await put(asked, "/api/queues/night", NIGHT)
    await put(asked, "/api/agents/wang", WANG)


async def test_a_queue_and_an_agent_are_there_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("root") as root:
        await made(running, root)
        async with running.watching("boss") as boss:
            await boss.until(lambda seen: "wang" in seen.agents)
            assert boss.agents["wang"]["title"] == "王芳"
            assert boss.queues["night"]["goal"] == {"share": 0.9, "seconds": 15.0}
        PASSWORDS["wang"] = WANG["password"]
        async with running.as_("wang") as wang:
            assert (await wang.get("/api/session")).json()["role"] == "supervisor"
            for action in ("sign-in", "ready"):
                pressed = await wang.post(f"/api/agents/wang/actions/{action}", json={})
                assert pressed.status_code == 200, pressed.text
        running.waits("c1", "night")
        (await running.rings("wang")).answer()
        await running.until(lambda: running.state("wang") == "talking")
        changed = {**WANG, "password": None, "queues": {"night": 90}, "reserve": []}
        await put(root, "/api/agents/wang", changed)
        assert running.state("wang") == "talking", "the call goes on"
        assert running.centre.acd.engine.agents["wang"].setup.queues == {"night": 90}
        before = dict(running.centre.switchboard.known_agents)
        queues = dict(running.centre.switchboard.known_queues)
        running.tell(ev.HungUp("c1"))
        gone = await root.delete("/api/agents/wang")
        assert gone.status_code == 409 and gone.json()["reason"] == "signed in"
        assert gone.json()["chinese"]
    async with site(tmp_path) as again, again.as_("root") as root:
        assert dict(again.centre.switchboard.known_agents) == before
        assert dict(again.centre.switchboard.known_queues) == queues
        again.line.callees["sip:wang@192.0.2.1"] = Callee(outcome=None)
        await again.until(lambda: again.state("wang") != "talking")
        async with again.as_("wang") as wang:
            assert (await wang.post("/api/agents/wang/actions/done", json={})).status_code in (
                200,
                409,
            )
            await wang.post("/api/agents/wang/actions/ready", json={})
        again.waits("c2", "night")
        (await again.rings("wang")).answer()
        await again.until(lambda: again.state("wang") == "talking")


async def test_what_is_removed_stays_removed(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("root") as root:
        await made(running, root)
        served = await root.delete("/api/queues/night")
        assert served.status_code == 409 and "wang still serve" in served.json()["detail"]
        async with running.watching("boss") as boss:
            await boss.until(lambda seen: "wang" in seen.agents)
            assert (await root.delete("/api/agents/wang")).status_code == 204
            await boss.until(lambda seen: "wang" not in seen.agents)
        running.waits("c1", "night")
        waited = await root.delete("/api/queues/night")
        assert waited.status_code == 409 and waited.json()["reason"] == "queue is waited for"
        running.tell(ev.HungUp("c1"))
        assert (await root.delete("/api/queues/night")).status_code == 204
        assert (await root.delete("/api/queues/night")).status_code == 404
        assert (await root.delete("/api/agents/wang")).status_code == 404
        async with running.client("") as stranger:
            body = {"name": "wang", "password": WANG["password"]}
            assert (await stranger.post("/api/session", json=body)).status_code == 401
    async with site(tmp_path) as again, again.as_("root") as root:
        assert "wang" not in again.centre.acd.engine.agents
        assert "night" not in again.centre.switchboard.known_queues
        assert not again.centre.acd.engine.queues["night"].open
        await put(root, "/api/queues/night", {})
        assert again.centre.acd.engine.queues["night"].open
        assert again.centre.switchboard.known_queues["night"].max_waiting is None


async def test_the_strategy_has_versions_and_is_kept_where_none_is_sent(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("root") as root:
        await put(root, "/api/queues/night", {"strategy": "random"})
        published = await root.post("/api/queues/night/strategies", json={"text": "ring all"})
        assert published.status_code == 201
        await put(root, "/api/queues/night", {"wrap_up": "9s"})
        assert running.centre.acd.engine.queues["night"].setup.wrap_up == 9.0
        versions = (await root.get("/api/queues/night/strategies")).json()
        assert [one["text"] for one in versions] == ["ring all", "random"]
    async with site(tmp_path) as again, again.as_("root") as root:
        assert again.centre.strategies.text("night") == "ring all"
        await put(root, "/api/queues/night", {"strategy": "round robin"})
        versions = (await root.get("/api/queues/night/strategies")).json()
        assert [one["text"] for one in versions if one["in_force"]] == ["round robin"]


async def test_what_the_file_names_is_changed_there(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("root") as root:
        for method in ("PUT", "DELETE"):
            for path in ("queues/repairs", "agents/1001"):
                answer = await root.request(method, f"/api/{path}", json={})
                assert answer.status_code == 409 and answer.json()["reason"] == "of the file"
                assert f"[{path.replace('/', '.')}]" in answer.json()["detail"]
                assert "cordboard.toml" in answer.json()["chinese"]
    everything = SITE + (
        '\n[queues.night]\nmax_waiting = 2\n[agents.wang]\npassword = "of the file"\n'
        'contact = "sip:wang@192.0.2.9"\n'
    )
    async with site(tmp_path / "other") as running, running.as_("root") as root:
        await made(running, root)
    async with site(tmp_path / "other", everything) as again:
        assert again.centre.switchboard.known_queues["night"].max_waiting == 2
        assert again.centre.switchboard.known_agents["wang"].contact == "sip:wang@192.0.2.9"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("queues/night", {"rung": "5s"}, '[queues.night] rung: unknown key (did you mean "ring"?)'),
        ("queues/night", {"strategy": "longest idel"}, 'did you mean "longest idle"'),
        ("queues/night", {"strategy": 'require skill["x'}, "[queues.night] strategy"),
        ("queues/night", {"ring": "5 minutes"}, 'must be a duration such as "30s"'),
        ("queues/night", {"calendar": "office"}, "there is no [calendars.office]"),
        ("queues/night", {"agents": ["1003"]}, 'there is no agent "1003"'),
        ("queues/a b", {}, '"a b" is no name'),
        ("agents/wang", {**WANG, "password": None}, "[agents.wang] password: is missing"),
        ("agents/wang", {**WANG, "password": "short"}, "at least 8 characters"),
        ("agents/wang", {**WANG, "contact": ""}, "[agents.wang] contact: is missing"),
        ("agents/wang", {**WANG, "contact": "tel:12"}, "is no address of a telephone"),
        ("agents/wang", {**WANG, "queues": {"repair": 5}}, '(did you mean "repairs"?)'),
        ("agents/wang", {**WANG, "title2": 1}, "unknown key"),
        ("agents/boss", WANG, 'there is an account "boss" with the role supervisor'),
    ],
)
async def test_what_is_wrong_changes_nothing(
    path: str, body: dict[str, Any], said: str, tmp_path: Path
) -> None:
    async with site(tmp_path) as running, running.as_("root") as root:
        if path.startswith("agents"):
            await put(root, "/api/queues/night", NIGHT)
        queues = dict(running.centre.switchboard.known_queues)
        answer = await root.put(f"/api/{path}", json=body)
        assert answer.status_code in (409, 422), answer.text
        assert said in answer.json()["detail"] and answer.json()["chinese"]
        assert running.centre.switchboard.known_queues == queues
        assert set(running.centre.acd.engine.agents) == {"1001", "1002", "1009"}
        assert set(running.centre.switchboard.known_agents) == {"1001", "1002", "1009"}


async def test_skills_mean_one_thing_and_accounts_belong_to_their_agents(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("root") as root:
        await made(running, root)
        other = {**WANG, "contact": "sip:x@192.0.2.1", "skills": {"pumps": "yes"}}
        answer = await root.put("/api/agents/x", json=other)
        assert answer.status_code == 422 and "give it one meaning" in answer.json()["detail"]
        table = {"rules": [{"name": "VIP", "queue": "night", "levels": ["gold"]}]}
        assert (await root.put("/api/rules", json=table)).status_code == 200
        skills = {one["name"]: one for one in (await root.get("/api/skills")).json()}
        assert skills["pumps"]["agents"] == {"wang": 70}
        account = {"role": "admin", "password": "long enough"}
        for method in ("PUT", "DELETE"):
            answer = await root.request(method, "/api/accounts/wang", json=account)
            assert answer.status_code == 409 and "/api/agents/wang" in answer.json()["detail"]
        PASSWORDS["wang"] = WANG["password"]
        async with running.as_("wang") as wang:
            plain = {k: v for k, v in WANG.items() if k != "password"}
            await put(root, "/api/agents/wang", {**plain, "skills": {}})
            assert (await wang.get("/api/session")).status_code == 200, "the session goes on"
            await put(root, "/api/agents/wang", {**plain, "supervisor": False})
            assert (await wang.get("/api/session")).status_code == 401
        audit = (await root.get("/api/audit")).json()
        assert {"set queue", "set agent"} <= {one["action"] for one in audit}
        assert WANG["password"] not in str(audit)

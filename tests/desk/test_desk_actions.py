"""What agents and supervisors do over the API, done once, and refused in both languages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from contact_center.core import events as ev
from desk.api.once import LASTS, Once
from desk_api_kit import Site, site
from telephony.simulated import Callee


async def do(asked: httpx.AsyncClient, agent: str, action: str, **body: Any) -> httpx.Response:
    return await asked.post(f"/api/agents/{agent}/actions/{action}", json=body)


async def done(asked: httpx.AsyncClient, agent: str, action: str, **body: Any) -> Any:
    answer = await do(asked, agent, action, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()["agent"]


async def refused(asked: httpx.AsyncClient, agent: str, action: str, **body: Any) -> Any:
    answer = await do(asked, agent, action, **body)
    assert answer.status_code in (403, 404, 409), answer.text
    told = answer.json()
    assert told["detail"] and told["chinese"] and told["detail"] != told["chinese"]
    return told


async def talking(running: Site, asked: httpx.AsyncClient, contact: str = "c1") -> int:
    """Agent 1001 talks to a caller; the epoch of that call."""
    running.waits(contact)
    far = await running.rings("1001")
    far.answer()
    await running.until(lambda: running.state("1001") == "talking")
    agent = (await asked.get("/api/agents/1001")).json()
    assert agent["contact"] == contact and agent["state"] == "talking"
    return int(agent["epoch"])


async def test_an_agents_day(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        assert (await done(asked, "1001", "sign-in"))["state"] == "not ready"
        assert (await refused(asked, "1001", "sign-in"))["reason"] == "not now"
        assert (await done(asked, "1001", "ready"))["state"] == "ready"
        assert (await done(asked, "1001", "not-ready", reason="lunch"))["reason"] == "lunch"
        await done(asked, "1001", "ready")
        epoch = await talking(running, asked)
        parked = await done(asked, "1001", "park", epoch=epoch)
        assert parked["held"] == ["c1"] and parked["state"] == "ready"
        assert (await refused(asked, "1001", "sign-out"))["reason"] == "holding"
        assert (await done(asked, "1001", "retrieve", contact="c1"))["contact"] == "c1"
        (await running.rings("1001")).answer()
        await running.until(lambda: running.centre.acd.engine.agents["1001"].leg == "up")
        await done(asked, "1001", "not-ready", reason="enough")
        assert (await asked.get("/api/agents/1001")).json()["pending"] == "not ready"
        await done(asked, "1001", "hang-up")
        await running.until(lambda: running.state("1001") == "not ready")
        assert (await done(asked, "1001", "sign-out"))["state"] == "signed out"
        assert (await refused(asked, "1001", "hang-up"))["reason"] == "no call"


async def test_a_stale_button_does_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        running.staffed("1001")
        running.waits("c1")
        await running.rings("1001")
        await running.until(lambda: running.state("1001") == "ringing")
        old = (await asked.get("/api/agents/1001")).json()["epoch"]
        told = await refused(asked, "1001", "reject", epoch=old - 1)
        assert told["reason"] == "stale" and "先前" in told["chinese"]
        assert running.state("1001") == "ringing"
        assert (await refused(asked, "1001", "hang-up", epoch=old - 1))["reason"] == "stale"
        await done(asked, "1001", "reject", epoch=old, busy=True, reason="no time")
        await running.until(lambda: running.state("1001") == "not ready")
        assert (await asked.get("/api/agents/1001")).json()["reason"] == "no time"


async def test_an_action_sent_twice_is_done_once(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        running.staffed("1001", "1002")
        await running.centre.acd.flushed()
        twice = await asyncio.gather(
            *(do(asked, "1001", "call", to="agent:1002", action_id="a1") for _ in range(2))
        )
        later = await do(asked, "1001", "call", to="agent:1002", action_id="a1")
        answers = [answer.json() for answer in (*twice, later)]
        assert answers[0]["contact"] and answers == [answers[0]] * 3
        contacts = (await asked.get("/api/contacts")).json()
        assert [row["id"] for row in contacts] == [answers[0]["contact"]]
        other = await do(asked, "1001", "call", to="0123", action_id="a1")
        assert other.status_code == 409 and other.json()["reason"] == "action id"
        first = await do(asked, "1001", "retrieve", contact="nothing", action_id="a2")
        again = await do(asked, "1001", "retrieve", contact="nothing", action_id="a2")
        assert first.status_code == 404 and first.json() == again.json(), "refusals too"


async def test_calls_by_class_of_service(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        running.staffed("1001")
        assert (await refused(asked, "1001", "call", to="9911"))["reason"] == "may not dial"
        assert (await refused(asked, "1001", "call", to="queue:repairs"))["reason"] == "a queue"
        missing = await refused(asked, "1001", "call", to="agent:1003")
        assert missing["reason"] == "no such agent" and "did you mean" in missing["detail"]
        running.line.callees["0123"] = Callee(outcome=None)  # it rings on
        answer = (await do(asked, "1001", "call", to="0123")).json()
        (await running.rings("1001")).answer()
        await running.until(lambda: running.state("1001") == "talking")
        (contact,) = (await asked.get("/api/contacts")).json()
        assert contact["id"] == answer["contact"] and contact["dialling"] == "0123"


async def test_an_unknown_agent_is_named_with_the_nearest(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("root") as asked:
        told = await refused(asked, "1O01", "ready")
        assert 'did you mean "1001"' in told["detail"] and "1O01" in told["chinese"]
        assert (await do(asked, "1001", "ready", nothing=1)).status_code == 422


async def test_transfer_consult_and_pick(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        running.staffed("1001")
        running.tell(ev.SignIn("1002"))
        epoch = await talking(running, asked)
        consulted = await do(asked, "1001", "consult", to="agent:1002", epoch=epoch)
        assert consulted.json()["agent"]["consult"] == consulted.json()["contact"]
        assert (await refused(asked, "1001", "end-consult", how="transfer"))["reason"]
        (await running.rings("1002")).answer()
        await running.until(lambda: running.state("1002") == "talking")
        await done(asked, "1001", "end-consult", how="transfer")
        await running.until(lambda: running.state("1001") == "ready")
        async with running.as_("1002") as other:
            assert (await other.get("/api/agents/1002")).json()["contact"] == "c1"
            await done(other, "1002", "transfer", to="queue:repairs")
        far = await running.rings("1001")
        far.decline()
        await running.until(lambda: running.state("1001") == "ready")
        assert (await asked.get("/api/contacts/c1")).json()["contact"]["state"] == "waiting"
        await done(asked, "1001", "pick", contact="c1")
        (await running.rings("1001")).answer()
        await running.until(lambda: running.state("1001") == "talking")


async def test_what_a_supervisor_does_is_written_down(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("boss") as asked:
        running.staffed("1001", "1009")
        forced = await done(asked, "1001", "force", state="not ready", locked=True, reason="talk")
        assert forced["state"] == "not ready" and forced["locked"]
        async with running.as_("1001") as agent:
            assert (await refused(agent, "1001", "ready"))["reason"] == "locked"
            assert (await refused(agent, "1001", "force", state="ready"))["reason"] == "role"
        await done(asked, "1001", "force", state="ready")
        async with running.as_("1001") as agent:
            await talking(running, agent)
        assert (await refused(asked, "1001", "take-over", contact="c1"))["reason"] == (
            "not your seat"
        )
        await done(asked, "1009", "take-over", contact="c1")
        (await running.rings("1009")).answer()
        await running.until(lambda: running.state("1009") == "talking")
        running.waits("c2", "sales")
        ended = await asked.post("/api/contacts/c2/actions/disconnect", json={"action_id": "x"})
        again = await asked.post("/api/contacts/c2/actions/disconnect", json={"action_id": "x"})
        assert ended.status_code == again.status_code == 200
        assert (await asked.post("/api/contacts/c2/actions/disconnect", json={})).status_code == 404
        await running.centre.acd.flushed()
        audit = (await asked.get("/api/audit")).json()
        told = {(row["by"], row["action"], row["target"]) for row in audit}
        assert told >= {
            ("boss", "not ready", "1001"),
            ("boss", "ready", "1001"),
            ("boss", "take over", "c1"),
            ("boss", "disconnect", "c2"),
        }


async def test_a_supervisor_listens_and_intercepts(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("boss") as asked:
        running.staffed("1001")
        async with running.as_("1001") as agent:
            await talking(running, agent)
            assert (await refused(agent, "1001", "listen", mode="monitor"))["reason"] == "role"
        listening = asyncio.ensure_future(do(asked, "1001", "listen", mode="monitor"))
        (await running.rings("1009")).answer()
        assert (await listening).status_code == 200
        assert (await do(asked, "1001", "listen", mode="whisper")).status_code == 200
        assert (await do(asked, "1001", "leave")).status_code == 200
        assert (await do(asked, "1002", "intercept")).status_code == 200
        assert (await do(asked, "1002", "stop-intercept")).status_code == 200
        assert (await refused(asked, "1002", "stop-intercept"))["reason"] == "not intercepted"
        await running.centre.acd.flushed()
        audit = {row["action"] for row in (await asked.get("/api/audit")).json()}
        assert {"monitor", "whisper"} <= audit
    async with site(tmp_path / "b") as running, running.as_("admin") as token:
        assert (await refused(token, "1001", "listen", mode="barge"))["reason"] == "no seat"


async def test_an_answer_is_remembered_for_an_hour() -> None:
    now, count = 0.0, 0
    once = Once(lambda: now)

    async def act() -> int:
        nonlocal count
        count += 1
        return count

    assert await once.do("li", None, "ready", act) == 1
    assert [await once.do("li", "a", "ready", act) for _ in range(2)] == [2, 2]
    assert await once.do("wang", "a", "ready", act) == 3, "ids are each account's own"
    now = LASTS + 1.0
    assert await once.do("li", "a", "ready", act) == 4


async def test_an_action_goes_on_when_who_asked_has_gone() -> None:
    once, go, done = Once(), asyncio.Event(), asyncio.Event()

    async def act() -> str:
        await go.wait()
        done.set()
        return "done"

    asking = asyncio.ensure_future(once.do("li", "a", "park", act))
    await asyncio.sleep(0)
    asking.cancel()
    go.set()
    await asyncio.wait_for(done.wait(), 10)
    assert await once.do("li", "a", "park", act) == "done"

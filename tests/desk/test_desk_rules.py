"""The live rule table over the API: supervisors change it, and the next call follows it."""

from __future__ import annotations

from pathlib import Path

from contact_center.core.rules import Call, decide
from desk_api_kit import site
from flow_bench import START

SOUTH = {"name": "south", "queue": "sales", "callers": ["0571"]}


async def test_supervisors_change_the_table_of_a_running_server(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        async with running.as_("boss") as boss, running.as_("1001") as agent:
            assert (await boss.get("/api/rules")).json() == []
            assert (await agent.get("/api/rules")).status_code == 403
            put = await boss.put("/api/rules", json={"rules": [SOUTH]})
            assert put.status_code == 200 and put.json()["warnings"] == []
            assert put.json()["version"]["rules"] == [SOUTH]
            (known,) = (await boss.get("/api/rules")).json()
            assert (known["version"], known["made_by"], known["in_force"]) == (1, "boss", True)
            book = running.centre.switchboard.rules
            decision = decide(book.tables[0].rules, Call("0571222", "100", START))
            assert decision is not None and decision.target.name == "sales"
            book.told("c1", decision, 1)
            await running.centre.acd.flushed()
            (said,) = (await boss.get("/api/rules/decisions?contact=c1")).json()
            assert (said["rule"], said["why"]) == ("south", "caller 0571222 begins with 0571")


async def test_a_wrong_table_is_told_and_changes_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("boss") as boss:
        await boss.put("/api/rules", json={"rules": [SOUTH]})
        wrong = {"name": "north", "queue": "sails"}
        refused = await boss.put("/api/rules", json={"rules": [wrong]})
        assert refused.status_code == 422
        assert 'there is no queue "sails" (did you mean "sales"?)' in refused.json()["detail"]
        assert "规则有误" in refused.json()["chinese"]
        assert len((await boss.get("/api/rules")).json()) == 1
        doubtful = await boss.put("/api/rules", json={"rules": [{"queue": "sales"}, SOUTH]})
        assert ["never reached" in text for text in doubtful.json()["warnings"]] == [True]

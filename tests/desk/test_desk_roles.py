"""Who may do what: every route and every role, sessions, wrong passwords."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
import websockets
from fastapi.routing import APIRoute

from desk.core.limits import FIRST_WAIT, FREE_OF_ACCOUNT, FREE_OF_ADDRESS, Attempts, Pace
from desk.core.roles import RIGHTS, ROLES, Who
from desk_api_kit import PASSWORDS, TOKEN, Site, routes_of, site

ACCOUNTS = {"agent": "1001", "supervisor": "boss", "wallboard": "wall", "admin": "root"}


def right_of(route: APIRoute) -> str:
    rights = [getattr(one.call, "right", "") for one in route.dependant.dependencies]
    return next((right for right in rights if right), "")


async def test_every_route_for_every_role(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        routes = routes_of(running.api._app)
        assert len(routes) > 45
        for route in routes:
            (method,) = route.methods
            path = re.sub(r"\{[^}]*\}", "nothing", route.path)
            right = right_of(route)
            if not right:
                assert (method, path) == ("POST", "/api/session"), path
                continue
            async with running.client("") as stranger:
                assert (await stranger.request(method, path)).status_code == 401, path
            async with running.client("wrong") as stranger:
                assert (await stranger.request(method, path)).status_code == 401, path
            if (method, path) == ("DELETE", "/api/session"):
                continue  # it would end the session that the others need
            for role, account in ACCOUNTS.items():
                async with running.as_(account) as asked:
                    answer = await asked.request(method, path, json={"nothing": 1})
                allowed = role in RIGHTS[right]  # type: ignore[index]
                refused = answer.status_code == 403 and answer.json()["reason"] == "role"
                assert refused != allowed, (role, method, path, answer.text)
                assert answer.status_code < 500, (path, answer.text)


def test_the_table_gives_no_role_more_than_it_needs() -> None:
    for role in ROLES:
        who = Who("x", role)
        assert who.may("manage") == (role == "admin")
        assert who.may("steer") == (role in ("supervisor", "admin"))
    assert [right for right in RIGHTS if Who("x", "wallboard").may(right)] == ["desk"]


async def test_an_agent_presses_nobody_elses_buttons(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        answer = await asked.post("/api/agents/1002/actions/sign-in", json={})
        assert answer.status_code == 403 and answer.json()["reason"] == "not your seat"
        assert "1002" in answer.json()["detail"] and "坐席" in answer.json()["chinese"]
        assert running.state("1002") == "signed out"
        for path in ("/api/agents/1002/calls", "/api/agents/nobody/calls"):
            assert (await asked.get(path)).status_code in (403, 404)
        answer = await asked.post("/api/agents/1001/actions/sign-in", json={})
        assert answer.status_code == 200 and answer.json()["agent"]["state"] == "not ready"


async def test_a_session_from_log_in_to_log_out(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        async with running.as_("boss") as asked:
            me = (await asked.get("/api/session")).json()
            assert (me["name"], me["role"], me["agent"]) == ("boss", "supervisor", "1009")
            assert "steer" in me["rights"] and "manage" not in me["rights"]
            watcher = await websockets.connect(
                f"ws://{running.address}/api/desk/watch",
                additional_headers={"Authorization": asked.headers["authorization"]},
            )
            await watcher.recv()
            assert (await asked.delete("/api/session")).status_code == 204
            assert (await asked.get("/api/session")).status_code == 401
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                while True:
                    await watcher.recv()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
        async with running.client(TOKEN) as admin:
            assert (await admin.delete("/api/session")).status_code == 204
            assert (await admin.get("/api/session")).status_code == 200, "the token never ends"


async def test_an_agent_with_the_sign_of_a_supervisor_is_one(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.client("") as asked:
        body = {"name": "1009", "password": "supervisor's own"}
        begun = (await asked.post("/api/session", json=body)).json()
        assert (begun["role"], begun["agent"]) == ("supervisor", "1009")


async def test_wrong_passwords_cost_a_growing_wait_and_are_written_down(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.client("") as asked:
        for _ in range(FREE_OF_ACCOUNT):
            wrong = await asked.post("/api/session", json={"name": "1001", "password": "guess"})
            assert wrong.status_code == 401 and "wrong" in wrong.json()["detail"]
        right = {"name": "1001", "password": PASSWORDS["1001"]}
        refused = await asked.post("/api/session", json=right)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= FIRST_WAIT
        assert "s" in refused.json()["detail"] and "秒" in refused.json()["chinese"]
        other = {"name": "1002", "password": PASSWORDS["1002"]}
        assert (await asked.post("/api/session", json=other)).status_code == 201
        async with running.as_("admin") as admin:
            audit = (await admin.get("/api/audit")).json()
        assert {"wrong passwords", "log in"} <= {row["action"] for row in audit}
        assert all("guess" not in str(row) for row in audit)


def test_waits_grow_and_end_with_the_right_password() -> None:
    tries = Attempts()
    now, waits = 0.0, list[int]()
    while len(waits) < 5:
        wait = tries.begin("li", "10.0.0.1", now)
        if wait:
            assert tries.begin("li", "10.0.0.2", now) == wait, "from wherever it comes"
            waits.append(wait)
            now += wait
    assert waits == [2, 4, 8, 16, 32]
    assert tries.begin("li", "10.0.0.1", now) == 0
    tries.right("li", "10.0.0.1")
    assert tries.begin("li", "10.0.0.1", now) == 0, "the account begins anew"


def test_an_address_that_tries_many_accounts_is_slowed_down() -> None:
    tries = Attempts()
    for number in range(FREE_OF_ADDRESS):
        assert tries.begin(f"a{number}", "10.0.0.1", 0.0) == 0
    assert tries.begin("fresh", "10.0.0.1", 0.0) == 2
    assert tries.begin("fresh", "10.0.0.2", 0.0) == 0
    assert tries.begin("fresh", "10.0.0.1", 4000.0) == 0, "forgotten after an hour"


def test_actions_have_a_pace_for_each_account() -> None:
    pace = Pace(rate=2.0, burst=3.0)
    assert [pace.wait("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert pace.wait("b", 0.0) == 0.0
    assert pace.wait("a", 0.5) == 0.0 and pace.wait("a", 0.5) > 0


async def test_too_many_actions_are_slowed_down(tmp_path: Path) -> None:
    async with site(tmp_path) as running, running.as_("1001") as asked:
        answers: list[httpx.Response] = []
        while not answers or answers[-1].status_code != 429:
            assert len(answers) < 200
            answers.append(await asked.post("/api/agents/1001/actions/ready", json={}))
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await asked.get("/api/desk")).status_code == 200, "reading is free"


async def test_accounts_are_made_changed_and_taken_away(tmp_path: Path) -> None:
    async with site(tmp_path) as running:
        await _accounts(running)
    async with site(tmp_path) as running, running.client("") as anyone:
        body = {"name": "night", "password": "a better one"}
        begun = await anyone.post("/api/session", json=body)
        assert begun.json()["role"] == "supervisor", "the account is durable"
        async with running.as_("root") as root:
            assert (await root.delete("/api/accounts/night")).status_code == 204
            assert (await root.delete("/api/accounts/night")).status_code == 404
        async with running.client(begun.json()["token"]) as night:
            assert (await night.get("/api/session")).status_code == 401
        assert (await anyone.post("/api/session", json=body)).status_code == 401


async def _accounts(running: Site) -> None:
    async with running.as_("root") as root:
        night = {"role": "wallboard", "password": "good enough"}
        assert (await root.put("/api/accounts/night", json=night)).status_code == 204
        listed = {row["name"]: row for row in (await root.get("/api/accounts")).json()}
        assert listed["night"] == {"name": "night", "role": "wallboard", "source": "api"}
        assert listed["1001"]["role"] == "agent" and listed["boss"]["source"] == "file"
        async with running.client("") as anyone:
            body = {"name": "night", "password": "good enough"}
            token = (await anyone.post("/api/session", json=body)).json()["token"]
        night = {"role": "supervisor", "password": "a better one"}
        assert (await root.put("/api/accounts/night", json=night)).status_code == 204
        async with running.client(token) as old:
            assert (await old.get("/api/session")).status_code == 401, "sessions have ended"
        short = await root.put("/api/accounts/x", json={"role": "admin", "password": "short"})
        assert short.status_code == 409 and "8 characters" in short.json()["detail"]
        mine = await root.put("/api/accounts/boss", json={**night})
        assert mine.status_code == 409 and "[accounts.boss]" in mine.json()["detail"]
        gone = await root.delete("/api/accounts/1001")
        assert gone.status_code == 409 and "[agents.1001]" in gone.json()["detail"]
        audit = [(row["action"], row["target"]) for row in (await root.get("/api/audit")).json()]
        assert audit.count(("set password", "night")) == 2

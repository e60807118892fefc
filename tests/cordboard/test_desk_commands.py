"""``cordboard agents``, ``queues`` and ``contacts`` against a running server."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from contact_center.core import events as ev
from cordboard.__main__ import main
from desk_api_kit import SITE, TOKEN, Site, site

Run = Callable[..., Awaitable[str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a thread; gives what it printed, errors with ``error:`` before them."""

    async def run(running: Site, *arguments: str, code: int = 0) -> str:
        server = ("--server", f"http://{running.address}", "--token", TOKEN)
        capsys.readouterr()
        ended = await asyncio.to_thread(main, [*arguments, *server])
        out, err = capsys.readouterr()
        assert ended == code, out + err
        return f"error: {err}" if code else out

    return run


def table(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


async def test_agents_are_listed_and_their_buttons_pressed(tmp_path: Path, told: Run) -> None:
    async with site(tmp_path) as running:
        head, *rows = table(await told(running, "agents"))
        assert head == ["AGENT", "NAME", "STATE", "FOR", "CONTACT", "ANSWERED", "TELEPHONE"]
        assert rows[0][:5] == ["1001", "Li", "Wei", "signed", "out"] and len(rows) == 3
        assert await told(running, "agents", "sign-in", "1001") == "1001: not ready\n"
        assert await told(running, "agents", "ready", "1001") == "1001: ready\n"
        await told(running, "agents", "not-ready", "1001", "--reason", "lunch")
        assert "not ready (lunch)" in await told(running, "agents", "list")
        shown = await told(running, "agents", "show", "1001")
        assert "reason: lunch" in shown and re.search(r"since: \d{4}-\d\d-\d\d \d\d:", shown)
        done = await told(running, "agents", "force", "1001", "signed-out", "--json")
        assert json.loads(done)["agent"]["state"] == "signed out"
        listed = json.loads(await told(running, "agents", "--json"))
        assert [agent["name"] for agent in listed] == ["1001", "1002", "1009"]


async def test_what_is_refused_is_said(tmp_path: Path, told: Run) -> None:
    async with site(tmp_path) as running:
        error = await told(running, "agents", "ready", "1001", code=1)
        assert "cordboard agents: this cannot be done in the agent's present state" in error
        error = await told(running, "agents", "show", "10O1", code=1)
        assert 'did you mean "1001"' in error
        error = await told(running, "queues", "waiting", "repair", code=1)
        assert 'did you mean "repairs"' in error
        error = await told(running, "contacts", "show", "nobody", code=1)
        assert "GET /api/contacts" in error


async def test_queues_and_who_waits(tmp_path: Path, told: Run) -> None:
    async with site(tmp_path) as running:
        running.waits("c1", number="13800000001")
        running.waits("c2", number="13800000002")
        repairs = table(await told(running, "queues"))[1]
        assert repairs[:2] == ["repairs", "2"] and repairs[-4:] == ["of", "90%", "in", "30s"]
        waiting = table(await told(running, "queues", "waiting", "repairs"))
        assert [row[:4] for row in waiting[1:]] == [
            ["1", "c1", "call", "13800000001"],
            ["2", "c2", "call", "13800000002"],
        ]
        assert await told(running, "queues", "waiting", "sales") == "nobody waits in sales\n"
        assert await told(running, "queues", "voicemails") == "no messages are to be heard\n"
        shown = await told(running, "queues", "show", "repairs")
        assert "waiting: 2" in shown and "share: 0.9" in shown
        assert "longest idle" in await told(running, "queues", "strategies", "repairs")
        made = await told(running, "queues", "publish", "repairs", "random")
        assert made.startswith("repairs: version 2 from ")
        later = ("--at", "2999-12-01 08:00")
        made = await told(running, "queues", "publish", "repairs", "round robin", *later)
        assert "version 3 from 2999-12-01 08:00:00 on" in made
        rows = table(await told(running, "queues", "strategies", "repairs"))
        assert [row[1] == "yes" for row in rows[1:]] == [False, True, False]
        error = await told(running, "queues", "publish", "repairs", "order bye level", code=1)
        assert "strategy" in error


async def test_contacts_go_on_end_and_are_looked_up(tmp_path: Path, told: Run) -> None:
    async with site(tmp_path) as running:
        running.staffed("1001")
        running.waits("c1")
        (await running.rings("1001")).answer()
        await running.until(lambda: running.state("1001") == "talking")
        row = table(await told(running, "contacts"))[1]
        assert row == ["c1", "call", "13800000001", "talking", "repairs", "1001"]
        assert await told(running, "contacts", "list", "--queue", "sales") == "nothing goes on\n"
        assert await told(running, "contacts", "disconnect", "c1") == "c1: ended\n"
        await running.centre.acd.flushed()
        shown = await told(running, "contacts", "show", "c1")
        assert "cause: supervisor" in shown and "chose agent, strategy longest idle" in shown
        assert "supervisor" in await told(running, "contacts", "past", "--agent", "1001")
        calls = table(await told(running, "agents", "calls", "1001"))
        assert "answered" in calls[1] and "13800000001" in calls[1]


async def test_callbacks_are_listed_and_cancelled(tmp_path: Path, told: Run) -> None:
    async with site(tmp_path) as running:
        running.waits("c1")
        running.tell(ev.AskCallback("c1"))
        plan = running.centre.acd.engine.contacts["c1"].entry.plan  # type: ignore[union-attr]
        running.tell(ev.BookCallback("c1", "repairs", "0123", plan, at=4_000_000_000.0))
        await running.centre.acd.flushed()
        row = table(await told(running, "queues", "callbacks", "repairs"))[1]
        assert row[:4] == ["c1/callback", "0123", "repairs", "pending"]
        assert "made no more" in await told(running, "contacts", "cancel", "c1/callback")
        assert "c1/callback" not in running.centre.acd.engine.contacts
        error = await told(running, "contacts", "cancel", "c1", code=1)
        assert "no callback that is still to be made" in error


async def test_accounts(tmp_path: Path, told: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async with site(tmp_path) as running:
        monkeypatch.setattr("sys.stdin", io.StringIO("good enough\n"))
        made = await told(running, "agents", "set-password", "night", "--role", "wallboard")
        assert made.startswith("night: wallboard")
        rows = table(await told(running, "agents", "accounts"))
        assert ["night", "wallboard", "the", "database"] in rows
        assert ["boss", "supervisor", "cordboard.toml"] in rows
        await told(running, "agents", "remove-account", "night")
        error = await told(running, "agents", "remove-account", "night", code=1)
        assert 'no account "night"' in error


async def test_the_configuration_has_address_and_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with site(tmp_path) as running:
        port = running.address.rpartition(":")[2]
        text = SITE.format(port=port).replace("password = \"li's own", 'password = {env = "NO"} #')
        (tmp_path / "cordboard.toml").write_text(text)
        assert await asyncio.to_thread(main, ["queues"]) == 0
        assert "repairs" in capsys.readouterr().out
        monkeypatch.setenv("CORDBOARD_TOKEN", "wrong")
        assert await asyncio.to_thread(main, ["queues", "show", "sales"]) == 1
        assert "Authorization: Bearer TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (None, "name the server's configuration with --config"),
        ("[sip]\n", "has no [api]; add the line"),
        ("[api]\nlisten = 3\n", "[api] listen:"),
        ('[api]\nlisten = "127.0.0.1:9"\nadmin_token = "x"\n', "no server answers at"),
        ("[api]\n", "the server makes this file when it is started"),
    ],
)
def test_no_server(
    config: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cordboard.toml"
    if config is not None:
        path.write_text(config)
    assert main(["agents", "--config", str(path)]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("server", [["--server", "localhost"], ["--server", "http://x"]])
def test_a_server_elsewhere_needs_address_and_token(
    server: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CORDBOARD_TOKEN", raising=False)
    assert main(["contacts", *server]) == 1
    assert "--server" in capsys.readouterr().err

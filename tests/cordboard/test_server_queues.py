"""Queues and agents of a server, with the store behind them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from cordboard.centre.centre import Centre
from cordboard.config import ConfigError, parse_config
from flow_bench import ScriptedData
from flow_runtime.clock import WallClock
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from outside_kit.waiting import until
from telephony.simulated import SimulatedLine

SITE = """
[queues.repairs]
[agents.1001]
password = "x"
contact = "sip:1001@192.0.2.1"
queues = {repairs = 50}
[agents.1002]
password = "x"
queues = {repairs = 50}
ready = true
"""


async def started(folder: Path, text: str = SITE) -> Centre:
    """The contact centre of a server that has just been started in *folder*."""
    clock = WallClock(UTC)
    line = SimulatedLine(clock.now)
    centre = Centre(parse_config(text, folder), line, clock, UTC, {})
    services = Services(line, TextSpeaker(), ScriptedData(), clock, folder)
    await centre.start(services)
    centre.open()
    return centre


async def test_what_agents_have_done_survives_the_server(tmp_path: Path) -> None:
    first = await started(tmp_path)
    for event in (ev.SignIn("1001"), ev.Ready("1001"), ev.NotReady("1002", "lunch")):
        assert first.switchboard.tell(event) is None
    assert first.switchboard.tell(ev.SignIn("1001")) is not None, "refused: signed in already"
    await first.stop()
    second = await started(tmp_path)
    status = second.status()
    agents = {name: (agent["state"], agent["reason"]) for name, agent in status["agents"].items()}
    assert agents == {"1001": ("ready", ""), "1002": ("not ready", "lunch")}
    assert status["queues"]["repairs"]["agents_ready"] == 1
    assert status["database"] == "the database is up to date"
    await second.stop()


async def test_a_phone_is_there_again_only_when_it_has_registered_again(tmp_path: Path) -> None:
    first = await started(tmp_path)
    assert first.switchboard.tell(ev.PhoneFound("1002")) is None
    assert first.status()["agents"]["1002"]["reachable"] is True
    await first.stop()
    second = await started(tmp_path)
    assert second.status()["agents"]["1002"]["reachable"] is False
    await second.stop()


async def test_timers_of_before_go_on_though_nothing_else_happens(tmp_path: Path) -> None:
    text = SITE.partition("[agents.1002]")[0]  # the start itself is told nothing
    first = await started(tmp_path, text)
    soon = first.now() + 2.0
    booking = ev.BookCallback("web", "repairs", "100", LONGEST_IDLE, at=soon)
    assert first.switchboard.tell(booking) is None
    await first.stop()
    second = await started(tmp_path, text)
    assert second.acd.engine.queues["repairs"].line == 0, "its time has not come"
    async with asyncio.timeout(20):
        await until(lambda: second.acd.engine.queues["repairs"].line == 1)
    await second.stop()


async def test_what_is_older_than_the_site_keeps_is_forgotten(tmp_path: Path) -> None:
    text = SITE + '[database]\nkeep = "30d"\n'
    first = await started(tmp_path, text)
    for contact in ("old", "new", "going on"):
        assert first.switchboard.tell(ev.Arrived(contact, "100")) is None
        if contact != "going on":
            assert first.switchboard.tell(ev.HungUp(contact)) is None
    await first.stop()
    path = tmp_path / "cordboard.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update contacts set ended = ended - 31 * 86400 where id = 'old'")
        database.execute("update contacts set began = began - 31 * 86400 where id = 'going on'")
    second = await started(tmp_path, text)

    def kept() -> set[str]:
        with closing(sqlite3.connect(path)) as database:
            return {row[0] for row in database.execute("select id from contacts")}

    async with asyncio.timeout(20):
        await until(lambda: "old" not in kept())
    assert kept() == {"new", "going on"}
    await second.stop()


async def test_a_database_that_another_server_uses(tmp_path: Path) -> None:
    first = await started(tmp_path)
    with pytest.raises(ConfigError, match=r"\[database\] .*cordboard.db"):
        await started(tmp_path)
    await first.stop()

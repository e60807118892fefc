"""Answered legs in the database: kept while they stand, hung up by the server after a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contact_center.core import events as ev
from cordboard.centre.centre import Centre
from cordboard.config import parse_config
from flow_bench import ScriptedData
from flow_runtime.clock import WallClock
from flow_runtime.services import Services
from flow_runtime.text_speaker import TextSpeaker
from telephony.dialogs import DialogKeeper
from telephony.line import CallFacts
from telephony.simulated import SimulatedLine

SITE = """
[queues.repairs]
[agents.1001]
password = "x"
contact = "sip:1001@192.0.2.1"
queues = {repairs = 50}
ready = true
"""


class Dialogs:
    """The dialogs of a line that only notes what it is asked for."""

    def __init__(self) -> None:
        self.keeper: DialogKeeper | None = None
        self.hung_up: list[tuple[str, int, Mapping[str, Any]]] = []

    def hang_up(self, leg: str, cseq: int, data: Mapping[str, Any]) -> None:
        self.hung_up.append((leg, cseq, data))


async def started(folder: Path) -> tuple[Centre, Dialogs]:
    clock = WallClock(UTC)
    line = SimulatedLine(clock.now)
    line.dialogs = dialogs = Dialogs()
    centre = Centre(parse_config(SITE, folder), line, clock, UTC, {})
    services = Services(line, TextSpeaker(), ScriptedData(), clock, folder)
    await centre.start(services)
    assert dialogs.hung_up == [], "the line has not been started yet"
    centre.open()
    return centre, dialogs


def facts(leg: str, called: str, direction: Any) -> CallFacts:
    return CallFacts(leg, "100", called, datetime.now(UTC), direction=direction)


def stored(folder: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "cordboard.db")) as database:
        query = "select leg, contact, agent, epoch, cseq from dialogs order by leg"
        return database.execute(query).fetchall()


async def test_legs_are_kept_while_they_stand(tmp_path: Path) -> None:
    centre, dialogs = await started(tmp_path)
    keeper = dialogs.keeper
    assert keeper is not None
    epoch = centre.acd.engine.agents["1001"].epoch
    keeper.keep(facts("customer", "3100", "in"), 0, {"n": 1})
    keeper.keep(facts("agent", "sip:1001@192.0.2.1", "out"), 2, {"n": 2})
    keeper.keep(facts("gone", "0123", "out"), 1, {})
    keeper.keep(facts("agent", "sip:1001@192.0.2.1", "out"), 3, {"n": 3})
    keeper.drop("gone")
    await centre.acd.flushed()
    assert stored(tmp_path) == [
        ("agent", "", "1001", epoch, 3),
        ("customer", "customer", "", 0, 0),
    ]
    await centre.stop()
    centre, dialogs = await started(tmp_path)
    assert dialogs.hung_up == [("agent", 1003, {"n": 3}), ("customer", 1000, {"n": 1})]
    await centre.stop()
    centre, dialogs = await started(tmp_path)
    assert [cseq for _, cseq, _ in dialogs.hung_up] == [2003, 2000], "nobody has answered"
    assert dialogs.keeper is not None
    for leg in ("agent", "customer"):
        dialogs.keeper.drop(leg)
    await centre.stop()
    assert stored(tmp_path) == []


async def test_an_agents_telephone_is_clear_when_its_bye_is_answered(tmp_path: Path) -> None:
    centre, dialogs = await started(tmp_path)
    told: list[ev.Event] = []
    centre.switchboard.observe(lambda event, actions, now: told.append(event))
    assert dialogs.keeper is not None
    dialogs.keeper.keep(facts("agent", "sip:1001@192.0.2.1", "out"), 2, {})
    await centre.acd.flushed()
    epoch = centre.acd.engine.agents["1001"].epoch
    await centre.stop()
    centre, dialogs = await started(tmp_path)
    centre.switchboard.observe(lambda event, actions, now: told.append(event))
    assert dialogs.keeper is not None
    dialogs.keeper.drop("agent")
    dialogs.keeper.drop("agent")
    assert told.count(ev.LegEnded("1001", epoch)) == 1
    await centre.stop()

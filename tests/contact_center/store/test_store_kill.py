"""``kill -9`` with fifty callers waiting: nothing is lost, doubled, or ended twice.

A sample of the boundaries, always the same; all of them with CORDBOARD_KILL_ALL=1.
"""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acd_kit import check
from contact_center.core.actions import HangUp
from contact_center.core.engine import Engine
from contact_center.core.restart import RESCUED
from contact_center.store.database import Database, migrate
from contact_center.store.recovery import load
from contact_center.store.tables import Callback, Contact, Entry, Fact, Offer, Session, Voicemail
from docs_kit import ROOT
from store_kit import PLANS, Centre, running

ALL = bool(os.environ.get("CORDBOARD_KILL_ALL"))
EVENTS, STATEMENTS, RESTART = 170, 440, 365
"""How many boundaries there are, about: a job that is told a later one ends by itself."""


class Killer:
    """The program that forks victims."""

    def __init__(self) -> None:
        code = "import runpy; runpy.run_module('store_victim', run_name='__main__')"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        )

    def kill(self, path: Path, what: str, at: int) -> bool:
        """Whether the victim died of it; else it had come to its end."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps({"path": str(path), "what": what, "at": at}), file=self._process.stdin)
        self._process.stdin.flush()
        ended_by, count = json.loads(self._process.stdout.readline())
        assert ended_by in (0, 9), "the victim failed: its message is above"
        assert ended_by == 9 or count < at
        return bool(ended_by)

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    made = Killer()
    yield made
    made.close()


def boundaries(seed: int, most: int, count: int) -> list[int]:
    """A sample, or all."""
    if ALL:
        return list(range(1, most + 1))
    return sorted(random.Random(seed).sample(range(1, most + 1), count))


def before(path: Path) -> Engine:
    """The state at the moment of the kill, as far as it was durable."""
    database = Database(f"sqlite:///{path}")
    migrate(database)  # it may have been killed in the middle of that, too
    with database.reading.begin() as connection:
        found = load(connection, PLANS)
    database.close()
    assert found.strangers == 0
    return found.engine


async def recovered(path: Path, old: Engine) -> tuple[Any, ...]:
    """Start on what the victim has left, check it, and give what must not depend on the way."""
    async with running(f"sqlite:///{path}") as made:
        await made.settled()
        _contacts_ended_once(made, old)
        _waiting_callers_have_callbacks(made, old)
        _promises_are_kept(made, old, path)
        _sessions_stand(made, old)
        _counters_agree_with_the_log(made)
        check(made.acd.engine, made.now)
        return outcome(made)


def outcome(made: Centre) -> tuple[Any, ...]:
    ended = sorted(fact.contact for fact in made.rows(Fact) if fact.what == "ended")
    callbacks = sorted((row.contact, row.number, row.place) for row in made.rows(Callback))
    return ended, callbacks, [row.id for row in made.rows(Contact, kind="voicemail")]


def _contacts_ended_once(made: Centre, old: Engine) -> None:
    facts = made.rows(Fact)
    assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    ended = Counter(fact.contact for fact in facts if fact.what == "ended")
    assert set(ended.values()) <= {1}, ended.most_common(3)
    for name, contact in old.contacts.items():
        kept = contact.kind in ("callback", "voicemail")
        assert (name in ended) != kept, name
        assert (name in made.acd.engine.contacts) == kept, name
    hung_up = Counter(action.contact for action in made.done if isinstance(action, HangUp))
    calls = {n for n, c in old.contacts.items() if c.kind in ("call", "outbound")}
    assert hung_up == dict.fromkeys(calls, 1)
    rows = {row.id: row for row in made.rows(Contact)}
    assert set(ended) == {name for name, row in rows.items() if row.ended is not None}
    assert {n for n, row in rows.items() if row.ended is None} == set(made.acd.engine.contacts)
    assert not [
        e for e in made.rows(Entry, outcome="") if e.contact not in made.acd.engine.contacts
    ]


def _waiting_callers_have_callbacks(made: Centre, old: Engine) -> None:
    callbacks = {row.contact: row for row in made.rows(Callback)}
    for name, contact in old.contacts.items():
        entry = contact.entry
        if contact.kind != "call" or entry is None or not entry.live or entry.state not in RESCUED:
            continue
        mine = [
            c for n, c in callbacks.items() if n.startswith(f"{name}/") and c.booked == made.now
        ]
        if contact.number:
            assert [(c.number, c.place) for c in mine] == [(contact.number, entry.place)], name
        else:
            assert mine == [], name


def _promises_are_kept(made: Centre, old: Engine, path: Path) -> None:
    """What others were told before the kill, and what was booked, is there."""
    callbacks = {row.contact for row in made.rows(Callback)}
    pending = {row.contact for row in made.rows(Callback) if row.ended is None}
    engine = made.acd.engine.contacts
    assert pending == {name for name, c in engine.items() if c.name in callbacks}
    assert {n for n, c in old.contacts.items() if c.kind == "callback"} <= pending
    assert {n for n, c in old.contacts.items() if c.kind == "voicemail"} <= set(engine)
    offers = {(row.agent, row.epoch) for row in made.rows(Offer)}
    sessions = {row.agent for row in made.rows(Session)}
    told = path.with_name(path.name + ".told").read_text().splitlines()
    for what, *words in map(json.loads, told):
        match what:
            case "ring":
                assert tuple(words) in offers, words
            case "booked":
                assert words[0] in callbacks
            case "signed in":
                assert words[0] in sessions


def _sessions_stand(made: Centre, old: Engine) -> None:
    signed_in = {name for name, agent in old.agents.items() if agent.state != "signed out"}
    leaving = {name for name, agent in old.agents.items() if agent.pending == "signed out"}
    now = {name for name, a in made.acd.engine.agents.items() if a.state != "signed out"}
    assert signed_in - leaving <= now <= signed_in
    assert {row.agent for row in made.rows(Session) if row.ended is None} == now
    for name, agent in old.agents.items():
        assert made.acd.engine.agents[name].answered == agent.answered


def _counters_agree_with_the_log(made: Centre) -> None:
    queue = made.acd.engine.queues.get("help")
    if queue is None:
        return
    facts = [f for f in made.rows(Fact) if f.queue == "help"]
    count = Counter(fact.what for fact in facts)
    assert (queue.queued, queue.answered, queue.overflowed) == (
        count["queued"], count["answered"], count["left"],
    )  # fmt: skip
    abandoned = [f for f in made.rows(Fact) if f.what == "ended" and f.data == '"abandoned"']
    assert queue.abandoned == len(abandoned)
    offered = [fact.agent for fact in facts if fact.what == "offered"]
    assert queue.last_offered == (offered[-1] if offered else "")
    heard = {row.contact for row in made.rows(Voicemail)}
    assert heard <= {row.id for row in made.rows(Contact, kind="voicemail")}


@pytest.mark.parametrize("at", boundaries(1, EVENTS, 16))
async def test_killed_after_an_event(at: int, killer: Killer, tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    assert killer.kill(path, "event", at) or at > EVENTS - 20
    old = before(path)
    if at > 120:
        assert old.queues["help"].waiting >= 40
    await recovered(path, old)


@pytest.mark.parametrize("at", boundaries(2, STATEMENTS, 10))
async def test_killed_before_a_statement(at: int, killer: Killer, tmp_path: Path) -> None:
    """In the middle of transactions, and before their commits."""
    path = tmp_path / "centre.db"
    assert killer.kill(path, "statement", at) or at > STATEMENTS - 40
    await recovered(path, before(path))


@pytest.fixture(scope="module")
def left_behind(
    killer: Killer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Engine, tuple[Any, ...]]:
    """A database after a kill, its state, and what an undisturbed recovery makes of it."""
    first = tmp_path_factory.mktemp("kill") / "first.db"
    assert killer.kill(first, "event", 150)
    copy = copied(first, first.with_name("copy.db"))
    old = before(copy)
    return first, old, asyncio.run(recovered(copy, old))


def copied(old: Path, new: Path) -> Path:
    for suffix in ("", "-wal", ".told"):
        if (part := old.with_name(old.name + suffix)).exists():
            shutil.copy(part, new.with_name(new.name + suffix))
    return new


@pytest.mark.parametrize("at", boundaries(3, RESTART, 8))
async def test_killed_again_while_recovering(
    at: int,
    killer: Killer,
    left_behind: tuple[Path, Engine, tuple[Any, ...]],
    tmp_path: Path,
) -> None:
    """Wherever that is, it comes to the same in the end."""
    first, old, expected = left_behind
    path = copied(first, tmp_path / "centre.db")
    assert killer.kill(path, "restart", at) or at > RESTART - 30
    interrupted = before(path)
    if interrupted.contacts.keys() == old.contacts.keys():
        assert await recovered(path, old) == expected
    else:  # the recovery was durable already, and nothing is done twice
        assert not [c for c in interrupted.contacts.values() if c.kind == "call"]
        assert await finished(path) == expected


async def finished(path: Path) -> tuple[Any, ...]:
    """As `recovered`, where nothing was left to be done."""
    async with running(f"sqlite:///{path}") as made:
        await made.settled()
        assert not [action for action in made.done if isinstance(action, HangUp)]
        return outcome(made)

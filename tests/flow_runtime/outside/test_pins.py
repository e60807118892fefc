"""The store of PINs: the same rules in SQLite, in PostgreSQL, and in a test's memory."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from cordboard.database import Database
from flow_runtime.core.commands import NodeFailure
from flow_runtime.outside import pins
from flow_runtime.outside.memory import MemoryPins
from flow_runtime.outside.pins import PinStore, hash_of, matches
from flow_runtime.services import Pins
from outside_kit.waiting import until
from postgresql_kit import Cluster, running_cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "cordboard.db"


@pytest.fixture
def address(request: pytest.FixtureRequest, file: Path) -> Callable[[str], str]:
    """The URL of a fresh database of a kind."""

    def url(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{file}"
        cluster: Cluster = request.getfixturevalue("cluster")
        with cluster.connect() as connection:
            connection.execute("drop table if exists pin, cordboard_schema")
        return cluster.url

    return url


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
async def any_pins(
    request: pytest.FixtureRequest, address: Callable[[str], str]
) -> AsyncIterator[Pins]:
    """The real store, with each database, and what stands in for it in call tests."""
    if request.param == "memory":
        yield MemoryPins()
        return
    database = Database(address(request.param))
    store = PinStore(database.engine)
    yield store
    await store.close()
    database.close()


@pytest.fixture
async def sqlite(file: Path) -> AsyncIterator[PinStore]:
    database = Database(f"sqlite:///{file}")
    made = PinStore(database.engine)
    yield made
    await made.close()
    database.close()


async def failure(asking: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        await asking
    return caught.value


# --- the rules ------------------------------------------------------------------------------------


async def test_the_right_one_and_others(any_pins: Pins) -> None:
    await any_pins.set("A-1", "7391")
    assert await any_pins.check("A-1", "7391", 5) == "ok"
    for wrong in ("7392", "739", "73910", "07391", ""):
        assert await any_pins.check("A-1", wrong, 9) == "wrong"
    assert await any_pins.check("A-2", "7391", 5) == "wrong"
    assert await any_pins.check("A-1", "7391", 9) == "ok"


async def test_a_lock_is_for_wrong_ones_in_a_row(any_pins: Pins) -> None:
    await any_pins.set("A-1", "7391")
    assert await any_pins.check("A-1", "0000", 3) == "wrong"
    assert await any_pins.check("A-1", "0000", 3) == "wrong"
    assert await any_pins.check("A-1", "7391", 3) == "ok"
    assert await any_pins.check("A-1", "0000", 3) == "wrong"
    assert await any_pins.check("A-1", "0000", 3) == "wrong"
    assert not await any_pins.locked("A-1", 3)
    assert await any_pins.check("A-1", "0000", 3) == "locked"
    assert await any_pins.locked("A-1", 3)
    assert await any_pins.check("A-1", "7391", 3) == "locked", "the right one comes too late"
    assert not await any_pins.locked("A-2", 3)


async def test_a_new_pin_unlocks(any_pins: Pins) -> None:
    await any_pins.set("A-1", "7391")
    assert await any_pins.check("A-1", "0000", 1) == "locked"
    await any_pins.set("A-1", "2846")
    assert not await any_pins.locked("A-1", 1)
    assert await any_pins.check("A-1", "2846", 1) == "ok"
    assert await any_pins.check("A-1", "7391", 2) == "wrong"


async def test_nodes_may_differ_in_how_many_they_allow(any_pins: Pins) -> None:
    await any_pins.set("A-1", "7391")
    assert await any_pins.check("A-1", "0000", 2) == "wrong"
    assert await any_pins.check("A-1", "0000", 2) == "locked"
    assert not await any_pins.locked("A-1", 3)
    assert await any_pins.check("A-1", "7391", 3) == "ok"


async def test_an_account_without_a_pin_is_never_locked(any_pins: Pins) -> None:
    for _ in range(3):
        assert await any_pins.check("nobody", "0000", 1) == "wrong"
    assert not await any_pins.locked("nobody", 1)


@pytest.mark.parametrize("account", ["会员 4711", "'; drop table pin; --", ":account", "x" * 200])
async def test_accounts_may_be_called_anything(any_pins: Pins, account: str) -> None:
    await any_pins.set(account, "7391")
    assert await any_pins.check(account, "7391", 5) == "ok"


@pytest.mark.parametrize("account", ["x" * 201, "a\0b"])
async def test_what_is_no_account(any_pins: Pins, account: str) -> None:
    for asking in (
        any_pins.set(account, "7391"),
        any_pins.check(account, "7391", 5),
        any_pins.locked(account, 5),
    ):
        assert (await failure(asking)).name == "bad-value"


async def test_callers_at_the_same_time_have_no_more_guesses(any_pins: Pins) -> None:
    await any_pins.set("A-1", "7391")
    guesses = [any_pins.check("A-1", f"{n:04}", 5) for n in range(20)]
    results = await asyncio.gather(*guesses)
    assert results.count("wrong") == 4
    assert results.count("locked") == 16
    assert await any_pins.check("A-1", "7391", 5) == "locked"


async def test_two_set_one_at_the_same_time(any_pins: Pins) -> None:
    await asyncio.gather(*(any_pins.set("A-1", f"{n:04}") for n in range(8)))
    found = [await any_pins.check("A-1", f"{n:04}", 20) for n in range(8)]
    assert found.count("ok") == 1


# --- what is stored -------------------------------------------------------------------------------


async def test_a_pin_is_nowhere_in_the_database(sqlite: PinStore, file: Path) -> None:
    await sqlite.set("A-1", "739173917391")
    await sqlite.set("A-2", "739173917391")
    with sqlite3.connect(file) as connection:
        rows = connection.execute("select account, hash, failures from pin").fetchall()
    assert [(account, failures) for account, _, failures in rows] == [("A-1", 0), ("A-2", 0)]
    hashes = [made for _, made, _ in rows]
    assert len(set(hashes)) == 2, "the same PIN has another salt"
    assert all(re.fullmatch(r"scrypt\$16384\$8\$1\$[0-9a-f]{32}\$[0-9a-f]{64}", h) for h in hashes)
    for path in file.parent.iterdir():
        assert b"739173917391" not in path.read_bytes()


def test_a_hash_names_its_own_parameters() -> None:
    """The test vectors of RFC 7914, section 12."""
    first = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    stored = f"scrypt$16384$8$1${b'SodiumChloride'.hex()}${first}"
    assert matches("pleaseletmein", stored)
    assert not matches("pleaseletmeinn", stored)
    other = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    assert matches("password", f"scrypt$1024$8$16${b'NaCl'.hex()}${other}")


def test_hashes_differ() -> None:
    assert hash_of("7391") != hash_of("7391")
    assert matches("7391", hash_of("7391"))


@pytest.mark.parametrize("stored", ["", "7391", "scrypt$1$2", "scrypt$16384$8$1$zz$00"])
def test_something_else_in_place_of_a_hash(stored: str) -> None:
    with pytest.raises(NodeFailure, match="set this PIN anew"):
        matches("7391", stored)


async def test_what_could_not_be_compared_was_no_guess(sqlite: PinStore, file: Path) -> None:
    await sqlite.set("A-1", "7391")
    with sqlite3.connect(file) as connection:
        connection.execute("update pin set hash = 'damaged'")
    for _ in range(3):
        assert (await failure(sqlite.check("A-1", "7391", 2))).name == "database-error"
    assert not await sqlite.locked("A-1", 1)


async def test_a_fresh_file_is_the_servers_alone(sqlite: PinStore, file: Path) -> None:
    assert not file.parent.exists(), "nothing is made before it is needed"
    before = os.umask(0)
    try:
        await sqlite.set("A-1", "7391")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


# --- nobody is held up ----------------------------------------------------------------------------


async def test_calls_go_on_while_a_pin_is_compared(sqlite: PinStore) -> None:
    """The loop turns many times meanwhile; if it did the work itself, it could not."""
    await sqlite.set("A-1", "7391")
    checking = asyncio.create_task(sqlite.check("A-1", "7391", 5))
    turns = 0
    while not checking.done():
        turns += 1
        await asyncio.sleep(0)
    assert await checking == "ok"
    assert turns > 20


async def test_a_database_that_somebody_else_holds(
    sqlite: PinStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite.set("A-1", "7391")
    monkeypatch.setattr(pins, "SECONDS", 0.3)
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("begin immediate")
        failed = await failure(sqlite.check("A-1", "0000", 5))
        assert failed.name == "database-timeout"
        other.execute("rollback")
    monkeypatch.undo()
    assert await sqlite.check("A-1", "7391", 1) == "ok", "what was given up is not counted"


async def test_a_server_that_stands_still(
    address: Callable[[str], str], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(address("postgresql"))
    store = PinStore(database.engine)
    try:
        await store.set("A-1", "7391")
        monkeypatch.setattr(pins, "SECONDS", 0.3)
        with halted(cluster):
            found = await asyncio.gather(*(failure(store.check("A-1", "0", 5)) for _ in range(9)))
            assert {failed.name for failed in found} == {"database-timeout"}
        monkeypatch.undo()
        assert await eventually(store) == "ok"
    finally:
        await store.close()
        database.close()


class halted:
    """Every process of the server is stopped meanwhile: it neither answers nor hangs up."""

    def __init__(self, cluster: Cluster) -> None:
        with cluster.connect() as connection:
            rows = connection.execute("select pid from pg_stat_activity").fetchall()
        parent = subprocess.run(
            ["ps", "-o", "ppid=", "-p", str(rows[0][0])], capture_output=True, check=True
        )
        self._pids = [int(parent.stdout), *(pid for (pid,) in rows)]

    def __enter__(self) -> None:
        self._signal(signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for pid in self._pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


async def eventually(store: PinStore) -> str:
    while True:
        try:
            return await store.check("A-1", "7391", 99)
        except NodeFailure as not_yet:
            assert not_yet.name.startswith("database-")
            await asyncio.sleep(0.05)


async def test_a_row_that_is_locked(
    address: Callable[[str], str], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for it does not keep a thread for longer than the limit."""
    database = Database(address("postgresql"))
    store = PinStore(database.engine)
    try:
        await store.set("A-1", "7391")
        await store.set("A-2", "2846")
        monkeypatch.setattr(pins, "SECONDS", 0.3)
        with cluster.connect() as other, other.transaction():
            other.execute("update pin set failures = failures where account = 'A-1'")
            waiting = (failure(store.check("A-1", "7391", 5)) for _ in range(4))
            assert {f.name for f in await asyncio.gather(*waiting)} == {"database-timeout"}
            monkeypatch.undo()
            while True:
                try:
                    assert await store.check("A-2", "2846", 5) == "ok"
                    break
                except NodeFailure:  # as long as all four threads wait
                    await asyncio.sleep(0.05)
    finally:
        await store.close()
        database.close()


async def test_there_is_no_such_database(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for url in ("postgresql://nobody@127.0.0.1:1/x", f"sqlite:///{tmp_path}/file/x.db", "nonsense"):
        database = Database(url)
        store = PinStore(database.engine)
        failed = await failure(store.warm_up())
        assert failed.name == "database-unreachable"
        assert failed.text.startswith("the database of [database] cannot be used: ")
        assert "see that url is right" in failed.text
        await store.close()


# --- the tables -----------------------------------------------------------------------------------


def opened(url: str) -> str:
    """What comes of opening the database; its tables are there then."""
    database = Database(url)
    try:
        with database.engine().connect() as connection:
            connection.exec_driver_sql("select * from pin")
    except NodeFailure as failure:
        return str(failure)
    finally:
        database.close()
    return "well"


def test_programs_that_begin_at_the_same_time(
    address: Callable[[str], str], cluster: Cluster
) -> None:
    """A server and a simulated call, say: none of them finds the tables, one makes them."""
    url = address("postgresql")
    with ThreadPoolExecutor() as threads, cluster.connect() as other, cluster.connect() as seen:
        other.execute("begin")
        other.execute("create table cordboard_schema (x integer)")
        waiting = [threads.submit(opened, url) for _ in range(3)]
        locked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        while seen.execute(locked).fetchone() != (3,):
            time.sleep(0.01)
        other.execute("rollback")
        assert [one.result() for one in waiting] == ["well"] * 3


def test_a_file_that_another_program_writes_to(file: Path) -> None:
    file.parent.mkdir()
    Database(f"sqlite:///{file}", {}).engine()
    with ThreadPoolExecutor() as threads, sqlite3.connect(file, isolation_level=None) as other:
        other.execute("begin immediate")
        other.execute("create table other (x integer)")
        waiting = [threads.submit(opened, f"sqlite:///{file}") for _ in range(3)]
        wait(waiting, 0.3)
        other.execute("commit")
        assert [one.result() for one in waiting] == ["well"] * 3


async def test_a_database_of_a_newer_version_is_refused(sqlite: PinStore, file: Path) -> None:
    await sqlite.warm_up()
    with sqlite3.connect(file) as connection:
        connection.execute("update cordboard_schema set steps = 99")
    database = Database(f"sqlite:///{file}")
    with pytest.raises(NodeFailure, match="made by a newer Cordboard"):
        database.engine()


def test_a_step_is_done_once_and_new_ones_are_added(file: Path) -> None:
    one, two = "create table a (x integer)", "create table b (x integer)"
    for steps in ([one], [one], [one, two], [one, two]):
        database = Database(f"sqlite:///{file}", {"part": steps})
        database.engine()
        database.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("select part, steps from cordboard_schema").fetchall() == [
            ("part", 2)
        ]


def test_a_step_that_fails_undoes_those_before_it(file: Path) -> None:
    database = Database(f"sqlite:///{file}", {"part": ["create table a (x)", "nonsense"]})
    with pytest.raises(NodeFailure, match="database-unreachable"):
        database.engine()
    with sqlite3.connect(file) as connection:
        assert connection.execute("select name from sqlite_master").fetchall() == []


async def test_threads_end_with_the_store(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    store = PinStore(database.engine)
    await store.warm_up()
    await store.close()
    database.close()
    await until(lambda: not [t for t in threading.enumerate() if t.name.startswith("pins-")])

"""A database that stalls, goes away, or loses a connection in the middle of a commit."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from acd_kit import LONGEST_IDLE
from contact_center.core import events as ev
from contact_center.core.actions import Refused, Ring
from contact_center.store.durable import BEHIND
from contact_center.store.errors import StoreError
from contact_center.store.private_file import make_private
from contact_center.store.statements import insert_new
from contact_center.store.tables import Contact, Entry, Fact, Skill
from cordboard.database import Database as ServerDatabase
from postgresql_kit import Cluster
from store_kit import Centre, running


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something; the test's own time limit bounds this."""
    while not holds():  # noqa: ASYNC110 - another thread's state
        await asyncio.sleep(0.02)


def callers(made: Centre, first: int, count: int) -> None:
    for number in range(first, first + count):
        made.now += 0.1
        made.feed(ev.Enter(f"c{number}", "help", LONGEST_IDLE, number=str(number)))


def all_is_there(made: Centre, count: int) -> None:
    """Every caller once, in order, and the log without a gap."""
    entries = [row.contact for row in made.rows(Entry)]
    assert entries == [f"c{number}" for number in range(count)]
    assert [row.seq for row in made.rows(Fact)] == list(range(1, made.acd.position.seq + 1))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else is in the middle of a long transaction."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_a_locked_file_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    async with running(f"sqlite:///{path}") as made:
        await made.staff("a")
        assert str(made.store.status()) == "the database is up to date"
        with locked(path):
            callers(made, 0, 30)
            since = made.now
            await until(lambda: bool(made.store.status().error))
            callers(made, 30, 30)
            status = made.store.status()
            assert (status.waiting, status.behind) == (60, True)
            assert status.since is not None and status.since < since
            assert "database behind: 60 events, since" in str(status) and "locked" in str(status)
            assert not [a for a in made.done if isinstance(a, Ring)]
        await made.settled()
        assert [a.contact for a in made.done if isinstance(a, Ring)] == ["c0"]
        assert made.store.status().behind is False
        all_is_there(made, 60)


async def test_a_commit_that_hangs_counts_as_behind_after_a_second(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    async with running(f"sqlite:///{path}", busy=60.0) as made:
        await made.staff("a")
        with locked(path):
            callers(made, 0, 3)
            assert made.store.status().behind is False
            made.now += 5.0
            status = made.store.status()
            assert (status.behind, status.error, status.waiting) == (True, "", 3)
        await made.settled()
        all_is_there(made, 3)


async def test_with_too_much_waiting_nothing_new_is_begun_and_what_goes_on_may_end(
    tmp_path: Path,
) -> None:
    path = tmp_path / "centre.db"
    async with running(f"sqlite:///{path}", limit=40) as made:
        await made.staff("a")
        with locked(path):
            callers(made, 0, 1)
            await until(lambda: bool(made.store.status().error))
            callers(made, 1, 40)
            assert made.store.status().full
            assert "no new calls are taken" in str(made.store.status())
            for event in (
                ev.Enter("late", "help", LONGEST_IDLE),
                ev.Arrived("late"),
                ev.EnterAgent("late", "a", 10.0),
                ev.SignIn("a"),
                ev.Call("a", "late", to_number="5"),
            ):
                (refused,) = made.feed(event)
                assert isinstance(refused, Refused) and refused.reason == BEHIND
            made.feed(ev.HungUp("c3"))
            assert "c3" not in made.acd.engine.contacts
        await made.settled()
        assert not made.store.status().full
        all_is_there(made, 41)
        assert {row.id for row in made.rows(Contact, cause="abandoned")} == {"c3"}
        made.feed(ev.Arrived("late"))
        assert "late" in made.acd.engine.contacts


async def test_a_server_that_was_shut_down_and_is_back(
    cluster: Cluster, new_postgresql: Callable[[], str]
) -> None:
    async with running(new_postgresql()) as made:
        await made.staff("a")
        callers(made, 0, 5)
        cluster.kill()
        callers(made, 5, 20)
        await until(lambda: bool(made.store.status().error))
        callers(made, 25, 5)
        assert made.store.status().behind
        await asyncio.to_thread(cluster.start)
        await made.settled()
        all_is_there(made, 30)


async def test_a_server_that_is_halted_and_goes_on(
    cluster: Cluster, new_postgresql: Callable[[], str]
) -> None:
    async with running(new_postgresql()) as made:
        await made.staff("a")
        with made.store.database.reading.begin() as connection:
            others = text(
                "select pid from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            backends = list(connection.execute(others).scalars())
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)
        try:
            callers(made, 0, 10)
            await asyncio.sleep(0.1)  # time enough for the commits that must not happen
            made.now += 5.0
            assert made.store.status().behind and made.store.status().waiting == 10
        finally:
            for pid in backends:
                os.kill(pid, signal.SIGCONT)
        await made.settled()
        all_is_there(made, 10)


# --- outcomes that are not known ------------------------------------------------------------------


class Cutter:
    """A way to the server that cuts the connection at a commit: before it, or after it."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut = ""
        self.cuts = 0
        self._serve(self._accept)

    @staticmethod
    def _serve(work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            self._serve(self._forward, client, server)
            self._serve(self._back, server, client)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        while data := self._read(client):
            if self.cut and b"COMMIT" in data:
                self.cuts += 1
                how, self.cut = self.cut, ""
                if how == "after":
                    self._blind.add(server)
                    server.sendall(data)
                    return
                break
            server.sendall(data)
        self._end(client, server)

    _blind: set[socket.socket] = set()

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        while data := self._read(server):
            if server in self._blind:  # the answer to the commit: it is done, and never told
                break
            client.sendall(data)
        self._end(client, server)

    @staticmethod
    def _read(side: socket.socket) -> bytes:
        try:
            return side.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _end(*sides: socket.socket) -> None:
        for side in sides:
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self._listener.close()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_connection_lost_at_a_commit_writes_everything_once(
    when: str, cluster: Cluster, new_postgresql: Callable[[], str]
) -> None:
    cutter = Cutter(cluster.port)
    try:
        url = new_postgresql().replace(f":{cluster.port}/", f":{cutter.port}/")
        async with running(url) as made:
            await made.staff("a")
            for turn in range(4):
                cutter.cut = when
                callers(made, turn * 5, 5)
                await made.settled()
                assert cutter.cuts == turn + 1
            all_is_there(made, 20)
    finally:
        cutter.close()


async def test_a_change_that_the_tables_refuse_keeps_nothing_else_from_being_written(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(url) as made:
        await made.staff("a")
        wrong = (insert_new(Skill, made.store.dialect), {"name": "x", "kind": None})
        callers(made, 0, 2)
        made.now += 0.1
        made.feed(ev.Enter("c2", "help", LONGEST_IDLE), [wrong])
        callers(made, 3, 2)
        await made.settled()
        assert [row.contact for row in made.rows(Entry)] == ["c0", "c1", "c3", "c4"]
        assert len([row for row in made.rows(Fact) if row.what == "queued"]) == 5
        assert "Enter" in caplog.text and "is in the event log" in caplog.text


# --- one writer -----------------------------------------------------------------------------------


async def test_a_second_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contact_center.store.database._PAUSE", 0.001)
    async with running(url) as made:
        await made.staff("a")
        other = Centre(url)
        with pytest.raises(StoreError, match="another server is using the database.*stop it first"):
            await other.start()
        await made.settled()
        assert not made.store.status().taken_over


async def test_a_server_that_was_taken_over_writes_no_more(url: str) -> None:
    """As when PostgreSQL gave the lock up because it had lost the connection."""
    lost: list[str] = []
    async with running(url, lost=lost.append) as made:
        await made.staff("a")
        other = Centre(url)
        with other.store.database.writing.begin() as connection:
            other.store._batches.claim(connection, 0.0)
        callers(made, 0, 3)
        await until(lambda: bool(lost))
        assert made.store.status().taken_over and made.store.status().full
        assert "another server" in lost[0] and "must be stopped" in lost[0]
        assert made.rows(Entry) == []
        other.store.database.close()


async def test_a_stop_without_the_database_says_what_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "centre.db"
    made = Centre(f"sqlite:///{path}")
    await made.start()
    await made.staff("a")
    with locked(path):
        callers(made, 0, 4)
        await made.store.close(timeout=0.3)
        assert "5 events are lost with the server" in caplog.text  # the snapshot is one
    async with running(f"sqlite:///{path}") as again:
        assert again.rows(Entry) == []


LOOK = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"


def looked_into(path: Path, query: str) -> str:
    """What another program finds, which then closes the database."""
    command = (sys.executable, "-c", LOOK, str(path), query)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


async def test_another_program_that_looks_into_the_file_does_no_harm(tmp_path: Path) -> None:
    """Whatever else this process has done with the file: the log stays where both find it."""
    path = tmp_path / "centre.db"
    async with running(f"sqlite:///{path}") as made:
        await made.staff("amy")
        pins = ServerDatabase(f"sqlite:///{path}")
        await asyncio.to_thread(pins.engine)
        make_private(path)
        for count in (1, 2):
            callers(made, count - 1, 1)
            await made.settled()
            found = await asyncio.to_thread(looked_into, path, "select count(*) from contacts")
            assert found == str(count)
        assert path.with_name("centre.db-wal").exists()
        pins.close()

"""A database that stalls, and one that another server has taken over, while calls go on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from peer_kit.flows import PHONE_HOST, TONES
from peer_kit.handset import Handset
from peer_kit.ports import free_port
from peer_kit.site import make_site, serving
from postgresql_kit import running_cluster

pytestmark = pytest.mark.peers
STALL = 5.0
WAIT = """\
flow wait
schema 1
start -> wait

node wait: queue
  queue = "help"
  music = file("long.wav")
  announce = "off"
  after_agent -> end
  timeout -> end
  full -> end
  closed -> end

node end: hangup
"""
PORTS = {agent: free_port(PHONE_HOST) for agent in ("a1", "a2")}


def make(folder: Path, database: str) -> int:
    """A site with two agents; its port."""
    agents = "\n".join(
        f'[agents.{name}]\npassword = "x"\nready = true\nqueues = {{help = 50}}\n'
        f'contact = "sip:{name}@{PHONE_HOST}:{port}"'
        for name, port in PORTS.items()
    )
    more = f'[database]\nurl = "{database}"\n[queues.help]\nstrategy = "linear order"\n{agents}'
    return make_site(folder, {"3100": WAIT}, tones=TONES, more=more)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of an SQLite file, as a backup that was forgotten does."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


@contextlib.contextmanager
def halted(pids: Callable[[], list[int]]) -> Iterator[None]:
    """Stop the processes of a PostgreSQL server for a while."""
    stopped = pids()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def facts(url: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        query = text("select seq, what from event_log order by seq")
        rows = [tuple(row) for row in connection.execute(query)]
    engine.dispose()
    return rows


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_five_seconds(kind: str, tmp_path: Path) -> None:
    """Calls go on and end, no phone rings; then all is written, and the phone rings."""
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path}/cordboard.db"
            stall = lambda: locked(tmp_path / "cordboard.db")  # noqa: E731
        else:
            cluster = stack.enter_context(running_cluster())
            url = cluster.url
            stall = lambda: halted(cluster.pids)  # noqa: E731
        port = make(tmp_path, url)
        site = stack.enter_context(serving(tmp_path, port))
        a, b, first, second = (
            stack.enter_context(contextlib.closing(Handset(site.port, *where)))
            for where in ((PHONE_HOST, PORTS["a1"]), (PHONE_HOST, PORTS["a2"]), (), ())
        )
        await first.calls("3100")
        invite = await a.takes()
        await site.traced(str(first.port), "bridged")
        await site.until(lambda: "up to date" in site.status()["database"], "all is written")
        with stall():
            await second.calls("3100")
            await a.hangs_up(invite)
            await first.is_hung_up()
            assert await b.silent(STALL), "no phone rings for what is not written"
            await site.until(lambda: "behind" in site.status()["database"], "it says so")
        assert b.shows(await b.takes()) == str(second.port)
        await site.traced(str(second.port), "bridged")
        await site.until(lambda: "up to date" in site.status()["database"], "it has recovered")
        assert site.status()["agents"]["a1"]["state"] == "ready"
        await second.leaves()
        await b.is_hung_up()
        await site.idle()
        site.stop()
        written = facts(url)
        assert [seq for seq, _ in written] == list(range(1, len(written) + 1))
        told = [what for _, what in written if what in ("queued", "offered", "answered", "ended")]
        assert sorted(told) == sorted(["queued", "offered", "answered", "ended"] * 2)


async def test_a_server_that_was_replaced_ends_by_itself(tmp_path: Path) -> None:
    port = make(tmp_path, f"sqlite:///{tmp_path}/cordboard.db")
    with serving(tmp_path, port) as site:
        with contextlib.closing(Handset(site.port)) as caller:
            with sqlite3.connect(tmp_path / "cordboard.db") as other:
                other.execute("update writer set boot = 'another', place = 'host, process 7'")
            await caller.calls("3100")
            await caller.is_hung_up()
            code = await asyncio.to_thread(site.process.wait, 30)
    assert code == 1
    assert "another server (host, process 7) has taken this database over" in site.log()

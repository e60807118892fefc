"""Data sources that are no databases, brought by other packages; and simulated time."""

import asyncio
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flow_runtime.clock import VirtualLoop, run_virtual
from flow_runtime.core.commands import NodeFailure
from flow_runtime.data import DataSources, DataSourceSettings

LIMIT = timedelta(seconds=30)

PLUGIN = '''
import asyncio
import threading
from datetime import datetime
from flow_runtime.core.commands import NodeFailure

GO = threading.Event()

class Ledger:
    """Keeps what it was told."""

    def __init__(self, name, settings):
        if settings.url == "ledger:bad":
            raise ValueError("no such ledger")
        self.told, self.closed = [], False

    async def lookup(self, sql, bind, timeout, most):
        if sql == "hang":
            await asyncio.sleep(3600)
        if sql == "block":
            GO.wait()
        if sql == "number":
            return 42
        if sql == "rows":
            return [42]
        if sql == "huge":
            return ({"n": n} for n in range(10**9))
        if sql == "fail":
            raise KeyError("page")
        if sql == "refuse":
            raise NodeFailure("ledger-closed", "come back tomorrow")
        return [{"sql": sql, "n": 1.5, "at": datetime(2026, 11, 24), **bind}] * 9

    async def change(self, sql, bind, timeout):
        self.told.append((sql, dict(bind)))
        return len(self.told)

    async def probe(self, timeout):
        if self.closed:
            raise ConnectionError("closed")

    async def close(self):
        self.closed = True
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_ledger.py").write_text(PLUGIN)
    info = tmp_path / "acme_ledger-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-ledger\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text(
        "[cordboard.data]\nledger = acme_ledger:Ledger\nother = acme_ledger:Missing\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_ledger", raising=False)


def sources(**urls: str) -> DataSources:
    return DataSources({n: DataSourceSettings(u, writable=n == "w") for n, u in urls.items()})


async def failure(asking: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        await asking
    return caught.value


async def test_a_plugin_answers(installed: None) -> None:
    data = sources(w="ledger:main")
    rows = await data.lookup("w", "all", {"a": "1"}, LIMIT, 2)
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    assert list(rows) == [{"sql": "all", "n": Decimal("1.5"), "at": moment, "a": "1"}] * 2
    assert await data.change("w", "add", {"a": "1"}, LIMIT) == 1
    await data.probe("w")
    await data.close()


async def test_a_plugin_is_held_to_the_rules(installed: None) -> None:
    data = sources(r="ledger:main")
    assert (await failure(data.change("r", "add", {}, LIMIT))).name == "read-only"
    limit = timedelta(milliseconds=50)
    assert (await failure(data.lookup("r", "hang", {}, limit, 1))).name == "database-timeout"
    caught = await failure(data.lookup("r", "fail", {}, LIMIT, 1))
    assert (caught.name, "KeyError: 'page'" in caught.text) == ("database-error", True)
    assert (await failure(data.lookup("r", "refuse", {}, LIMIT, 1))).name == "ledger-closed"
    for odd in ("number", "rows"):
        assert (await failure(data.lookup("r", odd, {}, LIMIT, 1))).name == "database-error"
    assert len(await data.lookup("r", "huge", {}, LIMIT, 5)) == 5
    await data.close()


async def test_a_plugin_that_blocks_delays_nobody_else(installed: None) -> None:
    """It should not, but it holds up its own source alone: the loop of the calls turns on."""
    data = sources(slow="ledger:main", fast="ledger:main")
    blocked = asyncio.create_task(data.lookup("slow", "block", {}, LIMIT, 1))
    await asyncio.sleep(0)
    for _ in range(5):
        assert await data.lookup("fast", "all", {}, LIMIT, 1)
    limit = timedelta(milliseconds=50)
    assert (await failure(data.lookup("slow", "all", {}, limit, 1))).name == "database-timeout"
    assert not blocked.done()
    sys.modules["acme_ledger"].GO.set()
    assert await blocked
    assert await data.lookup("slow", "all", {}, LIMIT, 1)
    await data.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ledger:bad", 'plug-in "ledger" (acme_ledger:Ledger) of acme-ledger 2.0 failed'),
        ("other:x", 'plug-in "other" (acme_ledger:Missing) of acme-ledger 2.0 failed'),
    ],
)
async def test_a_plugin_that_fails_is_named(installed: None, url: str, says: str) -> None:
    data = sources(bad=url, good="ledger:main")
    caught = await failure(data.lookup("bad", "all", {}, LIMIT, 1))
    assert caught.name == "database-error"
    assert says in caught.text
    assert await data.lookup("good", "all", {}, LIMIT, 1)
    await data.close()


def test_simulated_time_waits_for_a_real_database(tmp_path: Path) -> None:
    """An hour of simulated time passes in no time, but not while a query is under way."""
    file = tmp_path / "x.db"
    with sqlite3.connect(file) as connection:
        connection.execute("create table t (a)")
    connection.close()

    async def main(loop: VirtualLoop) -> tuple[float, int]:
        data = DataSources({"x": DataSourceSettings(f"sqlite:///{file}", writable=True)})
        began = loop.time()
        for _ in range(5):
            await data.change("x", "insert into t values (1)", {}, timedelta(seconds=2))
        rows = await data.lookup("x", "select a from t", {}, timedelta(seconds=2), 10)
        took = loop.time() - began
        await asyncio.sleep(3600)
        await data.close()
        return took, len(rows)

    assert run_virtual(main, datetime(2026, 11, 24, tzinfo=UTC)) == (0.0, 5)

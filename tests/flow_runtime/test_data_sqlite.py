"""Data sources on real SQLite files."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.sound import Recording, Silence, Utterance
from flow_runtime.data import DataSources, DataSourceSettings

SECOND = timedelta(seconds=1)
LONG = 30 * SECOND
ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"

Ask = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "site billing.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            create table account (phone text primary key, owed real, visits integer);
            insert into account values ('13800000001', 12.5, 3), ('13800000002', 0.1, null);
            """
        )
    connection.close()
    return path


@pytest.fixture
async def data(file: Path) -> AsyncIterator[DataSources]:
    sources = DataSources(
        {
            "billing": DataSourceSettings(f"sqlite:///{file}"),
            "reports": DataSourceSettings(f"sqlite:///{file}", writable=True, workers=3),
            "slow": DataSourceSettings(f"sqlite:///{file}", workers=2),
        },
        ZoneInfo("Asia/Shanghai"),
    )
    yield sources
    await sources.close()


async def rows(data: DataSources, sql: str, most: int = 100, **bind: Any) -> list[Any]:
    return list(await data.lookup("billing", sql, bind, LONG, most))


async def failure(asking: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        await asking
    return caught.value


# --- lookups --------------------------------------------------------------------------------------


async def test_a_row_is_a_record_of_the_language(data: DataSources) -> None:
    found = await rows(data, "select * from account where phone = :phone", phone="13800000001")
    assert found == [{"phone": "13800000001", "owed": Decimal("12.5"), "visits": Decimal(3)}]
    assert type(found[0]["visits"]) is Decimal


async def test_floats_by_their_shortest_text_and_null_is_none(data: DataSources) -> None:
    found = await rows(data, "select owed, visits from account where owed < 1")
    assert found == [{"owed": Decimal("0.1"), "visits": None}]


async def test_no_row(data: DataSources) -> None:
    assert await rows(data, "select 1 from account where phone = 'x'") == []


async def test_the_number_of_rows_is_bounded(data: DataSources) -> None:
    many = "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c"
    found = await rows(data, many, most=3)
    assert [row["x"] for row in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("12.50"), Decimal("12.5")),
        (Decimal(7), Decimal(7)),
        (True, Decimal(1)),
        (None, None),
        ("it's \" ; --", "it's \" ; --"),
        (date(2026, 11, 24), "2026-11-24"),
        (time(9, 30), "09:30:00"),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "2026-11-24 09:00:00+00:00"),
        (timedelta(minutes=1, milliseconds=500), Decimal("60.5")),
        (timedelta(minutes=2), Decimal(120)),
        (Recording("/recordings/1.wav", 3.0), "/recordings/1.wav"),
        (Utterance(("Hello",), "en"), "Hello"),
        (Silence(1.0), ""),
        (("a", Decimal(2), Decimal("2.5"), date(2026, 1, 1)), '["a", 2, 2.5, "2026-01-01"]'),
        ({"名": {"b": None}}, '{"名": {"b": null}}'),
    ],
)
async def test_values_go_in_and_come_back(data: DataSources, value: Any, kept: Any) -> None:
    assert await rows(data, "select :value as v", value=value) == [{"v": kept}]


async def test_what_a_caller_enters_stays_data(data: DataSources) -> None:
    for attack in ("' or 1=1 --", "x'; drop table account; --", ":phone", "%", '" or ""="'):
        assert await rows(data, "select 1 from account where phone = :p", p=attack) == []
    assert len(await rows(data, "select * from account")) == 2


async def test_more_values_than_the_statement_names_are_no_fault(data: DataSources) -> None:
    assert await rows(data, "select :a as a", a="1", b="2") == [{"a": "1"}]


# --- what a lookup cannot do ----------------------------------------------------------------------


@pytest.mark.parametrize("source", ["billing", "reports"])
@pytest.mark.parametrize(
    "sql",
    [
        "insert into account values ('9', 1, 1)",
        "insert into account values ('9', 1, 1) returning phone",
        "with x as (select 1) delete from account",
        "create table stolen (a)",
        "drop table account",
        "attach database 'other.db' as other",
        "select 1; delete from account",
        "commit; delete from account",
    ],
)
async def test_a_lookup_changes_nothing(data: DataSources, source: str, sql: str) -> None:
    await failure(data.lookup(source, "pragma query_only = off", {}, LONG, 1))
    caught = await failure(data.lookup(source, sql, {}, LONG, 1))
    assert caught.name in ("read-only", "database-error")
    assert len(await rows(data, "select * from account")) == 2
    assert len(await rows(data, "select * from sqlite_master where type = 'table'")) == 1


async def test_a_lookup_leaves_no_transaction_open(data: DataSources, file: Path) -> None:
    await rows(data, "select * from account", most=1)
    with sqlite3.connect(file, timeout=0) as other:
        other.execute("begin exclusive")
    other.close()


# --- changes --------------------------------------------------------------------------------------


async def test_a_change_says_how_many_rows(data: DataSources) -> None:
    sql = "update account set visits = :n where phone like :phone"
    assert await data.change("reports", sql, {"n": Decimal(4), "phone": "138%"}, LONG) == 2
    assert await data.change("reports", sql, {"n": Decimal(5), "phone": "x"}, LONG) == 0
    assert await rows(data, "select distinct visits from account") == [{"visits": Decimal(4)}]


async def test_a_change_that_returns_rows_counts_them(data: DataSources) -> None:
    sql = "insert into account (phone) values ('1'), ('2'), ('3') returning phone"
    assert await data.change("reports", sql, {}, LONG) == 3
    assert len(await rows(data, "select * from account")) == 5


async def test_a_change_that_counts_no_rows(data: DataSources) -> None:
    assert await data.change("reports", "create table report (text)", {}, LONG) == 0
    assert await rows(data, "select * from report") == []


async def test_a_change_is_done_wholly_or_not_at_all(data: DataSources) -> None:
    sql = "insert into account (phone) values ('1'), ('13800000001')"
    caught = await failure(data.change("reports", sql, {}, LONG))
    assert caught.name == "database-error"
    assert "UNIQUE" in caught.text
    assert len(await rows(data, "select * from account")) == 2


async def test_a_source_that_is_not_writable(data: DataSources) -> None:
    caught = await failure(data.change("billing", "delete from account", {}, LONG))
    assert caught.name == "read-only"
    assert "writable = true in [data.billing]" in caught.text
    assert len(await rows(data, "select * from account")) == 2


async def test_readers_and_writers_do_not_wait_for_each_other(
    data: DataSources, file: Path
) -> None:
    await data.change("reports", "update account set visits = 0", {}, LONG)
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("begin immediate")
    writer.execute("update account set visits = 99")
    assert await rows(data, "select distinct visits from account") == [{"visits": Decimal(0)}]
    writer.execute("commit")
    writer.close()


async def test_a_locked_file_is_waited_for_within_the_limit(data: DataSources, file: Path) -> None:
    writer = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    writer.execute("pragma journal_mode = wal")
    writer.execute("begin immediate")
    sql = "update account set visits = 7"
    caught = await failure(data.change("reports", sql, {}, SECOND / 10))
    assert caught.name == "database-timeout"
    waiting = asyncio.create_task(data.change("reports", sql, {}, LONG))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    writer.execute("commit")
    assert await waiting == 2
    writer.close()


async def test_a_change_that_came_too_late_is_not_made(data: DataSources, file: Path) -> None:
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("pragma journal_mode = wal")
    writer.execute("begin immediate")
    await failure(data.change("reports", "update account set visits = 7", {}, SECOND / 10))
    writer.execute("rollback")
    writer.close()
    await data.change("reports", "update account set owed = 1", {}, LONG)
    assert await rows(data, "select * from account where visits = 7") == []


# --- time limits ----------------------------------------------------------------------------------


async def test_a_lookup_that_takes_too_long(data: DataSources) -> None:
    caught = await failure(data.lookup("slow", ENDLESS, {}, SECOND / 10, 1))
    assert caught.name == "database-timeout"
    assert caught.text == 'data source "slow" did not answer within 0.1 s'


async def test_one_source_that_hangs_does_not_delay_another(data: DataSources) -> None:
    hanging = [asyncio.create_task(data.lookup("slow", ENDLESS, {}, LONG, 1)) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert len(await rows(data, "select * from account")) == 2
    assert not any(task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.wait(hanging)


async def test_it_recovers_by_itself(data: DataSources) -> None:
    hanging = [data.lookup("slow", ENDLESS, {}, SECOND / 10, 1) for _ in range(6)]
    names = {(await failure(asking)).name for asking in hanging[:2]}
    await asyncio.gather(*hanging[2:], return_exceptions=True)
    assert names == {"database-timeout"}
    while True:
        try:
            assert await data.lookup("slow", "select 1 as a", {}, LONG, 1)
            break
        except NodeFailure as still:
            assert still.name == "database-busy"
            await asyncio.sleep(0.02)


async def test_a_slow_reader_does_not_stop_the_event_loop(data: DataSources) -> None:
    ticks = 0
    task = asyncio.create_task(failure(data.lookup("slow", ENDLESS, {}, SECOND / 5, 1)))
    while not task.done():
        await asyncio.sleep(0.005)
        ticks += 1
    assert ticks > 3


# --- mistakes -------------------------------------------------------------------------------------


async def test_an_unknown_source_is_named_with_its_neighbour(data: DataSources) -> None:
    caught = await failure(data.lookup("biling", "select 1", {}, LONG, 1))
    assert caught.name == "unknown-source"
    assert 'did you mean "billing"' in caught.text
    assert (await failure(data.change("x", "select 1", {}, LONG))).name == "unknown-source"


async def test_a_wrong_statement_says_what_the_database_says(data: DataSources) -> None:
    caught = await failure(rows(data, "select balance from account"))
    assert (caught.name, caught.text) == (
        "database-error",
        'data source "billing": no such column: balance',
    )


async def test_a_value_that_is_missing(data: DataSources) -> None:
    caught = await failure(rows(data, "select :phone", phon="1"))
    assert caught.name == "database-error"
    assert ":phone" in caught.text and 'did you mean "phon"' in caught.text


async def test_a_number_that_sqlite_cannot_hold(data: DataSources) -> None:
    caught = await failure(rows(data, "select :n", n=Decimal(10) ** 30))
    assert caught.name == "database-error"


async def test_a_missing_file_is_named_and_found_when_it_comes(tmp_path: Path, file: Path) -> None:
    missing = tmp_path / "later.db"
    data = DataSources({"x": DataSourceSettings(f"sqlite:///{missing}", writable=True)})
    for asking in (
        data.lookup("x", "select 1", {}, LONG, 1),
        data.change("x", "create table t (a)", {}, LONG),
        data.probe("x"),
    ):
        caught = await failure(asking)
        assert caught.name == "database-unreachable"
        assert str(missing) in caught.text
    assert not missing.exists()
    await asyncio.to_thread(file.rename, missing)
    await data.probe("x")
    assert await data.change("x", "delete from account", {}, LONG) == 2
    await data.close()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is no database, whatever its name says" * 100)
    data = DataSources({"x": DataSourceSettings(f"sqlite:///{tmp_path / 'x.db'}")})
    caught = await failure(data.lookup("x", "select * from t", {}, LONG, 1))
    assert caught.name in ("database-error", "database-unreachable")
    assert "not a database" in caught.text
    await data.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("no url at all", "is not understood"),
        ("nodb://host/base", "is not understood"),
        ("mysql+pymysql://secret:word@host/base", "pip install pymysql"),
    ],
)
async def test_a_url_that_cannot_work(url: str, says: str) -> None:
    data = DataSources({"x": DataSourceSettings(url)})
    caught = await failure(data.lookup("x", "select 1", {}, LONG, 1))
    assert says in caught.text
    assert "word" not in caught.text
    await data.close()


async def test_what_was_closed_opens_again(data: DataSources) -> None:
    await rows(data, "select 1 as a")
    await data.close()
    assert await rows(data, "select 1 as a") == [{"a": Decimal(1)}]


async def test_closing_does_not_wait_for_what_hangs(data: DataSources) -> None:
    tasks = [asyncio.create_task(data.lookup("slow", ENDLESS, {}, LONG, 1)) for _ in range(2)]
    await asyncio.sleep(0.05)
    await data.close()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert all(thread.daemon for thread in threading.enumerate() if "data-" in thread.name)


def test_sqlalchemy_is_not_imported_before_it_is_needed() -> None:
    import subprocess
    import sys

    program = "import sys, flow_runtime.data; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr

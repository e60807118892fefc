"""Data sources on a real PostgreSQL: its own cluster, which the tests stop, halt and restart."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from flow_runtime.core.commands import NodeFailure
from flow_runtime.data import DataSources, DataSourceSettings
from postgresql_kit import Cluster, running_cluster

SECOND = timedelta(seconds=1)
LONG = 30 * SECOND
SHORT = SECOND / 5
SHANGHAI = ZoneInfo("Asia/Shanghai")
SLEEP = "select pg_sleep(20)"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


@pytest.fixture
def database(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside those that are tested, to a database with fresh tables."""
    with cluster.connect() as connection:
        connection.execute(
            """
            drop table if exists account;
            create table account (id integer primary key, phone text, owed numeric(10, 2));
            insert into account values (1, '13800000001', 12.50), (2, '13800000002', 0);
            """
        )
        yield connection


@pytest.fixture
async def data(cluster: Cluster, database: psycopg.Connection[Any]) -> AsyncIterator[DataSources]:
    sources = DataSources(
        {
            "billing": DataSourceSettings(cluster.url),
            "reports": DataSourceSettings(cluster.url, writable=True, workers=3),
            "few": DataSourceSettings(cluster.url, workers=2),
        },
        SHANGHAI,
    )
    yield sources
    await sources.close()


async def rows(data: DataSources, sql: str, most: int = 100, **bind: Any) -> list[Any]:
    return list(await data.lookup("billing", sql, bind, LONG, most))


async def failure(asking: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        await asking
    return caught.value


async def eventually(data: DataSources, source: str) -> list[Any]:
    """The answer of *source* once it answers again; the test's own time limit bounds this."""
    while True:
        try:
            return list(await data.lookup(source, "select 1 as a", {}, 5 * SECOND, 1))
        except NodeFailure as not_yet:
            assert not_yet.name.startswith("database-")
            await asyncio.sleep(0.05)


# --- values ---------------------------------------------------------------------------------------


async def test_a_row_is_a_record_of_the_language(data: DataSources) -> None:
    found = await rows(data, "select * from account where phone = :phone", phone="13800000001")
    assert found == [{"id": Decimal(1), "phone": "13800000001", "owed": Decimal("12.50")}]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("1::bigint", Decimal(1)),
        ("0.1::float8", Decimal("0.1")),
        ("0.1::real", Decimal("0.1")),
        ("12.50::numeric", Decimal("12.50")),
        ("'NaN'::float8", None),
        ("'NaN'::numeric", None),
        ("true", True),
        ("null", None),
        ("date '2026-11-24'", date(2026, 11, 24)),
        ("time '09:30'", time(9, 30)),
        ("timestamp '2026-11-24 09:00'", datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)),
        ("timestamptz '2026-11-24 09:00+00'", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("interval '90 minutes'", timedelta(minutes=90)),
        ("array[1, 2]", (Decimal(1), Decimal(2))),
        ("""'{"a": [1, 2.5]}'::jsonb""", {"a": (Decimal(1), Decimal("2.5"))}),
        ("'\\x616263'::bytea", "abc"),
        (
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        ),
        ("inet '10.0.0.1'", "10.0.0.1"),
    ],
)
async def test_what_comes_out(data: DataSources, sql: str, value: Any) -> None:
    found = await rows(data, f"select {sql.replace(':', chr(92) + ':')} as v")
    assert found == [{"v": value}]
    assert type(found[0]["v"]) is type(value)


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("cast(:value as integer) = 7", Decimal("7.0")),
        ("pg_typeof(:value) in ('smallint'::regtype, 'integer'::regtype)", Decimal(7)),
        ("cast(:value as numeric) = 12.50", Decimal("12.5")),
        ("cast(:value as boolean)", True),
        ("cast(:value as text) is null", None),
        ("cast(:value as date) = date '2026-11-24'", date(2026, 11, 24)),
        ("cast(:value as interval) = interval '1 hour'", timedelta(hours=1)),
        ("7 = any(:value)", (Decimal(7), Decimal(8))),
        ("cast(:value as jsonb) -> 'a' = '[1, \"x\"]'", {"a": (Decimal(1), "x")}),
        (
            "cast(:value as timestamptz) = timestamptz '2026-11-24 01:00+00'",
            datetime(2026, 11, 24, 9, tzinfo=SHANGHAI),
        ),
    ],
)
async def test_what_goes_in(data: DataSources, condition: str, value: Any) -> None:
    sql = f"select 1 as yes where {condition}"
    assert await rows(data, sql.replace("'::", "'\\:\\:"), value=value) == [{"yes": 1}]


async def test_what_a_caller_enters_stays_data(data: DataSources) -> None:
    for attack in ("' or 1=1 --", "x'; drop table account; --", "$$", "\\", '" or ""="', "%s"):
        assert await rows(data, "select 1 from account where phone = :p", p=attack) == []
    assert len(await rows(data, "select * from account where phone like '138%'")) == 2


async def test_a_million_rows_are_not_fetched(data: DataSources) -> None:
    found = await rows(data, "select generate_series(1, 1000000000) as x", most=3)
    assert [row["x"] for row in found] == [1, 2, 3]


# --- what a lookup cannot do ----------------------------------------------------------------------


@pytest.mark.parametrize("source", ["billing", "reports"])
@pytest.mark.parametrize(
    "sql",
    [
        "delete from account",
        "delete from account returning id",
        "with gone as (delete from account returning id) select * from gone",
        "truncate account",
        "select 1; delete from account",
        "commit; delete from account",
        "select erase()",
        "call erase_and_commit()",
        "do $$ begin delete from account; commit; end $$",
    ],
)
async def test_a_lookup_changes_nothing(
    data: DataSources, database: psycopg.Connection[Any], source: str, sql: str
) -> None:
    database.execute(
        """
        create or replace function erase() returns integer language sql as
            $$ delete from account; select 1 $$;
        create or replace procedure erase_and_commit() language plpgsql as
            $$ begin delete from account; commit; end $$;
        """
    )
    for trick in (
        "select set_config('default_transaction_read_only', 'off', false)",
        "select set_config('transaction_read_only', 'off', false)",
        "set default_transaction_read_only = off",
        "set transaction read write",
    ):
        try:
            await data.lookup(source, trick, {}, LONG, 1)
        except NodeFailure:
            pass
    caught = await failure(data.lookup(source, sql, {}, LONG, 1))
    assert caught.name in ("read-only", "database-error")
    assert len(await rows(data, "select * from account")) == 2


async def test_a_lookup_leaves_no_transaction_open(
    data: DataSources, database: psycopg.Connection[Any]
) -> None:
    await rows(data, "select * from account", most=1)
    await failure(rows(data, "select balance from account"))
    states = database.execute(
        "select distinct state from pg_stat_activity "
        "where backend_type = 'client backend' and pid <> pg_backend_pid()"
    ).fetchall()
    assert states == [("idle",)]


# --- changes --------------------------------------------------------------------------------------


async def test_a_change_says_how_many_rows(data: DataSources) -> None:
    sql = "update account set owed = owed + :more where phone like :phone"
    assert await data.change("reports", sql, {"more": Decimal("0.5"), "phone": "138%"}, LONG) == 2
    assert await data.change("reports", sql, {"more": Decimal(1), "phone": "x"}, LONG) == 0
    assert [r["owed"] for r in await rows(data, "select owed from account order by id")] == [
        Decimal("13.00"),
        Decimal("0.50"),
    ]


async def test_a_change_is_done_wholly_or_not_at_all(data: DataSources) -> None:
    sql = "insert into account values (3, '3', 0), (1, :pin, 0)"
    caught = await failure(data.change("reports", sql, {"pin": "secret"}, LONG))
    assert caught.name == "database-error"
    assert "account_pkey" in caught.text
    assert "secret" not in caught.text and "(1)" not in caught.text
    assert len(await rows(data, "select * from account")) == 2


async def test_a_change_that_came_too_late_is_not_made(
    data: DataSources, cluster: Cluster, database: psycopg.Connection[Any]
) -> None:
    sql = "update account set owed = 99 where id = :id"
    with cluster.connect() as other, other.transaction():
        other.execute("lock table account")
        caught = await failure(data.change("reports", sql, {"id": Decimal(1)}, SHORT))
        assert caught.name == "database-timeout"
    assert await data.change("reports", sql, {"id": Decimal(2)}, LONG) == 1
    found = database.execute("select owed from account order by id").fetchall()
    assert found == [(Decimal("12.50"),), (Decimal("99.00"),)]


# --- time limits, and databases that hang ---------------------------------------------------------


async def test_a_lookup_that_takes_too_long_is_ended_in_the_database(
    data: DataSources, database: psycopg.Connection[Any]
) -> None:
    caught = await failure(data.lookup("few", SLEEP, {}, SHORT, 1))
    assert caught.name == "database-timeout"
    assert await eventually(data, "few") == [{"a": 1}]
    running = (
        "select count(*) from pg_stat_activity where state = 'active' "
        "and query like '%pg_sleep(20)%' and pid <> pg_backend_pid()"
    )
    for _ in range(200):
        if database.execute(running).fetchone() == (0,):
            return
        await asyncio.sleep(0.05)
    pytest.fail("the statement goes on in the database")


async def test_one_source_that_hangs_does_not_delay_another(data: DataSources) -> None:
    hanging = [asyncio.create_task(data.lookup("few", SLEEP, {}, LONG, 1)) for _ in range(2)]
    await asyncio.sleep(0.2)
    assert len(await rows(data, "select * from account")) == 2
    assert not any(task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.wait(hanging)
    assert await eventually(data, "few") == [{"a": 1}]


async def test_a_server_that_is_halted_frees_its_workers_again(
    data: DataSources, database: psycopg.Connection[Any]
) -> None:
    ask = "select pg_backend_pid() as pid, pg_sleep(0.2)"
    both = await asyncio.gather(*(data.lookup("few", ask, {}, LONG, 1) for _ in range(2)))
    halted = {int(row["pid"]) for (row,) in both}
    assert len(halted) == 2
    for pid in halted:
        os.kill(pid, signal.SIGSTOP)
    try:
        lookups = [failure(data.lookup("few", "select 1", {}, SHORT, 1)) for _ in range(2)]
        assert {f.name for f in await asyncio.gather(*lookups)} == {"database-timeout"}
        assert len(await rows(data, "select * from account")) == 2
        assert await eventually(data, "few") == [{"a": 1}]
    finally:
        for pid in halted:
            os.kill(pid, signal.SIGCONT)


async def test_it_fails_fast_while_all_workers_hang_and_recovers(
    cluster: Cluster, database: psycopg.Connection[Any]
) -> None:
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(20)
    port = silent.getsockname()[1]
    data = DataSources(
        {
            "hangs": DataSourceSettings(
                f"postgresql://postgres@127.0.0.1:{port}/x?connect_timeout=2", workers=2
            ),
            "billing": DataSourceSettings(cluster.url),
        }
    )
    await rows(data, "select 1")
    lookups = [failure(data.lookup("hangs", "select 1", {}, SHORT, 1)) for _ in range(2)]
    assert {f.name for f in await asyncio.gather(*lookups)} == {"database-timeout"}
    busy = await failure(data.lookup("hangs", "select 1", {}, LONG, 1))
    assert busy.name == "database-busy"
    assert "all 2 workers" in busy.text
    assert len(await rows(data, "select * from account")) == 2
    while busy.name == "database-busy":
        await asyncio.sleep(0.05)
        busy = await failure(data.lookup("hangs", "select 1", {}, LONG, 1))
    assert busy.name == "database-unreachable"
    assert "timeout" in busy.text
    silent.close()
    await data.close()


async def test_a_server_that_was_killed_and_comes_back(data: DataSources, cluster: Cluster) -> None:
    await rows(data, "select 1")
    await data.change("reports", "update account set owed = 1", {}, LONG)
    await asyncio.to_thread(cluster.kill)
    for asking in (
        data.lookup("billing", "select 1", {}, LONG, 1),
        data.change("reports", "update account set owed = 2", {}, LONG),
        data.probe("billing"),
    ):
        assert (await failure(asking)).name == "database-unreachable"
    await asyncio.to_thread(cluster.start)
    assert [r["owed"] for r in await rows(data, "select distinct owed from account")] == [1]
    assert await data.change("reports", "update account set owed = 2", {}, LONG) == 2


async def test_a_server_that_restarted_unseen_costs_no_call(
    data: DataSources, cluster: Cluster
) -> None:
    await rows(data, "select 1")
    await data.change("reports", "update account set owed = 1", {}, LONG)
    await asyncio.to_thread(cluster.kill)
    await asyncio.to_thread(cluster.start)
    assert await rows(data, "select 1 as a") == [{"a": 1}]
    assert await data.change("reports", "update account set owed = 2", {}, LONG) == 2


async def test_who_may_not_come_in(cluster: Cluster) -> None:
    url = cluster.url.replace("postgres@", "nobody:password@")
    data = DataSources({"x": DataSourceSettings(url)})
    caught = await failure(data.probe("x"))
    assert caught.name == "database-unreachable"
    assert "nobody" in caught.text and "password@" not in caught.text
    await data.close()

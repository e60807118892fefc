"""Migrations: from every earlier revision to the models, with what was stored kept."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from contact_center.store.database import VERSION_TABLE, Database, migrate, revisions
from contact_center.store.directory import read_directory
from contact_center.store.errors import StoreError
from contact_center.store.settings import AgentSettings, QueueSettings
from contact_center.store.tables import Base
from store_kit import running

CENTRE_0001 = """
insert into queues (name, strategy, max_wait, service_share, service_seconds, wrap_up, max_waiting,
  calendar, ring, exclude, misses, age_rate, rescue, source, removed)
  values ('help', 'longest idle', null, 0.8, 20, 0, null, '', 20, 60, 3, 1, 'none', 'api', null);
insert into agents (name, title, contact, max_held, persistent_leg, ready, source, removed)
  values ('li', 'Li', 'sip:li@127.0.0.1', 1, false, false, 'api', null);
insert into contacts values ('c1', 'call', '100', 'ended', 'help', '', 1, null, 9, 'abandoned')
"""
"""Rows as the first version wrote them."""


def differences(database: Database) -> list[object]:
    with database.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return list(compare_metadata(context, Base.metadata))


def with_defaults(database: Database) -> bool:
    with database.reading.begin() as connection:
        found = read_directory(connection)
    return found.queues["help"] == QueueSettings("help", rescue="none") and found.agents == {
        "li": AgentSettings("li", "Li", "sip:li@127.0.0.1")
    }


@pytest.mark.parametrize("revision", revisions())
def test_from_each_revision_to_the_models(revision: str, url: str) -> None:
    database = Database(url)
    migrate(database, revision)
    with database.writing.begin() as connection:
        for statement in CENTRE_0001.split(";"):
            connection.execute(text(statement))
    migrate(database)
    assert differences(database) == []
    assert with_defaults(database)
    with database.reading.begin() as connection:
        assert connection.execute(text("select name from queues")).scalars().all() == ["help"]
        assert connection.execute(text("select cause from contacts")).scalars().all() == [
            "abandoned"
        ]
    migrate(database)
    database.close()


async def test_a_server_runs_on_what_the_first_version_left(url: str) -> None:
    database = Database(url)
    migrate(database, revisions()[0])
    database.close()
    async with running(url) as made:
        await made.staff("a")
        assert made.count("select count(*) from accounts") == 0


def test_other_tables_of_the_same_database_are_left_alone(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table pin (account varchar(9) primary key)"))
        connection.execute(text("insert into pin values ('5')"))
    engine.dispose()
    database = Database(url)
    migrate(database)
    with database.reading.begin() as connection:
        assert connection.execute(text("select account from pin")).scalar() == "5"
    database.close()


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    database = Database(url)
    migrate(database)
    with database.writing.begin() as connection:
        connection.execute(text(f"update {VERSION_TABLE} set version_num = '9999'"))
    with pytest.raises(StoreError, match="made by a newer Cordboard .*; update Cordboard"):
        migrate(database)
    database.close()


def test_two_servers_that_start_at_once_make_the_tables_once(
    new_postgresql: Callable[[], str],
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    databases = [Database(new_url) for new_url in [new_postgresql()] * 4]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, databases))
    assert differences(databases[0]) == []
    for database in databases:
        database.close()


def test_sqlite_is_set_up_for_durability_and_is_the_servers_own(tmp_path: Path) -> None:
    path = tmp_path / "new" / "centre.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.writing.connect() as connection:
        ask = connection.exec_driver_sql
        assert ask("pragma journal_mode").scalar() == "wal"
        assert ask("pragma synchronous").scalar() == 2
        assert ask("pragma foreign_keys").scalar() == 1
        assert ask("pragma busy_timeout").scalar() == 1000
    assert path.stat().st_mode & 0o777 == 0o600
    database.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("no url", "is no database URL; write sqlite:///cordboard.db or postgresql"),
        ("mysql://host/name", "works on sqlite and postgresql, not on mysql"),
        ("postgresql://nobody@127.0.0.1:1/x", "cannot be used: .*see that url is right"),
    ],
)
def test_a_wrong_url_says_what_to_write(wrong: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        migrate(Database(wrong))


def test_a_place_where_nothing_may_be_written_and_a_file_that_is_no_database(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened: .*choose another place"):
        migrate(Database(f"sqlite:///{tmp_path / 'file' / 'centre.db'}"))
    other = tmp_path / "other.db"
    other.write_bytes(b"this is a text" * 1000)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        migrate(Database(f"sqlite:///{other}"))


def test_a_crash_in_the_middle_of_a_migration_leaves_the_old_version(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    database = Database(f"sqlite:///{path}")
    migrate(database, "0001")
    other = sqlite3.connect(path)
    other.execute("create table webhook_outbox (x)")  # what 0002 makes last
    other.commit()
    with pytest.raises(StoreError, match="already exists"):
        migrate(database)
    tables = {row[0] for row in other.execute("select name from sqlite_master")}
    assert "accounts" not in tables
    other.execute("drop table webhook_outbox")
    other.commit()
    other.close()
    migrate(database)
    assert differences(database) == []
    database.close()

"""Opening the database by its URL, and bringing its tables up to date."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from contact_center.store.errors import StoreError, reason_of
from contact_center.store.private_file import make_private

MIGRATIONS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "contact_center_version"
_POSTGRESQL: Final = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
"""Limits of libpq, so that a server that went silent is given up and tried again."""
_LOCK: Final = 0x61636473
"""A number of our own among the advisory locks of a PostgreSQL database."""
_TRIES, _PAUSE = 20, 0.25
"""PostgreSQL may take some seconds to see that a killed server's connection is gone."""


class Database:
    """One database, with an engine for the writer and one for readers.

    Raises `StoreError` for a URL that is none, or whose driver is missing.
    """

    def __init__(self, url: str, busy: float = 1.0) -> None:
        self.url = _understood(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        try:
            self.writing = self._engine(busy, "BEGIN IMMEDIATE", probe=False)
            self.reading = self._engine(busy, "BEGIN", probe=True)
        except ImportError:
            raise StoreError(
                f"the driver of {self.url.render_as_string()} is not installed; for PostgreSQL:"
                ' pip install "cordboard[postgresql]"'
            ) from None

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.url.database) if self.sqlite and self.url.database else None

    def close(self) -> None:
        """Give all connections back."""
        self.writing.dispose()
        self.reading.dispose()

    def _engine(self, busy: float, begin: str, *, probe: bool) -> Engine:
        """*probe*: try a connection that has lain idle first; the writer tries again anyway."""
        if not self.sqlite:
            limits = _POSTGRESQL if self.url.get_backend_name() == "postgresql" else {}
            missing = {name: value for name, value in limits.items() if name not in self.url.query}
            return create_engine(
                self.url, pool_pre_ping=probe, hide_parameters=True, connect_args=missing
            )
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args={"timeout": busy, "check_same_thread": False},
        )
        _set_up_sqlite(engine, begin)
        return engine


def _understood(url: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError:
        raise StoreError(
            "[database] url is no database URL; write sqlite:///cordboard.db or"
            " postgresql+psycopg://user@host/name"
        ) from None
    if made.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"[database] url: the contact centre works on sqlite and postgresql, not on"
            f" {made.get_backend_name()}; write sqlite:///cordboard.db or"
            " postgresql+psycopg://user@host/name"
        )
    if made.drivername in ("postgresql", "postgres"):
        made = made.set(drivername="postgresql+psycopg")
    return made


def _set_up_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


# --- migrations -----------------------------------------------------------------------------------


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the tables up to *revision*; raises `StoreError` with advice."""
    if database.path is not None:
        _make_private(database.path)
    try:
        with database.writing.begin() as connection:
            if not database.sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            command.upgrade(config_for(connection), revision)
    except CommandError as error:
        raise StoreError(
            f"the database of [database] was made by a newer Cordboard ({error}); update Cordboard,"
            " or name another database"
        ) from None
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(_unusable(error)) from None


def _unusable(error: Exception) -> str:
    return (
        f"the database of [database] cannot be used: {reason_of(error)}; see that url is right,"
        " that the database runs, and that this user may open and change it"
    )


def config_for(connection: Connection | None) -> Config:
    """Alembic's configuration, for the given open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """All revisions, the earliest first."""
    script = ScriptDirectory.from_config(config_for(None))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def _make_private(path: Path) -> None:
    """A new file is the server's alone: it will hold hashes of passwords."""
    try:
        make_private(path)
    except OSError as error:
        raise StoreError(
            f"the database file {path} cannot be opened: {error.strerror}; choose another place"
            " with [database] url, or let this user write there"
        ) from None


# --- one writer -----------------------------------------------------------------------------------


@contextmanager
def sole_use(database: Database) -> Iterator[None]:
    """Keep other servers out while this one lives; raises `StoreError` when there is one.

    The lock goes with the process, however that ends: a lock of the file beside an SQLite
    database, an advisory lock of a connection to PostgreSQL. The latter may be lost with that
    connection; the writer's mark is what keeps two servers apart then.
    """
    held = _lock_file(database.path) if database.path is not None else _lock_session(database)
    with held:
        yield


@contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    import fcntl

    _make_private(path)
    with path.with_name(path.name + "-lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(_in_use(str(path))) from None
        yield


@contextmanager
def _lock_session(database: Database) -> Iterator[None]:
    try:
        connection = database.reading.connect()
    except SQLAlchemyError as error:
        raise StoreError(_unusable(error)) from None
    with connection.execution_options(isolation_level="AUTOCOMMIT"):
        for _ in range(_TRIES):
            got = connection.execute(text(f"SELECT pg_try_advisory_lock({_LOCK + 1})")).scalar()
            if got:
                break
            time.sleep(_PAUSE)
        else:
            raise StoreError(_in_use(database.url.render_as_string()))
        try:
            yield
        finally:
            connection.invalidate()  # ends the session, and the lock with it


def _in_use(where: str) -> str:
    return (
        f"another server is using the database {where}; stop it first, or give this one a"
        " [database] url of its own"
    )

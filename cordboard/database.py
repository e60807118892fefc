"""The server's own database: opened when it is first used, and brought up to date then.

Each part of the program that keeps something there owns its tables. It gives its schema as a list
of steps, each one SQL statement; the table ``cordboard_schema`` says how many of them a database
has had. A newer version adds steps and never changes one, so any older database can be brought up
to date, and one made by a newer version is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from contact_center.store.private_file import make_private
from flow_runtime.core.commands import NodeFailure
from flow_runtime.outside.pins import SCHEMA as PINS

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

PARTS: Final[Mapping[str, Sequence[str]]] = {"pins": PINS}
"""The steps of each part's schema, by the part's name."""
_BUSY_SECONDS: Final = 5
_POSTGRESQL: Final = {"connect_timeout": "5", "keepalives_idle": "10", "tcp_user_timeout": "10000"}
"""Limits of libpq, so that a server that went silent does not keep its worker for ever."""
_LOCK: Final = 0x636F7264
"""A number of our own among the advisory locks of a PostgreSQL database."""
_MARKS: Final = """
create table if not exists cordboard_schema (
  part varchar(40) primary key,
  steps integer not null
)
"""


class Database:
    """The database behind *url* (SQLAlchemy's form), with the tables of *parts*."""

    def __init__(self, url: str, parts: Mapping[str, Sequence[str]] = PARTS) -> None:
        self._url, self._parts = url, parts
        self._lock = Lock()
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """The engine; blocks while it is opened, so it wants a worker thread.

        Raises `NodeFailure` ``database-unreachable`` with advice. It can be asked again then.
        """
        with self._lock:
            if self._engine is None:
                self._engine = self._open()
            return self._engine

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _open(self) -> Engine:
        from sqlalchemy import make_url
        from sqlalchemy.exc import SQLAlchemyError

        try:
            engine = _engine(make_url(self._url))
            with engine.begin() as connection:
                _lock_out_others(connection)
                bring_up_to_date(connection, self._parts)
        except (SQLAlchemyError, ImportError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            text = f"the database of [database] cannot be used: {reason}; {_advice(error)}"
            raise NodeFailure("database-unreachable", text) from None
        return engine


def _advice(error: Exception) -> str:
    if isinstance(error, ImportError):
        return 'for PostgreSQL: pip install "cordboard[postgresql]"'
    return "see that url is right, and that this user may open it"


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine, event

    if url.get_backend_name() != "sqlite":
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        limits = _POSTGRESQL if url.get_backend_name() == "postgresql" else {}
        missing = {name: value for name, value in limits.items() if name not in url.query}
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=missing)
    if url.database and url.database != ":memory:":
        make_private(Path(url.database))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver begins no transaction for a CREATE
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _lock_out_others(connection: Connection) -> None:
    """Another server, or a simulated call, may be about to make the same tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def bring_up_to_date(connection: Connection, parts: Mapping[str, Sequence[str]]) -> None:
    """Carry out the steps that the database has not had yet, within its transaction."""
    from sqlalchemy import text

    connection.execute(text(_MARKS))
    had = {
        row.part: row.steps for row in connection.execute(text("select * from cordboard_schema"))
    }
    for part, steps in parts.items():
        done = had.get(part, 0)
        if done > len(steps):
            raise NodeFailure(
                "database-unreachable",
                f"the database of [database] was made by a newer Cordboard (its part {part} has had"
                f" {done} steps, this version knows {len(steps)}); update Cordboard",
            )
        for step in steps[done:]:
            connection.execute(text(step))
        if part not in had:
            connection.execute(text("insert into cordboard_schema values (:p, 0)"), {"p": part})
        connection.execute(
            text("update cordboard_schema set steps = :n where part = :p"),
            {"p": part, "n": len(steps)},
        )

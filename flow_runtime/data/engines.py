"""SQLAlchemy engines for data sources: what each kind of database needs to be read-only and prompt.

SQLAlchemy takes a third of a second to import, so nothing here is imported before the first use.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.phrase import phrase
from flow_runtime.data.settings import DataSourceSettings

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_CONNECT_SECONDS = 5
"""How long a server may take to accept a connection before its worker is free again."""

_READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
_DRIVERS = {
    "postgresql": phrase('pip install "cordboard[postgresql]"'),
    "mysql": phrase("pip install pymysql, and begin the url with mysql+pymysql:"),
}


def make_engine(name: str, settings: DataSourceSettings, *, read_only: bool) -> Engine:
    """An engine that connects when it is used; raises `NodeFailure` for a URL that cannot work.

    *read_only* connections cannot write whatever they are asked: the database refuses it.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.pool import QueuePool

    url = _url(name, settings.url)
    backend = url.get_backend_name()
    options: dict[str, Any] = {}
    if backend == "sqlite":
        options["creator"] = _sqlite_connector(name, url, read_only)
    elif backend == "postgresql" and "connect_timeout" not in url.query:
        options["connect_args"] = {"connect_timeout": _CONNECT_SECONDS}
    try:
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=settings.workers,
            max_overflow=0,
            hide_parameters=True,
            **options,
        )
    except ImportError as error:
        advice = _DRIVERS.get(backend, phrase("install the driver that SQLAlchemy names for it"))
        text = phrase(
            'data source "{name}" needs a driver that is not installed ({error}): {advice}',
            name=name,
            error=error,
            advice=advice,
        )
        raise NodeFailure("database-error", text) from None
    except ArgumentError as error:
        raise NodeFailure(
            "database-error", phrase('data source "{name}": {error}', name=name, error=error)
        ) from None
    if read_only and backend in _READ_ONLY:
        event.listen(engine, "connect", _executor(_READ_ONLY[backend]))
    return engine


def _url(name: str, text: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        url.get_dialect()
    except ArgumentError:
        example = "sqlite:////var/lib/site.db, postgresql+psycopg://user@host/base"
        kind = text.partition(":")[0]
        raise NodeFailure(
            "database-error",
            phrase(
                'the url of data source "{name}" ({kind}:...) is not understood; write {example}',
                name=name,
                kind=kind,
                example=example,
            ),
        ) from None
    except ImportError:
        return url  # a driver that is not installed: creating the engine says which
    return url


def _executor(statement: str) -> Callable[[Any, Any], None]:
    def on_connect(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    return on_connect


def _sqlite_connector(name: str, url: URL, read_only: bool) -> Callable[[], sqlite3.Connection]:
    """What opens an existing file, for reading alone or for both; never creates one."""
    path = url.database
    if not path or path == ":memory:" or path.startswith("file:"):
        raise NodeFailure(
            "database-error",
            phrase(
                'data source "{name}" must name a file, as in sqlite:////var/lib/site.db', name=name
            ),
        )
    uri = f"file:{quote(os.path.abspath(path))}?mode={'ro' if read_only else 'rw'}"

    def connect() -> sqlite3.Connection:
        if not Path(path).is_file():
            text = phrase(
                'data source "{name}": there is no file {path}; make it, or correct the url',
                name=name,
                path=path,
            )
            raise NodeFailure("database-unreachable", text)
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        if read_only:
            connection.execute("PRAGMA query_only = ON")
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        else:
            connection.execute("PRAGMA journal_mode = WAL")
        return connection

    return connect


# --- one connection -------------------------------------------------------------------------------


def prepare(connection: Connection, seconds: float) -> None:
    """Make sure that *connection* is alive, and have the database itself keep the time limit.

    With PostgreSQL this is the transaction's first query, after which a read-only transaction
    cannot be made a writing one.
    """
    backend = connection.dialect.name
    milliseconds = max(1, round(seconds * 1000))
    if backend == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
    elif backend == "postgresql":
        connection.exec_driver_sql(
            f"SELECT set_config('statement_timeout', '{milliseconds}', true)"
        )
    else:
        connection.dialect.do_ping(connection.connection.dbapi_connection)  # type: ignore[arg-type]


def interrupter(connection: Connection) -> Callable[[], None]:
    """What makes a blocking call on *connection* fail, from another thread."""
    raw: Any = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        return raw.interrupt

    def cut() -> None:
        """Shut the socket down: a server that hangs would not listen to a request to cancel."""
        with suppress(Exception), socket(fileno=os.dup(raw.fileno())) as wire:
            wire.shutdown(SHUT_RDWR)

    return cut

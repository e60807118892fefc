"""A data source behind an SQLAlchemy URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta, tzinfo
from functools import lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import from_outside
from flow_runtime.core.phrase import phrase
from flow_runtime.core.sql import is_one_statement, parameters
from flow_runtime.core.suggest import suggest
from flow_runtime.data.binding import Bind, binder
from flow_runtime.data.engines import interrupter, make_engine, prepare
from flow_runtime.data.settings import DataSourceSettings
from flow_runtime.data.workers import GivenUp, Job, Overdue, Stuck, Workers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, TextClause
    from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
_CLOSE_SECONDS = 2.0
_CANCELED, _READ_ONLY = "57014", "25006"
"""SQLSTATE of PostgreSQL: query_canceled, read_only_sql_transaction."""


class SqlSource:
    """A database. Statements run in worker threads of its own, lookups on read-only connections.

    *zone* is that of moments which the database gives without a zone.
    """

    def __init__(self, name: str, settings: DataSourceSettings, zone: tzinfo) -> None:
        self._name, self._settings, self._zone = name, settings, zone
        self._workers = Workers(f"data-{name}", settings.workers)
        self._lock = Lock()
        self._engines: dict[bool, Engine] = {}

    async def lookup(
        self, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> tuple[dict[str, Any], ...]:
        """As `DataSource.lookup`; values are those of the flow language."""
        return await self._run(partial(self._lookup, sql, bind, most), timeout)

    async def change(self, sql: str, bind: Mapping[str, Any], timeout: timedelta) -> int:
        """As `DataSource.change`; a change that was given up does not take effect."""
        return await self._run(partial(self._change, sql, bind), timeout)

    async def probe(self, timeout: timedelta) -> None:
        """Connect, or raise `NodeFailure`."""
        await self._run(self._probe, timeout)

    async def close(self) -> None:
        """Close the connections and let the threads end."""
        try:
            await self._workers.run(self._dispose, _CLOSE_SECONDS)
        except (Overdue, Stuck):
            pass  # threads that hang are daemons: they do not keep the program from ending
        self._workers.shutdown()

    async def _run(self, work: Callable[[float, Job], T], timeout: timedelta) -> T:
        seconds = timeout.total_seconds()
        try:
            return await self._workers.run(partial(work, seconds), seconds)
        except Overdue as overdue:
            text = phrase(
                'data source "{name}" did not answer within {seconds} s',
                name=self._name,
                seconds=f"{seconds:g}",
            )
            if overdue.decided:
                text += phrase("; whether it made the change cannot be known")
            raise NodeFailure("database-timeout", text) from None
        except Stuck:
            text = phrase(
                'data source "{name}" hangs: all {workers} workers wait '
                "for answers that nobody needs any more",
                name=self._name,
                workers=self._settings.workers,
            )
            raise NodeFailure("database-busy", text) from None

    # --- in a worker thread -----------------------------------------------------------------------

    def _lookup(
        self, sql: str, bind: Mapping[str, Any], most: int, seconds: float, job: Job
    ) -> tuple[dict[str, Any], ...]:
        with self._connected(True, seconds, job) as connection:
            values = self._values(sql, bind, binder(connection.dialect.name))
            # Rows stay in the database until they are wanted: a million are no danger.
            options = {"stream_results": True, "max_row_buffer": most}
            result = connection.execute(_text(sql), values, execution_options=options)
            if not result.returns_rows:
                raise NodeFailure(
                    "database-error", phrase("the statement gives no rows to look up")
                )
            names = tuple(result.keys())
            rows = result.fetchmany(most)
        zone = self._zone
        return tuple(
            {name: from_outside(value, zone) for name, value in zip(names, row, strict=True)}
            for row in rows
        )

    def _change(self, sql: str, bind: Mapping[str, Any], seconds: float, job: Job) -> int:
        with self._connected(False, seconds, job) as connection:
            values = self._values(sql, bind, binder(connection.dialect.name))
            result = connection.execute(_text(sql), values)
            rows = len(result.fetchall()) if result.returns_rows else max(result.rowcount, 0)
            job.decide()
            connection.commit()
        return rows

    def _probe(self, seconds: float, job: Job) -> None:
        with self._connected(True, seconds, job):
            pass

    def _dispose(self, job: Job) -> None:
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()

    def _values(self, sql: str, bind: Mapping[str, Any], to_database: Bind) -> dict[str, Any]:
        if not is_one_statement(sql):
            raise NodeFailure(
                "database-error", phrase("sql holds several statements; only one is allowed")
            )
        wanted = parameters(sql)
        for name in wanted:
            if name not in bind:
                text = phrase(
                    ":{name} in the statement has no value in bind{hint}",
                    name=name,
                    hint=suggest(name, bind),
                )
                raise NodeFailure("database-error", text)
        return {name: to_database(bind[name]) for name in wanted}

    @contextmanager
    def _connected(self, read_only: bool, seconds: float, job: Job) -> Iterator[Connection]:
        """A connection that is alive; what is not committed in it is undone at the end."""
        with self._failures():
            connection = self._checked_out(self._engine(read_only), seconds, job)
            try:
                with job.interruptible(interrupter(connection)):
                    try:
                        yield connection
                    finally:
                        connection.rollback()
            except GivenUp:
                connection.invalidate()
                raise
            finally:
                connection.close()

    def _checked_out(self, engine: Engine, seconds: float, job: Job) -> Connection:
        """A connection of the pool; one that died while it lay there is replaced, once."""
        for last in (False, True):
            job.go_on()
            connection = self._connect(engine)
            try:
                with job.interruptible(interrupter(connection)):
                    prepare(connection, seconds)
            except Exception:
                connection.invalidate()
                connection.close()
                if last:
                    raise
            else:
                break
        return connection

    def _connect(self, engine: Engine) -> Connection:
        from sqlalchemy.exc import DBAPIError

        try:
            return engine.connect()
        except DBAPIError as error:
            text = phrase(
                'data source "{name}" cannot be reached: {reason}',
                name=self._name,
                reason=_reason(error),
            )
            raise NodeFailure("database-unreachable", text) from None

    def _engine(self, read_only: bool) -> Engine:
        with self._lock:
            if read_only not in self._engines:
                made = make_engine(self._name, self._settings, read_only=read_only)
                self._engines[read_only] = made
            return self._engines[read_only]

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Give every error a name that flows know."""
        from sqlalchemy.exc import DBAPIError

        try:
            yield
        except (NodeFailure, GivenUp):
            raise
        except DBAPIError as error:
            name, advice = _classified(error)
            text = phrase(
                'data source "{name}": {reason}{advice}',
                name=self._name,
                reason=_reason(error),
                advice=advice,
            )
            raise NodeFailure(name, text) from None
        except Exception as error:
            text = phrase(
                'data source "{name}": {kind}: {error}',
                name=self._name,
                kind=type(error).__name__,
                error=error,
            )
            raise NodeFailure("database-error", text) from None


def _classified(error: DBAPIError) -> tuple[str, str]:
    """The name of the failure, and what to add to its text."""
    state, text = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state == _CANCELED or "database is locked" in text:
        return "database-timeout", ""
    if state == _READ_ONLY or "readonly database" in text:
        return "read-only", phrase("; a lookup cannot change data, use db_change")
    if error.connection_invalidated:
        return "database-unreachable", ""
    return "database-error", ""


def _reason(error: DBAPIError) -> str:
    """The first line of what the driver said: the next ones may hold values."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


@lru_cache(maxsize=1000)
def _text(sql: str) -> TextClause:
    from sqlalchemy import text

    return text(sql)

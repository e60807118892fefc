"""All data sources of a site by name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, timedelta, tzinfo
from itertools import islice
from typing import Any, Final, TypeVar

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import from_outside
from flow_runtime.core.phrase import phrase
from flow_runtime.core.suggest import suggest
from flow_runtime.data.loop_thread import LoopThread
from flow_runtime.data.settings import DataSource, DataSourceSettings
from flow_runtime.data.sql_source import SqlSource
from flow_runtime.plugins import PluginFailed, announced, label, load

T = TypeVar("T")
log = logging.getLogger("data")

PLUGINS = "cordboard.data"
"""The entry-point group of data sources that are no SQLAlchemy URLs."""

_PATIENCE: Final = timedelta(seconds=2)
"""How long a plug-in's source may take to close."""
_BUILT_IN = ("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql")


class DataSources:
    """Opens each source when a flow first asks it, and gives every error a name.

    *zone* is that of moments which a database gives without a zone.
    """

    def __init__(self, settings: Mapping[str, DataSourceSettings], zone: tzinfo = UTC) -> None:
        self._settings, self._zone = dict(settings), zone
        self._open: dict[str, DataSource] = {}

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> tuple[Mapping[str, Any], ...]:
        """The rows of a query, at most *most*, as records of the flow language.

        Numbers are Decimal (a float by its shortest text), NULL is None, a moment without a zone
        is one in the sources' zone, and what the language does not know is a text.
        """
        rows = await self._source(source).lookup(sql, bind, timeout, most)
        return tuple(rows)

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """Carry out a changing statement in one transaction; how many rows were changed."""
        opened = self._source(source)
        if not self._settings[source].writable:
            text = phrase(
                'data source "{source}" is read-only; set writable = true in [data.{source}]',
                source=source,
            )
            raise NodeFailure("read-only", text)
        return await opened.change(sql, bind, timeout)

    async def probe(self, source: str, timeout: timedelta = timedelta(seconds=5)) -> None:
        """See whether *source* can be reached; raises `NodeFailure`."""
        await self._source(source).probe(timeout)

    async def close(self) -> None:
        """Close the connections of all sources."""
        opened, self._open = list(self._open.values()), {}
        await asyncio.gather(*(source.close() for source in opened))

    def _source(self, name: str) -> DataSource:
        if name not in self._open:
            if name not in self._settings:
                text = phrase(
                    'there is no data source "{name}"{hint}',
                    name=name,
                    hint=suggest(name, self._settings),
                )
                raise NodeFailure("unknown-source", text)
            self._open[name] = _opened(name, self._settings[name], self._zone)
        return self._open[name]


def _opened(name: str, settings: DataSourceSettings, zone: tzinfo) -> DataSource:
    """The source behind a URL: an SQL database, unless a plug-in has the scheme's name."""
    scheme = settings.url.partition(":")[0]
    if scheme.partition("+")[0] not in _BUILT_IN:
        for plugin in announced(PLUGINS).plugins:
            if plugin.name == scheme:
                try:
                    made = load(plugin)(name, settings)
                except Exception as error:
                    reason = error if isinstance(error, PluginFailed) else repr(error)
                    text = phrase(
                        'data source "{name}": data {label} failed: {reason}',
                        name=name,
                        label=label(plugin),
                        reason=reason,
                    )
                    raise NodeFailure("database-error", text) from error
                return _Guarded(name, made, zone)
    return SqlSource(name, settings, zone)


class _Guarded:
    """A plug-in's source, held to its promises, in a thread of its own: it may block no call."""

    def __init__(self, name: str, source: DataSource, zone: tzinfo) -> None:
        self._name, self._source, self._zone = name, source, zone
        self._thread = LoopThread(f"data-{name}")

    async def lookup(
        self, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> tuple[dict[str, Any], ...]:
        async def rows() -> tuple[dict[str, Any], ...]:
            found = await self._source.lookup(sql, bind, timeout, most)
            return tuple(
                {str(name): from_outside(value, self._zone) for name, value in row.items()}
                for row in islice(found, most)
            )

        return await self._kept(rows, timeout)

    async def change(self, sql: str, bind: Mapping[str, Any], timeout: timedelta) -> int:
        async def changed() -> int:
            return int(await self._source.change(sql, bind, timeout))

        return await self._kept(changed, timeout)

    async def probe(self, timeout: timedelta) -> None:
        await self._kept(lambda: self._source.probe(timeout), timeout)

    async def close(self) -> None:
        try:
            await self._kept(self._source.close, _PATIENCE)
        except NodeFailure as failure:
            log.warning("%s", failure)
        await asyncio.to_thread(self._thread.shutdown)

    async def _kept(self, ask: Callable[[], Coroutine[Any, Any, T]], timeout: timedelta) -> T:
        seconds = timeout.total_seconds()
        try:
            async with asyncio.timeout(seconds):
                return await self._thread.run(ask)
        except NodeFailure:
            raise
        except TimeoutError:
            text = phrase(
                'data source "{name}" did not answer within {seconds} s',
                name=self._name,
                seconds=f"{seconds:g}",
            )
            raise NodeFailure("database-timeout", text) from None
        except Exception as error:
            text = phrase(
                'data source "{name}": {kind}: {error}',
                name=self._name,
                kind=type(error).__name__,
                error=error,
            )
            raise NodeFailure("database-error", text) from error

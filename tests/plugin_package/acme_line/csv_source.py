"""A data source: a folder with CSV files. Its address is  csv:/var/lib/acme."""

import asyncio
import csv
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from flow_runtime.core.commands import NodeFailure
from flow_runtime.data import DataSourceSettings

_QUESTION = re.compile(r"(\w+) where (\w+) = :(\w+)")


class CsvSource:
    """Answers ``prices where item = :item`` from the file prices.csv."""

    def __init__(self, name: str, settings: DataSourceSettings) -> None:
        self._folder = Path(settings.url.removeprefix("csv:"))
        if not self._folder.is_dir():
            raise ValueError(f"there is no folder {self._folder}")

    async def lookup(
        self, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """The rows that fit."""
        asked = _QUESTION.fullmatch(sql.strip())
        if asked is None:
            raise NodeFailure("database-error", "ask as  FILE where COLUMN = :NAME")
        file, column, name = asked.groups()
        rows = await asyncio.to_thread(self._rows, self._folder / f"{file}.csv")
        return [row for row in rows if row[column] == str(bind[name])]

    async def change(self, sql: str, bind: Mapping[str, Any], timeout: timedelta) -> int:
        """CSV files are only read."""
        raise NodeFailure("read-only", "CSV files are only read")

    async def probe(self, timeout: timedelta) -> None:
        """See whether the folder can be read."""
        await asyncio.to_thread(lambda: next(self._folder.iterdir(), None))

    async def close(self) -> None:
        """There is nothing to give back."""

    def _rows(self, path: Path) -> list[dict[str, str]]:
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        except OSError as error:
            raise NodeFailure("database-unreachable", f"{path}: {error.strerror}") from None

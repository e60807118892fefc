"""Calls to a sample that ask and change its real database, where call tests have answers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from cordboard.call_tests import CallTests
from cordboard.samples import make_site, samples


class Site:
    """The sample *name*, made in *folder* as `cordboard init` does."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        make_site(samples()[name], folder)

    def call(self, steps: str, **keys: str) -> None:
        """One call that goes as *steps* say; *keys* are further keys of the call test."""
        more = "".join(f"    {key}: {value}\n" for key, value in keys.items())
        file = self.folder / "real.call.yaml"
        file.write_text(
            f"flow: {self.name}.flow\ncalls:\n  - name: a call\n{more}    steps:\n"
            + indent(dedent(steps), " " * 6),
            encoding="utf-8",
        )
        done = CallTests().run(file)
        lines = [line for result in done.results for line in result.lines()]
        assert done.passed == 1, [*done.problems, *lines]

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database answers to *statement*."""
        database = next(self.folder.glob("*.db"))
        with closing(sqlite3.connect(database)) as connection, connection:
            return list(connection.execute(statement))

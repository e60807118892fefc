"""Make the night service's sample rota: ``python make_database.py rota.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table duty (
    weekday integer primary key check (weekday between 1 and 7),
    name text not null, extension text not null, mobile text not null, email text not null
);
"""

ZHANG = ("Mister Zhang", "1901", "13900000001", "zhang@example.com")
CHEN = ("Miss Chen", "1902", "13900000002", "chen@example.com")
WEEK = [ZHANG, ZHANG, ZHANG, CHEN, CHEN, CHEN, CHEN]
"""Who has the night that begins on Monday, Tuesday, and so on."""


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        rows = [(day, *person) for day, person in enumerate(WEEK, 1)]
        database.executemany("insert into duty values (?, ?, ?, ?, ?)", rows)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "rota.db"))

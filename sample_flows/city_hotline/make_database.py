"""Make the city hotline's sample database: ``python make_database.py city.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table messages (
    number integer primary key autoincrement, extension text not null, phone text not null,
    language text not null, file text not null, left_at text not null
);
create index messages_for_a_department on messages (extension);
"""


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "city.db"))

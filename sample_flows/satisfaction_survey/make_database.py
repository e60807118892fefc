"""Make the hotel's sample database: ``python make_database.py survey.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table answers (
    call text primary key, phone text,
    room integer, breakfast integer, people integer, likely integer,
    message text, at text
);
create view marks as
    select count(*) as calls, avg(room) as room, avg(breakfast) as breakfast, avg(people) as people,
        100.0 * (count(*) filter (where likely > 8) - count(*) filter (where likely < 7))
            / count(likely) as promoters
    from answers;
"""
"""The view has the mean marks, and the net promoter score: friends minus critics, of 100."""

ANSWERS = [
    ("a1", "5550111", 5, 4, 5, 9, None, "2026-11-20 11:02:40"),
    ("a2", "5550112", 4, 2, None, None, None, "2026-11-21 09:47:13"),
]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into answers values (?, ?, ?, ?, ?, ?, ?, ?)", ANSWERS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "survey.db"))

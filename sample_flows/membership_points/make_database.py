"""Make the tea club's sample database: ``python make_database.py club.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table members (
    number text primary key, name text, has_pin integer not null default 0,
    code text, code_tries integer not null default 0
);
create table points (
    number integer primary key autoincrement, member text, points integer, reason text, at text
);
insert into sqlite_sequence values ('points', 700000);
"""

MEMBERS = [
    ("88000001", "Li Wei", "314159"),
    ("88000002", "Wang Fang", "271828"),
    ("88000003", "Mary Jones", "161803"),
]
"""Number, name, and the code of the letter with which the member sets the first PIN."""

POINTS = [
    ("88000001", 820, "purchase", "2026-09-14"),
    ("88000001", 640, "purchase", "2026-10-30"),
    ("88000001", -500, "voucher", "2026-11-02"),
    ("88000002", 1310, "purchase", "2026-11-05"),
    ("88000003", 90, "purchase", "2026-11-20"),
]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into members (number, name, code) values (?, ?, ?)", MEMBERS)
        database.executemany(
            "insert into points (member, points, reason, at) values (?, ?, ?, ?)", POINTS
        )
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "club.db"))

"""Make the gas company's sample database: ``python make_database.py gas.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table accounts (number text primary key, name text, phone text unique, owed numeric);
create table repairs (
    number integer primary key autoincrement, phone text, meter text, kind text, reported_at text
);
create table messages (
    number integer primary key autoincrement, phone text, seconds numeric, file text, left_at text
);
insert into sqlite_sequence values ('repairs', 1000);
"""

ACCOUNTS = [
    ("100001", "Li Wei", "13800000001", 12.5),
    ("100002", "Wang Fang", "13800000002", 0),
    ("100003", "Zhang Min", "13800000003", 1205.08),
    ("100004", "Mary Jones", "5550100", 86.4),
]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into accounts values (?, ?, ?, ?)", ACCOUNTS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "gas.db"))

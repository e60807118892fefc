"""Make the contact centre's sample database: ``python make_database.py centre.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table customers (phone text primary key, name text, level text, last_agent text);
create table talks (call text primary key, phone text, agent text, team text, marks text, at text);
create table rooms (name text primary key, pin text);
"""

CUSTOMERS = [
    ("13800000001", "Li Na", "gold", None),
    ("13800000002", "Wang Qiang", "silver", "2001"),
    ("13800000003", "Zhang Wei", "none", "1002"),
    ("5550100", "Anna Smith", "gold", "2002"),
    ("5550101", "Peter Brown", "none", None),
]
ROOMS = [("engineers", "4711")]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into customers values (?, ?, ?, ?)", CUSTOMERS)
        database.executemany("insert into rooms values (?, ?)", ROOMS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "centre.db"))

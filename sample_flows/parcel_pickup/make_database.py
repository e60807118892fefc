"""Make the parcel service's sample database: ``python make_database.py parcels.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table addresses (code text primary key, street text not null, town text not null);
create table windows (
    window text primary key, starts text not null, ends text not null, places integer not null
);
create table pickups (
    number integer primary key autoincrement, code text not null references addresses,
    weight integer not null, day text not null, window text not null references windows,
    phone text not null, call text not null, state text not null
);
create index pickups_of_a_window on pickups (day, window);
create table call_backs (
    number integer primary key autoincrement, phone text not null, asked_at text not null
);
insert into sqlite_sequence values ('pickups', 50000);
"""

ADDRESSES = [
    ("310001", "12 Garden Road", "Hangzhou"),
    ("310002", "5 Lake Street", "Hangzhou"),
    ("310003", "88 Station Square", "Hangzhou"),
]
WINDOWS = [
    ("morning", "09:00", "12:00", 20),
    ("afternoon", "13:00", "17:00", 25),
    ("evening", "18:00", "20:00", 8),
]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into addresses values (?, ?, ?)", ADDRESSES)
        database.executemany("insert into windows values (?, ?, ?, ?)", WINDOWS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "parcels.db"))

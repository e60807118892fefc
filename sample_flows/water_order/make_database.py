"""Make the water delivery's sample database: ``python make_database.py water.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table customers (
    number text primary key, name text not null, phone text unique, street text not null,
    price numeric not null, language text not null
);
create table orders (
    number integer primary key autoincrement, customer text not null references customers,
    bottles integer not null, price numeric not null, deliver_on text not null,
    call text not null, state text not null
);
create index orders_of_a_customer on orders (customer, state);
create table messages (
    number integer primary key autoincrement, phone text not null, file text not null,
    left_at text not null
);
insert into sqlite_sequence values ('orders', 7000);
"""

# number, name, telephone, street, price of a bottle, language
CUSTOMERS = [
    ("10001", "李伟", "13800000001", "花园路12号", 18, "zh-CN"),
    ("10002", "Mary Jones", "13800000002", "5 Lake Street", 18, "en"),
    ("10003", "Hotel Astoria", "057188880000", "88 Station Square", 16.5, "en"),
]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into customers values (?, ?, ?, ?, ?, ?)", CUSTOMERS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "water.db"))

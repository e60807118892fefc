"""Make the bookshop's sample database: ``python make_database.py shop.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table orders (
    number text primary key, phone text, postcode text, state text, amount numeric,
    ordered_on text, sent_on text, due_on text
);
create table call_backs (
    number integer primary key autoincrement, phone text, order_number text, asked_at text
);
"""

ORDERS = [
    ("200101", "5550101", "40213", "received", 18.5, "2026-11-22", None, None),
    ("200102", "5550102", "40214", "packed", 64.9, "2026-11-20", None, None),
    ("200103", "5550103", "40215", "sent", 129, "2026-11-18", "2026-11-20", "2026-11-25"),
    ("200104", "5550104", "40216", "delivered", 7.95, "2026-11-09", "2026-11-10", "2026-11-12"),
    ("200105", "5550105", "40217", "cancelled", 33.2, "2026-11-16", None, None),
    ("200106", "5550106", "40218", "in customs", 250, "2026-11-02", "2026-11-03", None),
]


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into orders values (?, ?, ?, ?, ?, ?, ?, ?)", ORDERS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "shop.db"))

"""Make the dentists' sample database: ``python make_database.py practice.db``."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

TABLES = """
create table slots (
    number integer primary key, service text, weekday text, day text, time text, phone text
);
create index slots_free on slots (service, day, time) where phone is null;
"""

TIMES = [
    ("08:30", "check-up"),
    ("09:00", "filling"),
    ("10:30", "check-up"),
    ("11:00", "cleaning"),
    ("14:00", "check-up"),
    ("15:00", "filling"),
    ("16:30", "cleaning"),
]
WEEKS = 8


def slots(today: date) -> Iterator[tuple[str, str, str, str, str | None]]:
    """The times of the working days after *today*; Ada Byron (5550101) has the first check-up."""
    phone: str | None = "5550101"
    for ahead in range(1, WEEKS * 7 + 1):
        day = today + timedelta(days=ahead)
        if day.isoweekday() < 6:
            for time, service in TIMES:
                yield service, f"{day:%A}", day.isoformat(), time, phone
                phone = None


def make(path: Path, today: date | None = None) -> None:
    """Write a new database to *path*; an existing one is replaced. It begins after *today*."""
    path.unlink(missing_ok=True)
    rows = slots(today or datetime.now().astimezone().date())
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany(
            "insert into slots (service, weekday, day, time, phone) values (?, ?, ?, ?, ?)", rows
        )
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "practice.db"))

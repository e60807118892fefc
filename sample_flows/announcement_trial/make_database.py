"""Make the theatre's sample database: ``python make_database.py theatre.db``.

How the trial stands: ``sqlite3 theatre.db "select * from results"``.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table plays (
    weekday integer primary key check (weekday between 1 and 7),
    title text not null, starts text not null, price numeric not null
);
create table announcements (
    call text not null, arm text not null,
    outcome text not null check (outcome in ('heard', 'taken', 'hung up')),
    called_at text not null
);
create index announcement_of_a_call on announcements (call);
create view results as
    select arm, count(*) as calls,
        sum(outcome = 'taken') as taken,
        round(100.0 * avg(outcome = 'taken'), 1) as taken_percent,
        sum(outcome = 'hung up') as hung_up
    from announcements group by arm order by arm;
"""

PLAYS = [
    (2, "The Cherry Orchard", "19:30", 120),
    (3, "The Cherry Orchard", "19:30", 120),
    (4, "Teahouse", "19:30", 150),
    (5, "Teahouse", "19:30", 150),
    (6, "A Midsummer Night's Dream", "19:00", 180),
    (7, "A Midsummer Night's Dream", "15:00", 90),
]
"""Weekday, title, beginning, price of a seat; Monday is free."""


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into plays values (?, ?, ?, ?)", PLAYS)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "theatre.db"))

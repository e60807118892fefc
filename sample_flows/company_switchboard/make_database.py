"""Make the company's sample database: ``python make_database.py company.db``."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

TABLES = """
create table people (extension text primary key, name text, sort_key text unique, keys text);
create table messages (
    number integer primary key autoincrement, extension text, caller text,
    file text, seconds numeric, left_at text
);
"""

PEOPLE = [
    ("1001", "Reception", ""),
    ("1010", "Clara", "Bergmann"),
    ("1011", "Anna", "Lee"),
    ("1012", "Tom", "Lee"),
    ("1013", "Ines", "Ferreira"),
    ("1014", "Yusuf", "Demir"),
    ("1015", "Olga", "Keller"),
]
"""Extension, first name, last name; the reception is in no directory."""

_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
"""The letters of a telephone's keys (ITU-T E.161)."""


def keys(name: str) -> str:
    """The keys under which *name* is found: ``533`` for Lee."""
    return name.lower().translate(_LETTERS)


def make(path: Path) -> None:
    """Write a new database to *path*; an existing one is replaced."""
    path.unlink(missing_ok=True)
    rows = [
        (extension, f"{first} {last}".strip(), f"{last} {first}".strip(), keys(last))
        for extension, first, last in PEOPLE
    ]
    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        database.executemany("insert into people values (?, ?, ?, ?)", rows)
    database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "company.db"))

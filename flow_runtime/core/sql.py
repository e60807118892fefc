"""What can be told of an SQL statement without a database: its parameters, and that it is one."""

from __future__ import annotations

import re

_OPAQUE = re.compile(
    r"""
      '(?:[^']|'')*'                 # a text
    | "(?:[^"]|"")*"                 # a quoted name
    | --[^\n]*                       # a comment
    | /\*.*?\*/
    | (\$\w*\$).*?\1                 # PostgreSQL's dollar quotes
    """,
    re.VERBOSE | re.DOTALL,
)
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?![:\w])")
_COLUMNS = re.compile(r"\s*select\s+(.*?)\s+from\b", re.DOTALL | re.IGNORECASE)
_TABLE = re.compile(r"\s*(insert\s+into|delete\s+from|update)\s+([\w.]+)", re.IGNORECASE)
_FIRST_WORD = re.compile(r"[\s(]*(\w+)")
_CHANGING = frozenset(
    "insert update delete replace merge truncate create alter drop grant revoke".split()
)


def parameters(sql: str) -> tuple[str, ...]:
    """The names of the bound parameters (``:phone``) in *sql*, each once, in their order.

    They are found where SQLAlchemy's ``text()`` finds them, which looks into quotes too.
    """
    return tuple(dict.fromkeys(_PARAMETER.findall(sql)))


def is_one_statement(sql: str) -> bool:
    """Whether nothing follows the first semicolon that stands outside quotes and comments."""
    rest = _OPAQUE.sub(" ", sql).partition(";")[2]
    return not rest.strip(" \t\r\n;")


def changing_word(sql: str) -> str | None:
    """The first word of *sql* when it is one that changes data (``insert``), else None."""
    found = _FIRST_WORD.match(_OPAQUE.sub(" ", sql))
    word = found[1].lower() if found else ""
    return word if word in _CHANGING else None


def selected_columns(sql: str) -> str:
    """What stands between ``select`` and ``from``, on one line; empty when that cannot be told."""
    found = _COLUMNS.match(sql)
    return " ".join(found[1].split()) if found else ""


def changed_table(sql: str) -> str:
    """``insert into repair``, ``update account``; else the first three words."""
    found = _TABLE.match(sql)
    words = f"{found[1].lower()} {found[2]}" if found else sql
    return " ".join(words.split()[:3])

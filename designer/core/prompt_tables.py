"""Edits of a prompt table's text: one entry changes, comments and order of the rest stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table
from tomlkit.toml_document import TOMLDocument

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class BrokenTable(ValueError):
    """The table is no TOML; the text says where and what."""


def texts(table: str) -> dict[str, str]:
    """The texts of a table by key; a bare ``you.owe`` and a quoted one are the same key."""
    return {
        key: value for key, value in _flat(_parsed(table).unwrap(), "") if isinstance(value, str)
    }


def with_text(table: str, key: str, text: str) -> str:
    """*table* with *text* for *key*: in its place when it is there, else at the end."""
    document = _parsed(table)
    home, name = _home(document, key)
    value = tomlkit.string(text, multiline="\n" in text)
    if name is not None:
        home[name] = value
        return document.as_string()
    spelled = key if _BARE.fullmatch(key) else f'"{key}"'
    # A new entry stands before the first [table], which would swallow it.
    lines = table.splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    lines.insert(at, f"{spelled} = {value.as_string()}\n")
    return "".join(lines)


def without_text(table: str, key: str) -> str:
    """*table* without *key*."""
    document = _parsed(table)
    home, name = _home(document, key)
    if name is not None:
        del home[name]
    return document.as_string()


def _parsed(table: str) -> TOMLDocument:
    try:
        return tomlkit.parse(table)
    except TOMLKitError as error:
        raise BrokenTable(str(error)) from None


def _home(document: TOMLDocument, key: str) -> tuple[Any, str | None]:
    """The table that *key* is an entry of, and its name there; None when it is nowhere."""
    found = _search(document, key)
    return (document, None) if found is None else found


def _search(table: Any, key: str) -> tuple[Any, str] | None:
    if key in table and not isinstance(table[key], Mapping):
        return table, key
    parts = key.split(".")
    for count in range(1, len(parts)):
        first, rest = ".".join(parts[:count]), ".".join(parts[count:])
        if first in table and isinstance(table[first], Table | Mapping):
            found = _search(table[first], rest)
            if found is not None:
                return found
    return None


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value

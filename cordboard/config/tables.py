"""Reading a TOML table with errors that name the key, what is wrong, and the nearest known key."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from flow_runtime.core.suggest import suggest
from telephony.settings import Network

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
NOT_FETCHED = "(not fetched)"
"""Stands for a secret that was not wanted."""
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class ConfigError(Exception):
    """A mistake in the configuration: the message says where, what, and what to write instead."""


def seconds(text: str) -> float | None:
    """The seconds in ``300ms``, ``5s``, ``2m``, ``1h`` or ``7d``; None when it is none of them."""
    found = _DURATION.fullmatch(text.strip())
    return float(found[1]) * _SECONDS[found[2]] if found else None


class Table:
    """One table of the file. Every read marks its key as known; `done` refuses all others.

    Without *secrets* they are not fetched: whoever only checks flows may not be able to.
    """

    def __init__(
        self, values: Mapping[str, Any], where: str, base: Path, secrets: bool = True
    ) -> None:
        self._values, self.where, self._base = values, where, base
        self._secrets = secrets
        self._known: set[str] = set()

    def fail(self, key: str, text: str) -> ConfigError:
        """The error to raise about *key* of this table."""
        return ConfigError(f"[{self.where}] {key}: {text}" if self.where else f"{key}: {text}")

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                near = suggest(key, self._known, len(self._known))
                raise self.fail(key, f"unknown key{near}")

    def keys(self) -> list[str]:
        """All keys in written order: for tables whose keys are names."""
        self._known.update(self._values)
        return list(self._values)

    def has(self, key: str) -> bool:
        """Whether *key* is written."""
        self._known.add(key)
        return key in self._values

    def raw(self, key: str, default: Any = None) -> Any:
        """The value as TOML gives it."""
        self._known.add(key)
        return self._values.get(key, default)

    def _of(self, key: str, kind: type[Any], what: str, default: Any) -> Any:
        value = self.raw(key, default)
        if value is default or (isinstance(value, kind) and not isinstance(value, bool)):
            return value
        if kind is bool and isinstance(value, bool):
            return value
        raise self.fail(key, f"must be {what}, not {value!r}")

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return str(self._of(key, str, "a text in quotes", default))

    def required(self, key: str) -> str:
        """A text that must be there."""
        if not self.has(key):
            raise self.fail(key, "is missing")
        return self.text(key)

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false``."""
        return bool(self._of(key, bool, "true or false", default))

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from *low* to *high*."""
        value = int(self._of(key, int, "a whole number", default))
        if not low <= value <= high:
            raise self.fail(key, f"must be from {low} to {high}, not {value}")
        return value

    def duration(self, key: str, default: float) -> float:
        """Seconds, written ``300ms``, ``5s``, ``2m``, ``1h`` or ``7d``."""
        if not self.has(key):
            return default
        written = self.raw(key)
        value = seconds(written) if isinstance(written, str) else None
        if value is None:
            raise self.fail(key, f'must be a duration such as "30s", not {written!r}')
        return value

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of the given words."""
        value, allowed = self.text(key, default), list(choices)
        if value not in allowed:
            raise self.fail(key, f"{value!r} is not one of {', '.join(allowed)}")
        return value

    def texts(self, key: str, default: Iterable[str] = ()) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw(key, list(default))
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fail(key, f"must be a list of texts, not {value!r}")
        return tuple(value)

    def networks(self, key: str, default: Iterable[str] = ()) -> tuple[Network, ...]:
        """A list of networks such as ``10.0.0.0/8`` or single addresses."""
        found = []
        for text in self.texts(key, default):
            try:
                found.append(ip_network(text, strict=False))
            except ValueError:
                raise self.fail(key, f'{text!r} is no network; write "10.0.0.0/8"') from None
        return tuple(found)

    def path(self, key: str, default: str) -> Path:
        """A path, relative to the configuration file."""
        return self._base / self.text(key, default)

    def secret(self, key: str) -> str:
        """A text, or ``{env = "NAME"}``, or ``{file = "PATH"}``; "" when it is not written."""
        value = self.raw(key, "")
        if isinstance(value, str):
            return value
        if isinstance(value, Mapping) and len(value) == 1:
            kind, name = next(iter(value.items()))
            if kind in ("env", "file") and isinstance(name, str):
                return self._fetched(key, kind, name) if self._secrets else NOT_FETCHED
        raise self.fail(key, 'must be a text, {env = "NAME"} or {file = "PATH"}')

    def _fetched(self, key: str, kind: str, name: str) -> str:
        if kind == "env":
            if name not in os.environ:
                raise self.fail(key, f"the environment variable {name} is not set")
            return os.environ[name]
        path = self._base / name
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise self.fail(key, f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise self.fail(key, f"{path}: is not UTF-8 text") from None

    def table(self, key: str) -> Table:
        """A table below this one; empty when it is not written."""
        value = self.raw(key, {})
        name = f"{self.where}.{key}" if self.where else key
        if not isinstance(value, Mapping):
            raise self.fail(key, f"must be a table: write [{name}]")
        return Table(value, name, self._base, self._secrets)

    def tables(self, key: str) -> dict[str, Table]:
        """All tables below ``[key.NAME]``, in written order."""
        below = self.table(key)
        return {name: below.table(name) for name in below.keys()}

    def array(self, key: str) -> list[Table]:
        """The tables of ``[[key]]``."""
        value = self.raw(key, [])
        if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
            raise self.fail(key, f"must be written as [[{key}]]")
        return [Table(v, f"{key} {i}", self._base, self._secrets) for i, v in enumerate(value, 1)]


def host_port(table: Table, key: str, default_port: int) -> tuple[str, int]:
    """``host`` or ``host:port`` under *key*, which must be there."""
    text = table.required(key)
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]\s]+)(?::(\d+))?", text)
    if not found or (found[2] and not 0 < int(found[2]) <= 65535):
        raise table.fail(key, f'{text!r} is no address; write "sip.example.net:5060"')
    return found[1].strip("[]"), int(found[2] or default_port)

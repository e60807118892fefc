"""Values of the flow language on their way into a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flow_runtime.core.sound import AudioFile, Recording, Silence, Utterance

Bind = Callable[[Any], Any]


def binder(backend: str) -> Bind:
    """What makes a flow's value one that the drivers of *backend* (``postgresql``) take.

    Whole numbers become int, so that they compare with integer columns by an index. A recording
    becomes its path, a prompt its text, a record JSON text; so does a list, but for PostgreSQL,
    which has arrays. SQLite knows no decimals, dates and durations: it gets a float, ISO text
    (``2026-11-24 09:00:00+08:00``) and seconds.
    """
    if backend == "sqlite":
        return _for_sqlite
    return _for_postgresql if backend == "postgresql" else _for_others


def _for_others(value: Any) -> Any:
    match value:
        case Decimal() if value == value.to_integral_value():
            return int(value)
        case Recording():
            return value.path
        case Utterance() | AudioFile() | Silence():
            return value.text
        case Mapping() | tuple() | list():
            return json.dumps(value, default=_for_json, ensure_ascii=False)
    return value


def _for_postgresql(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_for_postgresql(item) for item in value]
    return _for_others(value)


def _for_sqlite(value: Any) -> Any:
    value = _for_others(value)
    match value:
        case Decimal():
            return float(value)
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _for_sqlite(Decimal(str(value.total_seconds())))
    return value


def _for_json(value: Any) -> Any:
    """Of what `json` does not know, the form it has in SQLite; a mapping of any kind as a dict."""
    return dict(value) if isinstance(value, Mapping) else _for_sqlite(value)

"""Values of the flow language as plain data, as JSON has it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

UNKNOWN: Final = object()
"""Stands for what could not be computed for a contact."""

_MICROSECOND: Final = timedelta(microseconds=1)


def to_plain(value: Any) -> Any:
    """*value* as plain data; what is of no type that lasts, such as a sound, is `UNKNOWN`."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return {"number": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case time():
            return {"time": value.isoformat()}
        case timedelta():
            return {"duration": value // _MICROSECOND}
        case tuple():
            return {"list": [to_plain(item) for item in value]}
        case Mapping():
            return {"record": {name: to_plain(item) for name, item in value.items()}}
    return {"unknown": True}


def from_plain(data: Any) -> Any:
    """The value of which `to_plain` made *data*; `UNKNOWN` for what it never makes."""
    match data:
        case None | bool() | str():
            return data
        case {"number": str(text)}:
            return Decimal(text)
        case {"datetime": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"time": str(text)}:
            return time.fromisoformat(text)
        case {"duration": int(microseconds)}:
            return microseconds * _MICROSECOND
        case {"list": list(items)}:
            return tuple(from_plain(item) for item in items)
        case {"record": dict(fields)}:
            return {name: from_plain(item) for name, item in fields.items()}
    return UNKNOWN

"""Texts read as numbers, dates, times and durations: strictly, and in bounded time."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from flow_runtime.core.expr.failure import MAX_DIGITS

_NUMBER: Final = re.compile(r"[+-]?\d{1,60}(?:\.\d{1,60})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_DURATION: Final = re.compile(r"(\d{1,9})(ms|s|m|h|d)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?", re.ASCII)
_MOMENT: Final = re.compile(rf"({_DATE.pattern})[T ]({_TIME.pattern})(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_UNIT: Final = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_number(text: str) -> Decimal | None:
    """``12``, ``-0.5``, ``1e3``; None for anything else."""
    text = text.strip()
    if len(text) > 2 * MAX_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def read_duration(text: str) -> timedelta | None:
    """``300ms``, ``1h30m``: parts as durations are written in a flow; None for anything else."""
    total, end = timedelta(0), 0
    for part in _DURATION.finditer(text.strip()):
        if part.start() != end:
            return None
        try:
            total += timedelta(**{_UNIT[part[2]]: int(part[1])})
        except OverflowError:
            return None
        end = part.end()
    return total if end and end == len(text.strip()) else None


def read_date(text: str) -> date | None:
    """``2026-11-24`` (ISO 8601); None for anything else."""
    if not _DATE.fullmatch(text.strip()):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """``09:00``, ``09:00:30`` (ISO 8601); None for anything else."""
    if not _TIME.fullmatch(text.strip()):
        return None
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        return None


def read_datetime(text: str, zone: tzinfo | None) -> datetime | None:
    """``2026-11-24T09:00+08:00`` (RFC 3339, seconds may be left out); in *zone* without offset.

    None for anything else, and for a text without offset when there is no *zone*.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None or (match[3] is None and zone is None):
        return None
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}")
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if match[3] is None else moment

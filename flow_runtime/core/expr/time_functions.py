"""Functions on dates, times of day, moments and durations; the present moment is the frame's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from flow_runtime.core.expr.convert import local, to_date, to_datetime, to_duration, to_time
from flow_runtime.core.expr.failure import bad_value, out_of_range
from flow_runtime.core.expr.number_functions import whole
from flow_runtime.core.expr.registry import Functions
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase

functions: Final = Functions()
_f = functions.declare


@_f(
    "today() -> date",
    help="The present day in the line's time zone.",
    examples=[("today() == date(now())", "true")],
    with_frame=True,
)
def _today(frame: Frame) -> date:
    return local(frame.now, frame).date()


@_f(
    "now() -> datetime",
    help="The present moment.",
    examples=[("now() >= call.started", "true")],
    with_frame=True,
)
def _now(frame: Frame) -> datetime:
    return local(frame.now, frame)


@_f(
    "date(value: text) -> date",
    "date(value: datetime) -> date",
    "date(year: number, month: number, day: number) -> date",
    help="A date from its ISO text or its parts, or the day of a moment in the line's time zone.",
    examples=[('date("2026-11-24")', "date(2026, 11, 24)")],
    with_frame=True,
)
def _date(frame: Frame, value: Any, month: Decimal | None = None, day: Any = None) -> date:
    if month is None:
        return to_date(value, frame)
    try:
        return date(whole(value, "year"), whole(month, "month"), whole(day, "day"))
    except (ValueError, OverflowError):
        raise bad_value(
            phrase("there is no day {value}-{month}-{day}", value=value, month=month, day=day)
        ) from None


@_f(
    "time(value: text) -> time",
    "time(value: datetime) -> time",
    help="A time of day from its ISO text, or that of a moment in the line's time zone.",
    examples=[('time("09:00") < time("17:30")', "true")],
    with_frame=True,
)
def _time(frame: Frame, value: Any) -> time:
    return to_time(value, frame)


@_f(
    "datetime(value: text) -> datetime",
    "datetime(date: date, time: time) -> datetime",
    help="A moment from its ISO text, or from a date and a time of day in the line's time zone.",
    examples=[
        ('datetime("2026-11-24T09:00+08:00")', 'datetime("2026-11-24T01:00Z")'),
        (
            'datetime(date("2026-11-24"), time("09:00"))',
            'datetime("2026-11-24T09:00")',
        ),
    ],
    with_frame=True,
)
def _datetime(frame: Frame, value: Any, clock: time | None = None) -> datetime:
    if clock is None:
        return to_datetime(value, frame)
    return datetime.combine(value, clock, frame.zone)


@_f(
    "duration(value: text) -> duration",
    help="A duration from its spelling.",
    examples=[('duration("90s")', "90s"), ('duration("1h30m")', "90m")],
    with_frame=True,
)
def _duration(frame: Frame, value: str) -> timedelta:
    return to_duration(value, frame)


@_f(
    "add_days(value: date, days: number) -> date",
    "add_days(value: datetime, days: number) -> datetime",
    help="So many days later, at the same time of day in the line's time zone.",
    examples=[('add_days(date("2026-02-27"), 2)', 'date("2026-03-01")')],
    with_frame=True,
)
def _add_days(frame: Frame, value: date | datetime, days: Decimal) -> date | datetime:
    try:
        if isinstance(value, datetime):
            return local(value, frame) + timedelta(days=whole(days, "days"))
        return value + timedelta(days=whole(days, "days"))
    except OverflowError:
        raise out_of_range() from None


@_f(
    "weekday(value: date) -> number",
    "weekday(value: datetime) -> number",
    help="The day of the week: 1 for Monday to 7 for Sunday.",
    examples=[('weekday(date("2026-11-23"))', "1"), ('weekday(date("2026-11-29"))', "7")],
    with_frame=True,
)
def _weekday(frame: Frame, value: date | datetime) -> Decimal:
    day = local(value, frame) if isinstance(value, datetime) else value
    return Decimal(day.isoweekday())


@_f(
    "parse_date(value: text, pattern?: text) -> date?",
    help="The date that a text spells by a pattern of YYYY, YY, MM and DD (YYYYMMDD unless said"
    " otherwise), none when it does not fit.",
    examples=[
        ('parse_date("20261124")', 'date("2026-11-24")'),
        ('parse_date("24.11.26", "DD.MM.YY")', 'date("2026-11-24")'),
        ('parse_date("20261332")', "none"),
    ],
)
def _parse_date(value: str, pattern: str = "YYYYMMDD") -> date | None:
    parts = {"YYYY": 0, "YY": 0, "MM": 0, "DD": 0}
    at = 0
    while at < len(pattern):
        field = next((f for f in parts if pattern.startswith(f, at)), None)
        if field is None:
            if value[at : at + 1] != pattern[at]:
                return None
            at += 1
            continue
        digits = value[at : at + len(field)]
        if not (digits.isascii() and digits.isdecimal() and len(digits) == len(field)):
            return None
        parts[field] = int(digits)
        at += len(field)
    if len(value) != len(pattern):
        return None
    try:
        return date(parts["YYYY"] or 2000 + parts["YY"], parts["MM"], parts["DD"])
    except ValueError:
        return None

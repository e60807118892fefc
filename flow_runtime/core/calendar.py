"""Opening hours: weekly hours, holidays, make-up days and special days in a time zone.

A day's spans of hours are wall-clock times of the calendar's zone; they become moments when the
clock is asked, so the days on which clocks change are right: a time that is skipped is the moment
of the change, a time that comes twice is the first one (as RFC 5545, 3.3.5, has it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from flow_runtime.core.suggest import suggest

State: TypeAlias = Literal["open", "closed", "holiday"]
Span: TypeAlias = tuple[int, int]
"""From and to, in minutes after the day's midnight; the end may lie on the next day."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OTHER_KEYS: Final = ("zone", "holidays", "workdays", "days")
_DAY: Final = 24 * 60
_ONE_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=8)
"""Weekly hours repeat, so what has not changed after that changes on a special day only."""
_LONGEST_RANGE: Final = 3660
_SPAN: Final = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
_EXAMPLE: Final = 'write "09:00-12:00 13:00-18:00", or "" for closed'


class CalendarError(ValueError):
    """A mistake in the description of a calendar: which, where in it, and what to write."""


@dataclass(frozen=True, slots=True)
class Day:
    """The hours of one day. *holiday* is what it is called while it is not open."""

    spans: tuple[Span, ...]
    holiday: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a place is open. *weekly* has the hours from Monday to Sunday, *special* other days."""

    zone: ZoneInfo
    weekly: tuple[Day, ...]
    special: Mapping[date, Day]

    @staticmethod
    def from_settings(name: str, table: Mapping[str, Any]) -> Calendar:
        """Read a ``[calendars.NAME]`` table; raises `CalendarError`.

        Of the descriptions of one date the strongest counts: ``days``, then ``workdays``, then
        ``holidays``, then the weekly hours, of which ``wed`` goes before ``mon-fri``. A make-up
        day (``workdays``) has the hours of its own weekday from Monday to Friday; at a weekend,
        or when that weekday has none, those of the first weekday that has hours. A date in
        ``days`` and ``holidays`` is open in its hours, and a holiday outside them.
        """
        return _Reader(name, table).calendar()

    def state(self, at: datetime) -> State:
        """What holds at the moment *at*, which must be aware of its zone.

        Hours that span midnight belong to the day they began on: on the morning after, they
        still hold when that morning is a holiday's.
        """
        at = at.astimezone(UTC)
        today = at.astimezone(self.zone).date()
        for day in (today, today - _ONE_DAY):
            if any(start <= at < end for start, end in self._spans(day)):
                return "open"
        return "holiday" if self._day(today).holiday else "closed"

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after *at* with another state, told in the calendar's zone.

        None when nothing will ever change.
        """
        at = at.astimezone(UTC)
        before = self.state(at)
        for moment in self._moments(at):
            if moment > at and self.state(moment) != before:
                return moment.astimezone(self.zone)
        return None

    def _day(self, day: date) -> Day:
        return self.special.get(day) or self.weekly[day.weekday()]

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self._day(day).spans:
            yield _moment(day, start, self.zone), _moment(day, end, self.zone)

    def _moments(self, at: datetime) -> Iterator[datetime]:
        """The moments from about *at* at which the state can change, in order."""
        today = at.astimezone(self.zone).date()
        first = today - _ONE_DAY
        days = {first + timedelta(days=n) for n in range(_WEEK.days + 2)}
        for special in self.special:
            if special >= first:
                days.update(special + timedelta(days=n) for n in range(_WEEK.days))
        waiting: list[datetime] = []
        for day in sorted(days):
            midnight = _moment(day, 0, self.zone)
            yield from sorted(m for m in waiting if m < midnight)
            waiting = [m for m in waiting if m >= midnight]
            waiting += [midnight, *(moment for span in self._spans(day) for moment in span)]
        yield from sorted(waiting)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks in *zone* show *minute* of *day*."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # Clocks skip this time. They do so between the moments that it would be by the offset after
    # the change and by the one before it.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    minutes = (moment - early) // timedelta(minutes=1)
    low, high = 0, minutes
    while low < high:
        middle = (low + high) // 2
        shown = (early + timedelta(minutes=middle)).astimezone(zone).replace(tzinfo=None)
        if shown < wall:
            low = middle + 1
        else:
            high = middle
    return early + timedelta(minutes=low)


class _Reader:
    """Reads one table of the configuration."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        self._name, self._table = name, table

    def calendar(self) -> Calendar:
        zone = self._zone()
        weekly = tuple(Day(spans) for spans in self._weekly())
        return Calendar(zone, weekly, self._special(weekly))

    def _fail(self, key: str, text: str) -> CalendarError:
        return CalendarError(f"[calendars.{self._name}] {key}: {text}")

    def _zone(self) -> ZoneInfo:
        name = self._table.get("zone")
        if not isinstance(name, str) or not name:
            raise self._fail("zone", 'is missing; write a time zone such as "Asia/Shanghai"')
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            hint = suggest(name, available_timezones())
            raise self._fail("zone", f'there is no time zone "{name}"{hint}') from None

    # --- the week -------------------------------------------------------------------------------

    def _weekly(self) -> list[tuple[Span, ...]]:
        week: dict[int, tuple[bool, str]] = {}
        for key in self._table:
            if key in _OTHER_KEYS:
                continue
            days = self._weekdays(key)
            for day in days:
                alone = len(days) == 1
                if day in week and week[day][0] == alone:
                    raise self._fail(key, f"{WEEKDAYS[day]} is in {week[day][1]} already")
                if alone or day not in week:
                    week[day] = alone, key
        return [
            self._spans(week[day][1], self._table[week[day][1]]) if day in week else ()
            for day in range(7)
        ]

    def _weekdays(self, key: str) -> list[int]:
        """The days of ``mon``, ``mon-fri``, ``fri-mon`` or ``mon,wed``."""
        days: list[int] = []
        for part in key.lower().replace(" ", "").split(","):
            first, dash, last = part.partition("-")
            for word in (first, last) if dash else (first,):
                if word not in WEEKDAYS:
                    known = (*WEEKDAYS, "mon-fri", *_OTHER_KEYS)
                    raise self._fail(
                        key, f"is neither days of the week nor a key{suggest(word, known)}"
                    )
            start = WEEKDAYS.index(first)
            count = (WEEKDAYS.index(last) - start) % 7 if dash else 0
            days += [(start + n) % 7 for n in range(count + 1)]
        return days

    def _spans(self, key: str, value: Any) -> tuple[Span, ...]:
        """``09:00-12:00 13:00-18:00`` as sorted spans."""
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = " ".join(value)
        if not isinstance(value, str):
            raise self._fail(key, f"{value!r} are no hours; {_EXAMPLE}")
        return tuple(sorted(self._span(key, word) for word in value.replace(",", " ").split()))

    def _span(self, key: str, word: str) -> Span:
        found = _SPAN.fullmatch(word)
        if not found:
            raise self._fail(key, f'"{word}" are no hours; {_EXAMPLE}')
        from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
        start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
        if from_minute > 59 or to_minute > 59 or start >= _DAY or end > _DAY:
            raise self._fail(key, f'"{word}" is no time of day; hours go from 00:00 to 24:00')
        if start == end:
            raise self._fail(key, f'"{word}" is empty; write "00:00-24:00" for the whole day')
        return start, end if end > start else end + _DAY

    # --- special days ---------------------------------------------------------------------------

    def _special(self, weekly: tuple[Day, ...]) -> dict[date, Day]:
        special = {day: Day((), holiday=True) for day in self._dates("holidays")}
        usual = next((day for day in weekly if day.spans), None)
        for day in self._dates("workdays"):
            own = weekly[day.weekday()]
            if usual is None:
                raise self._fail("workdays", "no day of the week has hours that they could have")
            special[day] = own if own.spans and day.weekday() < 5 else usual
        days = self._table.get("days", {})
        if not isinstance(days, Mapping):
            raise self._fail("days", 'must be a table such as {"2026-02-16" = "09:00-12:00"}')
        holidays = {day for day, hours in special.items() if hours.holiday}
        for text, hours in days.items():
            spans = self._spans(f"days.{text}", hours)
            for day in self._range(f"days.{text}", text):
                special[day] = Day(spans, holiday=day in holidays)
        return special

    def _dates(self, key: str) -> Iterator[date]:
        listed = self._table.get(key, [])
        if not isinstance(listed, list):
            raise self._fail(key, 'must be a list such as ["2026-10-01..2026-10-07"]')
        for item in listed:
            yield from self._range(key, item)

    def _range(self, key: str, item: Any) -> Iterable[date]:
        """The dates of ``2026-10-01`` or ``2026-10-01..2026-10-07``."""
        if isinstance(item, date) and not isinstance(item, datetime):
            return (item,)
        first, dots, last = str(item).partition("..")
        try:
            start = date.fromisoformat(first.strip())
            end = date.fromisoformat(last.strip()) if dots else start
        except ValueError:
            raise self._fail(
                key,
                f'"{item}" is no date; write "2026-10-01", or "2026-10-01..2026-10-07" for a range',
            ) from None
        if end < start:
            raise self._fail(key, f'"{item}" ends before it begins')
        if (end - start).days > _LONGEST_RANGE:
            raise self._fail(key, f'"{item}" is longer than ten years')
        return (start + timedelta(days=n) for n in range((end - start).days + 1))

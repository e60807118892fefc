"""Opening hours, with holidays, make-up days, spans over midnight, and days of changing clocks."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flow_runtime.core.calendar import Calendar, CalendarError

OFFICE = """
zone = "Asia/Shanghai"
mon-fri = "09:00-12:00 13:00-18:00"
sat = "22:00-02:00"
holidays = ["2026-10-01..2026-10-07"]
workdays = ["2026-10-10"]
days = {"2026-02-16" = "09:00-12:00"}
"""


def calendar(text: str) -> Calendar:
    return Calendar.from_settings("office", tomllib.loads(text))


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-11-23 08:59:59", "closed"),
        ("2026-11-23 09:00", "open"),
        ("2026-11-23 11:59:59", "open"),
        ("2026-11-23 12:00", "closed"),
        ("2026-11-23 13:00", "open"),
        ("2026-11-23 18:00", "closed"),
        ("2026-11-27 17:59", "open"),
        ("2026-11-28 10:00", "closed"),
        ("2026-11-28 22:00", "open"),
        ("2026-11-29 00:00", "open"),
        ("2026-11-29 01:59", "open"),
        ("2026-11-29 02:00", "closed"),
        ("2026-11-29 10:00", "closed"),
        ("2026-09-30 17:00", "open"),
        ("2026-10-01 00:00", "holiday"),
        ("2026-10-03 23:00", "holiday"),
        ("2026-10-07 10:00", "holiday"),
        ("2026-10-08 10:00", "open"),
        ("2026-10-10 10:00", "open"),
        ("2026-10-10 12:30", "closed"),
        ("2026-10-10 22:30", "closed"),
        ("2026-02-16 11:00", "open"),
        ("2026-02-16 13:30", "closed"),
    ],
)
def test_the_calendar_of_the_manual(moment: str, state: str) -> None:
    assert calendar(OFFICE).state(at(moment)) == state


def test_the_zone_of_the_moment_does_not_matter() -> None:
    office = calendar(OFFICE)
    assert office.state(datetime(2026, 11, 23, 1, tzinfo=UTC)) == "open"
    assert office.state(datetime(2026, 11, 23, 0, 59, tzinfo=UTC)) == "closed"
    assert office.state(at("2026-11-22 20:00", "America/New_York")) == "open"


def test_hours_that_began_before_a_holiday_go_on() -> None:
    night = calendar('zone = "UTC"\nmon-sun = "22:00-06:00"\nholidays = ["2026-12-25"]')
    states = [
        night.state(at(f"2026-12-{day} {hour}", "UTC"))
        for day, hour in (
            (24, "23:00"),
            (25, "05:00"),
            (25, "06:00"),
            (25, "23:00"),
            (26, "05:00"),
            (26, "22:00"),
        )
    ]
    assert states == ["open", "open", "holiday", "holiday", "closed", "open"]


def test_a_holiday_with_hours_is_a_holiday_outside_them() -> None:
    half = calendar(
        'zone = "UTC"\nmon-fri = "09:00-17:00"\nholidays = ["2026-12-24..2026-12-25"]\n'
        'days = {"2026-12-24" = "09:00-12:00", "2026-12-28" = ""}'
    )
    assert half.state(at("2026-12-24 10:00", "UTC")) == "open"
    assert half.state(at("2026-12-24 13:00", "UTC")) == "holiday"
    assert half.state(at("2026-12-25 10:00", "UTC")) == "holiday"
    assert half.state(at("2026-12-28 10:00", "UTC")) == "closed"


def test_make_up_days() -> None:
    shop = calendar(
        'zone = "UTC"\ntue = "10:00-11:00"\nwed = "12:00-13:00"\nsat = "20:00-21:00"\n'
        'holidays = ["2026-06-01..2026-06-30"]\nworkdays = ["2026-06-03", "2026-06-05..2026-06-06"]'
    )
    assert shop.state(at("2026-06-03 12:30", "UTC")) == "open", "a Wednesday has its own hours"
    assert shop.state(at("2026-06-05 10:30", "UTC")) == "open", "a Friday without hours: Tuesday's"
    assert shop.state(at("2026-06-06 10:30", "UTC")) == "open", "a Saturday: Tuesday's"
    assert shop.state(at("2026-06-06 20:30", "UTC")) == "closed"
    assert shop.state(at("2026-06-10 12:30", "UTC")) == "holiday"


def test_one_day_goes_before_a_range_of_days() -> None:
    for text in (
        'zone = "UTC"\nwed = "10:00-12:00"\nmon-fri = "09:00-17:00"',
        'zone = "UTC"\nmon-fri = "09:00-17:00"\nwed = "10:00-12:00"',
    ):
        assert calendar(text).state(at("2026-11-25 09:30", "UTC")) == "closed"
        assert calendar(text).state(at("2026-11-24 09:30", "UTC")) == "open"


@pytest.mark.parametrize(
    ("key", "open_days"),
    [
        ("mon", {0}),
        ("fri-mon", {4, 5, 6, 0}),
        ('"mon,wed"', {0, 2}),
        ('"MON, fri-sun"', {0, 4, 5, 6}),
        ("mon-sun", set(range(7))),
        ("sun-sun", {6}),
    ],
)
def test_days_of_the_week(key: str, open_days: set[int]) -> None:
    week = calendar(f'zone = "UTC"\n{key} = "09:00-17:00"')
    noon = at("2026-11-23 12:00", "UTC")
    states = [week.state(noon + timedelta(days=n)) for n in range(7)]
    assert {n for n, state in enumerate(states) if state == "open"} == open_days


@pytest.mark.parametrize(
    "hours",
    [
        '"09:00-12:00 13:00-18:00"',
        '"09:00-12:00, 13:00-18:00"',
        '["09:00-12:00", "13:00-18:00"]',
        '"9:00-12:00 13:00-18:00"',
        '"13:00-18:00 09:00-12:00 10:00-11:00"',
    ],
)
def test_ways_to_write_hours(hours: str) -> None:
    day = calendar(f'zone = "UTC"\nmon = {hours}')
    half_past = [at(f"2026-11-23 {hour:02}:30", "UTC") for hour in range(24)]
    opened = {moment.hour for moment in half_past if day.state(moment) == "open"}
    assert opened == {9, 10, 11, 13, 14, 15, 16, 17}


def test_a_whole_day_and_no_hours() -> None:
    always = calendar('zone = "UTC"\nmon-sun = "00:00-24:00"')
    never = calendar('zone = "UTC"\nmon-sun = ""')
    for hour in range(48):
        moment = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hour)
        assert (always.state(moment), never.state(moment)) == ("open", "closed")
    assert always.next_change(datetime(2026, 11, 23, tzinfo=UTC)) is None
    assert never.next_change(datetime(2026, 11, 23, tzinfo=UTC)) is None
    assert calendar('zone = "UTC"').state(datetime(2026, 11, 23, tzinfo=UTC)) == "closed"


def test_dates_may_be_dates_of_toml() -> None:
    table = {"zone": "UTC", "mon-sun": "00:00-24:00", "holidays": [date(2026, 12, 25)]}
    office = Calendar.from_settings("office", table)
    assert office.state(at("2026-12-25 12:00", "UTC")) == "holiday"


# --- days on which clocks change ------------------------------------------------------------------


def test_clocks_go_forward() -> None:
    """On 2026-03-29 clocks in Berlin go from 02:00 to 03:00, at 01:00 UTC."""
    zone = "Europe/Berlin"
    night = calendar(f'zone = "{zone}"\nsat = "22:00-02:30"\nsun = "02:30-04:00"')
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert night.state(change - timedelta(seconds=1)) == "open"
    assert night.state(change) == "open", "both spans meet at the skipped half past two"
    assert night.state(at("2026-03-29 03:59", zone)) == "open"
    assert night.state(at("2026-03-29 04:00", zone)) == "closed"
    later = calendar(f'zone = "{zone}"\nsun = "02:15-04:00"')
    assert later.next_change(change - timedelta(hours=2)) == change
    assert later.state(change - timedelta(seconds=1)) == "closed"


def test_clocks_go_back() -> None:
    """On 2026-10-25 clocks in Berlin go from 03:00 to 02:00, at 01:00 UTC."""
    zone = "Europe/Berlin"
    early = calendar(f'zone = "{zone}"\nsun = "00:00-02:30 04:00-05:00"')
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert early.state(first - timedelta(seconds=1)) == "open"
    assert early.state(first) == "closed", "the first half past two ends it"
    assert early.state(first + timedelta(minutes=59)) == "closed", "it does not open again"
    assert early.next_change(first) == at("2026-10-25 04:00", zone)
    through = calendar(f'zone = "{zone}"\nsat = "22:00-06:00"')
    hours = [
        through.state(datetime(2026, 10, 24, 20, tzinfo=UTC) + timedelta(hours=n))
        for n in range(10)
    ]
    assert hours == ["open"] * 9 + ["closed"], "a night of nine hours"


def test_a_midnight_that_does_not_exist() -> None:
    """Beirut goes from 00:00 to 01:00."""
    zone = "Asia/Beirut"
    day = calendar(f'zone = "{zone}"\nmon-sun = "00:00-24:00"\nholidays = ["2026-03-29"]')
    change = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert day.state(change - timedelta(seconds=1)) == "open"
    assert day.state(change) == "holiday"
    assert day.next_change(change - timedelta(hours=5)) == change


def test_a_day_that_does_not_exist() -> None:
    """Samoa went from 2011-12-29 24:00 straight to 2011-12-31."""
    zone = "Pacific/Apia"
    days = calendar(f'zone = "{zone}"\nfri = "08:00-12:00"\nsat = "09:00-10:00"')
    change = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert days.state(change) == "closed"
    assert days.next_change(change - timedelta(hours=3)) == at("2011-12-31 09:00", zone)


# --- the next change ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        ("2026-11-23 08:00", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-23 12:00"),
        ("2026-11-27 18:00", "2026-11-28 22:00"),
        ("2026-11-28 23:00", "2026-11-29 02:00"),
        ("2026-11-29 02:00", "2026-11-30 09:00"),
        ("2026-09-30 18:00", "2026-10-01 00:00"),
        ("2026-10-01 12:00", "2026-10-08 00:00"),
        ("2026-10-09 18:00", "2026-10-10 09:00"),
    ],
)
def test_the_next_change(moment: str, change: str) -> None:
    found = calendar(OFFICE).next_change(at(moment))
    assert found == at(change)
    assert found is not None and str(found.tzinfo) == "Asia/Shanghai"


def test_a_change_that_is_years_away() -> None:
    once = calendar('zone = "UTC"\ndays = {"2031-05-05" = "09:00-10:00"}')
    assert once.next_change(at("2026-01-01 00:00", "UTC")) == at("2031-05-05 09:00", "UTC")
    assert once.next_change(at("2031-05-05 09:30", "UTC")) == at("2031-05-05 10:00", "UTC")
    assert once.next_change(at("2031-05-05 10:00", "UTC")) is None


def test_no_change_where_spans_meet() -> None:
    meeting = calendar('zone = "UTC"\nmon = "09:00-12:00 12:00-24:00"\ntue = "00:00-01:00"')
    assert meeting.next_change(at("2026-11-23 10:00", "UTC")) == at("2026-11-24 01:00", "UTC")


_times = st.integers(0, 23 * 60 + 59)
_spans = st.lists(st.tuples(_times, _times).filter(lambda s: s[0] != s[1]), max_size=3)
_zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
_near_changes = st.sampled_from(
    ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-25", "2026-07-01"]
)


def _hours(spans: list[tuple[int, int]]) -> str:
    return " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)


@settings(max_examples=60, deadline=None)
@given(_zones, _near_changes, _spans, _spans, st.integers(0, 72 * 60))
def test_between_two_changes_the_state_stays(
    zone: str, day: str, week: list[tuple[int, int]], special: list[tuple[int, int]], minute: int
) -> None:
    table: dict[str, Any] = {"zone": zone, "mon-sun": _hours(week), "days": {day: _hours(special)}}
    made = Calendar.from_settings("x", table)
    start = at(day, zone).astimezone(UTC) - timedelta(days=1) + timedelta(minutes=minute)
    before, change = made.state(start), made.next_change(start)
    end = start + timedelta(days=3) if change is None else change
    step = max(timedelta(minutes=1), (end - start) / 40)
    moment = start
    while moment < end.astimezone(UTC):
        assert made.state(moment) == before
        moment += step
    if change is not None:
        assert made.state(change) != before
        assert made.state(change.astimezone(UTC) - timedelta(microseconds=1)) == before


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('mon = "09:00-12:00"', "[calendars.office] zone: is missing"),
        ('zone = 8\nmon = ""', "zone: is missing"),
        ('zone = "Asia/Shanhai"', 'no time zone "Asia/Shanhai" (did you mean "Asia/Shanghai"?)'),
        ('zone = "../etc"', "no time zone"),
        (
            'zone = "UTC"\nmonday = ""',
            "monday: is neither days of the week nor a key (did you mean",
        ),
        ('zone = "UTC"\nholiday = []', 'did you mean "holidays"'),
        ('zone = "UTC"\nmon-fry = ""', 'did you mean "fri"'),
        ('zone = "UTC"\nmon-wed = ""\ntue-fri = ""', "tue-fri: tue is in mon-wed already"),
        ('zone = "UTC"\nmon = ""\nMON = ""', "MON: mon is in mon already"),
        ('zone = "UTC"\nmon = "9 to 5"', 'mon: "9" are no hours; write "09:00-12:00'),
        ('zone = "UTC"\nmon = 9', "mon: 9 are no hours"),
        ('zone = "UTC"\nmon = [9]', "mon: [9] are no hours"),
        ('zone = "UTC"\nmon = "09:00-25:00"', '"09:00-25:00" is no time of day'),
        ('zone = "UTC"\nmon = "24:00-25:00"', "is no time of day"),
        ('zone = "UTC"\nmon = "09:60-10:00"', "is no time of day"),
        ('zone = "UTC"\nmon = "09:00-10:75"', "is no time of day"),
        ('zone = "UTC"\nmon = "09:00-09:00"', 'is empty; write "00:00-24:00"'),
        ('zone = "UTC"\nholidays = "2026-10-01"', "holidays: must be a list"),
        ('zone = "UTC"\nholidays = ["1 October"]', 'holidays: "1 October" is no date; write'),
        ('zone = "UTC"\nholidays = ["2026-02-30"]', "is no date"),
        ('zone = "UTC"\nholidays = ["2026-10-07..2026-10-01"]', "ends before it begins"),
        ('zone = "UTC"\nholidays = ["2026-01-01..2062-01-01"]', "longer than ten years"),
        ('zone = "UTC"\nholidays = [2026-10-01T10:00:00]', "is no date"),
        ('zone = "UTC"\nworkdays = ["2026-10-10"]', "workdays: no day of the week has hours"),
        ('zone = "UTC"\ndays = ["2026-10-10"]', "days: must be a table"),
        ('zone = "UTC"\ndays = {"2026-10-10" = "x"}', 'days.2026-10-10: "x" are no hours'),
        ('zone = "UTC"\ndays = {"soon" = ""}', 'days.soon: "soon" is no date'),
    ],
)
def test_mistakes_are_named(text: str, says: str) -> None:
    with pytest.raises(CalendarError) as caught:
        calendar(text)
    assert says in str(caught.value)

"""Records become intervals, and intervals can be joined."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.core.statistics.intervals import (
    AgentTally,
    Calendar,
    Intervals,
    Length,
    Tally,
    join,
)
from contact_center.core.statistics.records import Handled, Left, Missed, Queued, Record, Span

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
LENGTHS: tuple[Length, ...] = ("15 min", "hour", "day")


def moment(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("length", "zone", "start", "end"),
    [
        ("15 min", BERLIN, "2026-11-27T10:15", "2026-11-27T10:30"),
        ("hour", BERLIN, "2026-11-27T10:00", "2026-11-27T11:00"),
        ("hour", KOLKATA, "2026-11-27T10:00", "2026-11-27T11:00"),
        ("day", BERLIN, "2026-11-27T00:00", "2026-11-28T00:00"),
        ("day", KOLKATA, "2026-11-27T00:00", "2026-11-28T00:00"),
    ],
)
def test_an_interval_is_cut_by_the_local_clock(
    length: Length, zone: ZoneInfo, start: str, end: str
) -> None:
    calendar = Calendar(length, zone)
    found = calendar.start(moment("2026-11-27T10:22:33", zone))
    assert found == moment(start, zone)
    assert calendar.end(found) == moment(end, zone)
    assert calendar.start(found) == found
    assert calendar.start(moment(end, zone)) == moment(end, zone)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_lasts_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    calendar = Calendar("day", BERLIN)
    start = moment(f"{day}T00:00")
    assert calendar.end(start) - start == hours * 3600
    assert calendar.start(start + hours * 3600 - 1) == start
    parts = list(calendar.parts(start - 3600, start + hours * 3600 + 60))
    assert [seconds for _, seconds in parts] == [3600, hours * 3600, 60]


@given(
    st.sampled_from(LENGTHS),
    st.floats(1.79e9, 1.8e9),
    st.floats(0, 300_000),
)
def test_no_second_of_a_span_is_lost_or_doubled(
    length: Length, start: float, seconds: float
) -> None:
    calendar = Calendar(length, BERLIN)
    parts = list(calendar.parts(start, start + seconds))
    assert sum(part for _, part in parts) == pytest.approx(seconds, abs=1e-3)
    for beginning, part in parts:
        assert calendar.start(beginning) == beginning
        assert 0 < part <= calendar.end(beginning) - beginning


T0 = moment("2026-11-27T10:00")
RECORDS: list[Record] = [
    Queued("c1", "repairs", T0 + 10),
    Left("c1", "repairs", T0 + 10, 15.5, "answered"),
    Handled("c1", "repairs", "1001", T0 + 1000, 100, 20, 30),
    Queued("c2", "repairs", T0 + 890),
    Left("c2", "repairs", T0 + 890, 120, "abandoned"),
    Queued("c3", "repairs", T0 + 901),
    Left("c3", "repairs", T0 + 901, 3, "overflowed"),
    Queued("c4", "sales", T0 + 902),
    Left("c4", "sales", T0 + 902, 60, "called back"),
    Span("1001", "ready", T0, T0 + 25.5),
    Span("1001", "talk", T0 + 25.5, T0 + 1000),
    Missed("c1", "1001", T0 + 20),
]


def counted(records: Sequence[Record], length: Length = "15 min") -> Intervals:
    intervals = Intervals(Calendar(length, BERLIN))
    for record in records:
        intervals.add(record)
    return intervals


def test_contacts_belong_to_the_interval_in_which_they_were_queued() -> None:
    tallies = counted(RECORDS).tallies
    first, second = tallies[T0], tallies[T0 + 900]
    assert (first.queue("repairs").queued, first.queue("repairs").abandoned) == (2, 1)
    assert (second.queue("repairs").queued, second.queue("repairs").overflowed) == (1, 1)
    assert second.queue("sales").called_back == 1
    assert first.queue("repairs").answered_wait == 15.5
    assert first.queue("repairs").longest_wait == 120
    assert (first.queue("repairs").handled, second.queue("repairs").handled) == (0, 1)


def test_time_belongs_to_the_interval_in_which_it_passes() -> None:
    tallies = counted(RECORDS).tallies
    assert tallies[T0].agents["1001"] == AgentTally({"ready": 25.5, "talk": 874.5}, missed=1)
    assert tallies[T0 + 900].agents["1001"] == AgentTally({"talk": 100.0}, 1, 150.0)


def test_quarters_joined_are_the_hour() -> None:
    quarters, hour = counted(RECORDS), counted(RECORDS, "hour")
    assert quarters.joined(T0, T0 + 3600) == hour.tallies[T0]
    assert quarters.joined(T0 + 900, T0 + 3600) == quarters.tallies[T0 + 900]
    assert quarters.joined(T0 + 3600, T0 + 7200) == Tally()


def test_the_order_of_records_does_not_matter() -> None:
    assert counted(RECORDS[::-1]).tallies == counted(RECORDS).tallies


def test_joining_changes_no_part() -> None:
    tallies = list(counted(RECORDS).tallies.values())
    join(tallies)
    assert tallies == list(counted(RECORDS).tallies.values())

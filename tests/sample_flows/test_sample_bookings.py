"""Samples that write, on their real databases: what is stored, once, and what it does later."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample_kit import Site

# --- parcel_pickup --------------------------------------------------------------------------------

EVENING = """
- press: "1"
- hears: t"address.ask"
- press: "3100011"
- hears: t"weight.ask"
- press: "5#"
- hears: t"window.ask"
- press: "3"
"""
BOOKED = f"""{EVENING}
- hears: "5 kilograms at 12 Garden Road, on 24 November 2026, between 18:00 and 20:00"
- press: "1"
- hears: "Your reference number is 50001"
- ends: hangs_up
"""
CANCELLED = """
- press: "2"
- hears: "Pick-up number 50001 is booked for 24 November 2026, between 18:00 and 20:00"
- press: "1"
- hears: t"mine.cancelled"
- press: "2"
- hears: t"mine.none"
"""


def test_a_pick_up_takes_a_place_until_it_is_cancelled(tmp_path: Path) -> None:
    site = Site("parcel_pickup", tmp_path)
    site.sql("update windows set places = 1 where window = 'evening'")
    site.call(BOOKED)
    assert site.sql("select code, weight, day, window, phone, state from pickups") == [
        ("310001", 5, "2026-11-24", "evening", "13800000001", "booked")
    ]
    site.call(f'{EVENING}- hears: t"window.full"', caller='"5550100"')
    site.call(CANCELLED)
    site.call(f'{EVENING}- hears: t"confirm"', caller='"5550100"')


def test_the_last_place_goes_to_whoever_confirms_first(tmp_path: Path) -> None:
    site = Site("parcel_pickup", tmp_path)
    site.sql("update windows set places = 0 where window = 'evening'")
    looked = '{room: [{port: found, sets: {slot: {starts: "18:00", ends: "20:00"}}}]}'
    late = f'{EVENING}- hears: t"confirm"\n- press: "1"\n- hears: t"window.full"'
    site.call(late, answers=looked)
    assert site.sql("select * from pickups") == []


def test_the_number_to_call_back_is_noted(tmp_path: Path) -> None:
    site = Site("parcel_pickup", tmp_path)
    site.call(
        """
        - press: "0"
        - hears: t"call_back.ask"
        - press: "057188880000#"
        - hears: t"cordboard.confirm_digits"
        - press: "1"
        - hears: "We will call 057188880000"
        """,
        caller='""',
        at="2026-11-29T11:00+08:00",
    )
    assert site.sql("select phone, asked_at from call_backs")[0][0] == "057188880000"


# --- water_order ----------------------------------------------------------------------------------


def test_an_order_is_written_told_and_cancelled(tmp_path: Path) -> None:
    site = Site("water_order", tmp_path)
    hotel = {"caller": '"057188880000"'}
    order = '- press: "1"\n- hears: t"bottles.ask"\n- press: "10"\n- hears: t"order.confirm"\n'
    site.call(f'{order}- press: "1"\n- hears: "Your order number is 7001"', **hotel)
    written = "select customer, bottles, price, deliver_on, state from orders"
    assert site.sql(written) == [("10003", 10, 148.5, "2026-11-24", "open")]
    site.call(
        """
        - press: "2"
        - hears: "10 bottles come on 24 November 2026, for 148.50"
        - press: "1"
        - hears: t"my_order.cancelled"
        - press: "2"
        - hears: t"my_order.none"
        """,
        **hotel,
    )
    assert site.sql(written) == [("10003", 10, 148.5, "2026-11-24", "cancelled")]


def test_a_customer_is_spoken_to_in_the_language_of_the_record(tmp_path: Path) -> None:
    site = Site("water_order", tmp_path)
    site.call("- hears: 李伟，您好", caller='"13800000001"')
    site.call('- hears: "Welcome back to Clear Spring, Mary Jones"', caller='"13800000002"')
    by_number = '- press: "1"\n- hears: t"customer.ask"\n- press: "10003"\n- hears: "Hotel Astoria"'
    site.call(by_number, caller='"5550199"')


@pytest.mark.parametrize(
    "end",
    ["- ends: hangs_up", '- press: "#"\n- press: "2"\n- hears: t"message.kept"\n- ends: hangs_up'],
    ids=["hung up at its end", "kept"],
)
def test_a_message_is_noted_once(end: str, tmp_path: Path) -> None:
    site = Site("water_order", tmp_path)
    begin = '- press: "0"\n- hears: t"message.ask"\n- says: 5s\n'
    site.call(begin + end, caller='"13800000002"', answers="{person: [no_answer]}")
    assert [phone for (phone,) in site.sql("select phone from messages")] == ["13800000002"]


# --- city_hotline ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end", ["- ends: hangs_up", '- press: "#"\n- hears: t"message.kept"\n- ends: hangs_up']
)
def test_a_department_gets_a_message_once(end: str, tmp_path: Path) -> None:
    site = Site("city_hotline", tmp_path)
    begin = '- press: "23"\n- hears: t"choose"\n- press: "1"\n- hears: t"message.ask"\n- says: 5s\n'
    site.call(begin + end, at="2026-10-05T10:00+08:00")
    assert site.sql("select extension, phone, language from messages") == [
        ("3300", "13800000001", "zh-CN")
    ]


# --- night_service --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("2026-11-25T22:00+08:00", "Mister Zhang"),
        ("2026-11-26T03:00+08:00", "Mister Zhang"),
        ("2026-11-26T22:00+08:00", "Miss Chen"),
    ],
    ids=["Wednesday evening", "in the night that follows", "Thursday evening"],
)
def test_the_night_belongs_to_the_day_on_which_it_begins(
    at: str, name: str, tmp_path: Path
) -> None:
    site = Site("night_service", tmp_path)
    steps = f'- press: "1"\n- hears: "I am calling {name}"'
    site.call(steps, at=at, answers="{ring: [answered_ended]}")


# --- announcement_trial ---------------------------------------------------------------------------


def test_the_trial_counts_both_announcements(tmp_path: Path) -> None:
    site = Site("announcement_trial", tmp_path)
    lively, plain = {"caller": '"13800000001"'}, {"caller": '"13800000002"'}
    site.call('- press: "1"\n- hears: t"sent"', **lively, answers="{link: [next]}")
    assert site.sql("select * from results") == [("lively", 1, 1, 100, 0)]
    site.sql("update announcements set call = 'the first'")
    site.call('- press: "2"\n- hears: t"welcome"', **plain)
    site.sql("update announcements set call = 'the second' where call <> 'the first'")
    site.call('- hears: t"offer.plain"\n- ends: hangs_up\n- visits: gone', **plain)
    assert site.sql("select * from results") == [("lively", 1, 1, 100, 0), ("plain", 2, 0, 0, 1)]

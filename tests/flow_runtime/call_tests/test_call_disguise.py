"""Secrets of recorded calls become other digits, the same ones everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.call_tests.disguise import Disguise
from flow_runtime.call_tests.tree import Items, Scalar, Table

DIGITS = st.text("0123456789", min_size=2, max_size=12)


@given(DIGITS, DIGITS)
def test_stand_ins_keep_what_a_flow_can_see(one: str, other: str) -> None:
    disguise = Disguise()
    first, second = disguise.hide(one), disguise.hide(other)
    assert (len(first), first[0] == "0") == (len(one), one[0] == "0")
    assert (first == second) == (one == other)
    assert "".join(first) != one and "".join(disguise.hide(one)) == "".join(first)
    assert disguise.text(f"It is {one}") == disguise.text(disguise.text(f"It is {one}")) or (
        other in "".join(first)
    )


def test_end_keys_stay_and_nothing_is_nothing() -> None:
    disguise = Disguise()
    hidden = disguise.hide(list("73*91#"))
    assert (hidden[2], hidden[5]) == ("*", "#") and hidden[:2] != ["7", "3"]
    assert disguise.hide([]) == [] and disguise.hide(["#"]) == ["#"]


def test_secrets_are_replaced_wherever_they_stand() -> None:
    disguise = Disguise()
    assert disguise.text("7391") == "7391"
    new = "".join(disguise.hide("7391"))
    spelt = " ".join(new)
    assert disguise.text("7391, or 7 3 9 1.") == f"{new}, or {spelt}."
    row = Table(
        (
            (Scalar("pin"), Scalar("7391", plain=False)),
            (Scalar("number"), Scalar("7391")),
            (Scalar("owed"), Scalar("73910.5")),
            (Scalar("list"), Items((Scalar("a 7391 b", plain=False),))),
        )
    )
    assert disguise.table(row) == Table(
        (
            (Scalar("pin"), Scalar(new, plain=False)),
            (Scalar("number"), Scalar(new)),
            (Scalar("owed"), Scalar("73910.5")),
            (Scalar("list"), Items((Scalar(f"a {new} b", plain=False),))),
        )
    )


def test_a_single_digit_is_replaced_among_the_keys_alone() -> None:
    disguise = Disguise()
    assert disguise.hide("4") != ["4"]
    assert disguise.text("4 of 4") == "4 of 4"
    assert disguise.tree(Scalar("4")) == Scalar("4")


@pytest.mark.parametrize("count", [30])
def test_so_many_secrets_that_stand_ins_run_out(count: int) -> None:
    disguise = Disguise()
    for number in range(count):
        disguise.hide(str(number % 10))
    assert disguise.hide("7") == disguise.hide("7")

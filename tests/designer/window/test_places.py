"""A new card goes to the nearest place where no other one is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from designer.core.picture import GRID, Card, Picture, Rect
from designer.core.scene import make_picture
from designer.window.places import free_place
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from nodes.catalogue import library

PARSED = parse("flow a\nschema 1\n\nstart -> end\n\nnode end: hangup\n").flow
assert PARSED is not None
CARD: Card = make_picture(PARSED, Surroundings(library())).cards[0]


def cards(*spots: tuple[int, int]) -> Picture:
    return Picture(
        tuple(
            replace(CARD, name=f"n{number}", rect=Rect(x, y, 160, 54))
            for number, (x, y) in enumerate(spots)
        )
    )


def test_a_free_place_is_taken_as_it_is() -> None:
    assert free_place(cards((0, 0)), 400, 200) == (400, 200)


def test_what_is_in_the_way_is_passed_below() -> None:
    assert free_place(cards((400, 200)), 400, 200) == (400, 280)


def test_a_long_column_is_left_at_its_side_and_not_at_its_end() -> None:
    column = cards(*((400, 80 * row) for row in range(20)))
    x, y = free_place(column, 400, 400)
    assert y == 400 and 580 <= x <= 600


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_a_place_on_the_grid_is_always_found_and_free(
    spots: list[tuple[int, int]], at: tuple[int, int]
) -> None:
    there = cards(*((GRID * x, GRID * y) for x, y in spots))
    x, y = free_place(there, GRID * at[0], GRID * at[1])
    assert x % GRID == y % GRID == 0
    for card in there.cards:
        apart = (
            card.rect.x >= x + 180 or x >= card.rect.right + 20
            or card.rect.y >= y + 134 or y >= card.rect.bottom + 20
        )  # fmt: skip
        assert apart

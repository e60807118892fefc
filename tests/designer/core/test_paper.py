"""A drawing on sheets of paper: legible, complete, and cut between cards where that can be."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from designer.core.paper import LEGIBLE, Paper, lay_out
from designer.core.picture import Card, Connector, Picture, Point, Rect

WIDE, HIGH = 1000.0, 700.0


def card(x: float, y: float, width: float = 160, height: float = 120) -> Card:
    return Card(f"n{x}{y}", "say", "A card", "", "Say", "say", Rect(x, y, width, height))


def paper_of(*cards: Card, ways: tuple[Connector, ...] = ()) -> tuple[Paper, Rect]:
    rects = [one.rect for one in cards]
    left, top = min(r.x for r in rects) - 30, min(r.y for r in rects) - 30
    right, bottom = max(r.right for r in rects) + 30, max(r.bottom for r in rects) + 30
    around = Rect(left, top, right - left, bottom - top)
    return lay_out(Picture(cards, ways), around, WIDE, HIGH), around


def test_a_small_drawing_is_on_one_sheet_and_not_blown_up() -> None:
    paper, around = paper_of(card(0, 0))
    assert (paper.scale, [part.area for part in paper.parts]) == (1.0, [around])


def test_what_still_can_be_read_is_made_smaller() -> None:
    paper, around = paper_of(card(0, 0), card(1000, 0))
    assert len(paper.parts) == 1 and LEGIBLE <= paper.scale < 1
    assert paper.scale * around.width <= WIDE


def test_a_large_drawing_is_cut_between_its_cards() -> None:
    paper, _ = paper_of(*(card(x, 0) for x in range(0, 4000, 200)))
    assert paper.scale == LEGIBLE and paper.columns == len(paper.parts) > 2
    for left, right in pairwise(paper.parts):
        cut = left.area.right
        assert right.area.x == cut
        assert all(not x - 9 < cut < x + 169 for x in range(0, 4000, 200)), cut


def test_a_sheet_with_nothing_on_it_is_left_out_and_one_that_a_connector_crosses_is_not() -> None:
    corners = card(0, 0), card(3000, 2000)
    paper, _ = paper_of(*corners)
    assert [(p.column, p.row) for p in paper.parts] == [(0, 0), (paper.columns - 1, paper.rows - 1)]
    way = Connector(None, "n", (Point(100, 60), Point(2900, 60), Point(2900, 2060)))
    crossed, _ = paper_of(*corners, ways=(way,))
    assert len(crossed.parts) == crossed.columns + crossed.rows - 1


@given(
    st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=1, max_size=30)
)
def test_everything_is_on_a_sheet_and_every_sheet_is_legible(at: list[tuple[int, int]]) -> None:
    cards = [card(x, y) for x, y in at]
    paper, _ = paper_of(*cards)
    assert paper.scale >= LEGIBLE
    for part in paper.parts:
        assert part.area.width * paper.scale <= WIDE + 0.01
        assert part.area.height * paper.scale <= HIGH + 0.01
        assert 0 <= part.column < paper.columns and 0 <= part.row < paper.rows
    for one in cards:
        covered = sum(_common(part.area, one.rect) for part in paper.parts)
        assert abs(covered - one.rect.width * one.rect.height) < 0.01


def _common(one: Rect, other: Rect) -> float:
    width = min(one.right, other.right) - max(one.x, other.x)
    height = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(width, 0.0) * max(height, 0.0)

"""Layered layout: on the grid, nothing on top of anything, from left to right, always the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.core.layout import Arrangement, Block, Group, Link, arrange, place_rest
from designer.core.layout.heights import apart
from designer.core.layout.layers import Arc, columns, search
from designer.core.layout.order import Strand, ordered
from designer.core.picture import Rect
from picture_kit import overlaps

SIZE = (160, 104)


def block(name: str, width: float = 160, height: float = 104, above: float = 0) -> Block:
    return Block(name, width, height, above)


def blocks(names: str) -> list[Block]:
    return [block(name) for name in names.split()]


def links(text: str) -> list[Link]:
    """``a-b b-c`` as links, the ports of a card one below the other."""
    rows: dict[str, int] = {}
    made = []
    for word in text.split():
        source, target = word.split("-")
        rows[source] = rows.get(source, -1) + 1
        made.append(Link(source, target, 65 + 22 * rows[source]))
    return made


def rects(drawing: Arrangement, sizes: Sequence[Block]) -> dict[str, Rect]:
    return {b.name: Rect(*drawing.cards[b.name], b.width, b.height) for b in sizes}


# --- any graph ----------------------------------------------------------------------------------

NUMBERS = st.integers(0, 11)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Block], list[Link], list[str], list[Group]]:
    count = draw(st.integers(1, 12))
    sizes = [
        Block(
            f"n{number}",
            draw(st.sampled_from((160, 200))),
            draw(st.sampled_from((54, 82, 148))),
            draw(st.sampled_from((0, 0, 44))),
        )
        for number in range(count)
    ]
    ends = draw(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=24))
    made = [
        Link(f"n{one}", f"n{other}", draw(st.sampled_from((20, 65, 87))), draw(st.just(0)))
        for one, other in ends
        if one < count and other < count
    ]
    homes = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    names: dict[int, list[str]] = {}
    for number, home in enumerate(homes):
        names.setdefault(home, []).append(f"n{number}")
    inner = [Group(2, names.get(2, []))] if draw(st.booleans()) else []
    groups = [Group(1, names.get(1, []), inner), Group(3, names.get(3, []))]
    roots = [f"n{root}" for root in draw(st.lists(NUMBERS, max_size=3)) if root < count]
    return sizes, made, roots, groups


@given(graphs())
@settings(max_examples=200, deadline=None)
def test_any_graph(graph: tuple[list[Block], list[Link], list[str], list[Group]]) -> None:
    sizes, made, roots, groups = graph
    drawing = arrange(sizes, made, roots, groups)
    assert drawing == arrange(sizes, made, roots, groups)
    assert list(drawing.cards) and set(drawing.cards) == {size.name for size in sizes}
    assert all(x % 20 == 0 and y % 20 == 0 for x, y in drawing.cards.values())
    placed = rects(drawing, sizes)
    grown = {
        size.name: Rect(
            placed[size.name].x,
            placed[size.name].y - size.above,
            size.width + 44,
            size.height + size.above + 24,
        )
        for size in sizes
    }
    for one, other in combinations(sizes, 2):
        assert not overlaps(grown[one.name], grown[other.name]), (one, other)
    _check_frames(drawing, placed, groups, {size.name for size in sizes})


def _check_frames(
    drawing: Arrangement, placed: dict[str, Rect], groups: Sequence[Group], known: set[str]
) -> None:
    for group in groups:
        members = [name for name in group.all_members() if name in known]
        if not members:
            assert group.number not in drawing.frames
            continue
        frame = drawing.frames[group.number]
        for name, rect in placed.items():
            inside = frame.x < rect.x and rect.right < frame.right
            inside = inside and frame.y < rect.y and rect.bottom < frame.bottom
            assert inside == (name in members), name
            assert inside or not overlaps(frame, rect), name
        for within in (drawing.frames.get(inner.number) for inner in group.inner):
            assert within is None or (
                frame.x < within.x
                and within.right < frame.right
                and frame.y < within.y
                and within.bottom < frame.bottom
            )
        _check_frames(drawing, placed, group.inner, known)


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_links_lead_to_the_right_but_for_loops(
    graph: tuple[list[Block], list[Link], list[str], list[Group]],
) -> None:
    sizes, made, roots, _ = graph
    drawing = arrange(sizes, made, roots)
    order = {size.name: number for number, size in enumerate(sizes)}
    ends = [(order[link.source], order[link.target]) for link in made]
    back = search(len(sizes), ends, [order[root] for root in roots]).back
    for number, link in enumerate(made):
        if number not in back:
            assert drawing.cards[link.source][0] < drawing.cards[link.target][0]


# --- what analysts expect -----------------------------------------------------------------------


def test_the_main_road_is_straight_and_the_other_ways_go_down_in_the_order_of_the_ports() -> None:
    made = links("start-menu menu-a menu-b menu-c a-a2 b-end c-end a2-end")
    drawing = arrange(blocks("start menu a b c a2 end"), made, ["start"])
    places = drawing.cards
    assert {places[name][1] for name in ("start", "menu", "a", "a2", "end")} == {places["start"][1]}
    assert places["a"][1] < places["b"][1] < places["c"][1]
    assert places["a"][0] == places["b"][0] == places["c"][0]
    assert places["start"] == (0, 0)


def test_a_loop_does_not_change_the_reading_order() -> None:
    drawing = arrange(blocks("a b c"), links("a-b b-c c-a b-b"), ["a"])
    assert drawing.cards["a"][0] < drawing.cards["b"][0] < drawing.cards["c"][0]


def test_the_start_is_where_the_flow_says() -> None:
    drawing = arrange(blocks("a b c"), links("a-b b-c c-a"), ["b"])
    assert drawing.cards["b"][0] < drawing.cards["c"][0] < drawing.cards["a"][0]


def test_parts_that_nothing_connects_stand_below_each_other() -> None:
    drawing = arrange(blocks("a b tidy lost"), links("a-b"), ["a", "tidy"])
    assert drawing.cards["b"][1] < drawing.cards["tidy"][1] < drawing.cards["lost"][1]
    assert drawing.cards["tidy"][0] == drawing.cards["lost"][0] == 0


def test_what_ends_in_the_main_road_stands_near_to_it() -> None:
    made = links("a-b b-c c-d d-end oops-end")
    drawing = arrange(blocks("a b c d oops end"), made, ["a", "oops"])
    assert drawing.cards["oops"][0] == drawing.cards["d"][0]


def test_gaps_are_wide_enough_for_words_and_lanes() -> None:
    def gap(made: Sequence[Link], names: str) -> int:
        drawing = arrange(blocks(names), made, ["a"])
        return drawing.cards["b"][0] - drawing.cards["a"][0] - 160

    assert gap([Link("a", "b")], "a b") == 60
    assert gap([Link("a", "b", 65, 40)], "a b") >= 68 + 12
    many = [Link("a", name, 65 + 22 * row) for row, name in enumerate("bcdefghi")]
    assert gap(many, "a b c d e f g h i") >= 44 + 12 * 6


def test_a_long_link_keeps_a_lane_between_the_cards() -> None:
    made = [*links("a-b b-c c-d a-d"), *links("b-x b-y")]
    drawing = arrange(blocks("a b c d x y"), made, ["a"])
    column = [rect for name, rect in rects(drawing, blocks("a b c d x y")).items()
              if drawing.cards[name][0] == drawing.cards["c"][0]]  # fmt: skip
    tops = sorted(rect.y for rect in column)
    assert all(lower - upper >= SIZE[1] + 24 for upper, lower in zip(tops, tops[1:], strict=False))


def test_room_for_the_pill_over_a_card() -> None:
    made = links("a-b a-c")
    drawing = arrange([block("a"), block("b"), block("c", above=44)], made, ["a"])
    upper, lower = drawing.cards["b"][1], drawing.cards["c"][1]
    assert lower - upper >= SIZE[1] + 44 + 40
    alone = arrange([block("a", above=44)], [], ["a"])
    assert alone.cards["a"][1] >= 44


def test_a_frame_holds_its_cards_and_no_others() -> None:
    made = links("a-m a-x m-n m-o x-y y-end n-end o-end")
    names = "a m n o x y end"
    drawing = arrange(blocks(names), made, ["a"], [Group(7, ["m", "n", "o"])])
    frame = drawing.frames[7]
    placed = rects(drawing, blocks(names))
    for name in names.split():
        assert overlaps(frame, placed[name]) == (name in "mno")
    assert placed["m"].y - frame.y == 40 and placed["m"].x - frame.x == 20


def test_no_graph() -> None:
    assert arrange([], []) == Arrangement({}, {})
    assert arrange([], [], groups=[Group(0, ["gone"])]) == Arrangement({}, {})


def test_a_long_line_of_cards_needs_no_recursion() -> None:
    count = 3000
    made = [Link(str(n), str(n + 1)) for n in range(count - 1)]
    drawing = arrange([block(str(n)) for n in range(count)], made, ["0"])
    assert drawing.cards[str(count - 1)] == ((count - 1) * 220, 0)


# --- its parts ----------------------------------------------------------------------------------


def test_columns_of_frames_that_span_some() -> None:
    arcs = [Arc(0, 1, 1), Arc(1, 2, -1), Arc(0, 2, 1)]
    assert columns(3, arcs, [0]) == [0, 1, 1]
    assert columns(2, [Arc(0, 1, -2)], []) == [2, 0]


def test_the_order_of_a_search() -> None:
    found = search(5, [(0, 1), (0, 2), (1, 3), (3, 1), (2, 3), (4, 4)], [0])
    assert list(found.order) == [0, 1, 3, 2, 4]
    assert found.back == {3, 5}
    assert found.first == {0, 2} and found.main == {0, 2}


def test_an_order_without_crossings_is_found() -> None:
    strands = [Strand(0, 4, 0.5, 0.5), Strand(1, 3, 0.5, 0.5), Strand(2, 5, 0.5, 0.5)]
    columns_ = ordered([[0, 1, 2], [3, 4, 5]], [strands])
    left, right = columns_
    assert [right.index(target) for target in (4, 3, 5)] == [left.index(n) for n in (0, 1, 2)]
    two_ports = [Strand(0, 1, 0.9, 0.5), Strand(0, 2, 0.1, 0.5)]
    assert ordered([[0], [1, 2]], [two_ports]) == [[0], [2, 1]]


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.sampled_from((1, 3, 1e6))), max_size=8),
    st.integers(0, 30),
)
def test_apart_keeps_distance_and_moves_little(
    wishes: list[tuple[float, float]], distance: int
) -> None:
    places = apart(wishes, [distance] * max(len(wishes) - 1, 0))
    for upper, lower in zip(places, places[1:], strict=False):
        assert lower - upper >= distance - 1e-6
    if all(b[0] - a[0] >= distance for a, b in zip(wishes, wishes[1:], strict=False)):
        assert places == pytest.approx([wish for wish, _ in wishes])


# --- a few new cards in an old drawing ----------------------------------------------------------


def test_new_cards_find_a_free_place_beside_what_leads_to_them() -> None:
    old = {"a": Rect(0, 0, 160, 104), "b": Rect(220, 0, 160, 104)}
    spots = place_rest(blocks("c d e"), links("a-b a-c c-d"), old)
    assert spots["c"] == (220, 160)
    assert spots["d"] == (440, 160)
    assert spots["e"] == (0, 340)


def test_a_new_card_stands_left_of_what_it_leads_to() -> None:
    old = {"b": Rect(220, 40, 160, 104)}
    assert place_rest([block("a", above=44)], links("a-b"), old) == {"a": (0, 40)}
    assert place_rest([block("x")], [], {}) == {"x": (0, 0)}


@given(graphs(), st.integers(0, 12))
@settings(max_examples=100, deadline=None)
def test_new_cards_never_stand_on_others(
    graph: tuple[list[Block], list[Link], list[str], list[Group]], kept: int
) -> None:
    sizes, made, roots, _ = graph
    drawing = arrange(sizes, made, roots)
    old = rects(drawing, sizes[:kept])
    spots = place_rest(sizes[kept:], made, old)
    every = {**old, **{b.name: Rect(*spots[b.name], b.width, b.height) for b in sizes[kept:]}}
    assert len(every) == len(sizes)
    for one, other in combinations(every.values(), 2):
        assert not overlaps(one, other)

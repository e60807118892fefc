"""Connectors: whatever the layout, they go around the cards, in order, and always the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.core.picture import Connector, Picture, Point, Rect
from designer.core.routing import CLEARANCE, Wire, route
from designer.core.scene import make_picture, tidy
from flow_runtime.core.syntax import parse
from picture_kit import (
    AROUND,
    LOOK,
    SAMPLES,
    crossed,
    is_orthogonal,
    legs,
    picture_of,
    way_exists,
)

PLACES = st.tuples(st.integers(0, 24), st.integers(0, 24))
ROWS = st.integers(0, 5)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Rect], list[Wire]]:
    """Cards anywhere, also on top of each other, and wires between any of them."""
    places = draw(st.lists(PLACES, min_size=1, max_size=8, unique=True))
    cards = [
        Rect(x * 40, y * 30, draw(st.sampled_from((160, 200))), 60 + 22 * draw(ROWS))
        for x, y in places
    ]
    numbers = st.integers(0, len(cards) - 1)
    wires = []
    for source, target, row in draw(st.lists(st.tuples(numbers, numbers, ROWS), max_size=12)):
        out, into = cards[source], cards[target]
        y = min(out.y + 20 + 22 * row, out.bottom - 5)
        words = draw(st.sampled_from(("", "Billing", "Anything else?")))
        wires.append(
            Wire(source, target, (out.right, y), (into.x, into.y + 20), words, 6 * len(words),
                 draw(st.booleans()))
        )  # fmt: skip
    return cards, list(dict.fromkeys(wires))


@given(plans())
@settings(max_examples=200, deadline=None)
def test_never_through_a_card_if_there_is_any_way(plan: tuple[list[Rect], list[Wire]]) -> None:
    cards, wires = plan
    routes = route(cards, wires)
    assert len(routes) == len(wires)
    for wire, found in zip(wires, routes, strict=True):
        start, end = Point(*wire.start), Point(*wire.end)
        assert (found.points[0], found.points[-1]) == (start, end)
        for clear in (CLEARANCE, 1):
            if way_exists(start, end, cards, clear):
                assert not list(crossed(found.points, cards, clear)), clear
                assert is_orthogonal(found.points)
    assert routes == route(cards, wires)


@given(plans())
@settings(max_examples=100, deadline=None)
def test_words_are_where_the_wire_is(plan: tuple[list[Rect], list[Wire]]) -> None:
    cards, wires = plan
    for wire, found in zip(wires, route(cards, wires), strict=True):
        assert (found.label_at is not None) == bool(wire.words)
        if found.label_at is not None:
            assert any(_beside(found.label_at, one, other, wire) for one, other in
                       legs(found.points))  # fmt: skip


def _beside(spot: Point, one: Point, other: Point, wire: Wire) -> bool:
    if one.y == other.y:
        return spot.y == one.y and min(one.x, other.x) <= spot.x <= max(one.x, other.x)
    beside = one.x <= spot.x <= one.x + wire.label / 2 + 8
    return beside and min(one.y, other.y) <= spot.y <= max(one.y, other.y)


# --- sample flows -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_flow(path: Path) -> None:
    flow = parse(path.read_text(encoding="utf-8")).flow
    assert flow is not None
    for layout in (flow.layout, tidy(flow, AROUND)):
        picture = make_picture(replace(flow, layout=layout), AROUND)
        cards = [card.rect for card in picture.cards]
        for connector in _between_cards(picture):
            assert is_orthogonal(connector.points), connector
            assert not list(crossed(connector.points, cards, CLEARANCE)), connector
        assert not _run_over_each_other(picture)


def _between_cards(picture: Picture) -> list[Connector]:
    return [connector for connector in picture.connectors if connector.source is not None]


def _run_over_each_other(picture: Picture) -> list[tuple[str, str]]:
    """Targets of connectors that do not share their input, but a piece of way."""
    upright: dict[float, list[tuple[float, float, str]]] = {}
    for connector in _between_cards(picture):
        for one, other in legs(connector.points):
            if one.x == other.x:
                span = min(one.y, other.y), max(one.y, other.y), connector.target
                upright.setdefault(one.x, []).append(span)
    return [
        (first[2], second[2])
        for spans in upright.values()
        for first, second in combinations(spans, 2)
        if first[2] != second[2] and min(first[1], second[1]) - max(first[0], second[0]) > 1
    ]


# --- the picture of the look --------------------------------------------------------------------


def _points(picture: Picture, node: str, port: str | int) -> Sequence[Point]:
    found = [c.points for c in picture.connectors if c.source == (node, port)]
    assert len(found) == 1
    return found[0]


def test_the_lowest_port_takes_the_leftmost_lane() -> None:
    picture = picture_of(LOOK)
    lanes = [_points(picture, "menu", port)[1].x for port in ("failed", 9, 2, 1)]
    assert lanes == sorted(lanes)
    down = lanes[:3]
    assert all(10 <= right - left <= 12 for left, right in zip(down, down[1:], strict=False))


def test_ways_back_run_outside_everything_and_alone() -> None:
    picture = picture_of(LOOK)
    back = [connector for connector in picture.connectors if connector.back]
    assert {connector.source for connector in back} == {("tell", "next"), ("nothing", "next")}
    frame = next(sheet.rect for sheet in picture.sheets if sheet.kind == "frame")
    assert {min(point.y for point in connector.points) for connector in back} == {frame.y - 20}
    others = [c for c in _between_cards(picture) if not c.back]
    assert all(point.y > frame.y for connector in others for point in connector.points)


def test_edges_into_one_input_are_one_bundle() -> None:
    picture = picture_of(LOOK)
    into = [connector for connector in picture.connectors if connector.target == "repairs"]
    assert len(into) == 6
    assert len({connector.points[-2] for connector in into}) == 1
    far = [_points(picture, "leave", port) for port in ("too_short", "failed")]
    assert far[0][-2:] == far[1][-2:] and far[0][1].y == far[1][2].y


def test_a_level_way_is_straight() -> None:
    picture = picture_of(LOOK)
    assert len(_points(picture, "night", "next")) == 2
    assert len(_points(picture, "arrears", "false")) == 2


def test_words_stand_on_the_first_leg_that_is_long_enough_else_right_of_an_upright_one() -> None:
    picture = picture_of(LOOK)
    spots = {c.label: c.label_at for c in picture.connectors if c.label}
    billing, repairs = _points(picture, "menu", 1), _points(picture, "menu", 2)
    assert spots["Billing"] == Point((billing[0].x + billing[1].x) / 2, billing[0].y)
    assert spots["Repairs"] == Point((repairs[2].x + repairs[3].x) / 2, repairs[2].y)
    smell, beside = spots["Smell gas"], _points(picture, "menu", 9)[1].x
    assert smell is not None and beside < smell.x < beside + 60
    cards = [card.rect for card in picture.cards]
    for spot in spots.values():
        assert spot is not None
        assert not any(
            card.x < spot.x < card.right and card.y - 6 < spot.y < card.bottom + 6 for card in cards
        )


def test_nothing_crosses_the_title_or_runs_along_the_side_of_a_frame() -> None:
    picture = picture_of(LOOK)
    frame = next(sheet.rect for sheet in picture.sheets if sheet.kind == "frame")
    for connector in _between_cards(picture):
        for one, other in legs(connector.points):
            if one.y == other.y and max(one.x, other.x) > frame.x:
                assert min(abs(one.y - frame.y), abs(one.y - frame.bottom)) >= 6, connector


# --- people's layouts ---------------------------------------------------------------------------


def _wire(cards: Sequence[Rect], source: int, target: int, back: bool = False) -> Wire:
    out, into = cards[source], cards[target]
    return Wire(source, target, (out.right, out.y + 20), (into.x, into.y + 20), back=back)


def test_between_two_cards_that_stand_too_close_for_the_clearance() -> None:
    cards = [Rect(0, 200, 160, 54), Rect(300, 0, 160, 300), Rect(300, 310, 160, 300),
             Rect(600, 300, 160, 54)]  # fmt: skip
    around = route(cards, [_wire(cards, 0, 3)])[0].points
    assert not list(crossed(around, cards, CLEARANCE))
    walls = [*cards, Rect(-100, -200, 1000, 100), Rect(-100, 700, 1000, 100),
             Rect(-100, -200, 50, 1000), Rect(850, -200, 50, 1000),
             Rect(300, -150, 160, 140), Rect(300, 620, 160, 100)]  # fmt: skip
    squeezed = route(walls, [_wire(walls, 0, 3)])[0].points
    assert not way_exists(squeezed[0], squeezed[-1], walls, CLEARANCE)
    assert not list(crossed(squeezed, walls, 1))


def test_a_port_that_is_covered_is_still_connected() -> None:
    cards = [Rect(0, 0, 160, 100), Rect(100, -20, 200, 160), Rect(500, 0, 160, 54)]
    for source, target in ((0, 2), (2, 0)):
        found = route(cards, [_wire(cards, source, target)])[0]
        wire = _wire(cards, source, target)
        assert (found.points[0], found.points[-1]) == (Point(*wire.start), Point(*wire.end))
    blocked = [Rect(0, 0, 160, 100), Rect(150, -20, 200, 160), Rect(300, 0, 160, 54)]
    found = route(blocked, [_wire(blocked, 0, 2)])[0]
    assert is_orthogonal(found.points)


def test_an_input_right_at_the_port() -> None:
    cards = [Rect(0, 0, 160, 54), Rect(160, 0, 160, 54)]
    wire = replace(_wire(cards, 0, 1), words="Billing", label=42)
    assert route(cards, [wire])[0].points == (Point(160, 20), Point(160, 20))


def test_around_notes_where_there_is_another_way() -> None:
    cards = [Rect(0, 0, 160, 54), Rect(500, 0, 160, 54)]
    note = Rect(250, -10, 100, 60)
    over = route(cards, [_wire(cards, 0, 1)], [note])[0].points
    assert len(over) == 6 and not list(crossed(over, [note], 4))
    wall = Rect(250, -5000, 100, 10000)
    on_the_input = Rect(440, -40, 100, 100)
    through = route(cards, [_wire(cards, 0, 1)], [wall, on_the_input])[0].points
    assert len(through) == 2


def test_a_loop_below_a_lower_floor_goes_under_it() -> None:
    cards = [Rect(0, 0, 160, 54), Rect(300, 0, 160, 200), Rect(300, -900, 160, 800),
             Rect(600, 130, 160, 54)]  # fmt: skip
    found = route(cards, [_wire(cards, 3, 0, back=True)])[0]
    assert found.back
    assert max(point.y for point in found.points) == 220


def test_a_loop_out_of_a_corner_takes_what_way_there_is() -> None:
    cards = [Rect(0, 0, 160, 54), Rect(400, 0, 160, 54), Rect(380, -160, 400, 120),
             Rect(380, 100, 400, 100), Rect(760, -100, 20, 260)]  # fmt: skip
    assert way_exists(Point(560, 20), Point(0, 20), cards, CLEARANCE)
    found = route(cards, [_wire(cards, 1, 0, back=True)])[0]
    assert not list(crossed(found.points, cards, CLEARANCE))
    assert not found.back


def test_to_itself_and_to_the_card_below() -> None:
    cards = [Rect(0, 0, 160, 100), Rect(0, 140, 160, 54)]
    own, below = (found.points for found in route(cards, [_wire(cards, 0, 0), _wire(cards, 0, 1)]))
    assert not list(crossed(own, cards, CLEARANCE)) and min(point.y for point in own) < 0
    assert not list(crossed(below, cards, CLEARANCE))
    assert {point.y for point in below[2:4]} == {120}


def test_no_cards_no_wires() -> None:
    assert route([], []) == []
    assert route([Rect(0, 0, 160, 54)], []) == []


def test_lanes_get_narrower_where_there_is_no_room() -> None:
    """Nine keys of one menu into nine cards, through a gap of 44."""
    menu = Rect(0, 0, 160, 280)
    cards = [menu, *(Rect(204, 400 + 80 * place, 160, 54) for place in range(9))]
    wires = [
        Wire(0, place + 1, (160, 65.0 + 22 * place), (204, 420 + 80 * place)) for place in range(9)
    ]
    routes = route(cards, wires)
    lanes = [found.points[1].x for found in routes]
    assert lanes == sorted(lanes, reverse=True) and len(set(lanes)) == 9
    assert all(172 <= lane <= 192 for lane in lanes)

"""The heat map: classes, counts, losses, and where the counts of connectors stand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer.core.count_pills import HEIGHT, pill_width, place_pills
from designer.core.heat import (
    Loss,
    bounds_of,
    grouped,
    heat_bounds,
    heat_class,
    heat_marks,
    legend,
    losses,
    node_figures,
    percent,
    short_time,
)
from designer.core.marks import ports_of
from designer.core.picture import Badge, CardMark, Connector, Marks, Picture, Point, PortMark, Rect
from designer.core.scene import make_picture
from flow_runtime.core.model import PortValue
from flow_runtime.core.traffic import FlowTraffic, Traffic
from flow_strategies import Drawn, runnable_flows

PORTS: dict[str, tuple[PortValue, ...]] = {"menu": (1, 2, "failed"), "hello": ("next",)}


def trafficked(visits: int, hangups: int) -> FlowTraffic:
    traffic = Traffic()
    for number in range(visits):
        at = {"call": str(number), "flow": "x", "node": "menu"}
        traffic.add({"t": 0.0, "event": "enter", **at})
        if number < hangups:
            traffic.add({"t": 3.0, "event": "hangup", "by": "caller", "call": str(number)})
        else:
            traffic.add({"t": 12.0, "event": "leave", "port": "1" if number % 2 else 2, **at})
    return traffic.flow("x")


def test_traffic_has_classes_counts_and_hang_ups() -> None:
    marks = heat_marks(trafficked(1000, 62), PORTS)
    assert marks.cards["menu"] == CardMark(
        badge=Badge("drop", "▼ 6.2 % hang up"), heat=5, pill="1\u202f000", summary="median 12 s"
    )
    assert marks.cards["hello"] == CardMark(summary="no calls")
    one, two = marks.ports["menu", 1], marks.ports["menu", 2]
    assert (one.count, two.count) == (469, 469) and one.share == 1.0 and one.heat == 4
    idle = marks.ports["menu", "failed"]
    assert (idle.count, idle.heat, idle.share) == (0, None, 0.0)


def test_few_hang_ups_are_not_told() -> None:
    assert heat_marks(trafficked(1000, 49), PORTS).cards["menu"].badge is None


def test_the_colour_can_tell_hang_ups_or_time() -> None:
    drop = heat_marks(trafficked(1000, 250), PORTS, "drop").cards["menu"]
    assert (drop.heat, drop.pill, drop.summary) == (4, "25 %", "of 1\u202f000 calls")
    time = heat_marks(trafficked(1000, 0), PORTS, "time").cards["menu"]
    assert (time.heat, time.pill, time.summary) == (2, "12 s", "1\u202f000 calls")
    still = Traffic()
    still.add({"t": 0.0, "call": "a", "event": "enter", "flow": "x", "node": "menu"})
    inside = heat_marks(still.flow("x"), PORTS, "time").cards["menu"]
    assert (inside.heat, inside.pill) == (0, "–")


def test_without_calls_nothing_is_coloured() -> None:
    marks = heat_marks(FlowTraffic(), PORTS)
    assert {card.heat for card in marks.cards.values()} == {None}
    assert {mark.count for mark in marks.ports.values()} == {0}


def test_classes_are_stretched_to_the_busiest() -> None:
    full = heat_bounds(3600)
    assert [heat_class(n, full) for n in (0, 49, 50, 200, 700, 1500, 3000)] == [
        0, 0, 1, 2, 3, 4, 5
    ]  # fmt: skip
    for most in (1, 7, 100, 10**6):
        bounds = heat_bounds(most)
        assert list(bounds) == sorted(bounds)
        assert most < 6 or heat_class(most, bounds) == 5


def test_the_legend_says_what_each_class_begins_with() -> None:
    assert legend(heat_bounds(3600), "traffic") == (
        "0", "50", "200", "700", "1\u202f500", "3\u202f000"
    )  # fmt: skip
    traffic = trafficked(1000, 62)
    assert legend(bounds_of(traffic, "drop"), "drop") == ("0", "2 %", "5 %", "10 %", "20 %", "40 %")
    assert legend(bounds_of(traffic, "time"), "time")[-1] == "3:00"
    for text, bound in zip(legend(heat_bounds(97), "traffic")[1:], heat_bounds(97), strict=True):
        assert heat_class(int(text), [bound]) == 1 and heat_class(int(text) - 1, [bound]) == 0


def test_losses_come_in_order_and_only_of_nodes_that_are_drawn() -> None:
    traffic = trafficked(100, 10)
    traffic.node("gone").hangups = 50
    traffic.node("bye").visits, traffic.node("bye").hangups = 20, 15
    assert losses(traffic, ["menu", "bye", "never"]) == [
        Loss("bye", 15, 0.75),
        Loss("menu", 10, 0.1),
    ]


def test_the_figures_of_one_node() -> None:
    figures = trafficked(200, 20).nodes["menu"]
    assert node_figures(figures, {1: "1", 2: "2", "failed": "failed"}) == [
        ("Calls in", "200"),
        ("Time here, median", "12 s"),
        ("Left by 2", "90 · 45 %"),
        ("Left by 1", "90 · 45 %"),
        ("Hung up here", "20 · 10 %"),
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.4 s"), (7.0, "7 s"), (9.96, "10 s"), (12.4, "12 s"), (59.6, "1:00"),
     (125, "2:05"), (3725, "1:02:05")],
)  # fmt: skip
def test_times_are_short(seconds: float, text: str) -> None:
    assert short_time(seconds) == text


def test_numbers_are_readable() -> None:
    assert (grouped(999), grouped(1234567)) == ("999", "1\u202f234\u202f567")
    assert (percent(0.062), percent(0.5), percent(1.0)) == ("6.2 %", "50 %", "100 %")


# --- counts on connectors -------------------------------------------------------------------------


def measure(text: str) -> float:
    return 7.0 * len(text)


def line(source: str, *points: tuple[float, float]) -> Connector:
    return Connector((source, "next"), "z", tuple(Point(x, y) for x, y in points))


def counted(**counts: int) -> Marks:
    marks = {(name, "next"): PortMark(count=n, heat=1) for name, n in counts.items()}
    return Marks({}, marks)  # type: ignore[arg-type]


def test_a_count_stands_on_the_longest_leg_that_is_the_connectors_own() -> None:
    wire = line("a", (0, 0), (40, 0), (40, 200), (400, 200))
    places = place_pills(Picture(connectors=(wire,)), counted(a=12), measure)
    assert places == {("a", "next"): Point(40, 100)}


def test_a_short_connector_and_one_without_calls_have_none() -> None:
    short, idle = line("a", (0, 0), (30, 0)), line("b", (0, 50), (300, 50))
    assert place_pills(Picture(connectors=(short, idle)), counted(a=5, b=0), measure) == {}


def test_the_busier_one_chooses_first_and_none_lies_over_another() -> None:
    wires = (line("a", (0, 0), (80, 0)), line("b", (0, 5), (80, 5)))
    assert set(place_pills(Picture(connectors=wires), counted(a=5, b=9), measure)) == {
        ("b", "next")
    }


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(runnable_flows(), st.integers(1, 10**6))
def test_no_count_meets_a_card_or_another_count(drawn: Drawn, count: int) -> None:
    picture = make_picture(next(iter(drawn.flows.values())), drawn.site)
    ports = ports_of(picture)
    marks = Marks(
        {}, {(n, p): PortMark(count=count, heat=1) for n, all_ in ports.items() for p in all_}
    )
    places = place_pills(picture, marks, measure)
    width = pill_width(count, measure)
    boxes = [Rect(p.x - width / 2, p.y - HEIGHT / 2, width, HEIGHT) for p in places.values()]
    for box, other in itertools.combinations([*boxes, *(c.rect for c in picture.cards)], 2):
        if box in boxes:
            apart = (
                box.right <= other.x or other.right <= box.x
                or box.bottom <= other.y or other.bottom <= box.y
            )  # fmt: skip
            assert apart

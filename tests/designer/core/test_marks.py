"""From problems, coverage, traffic and comparisons to what a canvas paints on cards and ports."""

from dataclasses import dataclass, field

import pytest

from designer.core import edits
from designer.core.compare import compare, united
from designer.core.edits import Library
from designer.core.marks import (
    call_test_marks,
    compare_marks,
    coverage_marks,
    heat_bounds,
    heat_class,
    joined,
    path_marks,
    ports_of,
    problem_marks,
    short_time,
    traffic_marks,
)
from designer.core.picture import NO_MARKS, Badge, CardMark, Marks, PortKey, PortMark
from designer.core.scene import make_picture
from flow_runtime.core.check import check_flow
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.problems import NOWHERE, Problem, Step
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
from flow_runtime.core.traffic import Traffic
from nodes.catalogue import library

LIBRARY: Library = library()
PORTS: dict[str, tuple[PortValue, ...]] = {"menu": (1, 2, "failed"), "hello": ("next",)}


def flow_of(text: str) -> Flow:
    flow = parse(text).flow
    assert flow is not None
    return flow


def problem(code: str, subject: str | None, severity: str = "error") -> Problem:
    return Problem(
        "error" if severity == "error" else "warning", code, f"{code}!", NOWHERE, subject
    )


# --- layers ---------------------------------------------------------------------------------------


def test_layers_are_one_and_the_upper_one_counts() -> None:
    below = Marks({"a": CardMark(heat=3, number=1)}, {("a", 1): PortMark(covered=False)}, dim=True)
    above = Marks({"a": CardMark(number=2)}, {("a", 1): PortMark(path="replay")})
    assert joined([below, above]) == Marks(
        {"a": CardMark(heat=3, number=2)},
        {("a", 1): PortMark(covered=False, path="replay")},
        dim=True,
    )
    assert joined([NO_MARKS, Marks()]) is NO_MARKS


# --- problems -------------------------------------------------------------------------------------


def test_the_worst_problem_of_a_card_and_how_many_more() -> None:
    marks = problem_marks(
        [
            problem("unused-thing", "a", "warning"),
            problem("not-connected", "a"),
            problem("x", None),
        ],
        {"not-connected": "a port of this leads nowhere"},
    )
    badge = Badge("error", "a port of this leads no… +1", "unused-thing!\nnot-connected!")
    assert marks == Marks({"a": CardMark(badge=badge)})
    assert len(badge.text.removesuffix(" +1")) == 24
    plain = problem_marks([problem("unused-thing", "a", "warning")]).cards["a"].badge
    assert plain == Badge("warning", "unused thing", "unused-thing!")


def test_a_problem_of_a_variable_marks_no_node_of_its_name() -> None:
    flow = flow_of(
        "flow x\nvar a: number = 1 + true\ninput b: nonsense\nstart -> a\n"
        "node a: wait\n  -> b\nnode b: hangup\n"
    )
    problems = check_flow(flow, Surroundings(LIBRARY))
    assert {p.subject for p in problems} >= {"a", "b"}
    assert set(problem_marks(problems, flow=flow).cards) <= {"a"}
    of_nodes = [p for p in problems if p.subject == "a" and p.place.line > 4]
    assert ("a" in problem_marks(problems, flow=flow).cards) == bool(of_nodes)


def test_a_counter_example_is_numbered_and_its_keys_are_those_of_the_picture() -> None:
    path = [Step("hello", "next"), Step("menu", "1"), Step("hello", "next"), Step("menu", None)]
    marks = path_marks(path, PORTS)
    assert {name: card.number for name, card in marks.cards.items()} == {"hello": 1, "menu": 2}
    assert set(marks.ports) == {("hello", "next"), ("menu", 1)}
    assert {mark.path for mark in marks.ports.values()} == {"counter-example"}


# --- coverage -------------------------------------------------------------------------------------


@dataclass
class Counted:
    nodes: dict[str, int] = field(default_factory=dict)
    ports: dict[PortKey, int] = field(default_factory=dict)


def test_coverage_counts_ports_and_leaves_the_rest_dim() -> None:
    marks = coverage_marks({"menu": ["1", "failed"]}, PORTS)
    assert marks.dim and marks.cards == {"menu": CardMark(coverage=(2, 3))}
    assert {key: mark.covered for key, mark in marks.ports.items()} == {
        ("menu", 1): True, ("menu", 2): False, ("menu", "failed"): True, ("hello", "next"): False
    }  # fmt: skip


def test_coverage_of_call_tests() -> None:
    counted = Counted(
        {"menu": 2, "hello": 0}, {("menu", 1): 2, ("menu", 2): 0, ("hello", "next"): 0}
    )
    assert call_test_marks(counted, PORTS) == coverage_marks({"menu": [1]}, PORTS)


# --- comparison -----------------------------------------------------------------------------------

OLD = """\
flow x
start -> hello
node hello: say
  text = "a"
  -> menu
node menu: menu
  attempts = 4
  1 "Billing" -> end
  2 "Repairs" -> hello
  failed -> end
node end: hangup
"""


def test_a_comparison_is_marked_on_cards_and_arrows() -> None:
    old = flow_of(OLD)
    new = flow_of(
        OLD.replace("attempts = 4", "attempts = 5")
        .replace("failed -> end", "failed -> more")
        .replace('  2 "Repairs" -> hello\n', "  3 -> more\n")
        .replace('"Billing" -> end', '"Billing"')
        .replace("node end: hangup\n", "node more: wait\n  -> hello\n")
    )
    found = compare(old, new, LIBRARY)
    marks = compare_marks(found, united(found))
    assert marks.cards["more"] == CardMark(badge=Badge("added", "added"), change="added")
    assert marks.cards["end"] == CardMark(badge=Badge("removed", "removed"), change="removed")
    menu = marks.cards["menu"]
    assert menu.change == "changed" and menu.badge is not None
    assert menu.badge.text == "± attempts: 4 → 5 +5"
    assert menu.badge.tip.splitlines()[0] == "attempts: 4 → 5"
    assert {key: mark.change for key, mark in marks.ports.items()} == {
        ("menu", 1): "removed",
        ("menu", 2): "removed",
        ("menu", 3): "added",
        ("menu", "failed"): "changed",
        ("more", "next"): "added",
    }
    assert "hello" not in marks.cards


def test_a_renamed_node_is_marked_as_changed() -> None:
    found = compare(flow_of(OLD), edits.rename_node(flow_of(OLD), "end", "bye"), LIBRARY)
    badge = compare_marks(found, united(found)).cards["bye"].badge
    assert badge == Badge("changed", "± node end is called bye", "node end is called bye")


def test_nothing_changed_is_nothing_marked() -> None:
    found = compare(flow_of(OLD), flow_of(OLD), LIBRARY)
    assert compare_marks(found, united(found)) == NO_MARKS


# --- traffic --------------------------------------------------------------------------------------


def trafficked(visits: int, hangups: int) -> Traffic:
    traffic = Traffic()
    for number in range(visits):
        call = str(number)
        traffic.add({"t": 0.0, "call": call, "event": "enter", "flow": "x", "node": "menu"})
        if number < hangups:
            traffic.add({"t": 3.0, "call": call, "event": "hangup", "by": "caller"})
        else:
            port = "1" if number % 2 else 2
            traffic.add(
                {
                    "t": 12.0,
                    "call": call,
                    "event": "leave",
                    "flow": "x",
                    "node": "menu",
                    "port": port,
                }
            )
    return traffic


def test_a_heat_map_has_classes_counts_and_hang_ups() -> None:
    marks = traffic_marks(trafficked(1000, 62).flow("x"), PORTS)
    menu = marks.cards["menu"]
    assert menu.heat == 5 and menu.badge == Badge("drop", "▼ 6.2 % hang up")
    assert menu.summary == "1,000 · 12 s"
    assert set(marks.cards) == {"menu"}
    one, two = marks.ports["menu", 1], marks.ports["menu", 2]
    assert (one.count, two.count) == (469, 469) and one.share == 1.0 and one.heat == 4
    idle = marks.ports["menu", "failed"]
    assert (idle.count, idle.heat, idle.share) == (0, None, 0.0)


def test_few_hang_ups_are_not_told() -> None:
    assert traffic_marks(trafficked(1000, 49).flow("x"), PORTS).cards["menu"].badge is None


def test_no_traffic_marks_no_card() -> None:
    marks = traffic_marks(Traffic().flow("x"), PORTS)
    assert not marks.cards and {mark.count for mark in marks.ports.values()} == {0}


def test_heat_classes_are_stretched_to_the_busiest() -> None:
    full = heat_bounds(3600)
    assert [heat_class(n, full) for n in (0, 49, 50, 200, 700, 1500, 3000)] == [
        0, 0, 1, 2, 3, 4, 5
    ]  # fmt: skip
    for most in (1, 7, 100, 10**6):
        bounds = heat_bounds(most)
        assert list(bounds) == sorted(bounds)
        assert most < 6 or heat_class(most, bounds) == 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.4 s"), (9.99, "10.0 s"), (12.4, "12 s"), (59.6, "1:00"), (125, "2:05"),
     (3725, "1:02:05")],
)  # fmt: skip
def test_times_are_short(seconds: float, text: str) -> None:
    assert short_time(seconds) == text


def test_the_ports_of_a_picture() -> None:
    flow = flow_of(OLD)
    ports = ports_of(make_picture(flow, Surroundings(LIBRARY)))
    assert ports == {"hello": ("next",), "menu": (1, 2, "failed"), "end": ()}

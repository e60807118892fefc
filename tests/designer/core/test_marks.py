"""From problems, coverage, traffic and comparisons to what a canvas paints on cards and ports."""

from dataclasses import dataclass, field

from designer.core import edits
from designer.core.compare import compare, united
from designer.core.edits import Library
from designer.core.marks import (
    call_test_marks,
    compare_marks,
    coverage_marks,
    joined,
    path_marks,
    ports_of,
    problem_marks,
)
from designer.core.picture import NO_MARKS, Badge, CardMark, Marks, PortKey, PortMark
from designer.core.scene import make_picture
from flow_runtime.core.check import check_flow
from flow_runtime.core.model import Flow, PortValue
from flow_runtime.core.problems import NOWHERE, Problem, Step
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse
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


def test_the_ports_of_a_picture() -> None:
    flow = flow_of(OLD)
    ports = ports_of(make_picture(flow, Surroundings(LIBRARY)))
    assert ports == {"hello": ("next",), "menu": (1, 2, "failed"), "end": ()}
